"""Matters as they are read: how each stands, how much of what was decided is open, late or lacks owner or date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import assignment_overview, clause_overview, records, values
from initiatives.access import Viewer
from initiatives.assignments import Assignment
from initiatives.clauses import Clause
from initiatives.decisions import Decision, Outcome
from initiatives.errors import NotFound
from initiatives.kept import kept
from initiatives.matters import MISSING, Matter, MatterKind, visible_to
from initiatives.organisations import Organisation
from initiatives.swedish import sort_key_sql, today


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFilters:
    """Which matters; an empty filter lets everything through. `on` is the day they are looked at, today if None.

    `q` is words that must all stand in title or case number, `year` that of a meeting, proposal or decision.
    """

    on: date | None = None
    q: str = ""
    organ: str = ""
    year: int | None = None
    status: Outcome | None = None
    late: bool = False
    without_owner: bool = False
    without_due_date: bool = False


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter as it stands on a day.

    `status` is what the organ did last, *förslag* until it has done anything, None when nothing is registered.
    `clauses` are those that hold, or are proposed while nothing is decided; `late` counts clauses and assignments.
    """

    id: UUID
    diary_number: str
    title: str
    organ: str
    organisation_id: UUID | None
    organisation: str | None
    kind: MatterKind
    proposed_by: str
    preparation: str
    meeting_on: date | None
    note: str
    status: Outcome | None
    status_on: date | None
    clauses: int
    without_owner: int
    without_due_date: int
    assignments: int
    late: int
    on: date
    created_at: datetime
    updated_at: datetime
    revision: int


async def list_matters(
    session: AsyncSession, person: Viewer, filters: MatterFilters = MatterFilters(), *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[MatterRow], int]:
    """Return matters, those with something late first and then the newest, and how many there are in all."""
    made = partial(_listed, session, person, filters, limit, offset)
    rows, total = await kept(session, person, ("matters", filters, limit, offset), made)
    return list(rows), total


async def _listed(
    session: AsyncSession, person: Viewer, filters: MatterFilters, limit: int, offset: int
) -> tuple[Sequence[MatterRow], int]:
    on = filters.on or today()
    query = _rows(on).where(visible_to(person))
    shown = query.selected_columns
    query = query.where(*_conditions(filters, shown))
    total = await session.scalar(select(func.count()).select_from(query.with_only_columns(Matter.id).subquery()))
    newest = func.coalesce(shown.status_on, Matter.meeting_on).desc().nulls_last()
    order = (shown.late.desc(), newest, sort_key_sql(Matter.title), Matter.id)
    rows = await session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [_row(row, on) for row in rows], total or 0


async def get_matter(session: AsyncSession, person: Viewer, matter_id: UUID, *, on: date | None = None) -> MatterRow:
    """Return one matter as it stands on a day, today unless it is given; raise `NotFound`."""
    day = on or today()
    row = (await session.execute(_rows(day).where(visible_to(person), Matter.id == matter_id))).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return _row(row, day)


async def count_by_status(session: AsyncSession, person: Viewer) -> dict[Outcome, int]:
    """Return how many matters are in each status today, zeros included."""
    status = _states(today())
    query = select(status.c.outcome, func.count()).where(visible_to(person)).group_by(status.c.outcome)
    found: dict[Outcome, int] = dict((await session.execute(query)).all())
    return {one: found.get(one, 0) for one in Outcome}


async def list_organs(session: AsyncSession, person: Viewer) -> Sequence[str]:
    """Return the organs that matters are before, in Swedish alphabetical order."""
    query = select(Matter.organ).where(visible_to(person)).group_by(Matter.organ).order_by(sort_key_sql(Matter.organ))
    return (await session.scalars(query)).all()


def _states(on: date) -> Any:
    """Return, for each matter, what the organ has done last by the day; a proposal stands until it has acted."""
    by_then = or_(Decision.decided_on <= on, Decision.decided_on.is_(None))
    last = (Decision.outcome == Outcome.PROPOSED, Decision.decided_on.desc().nulls_last(), Decision.id.desc())
    return (
        select(Decision.matter_id, Decision.outcome, Decision.decided_on)
        .ext(distinct_on(Decision.matter_id))
        .where(by_then)
        .order_by(Decision.matter_id, *last)
        .subquery("status")
    )


def _clauses(on: date) -> Any:
    """Return, for each matter, how many clauses hold or are proposed while nothing is decided, and what they lack."""
    acted = aliased(Decision)
    decided = select(acted.id).where(acted.matter_id == Decision.matter_id, acted.outcome != Outcome.PROPOSED)
    waits = and_(Decision.outcome == Outcome.PROPOSED, ~decided.correlate(Decision).exists())
    rows = clause_overview.rows(on)
    shown = rows.selected_columns
    nobody = and_(Clause.addressee_organisation_id.is_(None), Clause.addressee == "", shown.named == 0)
    counted = or_(shown.counts, waits)
    return (
        rows.with_only_columns(
            Decision.matter_id,
            func.count().filter(counted).label("clauses"),
            func.count().filter(counted, nobody).label("without_owner"),
            func.count().filter(counted, Clause.due_on.is_(None)).label("without_due_date"),
            func.count().filter(clause_overview.is_late(on, shown)).label("late"),
        )
        .group_by(Decision.matter_id)
        .subquery("clauses")
    )


def _assignments(on: date) -> Any:
    """Return, for each matter, how many assignments hold on the day, and how many are late."""
    return (
        select(
            Decision.matter_id,
            func.count().filter(assignment_overview.counts(on)).label("assignments"),
            func.count().filter(assignment_overview.is_late(on)).label("late"),
        )
        .select_from(Assignment)
        .join(Decision, Decision.id == Assignment.decision_id)
        .outerjoin(Clause, Clause.id == Assignment.clause_id)
        .group_by(Decision.matter_id)
        .subquery("assignments")
    )


def _rows(on: date) -> Select[*tuple[Any, ...]]:
    status, clauses, assignments = _states(on), _clauses(on), _assignments(on)
    return (
        select(
            Matter,
            Organisation.name.label("organisation"),
            status.c.outcome.label("status"),
            status.c.decided_on.label("status_on"),
            func.coalesce(clauses.c.clauses, 0).label("clauses"),
            func.coalesce(clauses.c.without_owner, 0).label("without_owner"),
            func.coalesce(clauses.c.without_due_date, 0).label("without_due_date"),
            func.coalesce(assignments.c.assignments, 0).label("assignments"),
            (func.coalesce(clauses.c.late, 0) + func.coalesce(assignments.c.late, 0)).label("late"),
        )
        .select_from(Matter)
        .outerjoin(Organisation, Organisation.id == Matter.organisation_id)
        .outerjoin(status, status.c.matter_id == Matter.id)
        .outerjoin(clauses, clauses.c.matter_id == Matter.id)
        .outerjoin(assignments, assignments.c.matter_id == Matter.id)
    )


def _conditions(filters: MatterFilters, shown: Any) -> list[ColumnElement[bool]]:
    words = values.line(filters.q, field="q").split() if filters.q.strip() else []
    conditions: list[ColumnElement[bool]] = [
        or_(Matter.title.icontains(word, autoescape=True), Matter.diary_number.icontains(word, autoescape=True))
        for word in words
    ]
    if filters.organ:
        conditions.append(Matter.organ == values.line(filters.organ, field="organ"))
    if filters.year is not None:
        conditions.append(_in_year(values.year(filters.year, field="year")))
    if filters.status is not None:
        conditions.append(shown.status == filters.status)
    if filters.late:
        conditions.append(shown.late > 0)
    if filters.without_owner:
        conditions.append(shown.without_owner > 0)
    if filters.without_due_date:
        conditions.append(shown.without_due_date > 0)
    return conditions


def _in_year(year: int) -> ColumnElement[bool]:
    that_year = func.extract("year", Decision.decided_on) == year
    acted = select(Decision.id).where(Decision.matter_id == Matter.id, that_year).correlate(Matter)
    return or_(func.extract("year", Matter.meeting_on) == year, acted.exists())


def _row(row: Row[Any], on: date) -> MatterRow:
    return MatterRow(**records.shown(row.Matter), **{name: getattr(row, name) for name in _BESIDE}, on=on)


_BESIDE = (
    *("organisation", "status", "status_on", "clauses", "without_owner", "without_due_date"),
    *("assignments", "late"),
)
