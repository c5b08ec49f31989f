"""Quotations on the pages of PDFs: what another library finds in their boxes is what they say."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping

import pytest

from ingest import locating
from ingest.chunking import Unit, units
from ingest.readers import pdf
from ingest.readers.pdf_words import read_words
from ingest.readers.reading import Page, Reading
from ingest.readers.words import Box, PageWords, Word
from ingest.structure import outline
from tests.ingest import pdfs
from tests.ingest.corpus import narrow, plain, printed
from tests.ingest.corpus.texts import text
from tests.ingest.drawn import Drawn, drawn, inside

FILES = {number: plain.printed(text(number)) for number in range(6)}


def said(quote: str) -> str:
    """Return the letters and figures of a text: what is left of it whatever marks and white space are around them."""
    return "".join(mark for mark in quote if mark.isalnum())


def boxed(reading: Reading, words: dict[int, PageWords], start: int, end: int) -> Iterator[tuple[Page, str, list[Box]]]:
    """Yield the pages that a quotation stands on, with its part there and the boxes of it."""
    for page in reading.pages:
        first, last = max(start, page.start) - page.start, min(end, page.end) - page.start
        if first < last:
            whole = reading.text[page.start : page.end]
            found = locating.places(whole, words[page.number].words)
            yield page, whole[first:last], locating.lines(found, first, last)


def read(data: bytes) -> tuple[Reading, dict[int, PageWords], list[list[Drawn]], tuple[Unit, ...]]:
    reading = pdf.read(data)
    words = {page.number: page for page in read_words(data, [page.number for page in reading.pages])}
    return reading, words, drawn(data), units(outline(reading.text, reading.pages), "")


@pytest.mark.parametrize("number", FILES)
def test_every_unit_has_boxes_that_hold_its_words_and_no_others(number: int) -> None:
    check(FILES[number], units_at_least=20)


@pytest.mark.slow
@printed.once
@printed.with_chromium
def test_so_have_those_of_a_browsers_pdfs() -> None:
    for data in printed.by_chromium().values():
        check(data, units_at_least=10)


@pytest.mark.slow
@printed.once
@printed.with_libreoffice
def test_so_have_those_of_libreoffices_pdfs() -> None:
    for data in printed.by_libreoffice().values():
        check(data, units_at_least=10)


def across(page: list[Drawn], box: Box) -> str:
    """Return the letters and figures in a box from the left to the right: a file may draw them in another order."""
    return said(inside(sorted(page, key=lambda one: one.x), [box]))


def check(data: bytes, units_at_least: int) -> None:
    """Check that the boxes of every unit hold its letters and figures and no others, line by line."""
    reading, words, pages, found = read(data)
    assert len(found) >= units_at_least
    for unit in found:
        parts = list(boxed(reading, words, unit.start, unit.end))
        assert parts[0][0].number == unit.page
        for page, quote, boxes in parts:
            expected = said(unicodedata.normalize("NFKC", quote))
            held = "".join(across(pages[page.number - 1], box) for box in boxes)
            assert held == expected
            assert len(said(inside(pages[page.number - 1], boxes))) == len(held)  # No two boxes hold the same.
            left, bottom, right, top = words[page.number].box
            assert all(left <= x0 < x1 <= right and bottom <= y0 < y1 <= top for x0, y0, x1, y1 in boxes)


BY = [
    pytest.param(printed.by_chromium, marks=printed.with_chromium, id="Chromium"),
    pytest.param(printed.by_libreoffice, marks=printed.with_libreoffice, id="LibreOffice"),
]


@pytest.mark.slow
@printed.once
@pytest.mark.parametrize("made", BY)
def test_words_in_narrow_columns_have_boxes_on_their_own_lines(made: Callable[[], Mapping[str, bytes]]) -> None:
    reading, words, pages, _ = read(made()[printed.NARROW])
    for number in range(1, len(narrow.PARAGRAPHS) + 1):
        start = reading.text.index("specificerad", reading.text.index(f"Punkt {number}:"))
        end = reading.text.index("arbetet", start) + len("arbetet")
        ((page, _, boxes),) = boxed(reading, words, start, end)
        lines = [across(pages[page.number - 1], box) for box in boxes]
        assert "".join(lines) == "specificeradsåattpatientsäkerhetsarbetet"
        assert len(lines) == 2


@pytest.mark.parametrize("number", FILES)
def test_three_words_in_the_middle_of_a_line_have_a_box_of_their_own(number: int) -> None:
    reading, words, pages, _ = read(FILES[number])
    start = reading.text.index("ska få vård")
    ((page, _, boxes),) = boxed(reading, words, start, start + len("ska få vård"))
    assert len(boxes) == 1
    assert inside(pages[page.number - 1], boxes) == "skafåvård"


def test_a_quotation_over_a_page_break_has_boxes_on_both_pages() -> None:
    data = pdfs.pdf(["Nämnden beslutar", "att fortsätta arbetet"], ["till nästa år."])
    reading, words, pages, _ = read(data)
    start, end = reading.text.index("fortsätta"), reading.text.index("nästa år") + len("nästa")
    found = [
        (page.number, inside(pages[page.number - 1], boxes)) for page, _, boxes in boxed(reading, words, start, end)
    ]
    assert found == [(1, "fortsättaarbetet"), (2, "tillnästa")]


def test_a_word_that_comes_many_times_is_found_in_its_own_line() -> None:
    data = pdfs.pdf([f"Punkt {number} gäller vård." for number in range(1, 30)])
    reading, words, pages, _ = read(data)
    for number in (1, 7, 29):
        start = reading.text.index(f"Punkt {number} gäller") + len(f"Punkt {number} gäller ")
        ((_, _, boxes),) = boxed(reading, words, start, start + len("vård"))
        (line,) = {one.y for one in pages[0] if boxes[0][1] <= one.y <= boxes[0][3]}
        assert said("".join(one.text for one in pages[0] if one.y == line)) == f"Punkt{number}gällervård"


def test_pages_without_words_and_absent_pages_have_none() -> None:
    (page,) = read_words(pdfs.scanned(2), [2, 9])
    assert (page.number, page.words) == (2, ())
    assert locating.lines(locating.places("Läst ur en bild.", page.words), 0, 16) == []


def word(said: str, left: float, bottom: float) -> Word:
    return Word(
        said, tuple((left + 6.0 * step, bottom, left + 6.0 * step + 6, bottom + 10) for step in range(len(said)))
    )


def test_words_in_another_order_are_found_and_each_once() -> None:
    page = [word("Jour", 0, 90), word("Öxnered", 0, 80), word("3", 100, 90), word("mnkr", 112, 90), word("Jour", 0, 50)]
    row = "| Jour Öxnered | 3 mnkr |\n| --- |\nJour"
    found = locating.places(row, page)
    assert locating.lines(found, 0, row.index("\n")) == [(0, 90, 24, 100), (0, 80, 42, 90), (100, 90, 136, 100)]
    assert locating.lines(found, row.rindex("Jour"), len(row)) == [(0, 50, 24, 60)]


def test_words_that_are_cut_otherwise_are_found_by_their_characters() -> None:
    page = [word("Kostnad2026", 0, 90), word("slut", 90, 90)]
    found = locating.places("Kostnad 2026 slut", page)
    assert locating.lines(found, 8, 12) == [(42, 90, 66, 100)]
