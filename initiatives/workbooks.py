"""Workbooks for a spreadsheet (XLSX): a sheet for each table, heads that stay, no cell ever taken for a formula."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter

from initiatives.exchange.safety import guarded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME, LONGEST_CELL, FIRST_YEAR, LARGEST_WHOLE = 31, 32_767, 1900, 10**15
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class As(StrEnum):
    """How the cells of a column are shown, as number formats of a spreadsheet."""

    TEXT = "@"
    KRONOR = '#,##0\\ "kr";[Red]\\-#,##0\\ "kr"'
    NUMBER = "#,##0.########"
    YEAR = "0"
    DAY = "yyyy-mm-dd"
    LINK = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, how its cells are shown, and how many characters wide it is."""

    head: str
    shown: As = As.TEXT
    width: int = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under a name. A cell of a link is a whole address, one of a day a date, one of kronor whole kronor.

    Rows whose places, from 0, are in `sums` stand out.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    sums: frozenset[int] = frozenset()


def made(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of the sheets, to look at and print."""
    held = io.BytesIO()
    with opened(held) as book:
        for sheet in sheets:
            _write(book, sheet)
    return held.getvalue()


@contextmanager
def opened(held: io.BytesIO) -> Iterator[Any]:
    """Let a workbook be written that is put in `held` when it is complete."""
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        yield book


def titled(name: str) -> str:
    """Return a name as the tab of a sheet may have it."""
    return _FORBIDDEN.sub(" ", name)[:LONGEST_NAME]


def put(page: Any, where: tuple[int, int], cell: object, look: Any) -> None:
    """Write a cell as what it is; what a spreadsheet cannot hold as a day or a number is written as text."""
    match cell:
        case None | "":
            page.write_blank(*where, None, look)
        case date() if cell.year >= FIRST_YEAR:
            page.write_datetime(*where, datetime.combine(cell, time()), look)
        case Decimal() if Decimal(repr(float(cell))) == cell:
            page.write_number(*where, float(cell), look)
        case int() if abs(cell) <= LARGEST_WHOLE:
            page.write_number(*where, cell, look)
        case _:
            text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
            page.write_string(*where, (guarded(text) if isinstance(cell, str) else text)[:LONGEST_CELL], look)


def _write(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(titled(sheet.name))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    looks = [[_look(book, column, bold=bold) for column in sheet.columns] for bold in (False, True)]
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.head, head)
    for line, row in enumerate(sheet.rows):
        for place, (cell, look) in enumerate(zip(row, looks[line in sheet.sums], strict=True)):
            if sheet.columns[place].shown is As.LINK and cell:
                page.write_url(line + 1, place, cell, look, "Visa")
            else:
                put(page, (line + 1, place), cell, look)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _look(book: Any, column: Column, *, bold: bool) -> Any:
    linked = column.shown is As.LINK
    shown = {"underline": 1, "font_color": "#0F4C5C"} if linked else {"num_format": column.shown.value}
    return book.add_format({"bold": bold, "valign": "top", "text_wrap": column.shown is As.TEXT, **shown})
