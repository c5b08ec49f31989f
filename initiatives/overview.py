"""The register as it is read: the list of initiatives with filters and order, and one initiative with all around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, and_, case, cast, func, literal, null, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import accesses, reports, revisions, values
from initiatives.access import Viewer, sees_all
from initiatives.base import Kronor
from initiatives.errors import NotFound
from initiatives.funds import BudgetLink
from initiatives.initiatives import Initiative, InitiativeNode, InitiativePartner
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.reports import Health
from initiatives.sharing import Field, InitiativeShare, Profile, in_force, mine, not_ended, share_seen, shown
from initiatives.swedish import sort_key_sql
from initiatives.taxonomy import Taxonomy, TaxonomyNode, within
from initiatives.workflow import Status


class Sort(StrEnum):
    """In which order initiatives are listed; a minus sign turns it around. Missing dates come last."""

    TITLE = "title"
    TITLE_DOWN = "-title"
    STATUS = "status"
    STATUS_DOWN = "-status"
    STARTS = "starts_on"
    STARTS_DOWN = "-starts_on"
    ENDS = "ends_on"
    ENDS_DOWN = "-ends_on"
    UPDATED = "updated_at"
    UPDATED_DOWN = "-updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to list; an empty filter lets everything through.

    `q` is words that must all stand in title or summary, `statuses` any of which, `node_ids` all of which (an
    initiative under a node below, or under one that was replaced, stands under it too), `health` what the newest report
    says, `organisation_id` who leads, `responsible_id` who answers, `year` a year that the initiative's dates touch,
    `shared_with` an organisation that it is shared with.
    """

    q: str = ""
    statuses: tuple[Status, ...] = ()
    node_ids: tuple[UUID, ...] = ()
    health: Health | None = None
    organisation_id: UUID | None = None
    responsible_id: UUID | None = None
    year: int | None = None
    shared_with: UUID | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Something referred to, with the name to show."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SharedWith:
    """An organisation that an initiative is shared with, now or from a coming day, and on what terms."""

    id: UUID
    name: str
    profile: Profile
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A taxonomy node referred to; `valid_to` is the last day of the version that it belongs to, if there is one."""

    id: UUID
    dimension: str
    code: str
    name: str
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """An initiative as it is shown to one reader; `budget_kronor` sums its budget links.

    `health` is what the newest progress report, of the day `reported_on`, says.

    To a partner, what the profile of their share does not show is None (`responsible` and the dates may be None also
    because they are not set), and so are `created_at` and `revision`, which tell of changes to the whole; `updated_at`
    is when something last changed that they see, and `shared_with` holds only their own organisation.
    """

    id: UUID
    title: str
    summary: str | None
    status: Status
    lead_organisation: Named
    responsible: Named | None
    starts_on: date | None
    ends_on: date | None
    nodes: tuple[NodeRef, ...] | None
    partners: tuple[Named, ...] | None
    decision: str | None
    outcome: str | None
    reason: str | None
    next_steps: str | None
    health: Health | None
    reported_on: date | None
    shared_with: tuple[SharedWith, ...]
    budget_kronor: int | None
    created_at: datetime | None
    updated_at: datetime
    revision: int | None

    @property
    def profile(self) -> Profile | None:
        """How much of the initiative the reader sees: None is all of it."""
        return None if self.revision else self.shared_with[0].profile


async def list_initiatives(
    session: AsyncSession,
    person: Viewer,
    filters: Filters = Filters(),
    *,
    sort: Sort = Sort.TITLE,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[InitiativeRow], int]:
    """Return the initiatives that the person sees and the filters let through, and how many there are in all."""
    where = _conditions(person, filters)
    total = await session.scalar(_visible(person, func.count()).where(*where))
    query = _rows(person).where(*where).order_by(*_order(person, sort))
    rows = await session.execute(query.limit(limit).offset(offset))
    return [_row(row) for row in rows], total or 0


async def get(session: AsyncSession, person: Viewer, initiative_id: UUID) -> InitiativeRow:
    """Return one initiative, and note who opened it; raise `NotFound` if it is not there for the person."""
    row = (await session.execute(_rows(person).where(Initiative.id == initiative_id))).one_or_none()
    if row is None:
        raise NotFound("Initiativet finns inte.")
    await accesses.seen(session, person, "initiative", [initiative_id])
    return _row(row)


async def count_by_status(session: AsyncSession, person: Viewer) -> dict[Status, int]:
    """Return how many initiatives the person sees in each status, statuses in their natural order, zeros included."""
    status = shown(person, Field.STATUS, Initiative.status)
    found = dict((await session.execute(_visible(person, status, func.count()).group_by(status))).all())
    return {status: found.get(status, 0) for status in Status}


def _visible(person: Viewer, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Start a query from the initiatives that the person sees, each with the person's own share beside it."""
    query = select(*columns).select_from(Initiative)
    if sees_all(person):
        return query
    return query.join(InitiativeShare, and_(InitiativeShare.initiative_id == Initiative.id, mine(person)))


def _conditions(person: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    words = values.line(filters.q, field="q").split() if filters.q.strip() else []
    conditions = [_mentions(person, word) for word in words]
    if filters.statuses:
        conditions.append(shown(person, Field.STATUS, Initiative.status).in_(filters.statuses))
    for node_id in filters.node_ids:
        members = within(select(cast(node_id, Uuid))).subquery()
        placed = select(InitiativeNode.initiative_id).where(InitiativeNode.node_id.in_(select(members.c.member)))
        conditions.append(shown(person, Field.NODES, Initiative.id).in_(placed))
    if filters.health is not None:
        conditions.append(shown(person, Field.REPORTS, reports.latest_health()) == filters.health)
    if filters.organisation_id is not None:
        conditions.append(shown(person, Field.LEAD, Initiative.lead_organisation_id) == filters.organisation_id)
    if filters.responsible_id is not None:
        conditions.append(shown(person, Field.RESPONSIBLE, Initiative.responsible_id) == filters.responsible_id)
    if filters.year is not None:
        conditions.append(_touches(person, values.year(filters.year, field="year")))
    if filters.shared_with is not None:
        conditions.append(_shared_with(person, filters.shared_with))
    return conditions


def _mentions(person: Viewer, word: str) -> ColumnElement[bool]:
    title, summary = shown(person, Field.TITLE, Initiative.title), shown(person, Field.SUMMARY, Initiative.summary)
    return or_(title.icontains(word, autoescape=True), summary.icontains(word, autoescape=True))


def _touches(person: Viewer, year: int) -> ColumnElement[bool]:
    starts, ends = shown(person, Field.STARTS, Initiative.starts_on), shown(person, Field.ENDS, Initiative.ends_on)
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(
        or_(starts.is_not(None), ends.is_not(None)),
        func.coalesce(starts, first) <= last,
        func.coalesce(ends, last) >= first,
    )


def _shared_with(person: Viewer, organisation_id: UUID) -> ColumnElement[bool]:
    query = select(InitiativeShare.initiative_id).where(InitiativeShare.organisation_id == organisation_id)
    return Initiative.id.in_(query.where(in_force(InitiativeShare), share_seen(person)))


def _order(person: Viewer, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    title = sort_key_sql(shown(person, Field.TITLE, Initiative.title))
    status = shown(person, Field.STATUS, Initiative.status)
    columns: dict[str, ColumnElement[Any]] = {
        "title": title,
        "status": case({status: place for place, status in enumerate(Status)}, value=status),
        "starts_on": shown(person, Field.STARTS, Initiative.starts_on),
        "ends_on": shown(person, Field.ENDS, Initiative.ends_on),
        "updated_at": _updated_at(person),
    }
    column = columns[sort.removeprefix("-")]
    ordered = column.desc() if sort.startswith("-") else column.asc()
    return ordered.nulls_last(), title, Initiative.id.expression


def _rows(person: Viewer) -> Select[*tuple[Any, ...]]:
    lead = shown(person, Field.LEAD, Initiative.lead_organisation_id)
    responsible = shown(person, Field.RESPONSIBLE, Initiative.responsible_id)
    everything = sees_all(person)
    return (
        _visible(
            person,
            Initiative.id,
            shown(person, Field.TITLE, Initiative.title).label("title"),
            shown(person, Field.SUMMARY, Initiative.summary).label("summary"),
            shown(person, Field.STATUS, Initiative.status).label("status"),
            lead.label("lead_organisation_id"),
            Organisation.name.label("lead_organisation"),
            responsible.label("responsible_id"),
            Person.name.label("responsible"),
            shown(person, Field.STARTS, Initiative.starts_on).label("starts_on"),
            shown(person, Field.ENDS, Initiative.ends_on).label("ends_on"),
            shown(person, Field.NODES, _nodes()).label("nodes"),
            shown(person, Field.PARTNERS, _partners()).label("partners"),
            shown(person, Field.DECISION, Initiative.decision).label("decision"),
            shown(person, Field.OUTCOME, Initiative.outcome).label("outcome"),
            shown(person, Field.REASON, Initiative.reason).label("reason"),
            shown(person, Field.NEXT_STEPS, Initiative.next_steps).label("next_steps"),
            shown(person, Field.REPORTS, reports.latest()).label("latest"),
            _shares(person).label("shared_with"),
            shown(person, Field.BUDGET, _budget()).label("budget_kronor"),
            (Initiative.created_at if everything else null()).label("created_at"),
            _updated_at(person).label("updated_at"),
            (Initiative.revision if everything else null()).label("revision"),
        )
        .join(Organisation, Organisation.id == lead)
        .outerjoin(Person, Person.id == responsible)
    )


def _updated_at(person: Viewer) -> ColumnElement[Any]:
    return Initiative.updated_at.expression if sees_all(person) else revisions.last_seen()


def _nodes() -> ColumnElement[Any]:
    named = TaxonomyNode.dimension, TaxonomyNode.code, TaxonomyNode.name
    node = func.jsonb_build_array(TaxonomyNode.id, *named, Taxonomy.valid_to)
    nodes = (
        select(func.jsonb_agg(aggregate_order_by(node, TaxonomyNode.position)))
        .join(InitiativeNode, InitiativeNode.node_id == TaxonomyNode.id)
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .where(InitiativeNode.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return func.coalesce(nodes.scalar_subquery(), literal([], JSONB))


def _partners() -> ColumnElement[Any]:
    partner = func.jsonb_build_array(Organisation.id, Organisation.name)
    partners = (
        select(func.jsonb_agg(aggregate_order_by(partner, sort_key_sql(Organisation.name))))
        .join(InitiativePartner, InitiativePartner.organisation_id == Organisation.id)
        .where(InitiativePartner.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return func.coalesce(partners.scalar_subquery(), literal([], JSONB))


def _shares(person: Viewer) -> ColumnElement[Any]:
    share = aliased(InitiativeShare)
    organisation = func.jsonb_build_array(Organisation.id, Organisation.name, share.profile, share.from_on, share.to_on)
    own = true() if sees_all(person) else share.organisation_id == person.organisation_id
    return (
        select(func.jsonb_agg(aggregate_order_by(organisation, sort_key_sql(Organisation.name))))
        .join(share, share.organisation_id == Organisation.id)
        .where(share.initiative_id == Initiative.id, not_ended(share), own)
        .correlate(Initiative)
        .scalar_subquery()
    )


def _budget() -> ColumnElement[Any]:
    amounts = select(func.coalesce(func.sum(BudgetLink.amount_kronor), literal(0)).cast(Kronor))
    return amounts.where(BudgetLink.initiative_id == Initiative.id).correlate(Initiative).scalar_subquery()


def _row(row: Row[Any]) -> InitiativeRow:
    responsible = Named(row.responsible_id, row.responsible) if row.responsible_id and row.responsible else None
    health, reported_on = row.latest or (None, None)
    return InitiativeRow(
        id=row.id,
        title=row.title,
        summary=row.summary,
        status=row.status,
        lead_organisation=Named(row.lead_organisation_id, row.lead_organisation),
        responsible=responsible,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        nodes=None if row.nodes is None else tuple(_node(*node) for node in row.nodes),
        partners=None if row.partners is None else tuple(Named(UUID(one), name) for one, name in row.partners),
        decision=row.decision,
        outcome=row.outcome,
        reason=row.reason,
        next_steps=row.next_steps,
        health=None if health is None else Health(health),
        reported_on=None if reported_on is None else date.fromisoformat(reported_on),
        shared_with=tuple(_share(*share) for share in row.shared_with or ()),
        budget_kronor=row.budget_kronor,
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )


def _node(identifier: str, dimension: str, code: str, name: str, valid_to: str | None) -> NodeRef:
    return NodeRef(UUID(identifier), dimension, code, name, None if valid_to is None else date.fromisoformat(valid_to))


def _share(organisation: str, name: str, profile: str, from_on: str, to_on: str | None) -> SharedWith:
    last = None if to_on is None else date.fromisoformat(to_on)
    return SharedWith(UUID(organisation), name, Profile(profile), date.fromisoformat(from_on), last)
