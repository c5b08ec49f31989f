"""The register as it is read: the list of initiatives with filters and order, and one initiative with all around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.access import Viewer, sees_all
from initiatives.base import Kronor
from initiatives.errors import NotFound
from initiatives.funds import BudgetLink
from initiatives.initiatives import Initiative, InitiativeNode, InitiativeShare, Status, visible_to
from initiatives.people import Organisation, Person
from initiatives.swedish import sort_key_sql
from initiatives.taxonomy import Dimension, TaxonomyNode


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

    `q` is words that must all stand in title or summary, `statuses` any of which, `node_ids` all of which,
    `organisation_id` who leads, `responsible_id` who answers, `year` a year that the initiative's dates touch,
    `shared_with` an organisation that it is shared with.
    """

    q: str = ""
    statuses: tuple[Status, ...] = ()
    node_ids: tuple[UUID, ...] = ()
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
class NodeRef:
    """A taxonomy node referred to."""

    id: UUID
    dimension: Dimension
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """An initiative as it is shown; `budget_kronor` sums its budget links and is None to one who may not see money.

    `shared_with` holds, for a partner, only their own organisation.
    """

    id: UUID
    title: str
    summary: str
    status: Status
    lead_organisation: Named
    responsible: Named | None
    starts_on: date | None
    ends_on: date | None
    nodes: tuple[NodeRef, ...]
    shared_with: tuple[Named, ...]
    budget_kronor: int | None
    created_at: datetime
    updated_at: datetime
    revision: int


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
    where = [visible_to(person), *_conditions(person, filters)]
    total = await session.scalar(select(func.count()).select_from(Initiative).where(*where))
    rows = await session.execute(_rows(person).where(*where).order_by(*_order(sort)).limit(limit).offset(offset))
    return [_row(row) for row in rows], total or 0


async def get(session: AsyncSession, person: Viewer, initiative_id: UUID) -> InitiativeRow:
    """Return one initiative, or raise `NotFound` if it is not there for the person."""
    query = _rows(person).where(visible_to(person), Initiative.id == initiative_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("Initiativet finns inte.")
    return _row(row)


async def count_by_status(session: AsyncSession, person: Viewer) -> dict[Status, int]:
    """Return how many initiatives the person sees in each status, statuses in their natural order, zeros included."""
    query = select(Initiative.status, func.count()).where(visible_to(person)).group_by(Initiative.status)
    found = dict((await session.execute(query)).all())
    return {status: found.get(status, 0) for status in Status}


def _conditions(person: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [_mentions(word) for word in values.line(filters.q or "-", field="q").split() if filters.q.strip()]
    if filters.statuses:
        conditions.append(Initiative.status.in_(filters.statuses))
    for node_id in filters.node_ids:
        placed = select(InitiativeNode.initiative_id).where(InitiativeNode.node_id == node_id)
        conditions.append(Initiative.id.in_(placed))
    if filters.organisation_id is not None:
        conditions.append(Initiative.lead_organisation_id == filters.organisation_id)
    if filters.responsible_id is not None:
        conditions.append(Initiative.responsible_id == filters.responsible_id)
    if filters.year is not None:
        conditions.append(_touches(values.year(filters.year, field="year")))
    if filters.shared_with is not None:
        conditions.append(_shared_with(person, filters.shared_with))
    return conditions


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(Initiative.title.icontains(word, autoescape=True), Initiative.summary.icontains(word, autoescape=True))


def _touches(year: int) -> ColumnElement[bool]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(
        or_(Initiative.starts_on.is_not(None), Initiative.ends_on.is_not(None)),
        func.coalesce(Initiative.starts_on, first) <= last,
        func.coalesce(Initiative.ends_on, last) >= first,
    )


def _shared_with(person: Viewer, organisation_id: UUID) -> ColumnElement[bool]:
    query = select(InitiativeShare.initiative_id).where(InitiativeShare.organisation_id == organisation_id)
    if not sees_all(person):
        query = query.where(InitiativeShare.organisation_id == person.organisation_id)
    return Initiative.id.in_(query)


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    columns: dict[str, ColumnElement[Any]] = {
        "title": sort_key_sql(Initiative.title),
        "status": case({status: place for place, status in enumerate(Status)}, value=Initiative.status),
        "starts_on": Initiative.starts_on.expression,
        "ends_on": Initiative.ends_on.expression,
        "updated_at": Initiative.updated_at.expression,
    }
    column = columns[sort.removeprefix("-")]
    ordered = column.desc() if sort.startswith("-") else column.asc()
    return ordered.nulls_last(), sort_key_sql(Initiative.title), Initiative.id.expression


def _rows(person: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Initiative.id,
            Initiative.title,
            Initiative.summary,
            Initiative.status,
            Initiative.lead_organisation_id,
            Organisation.name.label("lead_organisation"),
            Initiative.responsible_id,
            Person.name.label("responsible"),
            Initiative.starts_on,
            Initiative.ends_on,
            _nodes().label("nodes"),
            _shares(person).label("shared_with"),
            _budget(person).label("budget_kronor"),
            Initiative.created_at,
            Initiative.updated_at,
            Initiative.revision,
        )
        .join(Organisation, Organisation.id == Initiative.lead_organisation_id)
        .outerjoin(Person, Person.id == Initiative.responsible_id)
    )


def _nodes() -> ColumnElement[Any]:
    node = func.jsonb_build_array(TaxonomyNode.id, TaxonomyNode.dimension, TaxonomyNode.code, TaxonomyNode.name)
    return (
        select(func.jsonb_agg(aggregate_order_by(node, TaxonomyNode.position)))
        .join(InitiativeNode, InitiativeNode.node_id == TaxonomyNode.id)
        .where(InitiativeNode.initiative_id == Initiative.id)
        .correlate(Initiative)
        .scalar_subquery()
    )


def _shares(person: Viewer) -> ColumnElement[Any]:
    organisation = func.jsonb_build_array(Organisation.id, Organisation.name)
    query = (
        select(func.jsonb_agg(aggregate_order_by(organisation, sort_key_sql(Organisation.name))))
        .join(InitiativeShare, InitiativeShare.organisation_id == Organisation.id)
        .where(InitiativeShare.initiative_id == Initiative.id)
    )
    if not sees_all(person):
        query = query.where(InitiativeShare.organisation_id == person.organisation_id)
    return query.correlate(Initiative).scalar_subquery()


def _budget(person: Viewer) -> ColumnElement[Any]:
    if not sees_all(person):
        return null()
    amounts = select(func.coalesce(func.sum(BudgetLink.amount_kronor), literal(0)).cast(Kronor))
    return amounts.where(BudgetLink.initiative_id == Initiative.id).correlate(Initiative).scalar_subquery()


def _row(row: Row[Any]) -> InitiativeRow:
    responsible = Named(row.responsible_id, row.responsible) if row.responsible_id and row.responsible else None
    return InitiativeRow(
        id=row.id,
        title=row.title,
        summary=row.summary,
        status=row.status,
        lead_organisation=Named(row.lead_organisation_id, row.lead_organisation),
        responsible=responsible,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        nodes=tuple(NodeRef(UUID(i), Dimension(kind), code, name) for i, kind, code, name in row.nodes or ()),
        shared_with=tuple(Named(UUID(i), name) for i, name in row.shared_with or ()),
        budget_kronor=row.budget_kronor,
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
    )
