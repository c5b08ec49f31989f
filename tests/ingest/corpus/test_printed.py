"""PDFs by LibreOffice and by a browser: words in order, cells under their heads, pages, and lines that were broken."""

import re
from collections.abc import Callable, Mapping

import pytest

from ingest import readers
from ingest.readers import PDF
from tests.ingest.corpus import narrow, printed
from tests.ingest.corpus.measuring import cells_in_place, in_order, pages_in_place
from tests.ingest.corpus.test_reading import CELLS, CHARACTERS
from tests.ingest.corpus.texts import said, text

pytestmark = [pytest.mark.slow, printed.once]
BY = [
    pytest.param(printed.by_chromium, marks=printed.with_chromium, id="Chromium"),
    pytest.param(printed.by_libreoffice, marks=printed.with_libreoffice, id="LibreOffice"),
]


def check(number: int, data: bytes, *, paged: bool) -> None:
    of, reading = text(number), readers.read(readers.recognise("a.pdf", data), data)
    assert in_order(of, reading) >= CHARACTERS
    right, cells = cells_in_place(of, reading)
    assert right >= CELLS * cells
    asked = pages_in_place(of, reading)
    assert asked[0] == asked[1] or not paged
    assert reading.lost == 0


@printed.with_chromium
@pytest.mark.parametrize("number", printed.NUMBERS)
def test_what_a_browser_prints_is_read(number: int) -> None:
    check(number, printed.by_chromium()[str(number)], paged=False)


@printed.with_libreoffice
@pytest.mark.parametrize("number", printed.NUMBERS)
@pytest.mark.parametrize("source", printed.SOURCES)
def test_what_libreoffice_prints_is_read(source: str, number: int) -> None:
    check(number, printed.by_libreoffice()[f"{source.replace(',', '')} {number}"], paged=source != "HTML")


@printed.with_libreoffice
def test_bullets_of_symbol_fonts_are_bullets() -> None:
    data = printed.by_libreoffice()["Word 0"]
    lines = readers.read(PDF, data).text.splitlines()
    assert [line for line in lines if line.startswith("• ")] == [f"• {one}" for one in said(text(0).pages[0][-1])]


@pytest.mark.parametrize("made", BY)
def test_narrow_columns_with_straight_edges_are_read_one_after_the_other(
    made: Callable[[], Mapping[str, bytes]],
) -> None:
    read = readers.read(PDF, made()[printed.NARROW]).text
    running = re.sub(r"\s+", " ", re.sub(r"[-‐]\n", "", read))
    places = [running.find(one.replace(narrow.SOFT, "")) for one in narrow.PARAGRAPHS]
    assert places == sorted(places)
    assert places[0] > 0
    head, *rows = ([one.strip() for one in line.strip("| ").split("|")] for line in read.splitlines() if "|" in line)
    assert (tuple(head), *map(tuple, rows[1:])) == narrow.TABLE
