"""Att-satser as they are read: with names, filters, and how far each has come on a day; and their dates."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import assignment_overview, records, values
from initiatives import due as dues
from initiatives.access import Viewer
from initiatives.assignments import Assignment
from initiatives.clauses import APPROVING, MISSING, Clause, Ruling
from initiatives.decisions import DECIDING, Decision, Outcome, in_force
from initiatives.errors import NotFound
from initiatives.matters import Matter, visible_to
from initiatives.organisations import Organisation
from initiatives.standing import Course, DueKind, Standing, Status, standing
from initiatives.swedish import today


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFilters:
    """Which att-satser; an empty filter lets everything through. `on` is the day they are looked at, today if None.

    `year` is that of the decision, `organ` who decided or is asked to, `status` how far it has come on the day.
    """

    on: date | None = None
    late: bool = False
    without_owner: bool = False
    without_due_date: bool = False
    organ: str = ""
    year: int | None = None
    outcome: Outcome | None = None
    status: Status | None = None
    matter_id: UUID | None = None
    decision_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """An att-sats as it stands on a day; `assignments` came out of it, of which `assignments_done` are reported."""

    id: UUID
    matter_id: UUID
    matter: str
    diary_number: str
    decision_id: UUID
    outcome: Outcome
    organ: str
    decided_on: date | None
    number: int
    verb: str
    text: str
    ruling: Ruling
    ruling_note: str
    addressee_organisation_id: UUID | None
    addressee_organisation: str | None
    addressee: str
    due_kind: DueKind
    due_on: date | None
    due_note: str
    amount_kronor: int | None
    funding_source: str
    closed_by_id: UUID | None
    closed_on: date | None
    assignments: int
    assignments_done: int
    on: date
    status: Status
    warning: bool
    days_late: int
    days_left: int | None
    words: str
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def to_whom(self) -> str:
        """To whom it is addressed, in words; empty when nobody is named."""
        return self.addressee or self.addressee_organisation or ""


async def list_clauses(
    session: AsyncSession,
    person: Viewer,
    filters: ClauseFilters = ClauseFilters(),
    *,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[ClauseRow], int]:
    """Return att-satser, the newest decision first and each in the order of its numbers, and how many there are."""
    on = filters.on or today()
    query = rows(on).where(visible_to(person))
    query = query.where(*_conditions(filters, on, query.selected_columns))
    total = await session.scalar(select(func.count()).select_from(query.with_only_columns(Clause.id).subquery()))
    order = (Decision.decided_on.desc().nulls_last(), Decision.id, Clause.number)
    found = await session.execute(query.order_by(*order).limit(limit).offset(offset))
    return [_row(row, on) for row in found], total or 0


async def of_decisions(
    session: AsyncSession, person: Viewer, decision_ids: Sequence[UUID], *, on: date | None = None
) -> Sequence[ClauseRow]:
    """Return all clauses of these decisions in the order of their numbers."""
    day = on or today()
    query = rows(day).where(visible_to(person), Clause.decision_id.in_(decision_ids)).order_by(Clause.number)
    return [_row(row, day) for row in await session.execute(query)]


async def get_clause(session: AsyncSession, person: Viewer, clause_id: UUID, *, on: date | None = None) -> ClauseRow:
    """Return one att-sats as it stands on a day, today unless it is given; raise `NotFound`."""
    day = on or today()
    row = (await session.execute(rows(day).where(visible_to(person), Clause.id == clause_id))).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return _row(row, day)


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the due dates of the att-satser that hold today, for `initiatives.due`."""
    on = today()
    done = _progress(on)
    reported = and_(done.c.given > 0, done.c.open == 0)
    return (
        dues.rows(
            "att-sats",
            subject_type="matter",
            subject_id=Decision.matter_id,
            item_id=Clause.id,
            title=Clause.text,
            on=Clause.due_on,
            organisation_id=Clause.addressee_organisation_id,
            done=or_(Clause.closed_by_id.is_not(None), func.coalesce(reported, False)),
        )
        .select_from(Clause)
        .join(Decision, Decision.id == Clause.decision_id)
        .outerjoin(done, done.c.clause_id == Clause.id)
        .where(visible_to(person), counts(on))
    )


def counts(on: date) -> ColumnElement[bool]:
    """Return the condition for clauses that hold on a day, in a query joined to their decision."""
    return and_(in_force(on), Clause.ruling.in_(APPROVING))


def is_late(on: date, shown: Any) -> ColumnElement[bool]:
    """Return the condition for clauses that are late on a day; `shown` are the columns of `rows`."""
    return _in_status(Status.LATE, on, shown)


def _progress(on: date) -> Any:
    """Return, for each clause with assignments, how many there are, how many are open on the day, and their days."""
    done = or_(func.coalesce(Assignment.reported_on <= on, False), assignment_overview.closed_by(on))
    named = ~assignment_overview.without_owner()
    return (
        select(
            Assignment.clause_id,
            func.count().label("given"),
            func.count().filter(~done).label("open"),
            func.count().filter(named).label("named"),
            func.max(Assignment.reported_on).label("reported_on"),
            func.min(Assignment.begun_on).label("begun_on"),
        )
        .where(Assignment.clause_id.is_not(None))
        .group_by(Assignment.clause_id)
        .subquery("progress")
    )


def rows(on: date) -> Select[*tuple[Any, ...]]:
    """Return the query for att-satser with how they stand on a day; `selected_columns` names its columns."""
    closing, progress = aliased(Decision), _progress(on)
    is_closed = func.coalesce(closing.decided_on <= on, False)
    is_reported = func.coalesce(and_(progress.c.given > 0, progress.c.open == 0), False)
    return (
        select(
            Clause,
            Decision.matter_id,
            Matter.title.label("matter"),
            Matter.diary_number,
            Decision.outcome,
            Decision.organ,
            Decision.decided_on,
            Organisation.name.label("addressee_organisation"),
            closing.decided_on.label("closed_on"),
            counts(on).label("counts"),
            is_closed.label("is_closed"),
            is_reported.label("is_reported"),
            func.coalesce(progress.c.begun_on <= on, False).label("is_begun"),
            func.coalesce(progress.c.named, 0).label("named"),
            func.coalesce(progress.c.given, 0).label("assignments"),
            func.coalesce(progress.c.given - progress.c.open, 0).label("assignments_done"),
            progress.c.reported_on,
            progress.c.begun_on,
        )
        .select_from(Clause)
        .join(Decision, Decision.id == Clause.decision_id)
        .join(Matter, Matter.id == Decision.matter_id)
        .outerjoin(progress, progress.c.clause_id == Clause.id)
        .outerjoin(Organisation, Organisation.id == Clause.addressee_organisation_id)
        .outerjoin(closing, and_(closing.id == Clause.closed_by_id, closing.outcome.in_(DECIDING)))
    )


def _conditions(filters: ClauseFilters, on: date, shown: Any) -> list[ColumnElement[bool]]:
    same = {
        Decision.matter_id: filters.matter_id,
        Clause.decision_id: filters.decision_id,
        Clause.addressee_organisation_id: filters.organisation_id,
        Decision.outcome: filters.outcome,
    }
    conditions: list[ColumnElement[bool]] = [column == wanted for column, wanted in same.items() if wanted is not None]
    if filters.organ:
        conditions.append(Decision.organ == values.line(filters.organ, field="organ"))
    if filters.year is not None:
        conditions.append(func.extract("year", Decision.decided_on) == values.year(filters.year, field="year"))
    if filters.late:
        conditions.append(_in_status(Status.LATE, on, shown))
    if filters.without_owner:
        conditions += [Clause.addressee_organisation_id.is_(None), Clause.addressee == "", shown.named == 0]
    if filters.without_due_date:
        conditions.append(Clause.due_on.is_(None))
    if filters.status is not None:
        conditions.append(_in_status(filters.status, on, shown))
    return conditions


def _in_status(status: Status, on: date, shown: Any) -> ColumnElement[bool]:
    """Return the condition for the status that `standing` gives on the day."""
    proposed, late = Decision.outcome == Outcome.PROPOSED, func.coalesce(Clause.due_on < on, False)
    open_now = and_(shown.counts, ~shown.is_closed, ~shown.is_reported)
    conditions: dict[Status, ColumnElement[bool]] = {
        Status.PROPOSED: proposed,
        Status.LAPSED: and_(~proposed, ~shown.counts),
        Status.DECIDED: and_(open_now, ~late, ~shown.is_begun),
        Status.ONGOING: and_(open_now, ~late, shown.is_begun),
        Status.LATE: and_(open_now, late),
        Status.REPORTED: and_(shown.counts, shown.is_reported, ~shown.is_closed),
        Status.CLOSED: and_(shown.counts, shown.is_closed),
        Status.GIVEN: Clause.id.is_(None),
    }
    return conditions[status]


def _row(row: Row[Any], on: date) -> ClauseRow:
    one: Clause = row.Clause
    beside = {name: getattr(row, name) for name in _BESIDE}
    stands = asdict(_standing(one, row, on))
    if stands["status"] is Status.LAPSED and one.ruling not in APPROVING:
        stands["words"] = one.ruling.value
    return ClauseRow(**records.shown(one), **beside, **stands, on=on)


def _standing(one: Clause, row: Row[Any], on: date) -> Standing:
    course = Course(
        proposed=row.outcome == Outcome.PROPOSED,
        in_force=bool(row.counts),
        fresh=Status.DECIDED,
        due_on=one.due_on,
        begun_on=row.begun_on,
        reported_on=(row.reported_on or on) if row.is_reported else None,
        closed_on=row.closed_on,
    )
    return standing(course, on)


_BESIDE = (
    *("matter_id", "matter", "diary_number", "outcome", "organ", "decided_on", "addressee_organisation"),
    *("closed_on", "assignments", "assignments_done"),
)
