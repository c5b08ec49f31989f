"""From marks on a page to lines: paragraphs parted by blank lines, and tables as rows of cells.

PDF has no tables, only text at places. A row is found where the writing goes back up to the right, or where a wide gap
parts one line; rows under one another whose cells stand in the same columns are a table, written as in Markdown.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

PARAGRAPH_GAP = 1.2
"""A distance between lines that is this many times the usual one parts two paragraphs."""
CELL_LEADING = 1.3
"""Line heights between two lines of one cell, at most."""
ROW_LEADING = 3.0
"""Line heights between two rows of a table that goes on over pages, at most."""
CELL_GAP = 0.75
"""A gap of this many line heights parts two cells; justified text keeps below it."""
WORD_GAP = 0.3
"""A gap of so many line heights is wider than most between two words: where a column begins it parts two cells."""
EDGE = 4
"""Lines at the top or at the bottom of a page that stand above or below a table which goes on, fewer than so many."""
LEAST_LEADING = 0.5
"""Line heights under which two lines do not stand below each other."""
SAME = 3.0
"""Points within which two edges stand in the same column or two lines at the same height."""
MOST_LINES = 6
"""Lines that the first cell of a row may have."""
LARGE = 1.12
"""Text that is so many times as high as the text of the document is a heading, and stands by itself."""
THIN = 2.0
"""Points that a rule is wide at most."""
LARGEST_DOT = 8.0
"""Points that a drawn bullet is wide at most."""
MARK_GAP = 2.0
"""Line heights between a drawn bullet and its text, at most."""
_ROUND = "o"
_BROKEN = re.compile(r"[^\W\d_]-$")
_NEXT_PART = re.compile(r"(?:och|eller|samt|respektive|som|till)\b")
"""What goes on after a hyphen that stands for the end of a compound: *hälso- och sjukvård*."""
_MARKER = re.compile(r"[^\w\s]{1,2}|\(?\w{1,3}[.)]|\d+(?:\.\d+)+\.?|§+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text without a wide gap in it, and where it stands: points from the left and from below."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    gaps: tuple[tuple[int, float, float], ...] = ()
    """Spaces that may part two cells: where in the text the writing goes on, and from where to where they reach."""


Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""
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


Heights = Counter[float]
"""How many of the characters that were looked at have each height, in points."""


Columns = Sequence[Piece]
"""The cells of the longest row of a table: where its columns stand, and their heads where it is the first row."""


def write(lines: Sequence[Line], heights: Heights | None = None, above: Columns = ()) -> tuple[str, Columns]:
    """Return the text of a page: its lines, blank lines between paragraphs, and tables in Markdown.

    With ``heights`` text that is larger than most becomes lines of its own, each whole. ``above`` are the columns of
    the table that the page before ends with: at the top its rows go on, without a head of their own. Returned too are
    the columns that this page ends with, none when it does not end with a table.
    """
    rows = list(_rows([_without_markers(line) for line in lines if line]))
    limit = _usual_leading(rows) * PARAGRAPH_GAP
    usual = heights.most_common(1)[0][0] if heights else math.inf
    written: list[str] = []
    columns: Columns = ()
    index = 0
    while index < len(rows):
        going_on = above if index < EDGE and not columns else ()
        more = _going_on(rows, index, going_on)
        table = _run(rows, index, more) if more else _table(rows, index)
        if table:
            headed = not more or _same_head(table[0], above)
            columns = _columns(table) if headed else above
            written += ["", *_in_markdown(table, columns, headed=headed), ""]
            last = index + len(table)
        else:
            title = _title(rows, index, usual)
            if title or (index and _leading(rows[index - 1], rows[index]) > limit > 0):
                written.append("")
            whole = [" ".join(cell.text for cell in row.cells) for row in title or rows[index : index + 1]]
            written.append(reduce(run_on, whole))
            written += [""] if title else []
        index += len(table or title) or 1
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(written)).strip("\n")
    return text, columns if columns and len(rows) - last < EDGE else ()


def run_on(above: str, below: str) -> str:
    """Return two lines of one cell or heading on one line; a word that was broken at a hyphen keeps that alone."""
    broken = _BROKEN.search(above) and below[:1].islower() and not _NEXT_PART.match(below)
    return f"{above}{below}" if broken else f"{above} {below}"


def _title(rows: Sequence[Row], index: int, usual: float) -> Sequence[Row]:
    """Return the rows of large text that begin here and go on line after line in the same size; none if it is plain."""
    last = index
    while last < len(rows) and len(rows[last].cells) == 1 and rows[last].cells[0].height > usual * LARGE:
        same = abs(rows[last].cells[0].height - rows[index].cells[0].height) < 1
        if last > index and not (same and _leading(rows[last - 1], rows[last]) < CELL_LEADING):
            break
        last += 1
    return rows[index:last]


def is_rule(box: Box) -> bool:
    """Tell whether something drawn may be an upright rule between two columns: thin, and higher than wide."""
    left, bottom, right, top = box
    return right - left <= THIN < top - bottom


def edges(mark: Box, rules: Sequence[Box]) -> list[float]:
    """Return where upright rules cross the line that a mark stands on, in points from the left."""
    middle = (mark[1] + mark[3]) / 2
    return [(left + right) / 2 for left, bottom, right, top in rules if bottom < middle < top]


def is_dot(box: Box) -> bool:
    """Tell whether something drawn may be a bullet: small, and about as wide as it is high."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    return 0 < width <= LARGEST_DOT and 0 < height <= LARGEST_DOT and max(width, height) < 2 * min(width, height)


def with_dots(lines: Sequence[Line], dots: Sequence[Box]) -> list[Line]:
    """Return the lines with a bullet before each that a drawn dot stands just to the left of."""
    return [(_bullet(line[0]), *line) if line and any(_marks(dot, line[0]) for dot in dots) else line for line in lines]


def _marks(dot: Box, piece: Piece) -> bool:
    left, bottom, right, top = dot
    beside = left < piece.left and 0 <= piece.left - right < MARK_GAP * piece.height
    lower, upper = piece.bottom + piece.height / 5, piece.bottom + piece.height * 4 / 5
    return beside and lower < (bottom + top) / 2 < upper and top - bottom < piece.height * 2 / 3


def _bullet(piece: Piece) -> Piece:
    return Piece("•", piece.left, piece.left, piece.bottom, piece.height)


def _without_markers(line: Line) -> Line:
    """Join a bullet or number with the text that it stands before: they are no cells. Word's round bullet is an o."""
    if len(line) > 1 and (_MARKER.fullmatch(line[0].text) or line[0].text == _ROUND):
        mark = "◦" if line[0].text == _ROUND else line[0].text
        joined = Piece(f"{mark} {line[1].text}", line[0].left, line[1].right, line[1].bottom, line[1].height)
        return (joined, *line[2:])
    return line


def _usual_leading(rows: Sequence[Row]) -> float:
    """Return how far below each other two lines of one paragraph stand, in line heights; 0 when nothing shows it."""
    running = [(above, below) for above, below in itertools.pairwise(rows) if len(above.cells) == len(below.cells) == 1]
    found = [(below, drop) for above, below in running if (drop := _leading(above, below)) > LEAST_LEADING]
    # A line that begins in lower case goes on from the one above.
    wrapped = [drop for below, drop in found if below.cells[0].text[:1].islower()]
    drops = sorted(wrapped if len(wrapped) > 1 else [drop for _, drop in found])
    # The lower quartile: a page of headings and short paragraphs has more gaps than plain line ends.
    return drops[len(drops) // 4] if len(drops) > 1 else 0.0


def _leading(above: Row, below: Row) -> float:
    """Return how far below a row another stands, in line heights of the lower of the two."""
    return (above.last - below.first) / max(1.0, min(above.cells[0].height, below.cells[0].height))


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
    return abs(above.left - below.left) <= SAME and 0 < above.bottom - below.bottom < below.height * CELL_LEADING


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
    text = run_on(cell.text, line.text)
    return Piece(text, min(cell.left, line.left), max(cell.right, line.right), cell.bottom, cell.height)


def _table(rows: Sequence[Row], index: int) -> list[Row]:
    """Return the rows of the table that begins here; none if there is no table."""
    found = _run(rows, index)
    cells = max((len(row.cells) for row in found), default=0)
    return found if len(found) > 2 or (len(found) == 2 and cells > 2) else []  # noqa: PLR2004


def _run(rows: Sequence[Row], index: int, known: Sequence[Row] = ()) -> list[Row]:
    """Return the rows of at least two cells that stand under one another from here on; the ``known`` do anyway."""
    found = list(known)
    for row in rows[index + len(found) :]:
        if len(row.cells) < 2 or (found and not _fits(found[-1], row) and not _fits(found[0], row)):  # noqa: PLR2004
            break
        found.append(row)
    return found


def _fits(above: Row, row: Row) -> bool:
    """Tell whether at least two cells stand under cells of the row above, at the left or the right edge."""
    return sum(any(_aligned(one, other) for other in above.cells) for one in row.cells) > 1


def _aligned(one: Piece, other: Piece) -> bool:
    middles = (one.left + one.right - other.left - other.right) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), abs(middles)) <= SAME


def _columns(table: Sequence[Row]) -> Columns:
    return max(table, key=lambda row: len(row.cells)).cells


def _going_on(rows: Sequence[Row], index: int, above: Columns) -> list[Row]:
    """Return the rows from here on that stand in the columns of the table on the page before; none for a running head.

    A running head has few parts, and more room below it than a row has.
    """
    found: list[Row] = []
    for row in rows[index:]:
        if not above or not _stands_in(row, above) or (found and _leading(found[-1], row) > ROW_LEADING):
            break
        found.append(row)
    whole = found and len(found[0].cells) == len(above) > 2  # noqa: PLR2004
    return found if len(found) > 1 or whole else []


def _same_head(row: Row, columns: Columns) -> bool:
    return [cell.text for cell in row.cells] == [column.text for column in columns]


def _stands_in(row: Row, columns: Columns) -> bool:
    """Tell whether each cell of a row stands under one of its own of the columns, the first one under the first."""
    if not 1 < len(row.cells) <= len(columns) or not _aligned(row.cells[0], columns[0]):
        return False
    return all(any(_aligned(cell, column) for column in columns) for cell in row.cells)


def _in_markdown(table: Sequence[Row], columns: Columns, *, headed: bool) -> Iterator[str]:
    for number, row in enumerate(table):
        texts = [""] * len(columns)
        for cell in itertools.chain.from_iterable(_parted(cell, columns) for cell in row.cells):
            column = min(range(len(columns)), key=lambda place: _distance(columns[place], cell))
            texts[column] = f"{texts[column]} {cell.text}".strip().replace("|", "¦")
        yield f"| {' | '.join(texts)} |"
        if number == 0 and headed:
            yield "|" + " --- |" * len(columns)


def _parted(cell: Piece, columns: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the parts of a cell that reaches over several columns, cut where these begin."""
    for place, ends, begins in cell.gaps:
        starts = any(abs(column.left - begins) <= SAME for column in columns[1:])
        if starts and any(column.right <= begins and cell.left < column.right for column in columns):
            first = Piece(cell.text[:place].rstrip(), cell.left, ends, cell.bottom, cell.height)
            moved = tuple((later - place, left, right) for later, left, right in cell.gaps if later > place)
            yield first
            yield from _parted(Piece(cell.text[place:], begins, cell.right, cell.bottom, cell.height, moved), columns)
            return
    yield cell


def _distance(column: Piece, cell: Piece) -> float:
    return min(abs(column.left - cell.left), abs(column.right - cell.right))
