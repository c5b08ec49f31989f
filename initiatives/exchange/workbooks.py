"""Workbooks (XLSX): written cell by cell without formulas, read within limits on size, rows and inflated size."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from initiatives.errors import InvalidValue
from initiatives.exchange.cells import Written
from initiatives.workbooks import As, opened, put, titled

MOST_INFLATED, MOST_PARTS = 64 * 1024 * 1024, 1_000
BROKEN = "Filen går inte att läsa som XLSX. Öppna den i ett kalkylprogram och spara den på nytt."
WIDEST, LONGEST_LIST = 50, 255
_CONTROL = re.compile(r"_x(00[01][0-9A-F])_")


def write(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Written]],
    *,
    lists: Sequence[Sequence[str]] = (),
    notes: Sequence[Sequence[str]] = (),
) -> bytes:
    """Return a workbook with one sheet of rows, and one that explains them if there are `notes`.

    `lists` has for each column the texts that can be chosen in it, or nothing.
    """
    held = io.BytesIO()
    with opened(held) as book:
        bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": As.DAY.value})
        sheet = book.add_worksheet(titled(title))
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
            sheet.set_column(column, column, min(max(len(head) + 2, 12), WIDEST))
        for column, chosen in enumerate(lists):
            if chosen and len(",".join(chosen)) <= LONGEST_LIST:
                sheet.data_validation(1, column, 20_000, column, {"validate": "list", "source": list(chosen)})
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                put(sheet, (line, column), cell, day if isinstance(cell, date) else None)
        sheet.freeze_panes(1, 0)
        if notes:
            explained = book.add_worksheet("Förklaring")
            explained.set_column(0, 0, 30)
            explained.set_column(1, 2, 70)
            for line, note in enumerate(notes):
                for column, text in enumerate(note):
                    explained.write_string(line, column, text, *([] if line else [bold]))
    return held.getvalue()


def read(data: bytes, *, most_rows: int, most_columns: int) -> list[list[str]]:
    """Return the cells of the first sheet as text, the values and not the formulas; raise `InvalidValue`."""
    _require_harmless(data)
    lines: list[list[str]] = []
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        empty = 0
        for cells in sheet.iter_rows(values_only=True):
            require_size(len(lines), len(cells), most_rows, most_columns)
            lines.append([_text(cell) for cell in cells])
            empty = 0 if any(lines[-1]) else empty + 1
        book.close()
    except InvalidValue:
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever a broken file leads it into
        raise InvalidValue(BROKEN, field="file") from None
    return lines[: len(lines) - empty]


def require_size(rows: int, columns: int, most_rows: int, most_columns: int) -> None:
    """Return if a table is no larger, heads not counted; raise `InvalidValue` that names the limit."""
    if rows > most_rows + 1:
        raise InvalidValue(f"Filen har fler än {most_rows} rader. Dela upp den i flera.", field="file")
    if columns > most_columns:
        raise InvalidValue(f"Filen har fler än {most_columns} kolumner. Ta bort dem som inte används.", field="file")


def _require_harmless(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
                raise InvalidValue("Filen är för stor när den packas upp. Dela upp den i flera.", field="file")
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(2048).upper():
                        raise InvalidValue(BROKEN, field="file")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise InvalidValue(BROKEN, field="file") from None


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "ja" if cell else "nej"
        case float():
            return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case date():
            return cell.isoformat()
        case _:
            return _CONTROL.sub(lambda found: chr(int(found[1], 16)), str(cell))
