"""From marks on a page to lines: paragraphs parted by blank lines, and tables as rows of cells.

PDF has no tables, only text at places. A row is found where the writing goes back up to the right, or where a wide gap
parts one line; rows under one another whose cells stand in the same columns are a table, written as in Markdown.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PARAGRAPH_GAP = 1.3
"""A distance between lines that is this many times the usual one parts two paragraphs."""
CELL_GAP = 0.75
"""A gap of this many line heights parts two cells; justified text keeps below it."""
SAME = 3.0
"""Points within which two edges stand in the same column or two lines at the same height."""
MOST_LINES = 6
"""Lines that the first cell of a row may have."""
_MARKER = re.compile(r"[^\w\s]{1,2}|\(?\w{1,3}[.)]|\d+(?:\.\d+)+\.?|§+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text without a wide gap in it, and where it stands: points from the left and from below."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


Line = tuple[Piece, ...]
"""What stands at one height, from left to right, as it comes in the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that belong together: one line of running text, or the cells of a table row."""

    cells: tuple[Piece, ...]
    last: float

    @property
    def first(self) -> float:
        """The height of the first line."""
        return self.cells[0].bottom


def write(lines: Sequence[Line]) -> str:
    """Return the text of a page: its lines, blank lines between paragraphs, and tables in Markdown."""
    rows = list(_rows([_without_markers(line) for line in lines if line]))
    limit = _usual_drop(rows) * PARAGRAPH_GAP
    written: list[str] = []
    index = 0
    while index < len(rows):
        table = _table(rows, index)
        if table:
            written += ["", *_in_markdown(table), ""]
        else:
            if index and rows[index - 1].last - rows[index].first > limit > 0:
                written.append("")
            written.append(" ".join(cell.text for cell in rows[index].cells))
        index += len(table) or 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(written)).strip("\n")


def _without_markers(line: Line) -> Line:
    """Join a bullet or number with the text that it stands before: they are no cells."""
    if len(line) > 1 and _MARKER.fullmatch(line[0].text):
        joined = Piece(f"{line[0].text} {line[1].text}", line[0].left, line[1].right, line[1].bottom, line[1].height)
        return (joined, *line[2:])
    return line


def _usual_drop(rows: Sequence[Row]) -> float:
    """Return the distance between two lines of running text, in points."""
    running = [(above, below) for above, below in itertools.pairwise(rows) if len(above.cells) == len(below.cells) == 1]
    drops = sorted(drop for above, below in running if (drop := above.last - below.first) > SAME)
    # The lower quartile: a page of headings and short paragraphs has more gaps than plain line ends.
    return drops[len(drops) // 4] if len(drops) > 1 else 0.0


def _rows(lines: Sequence[Line]) -> Iterator[Row]:
    index, above = 0, math.inf
    while index < len(lines):
        row, index = _row(lines, index, above)
        above = row.last
        yield row


def _row(lines: Sequence[Line], index: int, above: float) -> tuple[Row, int]:
    """Read a row that begins on a line, below the height `above`; returns it and the index of the line after it."""
    cells, index = _first_cells(lines, index)
    last = cells[-1].bottom if len(cells) > 1 else lines[index - 1][0].bottom
    limit = min(above - SAME, last + MOST_LINES * cells[0].height)
    while index < len(lines):
        line = lines[index]
        to_the_right = line[0].left > cells[-1].left + SAME
        if to_the_right and last - SAME <= line[0].bottom < limit:
            cells.extend(line)
        elif len(cells) > 1 and _goes_on(lines[index - 1][-1], line[0]):
            cells[-1:] = [_under(cells[-1], line[0]), *line[1:]]
        else:
            break
        last = min(last, line[0].bottom)
        index += 1
    return Row(tuple(cells), last), index


def _goes_on(above: Piece, below: Piece) -> bool:
    """Tell whether a piece stands right under another, as the next line of the same cell does."""
    return abs(above.left - below.left) <= SAME and 0 < above.bottom - below.bottom < below.height * PARAGRAPH_GAP


def _first_cells(lines: Sequence[Line], index: int) -> tuple[list[Piece], int]:
    """Return the cells of the first line, and the index after it.

    When its only cell has more lines before the next cell stands beside it, those lines are taken too.
    """
    first = lines[index]
    cell = first[0]
    for number in range(index + 1, min(index + MOST_LINES, len(lines)) if len(first) == 1 else 0):
        line = lines[number]
        if _goes_on(lines[number - 1][0], line[0]):
            cell = _under(cell, line[0])
            if len(line) > 1:
                return ([cell, *line[1:]], number + 1) if cell.right < line[1].left else (list(first), index + 1)
        elif line[0].bottom > lines[number - 1][0].bottom + SAME and cell.right < line[0].left:
            reaches = line[0].bottom <= first[0].bottom + SAME
            return ([cell], number) if reaches else (list(first), index + 1)
        else:
            break
    return list(first), index + 1


def _under(cell: Piece, line: Piece) -> Piece:
    text = f"{cell.text} {line.text}"
    return Piece(text, min(cell.left, line.left), max(cell.right, line.right), cell.bottom, cell.height)


def _table(rows: Sequence[Row], index: int) -> list[Row]:
    """Return the rows of the table that begins here; none if there is no table."""
    found: list[Row] = []
    for row in rows[index:]:
        if len(row.cells) < 2 or (found and not _fits(found[-1], row) and not _fits(found[0], row)):  # noqa: PLR2004
            break
        found.append(row)
    cells = max((len(row.cells) for row in found), default=0)
    return found if len(found) > 2 or (len(found) == 2 and cells > 2) else []  # noqa: PLR2004


def _fits(above: Row, row: Row) -> bool:
    """Tell whether at least two cells stand under cells of the row above, at the left or the right edge."""
    return sum(any(_aligned(one, other) for other in above.cells) for one in row.cells) > 1


def _aligned(one: Piece, other: Piece) -> bool:
    middles = (one.left + one.right - other.left - other.right) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), abs(middles)) <= SAME


def _in_markdown(table: Sequence[Row]) -> Iterator[str]:
    columns = max(table, key=lambda row: len(row.cells)).cells
    for number, row in enumerate(table):
        texts = [""] * len(columns)
        for cell in row.cells:
            column = min(range(len(columns)), key=lambda place: _distance(columns[place], cell))
            texts[column] = f"{texts[column]} {cell.text}".strip().replace("|", "¦")
        yield f"| {' | '.join(texts)} |"
        if number == 0:
            yield "|" + " --- |" * len(columns)


def _distance(column: Piece, cell: Piece) -> float:
    return min(abs(column.left - cell.left), abs(column.right - cell.right))
