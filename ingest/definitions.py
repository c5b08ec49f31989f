"""Lists of terms out of two columns: a term on short lines, where it comes from in parentheses, then what it means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.lines import Line, LineKind

FEWEST = 3
"""Terms that make a list; fewer may be chance."""
MOST_LINES = 5
"""Lines of a term, or of its source, at most."""
COLUMN = 0.6
"""The share of the usual width that a line of the left column stays under."""
COLUMNS = 2
REPEATED = 2
"""Times that the heads of the columns come back before they are known as such."""
HEAD = re.compile(r"[A-ZÅÄÖ][a-zåäö]+")
_SOURCE = re.compile(r"\([^()]{3,120}\)(?:\s\([^()]{3,120}\))*$")
_MARKDOWN = re.compile(r"#{1,6}\s")


def with_terms(lines: tuple[Line, ...], width: int) -> tuple[Line, ...]:
    """Mark the first line of every term in a list of definitions; ``width`` is the usual width in characters."""
    found = [
        (top, index)
        for index, line in enumerate(lines)
        if line.text.startswith("(") and _is_source(lines, index) and (top := _top(lines, index, width)) is not None
    ]
    if len(found) < FEWEST:
        return lines
    marked = list(lines)
    pairs = Counter(_columns(lines, top) for top, _ in found)
    for top, source in found:
        if pairs[_columns(lines, top)] >= REPEATED and _columns(lines, top) is not None:
            marked[top - 2 : top] = [replace(line, kind=LineKind.FURNITURE) for line in lines[top - 2 : top]]
        for place in range(top, source):
            marked[place] = replace(lines[place], kind=LineKind.TEXT if place > top else LineKind.TERM)
    return tuple(marked)


def _columns(lines: Sequence[Line], top: int) -> tuple[str, str] | None:
    """What heads the two columns, on the two lines above a term; None when those are no single words."""
    above = tuple(line.text for line in lines[max(0, top - 2) : top])
    return (above[0], above[1]) if len(above) == COLUMNS and all(HEAD.fullmatch(text) for text in above) else None


def _is_source(lines: Sequence[Line], index: int) -> bool:
    """Whether whole lines from here are parentheses, and a meaning with a capital follows."""
    said = ""
    for place in range(index, min(index + MOST_LINES, len(lines) - 1)):
        said = f"{said} {lines[place].text}".strip()
        after = lines[place + 1].text
        if _SOURCE.match(said) and not after.startswith("("):
            return after[:1].isupper()
    return False


def _top(lines: Sequence[Line], source: int, width: int) -> int | None:
    """The first line of the term above a source: the nearest short line with a capital, no sentence's end between."""
    for place in range(source - 1, max(-1, source - 1 - MOST_LINES), -1):
        line = lines[place]
        if line.kind not in {LineKind.TEXT, LineKind.HEADING} or not line.text:
            return None
        if line.text[-1] in ".:;!?)" or len(line.text) > COLUMN * width:
            return None
        if line.text[0].isupper():
            return place
        if not (line.text[0].islower() or _MARKDOWN.match(line.text)):
            return None
    return None
