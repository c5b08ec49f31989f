"""What is kept is found again by the same reader of the same register, and by nobody else."""

import asyncio
import contextlib
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from api.database import Database
from initiatives import activity, deadlines, initiatives
from initiatives.access import KEPT, SYSTEM, Role, Viewer, set_scope
from initiatives.deadlines import Filters
from initiatives.kept import MOST, kept, remember
from initiatives.overview import list_initiatives
from tests import factories


class Counted:
    """Makes an answer, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
async def writer(database: Database) -> Viewer:
    """Return somebody who writes, in a register where something is written."""
    async with database.scoped(SYSTEM) as session:
        found = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await write(database, found, "Första")
    return found


async def write(database: Database, person: Viewer, title: str, **fields: Any) -> None:
    async with database.scoped(person) as session:
        await initiatives.create(session, person, title=title, lead_organisation_id=person.organisation_id, **fields)  # type: ignore[arg-type]


async def ask(database: Database, person: Viewer, made: Counted, asked: Any = "x") -> int:
    async with database.scoped(person) as session:
        return await kept(session, person, asked, made)


async def test_an_answer_is_made_once_until_somebody_writes(database: Database, writer: Viewer) -> None:
    made = Counted()
    assert [await ask(database, writer, made) for _ in range(3)] == [1, 1, 1]
    assert await ask(database, writer, made, "y") == 2
    await write(database, writer, "Andra")
    assert [await ask(database, writer, made) for _ in range(2)] == [3, 3]


@pytest.mark.parametrize(("action", "again"), [("publicerade", 1), ("publicerade ny version", 2), ("tog bort", 2)])
async def test_a_new_document_changes_nothing_but_what_the_register_may_rest_on_does(
    database: Database, writer: Viewer, action: str, again: int
) -> None:
    made = Counted()
    assert await ask(database, writer, made) == 1
    async with database.scoped(SYSTEM) as session:
        activity.record(session, SYSTEM, action, "document", uuid4())
    assert await ask(database, writer, made) == again


async def test_each_reader_has_answers_of_their_own(database: Database, writer: Viewer) -> None:
    async with database.scoped(SYSTEM) as session:
        politician = await factories.viewer(session, Role.POLITICIAN)
        other = await factories.viewer(session, Role.PROGRAMME_GROUP)
    made = Counted()
    assert [await ask(database, one, made) for one in (writer, politician, other, SYSTEM)] == [1, 2, 3, 4]


async def test_the_settings_that_the_policies_read_are_a_part_of_the_key(database: Database, writer: Viewer) -> None:
    async with database.scoped(SYSTEM) as session:
        politician = await factories.viewer(session, Role.POLITICIAN)
    made = Counted()
    assert await ask(database, writer, made) == 1
    async with database.scoped(politician) as session:
        assert await kept(session, writer, "x", made) == 2
        await set_scope(session, writer)
        assert await kept(session, writer, "x", made) == 1


async def test_nothing_is_kept_for_those_who_see_a_part(database: Database, writer: Viewer) -> None:
    """A share of theirs may end with the day, without a line in the diary."""
    made = Counted()
    for role in (Role.PARTNER, Role.READER):
        async with database.scoped(SYSTEM) as session:
            partner = await factories.viewer(session, role)
        assert await ask(database, partner, made) + 1 == await ask(database, partner, made)
    assert made.times == 4


async def test_what_is_not_committed_is_not_kept(database: Database, writer: Viewer) -> None:
    made = Counted()
    with contextlib.suppress(ZeroDivisionError):
        async with database.scoped(writer) as session:
            await session.execute(text("UPDATE initiative SET title = 'x'"))
            assert await kept(session, writer, "x", made) == 1
            assert await kept(session, writer, "x", made) == 2
            1 / 0  # noqa: B018 - it is undone
    assert await ask(database, writer, made) == 3


async def test_a_share_that_ends_is_gone_the_day_after_and_kept_from_nobody(database: Database) -> None:
    """The partner's list is never kept; that a share has ended shows without any write."""
    async with database.scoped(SYSTEM) as session:
        writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
        partner = await factories.viewer(session, Role.PARTNER)
    await write(database, writer, "Delat", shared_with=[partner.organisation_id])

    async def total() -> int:
        async with database.scoped(partner) as session:
            return (await list_initiatives(session, partner))[1]

    assert await total() == 1
    async with database.scoped(SYSTEM) as session:
        ended = {"day": date.today() - timedelta(days=2)}  # noqa: DTZ011
        await session.execute(text("UPDATE initiative_share SET from_on = :day, to_on = :day"), ended)
    assert await total() == 0


async def test_the_day_is_a_part_of_the_key(
    database: Database, writer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Counted()
    assert await ask(database, writer, made) == 1
    monkeypatch.setattr("initiatives.kept.today", lambda: date(2031, 1, 1))
    assert await ask(database, writer, made) == 2


async def test_a_writer_sees_what_is_written_at_once_and_so_does_everybody(database: Database, writer: Viewer) -> None:
    """Many read while others write: what was committed before a reader began is always there."""
    written = 0

    async def writes() -> None:
        nonlocal written
        for number in range(10):
            await write(database, writer, f"Nr {number}", ends_on=date(2026, 5, 1))
            written += 1

    async def reads() -> None:
        while written < 10:
            before = written
            async with database.scoped(writer) as session:
                _, total = await deadlines.list_deadlines(session, writer, Filters())
                _, listed = await list_initiatives(session, writer)
            assert before <= total <= written + 1
            assert before + 1 <= listed <= written + 2

    await asyncio.gather(writes(), reads(), reads(), reads())


def test_no_more_is_kept_than_there_is_room_for() -> None:
    store: dict[Any, Any] = {}
    for number in range(MOST + 10):
        remember(store, number, number)
    assert list(store) == list(range(10, MOST + 10))


async def test_each_database_keeps_its_own(database: Database) -> None:
    async with database.scoped(SYSTEM) as one, database.scoped(SYSTEM) as two:
        assert one.info[KEPT] is two.info[KEPT]
    other = Database(database.url)
    async with other.scoped(SYSTEM) as three:
        assert three.info[KEPT] is not one.info[KEPT]
    await other.close()
