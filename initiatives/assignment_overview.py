"""Assignments as they are read: with names, filters, and how far each has come on a day; and their dates."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import due as dues
from initiatives import records, values
from initiatives.access import Viewer
from initiatives.assignments import MISSING, Assignment
from initiatives.clauses import APPROVING, Clause
from initiatives.decisions import DECIDING, Decision, Outcome, in_force
from initiatives.errors import NotFound
from initiatives.matters import Matter, visible_to
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.standing import Course, DueKind, Standing, Status, standing
from initiatives.swedish import today


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFilters:
    """Which assignments; an empty filter lets everything through. `on` is the day they are looked at, today if None.

    `year` is that of the decision, `organ` who decided, `status` how far it has come on the day.
    """

    on: date | None = None
    late: bool = False
    without_owner: bool = False
    without_due_date: bool = False
    organ: str = ""
    year: int | None = None
    status: Status | None = None
    matter_id: UUID | None = None
    decision_id: UUID | None = None
    clause_id: UUID | None = None
    parent_id: UUID | None = None
    organisation_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment as it stands on a day.

    `given_days` is how many days it was given, `embedded` whether it stands in the running text and in no clause,
    `children` how many it was delegated to and `children_reported` how many of them have reported by the day.
    """

    id: UUID
    matter_id: UUID
    matter: str
    decision_id: UUID
    outcome: Outcome
    organ: str
    clause_id: UUID | None
    clause_number: int | None
    parent_id: UUID | None
    embedded: bool
    title: str
    receiver_organisation_id: UUID | None
    receiver_organisation: str | None
    receiver_person_id: UUID | None
    receiver_person: str | None
    receiver: str
    given_on: date | None
    begun_on: date | None
    due_kind: DueKind
    due_on: date | None
    due_note: str
    given_days: int | None
    report: str
    reported_on: date | None
    closed_by_id: UUID | None
    closed_on: date | None
    children: int
    children_reported: int
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
        """Who shall do it, in words; empty when nobody is named."""
        return self.receiver or self.receiver_person or self.receiver_organisation or ""


async def list_assignments(
    session: AsyncSession,
    person: Viewer,
    filters: AssignmentFilters = AssignmentFilters(),
    *,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[AssignmentRow], int]:
    """Return assignments, the nearest due date first, and how many there are in all."""
    on = filters.on or today()
    where = [visible_to(person), *_conditions(filters, on)]
    total = await session.scalar(_joined(func.count()).where(*where))
    order = (Assignment.due_on.nulls_last(), Assignment.id)
    rows = await session.execute(_rows(on).where(*where).order_by(*order).limit(limit).offset(offset))
    return [_row(row, on) for row in rows], total or 0


async def of_decisions(
    session: AsyncSession, person: Viewer, decision_ids: Sequence[UUID], *, on: date | None = None
) -> Sequence[AssignmentRow]:
    """Return all assignments of these decisions in the order in which they were given, parents before children."""
    day = on or today()
    query = _rows(day).where(visible_to(person), Assignment.decision_id.in_(decision_ids)).order_by(Assignment.id)
    return [_row(row, day) for row in await session.execute(query)]


async def get_assignment(
    session: AsyncSession, person: Viewer, assignment_id: UUID, *, on: date | None = None
) -> AssignmentRow:
    """Return one assignment as it stands on a day, today unless it is given; raise `NotFound`."""
    day = on or today()
    row = (await session.execute(_rows(day).where(visible_to(person), Assignment.id == assignment_id))).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return _row(row, day)


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the due dates of the assignments that hold today, for `initiatives.due`."""
    done = or_(Assignment.reported_on.is_not(None), Assignment.closed_by_id.is_not(None))
    return (
        dues.rows(
            "uppdrag",
            subject_type="matter",
            subject_id=Decision.matter_id,
            item_id=Assignment.id,
            title=Assignment.title,
            on=Assignment.due_on,
            organisation_id=Assignment.receiver_organisation_id,
            person_id=Assignment.receiver_person_id,
            done=done,
        )
        .select_from(Assignment)
        .join(Decision, Decision.id == Assignment.decision_id)
        .outerjoin(Clause, Clause.id == Assignment.clause_id)
        .where(visible_to(person), counts(today()))
    )


def counts(on: date) -> ColumnElement[bool]:
    """Return the condition for assignments that hold on a day, in a query joined to their decision and clause."""
    return and_(in_force(on), or_(Clause.id.is_(None), Clause.ruling.in_(APPROVING)))


def closed_by(on: date) -> ColumnElement[bool]:
    """Return the condition for assignments that a decision had closed by a day."""
    closing = aliased(Decision)
    query = select(closing.id).where(closing.id == Assignment.closed_by_id, closing.decided_on <= on)
    return query.where(closing.outcome.in_(DECIDING)).correlate(Assignment).exists()


def is_late(on: date) -> ColumnElement[bool]:
    """Return the condition for assignments that are late on a day; needs the joins of `counts`."""
    return and_(counts(on), Assignment.due_on < on, ~_done(on))


def _done(on: date) -> ColumnElement[bool]:
    return or_(func.coalesce(Assignment.reported_on <= on, False), closed_by(on))


def _conditions(filters: AssignmentFilters, on: date) -> list[ColumnElement[bool]]:
    same = {
        Decision.matter_id: filters.matter_id,
        Assignment.decision_id: filters.decision_id,
        Assignment.clause_id: filters.clause_id,
        Assignment.parent_id: filters.parent_id,
        Assignment.receiver_organisation_id: filters.organisation_id,
        Assignment.receiver_person_id: filters.person_id,
    }
    conditions: list[ColumnElement[bool]] = [column == wanted for column, wanted in same.items() if wanted is not None]
    if filters.organ:
        conditions.append(Decision.organ == values.line(filters.organ, field="organ"))
    if filters.year is not None:
        conditions.append(func.extract("year", Decision.decided_on) == values.year(filters.year, field="year"))
    if filters.late:
        conditions.append(is_late(on))
    if filters.without_owner:
        conditions.append(without_owner())
    if filters.without_due_date:
        conditions.append(Assignment.due_on.is_(None))
    if filters.status is not None:
        conditions.append(_in_status(filters.status, on))
    return conditions


def without_owner() -> ColumnElement[bool]:
    """Return the condition for assignments that say of nobody that they shall do it."""
    nobody = Assignment.receiver_organisation_id.is_(None), Assignment.receiver_person_id.is_(None)
    return and_(*nobody, Assignment.receiver == "")


def _in_status(status: Status, on: date) -> ColumnElement[bool]:
    """Return the condition for the status that `standing` gives on the day."""
    proposed, late = Decision.outcome == Outcome.PROPOSED, Assignment.due_on < on
    open_now = and_(counts(on), ~_done(on))
    begun = func.coalesce(Assignment.begun_on <= on, False)
    in_time = and_(open_now, ~func.coalesce(late, False))
    conditions: dict[Status, ColumnElement[bool]] = {
        Status.PROPOSED: proposed,
        Status.LAPSED: and_(~proposed, ~counts(on)),
        Status.GIVEN: and_(in_time, ~begun),
        Status.ONGOING: and_(in_time, begun),
        Status.LATE: and_(open_now, late),
        Status.REPORTED: and_(counts(on), Assignment.reported_on <= on, ~closed_by(on)),
        Status.CLOSED: and_(counts(on), closed_by(on)),
        Status.DECIDED: Assignment.id.is_(None),
    }
    return conditions[status]


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Decision, Decision.id == Assignment.decision_id)
        .join(Matter, Matter.id == Decision.matter_id)
        .outerjoin(Clause, Clause.id == Assignment.clause_id)
    )


def _rows(on: date) -> Select[*tuple[Any, ...]]:
    closing, child = aliased(Decision), aliased(Assignment)
    children = select(func.count()).where(child.parent_id == Assignment.id).correlate(Assignment)
    return (
        _joined(
            Assignment,
            Decision.matter_id,
            Matter.title.label("matter"),
            Decision.outcome,
            Decision.organ,
            Clause.number.label("clause_number"),
            Organisation.name.label("receiver_organisation"),
            Person.name.label("receiver_person"),
            closing.decided_on.label("closed_on"),
            counts(on).label("counts"),
            children.scalar_subquery().label("children"),
            children.where(child.reported_on <= on).scalar_subquery().label("children_reported"),
        )
        .outerjoin(Organisation, Organisation.id == Assignment.receiver_organisation_id)
        .outerjoin(Person, Person.id == Assignment.receiver_person_id)
        .outerjoin(closing, and_(closing.id == Assignment.closed_by_id, closing.outcome.in_(DECIDING)))
    )


def _row(row: Row[Any], on: date) -> AssignmentRow:
    one: Assignment = row.Assignment
    return AssignmentRow(
        **records.shown(one),
        **{name: getattr(row, name) for name in _BESIDE},
        **asdict(_standing(one, row, on)),
        embedded=one.clause_id is None and one.parent_id is None,
        given_days=(one.due_on - one.given_on).days if one.due_on and one.given_on else None,
        on=on,
    )


def _standing(one: Assignment, row: Row[Any], on: date) -> Standing:
    course = Course(
        proposed=row.outcome == Outcome.PROPOSED,
        in_force=bool(row.counts),
        due_on=one.due_on,
        begun_on=one.begun_on,
        reported_on=one.reported_on,
        closed_on=row.closed_on,
    )
    return standing(course, on)


_BESIDE = (
    *("matter_id", "matter", "outcome", "organ", "clause_number", "receiver_organisation", "receiver_person"),
    *("closed_on", "children", "children_reported"),
)
