"""From bytes to something that answers: all at once, once, and never half."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from ingest import jobs
from ingest import pipeline as work
from ingest.errors import Stage
from ingest.jobs import Ingestion, State
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from initiatives.organisations import Organisation
from retrieval import documents
from retrieval.documents import Document, DocumentVersion, Passage
from tests.ingest.pdfs import pdf, scanned
from tests.ingest.steps import DECISION, bring_in, count, ingestion, receive

PAGES = (("Regionstyrelsen", 2026), ("Hälso- och sjukvårdsnämnden", 2027))


async def test_a_published_document_holds_what_was_read(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "beslut.md", DECISION)
    assert done.state is State.PUBLISHED
    assert done.document_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        found = await documents.get_document(session, SYSTEM, done.document_id)
        passages = list(await session.scalars(select(Passage).order_by(Passage.position)))
    assert found.text == DECISION
    assert (found.summary.title, found.summary.kind) == ("Beslut om nära vård", "beslut")
    texts = [found.text[passage.start : passage.end] for passage in passages]
    assert "att avsätta 2 mnkr för psykisk ohälsa under 2026." in texts
    assert found.summary.passage_count == len(passages)
    assert {len(passage.embedding) for passage in passages} == {384}
    assert await count(pipeline.sessions, "activity", "action = 'publicerade'") == 1


async def test_pages_of_a_pdf_follow_its_passages(pipeline: Pipeline) -> None:
    pages = [[f"{organ} beslutar om budget för vården år {year}."] * 12 for organ, year in PAGES]
    await bring_in(pipeline, "två sidor.pdf", pdf(*pages))
    async with pipeline.sessions(SYSTEM) as session:
        assert set(await session.scalars(select(Passage.page))) == {1, 2}


async def test_the_old_version_answers_until_the_new_one_is_published(pipeline: Pipeline) -> None:
    first = await bring_in(pipeline, "beslut.md", DECISION)
    receipt = await receive(pipeline.sessions, "beslut.md", DECISION.replace("2 mnkr", "3 mnkr"))
    assert receipt.document_id == first.document_id
    assert "2 mnkr" in await text_of(pipeline, first)
    assert receipt.ingestion_id is not None
    await work.run(pipeline, receipt.ingestion_id)
    assert "3 mnkr" in await text_of(pipeline, first)
    assert await count(pipeline.sessions, "document_version") == 2
    assert await count(pipeline.sessions, "document") == 1
    assert await count(pipeline.sessions, "passage", "version_id NOT IN (SELECT current_version_id FROM document)") == 0


async def test_a_version_that_fails_leaves_the_old_one_in_its_place(pipeline: Pipeline) -> None:
    first = await bring_in(pipeline, "beslut.md", DECISION)
    failed = await bring_in(pipeline, "beslut.md", b"\x01" * 500)
    assert (failed.state, failed.document_id) == (State.FAILED, first.document_id)
    assert await text_of(pipeline, first) == DECISION


async def test_an_older_file_that_is_slow_does_not_replace_a_newer_one(pipeline: Pipeline) -> None:
    old = await receive(pipeline.sessions, "beslut.md", DECISION)
    new = await bring_in(pipeline, "beslut.md", DECISION.replace("2 mnkr", "3 mnkr"))
    assert old.ingestion_id is not None
    await work.run(pipeline, old.ingestion_id)
    late = await ingestion(pipeline.sessions, old.ingestion_id)
    assert (late.state, late.document_id) == (State.PUBLISHED, new.document_id)
    assert "3 mnkr" in await text_of(pipeline, new)


async def test_running_again_changes_nothing(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "beslut.md", DECISION)
    before = [await count(pipeline.sessions, table) for table in ("document_version", "passage", "section", "activity")]
    await work.run(pipeline, done.id)
    after = [await count(pipeline.sessions, table) for table in ("document_version", "passage", "section", "activity")]
    assert before == after
    assert (await ingestion(pipeline.sessions, done.id)).attempts == 1


async def test_an_ingestion_that_is_gone_is_no_error(pipeline: Pipeline) -> None:
    await work.run(pipeline, uuid4())


async def test_a_failure_names_stage_page_reason_and_remedy(pipeline: Pipeline) -> None:
    failed = await bring_in(pipeline, "inskannat.pdf", scanned(2))
    assert (failed.state, failed.stage, failed.page) == (State.FAILED, Stage.READING, 1)
    assert failed.reason is not None
    assert "inskannade" in failed.reason
    assert failed.remedy is not None
    assert "OCR" in failed.remedy
    assert failed.finished_at is not None
    assert await count(pipeline.sessions, "document") == 0


async def test_a_file_whose_reading_keeps_dying_is_given_up(pipeline: Pipeline) -> None:
    receipt = await receive(pipeline.sessions, "beslut.md", DECISION)
    assert receipt.ingestion_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        await jobs.mark(session, receipt.ingestion_id, attempts=work.MAX_STARTS)
    await work.run(pipeline, receipt.ingestion_id)
    assert (await ingestion(pipeline.sessions, receipt.ingestion_id)).state is State.FAILED


async def test_title_warnings_and_shares_come_along(pipeline: Pipeline) -> None:
    async with pipeline.sessions(SYSTEM) as session:
        partner = Organisation(name="Ekby kommun", short_name="Ekby", kind="kommun")
        session.add(partner)
    data = "Beslut om vård i Ekby på 2 § kommunallagens grund.".encode("cp1252")
    done = await bring_in(pipeline, "a.txt", data, title="Eget\nnamn", shared_with=[partner.id])
    async with pipeline.sessions(SYSTEM) as session:
        document = await session.get_one(Document, done.document_id)
        version = await session.get_one(DocumentVersion, document.current_version_id)
    assert document.title == "Eget namn"
    assert "Windows-1252" in version.warnings[0]
    assert await count(pipeline.sessions, "document_share") == 1


@pytest.mark.parametrize(
    ("name", "data", "state"),
    [
        ("lång rad.txt", b"ord " * 5_000, State.PUBLISHED),
        ("nul.txt", b"Beslut om budget\0 och v\xc3\xa5rd " * 200, State.FAILED),
        ("blankt.txt", b" \n \n", State.FAILED),
        ("avkortad.pdf", pdf(["rad"])[:200], State.FAILED),
        ("höger\u202etill vänster.txt", DECISION.encode(), State.PUBLISHED),
    ],
)
async def test_odd_files_end_in_a_verdict(pipeline: Pipeline, name: str, data: bytes, state: State) -> None:
    ended = await bring_in(pipeline, name, data)
    assert ended.state is state
    assert (ended.reason is None) == (state is State.PUBLISHED)


async def text_of(pipeline: Pipeline, done: Ingestion) -> str:
    assert done.document_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        return (await documents.get_document(session, SYSTEM, done.document_id)).text
