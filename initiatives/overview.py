"""The register as it is read: the list of initiatives with filters and order, and one initiative with all around it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import accesses, activity, quick, reports, revisions, values
from initiatives.access import KEPT, Viewer, sees_all
from initiatives.base import Kronor
from initiatives.errors import NotFound
from initiatives.funds import BudgetLink
from initiatives.initiatives import Initiative, InitiativeNode, InitiativePartner
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.quick import Statement, given, statement
from initiatives.reports import Health
from initiatives.sharing import Field, InitiativeShare, Profile, in_force, mine, not_ended, share_seen, shown
from initiatives.swedish import sort_key_sql
from initiatives.taxonomy import Taxonomy, TaxonomyNode, within
from initiatives.workflow import Status

_MOST_KEPT = 250
"""Statements, and counts, that are kept at once."""


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


Written = dict[str, Any]
"""An `InitiativeRow` in plain values, by the names of its fields and `profile`."""


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
    found, total = await listed(session, person, filters, sort=sort, limit=limit, offset=offset)
    return msgspec.convert(found, list[InitiativeRow]), total


async def listed(
    session: AsyncSession,
    person: Viewer,
    filters: Filters = Filters(),
    *,
    sort: Sort = Sort.TITLE,
    limit: int = 20,
    offset: int = 0,
) -> tuple[list[Written], int]:
    """Return the same, written as the API writes them: nothing is made of them that is then taken apart again."""
    reader = _reader(person)
    found = await quick.rows(session, listing(reader, filters, sort, limit), offset=offset)
    head = found[0]["head"] if found and filters.shared_with is None else None  # That one changes with the day too.
    return [written(row) for row in found], await _total(session, reader, filters, head)


async def get(session: AsyncSession, person: Viewer, initiative_id: UUID) -> InitiativeRow:
    """Return one initiative, and note who opened it; raise `NotFound` if it is not there for the person."""
    found = await quick.rows(session, _one(_reader(person)), wanted=initiative_id)
    if not found:
        raise NotFound("Initiativet finns inte.")
    await accesses.seen(session, person, "initiative", [initiative_id])
    return msgspec.convert(written(found[0]), InitiativeRow)


async def count_by_status(session: AsyncSession, person: Viewer) -> dict[Status, int]:
    """Return how many initiatives the person sees in each status, statuses in their natural order, zeros included."""
    status = shown(person, Field.STATUS, Initiative.status)
    found = dict((await session.execute(_visible(person, status, func.count()).group_by(status))).all())
    return {status: found.get(status, 0) for status in Status}


def _reader(person: Viewer) -> Viewer:
    """Return what of the person the statements depend on, so that those who see the same ask with the same words."""
    return Viewer(None, None if sees_all(person) else person.organisation_id, person.role, "")


@lru_cache(maxsize=_MOST_KEPT)
def listing(reader: Viewer, filters: Filters, sort: Sort, limit: int) -> Statement:
    """Return the statement for a page; what stands around an initiative is read for those on the page alone.

    The planner is told the length of the page, and that of the place in the list it cannot know anything beforehand:
    else it would plan each page anew, which behind row-level security takes longer than to read it.
    """
    order = _order(reader, sort)
    ids = _visible(reader, Initiative.id).where(*_conditions(reader, filters)).order_by(*order)
    ids = ids.limit(limit).offset(select(given("offset", Integer)).scalar_subquery())
    page = Initiative.id == any_(func.array(ids.scalar_subquery()))
    head = activity.head() if sees_all(reader) else null()
    return statement(_rows(reader).add_columns(head.label("head")).where(page).order_by(*order))


@lru_cache(maxsize=_MOST_KEPT)
def counting(reader: Viewer, filters: Filters) -> Statement:
    """Return the statement for how many there are."""
    return statement(_visible(reader, func.count().label("total")).where(*_conditions(reader, filters)))


@lru_cache(maxsize=_MOST_KEPT)
def _one(reader: Viewer) -> Statement:
    return statement(_rows(reader).where(Initiative.id == given("wanted", Uuid)))


async def _total(session: AsyncSession, reader: Viewer, filters: Filters, head: str | None) -> int:
    """Return how many a filter lets through, counted once for each `head` of the diary: no write leaves it as it was.

    Only those who see all have a head. Whoever counts after a commit that came after the head was read keeps the newer
    number under the older head, which nobody meets again but readers who began before that commit.
    """
    kept: dict[tuple[Viewer, Filters, str], int] = session.info.get(KEPT, {})
    if head and (known := kept.get((reader, filters, head))) is not None:
        return known
    [counted] = await quick.rows(session, counting(reader, filters))
    total = int(counted["total"])
    if head:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[reader, filters, head] = total
    return total


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
    if sees_all(person):
        literally = "".join(f"/{letter}" if letter in "/%_" else letter for letter in word)
        return Initiative.searched.like(func.lower(f"%{literally}%"), escape="/")
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
    status = shown(person, Field.STATUS, Initiative.status)
    columns: dict[str, ColumnElement[Any]] = {
        "title": Initiative.sort_key.expression,  # Every profile shows the title.
        "status": case({status: place for place, status in enumerate(Status)}, value=status),
        "starts_on": shown(person, Field.STARTS, Initiative.starts_on),
        "ends_on": shown(person, Field.ENDS, Initiative.ends_on),
        "updated_at": _updated_at(person),
    }
    column = columns[sort.removeprefix("-")]
    ordered = column.desc() if sort.startswith("-") else column.asc()
    ordered = ordered.nulls_last() if sort in _WITHOUT else ordered
    return ordered, Initiative.sort_key.expression, Initiative.id.expression


_WITHOUT = frozenset({Sort.STARTS, Sort.STARTS_DOWN, Sort.ENDS, Sort.ENDS_DOWN})
"""The orders in which something may be missing."""


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
    node = _json(id=TaxonomyNode.id, **{one.key: one for one in named}, valid_to=Taxonomy.valid_to)
    nodes = (
        select(func.jsonb_agg(aggregate_order_by(node, TaxonomyNode.position)))
        .join(InitiativeNode, InitiativeNode.node_id == TaxonomyNode.id)
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .where(InitiativeNode.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return func.coalesce(nodes.scalar_subquery(), literal([], JSONB))


def _partners() -> ColumnElement[Any]:
    partner = _json(id=Organisation.id, name=Organisation.name)
    partners = (
        select(func.jsonb_agg(aggregate_order_by(partner, sort_key_sql(Organisation.name))))
        .join(InitiativePartner, InitiativePartner.organisation_id == Organisation.id)
        .where(InitiativePartner.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return func.coalesce(partners.scalar_subquery(), literal([], JSONB))


def _shares(person: Viewer) -> ColumnElement[Any]:
    share = aliased(InitiativeShare)
    terms = {"profile": share.profile, "from_on": share.from_on, "to_on": share.to_on}
    organisation = _json(id=Organisation.id, name=Organisation.name, **terms)
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


def _json(**values: Any) -> ColumnElement[Any]:
    """Return an object with these fields, as the API shows it."""
    named: Iterable[tuple[Any, Any]] = ((literal_column(f"'{name}'"), value) for name, value in values.items())
    return func.jsonb_build_object(*chain.from_iterable(named))


def written(row: Mapping[str, Any]) -> Written:
    """Return an initiative as the API writes it."""
    health, reported_on = row["latest"] or (None, None)
    shares = row["shared_with"] or []
    return {
        "id": row["id"],
        "title": row["title"],
        "summary": row["summary"],
        "status": row["status"],
        "lead_organisation": {"id": row["lead_organisation_id"], "name": row["lead_organisation"]},
        "responsible": {"id": row["responsible_id"], "name": row["responsible"]} if row["responsible"] else None,
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
        "nodes": row["nodes"],
        "partners": row["partners"],
        "decision": row["decision"],
        "outcome": row["outcome"],
        "reason": row["reason"],
        "next_steps": row["next_steps"],
        "health": health,
        "reported_on": reported_on,
        "shared_with": shares,
        "budget_kronor": row["budget_kronor"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "revision": row["revision"],
        "profile": None if row["revision"] else shares[0]["profile"],
    }
