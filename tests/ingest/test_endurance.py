"""What happens when things break while files come in: workers killed, the database stopped hard, the disk full.

`make endure` does it 30 times; in the suite the disk alone is filled.
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from api import migrations, postgres
from api.app import create_app
from api.database import Database
from ingest import worker
from ingest.jobs import Ingestion
from ingest.parsing import Source, parse
from ingest.pipeline import Pipeline
from ingest.readers import MARKDOWN
from ingest.sandbox import Sandbox
from initiatives.access import SYSTEM, Role
from retrieval.documents import Document, DocumentVersion, Passage
from retrieval.embedding import Embedder
from tests import factories
from tests.clients import connect
from tests.ingest.steps import DECISION, count, receive
from tests.ingest.test_worker import a_worker, long_text, until, working

LEASE = worker.HEARTBEAT.total_seconds()
STAGES = ("queued", "reading", "structuring", "embedding")
MOST_STOPS, MOST_FILES = 5, 200

Answering = dict[str, list[str]]
"""The passages of each file, in order."""


@pytest.fixture(scope="module")
def kills(request: pytest.FixtureRequest) -> int:
    """Return how often to kill; without the option the test is skipped."""
    wanted = int(request.config.getoption("--kills"))
    if not wanted:
        pytest.skip("make endure kills workers and databases")
    return wanted


async def answering(database: Database) -> Answering:
    """Return what answers now."""
    async with database.scoped(SYSTEM) as session:
        rows = await session.execute(
            select(DocumentVersion.file_name, DocumentVersion.text, Passage.start, Passage.end)
            .join(Document, Document.current_version_id == DocumentVersion.id)
            .join(Passage, Passage.version_id == DocumentVersion.id)
            .order_by(DocumentVersion.file_name, Passage.position)
        )
        found: Answering = {}
        for name, whole, start, end in rows:
            found.setdefault(name, []).append(whole[start:end])
    return found


async def nothing_twice(database: Database, files: int) -> bool:
    """Tell whether there are as many documents and versions as files."""
    return [await count(database.scoped, table) for table in ("document", "document_version")] == [files, files]


def expected(files: Mapping[str, str]) -> Answering:
    """Return what a quiet run would let answer."""
    read = {
        name: parse(Source(name, MARKDOWN), content.encode(), lambda _: None) for name, content in sorted(files.items())
    }
    return {name: [one.text[unit.start : unit.end] for unit in one.units] for name, one in read.items()}


async def test_killed_at_every_stage_the_result_is_that_of_a_quiet_run(
    kills: int, database: Database, committing: Pipeline, embedder: Embedder, tmp_path: Path
) -> None:
    chance = random.Random(20261130)
    files = {f"{number:03}.md": long_text(number) for number in range(kills + 2)}
    for name, content in files.items():
        await receive(database.scoped, name, content)
    slowest = 0.0
    for number in range(kills):
        stage = STAGES[number % len(STAGES)]
        begun = await count(database.scoped, "ingestion", "attempts > 0")
        async with a_worker(database, embedder, tmp_path):
            await until(database.scoped, "attempts > 0", min(begun + 1, len(files)), seconds=120)
            if stage != "queued":
                await seen(database, stage)
            await asyncio.sleep(chance.random() * 0.2)
    killed = time.monotonic()
    orphans = await count(database.scoped, "pgqueuer", "status = 'picked'")
    async with working(database, committing):
        while await count(database.scoped, "pgqueuer", "status = 'picked' AND heartbeat = '-infinity'"):
            await asyncio.sleep(0.05)
        slowest = time.monotonic() - killed
        await until(database.scoped, "state = 'published'", len(files), seconds=600)
    told(f"{kills} kills; the {orphans} jobs of the last were given back after {slowest:.1f} s of {2 * LEASE:.0f}")
    assert await answering(database) == expected(files)
    assert await nothing_twice(database, len(files))
    assert slowest < 2 * LEASE


def told(text: str) -> None:
    """Say what it came to, for whoever runs this to measure."""
    sys.stdout.write(f"\n{text}\n")


async def seen(database: Database, stage: str) -> None:
    """Wait until a file is at a stage, or past it: some stages pass in a moment."""
    later = STAGES[STAGES.index(stage) :]
    names = ", ".join(f"'{one}'" for one in later)
    with contextlib.suppress(TimeoutError):
        await until(database.scoped, f"state IN ({names}) AND state <> 'queued'", 1, seconds=20)


async def test_a_database_that_is_stopped_hard_loses_nothing_acknowledged(
    kills: int, embedder: Embedder, tmp_path: Path
) -> None:
    stops, number_of_files = min(kills, MOST_STOPS), min(40 * kills, MOST_FILES)
    tmp_path.chmod(0o755)
    acknowledged: dict[str, str] = {}
    with contextlib.ExitStack() as servers:
        server = servers.enter_context(postgres.running(tmp_path / "home"))
        await migrations.upgrade(server.url(postgres.OWNER), application_role=postgres.APPLICATION)
        database = Database(server.url())
        sandbox = Sandbox()
        async with working(database, Pipeline(database.scoped, embedder, sandbox)):
            for number in range(number_of_files):
                name, content = f"{number:03}.md", f"{DECISION}\nÄrende {number} om vård nära hemmet.\n"
                with contextlib.suppress(DBAPIError, OSError):
                    await receive(database.scoped, name, content)
                    acknowledged[name] = content
                if number % (number_of_files // stops) == number_of_files // stops // 2:
                    os.kill(server.pid or 0, signal.SIGKILL)
                    servers.enter_context(postgres.running(tmp_path / "home"))
            async with asyncio.timeout(600):
                while set(await answering_or_nothing(database)) < set(acknowledged):
                    await asyncio.sleep(0.5)
        found = await answering(database)
        assert await nothing_twice(database, len(found))
        await sandbox.close()
        await database.close()
    told(f"{stops} stops; {len(acknowledged)} of {number_of_files} files acknowledged, {len(found)} answer")
    assert {name: found[name] for name in acknowledged} == expected(acknowledged)


async def answering_or_nothing(database: Database) -> Answering:
    with contextlib.suppress(DBAPIError, OSError):
        return await answering(database)
    return {}


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Return a folder on a disk of its own with 48 MB, where the system lets one be made."""
    folder = Path(f"/tmp/narplan-disk-{uuid4().hex}")
    folder.mkdir(mode=0o755)
    if not mounted("-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)):
        folder.rmdir()
        pytest.skip("The system does not let a small disk be made here.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_full_disk_stops_writing_and_nothing_else(
    server: postgres.Server, database: Database, small_disk: Path
) -> None:
    place = small_disk / "data"
    place.mkdir(mode=0o700)
    server.places.own(place)
    space = f"small_{uuid4().hex}"
    superuser = Database(server.url(postgres.SUPERUSER, "postgres"), pool=NullPool)
    at_once = superuser.engine.execution_options(isolation_level="AUTOCOMMIT")
    await database.close()
    async with at_once.connect() as maintenance:
        await maintenance.execute(text(f"CREATE TABLESPACE {space} LOCATION '{place}'"))
        await maintenance.execute(text(f"ALTER DATABASE {database.url.database} SET TABLESPACE {space}"))
    full = Database(database.url)
    try:
        async with full.scoped(SYSTEM) as session:
            signed_in = await factories.signed_in(session, await factories.person(session, Role.PROGRAMME_GROUP))
        async with connect(create_app(full.scoped, None), **signed_in) as writer:
            refused = await fill(writer)
            assert refused.status_code == 507, refused.text
            assert "Inget har sparats" in refused.json()["detail"]
            listed = await writer.get("/api/v1/ingestions")
            assert listed.status_code == 200
            assert listed.json()["total"] > 0
            async with full.scoped(SYSTEM) as session:
                oldest = (await session.scalars(select(Ingestion.id).order_by(Ingestion.id).limit(1))).one()
            assert (await writer.get(f"/api/v1/ingestions/{oldest}")).status_code == 200
            assert await asyncio.to_thread(mounted, "-o", "remount,size=96m", str(small_disk))
            assert (await writer.post("/api/v1/documents", files=paper(b"x" * 10))).status_code == 202
    finally:
        await full.close()
        async with at_once.connect() as maintenance:
            await maintenance.execute(text(f"ALTER DATABASE {database.url.database} SET TABLESPACE pg_default"))
            await maintenance.execute(text(f"DROP TABLESPACE {space}"))
        await superuser.close()


def mounted(*how: str) -> bool:
    """Tell whether the system mounts a disk so."""
    return subprocess.run(["mount", *how], check=False, capture_output=True).returncode == 0


def paper(more: bytes) -> dict[str, tuple[str, bytes]]:
    return {"file": (f"{uuid4().hex}.txt", DECISION.encode() + more)}


async def fill(writer: httpx.AsyncClient) -> httpx.Response:
    """Send large files until one is refused; return the refusal."""
    for _ in range(40):
        answer = await writer.post("/api/v1/documents", files=paper(os.urandom(1_500_000).hex().encode()))
        if answer.status_code != 202:
            return answer
    raise AssertionError("The small disk was never full.")
