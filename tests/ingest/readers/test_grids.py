"""Spreadsheets and CSV: every row under its heads, values as a Swedish reader sees them."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import CSV, XLSX
from ingest.readers.xlsx import number
from ingest.structure import outline
from tests.ingest.office import changed, excel


def test_sheets_are_pages_and_rows_stand_under_merged_heads() -> None:
    rows: list[list[Any]] = [
        ["Insatser per år"],
        [],
        ["Insats", "2026", ""],
        ["", "Utfall", "Budget"],
        ["Mobila team", 12.5, dt.date(2026, 3, 9)],
        ["Rehab", True, ""],
        [],
        ["Källa: ekonomienheten."],
    ]
    reading = readers.read(XLSX, excel(("Budget", rows), ("Två", [["a", "b"], [1, 2]]), merged=[(2, 1, 2, 2)]))
    table = "| Insats | 2026 Utfall | 2026 Budget |\n|---|---|---|\n| Mobila team | 12,5 | 46090 |\n| Rehab | ja |  |"
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == [
        f"# Budget\n\n## Insatser per år\n\n{table}\n\nKälla: ekonomienheten.",
        "# Två\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    ]
    assert reading.lost == 0


def test_every_row_says_what_a_cell_merged_over_several_says() -> None:
    rows: list[list[Any]] = [["Område", "Insats", "Belopp"], ["Norr", "Team", 1], ["", "Jour", 2], ["Syd", "Team", 3]]
    text = readers.read(XLSX, excel(("A", rows), merged=[(1, 0, 2, 0)])).text
    assert "| Norr | Jour | 2 |" in text
    assert "| Syd | Team | 3 |" in text


def test_sheets_that_are_named_by_year_are_sections() -> None:
    rows = [["Kommun", "Antal"], ["Alby", "1"]]
    reading = readers.read(XLSX, excel(("2025", rows), ("2026", rows), ("2027", rows)))
    found = outline(reading.text, reading.pages)
    assert [section.path for section in found.sections if section.path] == [("2025",), ("2026",), ("2027",)]


def test_hidden_sheets_and_formulas_without_a_value_are_told() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Datum", "Summa"])
    book.active.append([dt.datetime(2026, 3, 9, tzinfo=None), "=1+1"])  # noqa: DTZ001 - Excel knows no zones
    book.create_sheet("Gömt").sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    reading = readers.read(XLSX, buffer.getvalue())
    assert "| 2026-03-09 |  |" in reading.text
    assert "Gömt" in reading.warnings[0]
    assert reading.warnings[1].startswith("1 formler saknar uträknat värde")


@pytest.mark.parametrize(
    ("value", "pattern", "said"),
    [
        (1250000, "#,##0", "1\u00a0250\u00a0000"),
        (1250000, "General", "1250000"),
        (0.125, "0.0%", "12,5 %"),
        (0.1 + 0.2, "General", "0,3"),
        (-3.14159, "0.00", "-3,14"),
        (1999.6, "0", "2000"),
        (12, '#,##0" tkr"', "12"),
    ],
)
def test_numbers_are_written_as_they_are_shown(value: float, pattern: str, said: str) -> None:
    assert number(value, pattern) == said


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_in_every_form_gives_the_same_table(delimiter: str, encoding: str) -> None:
    rows = [["Kommun", "Antal vårdplaner", "Not"], ["Södra Mark", "12", 'säger "ja"'], ["Åby", "", f"a{delimiter}b"]]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    reading = readers.read(CSV, "\r\n".join(lines).encode(encoding))
    assert reading.text == (
        '| Kommun | Antal vårdplaner | Not |\n|---|---|---|\n| Södra Mark | 12 | säger "ja" |\n'
        f"| Åby |  | a{'¦' if delimiter == '|' else one_space(delimiter)}b |"
    )
    assert reading.lost == 0


def one_space(mark: str) -> str:
    return " " if mark == "\t" else mark


def test_a_second_table_after_a_gap_has_its_own_head() -> None:
    text = "Kommun;Antal\nAlby;1\nBerga;2\n\nÅr;Belopp\n2025;3\n"
    reading = readers.read(CSV, text.encode())
    assert reading.text.count("|---|---|") == 2


def test_broken_workbooks_have_a_verdict() -> None:
    with pytest.raises(UnreadableFile):
        readers.read(XLSX, changed(excel(("A", [["a"]])), {"xl/workbook.xml": b"<trasig"}))
    with pytest.raises(UnreadableFile, match="ingen text"):
        readers.read(XLSX, excel(("A", [[]])))
