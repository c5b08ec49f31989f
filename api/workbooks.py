"""Workbooks for a spreadsheet (XLSX): a sheet for each table, heads that stay, no cell ever taken for a formula."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter
from litestar import Response

from api.tables import plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME, LONGEST_CELL = 31, 32_767
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


def workbook(name: str, sheets: Sequence[Sheet]) -> Response[bytes]:
    """Return the sheets as a file to save, called `name`."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as book:
        for sheet in sheets:
            _write(book, sheet)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(held.getvalue(), media_type=XLSX, headers=headers)


def _write(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(_FORBIDDEN.sub(" ", sheet.name)[:LONGEST_NAME])
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    looks = [[_look(book, column, bold=bold) for column in sheet.columns] for bold in (False, True)]
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.head, head)
    for line, row in enumerate(sheet.rows):
        look = looks[line in sheet.sums]
        for place, cell in enumerate(row):
            _cell(page, (line + 1, place), cell, sheet.columns[place].shown, look[place])
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _look(book: Any, column: Column, *, bold: bool) -> Any:
    linked = column.shown is As.LINK
    shown = {"underline": 1, "font_color": "#0F4C5C"} if linked else {"num_format": column.shown.value}
    return book.add_format({"bold": bold, "valign": "top", "text_wrap": column.shown is As.TEXT, **shown})


def _cell(page: Any, where: tuple[int, int], cell: object, shown: As, look: Any) -> None:
    match cell:
        case None | "":
            page.write_blank(*where, None, look)
        case str() if shown is As.LINK:
            page.write_url(*where, cell, look, "Visa")
        case date():
            page.write_datetime(*where, datetime.combine(cell, time()), look)
        case int() | Decimal():
            page.write_number(*where, cell, look)
        case _:
            page.write_string(*where, str(plain(str(cell)))[:LONGEST_CELL], look)
