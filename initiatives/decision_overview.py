"""Decisions as they are read: what each replaces, what replaces it, and its authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import records, values
from initiatives.access import Viewer
from initiatives.base import Kronor
from initiatives.clauses import Clause
from initiatives.decisions import DECIDING, MISSING, Decision, Outcome, Replacing, in_force
from initiatives.errors import NotFound
from initiatives.matters import Matter, visible_to
from initiatives.remarks import outside_authority
from initiatives.swedish import today

FLAGS = {
    True: "Föreslås för ett organ som enligt anteckningen inte får besluta.",
    False: "Beslutat av ett organ som enligt anteckningen inte får besluta.",
}
"""What is said where the organ is another than the one that a note on authority names; true for a proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilters:
    """Which decisions; an empty filter lets everything through. `deciding` leaves proposals and the like out.

    `from_on` and `to_on` are the first and the last day on which it was decided.
    """

    matter_id: UUID | None = None
    organ: str = ""
    year: int | None = None
    outcome: Outcome | None = None
    deciding: bool = False
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A proposal or a decision as it is shown.

    `in_force` tells whether it holds today; `set_aside_kronor` sums what its clauses set aside, `taken_kronor` what
    they take out of some source. `authority_flag` is a sentence where a note says that another organ may decide.
    """

    id: UUID
    matter_id: UUID
    matter: str
    diary_number: str
    outcome: Outcome
    organ: str
    decided_on: date | None
    paragraph: str
    note: str
    replaces_id: UUID | None
    replaces_how: Replacing | None
    replaced_by_id: UUID | None
    replaced_on: date | None
    in_force: bool
    authority_flag: str | None
    clauses: int
    set_aside_kronor: int
    taken_kronor: int
    created_at: datetime
    updated_at: datetime
    revision: int


async def list_decisions(
    session: AsyncSession,
    person: Viewer,
    filters: DecisionFilters = DecisionFilters(),
    *,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[DecisionRow], int]:
    """Return proposals and decisions, the newest first, and how many there are in all."""
    where = [visible_to(person), *_conditions(filters)]
    total = await session.scalar(select(func.count()).select_from(Decision).where(*where))
    order = (Decision.decided_on.desc().nulls_last(), Decision.id.desc())
    rows = await session.execute(_rows(today()).where(*where).order_by(*order).limit(limit).offset(offset))
    return [_row(row) for row in rows], total or 0


async def of_matter(session: AsyncSession, person: Viewer, matter_id: UUID) -> Sequence[DecisionRow]:
    """Return what was proposed and decided in a matter, in the order in which it happened; undated proposals first."""
    query = _rows(today()).where(visible_to(person), Decision.matter_id == matter_id)
    return [_row(row) for row in await session.execute(query.order_by(Decision.decided_on.nulls_first(), Decision.id))]


async def get_decision(session: AsyncSession, person: Viewer, decision_id: UUID) -> DecisionRow:
    """Return one proposal or decision; raise `NotFound`."""
    query = _rows(today()).where(visible_to(person), Decision.id == decision_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return _row(row)


def _conditions(filters: DecisionFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.matter_id is not None:
        conditions.append(Decision.matter_id == filters.matter_id)
    if filters.organ:
        conditions.append(Decision.organ == values.line(filters.organ, field="organ"))
    if filters.year is not None:
        conditions.append(func.extract("year", Decision.decided_on) == values.year(filters.year, field="year"))
    if filters.outcome is not None:
        conditions.append(Decision.outcome == filters.outcome)
    if filters.from_on is not None:
        conditions.append(Decision.decided_on >= filters.from_on)
    if filters.to_on is not None:
        conditions.append(Decision.decided_on <= filters.to_on)
    if filters.deciding:
        conditions.append(Decision.outcome.in_(DECIDING))
    return conditions


def _rows(on: date) -> Select[*tuple[Any, ...]]:
    later, amount = aliased(Decision), func.coalesce(Clause.amount_kronor, 0)
    ours = Clause.decision_id == Decision.id
    of_it = select(func.count()).where(ours).correlate(Decision)
    money = select(func.coalesce(func.sum(func.greatest(amount, 0)), 0).cast(Kronor))
    taken = select(func.coalesce(-func.sum(func.least(amount, 0)), 0).cast(Kronor))
    return (
        select(
            Decision,
            Matter.title.label("matter"),
            Matter.diary_number,
            later.id.label("replaced_by_id"),
            later.decided_on.label("replaced_on"),
            in_force(on).label("in_force"),
            outside_authority().label("outside"),
            of_it.scalar_subquery().label("clauses"),
            money.where(Clause.decision_id == Decision.id)
            .correlate(Decision)
            .scalar_subquery()
            .label("set_aside_kronor"),
            taken.where(ours).correlate(Decision).scalar_subquery().label("taken_kronor"),
        )
        .select_from(Decision)
        .join(Matter, Matter.id == Decision.matter_id)
        .outerjoin(later, and_(later.replaces_id == Decision.id, later.outcome.in_((*DECIDING, Outcome.PROPOSED))))
    )


def _row(row: Row[Any]) -> DecisionRow:
    one: Decision = row.Decision
    beside = {name: getattr(row, name) for name in _BESIDE}
    flag = FLAGS[one.outcome == Outcome.PROPOSED] if row.outside else None
    return DecisionRow(**records.shown(one), **beside, authority_flag=flag)


_BESIDE = (
    *("matter", "diary_number", "replaced_by_id", "replaced_on", "in_force"),
    *("clauses", "set_aside_kronor", "taken_kronor"),
)
