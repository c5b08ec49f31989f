"""Files as LibreOffice saves them, older Office files, and scans: only where the programs are installed."""

import asyncio
import io
from collections.abc import Callable
from functools import cache

import pypdfium2
import pytest
from PIL import Image

from ingest import conversion, readers
from ingest.errors import UnreadableFile
from ingest.readers import ocr
from tests.ingest.corpus import office, plain, printed
from tests.ingest.corpus.libreoffice import saved_as
from tests.ingest.corpus.measuring import cells_in_place, in_order, pages_in_place
from tests.ingest.corpus.test_reading import CELLS, CHARACTERS
from tests.ingest.corpus.texts import Text, text
from tests.ingest.pdfs import joined

READ_BY_MACHINE = 0.95
"""The share of characters that text recognition must find: it is never as sure as reading."""
NUMBERS = range(3)
SAVED: dict[str, tuple[str, Callable[[Text], bytes]]] = {
    "docx": ("odt", office.open_text),
    "odt": ("docx", office.word_file),
    "doc": ("docx", office.word_file),
    "rtf": ("docx", office.word_file),
    "xlsx": ("xlsx", office.workbook),
    "xls": ("xlsx", office.workbook),
    "pptx": ("pptx", office.presentation),
    "ppt": ("pptx", office.presentation),
}
"""What LibreOffice saves, and from what."""
OLDER = ("doc", "rtf", "xls", "ppt")
"""Formats that LibreOffice is started for once more, to read them: one file of each is enough."""

pytestmark = pytest.mark.slow
with_tesseract = pytest.mark.skipif(ocr.missing() is not None, reason="Tesseract with Swedish is not installed")


@cache
def saved(wanted: str) -> dict[str, bytes]:
    suffix, make = SAVED[wanted]
    return saved_as(wanted, {f"{number}.{suffix}": make(text(number)) for number in NUMBERS})


@printed.with_libreoffice
@printed.once
@pytest.mark.parametrize(
    ("wanted", "number"),
    [(wanted, number) for wanted in SAVED for number in NUMBERS[: None if wanted not in OLDER else 1]],
)
def test_what_libreoffice_saves_is_read(wanted: str, number: int) -> None:
    of, data = text(number), saved(wanted)[f"{number}.{SAVED[wanted][0]}"]
    media_type = readers.recognise(f"a.{wanted}", data)
    assert (media_type in conversion.INTO) == (wanted in OLDER)
    if wanted in OLDER:
        media_type, data = asyncio.run(conversion.convert(media_type, data, 120))
    reading = readers.read(media_type, data)
    assert in_order(of, reading) >= CHARACTERS
    right, cells = cells_in_place(of, reading)
    assert right >= CELLS * cells
    asked = pages_in_place(of, reading)
    assert asked[0] == asked[1]
    assert reading.lost == 0


def pictures(of: Text) -> list[Image.Image]:
    """Return the pages of a document as pictures, as a scanner makes them."""
    document = pypdfium2.PdfDocument(plain.printed(of))
    return [page.render(scale=200 / 72).to_pil().convert("L") for page in document]


def scan(of: Text, wanted: str) -> bytes:
    """Return all pages of a document as pictures in one file."""
    buffer = io.BytesIO()
    first, *others = pictures(of)
    several = {"save_all": True, "append_images": others} if others else {}
    first.save(buffer, wanted, dpi=(200, 200), resolution=200, **several)
    return buffer.getvalue()


@with_tesseract
@pytest.mark.parametrize("wanted", ["PNG", "TIFF", "JPEG", "PDF"])
def test_scans_are_read_and_say_so(wanted: str) -> None:
    of = Text("", (text(2).pages[0],))
    data = scan(of, wanted)
    reading = readers.read(readers.recognise("a.txt", data), data)
    assert in_order(of, reading) >= READ_BY_MACHINE
    assert ocr.READ_BY_MACHINE in reading.warnings
    assert [one.state for one in reading.pages] == ["text"]


@with_tesseract
@pytest.mark.parametrize("wanted", ["TIFF", "PDF"])
def test_scanned_pages_have_their_numbers_and_swedish_letters(wanted: str) -> None:
    of = text(4)
    data = scan(of, wanted)
    reading = readers.read(readers.recognise("a.txt", data), data)
    pages = [reading.text[page.start : page.end] for page in reading.pages]
    assert ["Bakgrund" in pages[0], "Kostnader" in pages[1], "Uppföljning" in pages[2]] == [True] * 3
    assert all(said in pages[0] for said in ("Ögonsjukvård", "varje månad", "på vardagar"))
    assert "Västra Mark" in pages[2]


@with_tesseract
def test_a_scanned_page_among_others_is_read_where_it_stands() -> None:
    first, second, third = (Text("", (page,)) for page in text(1).pages)
    data = joined(plain.printed(first), scan(second, "PDF"), plain.printed(third))
    reading = readers.read(readers.PDF, data)
    assert [page.state for page in reading.pages] == ["text"] * 3
    pages = [reading.text[page.start : page.end] for page in reading.pages]
    assert ["Bakgrund" in pages[0], "Kostnader" in pages[1], "Uppföljning" in pages[2]] == [True] * 3


def test_without_tesseract_scans_say_what_to_install_and_other_pages_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(ocr, "PLACES", str(tmp_path))
    ocr.missing.cache_clear()
    try:
        scanned = scan(Text("", (text(0).pages[0],)), "PDF")
        reading = readers.read(readers.PDF, joined(plain.printed(Text("", (text(0).pages[1],))), scanned))
        assert [page.state for page in reading.pages] == ["text", "needs_ocr"]
        assert any("Sidorna 2" in said and "tesseract-ocr-swe" in said for said in reading.warnings)
        with pytest.raises(UnreadableFile, match="inskannade") as caught:
            readers.read(readers.PDF, scanned)
        assert "OCR" in caught.value.remedy
        assert "Tesseract" in caught.value.remedy
    finally:
        ocr.missing.cache_clear()
