"""Files of tables: CSV for programs, CSV for Swedish Excel, and XLSX. Cells go out typed and come in as text."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from initiatives.errors import InvalidValue
from initiatives.exchange import workbooks
from initiatives.exchange.cells import Written
from initiatives.exchange.safety import guarded

BOM: Final = "\ufeff"
LARGEST = 5_000_000
"""Bytes of a file."""
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 100, 50_000
DELIMITERS = ";,\t"


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.CSV_EXCEL: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {Format.CSV: "csv", Format.CSV_EXCEL: "csv", Format.XLSX: "xlsx"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in a file: the heads, and each row that is not empty with its number as a spreadsheet counts."""

    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Written]], *, excel: bool) -> bytes:
    """Return CSV in UTF-8: with comma and point for programs, with mark, semicolon and decimal comma for `excel`."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if excel else ",", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_text(cell, excel=excel) for cell in row] for row in rows)
    return ((BOM if excel else "") + written.getvalue()).encode()


def read(data: bytes) -> Sheet:
    """Return what stands in a file of any of the formats; `InvalidValue` tells why it cannot be read."""
    if not data:
        raise InvalidValue("Filen är tom. Välj en annan.", field="file")
    if len(data) > LARGEST:
        raise InvalidValue(f"Filen är större än {LARGEST // 1_000_000} MB. Dela upp den i flera.", field="file")
    if data.startswith(b"PK"):
        lines = workbooks.read(data, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidValue(
            "Filen är i det gamla formatet XLS, eller låst. Spara den som XLSX utan lösenord.", field="file"
        )
    else:
        lines = _csv_lines(_decoded(data))
    heads = tuple(" ".join(cell.split()) for cell in lines[0]) if lines else ()
    while heads and not heads[-1]:
        heads = heads[:-1]
    if not heads:
        raise InvalidValue("Filens första rad har inga rubriker. Utgå från den tomma mallen.", field="file")
    rows = tuple((number, tuple(map(_trimmed, cells))) for number, cells in enumerate(lines[1:], start=2))
    return Sheet(heads, tuple((number, cells) for number, cells in rows if any(cells)))


def _trimmed(cell: str) -> str:
    return cell.replace("\r\n", "\n").strip()[:LONGEST_CELL]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _csv_lines(text: str) -> list[list[str]]:
    plain = text.replace("\0", "")
    heads = plain.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heads.count)
    lines = []
    try:
        for cells in csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True):
            lines.append(cells)
            workbooks.require_size(len(lines), len(cells), MOST_ROWS, MOST_COLUMNS)
    except csv.Error:
        raise InvalidValue("Filen går inte att läsa som CSV. Kontrollera citattecknen.", field="file") from None
    return lines


def _text(cell: Written, *, excel: bool) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}".replace(".", ",") if excel else f"{cell:f}"
        case date():
            return cell.isoformat()
        case str():
            return guarded(cell)
        case _:
            return str(cell)
