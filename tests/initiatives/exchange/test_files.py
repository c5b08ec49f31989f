"""Files of every kind: what is written is read, and what could do harm is not."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from initiatives.errors import InvalidValue
from initiatives.exchange import files, workbooks
from initiatives.exchange.cells import Written
from initiatives.exchange.safety import guarded, unguarded

FORMULAS = ["=1+1", "+46", "-ett", "@SUM(A1)", "  =2", "'=3", "''@", "\t=4", "\r=5"]
PLAIN = ["Läkarbil i öster", "", "'citat'", "a=b", "två\nrader", "_x0041_"]


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN, "'", "' '"])
def test_what_is_made_safe_is_read_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text).lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize("text", [*FORMULAS, "Läkarbil i öster", "'citat'", "två\nrader"])
def test_no_file_holds_a_formula(text: str) -> None:
    data = files.csv_bytes(["a"], [[text]], excel=True)
    [_, [written]] = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert unguarded(written) == text
    book = load_workbook(io.BytesIO(workbooks.write("Tabell", ["a"], [[text]])))
    assert book.worksheets[0].cell(2, 1).data_type == "s"


def test_numbers_and_days_are_written_as_each_reader_wants_them() -> None:
    row: Sequence[Written] = [date(2026, 11, 30), 1_250_000, Decimal("-0.5"), None]
    assert files.csv_bytes(["a", "b", "c", "d"], [row], excel=False) == b"a,b,c,d\r\n2026-11-30,1250000,-0.5,\r\n"
    swedish = files.csv_bytes(["a", "å", "c", "d"], [row], excel=True)
    assert swedish == "\ufeffa;å;c;d\r\n2026-11-30;1250000;-0,5;\r\n".encode()
    sheet = load_workbook(io.BytesIO(workbooks.write("Tabell", list("abcd"), [row]))).worksheets[0]
    assert [cell.value for cell in sheet[2]][1:] == [1_250_000, -0.5, None]
    assert sheet["A2"].is_date


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_save_in(encoding: str) -> None:
    sheet = files.read("Titel;Ändrad\r\nLäkarbil;ja\r\n\r\nNästa;nej\r\n".encode(encoding))
    assert sheet.heads == ("Titel", "Ändrad")
    assert sheet.rows == ((2, ("Läkarbil", "ja")), (4, ("Nästa", "nej")))


def test_text_survives_a_workbook() -> None:
    rows: Sequence[Sequence[str]] = [["två\nrader", "_x0041_", "a\x0bb", "1e5", "007"]]
    sheet = files.read(workbooks.write("Tabell", list("abcde"), rows))
    assert sheet.rows == ((2, tuple(rows[0])),)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "tom"),
        (b"a" * (files.LARGEST + 1), "MB"),
        (b"PK\x03\x04 inte en zip", "XLSX"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "XLS"),
        (b'a,b\n"1', "CSV"),
        (b"\n\n", "rubriker"),
        (b"a\n" + b"1\n" * (files.MOST_ROWS + 1), "rader"),
        (b"a" + b"," * files.MOST_COLUMNS, "kolumner"),
    ],
)
def test_what_cannot_be_a_table_is_refused_in_words(data: bytes, word: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        files.read(data)
    assert word in refused.value.detail
    assert refused.value.field == "file"


def _changed(part: str, content: bytes) -> bytes:
    """Return a workbook in which one part has another content."""
    whole, made = zipfile.ZipFile(io.BytesIO(workbooks.write("Tabell", ["a"], [["1"]]))), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            archive.writestr(name, content if name == part else whole.read(name))
    return made.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = _changed("xl/worksheets/sheet1.xml", b"0" * (workbooks.MOST_INFLATED + 1))
    assert len(bomb) < 200_000
    with pytest.raises(InvalidValue, match="packas upp"):
        files.read(bomb)


def test_a_workbook_that_defines_entities_is_refused() -> None:
    with pytest.raises(InvalidValue, match="XLSX"):
        files.read(_changed("xl/worksheets/sheet1.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'))


def test_a_sheet_that_claims_to_be_endless_is_not_walked_through() -> None:
    cell = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet = b'<worksheet xmlns="%s"><sheetData>%s%s</sheetData></worksheet>' % (space, head, cell)
    with pytest.raises(InvalidValue, match="rader"):
        files.read(_changed("xl/worksheets/sheet1.xml", sheet))
