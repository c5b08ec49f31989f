"""Where a quotation stands in its file, over REST."""

from typing import Any

import httpx
import pytest

from ingest.pipeline import Pipeline
from ingest.quotations import NO_PDF
from ingest.sandbox import Sandbox
from initiatives.access import ScopedSessions
from retrieval.embedding import Embedder
from tests.ingest.corpus import plain
from tests.ingest.corpus.texts import text
from tests.ingest.drawn import drawn, inside
from tests.ingest.steps import DECISION, bring_in

DOCUMENTS = "/api/v1/documents"


@pytest.fixture
async def pipeline(sessions: ScopedSessions, embedder: Embedder) -> Any:
    sandbox = Sandbox()
    yield Pipeline(sessions, embedder, sandbox)
    await sandbox.close()


async def test_a_quotation_is_told_with_its_page_and_boxes(
    pipeline: Pipeline, writer: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    data = plain.printed(text(0))
    brought = await bring_in(pipeline, "beslut.pdf", data)
    address = f"{DOCUMENTS}/{brought.document_id}"
    whole = (await writer.get(f"{address}/text")).json()["text"]
    start = whole.index("Tabellen visar")
    span = {"start": start, "end": start + len("Tabellen visar")}
    told = (await writer.get(f"{address}/place", params=span)).json()
    assert (told["quote"], told["notice"]) == ("Tabellen visar", None)
    (page,) = told["pages"]
    assert page["number"] == 2
    assert page["box"]["y1"] == pytest.approx(841.89, abs=0.1)
    boxes = [(box["x0"], box["y0"], box["x1"], box["y1"]) for box in page["lines"]]
    assert inside(drawn(data)[1], boxes) == "Tabellenvisar"
    assert (await writer.get(f"{address}/place", params=span)).json() == told
    assert (await partner.get(f"{address}/place", params=span)).status_code == 404


async def test_a_file_that_is_no_pdf_has_pages_and_says_why_there_are_no_boxes(
    pipeline: Pipeline, writer: httpx.AsyncClient
) -> None:
    brought = await bring_in(pipeline, "a.md", DECISION)
    told = (await writer.get(f"{DOCUMENTS}/{brought.document_id}/place", params={"start": 0, "end": 9})).json()
    assert told["pages"] == [{"number": 1, "box": None, "lines": []}]
    assert told["notice"] == NO_PDF


@pytest.mark.parametrize(
    ("start", "end", "field"), [(-1, 4, "start"), (99_999, 99_999, "start"), (4, 4, "end"), (0, 99_999, "end")]
)
async def test_offsets_outside_the_text_are_refused_by_name(
    pipeline: Pipeline, writer: httpx.AsyncClient, start: int, end: int, field: str
) -> None:
    brought = await bring_in(pipeline, "a.md", DECISION)
    span = {"start": start, "end": end}
    refused = await writer.get(f"{DOCUMENTS}/{brought.document_id}/place", params=span)
    assert refused.status_code == 422
    assert refused.json()["field"] == field
