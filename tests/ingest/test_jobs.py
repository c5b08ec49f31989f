"""Ingestions as people see them, and jobs that are never lost."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from ingest import jobs
from ingest import pipeline as work
from ingest.errors import UnreadableFile
from ingest.jobs import State
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer, set_scope
from initiatives.errors import InvalidValue, NotAllowed, NotFound
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
    async with pipeline.sessions(SYSTEM) as session:
        with pytest.raises(InvalidValue):
            await jobs.retry(session, SYSTEM, receipt.ingestion_id)


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
