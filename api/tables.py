"""Tables for a spreadsheet: CSV as Swedish Excel opens it, in which no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from initiatives.exchange.safety import guarded

BOM = "\ufeff"


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[bytes]:
    """Return rows as a file to save, called `name`: UTF-8 with a mark, semicolons, one line for each row."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response((BOM + written.getvalue()).encode(), media_type="text/csv", headers=headers)


def plain(cell: object) -> object:
    """Return a cell that a spreadsheet shows as it is: text that would begin a formula gets an apostrophe before it."""
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else cell
