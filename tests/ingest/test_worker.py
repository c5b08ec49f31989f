"""The worker: jobs are done, and none is lost or done twice, whatever is killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.pool import NullPool

from api import postgres
from api.database import Database
from ingest import worker
from ingest.jobs import State
from ingest.outbox import Outbox
from ingest.pipeline import Pipeline
from initiatives import findings, webhooks
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.findings import Filters
from retrieval import following
from retrieval.embedding import Embedder
from tests import factories
from tests.ingest.steps import DECISION, count, ingestion, receive
from tests.receiver import receiving

FILES = 6


@contextlib.asynccontextmanager
async def working(database: Database, pipeline: Pipeline) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(database.engine, pipeline, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 60)


@contextlib.asynccontextmanager
async def a_worker(
    database: Database, embedder: Embedder, home: Path, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a worker in a process of its own, with settings; what is left of it in the end is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api.cli.main",
        "worker",
        env={
            "NARPLAN_HOME": str(home),
            "NARPLAN_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "NARPLAN_EMBEDDING_CACHE": str(embedder._config.cache),
            "PATH": os.defpath,
            **settings,
        },
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def until(sessions: ScopedSessions, where: str, number: int, seconds: float = 180) -> None:
    async with asyncio.timeout(seconds):
        while await count(sessions, "ingestion", where) < number:
            await asyncio.sleep(0.05)


def long_text(number: int) -> str:
    paragraphs = (
        f"Nämnd {number} beslutar i ärende {n} om vård för äldre.\n\natt avsätta {n} mnkr." for n in range(60)
    )
    return f"# Beslut {number}\n\n" + "\n\n".join(paragraphs)


async def test_jobs_are_done_and_leave_the_queue(database: Database, committing: Pipeline) -> None:
    async with working(database, committing):
        good = await receive(database.scoped, "a.md", DECISION)
        bad = await receive(database.scoped, "b.txt", b"\x01" * 100)
        await until(database.scoped, "state IN ('published', 'failed')", 2)
        await asyncio.sleep(0.2)
    assert [await state_of(database, one.ingestion_id) for one in (good, bad)] == [State.PUBLISHED, State.FAILED]
    assert await count(database.scoped, "pgqueuer") == 0


async def test_two_workers_share_the_queue(database: Database, committing: Pipeline) -> None:
    for number in range(FILES):
        await receive(database.scoped, f"{number}.md", f"{DECISION}\nNummer {number} om vård.\n")
    async with working(database, committing), working(database, committing):
        await until(database.scoped, "state = 'published'", FILES)
    assert await nothing_twice(database.scoped)
    assert await count(database.scoped, "ingestion", "attempts = 1") == FILES


async def test_a_killed_worker_loses_nothing_and_nothing_comes_twice(
    database: Database, committing: Pipeline, embedder: Embedder, tmp_path: Path
) -> None:
    for number in range(FILES):
        await receive(database.scoped, f"{number}.md", long_text(number))
    async with a_worker(database, embedder, tmp_path) as process:
        await until(database.scoped, "state = 'embedding'", 1)
        family = readers_of(process.pid)
    assert await count(database.scoped, "pgqueuer", "status = 'picked'") > 0
    assert await count(database.scoped, "ingestion", "state <> 'published'") > 0
    async with working(database, committing):
        await until(database.scoped, "state = 'published'", FILES)
    assert await nothing_twice(database.scoped)
    assert await count(database.scoped, "ingestion", "attempts > 1") > 0
    assert family
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


async def test_the_worker_outlives_the_loss_of_its_connections(
    database: Database, committing: Pipeline, server: postgres.Server, caplog: pytest.LogCaptureFixture
) -> None:
    superuser = Database(server.url(postgres.SUPERUSER, "postgres"), pool=NullPool)
    async with working(database, committing):
        first = await receive(database.scoped, "a.md", DECISION)
        await until(database.scoped, "state = 'published'", 1)
        async with superuser.engine.connect() as connection:
            name = {"name": database.url.database}
            cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            assert (await connection.execute(cut, name)).all()
        second = await receive(database.scoped, "b.md", DECISION + "\nEtt annat ärende om vård.\n")
        await until(database.scoped, "state = 'published'", 2)
    await superuser.close()
    assert first.ingestion_id != second.ingestion_id
    assert "begins anew" in caplog.text


async def test_only_jobs_of_dead_workers_are_given_back(database: Database) -> None:
    living, dead = uuid4(), uuid4()
    await receive(database.scoped, "a.md", DECISION)
    await receive(database.scoped, "b.md", DECISION + "\nNy text om vård.\n")
    async with worker._own_connection(database.engine) as connection:
        await connection.execute(worker._HOLD_NAME, str(living))
        async with database.scoped(SYSTEM) as session:
            take = text("UPDATE pgqueuer SET status = 'picked', queue_manager_id = :who WHERE id = :id")
            ids = list(await session.scalars(text("SELECT id FROM pgqueuer ORDER BY id")))
            for who, job in zip((living, dead), ids, strict=True):
                await session.execute(take, {"who": who, "id": job})
            assert await worker.release_orphans(session) == 1
            assert await worker.release_orphans(session) == 0
            freed = await session.scalar(
                text("SELECT queue_manager_id FROM pgqueuer WHERE heartbeat < now() - interval '1 day'")
            )
    assert freed == dead


async def test_webhooks_are_delivered_beside_the_jobs(database: Database, committing: Pipeline) -> None:
    async with database.scoped(SYSTEM) as session:
        town = await factories.organisation(session)
    await following.catch_up(database.scoped, town.id)
    stop = asyncio.Event()
    async with receiving() as receiver:
        async with database.scoped(SYSTEM) as session:
            await webhooks.register(session, SYSTEM, url=receiver.url, organisation_id=town.id, local=True)
            await factories.initiative(session, shared_with=[town.id])
        running = asyncio.create_task(worker.run(database.engine, committing, stop, posting=Outbox(local=True)))
        (received,) = await receiver.until(1)
        stop.set()
        await asyncio.wait_for(running, 60)
    assert b"initiative.shared" in received.body


async def state_of(database: Database, ingestion_id: UUID | None) -> State:
    assert ingestion_id is not None
    return (await ingestion(database.scoped, ingestion_id)).state


async def nothing_twice(sessions: ScopedSessions) -> bool:
    """Every ingestion has made one document of one version with exactly its passages."""
    documents = await count(sessions, "document")
    versions = await count(sessions, "document_version")
    async with sessions(SYSTEM) as session:
        announced = await session.scalar(text("SELECT sum(passage_count) FROM document_version"))
    return documents == versions == FILES and await count(sessions, "passage") == announced


def readers_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    children = [child for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    return [int(child) for child in children]


async def test_what_does_not_hold_together_in_the_register_is_found_by_itself(
    sessions: ScopedSessions, pipeline: Pipeline
) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
        await session.execute(text("UPDATE initiative SET status = 'pågår' WHERE id = :id"), {"id": initiative.id})
    await worker.look_through(pipeline)
    async with sessions(SYSTEM) as session:
        found, _ = await findings.list_findings(session, SYSTEM, Filters(rule="initiative-without-responsible"))
    assert [one.subject_id for one in found] == [initiative.id]
