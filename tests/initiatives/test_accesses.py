from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import accesses, overview
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.activity import Filters
from initiatives.base import new_id, utcnow
from initiatives.errors import NotAllowed, NotFound
from tests import factories

ALL = Filters()


async def opened(session: AsyncSession, person: Viewer, initiative_id: UUID) -> None:
    """Open an initiative as somebody, with their own scope, and come back."""
    await session.flush()
    await set_scope(session, person)
    await overview.get(session, person, initiative_id)
    await set_scope(session, SYSTEM)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.READER, Role.POLITICIAN])
async def test_opening_what_is_shared_is_noted_once_a_day(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    initiative = await factories.initiative(session, shared_with=[someone.organisation_id])
    await opened(session, someone, initiative.id)
    await opened(session, someone, initiative.id)
    [row], total = await accesses.list_seen(session, SYSTEM, ALL)
    assert total == 1
    assert (row.name, row.title, row.item_type) == ("Åsa Öberg", "Läkarbil i öster", "initiative")
    assert (row.person_id, row.organisation_id) == (someone.person_id, someone.organisation_id)
    assert row.organisation.startswith("Organisation")


async def test_what_is_noted_costs_no_statement_the_next_time_unless_it_was_undone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.scoped(SYSTEM) as session:
        someone = await factories.viewer(session, Role.POLITICIAN)
        initiative = await factories.initiative(session, shared_with=[someone.organisation_id])
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    here, there = set[object](), set[object]()
    for process, undone, expected in (
        (here, True, 1),
        (here, False, 1),
        (here, False, 0),
        (there, False, 1),
        (there, False, 0),
    ):
        monkeypatch.setattr(accesses, "_NOTED", process)
        statements.clear()
        async with database.scoped(someone) as session:
            await accesses.seen(session, someone, "initiative", [initiative.id])
            if undone:
                await session.rollback()
        assert sum("INSERT INTO seen" in one for one in statements) == expected
    async with database.scoped(SYSTEM) as session:
        assert (await accesses.list_seen(session, SYSTEM, ALL))[1] == 1


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.ADMINISTRATOR])
async def test_those_who_run_the_programme_are_not_noted(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    initiative = await factories.initiative(session, shared_with=[someone.organisation_id])
    await opened(session, someone, initiative.id)
    assert await accesses.list_seen(session, SYSTEM, ALL) == ([], 0)


async def test_what_is_not_shared_or_not_found_is_not_noted(session: AsyncSession) -> None:
    politician, partner = (
        await factories.viewer(session, Role.POLITICIAN),
        await factories.viewer(session, Role.PARTNER),
    )
    initiative = await factories.initiative(session)
    await opened(session, politician, initiative.id)
    with pytest.raises(NotFound):
        await opened(session, partner, initiative.id)
    await set_scope(session, SYSTEM)
    assert await accesses.list_seen(session, SYSTEM, ALL) == ([], 0)


async def test_the_same_person_in_two_organisations_is_two_viewers(session: AsyncSession) -> None:
    first = await factories.viewer(session, Role.POLITICIAN)
    second = Viewer(first.person_id, (await factories.organisation(session)).id, Role.POLITICIAN, first.name)
    initiative = await factories.initiative(session, shared_with=[first.organisation_id])
    for one in (first, second):
        await opened(session, one, initiative.id)
    assert (await accesses.list_seen(session, SYSTEM, ALL))[1] == 2


async def test_filters_choose_the_thing_the_person_and_the_time(session: AsyncSession) -> None:
    someone, other = await factories.viewer(session, Role.POLITICIAN), await factories.viewer(session, Role.POLITICIAN)
    one, two = [await factories.initiative(session, shared_with=[someone.organisation_id]) for _ in range(2)]
    await opened(session, someone, one.id)
    await opened(session, other, two.id)
    now = utcnow()
    expected = {
        Filters(subject_id=one.id): [one.id],
        Filters(subject_type="document"): [],
        Filters(person_id=other.person_id): [two.id],
        Filters(since=now + timedelta(minutes=1)): [],
        Filters(until=now - timedelta(minutes=1)): [],
        Filters(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1)): [two.id, one.id],
    }
    for filters, items in expected.items():
        rows, total = await accesses.list_seen(session, SYSTEM, filters)
        assert ([row.item_id for row in rows], total) == (items, len(items)), filters


async def test_a_key_that_asks_and_opens_is_noted_as_itself(session: AsyncSession) -> None:
    home = await factories.organisation(session)
    key = Viewer(None, home.id, Role.PARTNER, "Journalen", key_id=new_id())
    initiative = await factories.initiative(session, shared_with=[home.id])
    await opened(session, key, initiative.id)
    await set_scope(session, key)
    accesses.asked(session, key, "Vad gäller?", conversation_id=None, turn_id=None)
    await session.flush()
    await set_scope(session, SYSTEM)
    [seen], _ = await accesses.list_seen(session, SYSTEM, Filters(key_id=key.key_id))
    [asked], _ = await accesses.list_asked(session, SYSTEM, Filters(key_id=key.key_id))
    assert (seen.key_id, seen.name, asked.question, asked.organisation) == (
        key.key_id, "API-nyckel", "Vad gäller?", home.name,
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_only_administrators_read_it(session: AsyncSession, role: Role) -> None:
    someone, watched = await factories.viewer(session, role), await factories.viewer(session, Role.POLITICIAN)
    initiative = await factories.initiative(session, shared_with=[watched.organisation_id])
    await opened(session, watched, initiative.id)
    await set_scope(session, someone)
    for listed in (accesses.list_seen, accesses.list_asked):
        with pytest.raises(NotAllowed):
            await listed(session, someone, ALL)
    assert await session.scalar(text("SELECT count(*) FROM seen")) == 0
    await set_scope(session, watched)
    assert await session.scalar(text("SELECT count(*) FROM seen")) == 1


async def test_nobody_is_noted_in_anothers_name(session: AsyncSession) -> None:
    someone, other = await factories.viewer(session, Role.POLITICIAN), await factories.viewer(session, Role.POLITICIAN)
    await session.flush()
    await set_scope(session, someone)
    accesses.asked(session, other, "Vad gäller?", conversation_id=None, turn_id=None)
    with pytest.raises(DBAPIError, match="row-level security"):
        await session.flush()
