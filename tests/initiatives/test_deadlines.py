from datetime import date
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy.ext.asyncio import AsyncSession

from api import calendars
from initiatives import deadlines
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.deadlines import Filters, State
from initiatives.grants import agreements, obligations
from tests import factories

ON = date(2018, 3, 20)
EVERYTHING = Filters()
EASTER_EVE = date(2018, 3, 31)


async def _agreement(session: AsyncSession, organisation_id: UUID | None = None) -> UUID:
    owner = organisation_id or (await factories.organisation(session)).id
    row = await agreements.create(
        session, SYSTEM, organisation_id=owner, name=f"Kortare väntan {new_id()}", from_year=2017, to_year=2018
    )
    return row.id


async def _due(session: AsyncSession, grant: UUID, day: date, kind: str = "redovisning", **fields: object) -> UUID:
    row = await obligations.create(session, SYSTEM, grant, kind=kind, due_on=day, **fields)  # type: ignore[arg-type]
    return row.id


async def _states(session: AsyncSession, filters: Filters = EVERYTHING, on: date = ON) -> list[tuple[date, State]]:
    rows, total = await deadlines.list_deadlines(session, SYSTEM, filters, on=on)
    assert total == len(rows)
    return [(row.due_on, row.state) for row in rows]


async def test_dates_come_earliest_first_and_are_judged_by_the_day(session: AsyncSession) -> None:
    grant = await _agreement(session)
    await _due(session, grant, EASTER_EVE)
    await _due(session, grant, date(2018, 3, 19), "rekvirering")
    await _due(session, grant, date(2018, 3, 1), "handlingsplan", is_done=True)
    assert await _states(session) == [
        (date(2018, 3, 1), State.DONE),
        (date(2018, 3, 19), State.LATE),
        (EASTER_EVE, State.OPEN),
    ]
    assert (await _states(session, on=date(2018, 4, 1)))[-1] == (EASTER_EVE, State.LATE)
    assert (await _states(session, on=EASTER_EVE))[-1] == (EASTER_EVE, State.OPEN)


async def test_a_month_is_late_only_when_it_is_over(session: AsyncSession) -> None:
    grant = await _agreement(session)
    await _due(session, grant, date(2018, 3, 1), whole_month=True)
    assert await _states(session, on=EASTER_EVE) == [(date(2018, 3, 1), State.OPEN)]
    assert await _states(session, on=date(2018, 4, 1)) == [(date(2018, 3, 1), State.LATE)]
    assert await _states(session, Filters(from_on=date(2018, 3, 15))) == [(date(2018, 3, 1), State.OPEN)]


async def test_a_last_day_on_which_nobody_works_is_warned_of_until_it_is_done(session: AsyncSession) -> None:
    grant = await _agreement(session)
    await _due(session, grant, EASTER_EVE)
    [row] = (await deadlines.list_deadlines(session, SYSTEM, on=ON))[0]
    assert row.warning == "Lördag och påskafton. Sikta på torsdag 29 mars 2018."
    await _due(session, await _agreement(session), EASTER_EVE, is_done=True)
    [done] = (await deadlines.list_deadlines(session, SYSTEM, Filters(states=(State.DONE,)), on=ON))[0]
    assert done.warning is None


async def test_filters_let_through_what_they_say(session: AsyncSession) -> None:
    owner = await factories.organisation(session)
    person = await factories.viewer(session, Role.POLITICIAN, organisation_id=None)
    own, other = await _agreement(session, owner.id), await _agreement(session)
    await _due(session, own, date(2018, 1, 10))
    await _due(session, other, date(2018, 2, 10), "utbetalning", responsible_id=person.person_id)
    first, second = (date(2018, 1, 10), State.LATE), (date(2018, 2, 10), State.LATE)
    assert await _states(session, Filters(organisation_id=owner.id)) == [first]
    assert await _states(session, Filters(person_id=person.person_id)) == [second]
    assert await _states(session, Filters(involving=person)) == [second]
    assert await _states(session, Filters(kinds=("utbetalning",))) == [second]
    assert await _states(session, Filters(to_on=date(2018, 1, 31))) == [first]
    assert await _states(session, Filters(from_on=date(2018, 2, 10))) == [second]
    assert await _states(session, Filters(subject_id=own)) == [first]
    assert await _states(session, Filters(q="kortare VÄNTAN")) == [first, second]
    assert await _states(session, Filters(q="saknas")) == []
    assert await deadlines.list_kinds(session, SYSTEM) == ["redovisning", "utbetalning"]


async def test_months_are_counted_by_state(session: AsyncSession) -> None:
    grant = await _agreement(session)
    for day in (date(2018, 3, 1), date(2018, 3, 30), date(2018, 12, 1), date(2017, 3, 1)):
        await _due(session, grant, day)
    counts = await deadlines.count_by_month(session, SYSTEM, 2018, on=ON)
    assert counts[3] == {State.OPEN: 1, State.LATE: 1, State.DONE: 0}
    assert counts[12][State.OPEN] == 1
    assert sum(sum(one.values()) for one in counts.values()) == 3


async def test_who_sees_a_part_sees_no_date_of_the_regions_money(session: AsyncSession) -> None:
    await _due(session, await _agreement(session), EASTER_EVE)
    partner = await factories.viewer(session, Role.PARTNER)
    await set_scope(session, partner)
    assert await deadlines.list_deadlines(session, partner) == ([], 0)
    assert await deadlines.list_kinds(session, partner) == []


@pytest.mark.parametrize(("done", "alarms"), [(False, 2), (True, 0)])
async def test_a_calendar_file_has_the_day_the_warning_and_reminders(
    session: AsyncSession, done: bool, alarms: int
) -> None:
    grant = await _agreement(session)
    item = await _due(session, grant, EASTER_EVE, is_done=done)
    rows, _ = await deadlines.list_deadlines(session, SYSTEM, on=ON)
    written = calendars.write("Närplan", rows, base="https://narplan.example", days_before=(14, 3))
    events: list[Any] = Calendar.from_ical(written).walk("VEVENT")
    [event] = events
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (EASTER_EVE, date(2018, 4, 1))
    assert event["UID"] == f"{item}-redovisning@narplan"
    assert event["SUMMARY"] == f"{'Klar: ' if done else ''}Redovisning: {rows[0].title}"
    assert ("påskafton" in event["DESCRIPTION"]) is not done
    assert event["URL"].startswith("https://narplan.example/")
    assert len(event.walk("VALARM")) == alarms


async def test_pages_join_into_the_whole_list_also_where_many_are_due_on_one_day(session: AsyncSession) -> None:
    for number in range(9):
        await factories.initiative(session, title=f"Nr {9 - number}", ends_on=date(2026, 5, 1 + number // 4))
    whole, total = await deadlines.list_deadlines(session, SYSTEM, limit=100)
    pages = [await deadlines.list_deadlines(session, SYSTEM, limit=2, offset=offset) for offset in range(0, 10, 2)]
    assert [row for page, _ in pages for row in page] == list(whole)
    assert {count for _, count in pages} == {total} == {9}
    assert [row.title for row in whole][:4] == ["Nr 6", "Nr 7", "Nr 8", "Nr 9"]
