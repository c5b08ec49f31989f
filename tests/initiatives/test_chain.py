"""What the database does by itself: rows are chained as transactions commit, whoever writes them, and stay so."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.database import Database
from initiatives import activity, audit, chain
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.base import new_id
from tests import factories
from tests.chains import above, chained, write

RAW = text(
    "INSERT INTO activity (id, at, actor_kind, subject_type, subject_id, action, sequence, previous_hash, hash) "
    "VALUES (:id, now(), 'system', 'test', :id, 'smög in', 77, 'x', 'x')"
)
FUNCTION = text("SELECT prosrc FROM pg_proc WHERE proname = :name")


async def test_rows_are_numbered_without_gaps_although_transactions_fail(database: Database) -> None:
    await write(database, 2)
    async with database.scoped(SYSTEM) as session:
        activity.record(session, SYSTEM, "försökte", "test", new_id())
        await session.flush()
        await session.rollback()
    await write(database, 1)
    assert [row.sequence for row in await chained(database)] == [1, 2, 3]
    async with database.scoped(SYSTEM) as session:
        assert (await audit.verify(session, SYSTEM)).fault is None


async def test_a_raw_insert_is_chained_like_any_other(database: Database) -> None:
    await write(database, 1)
    async with database.scoped(SYSTEM) as session:
        await session.execute(RAW, {"id": new_id()})
    async with database.scoped(SYSTEM) as session:
        verdict = await audit.verify(session, SYSTEM)
    assert (verdict.rows, verdict.fault) == (2, None)


async def test_many_at_once_make_one_chain_in_the_order_they_commit(database: Database) -> None:
    """Each also waits for a row that another may hold, before and after it has written: nobody may wait in a ring."""
    async with database.scoped(SYSTEM) as session:
        first, second = (await factories.organisation(session)).id, (await factories.organisation(session)).id
    lock = text("SELECT 1 FROM organisation WHERE id = :id FOR UPDATE")
    committed: list[str] = []

    async def one(number: int) -> None:
        async with database.scoped(SYSTEM) as session:
            await session.execute(lock, {"id": first})
            activity.record(session, SYSTEM, "ändrade", "test", new_id(), after={"number": number})
            await session.flush()
            await session.execute(lock, {"id": second})
        committed.append(str(number))

    async def other(number: int) -> None:
        async with database.scoped(SYSTEM) as session:
            activity.record(session, SYSTEM, "ändrade", "test", new_id(), after={"number": number})
            await session.flush()
            await session.execute(lock, {"id": first})

    await asyncio.gather(*(kind(number) for number in range(20) for kind in (one, other)))
    async with database.scoped(SYSTEM) as session:
        verdict = await audit.verify(session, SYSTEM)
    assert (verdict.rows, verdict.fault) == (42, None)
    assert len(committed) == 20


async def test_one_who_reads_nothing_of_the_diary_is_chained_in_it(database: Database) -> None:
    await write(database, 1)
    async with database.scoped(SYSTEM) as session:
        partner = await factories.viewer(session, Role.PARTNER)
    async with database.scoped(partner) as session:
        activity.record(session, partner, "bytte lösenord", "person", partner.person_id or new_id(), after={"a": 1})
    last = (await chained(database))[-1]
    assert (last.action, last.person_id, last.organisation_id) == (
        "bytte lösenord", partner.person_id, partner.organisation_id,
    )  # fmt: skip
    async with database.scoped(partner) as session:
        assert await session.scalar(text("SELECT count(*) FROM activity_detail")) == 0


async def test_nobody_writes_in_anothers_name(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
        another = await factories.viewer(session, Role.PROGRAMME_GROUP)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.scoped(writer) as session:
            activity.record(session, another, "ändrade", "test", new_id())


async def test_a_key_is_noted_as_itself(database: Database) -> None:
    key = Viewer(None, new_id(), Role.PARTNER, "Journalen", key_id=new_id())
    async with database.scoped(key) as session:
        activity.record(session, key, "skapade", "test", new_id())
    async with database.scoped(SYSTEM) as session:
        [row], _ = await activity.list_activity(session, SYSTEM, filters=activity.Filters(key_id=key.key_id))
    assert (row.actor_kind, row.key_id, row.person_id, row.person_name) == ("key", key.key_id, None, "API-nyckel")


@pytest.mark.parametrize("role", ["application", "owner", "superuser"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity SET action = 'x'",
        "DELETE FROM activity",
        "TRUNCATE activity CASCADE",
        "DELETE FROM activity_detail",
        "UPDATE activity_detail SET after = '{}'",
        "UPDATE activity SET sequence = NULL, hash = NULL, previous_hash = NULL",
    ],
)
async def test_nobody_rewrites_the_diary_by_mistake(database: Database, role: str, statement: str) -> None:
    await write(database, 2)
    before = await chained(database)
    async with above(database, role) as connection:
        await connection.execute(text("SELECT set_config('narplan.role', 'system', true)"))
        with pytest.raises(DBAPIError, match=r"append-only|only ever erased|permission denied"):
            await connection.execute(text(statement))
        await connection.rollback()
    assert await chained(database) == before


async def test_a_detail_is_written_with_its_row_or_never(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        bare = activity.record(session, SYSTEM, "spärrade", "test", new_id())
    with pytest.raises(DBAPIError, match="written with its row"):
        async with database.scoped(SYSTEM) as session:
            session.add(activity.ActivityDetail(activity_id=bare.id, after={"a": 1}))


@pytest.mark.parametrize("statement", chain.FUNCTIONS)
async def test_the_migration_made_the_functions_as_they_stand_here(database: Database, statement: str) -> None:
    name = statement.removeprefix("\n    CREATE FUNCTION ").partition("(")[0]
    body = statement.split("$$")[1]
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(FUNCTION, {"name": name}) == body
