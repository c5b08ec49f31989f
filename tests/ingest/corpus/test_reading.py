"""What is made of documents with known words, tables and pages, in every format and by real producers."""

import io
from collections.abc import Callable, Iterator

import pytest

from ingest import readers
from ingest.archives import unpack
from ingest.chunking import units
from ingest.structure import outline
from tests.ingest.corpus import office, plain
from tests.ingest.corpus.measuring import cells_in_place, in_order, pages_in_place
from tests.ingest.corpus.texts import Text, text
from tests.ingest.office import zipped

CHARACTERS, CELLS = 0.995, 0.95
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15", "mac_roman")

Make = Callable[[Text], bytes]
PAGED: dict[str, Make] = {
    "docx": office.word_file,
    "pptx": office.presentation,
    "odt": office.open_text,
    "pdf": plain.printed,
    "xlsx": office.workbook,
    "xlsm": office.other_workbook,
    "eml": plain.letter,
    "md": lambda of: plain.markdown(of).encode(),
}


def unbroken(of: Text) -> Text:
    """Return the document on one page."""
    return Text(of.title, (tuple(of.blocks),))


def westernised(of: Text, encoding: str) -> bytes:
    """Return plain text in an encoding that may lack a dash."""
    return plain.plain(of).encode(encoding, "replace" if encoding == "iso8859-15" else "strict")


def files() -> Iterator[tuple[str, Text, bytes]]:
    """Yield every file of the corpus with the document that it was made of."""
    for number in range(6):
        for suffix, make in PAGED.items():
            yield f"{number}.{suffix}", text(number), make(text(number))
        yield f"{number}-fet.docx", text(number), office.word_file(text(number), styled=False)
        charset = ("utf-8", "iso-8859-1", "windows-1252", "utf-16")[number % 4]
        yield f"{number}.html", unbroken(text(number)), plain.page(text(number), charset)
        for grid in text(number).grids:
            delimiter = ";,\t"[number % 3]
            of = Text("", ((grid,),))
            yield f"{number}-{len(grid.rows)}.csv", of, plain.table_text(grid, delimiter).encode(ENCODINGS[number])
    for number, encoding in enumerate(ENCODINGS):
        yield f"{encoding}.txt", text(number), westernised(text(number), encoding)


FILES = list(files())


def test_there_are_files_enough_in_every_format() -> None:
    assert len(FILES) >= 60
    assert {name.rpartition(".")[2] for name, _, _ in FILES} >= {*PAGED, "html", "csv", "txt"}


@pytest.mark.parametrize(("name", "of", "data"), FILES, ids=[name for name, _, _ in FILES])
def test_words_cells_and_pages_are_where_they_were_put(name: str, of: Text, data: bytes) -> None:
    reading = readers.read(readers.recognise(name, data), data)
    assert in_order(of, reading) >= CHARACTERS
    right, cells = cells_in_place(of, reading)
    assert right >= CELLS * cells
    asked = pages_in_place(of, reading)
    assert asked[0] == asked[1]
    assert reading.lost == 0
    for block in outline(reading.text, reading.pages).blocks:
        assert reading.text[block.start : block.end].strip()


@pytest.mark.parametrize("suffix", ["docx", "odt", "pptx", "xlsx", "html"])
def test_a_row_knows_its_section_its_heads_and_its_page(suffix: str) -> None:
    name, of, data = next(file for file in FILES if file[0].endswith(suffix))
    reading = readers.read(readers.recognise(name, data), data)
    row = "| ".join(("", *of.grids[0].rows[1]))
    found = units(outline(reading.text, reading.pages), of.title)
    unit = next(one for one in found if reading.text[one.start : one.end].replace(" |", "|") == f"{row}|")
    assert " | ".join(of.grids[0].head) in unit.context
    assert ("Blad 2" if suffix == "xlsx" else "Kostnader") in unit.context
    assert unit.page == (2 if len(of.pages) > 1 else 1)


def test_a_zip_of_all_formats_gives_each_file_back() -> None:
    several = {name: data for name, _, data in FILES[:12]}
    assert {one.name: one.data for one in unpack(zipped(several), 10**8)} == several
    assert io.BytesIO(zipped(several)).read(2) == b"PK"
