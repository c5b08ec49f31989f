"""Rows of cells, as spreadsheets and CSV have them, written as tables under their heads."""

import re
from collections.abc import Sequence

from ingest.readers.draft import Draft, Rows

MOST_COLUMNS = 300
_FIGURE = re.compile(r"[-−–+]?\d[\d\s.,:/%-]*(?:kr|tkr|mnkr|mkr)?$", re.IGNORECASE)
_HEAD_ROWS = 3


def write_grid(draft: Draft, rows: Rows, level: int, merged: Sequence[tuple[int, int, int, int]] = ()) -> int:
    """Write the tables that a grid holds, and the lines around them; returns how many tables there were.

    A row with one filled cell is a line of text, or a heading of ``level`` before a table; a table begins at the first
    row with several cells, which is its head, and ends at such a line. ``merged`` are (first row, first column, last
    row, last column), from 0: rows of heads that are merged say what stands under them.
    """
    tables, index = 0, 0
    while index < len(rows):
        if not (filled := _filled(rows[index])):
            index += 1
        elif len(filled) == 1 and not _part_of_table(rows, index):
            following = next((row for row in rows[index + 1 :] if _filled(row)), [])
            said = rows[index][filled[0]]
            if len(_filled(following)) > 1 and len(said) <= 100 and said[-1] not in ".:;":  # noqa: PLR2004
                draft.heading(said, level)
            else:
                draft.paragraph(said)
            index += 1
        else:
            last = _end(rows, index)
            _write_table(draft, rows, index, last, merged)
            tables += 1
            index = last
    return tables


def _filled(row: Sequence[str]) -> list[int]:
    return [place for place, text in enumerate(row) if text]


def _part_of_table(rows: Rows, index: int) -> bool:
    """Whether a row with one cell begins a table of one column: rows with one cell in the same column follow."""
    following = [_filled(row) for row in rows[index : index + _HEAD_ROWS]]
    return len(following) == _HEAD_ROWS and all(one == following[0] for one in following)


def _end(rows: Rows, first: int) -> int:
    """The row after the last of the table that begins on a row: a gap ends it where a title or another head follows."""
    several = len(_filled(rows[first])) > 1
    figures = False
    for index in range(first + 1, len(rows)):
        filled = _filled(rows[index])
        gap = index > first + 1 and not _filled(rows[index - 1])
        if gap and filled and ((several and len(filled) == 1) or (figures and _is_head(rows[index]))):
            return index - 1
        figures = figures or bool(filled and not _is_head(rows[index]))
    return len(rows)


def _is_head(row: Sequence[str]) -> bool:
    texts = [text for text in row if text]
    return len(texts) > 1 and not any(_FIGURE.match(text) for text in texts)


def _write_table(draft: Draft, rows: Rows, first: int, last: int, merged: Sequence[tuple[int, int, int, int]]) -> None:
    filled = [place for row in rows[first:last] for place in _filled(row)]
    left, right = min(filled), min(max(filled) + 1, min(filled) + MOST_COLUMNS)
    heads = 1
    while heads < _HEAD_ROWS and first + heads < last and _spans(merged, first + heads - 1):
        heads += 1
    head = [_head(rows, range(first, first + heads), place, merged) for place in range(left, right)]
    body = [list(row[left:right]) for row in rows[first + heads : last]]
    draft.table([head, *(row for row in body if any(row))])


def _spans(merged: Sequence[tuple[int, int, int, int]], row: int) -> bool:
    """Whether cells are merged over several columns, or down into the next row, in a row of heads."""
    return any(top <= row <= bottom and (right > left or bottom > row) for top, left, bottom, right in merged)


def _head(rows: Rows, heads: range, column: int, merged: Sequence[tuple[int, int, int, int]]) -> str:
    said: list[str] = []
    for row in heads:
        place = next(
            ((top, left) for top, left, bottom, right in merged if top <= row <= bottom and left <= column <= right),
            (row, column),
        )
        text = rows[place[0]][place[1]] if place[1] < len(rows[place[0]]) else ""
        if text and text not in said:
            said.append(text)
    return " ".join(said)
