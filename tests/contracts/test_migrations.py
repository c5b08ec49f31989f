import importlib
import pkgutil
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

import ingest
import initiatives
import retrieval
from api import checks, migrations, postgres
from api.database import Database
from ingest import renewal
from initiatives import access, past, sharing
from initiatives.access import PUBLIC_TABLES, SYSTEM
from initiatives.base import Base

ROLE = {"application_role": postgres.APPLICATION}
OPEN_TABLES = PUBLIC_TABLES | {"embedding_model", "alembic_version"}
JOB_QUEUE = {"pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
RULES = text("""
    SELECT 'POLICY' AS kind, policyname AS name, tablename AS place,
        concat_ws(' ', cmd, permissive, roles, qual, '/', with_check) AS rule
    FROM pg_policies
    UNION ALL
    SELECT 'TRIGGER', tgname, relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT tgisinternal AND (tgname LIKE 'activity%' OR tgname LIKE 'past%')
""")
FORCED = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")

PUBLISHED_BY_THE_FIRST_RELEASE = (
    "INSERT INTO stored_file VALUES ('a', 1, 'a', now())",
    "INSERT INTO document (id, title, kind, visibility, created_at) VALUES (:id, 'A', 'plan', 'public', now())",
    """
    INSERT INTO document_version (
        id, document_id, sha256, file_name, media_type, text, pages, passage_count, lexicon, warnings, published_at
    ) VALUES (:id, :id, 'a', 'a.txt', 'text/plain', 'A', '[]', 0, 'old', '{}', now())
    """,
    "UPDATE document SET current_version_id = :id",
)

READ_BY_THE_SECOND_OF_TWO_MODELS = (
    "INSERT INTO embedding_model (name, revision, dimensions) VALUES ('gammal', '1', 3), ('ny', '1', 3)",
    """
    INSERT INTO passage (
        id, document_id, version_id, position, section, kind, start, "end", page, context, model_id, embedding
    ) SELECT id, document_id, id, 0, 0, 'stycke', 0, 1, 1, '', (SELECT max(id) FROM embedding_model), '[1,0,0]'
    FROM document_version
    """,
)


@pytest.fixture
async def owner(server: postgres.Server, database: Database) -> AsyncIterator[Database]:
    """Return the same fresh database, reached as its owner."""
    opened = Database(server.url(postgres.OWNER, database.url.database or ""), pool=NullPool)
    yield opened
    await opened.close()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def _version(url: URL) -> str | None:
    database = Database(url, pool=NullPool)
    async with database.engine.connect() as connection:
        found = await migrations.current(connection)
    await database.close()
    return found


async def test_the_migrations_make_what_the_mapped_classes_describe(owner: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"include_name": migrations.is_ours, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), migrations.metadata()))

    async with owner.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_no_room_is_forgotten() -> None:
    """Every mapped class in the house is known to the migrations."""
    known = set(migrations.metadata().tables)
    for floor in (ingest, initiatives, retrieval):
        for module in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    assert set(Base.metadata.tables) == known


async def test_the_policies_and_triggers_are_those_that_stand_beside_the_mapped_classes(owner: Database) -> None:
    migrations.metadata()  # Imports every room.
    rooms = [
        module for name, module in sys.modules.items() if name.startswith(("ingest.", "initiatives.", "retrieval."))
    ]
    statements = {
        one: None for room in rooms for one in (*getattr(room, "POLICIES", ()), *getattr(room, "TRIGGERS", ()))
    }
    async with owner.engine.connect() as connection:
        made = set((await connection.execute(RULES)).all())
        for rule in made:
            await connection.execute(text(f"DROP {rule.kind} {rule.name} ON {rule.place}"))
        for statement in statements:
            await connection.execute(text(statement))
        assert set((await connection.execute(RULES)).all()) == made


async def test_the_past_is_kept_as_it_is_written_beside_its_table(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        body = await connection.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'narplan_keep_past'"))
    assert str(body).strip() in past.KEEP


@pytest.mark.parametrize("name", [*access.FUNCTIONS, *sharing.FUNCTIONS])
async def test_the_functions_are_those_that_the_policies_are_written_with(owner: Database, name: str) -> None:
    async with owner.engine.connect() as connection:
        body = await connection.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": name})
    _, expected = {**access.FUNCTIONS, **sharing.FUNCTIONS}[name]
    assert " ".join(str(body).split()) == expected


async def test_down_to_nothing_and_up_again(owner: Database) -> None:
    await migrations.downgrade(owner.url)
    async with owner.engine.connect() as connection:
        assert await connection.run_sync(_tables) <= {"alembic_version"}
        assert await connection.scalar(text("SELECT count(*) FROM pg_type WHERE typname LIKE 'pgqueuer%'")) == 0
    await migrations.upgrade(owner.url, **ROLE)
    async with owner.engine.connect() as connection:
        assert await connection.run_sync(_tables) == set(Base.metadata.tables) | JOB_QUEUE | {"alembic_version"}


async def test_every_step_goes_down_and_up_by_itself(owner: Database) -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(migrations.configuration()).walk_revisions()]
    for revision in steps:
        await migrations.downgrade(owner.url, f"{revision}-1" if revision != steps[-1] else "base")
        await migrations.upgrade(owner.url, revision=revision, **ROLE)
        assert await _version(owner.url) == revision
        await migrations.downgrade(owner.url, f"{revision}-1" if revision != steps[-1] else "base")


async def test_what_the_first_release_published_is_kept_and_known_to_be_behind(
    owner: Database, database: Database
) -> None:
    await migrations.downgrade(owner.url, "0001")
    key = uuid4()
    async with database.scoped(SYSTEM) as session:
        for statement in PUBLISHED_BY_THE_FIRST_RELEASE:
            await session.execute(text(statement), {"id": key})
    await migrations.upgrade(owner.url, **ROLE)
    async with database.scoped(SYSTEM) as session:
        kept = await session.execute(text("SELECT analysis, lexicon, renewed_at FROM document_version"))
        assert kept.all() == [(1, b"old", None)]
        assert await renewal.behind(session) == [key]


async def test_the_model_of_what_was_published_before_models_could_change_is_in_force(
    owner: Database, database: Database
) -> None:
    await migrations.downgrade(owner.url, "0033")
    async with database.scoped(SYSTEM) as session:
        key = uuid4()
        for statement in (*PUBLISHED_BY_THE_FIRST_RELEASE, *READ_BY_THE_SECOND_OF_TWO_MODELS):
            await session.execute(text(statement), {"id": key} if ":id" in statement else {})
    await migrations.upgrade(owner.url, **ROLE)
    async with database.scoped(SYSTEM) as session:
        assert (await session.scalars(text("SELECT name FROM embedding_model WHERE in_force"))).all() == ["ny"]


async def test_migrating_twice_changes_nothing(owner: Database) -> None:
    await migrations.upgrade(owner.url, **ROLE)
    assert await _version(owner.url) == migrations.head()


async def test_a_step_that_fails_leaves_nothing_behind(owner: Database) -> None:
    await migrations.downgrade(owner.url)
    async with owner.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE turn (id int)"))
    with pytest.raises(ProgrammingError, match="already exists"):
        await migrations.upgrade(owner.url, **ROLE)
    async with owner.engine.connect() as connection:
        assert await connection.run_sync(_tables) <= {"alembic_version", "turn"}


async def test_row_level_security_is_forced_on_every_table_that_is_not_open_to_all(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        forced = set(await connection.scalars(FORCED))
        everything = await connection.run_sync(_tables)
    assert everything - forced == OPEN_TABLES | JOB_QUEUE


async def test_without_a_scope_no_row_is_seen(owner: Database, database: Database) -> None:
    """Deny by default: the policies of every scoped table hide every row from one who says nothing of themselves."""
    async with owner.engine.connect() as connection:
        forced = sorted(await connection.scalars(FORCED))
        for table in forced:
            policies = await connection.scalars(text("SELECT qual FROM pg_policies WHERE tablename = :t"), {"t": table})
            assert not [qual for qual in policies if qual == "true"], table
    async with database.engine.connect() as connection:
        for table in forced:
            assert await connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_the_application_changes_rows_but_not_the_schema(database: Database) -> None:
    for statement in ("CREATE TABLE mine (id int)", "DROP TABLE turn", "UPDATE alembic_version SET version_num = 'x'"):
        with pytest.raises(ProgrammingError):
            async with database.scoped(SYSTEM) as session:
                await session.execute(text(statement))


async def test_the_application_is_told_what_is_missing(owner: Database, database: Database) -> None:
    assert all(finding.well for finding in await checks.examine(database))
    await migrations.downgrade(owner.url)
    async with owner.engine.begin() as connection:
        await connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(checks.NotReady, match="narplan migrate"):
        await checks.require(database)


async def test_a_superuser_is_refused(server: postgres.Server, database: Database) -> None:
    above = Database(server.url(postgres.SUPERUSER, database.url.database or ""), pool=NullPool)
    with pytest.raises(checks.NotReady, match="BYPASSRLS"):
        await checks.require(above)
    await above.close()


async def test_a_database_that_does_not_answer_is_a_sentence() -> None:
    nowhere = Database("postgresql://a:hemligt@127.0.0.1:1/d", pool=NullPool)
    with pytest.raises(checks.NotReady, match="svarar inte") as refusal:
        await checks.require(nowhere)
    assert "hemligt" not in refusal.value.detail
    await nowhere.close()
