"""Looking after a database of one's own: the embedded server plays the part of any other PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from api import postgres
from api.database import Database
from initiatives import initiatives, organisations
from initiatives.access import SYSTEM
from initiatives.organisations import OrganisationKind
from retrieval.embedding import Embedder

COUNTS = text("SELECT (SELECT count(*) FROM initiative), (SELECT count(*) FROM activity)")
NO_BACKUPS = {
    "text": "är inte skriven av narplan backup",
    "empty": "är inte skriven av narplan backup",
    "cut": "är skadad eller inte hel",
    "another": "är en kopia av en annan databas",
}
Narplan = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def narplan(database: Database, server: postgres.Server, home: Path) -> Narplan:
    """Run `narplan …` against the test's own database, given by address."""
    addresses = {
        "NARPLAN_DATABASE_URL": server.url(database=database.url.database or ""),
        "NARPLAN_OWNER_DATABASE_URL": server.url(postgres.OWNER, database.url.database or ""),
    }

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "NARPLAN_HOME": str(home), **addresses, **settings}
        command = [sys.executable, "-m", "api.cli.main", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


async def _add(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        region = await organisations.create_organisation(
            session, SYSTEM, name="Region Prov", kind=OrganisationKind.REGION
        )
        await initiatives.create(session, SYSTEM, title="Trygg hemgång", lead_organisation_id=region.id)


async def _counts(database: Database) -> tuple[int, ...]:
    async with database.scoped(SYSTEM) as session:
        return tuple((await session.execute(COUNTS)).one())


async def test_a_backup_brings_every_row_back_and_the_policies_too(
    database: Database, narplan: Narplan, tmp_path: Path
) -> None:
    await _add(database)
    before = await _counts(database)
    copy = tmp_path / "kopia.dump"
    done = narplan("backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert copy.stat().st_mode & 0o077 == 0
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("DELETE FROM initiative"))
    await database.close()
    done = narplan("restore", "--yes", str(copy))
    assert done.returncode == 0, done.stderr
    assert await _counts(database) == before == (1, 2)
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM initiative")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["kopia.dump"]


@pytest.mark.parametrize("kind", NO_BACKUPS)
async def test_a_file_that_is_no_backup_changes_nothing(
    database: Database, narplan: Narplan, server: postgres.Server, tmp_path: Path, kind: str
) -> None:
    await _add(database)
    before = await _counts(database)
    wrong = tmp_path / "fel.dump"
    match kind:
        case "text":
            wrong.write_text("inte en kopia")
        case "empty":
            wrong.touch()
        case "cut":
            narplan("backup", str(wrong))
            wrong.write_bytes(wrong.read_bytes()[:5000])
        case "another":
            url = server.url(postgres.SUPERUSER, "postgres").replace("+asyncpg", "").replace("+psycopg", "")
            dump = [str(postgres.wheel_binaries() / "pg_dump"), "--format=custom", f"--file={wrong}", url]
            subprocess.run(dump, check=True)
    done = narplan("restore", "--yes", str(wrong))
    assert done.returncode == 1
    assert done.stderr.startswith("Filen är ingen säkerhetskopia av Närplan: ")
    assert NO_BACKUPS[kind] in done.stderr
    assert "Databasen är oförändrad." in done.stderr
    assert done.stderr.count("\n") == 1
    assert await _counts(database) == before


async def test_restoring_asks_first(database: Database, narplan: Narplan, tmp_path: Path) -> None:
    await _add(database)
    narplan("backup", str(tmp_path / "kopia.dump"))
    done = narplan("restore", str(tmp_path / "kopia.dump"))
    assert done.returncode != 0
    assert "Fortsätta? (ja/nej)" in done.stdout
    assert await _counts(database) == (1, 2)


def test_the_doctor_says_what_is_well_and_what_to_do(narplan: Narplan, server: postgres.Server) -> None:
    well = narplan("doctor")
    assert well.returncode == 0, well.stdout + well.stderr
    assert "FEL" not in well.stdout
    assert "Sökindexet: är tomt än" in well.stdout
    ill = narplan("doctor", NARPLAN_DATABASE_URL=server.url(postgres.SUPERUSER))
    assert ill.returncode == 1
    assert "NARPLAN_OWNER_DATABASE_URL" in ill.stdout
    away = narplan("doctor", NARPLAN_DATABASE_URL="postgresql://app:hemligt@127.0.0.1:1/d")
    assert away.returncode == 1
    assert "svarar inte" in away.stdout
    assert "hemligt" not in away.stdout + away.stderr


def test_the_doctor_tells_of_the_language_model(narplan: Narplan) -> None:
    assert "Språkmodellen" not in narplan("doctor").stdout
    chosen = {"NARPLAN_LANGUAGE_MODEL": "openai:m", "NARPLAN_LANGUAGE_BASE_URL": "http://127.0.0.1:1/v1"}
    priced = {"NARPLAN_LANGUAGE_PRICE_IN": "150", "NARPLAN_LANGUAGE_PRICE_OUT": "600"}
    told = narplan("doctor", **chosen, **priced).stdout
    assert "bra  Språkmodellen: openai:m på http://127.0.0.1:1/v1, 0 svar i dag för högst 0,00 kronor" in told
    assert "FEL  Språkmodellen" in narplan("doctor", NARPLAN_LANGUAGE_MODEL="openai:m").stdout


def test_migrating_what_is_up_to_date_is_fine(narplan: Narplan) -> None:
    assert narplan("migrate").returncode == 0


async def test_the_doctor_tells_of_a_change_of_model_and_of_one_that_is_gone(
    database: Database, narplan: Narplan, embedder: Embedder
) -> None:
    stamp = await embedder.stamp()
    added = "INSERT INTO embedding_model (name, revision, dimensions, {}) VALUES (:name, :revision, :dimensions, {})"
    async with database.scoped(SYSTEM) as session:
        values = {"name": stamp.name, "revision": stamp.revision, "dimensions": stamp.dimensions}
        await session.execute(text(added.format("in_force", "true")), values)
        coming = {"name": "ny", "revision": "1", "dimensions": 96}
        await session.execute(text(added.format("wanted_at", "now()")), coming)
    told = narplan("doctor", NARPLAN_EMBEDDING_CACHE=str(embedder.config.cache))
    assert told.returncode == 0, told.stdout
    assert (
        f"svarar med {stamp.name} ({stamp.revision}), och byggs om med ny (1): 0 av 0 stycken är klara" in told.stdout
    )
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("UPDATE embedding_model SET revision = 'annan', place = '/borta' WHERE in_force"))
    gone = narplan("doctor", NARPLAN_EMBEDDING_CACHE=str(embedder.config.cache))
    assert gone.returncode == 1
    assert "FEL  Sökindexet" in gone.stdout
    assert "Den låg i /borta." in gone.stdout
