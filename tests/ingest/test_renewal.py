"""What an older analysis has left behind is made anew beside the work, and answers as before until then."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from api.database import Database
from ingest import reembedding, renewal, worker
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval import embedding, lexical
from retrieval.embedding import EmbeddingConfig
from retrieval.lexical import Segment
from retrieval.views import Shelf, View
from tests.ingest.steps import DECISION, bring_in, count

AGE = (
    text("UPDATE document_version SET analysis = 1, lexicon = :old, renewed_at = NULL"),
    text("UPDATE passage SET parts = NULL"),
)
Heard = list[tuple[int, int]]


async def age(pipeline: Pipeline) -> list[View]:
    """Make all that is published as a release before this one would have, and return it as it is read."""
    words = lexical.pack(["gammalt index"] * 9)
    async with pipeline.sessions(SYSTEM) as session:
        await session.execute(AGE[0], {"old": words})
        await session.execute(AGE[1])
    return await views(pipeline)


async def views(pipeline: Pipeline, shelf: Shelf | None = None) -> list[View]:
    async with pipeline.sessions(SYSTEM) as session:
        return list((await (shelf or Shelf()).library(session, SYSTEM)).views)


def listener(heard: Heard) -> Callable[[int, int], Any]:
    async def on_progress(done: int, total: int) -> None:
        heard.append((done, total))

    return on_progress


async def test_an_old_version_becomes_as_if_published_today(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    await bring_in(pipeline, "b.md", DECISION + "\nNy text om vård.\n")
    published = await views(pipeline)
    aged = await age(pipeline)
    assert [unit.parts for view in aged for unit in view.units] == [b""] * sum(len(view.units) for view in aged)
    assert all("gammal" in " ".join(view.segment.words) for view in aged)
    heard: Heard = []
    assert await renewal.renew(pipeline.sessions, pipeline.embedder, listener(heard)) == 2
    assert heard == [(1, 2), (2, 2)]
    for new, before in zip(await views(pipeline), published, strict=True):
        assert new.segment == before.segment
        assert new.units == before.units
    assert await count(pipeline.sessions, "document_version", f"analysis = {lexical.ANALYSIS}") == 2
    assert await renewal.renew(pipeline.sessions, pipeline.embedder, listener(heard)) == 0


async def test_what_is_published_today_is_not_behind(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    async with pipeline.sessions(SYSTEM) as session:
        assert await renewal.behind(session) == []


async def test_only_the_text_that_answers_is_renewed(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    await bring_in(pipeline, "a.md", DECISION + "\nNy text om vård.\n")
    await age(pipeline)
    assert await renewal.renew(pipeline.sessions, pipeline.embedder, listener([])) == 1
    assert await count(pipeline.sessions, "document_version", "analysis = 1") == 1


async def test_missing_parts_are_made_without_touching_the_segment(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    (published,) = await views(pipeline)
    await age(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await session.execute(text(f"UPDATE document_version SET analysis = {lexical.ANALYSIS}"))
    assert await renewal.renew(pipeline.sessions, pipeline.embedder, listener([])) == 1
    (view,) = await views(pipeline)
    assert view.units == published.units
    assert view.segment != published.segment


async def test_a_later_analysis_is_left_alone(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of an older release beside those of a newer must not undo what they have made."""
    await bring_in(pipeline, "a.md", DECISION)
    await age(pipeline)
    old: Segment = (await views(pipeline))[0].segment
    async with pipeline.sessions(SYSTEM) as session:
        await session.execute(text(f"UPDATE document_version SET analysis = {lexical.ANALYSIS + 1}"))
    assert await renewal.renew(pipeline.sessions, pipeline.embedder, listener([])) == 0
    (view,) = await views(pipeline)
    assert view.segment == old


async def test_a_process_that_has_read_the_old_reads_the_new(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    await age(pipeline)
    shelf = Shelf()
    (before,) = await views(pipeline, shelf)
    assert (await views(pipeline, shelf))[0] is before
    await renewal.renew(pipeline.sessions, pipeline.embedder, listener([]))
    (after,) = await views(pipeline, shelf)
    assert after.segment != before.segment
    assert all(unit.parts for unit in after.units)


async def test_parts_are_made_with_the_model_in_force_whatever_is_configured(pipeline: Pipeline) -> None:
    await bring_in(pipeline, "a.md", DECISION)
    (published,) = await views(pipeline)
    await age(pipeline)
    other = embedding.create(EmbeddingConfig(cache=pipeline.embedder._config.cache, precision="float32"))
    assert await renewal.renew(pipeline.sessions, other, listener([])) == 1
    (view,) = await views(pipeline)
    assert view.units == published.units
    assert await renewal.renew(pipeline.sessions, other, listener([])) == 0
    await reembedding.run(pipeline.sessions, other, listener([]))
    (view,) = await views(pipeline)
    assert all(unit.parts for unit in view.units)
    assert view.units != published.units
    other.close()


async def test_workers_renew_at_their_start_and_answer_meanwhile(database: Database, committing: Pipeline) -> None:
    for number in range(3):
        await bring_in(committing, f"{number}.md", f"{DECISION}\nNummer {number} om vård.\n")
    published = await views(committing)
    await age(committing)
    stop = asyncio.Event()
    running = [asyncio.create_task(worker.run(database.engine, committing, stop)) for _ in range(2)]
    try:
        async with asyncio.timeout(60):
            while await count(database.scoped, "document_version", "analysis = 1"):
                assert all(view.units and view.segment.words for view in await views(committing))
                await asyncio.sleep(0.02)
        renewed = await count(database.scoped, "document_version", "renewed_at IS NOT NULL")
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*running), 60)
    assert renewed == 3
    now = await views(committing)
    assert [view.segment for view in now] == [view.segment for view in published]
    assert [view.units for view in now] == [view.units for view in published]
