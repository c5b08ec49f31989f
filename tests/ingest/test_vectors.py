"""Vectors of two models never meet, and the way from one to the other."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from ingest import vectors
from ingest.errors import MixedModels
from ingest.jobs import State
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval import embedding
from retrieval.documents import EmbeddingModel, Passage
from retrieval.embedding import Embedder, EmbeddingConfig
from tests.ingest.steps import DECISION, bring_in, count


@pytest.fixture
async def other(embedder: Embedder) -> AsyncIterator[Embedder]:
    """Return the bundled model in another precision: other vectors, and so another stamp."""
    made = embedding.create(EmbeddingConfig(cache=embedder._config.cache, precision="float32"))
    yield made
    made.close()


async def test_another_model_is_refused_with_the_command_that_helps(pipeline: Pipeline, other: Embedder) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    with pytest.raises(MixedModels, match=vectors.REEMBED):
        await vectors.model_id(pipeline.sessions, other)
    mixed = Pipeline(pipeline.sessions, other, pipeline.sandbox)
    failed = await bring_in(mixed, "b.md", DECISION + "\nNy text.\n")
    assert failed.state is State.FAILED
    assert failed.reason is not None
    assert "narplan reembed" in failed.reason
    assert await count(pipeline.sessions, "document") == 1


async def test_reembedding_exchanges_every_vector_and_stamp(pipeline: Pipeline, other: Embedder) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    heard: list[tuple[int, int]] = []

    async def on_progress(done: int, total: int) -> None:
        heard.append((done, total))

    before = await state(pipeline)
    done = await vectors.reembed(pipeline.sessions, other, on_progress)
    after = await state(pipeline)
    assert done == len(before) == len(after)
    assert heard == [(done, done)]
    assert {stamp for _, stamp in after} == {(await other.stamp()).revision}
    assert all(one[0] != two[0] for one, two in zip(before, after, strict=True))
    assert await vectors.reembed(pipeline.sessions, other, on_progress) == 0
    later = await bring_in(Pipeline(pipeline.sessions, other, pipeline.sandbox), "b.md", DECISION + "\nNy text.\n")
    assert later.state is State.PUBLISHED


async def state(pipeline: Pipeline) -> list[tuple[tuple[float, ...], str]]:
    query = (
        select(Passage.embedding, EmbeddingModel.revision)
        .join(EmbeddingModel, EmbeddingModel.id == Passage.model_id)
        .order_by(Passage.position)
    )
    async with pipeline.sessions(SYSTEM) as session:
        return [(tuple(map(float, vector)), revision) for vector, revision in await session.execute(query)]
