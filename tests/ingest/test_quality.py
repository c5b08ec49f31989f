"""The quality card: what of a file became text, what did not, and what somebody should look at."""

import pytest

from ingest import quality
from ingest.parsing import Parsed, Source, parse
from ingest.pipeline import Pipeline
from ingest.readers import DOCX, PDF, PLAIN, XLSX
from ingest.readers.draft import lost
from initiatives import personal_numbers
from initiatives.access import SYSTEM
from retrieval import documents
from tests.ingest.office import changed, excel, word
from tests.ingest.pdfs import joined, pdf, scanned
from tests.ingest.steps import bring_in

SAMPLES = ("640823-3234", "19640823-3234", "196408233234", "640823+3234", "701063-2391")
"""Numbers that the Swedish Tax Agency gives as examples, in all their forms; the last is a coordination number."""


def parsed(name: str, media_type: str, data: bytes) -> Parsed:
    return parse(Source(name, media_type), data, lambda _: None)


@pytest.mark.parametrize("number", SAMPLES)
def test_personal_numbers_are_found_in_every_form(number: str) -> None:
    text = f"Ärendet rör {number}, som bor i Alby."
    assert [text[start:end] for start, end in personal_numbers.find(text)] == [number]


@pytest.mark.parametrize(
    "text", ["640823-3235", "6408233234", "641323-3234", "RS 2026-0312", "070-123 45 67", "1640823-3234", "2026-03-09"]
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert list(personal_numbers.find(text)) == []


def test_pages_tables_and_personal_numbers_are_counted() -> None:
    data = joined(pdf(["Beslut om vård", "", "640823-3234 ska få svar."], []), scanned(1))
    card = parsed("a.pdf", PDF, data).quality
    assert (card.pages_with_text, card.pages_empty, card.pages_needing_ocr) == (1, 1, 1)
    assert card.characters_lost == 0
    assert (card.personal_numbers, card.personal_number_places[0].page) == (1, 1)


def test_a_table_is_counted_once_and_two_are_two() -> None:
    rows = [["Kommun", "Antal"], ["Alby", "1"], ["Berga", "2"]]
    assert parsed("a.docx", DOCX, word("Text.", tables=[rows, [["År", "Tal"], ["2025", "3"]]])).quality.tables == 2
    assert parsed("a.xlsx", XLSX, excel(("A", rows))).quality.tables == 1
    assert parsed("a.txt", PLAIN, b"Bara text som inte har rader.").quality.tables == 0


def test_everything_odd_is_warned_of() -> None:
    odd = changed(word("Numret 640823-3234."), {"word/vbaProject.bin": b"x", "word/embeddings/a.bin": b"x"})
    warnings = " ".join(parsed("a.txt", DOCX, odd).warnings)
    for said in ("heter .txt", "makron", "1 inbäddade", "1 personnummer (sida 1)"):
        assert said in warnings


def test_characters_that_are_lost_are_counted() -> None:
    card = quality.Quality(1, 0, 0, 0, 100, 5, 0, ())
    assert "5 tecken i filen" in quality.warnings(card)[0]
    assert lost("Hej på dig", "Hej dig") == 2


async def test_the_card_is_kept_with_the_version(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "a.txt", "Beslut om 640823-3234 i nämnden.")
    assert done.document_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        summary = await documents.get_summary(session, SYSTEM, done.document_id)
    assert summary.quality is not None
    assert summary.quality["personal_number_places"] == [{"page": 1, "start": 10, "end": 21}]
    assert "personnummer" in summary.warnings[0]
