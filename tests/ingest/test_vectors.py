"""Which model reads what comes in, and who decides when processes were started with different ones."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from api.database import Database
from ingest import intake, pipeline, reembedding, vectors
from ingest.jobs import Ingestion, State
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval import embedding, models
from retrieval.documents import INTERNAL, Passage
from retrieval.embedding import Embedder, EmbeddingConfig
from retrieval.models import EmbeddingModel
from tests.ingest.steps import DECISION, bring_in, count, ingestion, receive


@pytest.fixture
async def other(embedder: Embedder) -> AsyncIterator[Embedder]:
    """Return the bundled model in another precision: other vectors, and so another stamp."""
    made = embedding.create(EmbeddingConfig(cache=embedder.config.cache, precision="float32", threads=1))
    yield made
    made.close()


async def quiet(_done: int, _total: int) -> None:
    return


async def stamps(work: Pipeline) -> set[str]:
    async with work.sessions(SYSTEM) as session:
        wanted = select(EmbeddingModel.revision).join(Passage, Passage.model_id == EmbeddingModel.id)
        return set(await session.scalars(wanted))


async def test_what_comes_in_is_read_with_the_model_in_force(pipeline: Pipeline, other: Embedder) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    changed = Pipeline(pipeline.sessions, other, pipeline.sandbox)
    assert (await bring_in(changed, "b.md", DECISION + "\nNy text.\n")).state is State.PUBLISHED
    assert await stamps(pipeline) == {(await pipeline.embedder.stamp()).revision}


async def test_the_first_document_puts_its_model_in_force(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    async with pipeline.sessions(SYSTEM) as session:
        known = await models.in_force(session)
    assert known is not None
    assert (known.stamp, known.place) == (await pipeline.embedder.stamp(), "bundled")


async def test_the_first_document_does_so_though_a_worker_has_asked_for_its_model_before(pipeline: Pipeline) -> None:
    await vectors.want(pipeline.sessions, pipeline.embedder)
    await bring_in(pipeline, "a.md", DECISION)
    async with pipeline.sessions(SYSTEM) as session:
        known = await models.in_force(session)
    assert known is not None
    assert (known.stamp, known.place) == (await pipeline.embedder.stamp(), "bundled")


async def test_every_vector_and_stamp_is_exchanged_and_nothing_is_left_over(
    pipeline: Pipeline, other: Embedder
) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    heard: list[tuple[int, int]] = []

    async def on_progress(done: int, total: int) -> None:
        heard.append((done, total))

    before = await rows(pipeline)
    assert await reembedding.run(pipeline.sessions, other, on_progress) == len(before)
    after = await rows(pipeline)
    assert heard == [(len(before), len(before))]
    assert await stamps(pipeline) == {(await other.stamp()).revision}
    assert all(one != two for one, two in zip(before, after, strict=True))
    assert await count(pipeline.sessions, "coming_vector") == 0
    assert await reembedding.run(pipeline.sessions, other, on_progress) == 0


async def rows(work: Pipeline) -> list[tuple[float, ...]]:
    async with work.sessions(SYSTEM) as session:
        found = await session.scalars(select(Passage.embedding).order_by(Passage.position))
        return [tuple(map(float, vector)) for vector in found]


async def test_the_process_that_was_started_last_decides(pipeline: Pipeline, other: Embedder) -> None:
    first = await vectors.want(pipeline.sessions, pipeline.embedder)
    last = await vectors.want(pipeline.sessions, other)
    assert first != last
    async with pipeline.sessions(SYSTEM) as session:
        known = await models.wanted(session)
    assert known is not None
    assert known.id == last


async def test_a_model_that_was_wanted_and_is_so_no_more_leaves_nothing(pipeline: Pipeline, other: Embedder) -> None:
    await bring_in(pipeline, "a.md", DECISION)

    async def stopped(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await reembedding.run(pipeline.sessions, other, stopped)
    assert await count(pipeline.sessions, "coming_vector") > 0
    before = await rows(pipeline)
    assert await reembedding.run(pipeline.sessions, pipeline.embedder, quiet) == 0
    assert await count(pipeline.sessions, "coming_vector") == 0
    assert await rows(pipeline) == before


async def test_what_was_read_with_a_model_that_has_left_is_read_again(
    database: Database, committing: Pipeline, other: Embedder
) -> None:
    await bring_in(committing, "a.md", DECISION)
    receipt = await receive(database.scoped, "b.md", DECISION + "\nNy text.\n")
    assert receipt.ingestion_id is not None
    async with database.scoped(SYSTEM) as session:
        sha256 = await session.scalar(select(Ingestion.sha256).where(Ingestion.id == receipt.ingestion_id))
        await intake.lock_identity(session, "b.md", INTERNAL, sha256 or b"")
        running = asyncio.create_task(pipeline.run(committing, receipt.ingestion_id))
        async with asyncio.timeout(60):
            while not await count(database.scoped, "pg_locks", "locktype = 'advisory' AND NOT granted"):
                await asyncio.sleep(0.01)
        assert await reembedding.run(database.scoped, other, quiet) > 0
    await running
    assert (await ingestion(database.scoped, receipt.ingestion_id)).state is State.PUBLISHED
    assert await stamps(committing) == {(await other.stamp()).revision}


async def test_when_the_model_in_force_is_gone_the_wanted_one_reads(
    pipeline: Pipeline, other: Embedder, tmp_path: Path
) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    async with pipeline.sessions(SYSTEM) as session:
        await session.execute(update(EmbeddingModel).values(name="borta", place=str(tmp_path / "borta")))
    await vectors.want(pipeline.sessions, other)
    later = await bring_in(Pipeline(pipeline.sessions, other, pipeline.sandbox), "b.md", DECISION + "\nNy text.\n")
    assert later.state is State.PUBLISHED
    assert await stamps(pipeline) == {(await pipeline.embedder.stamp()).revision, (await other.stamp()).revision}
    assert await reembedding.run(pipeline.sessions, other, quiet) > 0
    assert await stamps(pipeline) == {(await other.stamp()).revision}


async def test_only_one_model_is_in_force(database: Database, committing: Pipeline, other: Embedder) -> None:
    await bring_in(committing, "a.md", DECISION)
    await vectors.want(database.scoped, other)
    with pytest.raises(Exception, match="uq_embedding_model_in_force"):
        async with database.scoped(SYSTEM) as session:
            await session.execute(text("UPDATE embedding_model SET in_force = true"))
