"""Pages that came out as one long line each and were then set anew: their lines are joined again, so that it shows."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.lines import DASH_OR_DOT, Line, LineKind, usual_width
from ingest.runon import LONG

WRAPPED = 160
"""Characters of a line at most that was broken because it was full; a longer one is a whole paragraph."""
STOPS = ".:;!?"
FULL = 0.8
"""The share of the usual width that a full line and the word after it pass."""


def unwrapped(text: str, lines: Sequence[Line]) -> tuple[str, tuple[Line, ...]]:
    """The text and its lines, those of a paragraph as long as a page whose lines are all full as one run-on line.

    Line ends in such a paragraph are spaces in the text that is returned; no character is moved.
    """
    width = usual_width(lines)
    if width > WRAPPED:
        return text, tuple(lines)
    found: list[Line] = []
    flat: list[str] = []
    index = done = 0
    while index < len(lines):
        last = _last_full(lines, index, width)
        start, end = lines[index].start, lines[last].end
        if end - start > LONG and last > index:
            said = text[start:end].replace("\n", " ")
            flat += [text[done:start], said]
            done = end
            found.append(Line(start, end, said, LineKind.RUN_ON))
        else:
            found += lines[index : last + 1]
        index = last + 1
    return "".join([*flat, text[done:]]), tuple(found)


def _last_full(lines: Sequence[Line], index: int, width: int) -> int:
    """The last line of the paragraph that begins on a line and goes on for as long as its lines are full."""
    last = index
    while lines[index].kind is LineKind.TEXT and last + 1 < len(lines):
        line, after = lines[last], lines[last + 1]
        inside = DASH_OR_DOT.match(after.text) or line.text[-1] not in STOPS
        goes_on = after.kind is LineKind.TEXT or (after.kind is LineKind.BULLET and inside)
        full = goes_on and len(line.text) + len(after.text.split()[0]) >= FULL * width
        if not full or max(len(line.text), len(after.text)) > WRAPPED:
            break
        last += 1
    return last
