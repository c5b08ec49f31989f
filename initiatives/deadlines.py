"""Every date of the register in one calendar: what is due, when, for whom, and whether it is done.

Each room tells its own dates (`initiatives.due`); here they are put together, filtered and judged by the day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, case, cast, func, or_, select, text, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import Subquery

from initiatives import (
    applications,
    assignment_overview,
    clause_overview,
    initiatives,
    milestones,
    rounds,
    values,
    workdays,
)
from initiatives.access import Viewer
from initiatives.base import text_enum
from initiatives.dialogue import agreements, entries
from initiatives.grants import obligations as grants
from initiatives.indicators import standing as indicators
from initiatives.kept import kept
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.swedish import sort_key_sql, today

Room = Callable[[Viewer], Select[*tuple[Any, ...]]]
ROOMS: tuple[Room, ...] = (
    initiatives.due,
    milestones.due,
    grants.due,
    rounds.due,
    applications.due,
    indicators.due,
    assignment_overview.due,
    clause_overview.due,
    entries.due,
    agreements.due,
)
"""The rooms that have dates; each gives only what the person sees."""
MOST_KEPT = 100
"""Longer lists than this are not kept."""


class State(StrEnum):
    """How a date stands on a given day."""

    OPEN = "öppen"
    LATE = "försenad"
    DONE = "klar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which dates; what is None lets everything through. Days are inclusive.

    `involving` lets through what the person or their organisation shall do.
    """

    from_on: date | None = None
    to_on: date | None = None
    kinds: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    involving: Viewer | None = None
    subject_id: UUID | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something dated. `subject_type` and `subject_id` are what has a page, `item_id` the dated thing itself.

    With `whole_month` it is due some time in the month of `due_on`, and late only after it.
    """

    kind: str
    subject_type: str
    subject_id: UUID
    item_id: UUID
    title: str
    due_on: date
    whole_month: bool
    organisation_id: UUID | None
    organisation: str | None
    person_id: UUID | None
    person: str | None
    state: State

    @property
    def last_day(self) -> date:
        """The last day on which it is in time."""
        return workdays.last_of_month(self.due_on) if self.whole_month else self.due_on

    @property
    def warning(self) -> str | None:
        """What to know of the last day, for what is not done."""
        return None if self.state is State.DONE else workdays.warning(self.last_day)


async def list_deadlines(
    session: AsyncSession,
    person: Viewer,
    filters: Filters = Filters(),
    *,
    on: date | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[Deadline], int]:
    """Return the dates that the person sees and the filters let through, earliest first, and how many there are.

    `on` is the day by which lateness is judged, today unless it is given.
    """
    made = partial(_listed, session, person, filters, on or today(), limit=limit, offset=offset)
    if limit > MOST_KEPT:
        return await made()
    rows, total = await kept(session, person, ("deadlines", filters, on or today(), limit, offset), made)
    return list(rows), total


async def _listed(
    session: AsyncSession, person: Viewer, filters: Filters, on: date, *, limit: int, offset: int
) -> tuple[Sequence[Deadline], int]:
    """Return the dates, named when it is known which they are; first by the day alone, which is quickly compared."""
    dated = _dated(person)
    state = _state(dated, on)
    where = _conditions(dated, state, filters)
    counted = partial(session.scalar, select(func.count()).select_from(dated).where(*where))
    total = await kept(session, person, ("deadlines counted", filters, on), counted)
    last_day = _last_day(dated)
    days = select(*dated.c, state.label("state"), last_day.label("last_day")).where(*where)
    first = days.order_by(last_day).fetch(offset + limit, with_ties=True).subquery("first")
    query: Select[*tuple[Any, ...]] = (
        select(
            *(first.c[name] for name in _SHOWN),
            first.c.organisation_id,
            Organisation.name,
            first.c.person_id,
            Person.name,
            type_coerce(first.c.state, text_enum(State, name="state")),
        )
        .outerjoin(Organisation, Organisation.id == first.c.organisation_id)
        .outerjoin(Person, Person.id == first.c.person_id)
        .order_by(first.c.last_day, sort_key_sql(first.c.title), first.c.item_id)
    )
    rows = await session.execute(query.limit(limit).offset(offset))
    return [Deadline(*row) for row in rows], total or 0


async def count_by_month(
    session: AsyncSession, person: Viewer, year: int, filters: Filters = Filters(), *, on: date | None = None
) -> dict[int, dict[State, int]]:
    """Return for each month of a year, from 1 to 12, how many dates stand how; zeros included."""
    counts = {month: dict.fromkeys(State, 0) for month in range(1, 13)}
    dated = _dated(person)
    state = _state(dated, on or today())
    month = func.extract("month", dated.c.due_on)
    where = _conditions(dated, state, filters)
    in_year = func.extract("year", dated.c.due_on) == values.year(year, field="year")
    query = select(month, state, func.count()).select_from(dated).where(in_year, *where).group_by(month, state)
    for number, how, count in await session.execute(query):
        counts[int(number)][State(how)] = count
    return counts


async def list_kinds(session: AsyncSession, person: Viewer) -> Sequence[str]:
    """Return the kinds of date that there are for the person, in alphabetical order."""
    kinds = select(_dated(person).c.kind).distinct().subquery()
    return list(await session.scalars(select(kinds.c.kind).order_by(sort_key_sql(kinds.c.kind))))


_SHOWN = ("kind", "subject_type", "subject_id", "item_id", "title", "due_on", "whole_month")


def _dated(person: Viewer) -> Subquery:
    return union_all(*(room(person) for room in ROOMS)).subquery("dated")


def _last_day(dated: Subquery) -> ColumnElement[date]:
    """Return the last day in time: of a whole month its last."""
    end_of_month = cast(func.date_trunc("month", dated.c.due_on) + text("interval '1 month - 1 day'"), Date)
    return case((dated.c.whole_month, end_of_month), else_=dated.c.due_on)


def _state(dated: Subquery, on: date) -> ColumnElement[str]:
    late = _last_day(dated) < on
    return case((dated.c.done, State.DONE.value), (late, State.LATE.value), else_=State.OPEN.value)


def _conditions(dated: Subquery, state: ColumnElement[str], filters: Filters) -> list[ColumnElement[bool]]:
    same = ("organisation_id", "person_id", "subject_id")
    where = [dated.c[name] == wanted for name in same if (wanted := getattr(filters, name)) is not None]
    where += [dated.c.title.icontains(word, autoescape=True) for word in filters.q.split()]
    if filters.from_on is not None:
        where.append(_last_day(dated) >= filters.from_on)
    if filters.to_on is not None:
        where.append(dated.c.due_on <= filters.to_on)
    if filters.kinds:
        where.append(dated.c.kind.in_(filters.kinds))
    if filters.states:
        where.append(state.in_([one.value for one in filters.states]))
    if filters.involving is not None:
        mine = dated.c.person_id == filters.involving.person_id
        where.append(or_(mine, dated.c.organisation_id == filters.involving.organisation_id))
    return where
