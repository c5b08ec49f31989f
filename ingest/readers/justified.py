"""Lines of running text with two straight edges: the wide gaps between their words part no cells."""

import itertools
from collections.abc import Sequence

from ingest.readers.layout import CELL_LEADING, SAME, Line, Piece

_ALIKE = 0.5
"""Points that the gaps of one stretched line differ by at most."""
_LONE_GAP = 3.0
"""Line heights of the only gap in a line, at most."""


def joined(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, those in one piece that are stretched to the edges of running text right above or below."""
    found = list(lines)
    for numbers in (range(1, len(found)), range(len(found) - 2, -1, -1)):
        step = -numbers.step
        for number in numbers:
            if _is_stretched(found[number], found[number + step]):
                found[number] = (_whole(found[number]),)
    return found


def _is_stretched(line: Line, beside: Line) -> bool:
    """Tell whether a line has gaps all alike and the same edges as a line of running text next to it."""
    if len(line) < 2 or len(beside) != 1:  # noqa: PLR2004
        return False
    text = beside[0]
    edges = abs(line[0].left - text.left) <= SAME and abs(line[-1].right - text.right) <= SAME
    close = abs(line[0].bottom - text.bottom) < CELL_LEADING * text.height
    gaps = [after.left - before.right for before, after in itertools.pairwise(line)]
    gaps += [begins - ends for piece in line for _, ends, begins in piece.gaps]
    lone = len(gaps) > 1 or gaps[0] <= _LONE_GAP * text.height
    return edges and close and lone and max(gaps) - min(gaps) <= _ALIKE


def _whole(line: Line) -> Piece:
    first = line[0]
    text = " ".join(piece.text for piece in line)
    return Piece(text, first.left, line[-1].right, first.bottom, first.height)
