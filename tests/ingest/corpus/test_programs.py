"""Older Office files, OpenDocument as LibreOffice writes it, and scans: only where the programs are installed."""

import asyncio
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from ingest import conversion, readers
from ingest.readers import ocr
from tests.ingest.corpus import office, plain
from tests.ingest.corpus.measuring import cells_in_place, in_order, pages_in_place
from tests.ingest.corpus.test_reading import CELLS, CHARACTERS
from tests.ingest.corpus.texts import Text, text

LIBREOFFICE = shutil.which("soffice", path=conversion._PLACES)
READ_BY_MACHINE = 0.95
"""The share of characters that text recognition must find: it is never as sure as reading."""

pytestmark = pytest.mark.slow
with_libreoffice = pytest.mark.skipif(LIBREOFFICE is None, reason="LibreOffice is not installed")


def made_by_libreoffice(data: bytes, suffix: str, wanted: str, folder: Path) -> bytes:
    source = folder / f"a.{suffix}"
    source.write_bytes(data)
    options = ["--headless", f"-env:UserInstallation=file://{folder}/profil", "--convert-to", wanted]
    subprocess.run([LIBREOFFICE or "", *options, "--outdir", folder / "ut", source], check=True, capture_output=True)
    return (folder / "ut" / f"a.{wanted}").read_bytes()


@with_libreoffice
@pytest.mark.parametrize(
    ("make", "suffix", "wanted", "paged"),
    [
        (office.word_file, "docx", "doc", True),
        (office.word_file, "docx", "odt", True),
        (office.word_file, "docx", "rtf", True),
        (office.workbook, "xlsx", "xls", True),
        (office.presentation, "pptx", "ppt", True),
    ],
)
def test_what_libreoffice_writes_is_read(
    make: Callable[[Text], bytes], suffix: str, wanted: str, paged: bool, tmp_path: Path
) -> None:
    of = text(1)
    data = made_by_libreoffice(make(of), suffix, wanted, tmp_path)
    media_type = readers.recognise(f"a.{wanted}", data)
    if media_type in conversion.INTO:
        media_type, data = asyncio.run(conversion.convert(media_type, data, 120))
    reading = readers.read(media_type, data)
    assert in_order(of, reading) >= CHARACTERS
    right, cells = cells_in_place(of, reading)
    assert right >= CELLS * cells
    asked = pages_in_place(of, reading)
    assert asked[0] == asked[1]


@pytest.mark.skipif(ocr.missing() is not None, reason="Tesseract with Swedish is not installed")
@pytest.mark.parametrize("wanted", ["PNG", "TIFF", "JPEG", "PDF"])
def test_scans_are_read_and_say_so(wanted: str) -> None:
    of = Text("", (text(2).pages[0],))
    page = pypdfium2.PdfDocument(plain.printed(of))[0]
    buffer = io.BytesIO()
    page.render(scale=200 / 72).to_pil().convert("L").save(buffer, wanted, dpi=(200, 200), resolution=200)
    data = buffer.getvalue()
    reading = readers.read(readers.recognise("a.txt", data), data)
    assert in_order(of, reading) >= READ_BY_MACHINE
    assert ocr.READ_BY_MACHINE in reading.warnings
    assert [one.state for one in reading.pages] == ["text"]
