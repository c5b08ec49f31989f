"""The worker: takes jobs from the queue in PostgreSQL, one process among many, and never loses one.

Every worker holds an advisory lock in its own name for as long as its connection lives. A job whose worker's lock is
free has lost its worker, however it died, and is given back within seconds; the queue's heartbeat is the second net.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from ingest import collecting, jobs, outbox, pipeline, reembedding, renewal, vectors
from ingest.collecting import Collecting
from ingest.errors import Stage, UnreadableFile
from ingest.outbox import Outbox
from ingest.pipeline import Pipeline
from initiatives import examination, retention
from initiatives.access import SYSTEM
from initiatives.retention import Retention
from retrieval import models
from retrieval.embedding import ModelUnavailable

HEARTBEAT = timedelta(seconds=60)
"""A job that was silent for this long is given to another worker even if its worker seems to live."""
RECLAIM_SECONDS = 5.0
RENEWAL_SECONDS = 30.0
"""How long a worker leaves the renewal to another, or after a failure, before it looks whether it has to be done."""
TIDY_SECONDS = 3600.0
EXAMINE_FIRST_SECONDS, EXAMINE_SECONDS = 60.0, 3600.0
"""When a new worker first lets the rules look through the register, and how often from then on."""
MAX_ATTEMPTS = 5
_FIRST_DELAY = timedelta(seconds=2)
_DISK_DELAY = timedelta(seconds=30)
_LONGEST_PAUSE = 30.0
_STOP_SECONDS = 10.0
_LOCK_SPACE = 3
log = logging.getLogger(__name__)


async def run(
    engine: AsyncEngine,
    work: Pipeline,
    stop: asyncio.Event,
    *,
    posting: Outbox | None = None,
    kept: Retention = retention.DEFAULT,
    collected: Collecting | None = None,
) -> None:
    """Work until ``stop`` is set; what is half done then is done again by the next worker.

    Begins anew, with growing pauses, whenever the database goes away. Beside the jobs the search index is brought up to
    date, and to the model of ``work`` when that is another than before; webhooks are delivered, documents
    ``collected``, the register examined every hour, and what has been ``kept`` long enough is taken away once a day.
    """
    aside = (
        outbox.run(work.sessions, posting or Outbox()),
        collecting.run(work.sessions, collected or Collecting()),
        _examine(work),
        _tidy(work, kept),
    )
    tasks = {asyncio.create_task(one) for one in aside}
    try:
        await _keep_working(engine, work, stop)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_STOP_SECONDS)


async def _keep_working(engine: AsyncEngine, work: Pipeline, stop: asyncio.Event) -> None:
    pause, asked = 1.0, asyncio.Event()
    while not stop.is_set():
        begun = asyncio.get_running_loop().time()
        try:
            await _work(engine, work, stop, asked)
        except Exception:
            if asyncio.get_running_loop().time() - begun > _LONGEST_PAUSE:
                pause = 1.0
            log.exception("The worker stopped and begins anew in %.0f s", pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def _work(engine: AsyncEngine, work: Pipeline, stop: asyncio.Event, asked: asyncio.Event) -> None:
    async with _own_connection(engine) as connection:
        manager = QueueManager(Queries(AsyncpgDriver(connection)))
        await connection.execute(_HOLD_NAME, str(manager.queue_manager_id))

        @manager.entrypoint(jobs.ENTRYPOINT, on_failure="hold")
        async def ingest(job: Job) -> None:
            await _attempt(work, job)

        running = asyncio.create_task(
            manager.run(
                dequeue_timeout=timedelta(seconds=10),
                batch_size=1,
                max_concurrent_tasks=2,
                heartbeat_timeout=HEARTBEAT,
                shutdown_on_listener_failure=True,
            )
        )
        reclaiming = asyncio.create_task(_reclaim(work, manager.queue_manager_id))
        renewing = asyncio.create_task(_renew(engine, work, asked))
        stopping = asyncio.create_task(stop.wait())
        cut_off = asyncio.create_task(_lost(connection))
        try:
            await asyncio.wait({running, reclaiming, stopping, cut_off}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (cut_off, running, reclaiming):
                if ended.done():
                    await ended
        finally:
            manager.shutdown.set()
            for task in (reclaiming, renewing, stopping, cut_off):
                task.cancel()
            await asyncio.wait({renewing}, timeout=_STOP_SECONDS)
            await _finish(running, 0 if connection.is_closed() else _STOP_SECONDS)


async def _lost(connection: Any) -> None:
    """Wait until the database ends the connection, and raise then: without it nothing is heard from the queue."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    await ended.wait()
    raise ConnectionError("The worker's connection to the database has ended.")


async def _finish(running: asyncio.Task[None], seconds: float) -> None:
    """Let the jobs in hand end by themselves for so long, then cut them off."""
    await asyncio.wait({running}, timeout=seconds)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await running


async def _attempt(work: Pipeline, job: Job) -> None:
    """Do one job. A failure that may pass is tried again later; the last one is written on the ingestion."""
    ingestion_id = UUID((job.payload or b"").decode())
    try:
        await pipeline.run(work, ingestion_id)
    except Exception as error:
        if _disk_is_full(error):  # Passes when somebody makes room, and is no fault of the file's.
            raise RetryRequested(delay=_DISK_DELAY, reason="disk full") from error
        if job.attempts + 1 < MAX_ATTEMPTS:
            raise RetryRequested(delay=_FIRST_DELAY * 2**job.attempts, reason=type(error).__name__) from error
        verdict = UnreadableFile(
            f"Ett tekniskt fel hindrade inläsningen {MAX_ATTEMPTS} gånger ({type(error).__name__}).",
            "Försök igen senare. Kvarstår felet, visa driftens logg för den som sköter Närplan.",
            stage=Stage.PUBLISHING,
        )
        await pipeline.fail(work.sessions, ingestion_id, verdict)
        raise


def _disk_is_full(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "53100"


async def _reclaim(work: Pipeline, own: UUID) -> None:
    """Give back jobs of dead workers and jobs that were lost, now and every few seconds."""
    while True:
        async with work.sessions(SYSTEM) as session:
            returned = await release_orphans(session, own)
            forgotten = await jobs.enqueue_forgotten(session)
        if returned or forgotten:
            log.info("Gave back %d jobs of dead workers and queued %d lost ones", returned, forgotten)
        await asyncio.sleep(RECLAIM_SECONDS)


async def _renew(engine: AsyncEngine, work: Pipeline, asked: asyncio.Event) -> None:
    """Bring the search index up to today's analysis and to this worker's model, beside the work.

    Of several workers one does it at a time. The model is asked for once in the life of a process (``asked``), so that
    of processes with different settings the one that was started last decides.
    """
    while True:
        try:
            if not asked.is_set():
                await vectors.want(work.sessions, work.embedder)
                asked.set()
            if not await _behind(work):
                return
            async with _own_connection(engine) as connection:
                if await connection.fetchval(_TRY_RENEWAL):
                    await _bring_up_to_date(work)
                    continue
        except ModelUnavailable as gone:
            log.error("%s The search index stays as it is", gone.detail)  # noqa: TRY400 - the text says it all
            return
        except Exception:
            log.exception("The search index was not brought up to date; it is tried again in %.0f s", RENEWAL_SECONDS)
        await asyncio.sleep(RENEWAL_SECONDS)


async def _behind(work: Pipeline) -> bool:
    async with work.sessions(SYSTEM) as session:
        return await _changes_model(session) or bool(await renewal.behind(session))


async def _changes_model(session: AsyncSession) -> bool:
    answering, wanted = await models.in_force(session), await models.wanted(session)
    return None not in (answering, wanted) and answering != wanted


async def _bring_up_to_date(work: Pipeline) -> None:
    if count := await renewal.renew(work.sessions, work.embedder, _unheard):
        log.info("Made the search index of %d versions anew", count)
    async with work.sessions(SYSTEM) as session:
        wanted = await models.wanted(session) if await _changes_model(session) else None
    if wanted is not None:
        log.info("The search index is built anew with %s; the old one answers meanwhile", wanted.named)
        count = await reembedding.run(work.sessions, await models.speaker(work.embedder, wanted), _unheard)
        log.info("%d passages have new vectors, of %s, which answer from now on", count, wanted.named)


async def _examine(work: Pipeline) -> None:
    await asyncio.sleep(EXAMINE_FIRST_SECONDS)
    while True:
        await look_through(work)
        await asyncio.sleep(EXAMINE_SECONDS)


async def look_through(work: Pipeline) -> None:
    """Let the rules look through the register; what they find is kept there, and a failure only logged."""
    try:
        async with work.sessions(SYSTEM) as session:
            found = await examination.examine(session, SYSTEM)
    except Exception:
        log.exception("The register was not examined; it is tried again in an hour")
    else:
        log.info("Examined the register: %d new findings, %d ceased", found.new, found.ceased)


async def _tidy(work: Pipeline, kept: Retention) -> None:
    """Take away, beside the work, what has been kept long enough; looks every hour whether it is time."""
    while True:
        try:
            removed = await retention.apply_daily(work.sessions, kept)
            if removed is not None:
                log.info("Took away what was old: %s", {one.kind.name: one.count for one in removed})
        except Exception:
            log.exception("What was old was not taken away; it is tried again in an hour")
        await asyncio.sleep(TIDY_SECONDS)


async def _unheard(_done: int, _total: int) -> None:
    return


async def release_orphans(session: AsyncSession, own: UUID | None = None) -> int:
    """Make the jobs of workers that no longer live free to take; returns how many there were."""
    holders = await session.scalars(text("SELECT DISTINCT queue_manager_id FROM pgqueuer WHERE status = 'picked'"))
    dead = [holder for holder in holders if holder != own and await _is_dead(session, holder)]
    if not dead:
        return 0
    # An old heartbeat is the queue's own sign that a job may be taken over.
    released = await session.execute(
        text(
            "UPDATE pgqueuer SET heartbeat = '-infinity' WHERE status = 'picked' AND queue_manager_id = ANY(:dead) "
            "AND heartbeat <> '-infinity' RETURNING id"
        ),
        {"dead": dead},
    )
    return len(released.all())


async def _is_dead(session: AsyncSession, holder: UUID) -> bool:
    name = {"holder": str(holder)}
    return bool(await session.scalar(text(_TRY_NAME), name))


_HOLD_NAME = f"SELECT pg_advisory_lock(hashtextextended($1, {_LOCK_SPACE}))"
_TRY_RENEWAL = f"SELECT pg_try_advisory_lock(hashtextextended('renewal', {_LOCK_SPACE}))"
_TRY_NAME = f"SELECT pg_try_advisory_xact_lock(hashtextextended(:holder, {_LOCK_SPACE}))"


@contextlib.asynccontextmanager
async def _own_connection(engine: AsyncEngine) -> AsyncIterator[Any]:
    """Open a connection that listens and holds the worker's name; it is closed, never pooled again."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        try:
            yield raw.driver_connection
        finally:
            await connection.invalidate()
