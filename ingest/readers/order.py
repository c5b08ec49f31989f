"""Lines of a page in the order that one reads them, where the file has some of them late.

Spreadsheets draw cells of several lines after all others, and many programs draw the head of a page last.
"""

import itertools
from collections.abc import Sequence

from ingest.readers.layout import MOST_LINES, SAME, Line

MOST = 1_000
"""Lines of a page that are put in order; a page with more keeps the order of its file."""


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those that come late put where they stand: in their row, or below the line above them.

    A line is late when it stands above the one before it and is no cell to the right of it. It is moved only in between
    lines that begin at the same edge, so that columns of text keep the order of the file.
    """
    written = [line for line in lines if line]
    placed = written[:1]
    late = False
    for before, line in itertools.pairwise(written):
        late = len(placed) < MOST and (late or _is_late(line, before))
        place = _place(placed, line) if late else len(placed)
        late = late and any(_below(other, line) for other in placed)
        placed.insert(place, line)
    return placed


def _is_late(line: Line, before: Line) -> bool:
    higher, to_the_right = line[0].bottom - before[0].bottom, line[0].left > before[0].left + SAME
    return higher > (MOST_LINES * line[0].height if to_the_right else SAME)


def _place(placed: Sequence[Line], line: Line) -> int:
    """Return before which of the lines a late one belongs; after them all if it begins at an edge of its own."""
    beside = [number for number, other in enumerate(placed) if _overlap(other, line)]
    above = min((n for n in beside if _below(line, placed[n])), key=lambda n: placed[n][0].bottom, default=None)
    below = max((n for n in beside if _below(placed[n], line)), key=lambda n: placed[n][0].bottom, default=None)
    if any(not _below(line, placed[n]) and not _below(placed[n], line) for n in beside):
        return len(placed)
    under = above is not None and _same_edge(placed[above], line)
    if not under and (below is None or not _same_edge(placed[below], line)):
        return len(placed)
    row = next((number for number, other in enumerate(placed) if len(other) > 1 and _begins_row(line, other)), None)
    if row is not None:
        return row
    return above + 1 if under and above is not None else below if below is not None else len(placed)


def _overlap(one: Line, other: Line) -> bool:
    return one[0].left < other[-1].right and other[0].left < one[-1].right


def _below(one: Line, other: Line) -> bool:
    """Tell whether a line stands below another."""
    return one[0].bottom < other[0].bottom - SAME


def _same_edge(one: Line, other: Line) -> bool:
    return abs(one[0].left - other[0].left) <= SAME


def _begins_row(line: Line, row: Line) -> bool:
    """Tell whether a line stands to the left of the cells of a row, at their height."""
    return line[-1].right <= row[0].left and abs(line[0].bottom - row[0].bottom) <= SAME
