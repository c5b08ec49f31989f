"""Spreadsheets: each sheet a page under its name, each row a row of a table under the heads of its columns."""

import datetime as dt
import io
import itertools
import re
from typing import Any

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.readers.draft import Draft
from ingest.readers.grid import MOST_COLUMNS, write_grid
from ingest.readers.package import Package, open_package
from ingest.readers.reading import XLSX, Reading

MOST_ROWS = 200_000
_MOST_MERGED = 5_000
_DECIMALS = re.compile(r"0\.(0+)")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_AREA = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_UNCOMPUTED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^<>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_DIVIDE = "Dela upp arbetsboken, eller ta bort det som inte behövs, och lägg in den igen."
Merged = list[tuple[int, int, int, int]]


def read(data: bytes) -> Reading:
    """Read a workbook (.xlsx, .xlsm). Values are those last computed; nothing is computed or run.

    Raises `UnreadableFile` when it is damaged, locked, too large or empty.
    """
    package = open_package(data)
    package.refuse_document_types()
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, TypeError, AttributeError, etree.XMLSyntaxError) as error:
        raise UnreadableFile("Arbetsboken är skadad.", "Spara den på nytt i Excel och lägg in den igen.") from error
    draft, warnings, raw, uncomputed = Draft(), list[str](), list[str](), 0
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if hidden := [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]:
        warnings.append(f"Dolda blad lästes inte: {', '.join(hidden)}. Visa dem i Excel om de ska med.")
    for number, sheet in enumerate(shown):
        if number:
            draft.page_break()
        merged, missing = _merged(package, getattr(sheet, "_worksheet_path", ""))
        uncomputed += missing
        rows = _rows(sheet)
        _fill_down(rows, merged)
        raw += [text for row in rows for text in row]
        if any(text for row in rows for text in row):
            draft.heading(sheet.title, 1)
            write_grid(draft, rows, 2, merged)
    if uncomputed:
        warnings.append(
            f"{uncomputed} formler saknar uträknat värde och lästes som tomma. Öppna filen i Excel, spara den och lägg "
            "in den igen."
        )
    return draft.reading(XLSX, None, " ".join(raw), (*warnings, *package.unopened()))


def _rows(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    filled = 0
    for cells in sheet.iter_rows():
        row = [_shown(one) for one in cells[:MOST_COLUMNS]]
        while row and not row[-1]:
            row.pop()
        rows.append(row)
        filled += bool(row)
        if filled > MOST_ROWS:
            raise UnreadableFile(f"Bladet {sheet.title} har fler rader än gränsen {MOST_ROWS}.", _DIVIDE)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _fill_down(rows: list[list[str]], merged: Merged) -> None:
    """Say in each row what a cell that is merged over several of them says, so that every row stands by itself."""
    for top, left, bottom, right in merged:
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and any(row):
                row[left] = rows[top][left]


def _shown(cell: Any) -> str:
    """Return a cell as a Swedish reader sees it: dates as 2026-03-09, decimals with a comma, shares in per cent."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case int() | float():
            return number(value, cell.number_format or "General")
        case dt.datetime():
            return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
        case _:
            return " ".join(str(value).split())


def number(value: float, written_as: str) -> str:
    """Return a number in Swedish after an Excel format: its decimals, thousands and per cent."""
    pattern = _QUOTED.sub("", written_as.split(";", maxsplit=1)[0])
    share = "%" in pattern
    value = value * 100 if share else value
    decimals = _DECIMALS.search(pattern)
    if decimals:
        said = f"{value:,.{min(len(decimals.group(1)), 10)}f}"
    elif "0" in pattern and "E" not in pattern and "#" not in pattern.replace("#,##0", ""):
        said = f"{value:,.0f}"
    else:
        said = f"{value:,.12g}" if abs(value) < 1e15 else f"{value:.15g}"  # noqa: PLR2004
    grouped = "," in pattern
    said = said.replace(",", "\N{NO-BREAK SPACE}" if grouped else "").replace(".", ",")
    return f"{said} %" if share else said


def _merged(package: Package, path: str) -> tuple[Merged, int]:
    """Return the merged areas of a sheet from 0, and how many formulas have no computed value."""
    name = path.lstrip("/")
    if name not in package.names:
        return [], 0
    part = package.bytes_of(name)
    areas: Merged = []
    for found in itertools.islice(_AREA.finditer(part), _MOST_MERGED):
        left, top, right, bottom = (one.decode() for one in found.groups())
        areas.append((int(top) - 1, _column(left), int(bottom) - 1, _column(right)))
    return areas, sum(1 for _ in _UNCOMPUTED.finditer(part))


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
