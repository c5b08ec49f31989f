"""Ingestions as people see them, and jobs that are never lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import jobs
from ingest import pipeline as work
from ingest.errors import UnreadableFile
from ingest.jobs import Ingestion, Priority, State
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer, set_scope
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from retrieval.documents import Passage
from tests.ingest.steps import DECISION, bring_in, count, ingestion, receive

POLITICIAN = Viewer(uuid4(), uuid4(), Role.POLITICIAN, "Tor")
PARTNER = Viewer(uuid4(), uuid4(), Role.PARTNER, "Elin")


async def test_a_partner_finds_no_ingestion_by_query_or_by_row_level_security(sessions: ScopedSessions) -> None:
    receipt = await receive(sessions, "a.txt", DECISION)
    assert receipt.ingestion_id is not None
    async with sessions(PARTNER) as session:
        assert await jobs.list_ingestions(session, PARTNER) == ([], 0)
        with pytest.raises(NotFound):
            await jobs.get_ingestion(session, PARTNER, receipt.ingestion_id)
        await set_scope(session, PARTNER)
        assert (await session.execute(text("SELECT count(*) FROM ingestion"))).scalar_one() == 0


async def test_a_politician_sees_but_does_not_retry(sessions: ScopedSessions) -> None:
    receipt = await receive(sessions, "a.txt", DECISION)
    assert receipt.ingestion_id is not None
    async with sessions(POLITICIAN) as session:
        found = await jobs.get_ingestion(session, POLITICIAN, receipt.ingestion_id)
        assert found.state is State.QUEUED
        with pytest.raises(NotAllowed):
            await jobs.retry(session, POLITICIAN, receipt.ingestion_id)


async def test_lists_are_newest_first_and_filtered(pipeline: Pipeline) -> None:
    published = await bring_in(pipeline, "a.md", DECISION)
    failed = await bring_in(pipeline, "b.txt", b"\x01" * 100)
    superseded = await bring_in(pipeline, "c.txt", b"\x02" * 100)
    mended = await bring_in(pipeline, "c.txt", "Beslut om budget för nära vård.")
    async with pipeline.sessions(SYSTEM) as session:
        everything, total = await jobs.list_ingestions(session, SYSTEM)
        assert [one.id for one in everything] == [mended.id, superseded.id, failed.id, published.id]
        assert total == 4
        only_failed, _ = await jobs.list_ingestions(session, SYSTEM, state="failed")
        assert [one.id for one in only_failed] == [superseded.id, failed.id]
        needing_someone, _ = await jobs.list_ingestions(session, SYSTEM, unfinished=True)
        assert [one.id for one in needing_someone] == [failed.id]
        second_page, _ = await jobs.list_ingestions(session, SYSTEM, limit=1, offset=1)
        assert [one.id for one in second_page] == [superseded.id]
        with pytest.raises(InvalidValue):
            await jobs.list_ingestions(session, SYSTEM, state="okänt")


async def test_a_failed_ingestion_runs_again_with_a_clean_slate(pipeline: Pipeline) -> None:
    receipt = await receive(pipeline.sessions, "a.md", DECISION)
    assert receipt.ingestion_id is not None
    await work.fail(pipeline.sessions, receipt.ingestion_id, UnreadableFile("Skäl.", "Råd."))
    async with pipeline.sessions(SYSTEM) as session:
        again = await jobs.retry(session, SYSTEM, receipt.ingestion_id)
    assert (again.state, again.reason, again.remedy, again.finished_at) == (State.QUEUED, None, None, None)
    await work.run(pipeline, receipt.ingestion_id)
    done = await ingestion(pipeline.sessions, receipt.ingestion_id)
    assert done.state is State.PUBLISHED


async def test_what_is_on_its_way_or_replaced_is_not_read_again(pipeline: Pipeline) -> None:
    waiting = await receive(pipeline.sessions, "a.md", DECISION)
    assert waiting.ingestion_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        with pytest.raises(InvalidValue, match="redan på väg"):
            await jobs.retry(session, SYSTEM, waiting.ingestion_id)
    await work.run(pipeline, waiting.ingestion_id)
    await bring_in(pipeline, "a.md", f"{DECISION}\nOch mer.\n")
    async with pipeline.sessions(SYSTEM) as session:
        with pytest.raises(InvalidValue, match="nyare fil"):
            await jobs.retry(session, SYSTEM, waiting.ingestion_id)


async def test_a_published_file_that_is_read_again_answers_with_the_same_passages(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "a.md", DECISION)
    assert done.document_id is not None
    before = await passages(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        again = await jobs.read_again(session, SYSTEM, done.document_id)
        assert again.id == done.id
    await work.run(pipeline, done.id)
    assert await passages(pipeline) == before
    assert await count(pipeline.sessions, "document_version") == 2


async def test_a_cancelled_file_is_not_published_and_can_be_read_later(pipeline: Pipeline) -> None:
    receipt = await receive(pipeline.sessions, "a.md", DECISION)
    assert receipt.ingestion_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        stopped = await jobs.cancel(session, SYSTEM, receipt.ingestion_id)
        assert (stopped.state, stopped.state.finished) == (State.CANCELED, True)
        with pytest.raises(InvalidValue):
            await jobs.cancel(session, SYSTEM, receipt.ingestion_id)
    await work.run(pipeline, receipt.ingestion_id)
    assert await count(pipeline.sessions, "document") == 0
    async with pipeline.sessions(SYSTEM) as session:
        await jobs.retry(session, SYSTEM, receipt.ingestion_id)
    await work.run(pipeline, receipt.ingestion_id)
    assert (await ingestion(pipeline.sessions, receipt.ingestion_id)).state is State.PUBLISHED


async def test_work_in_hand_ends_when_it_is_cancelled(pipeline: Pipeline) -> None:
    receipt = await receive(pipeline.sessions, "a.md", DECISION)
    assert receipt.ingestion_id is not None

    @asynccontextmanager
    async def cancelling(person: Viewer) -> AsyncIterator[AsyncSession]:
        async with pipeline.sessions(person) as session:
            yield session
            found = await session.get(Ingestion, receipt.ingestion_id, populate_existing=True)
            if found is not None and found.state is State.READING:
                await jobs.cancel(session, SYSTEM, found.id)

    await work.run(replace(pipeline, sessions=cancelling), receipt.ingestion_id)
    assert (await ingestion(pipeline.sessions, receipt.ingestion_id)).state is State.CANCELED
    assert await count(pipeline.sessions, "document") == 0


async def test_files_are_taken_in_the_order_of_their_priority(sessions: ScopedSessions) -> None:
    last = await receive(sessions, "a.txt", f"{DECISION} a", priority=Priority.LOW)
    first = await receive(sessions, "b.txt", f"{DECISION} b", priority=Priority.LOW)
    between = await receive(sessions, "c.txt", f"{DECISION} c")
    assert first.ingestion_id is not None
    async with sessions(SYSTEM) as session:
        await jobs.prioritise(session, SYSTEM, first.ingestion_id, Priority.HIGH)
        order = await session.scalars(text("SELECT dedupe_key FROM pgqueuer ORDER BY priority DESC, id"))
        assert list(order) == [str(one.ingestion_id) for one in (first, between, last)]
        await jobs.mark(session, first.ingestion_id, state=State.READING)
        with pytest.raises(InvalidValue):
            await jobs.prioritise(session, SYSTEM, first.ingestion_id, Priority.LOW)


async def test_a_finished_ingestion_is_not_failed_afterwards(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "a.md", DECISION)
    await work.fail(pipeline.sessions, done.id, UnreadableFile("Skäl.", "Råd."))
    assert (await ingestion(pipeline.sessions, done.id)).state is State.PUBLISHED


async def test_a_lost_job_is_queued_again_once(sessions: ScopedSessions) -> None:
    await receive(sessions, "a.txt", DECISION)
    async with sessions(SYSTEM) as session:
        assert await jobs.enqueue_forgotten(session) == 0
        await session.execute(text("DELETE FROM pgqueuer"))
        assert await jobs.enqueue_forgotten(session) == 1
        assert await jobs.enqueue_forgotten(session) == 0
    assert await count(sessions, "pgqueuer") == 1


async def passages(pipeline: Pipeline) -> set[UUID]:
    async with pipeline.sessions(SYSTEM) as session:
        return set(await session.scalars(select(Passage.id)))
