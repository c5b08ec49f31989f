import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import AsyncAdaptedQueuePool

from api.database import Database, normalise
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.errors import InvalidValue

POLITICIAN = Viewer(None, None, Role.POLITICIAN, "Kim")
ADD = text(
    "INSERT INTO person (id, name, email, active, created_at) "
    "SELECT gen_random_uuid(), 'Ada', 'ada@region.se', true, now() FROM organisation"
)
ADD_ORGANISATION = text(
    "INSERT INTO organisation (id, name, short_name, kind) VALUES (gen_random_uuid(), 'Regionen', 'Reg', 'region')"
)
ROLE = text("SELECT current_setting('narplan.role', true)")
PEOPLE = text("SELECT count(*) FROM person")


class OneConnection(AsyncAdaptedQueuePool):
    """A pool in which everybody comes after everybody."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "pool_size": 1, "max_overflow": 0})


async def test_commits_on_return_and_rolls_back_on_raise(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(ADD_ORGANISATION)
        await session.execute(ADD)
    with pytest.raises(ProgrammingError):
        await _delete_everyone_and_fail(database)
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(PEOPLE) == 1


async def test_a_pooled_connection_forgets_for_whom_it_worked(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(ADD_ORGANISATION)
        await session.execute(ADD)
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    async with database.engine.begin() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) == pid
        assert await connection.scalar(ROLE) == ""
        assert await connection.scalar(PEOPLE) == 0


async def test_whoever_hangs_up_while_a_transaction_begins_leaves_nothing_behind(database: Database) -> None:
    """However far it has come: no open transaction, no scope, and what the next one writes is kept."""
    narrow = Database(database.url, pool=OneConnection)

    async def begin() -> None:
        async with narrow.scoped(SYSTEM):
            pass

    scope = text("SELECT current_setting('narplan.role', true)")
    for turns in range(60):
        beginning = asyncio.create_task(begin())
        for _ in range(turns):
            await asyncio.sleep(0)
        await asyncio.sleep(turns % 6 * 0.0004)
        beginning.cancel()
        await asyncio.wait({beginning})
        async with narrow.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            assert not raw.is_in_transaction()
            assert not (await connection.execute(scope)).scalar_one()
    await narrow.close()


async def test_the_scope_decides_what_may_be_written(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(ADD_ORGANISATION)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.scoped(POLITICIAN) as session:
            await session.execute(ADD)


async def test_parallel_transactions_keep_their_own_scope(database: Database) -> None:
    async def role_of(person: Viewer) -> str:
        async with database.scoped(person) as session:
            await asyncio.sleep(0.01)
            return str(await session.scalar(ROLE))

    people = [SYSTEM, POLITICIAN] * 3
    assert await asyncio.gather(*map(role_of, people)) == [person.role.value for person in people]


async def test_a_database_that_was_restarted_is_reached_again(database: Database) -> None:
    pid = text("SELECT pg_backend_pid()")
    async with database.scoped(SYSTEM) as one, database.scoped(SYSTEM) as two:
        pids = [await one.scalar(pid), await two.scalar(pid)]
    other = Database(database.url)
    async with other.scoped(SYSTEM) as session:
        await session.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids ::int[]) pid"), {"pids": pids})
    await other.close()
    async with database.scoped(SYSTEM) as one, database.scoped(SYSTEM) as two:
        assert {await one.scalar(pid), await two.scalar(pid)}.isdisjoint(pids)


async def test_rolled_back_sessions_see_each_other_within_a_test(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await session.execute(ADD_ORGANISATION)
    with pytest.raises(ProgrammingError):
        async with sessions(POLITICIAN) as session:
            await session.execute(ADD)
    async with sessions(POLITICIAN) as session:
        assert await session.scalar(text("SELECT count(*) FROM organisation")) == 1


async def test_nothing_is_left_of_the_test_before(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        assert await session.scalar(text("SELECT count(*) FROM organisation")) == 0


@pytest.mark.parametrize(
    "written",
    [
        "postgres://a:b@h:1/d?sslmode=require",
        "postgresql://a:b@h:1/d?sslmode=require",
        "postgresql+psycopg://a:b@h:1/d?ssl=require",
    ],
)
def test_addresses_are_taken_as_people_write_them(written: str) -> None:
    assert normalise(written).render_as_string(hide_password=False) == "postgresql+asyncpg://a:b@h:1/d?ssl=require"


@pytest.mark.parametrize("written", ["", "mysql://h/d", "h:5432/d", "postgresql://h:port/d"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue, match=r"PostgreSQL|adress"):
        normalise(written)


async def _delete_everyone_and_fail(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("DELETE FROM person"))
        await session.execute(text("SELECT no_such_column"))
