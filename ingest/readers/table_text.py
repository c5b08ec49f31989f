"""CSV, whatever parts its cells: each row a row of a table under the heads of its columns."""

import csv
import io
from collections import Counter

from ingest.errors import UnreadableFile
from ingest.readers.draft import Draft
from ingest.readers.grid import write_grid
from ingest.readers.reading import CSV, Reading, clean
from ingest.readers.text import decode

_DELIMITERS = ";,\t|"
_LOOKED_AT = 50
_LONGEST_CELL = 200_000


def read(data: bytes) -> Reading:
    """Read a table of text. Raises `UnreadableFile`, with the row where it is known, when it is none."""
    raw, decoding = decode(data)
    text, cleaning = clean(raw)
    if not text.strip():
        raise UnreadableFile("Filen innehåller ingen text, bara blanka tecken.", "Kontrollera att rätt fil valdes.")
    csv.field_size_limit(_LONGEST_CELL)
    delimiter = find_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [[" ".join(cell.split()) for cell in row] for row in reader]
    except csv.Error as error:
        raise UnreadableFile(
            f"Rad {reader.line_num} i filen går inte att läsa som CSV.",
            "Kontrollera citattecknen på raden, eller spara filen på nytt från kalkylprogrammet.",
        ) from error
    if rows and "".join(rows[0][:1]).lower().startswith("sep="):
        rows = rows[1:]
    draft = Draft()
    write_grid(draft, rows, 1)
    return draft.reading(CSV, None, " ".join(cell for row in rows for cell in row), decoding + cleaning)


def find_delimiter(text: str) -> str:
    """Return the mark that parts most rows into the same number of cells, more than one; a semicolon if none does."""
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) > 4:  # noqa: PLR2004
        return lines[0][4]
    sample = "\n".join(lines[:_LOOKED_AT])
    scores = {mark: _agreement(sample, mark) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark])


def _agreement(sample: str, mark: str) -> tuple[int, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=mark) if row)
    except csv.Error:
        return 0, 0
    many = [(count, width) for width, count in widths.items() if width > 1]
    return max(many, default=(0, 0))
