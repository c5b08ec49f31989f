from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, initiatives, milestones, overview, shares, surroundings
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.activity import Filters
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative
from initiatives.merging import ConflictingChange
from initiatives.swedish import today
from tests import factories


@pytest.fixture
async def initiative(session: AsyncSession) -> Initiative:
    return await factories.initiative(session, ends_on=date(2027, 6, 30))


async def test_only_writers_write(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    mine = await factories.initiative(session, shared_with=[partner.organisation_id])
    made = await milestones.add(session, SYSTEM, mine.id, title="Klart", due_on=today())
    with pytest.raises(NotAllowed):
        await milestones.change(session, partner, mine.id, made.id, revision=1, title="Kapat")
    with pytest.raises(NotFound):
        await milestones.remove(session, SYSTEM, (await factories.initiative(session)).id, made.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("due_on", date(1800, 1, 1)),
        ("done_on", today() + timedelta(days=1)),
        ("responsible_id", new_id()),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    session: AsyncSession, initiative: Initiative, field: str, value: Any
) -> None:
    given: dict[str, Any] = {"title": "Klart", "due_on": today(), field: value}
    with pytest.raises(InvalidValue) as refused:
        await milestones.add(session, SYSTEM, initiative.id, **given)
    assert refused.value.field == field


async def test_they_stand_by_day_and_are_late_until_they_are_done(
    session: AsyncSession, initiative: Initiative
) -> None:
    await milestones.add(session, SYSTEM, initiative.id, title="Senare", due_on=today())
    first = await milestones.add(session, SYSTEM, initiative.id, title="Först", due_on=today() - timedelta(days=1))
    rows = await milestones.list_milestones(session, SYSTEM, initiative.id)
    assert [(row.title, row.late) for row in rows] == [("Först", True), ("Senare", False)]
    await milestones.change(session, SYSTEM, initiative.id, first.id, revision=1, done_on=today())
    rows = await milestones.list_milestones(session, SYSTEM, initiative.id)
    assert [row.late for row in rows] == [False, False]
    await milestones.change(session, SYSTEM, initiative.id, first.id, revision=1, title="Allra först")
    yesterday = today() - timedelta(days=1)
    with pytest.raises(ConflictingChange):
        await milestones.change(session, SYSTEM, initiative.id, first.id, revision=1, done_on=yesterday)


async def test_what_is_taken_away_stands_in_the_history_of_its_initiative(
    session: AsyncSession, initiative: Initiative
) -> None:
    made = await milestones.add(session, SYSTEM, initiative.id, title="Klart", due_on=today())
    await milestones.remove(session, SYSTEM, initiative.id, made.id)
    assert await milestones.list_milestones(session, SYSTEM, initiative.id) == []
    around = Filters(subject_ids=await surroundings.around(session, SYSTEM, initiative.id))
    rows, _ = await activity.list_activity(session, SYSTEM, filters=around)
    assert [row.action for row in rows] == ["tog bort milstolpe", "lade till milstolpe", "skapade"]
    assert (rows[0].before or {})["title"] == "Klart"


async def test_a_partner_sees_day_and_title_and_notices_nothing_else(
    session: AsyncSession, initiative: Initiative
) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    someone = await factories.person(session)
    made = await milestones.add(session, SYSTEM, initiative.id, title="Klart", due_on=today())
    await shares.share(session, SYSTEM, initiative.id, partner.organisation_id)
    before = await overview.get(session, partner, initiative.id)
    await milestones.change(session, SYSTEM, initiative.id, made.id, revision=1, responsible_id=someone.id)
    assert await overview.get(session, partner, initiative.id) == before
    await set_scope(session, partner)
    [row] = await milestones.list_milestones(session, partner, initiative.id)
    assert (row.title, row.responsible_id, row.responsible) == ("Klart", None, None)
    await set_scope(session, SYSTEM)
    [row] = await milestones.list_milestones(session, SYSTEM, initiative.id)
    assert row.responsible == someone.name


async def dates(session: AsyncSession, person: Viewer) -> list[tuple[str, str, date, bool]]:
    """Return the dated things of these two rooms that the person sees."""
    found = []
    for query in (initiatives.due(person), milestones.due(person)):
        found += [(row.kind, row.title, row.due_on, row.done) for row in await session.execute(query)]
    return found


async def test_the_calendar_has_last_days_and_milestones_that_one_sees(
    session: AsyncSession, initiative: Initiative
) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    await milestones.add(session, SYSTEM, initiative.id, title="Klart", due_on=today(), done_on=today())
    ends, stone = ("slutdatum", "Läkarbil i öster", date(2027, 6, 30), False), ("milstolpe", "Klart", today(), True)
    assert await dates(session, SYSTEM) == [ends, stone]
    assert await dates(session, partner) == []
    for profile, seen in (("översikt", [ends]), ("plan", [ends, stone])):
        await shares.share(session, SYSTEM, initiative.id, partner.organisation_id, profile=profile)
        await set_scope(session, partner)
        assert await dates(session, partner) == seen
        await set_scope(session, SYSTEM)
    await factories.moved(session, initiative.id, "avbrutet")
    assert (await dates(session, SYSTEM))[0][-1] is True
