import asyncio
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import limits
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.allowance import Kind, Limits
from tests import factories

ENDED = text("UPDATE request_window SET ends_at = clock_timestamp() - interval '1 second' WHERE who <> 'new'")


async def test_what_is_over_is_counted_no_further_and_a_new_window_begins_anew(session: AsyncSession) -> None:
    counts = [await limits.count(session, Kind.WRITES, "person a", 2) for _ in range(5)]
    assert [(count.used, count.remaining, count.exceeded) for count in counts] == [
        (1, 1, False), (2, 0, False), (3, 0, True), (3, 0, True), (3, 0, True),
    ]  # fmt: skip
    await session.execute(ENDED)
    assert (await limits.count(session, Kind.WRITES, "person a", 2)).used == 1


async def test_each_kind_and_each_caller_is_counted_apart(session: AsyncSession) -> None:
    for kind, who in ((Kind.WRITES, "a"), (Kind.READS, "a"), (Kind.WRITES, "b")):
        assert (await limits.count(session, kind, who, 5)).used == 1


async def test_the_wait_is_what_is_left_of_the_window(session: AsyncSession) -> None:
    assert 3000 < (await limits.count(session, Kind.READS, "a", 5, timedelta(hours=1))).seconds <= 3600
    assert (await limits.count(session, Kind.READS, "b", 5, timedelta(milliseconds=1))).seconds == 1


async def test_many_at_once_over_many_connections_are_counted_one_by_one(database: Database) -> None:
    async def once() -> bool:
        async with database.scoped(SYSTEM) as session:
            return not (await limits.count(session, Kind.READS, "a", 40, timedelta(hours=1))).exceeded

    assert sum(await asyncio.gather(*(once() for _ in range(200)))) == 40


async def test_what_has_ended_is_removed_and_what_somebody_counts_in_is_not_waited_for(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        for who in ("old", "counting", "new"):
            await limits.count(session, Kind.READS, who, 5, timedelta(hours=1))
        await session.execute(ENDED)
    async with database.scoped(SYSTEM) as counting, database.scoped(SYSTEM) as sweeping:
        await counting.execute(text("SELECT 1 FROM request_window WHERE who = 'counting' FOR UPDATE"))
        async with asyncio.timeout(30):
            await limits.sweep(sweeping)
    async with database.scoped(SYSTEM) as session:
        assert set(await session.scalars(text("SELECT who FROM request_window"))) == {"counting", "new"}


async def test_nobody_sees_what_others_have_counted(session: AsyncSession) -> None:
    await limits.count(session, Kind.READS, "a", 5)
    for viewer in (await factories.viewer(session, Role.ADMINISTRATOR), Viewer(None, None, Role.PARTNER, "x")):
        await set_scope(session, viewer)
        assert await session.scalar(text("SELECT count(*) FROM request_window")) == 0


async def test_counts_are_not_written_to_the_log_of_the_database(session: AsyncSession) -> None:
    kept = await session.scalar(text("SELECT relpersistence::text FROM pg_class WHERE relname = 'request_window'"))
    assert kept == "u"


def test_every_kind_has_a_limit() -> None:
    assert all(Limits().of(kind) > 0 for kind in Kind)
