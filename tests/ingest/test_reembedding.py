"""A change of embedding model: the old vectors answer until all the new ones are there, whatever happens meanwhile."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from api.database import Database
from ingest import reembedding, removal, vectors
from ingest.meanings import meanings as read
from ingest.pipeline import Pipeline
from ingest.reembedding import Standing
from initiatives.access import SYSTEM
from retrieval import embedding, meanings, models
from retrieval.answering import Assistant, ask
from retrieval.answers import Answer
from retrieval.documents import DocumentVersion, Passage
from retrieval.embedding import Embedder, EmbeddingConfig, ModelStamp
from retrieval.finding import find
from tests import other_model
from tests.ingest.steps import bring_in, count
from tests.ingest.test_worker import a_worker, long_text, working
from tests.retrieval.region import DECISION, DOCUMENTS, LETTER, PROPOSAL

QUESTIONS = (
    "Hur mycket pengar går till psykisk ohälsa?",
    "Vem beslutar om läkarstöd för äldre?",
    "När ska insatserna följas upp?",
)
ZEBRAS = "# Beslut om zebror\n\nNämnden beslutar att köpa nio zebror till parken.\n"
Seen = list[tuple[str, str | None, tuple[Any, ...], tuple[tuple[str, float], ...]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of another real model, with vectors of 96 numbers."""
    return other_model.write(tmp_path_factory.mktemp("modeller") / "liten")


@pytest.fixture(scope="module")
def other(folder: Path, embedder: Embedder) -> Any:
    made = embedding.create(config(folder, embedder))
    yield made
    made.close()


def config(folder: Path, embedder: Embedder) -> EmbeddingConfig:
    return EmbeddingConfig(model=str(folder), cache=embedder.config.cache, threads=1, precision="float32")


@pytest.fixture
async def filled(committing: Pipeline) -> Pipeline:
    """Return a pipeline of the bundled model over three documents that it has read."""
    for name in (PROPOSAL, DECISION, LETTER):
        await bring_in(committing, name, (DOCUMENTS / name).read_bytes())
    return committing


async def quiet(_done: int, _total: int) -> None:
    return


async def seen(assistant: Assistant) -> Seen:
    """Return what the questions are answered."""
    return [what(await ask(assistant, SYSTEM, question, keep=False)) for question in QUESTIONS]


def what(answer: Answer) -> Any:
    passages = tuple((hit.text, hit.score) for hit in answer.passages)
    return answer.answer, answer.notice, answer.citations, passages


async def dimensions(database: Database) -> set[int]:
    async with database.scoped(SYSTEM) as session:
        return set(await session.scalars(select(func.vector_dims(Passage.embedding))))


async def standing(database: Database) -> Standing:
    async with database.scoped(SYSTEM) as session:
        return await reembedding.standing(session, SYSTEM)


def stopping(after: int) -> Callable[[int, int], Any]:
    """Return what stops the work when so many passages are done."""

    async def on_progress(done: int, _total: int) -> None:
        if done >= after:
            raise asyncio.CancelledError

    return on_progress


async def test_the_old_vectors_answer_alike_until_all_the_new_are_there(
    database: Database, filled: Pipeline, other: Embedder
) -> None:
    running = Assistant(database.scoped, filled.embedder)
    before = await seen(running)
    restarted = Assistant(database.scoped, other)
    await vectors.want(database.scoped, other)
    assert await seen(restarted) == before
    with pytest.raises(asyncio.CancelledError):
        await reembedding.run(database.scoped, other, stopping(16))
    half = await standing(database)
    assert half.coming is not None
    assert 0 < half.done < half.total
    assert await seen(running) == await seen(restarted) == before
    assert await reembedding.run(database.scoped, other, quiet) == half.total
    after = await seen(restarted)
    assert await seen(running) == after
    assert after != before
    assert await dimensions(database) == {other_model.DIMENSIONS}
    assert await count(database.scoped, "coming_vector") == 0
    assert (await standing(database)).coming is None


async def test_searches_meet_one_model_or_the_other_while_it_is_exchanged(
    database: Database, filled: Pipeline, other: Embedder
) -> None:
    running, restarted = Assistant(database.scoped, filled.embedder), Assistant(database.scoped, other)
    before = await seen(running)
    assert await seen(restarted) == before
    with pytest.raises(asyncio.CancelledError):
        await reembedding.run(database.scoped, other, stopping(await total(database)))
    answers: list[Seen] = []
    done = asyncio.Event()

    async def keep_asking(assistant: Assistant) -> None:
        while not done.is_set():
            answers.append(await seen(assistant))

    asking = [asyncio.create_task(keep_asking(one)) for one in (running, restarted)]
    async with database.scoped(SYSTEM) as session:
        model = await vectors.stamped(session, other)
        assert await reembedding.exchange(session, model) == await total(database)
        begun = len(answers)
        while len(answers) < begun + 4:
            await asyncio.sleep(0.01)
    committed = len(answers)
    while len(answers) < committed + 4:
        await asyncio.sleep(0.01)
    done.set()
    await asyncio.gather(*asking)
    after = await seen(running)
    questions = [(number, one) for found in answers for number, one in enumerate(found)]
    assert all(one in (before[number], after[number]) for number, one in questions)
    assert before in answers
    assert answers[-1] == after


async def total(database: Database) -> int:
    return await count(database.scoped, "passage")


async def test_a_search_that_has_begun_with_the_old_model_ends_with_the_new(
    database: Database, filled: Pipeline, other: Embedder
) -> None:
    running = Assistant(database.scoped, filled.embedder)
    async with database.scoped(SYSTEM) as session:
        library = await running.shelf.library(session, SYSTEM)
    await reembedding.run(database.scoped, other, quiet)
    found = await find(running, SYSTEM, library, QUESTIONS[0])
    async with database.scoped(SYSTEM) as session:
        fresh = await running.shelf.library(session, SYSTEM)
    assert fresh.model != library.model
    assert found == await find(running, SYSTEM, fresh, QUESTIONS[0])


async def test_what_comes_is_changed_or_goes_meanwhile_is_right_before_and_after(
    database: Database, filled: Pipeline, other: Embedder
) -> None:
    letter = (DOCUMENTS / LETTER).read_text()
    changed = Pipeline(database.scoped, other, filled.sandbox)
    turns: list[int] = []

    async def on_progress(done: int, _total: int) -> None:
        turns.append(done)
        if len(turns) == 2:
            await bring_in(changed, "ny.md", ZEBRAS)
            await bring_in(changed, LETTER, letter + "\n\nEtt stycke till om läkarstöd.\n")
            await bring_in(changed, PROPOSAL, "Ett nytt stycke först.\n\n" + (DOCUMENTS / PROPOSAL).read_text())
            async with database.scoped(SYSTEM) as session:
                named = select(DocumentVersion.document_id).where(DocumentVersion.file_name == DECISION)
                gone = await session.scalar(named)
                assert gone is not None
                await removal.remove(session, SYSTEM, gone)
            answer = await ask(Assistant(database.scoped, other), SYSTEM, "Hur många zebror köps?", keep=False)
            assert "nio zebror" in answer.passages[0].text

    await vectors.want(database.scoped, other)
    await reembedding.run(database.scoped, other, on_progress)
    assert len(turns) > 2
    assert await dimensions(database) == {other_model.DIMENSIONS}
    assert await count(database.scoped, "coming_vector") == 0
    async with database.scoped(SYSTEM) as session:
        joined = DocumentVersion.id == Passage.version_id
        found = [
            (whole, one)
            for whole, one in await session.execute(select(DocumentVersion.text, Passage).join(Passage, joined))
        ]
    made, parts = await read(other, found)
    for (_, passage), vector, packed in zip(found, made, parts, strict=True):
        assert list(passage.embedding) == pytest.approx(vector.tolist(), abs=1e-4)
        assert meanings.unpack(passage.parts or b"").spans.tolist() == meanings.unpack(packed).spans.tolist()
    answer = await ask(Assistant(database.scoped, filled.embedder), SYSTEM, "Hur många zebror köps?", keep=False)
    assert "nio zebror" in answer.passages[0].text


async def test_without_the_old_model_words_alone_answer_and_say_so(
    database: Database, committing: Pipeline, other: Embedder, tmp_path: Path
) -> None:
    lost = other_model.write(tmp_path / "borttagen")
    old = embedding.create(config(lost, committing.embedder))
    await bring_in(Pipeline(database.scoped, old, committing.sandbox), DECISION, (DOCUMENTS / DECISION).read_bytes())
    old.close()
    shutil.rmtree(lost)
    # Its weights are those of `other`, but for the folder's name, which is a part of the stamp.
    restarted = Assistant(database.scoped, committing.embedder)
    answer = await ask(restarted, SYSTEM, QUESTIONS[0], keep=False)
    assert answer.notice is not None
    assert "bara på orden" in answer.notice
    assert str(lost) in answer.notice
    assert answer.passages
    await vectors.want(database.scoped, committing.embedder)
    await bring_in(committing, "ny.md", ZEBRAS)
    found = await ask(restarted, SYSTEM, "Hur många zebror köps till parken?", keep=False)
    assert "nio zebror" in found.passages[0].text
    assert found.notice
    await reembedding.run(database.scoped, committing.embedder, quiet)
    assert await dimensions(database) == {384}
    for question in (QUESTIONS[0], "Hur många zebror köps till parken?"):
        assert (await ask(restarted, SYSTEM, question, keep=False)).notice is None


def other_settings(folder: Path) -> dict[str, str]:
    """Return what makes a worker want the model of the folder."""
    return {
        "NARPLAN_EMBEDDING_MODEL": str(folder),
        "NARPLAN_EMBEDDING_PRECISION": "float32",
        "NARPLAN_EMBEDDING_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


async def test_a_killed_worker_loses_little_and_the_next_goes_on(
    database: Database, committing: Pipeline, other: Embedder, folder: Path, tmp_path: Path
) -> None:
    embedder = committing.embedder
    for number in range(2):
        await bring_in(committing, f"{number}.md", long_text(number))
    running = Assistant(database.scoped, embedder)
    before = await seen(running)
    async with database.scoped(SYSTEM) as held:
        # Whoever holds the models keeps them from being exchanged, so that the kill always comes before.
        await held.execute(text("SELECT id FROM embedding_model FOR SHARE"))
        async with a_worker(database, embedder, tmp_path, **other_settings(folder)):
            async with asyncio.timeout(180):
                while await count(database.scoped, "coming_vector") < 2 * reembedding.BATCH:
                    await asyncio.sleep(0.02)
    made = await count(database.scoped, "coming_vector")
    assert await dimensions(database) == {384}
    assert await seen(running) == before
    heard: list[int] = []

    async def on_progress(done: int, _total: int) -> None:
        heard.append(done)

    assert await reembedding.run(database.scoped, other, on_progress) == await total(database)
    assert not heard or heard[0] > made
    assert await dimensions(database) == {other_model.DIMENSIONS}


async def test_a_worker_changes_the_model_by_itself_and_one_with_the_old_settings_leaves_it_so(
    database: Database, filled: Pipeline, other: Embedder
) -> None:
    changed = Pipeline(database.scoped, other, filled.sandbox)
    async with working(database, filled), asyncio.timeout(180):
        while await wanted(database) is None:
            await asyncio.sleep(0.05)
        async with working(database, changed):
            await exchanged(database)
    assert await wanted(database) == await answering(database) == await other.stamp()


async def exchanged(database: Database) -> None:
    while await dimensions(database) != {other_model.DIMENSIONS}:
        await asyncio.sleep(0.05)


async def wanted(database: Database) -> ModelStamp | None:
    async with database.scoped(SYSTEM) as session:
        known = await models.wanted(session)
    return known.stamp if known else None


async def answering(database: Database) -> ModelStamp | None:
    async with database.scoped(SYSTEM) as session:
        known = await models.in_force(session)
    return known.stamp if known else None
