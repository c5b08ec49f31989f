"""Lists in running text: where the list that a sentence introduces ends, and where the list of an item begins."""

from __future__ import annotations

import re

from retrieval.glued import item_end

BULLET_LINE = re.compile(r"[ \t]*(?:[-–—•*·▪◦]|\(?\d{1,2}[).]|[a-zåäö]\))(?:[ \t]+|[ \t]*$)", re.MULTILINE)
HEADING_LINE = re.compile(r"[ \t]*#{1,6}\s")
_REST = r"(?:(?!\s[-–]\s)[^.\n]|\n(?![-–•*·▪◦]))"
ITEM_BREAK = re.compile(
    rf"\n(?!(?<=[\wåäö,]\n)[-–]\s[a-zåäö]{_REST}*?[ \t][-–]\s{_REST}*\.)(?=[ \t]*(?:[-–•*·▪◦]|\(?\d{{1,2}}[).])[ \t\n])"
    r"|[ \t]+(?=[•▪◦‣][ \t])"
)
"""Where an item begins: at a bullet or number on a new line, though not a dash that one more in the sentence closes; or
at a bullet in the middle of a line."""
INLINE_ITEM = re.compile(r"[ \t]+[•▪◦‣][ \t]+")
INLINE_LEAD = re.compile(r":(?=[ \t]+[•▪◦‣][ \t])")
LONGEST_INLINE = 500
"""Characters between two bullets on one line after which they are of two lists."""
LONGEST = 1_400
"""Characters after which a list is too long to be an answer and is cut at the end of an item."""


def _inline_end(text: str, lead_end: int, limit: int) -> int:
    """The end of a list whose items stand on the line of their lead; a sentence glued to the last item is not in it."""
    stop = text.find("\n", lead_end)
    stop = min(limit if stop < 0 else stop, limit, lead_end + LONGEST)
    last = lead_end
    for item in INLINE_ITEM.finditer(text, lead_end, stop):
        if item.start() - last > LONGEST_INLINE:
            break
        last = item.end()
    return item_end(text, last, stop)


def _inline_around(text: str, item_start: int, floor: int, limit: int) -> tuple[int, int] | None:
    """The list with its lead that an item in the middle of a line stands in; None when no colon leads it."""
    line = max(floor, text.rfind("\n", floor, item_start) + 1, item_start - LONGEST)
    leads = list(INLINE_LEAD.finditer(text, line, item_start + 2))
    if not leads:
        return None
    lead_end = leads[-1].start() + 1
    end = _inline_end(text, lead_end, limit)
    begin = max(line, text.rfind(". ", line, lead_end) + 2)
    return (begin, end) if end > item_start else None


def list_after(text: str, lead_end: int, limit: int) -> int | None:
    """The end of the list that begins on the line after ``lead_end``, or None when no list begins there.

    Items may be set apart by blank lines; a blank line before a line that is no item ends the list. ``limit`` is the
    offset that the list may not pass.
    """
    if INLINE_ITEM.match(text, lead_end):
        return _inline_end(text, lead_end, limit)
    position, end, gap = lead_end, None, False
    while position < limit:
        stop = text.find("\n", position)
        stop = limit if stop < 0 else min(stop, limit)
        line = text[position:stop]
        if not line.strip():
            gap = position > lead_end
        elif HEADING_LINE.match(line):
            break
        elif BULLET_LINE.match(line):
            if stop - lead_end > LONGEST:
                break
            end, gap = stop, False
        elif end is None and position > lead_end:
            return None
        elif end is not None and (gap and not line.lstrip()[:1].islower()):
            break
        elif end is not None:
            end, gap = stop, False
        position = stop + 1
    return end


def list_around(text: str, item_start: int, floor: int, limit: int) -> tuple[int, int] | None:
    """The offsets of the list, lead-in included, that the item at ``item_start`` stands in; None for a lone item."""
    if INLINE_ITEM.match(text, item_start - 1) and text[item_start - 1] != "\n":
        return _inline_around(text, item_start, floor, limit)
    lead_end = max(
        text.rfind(":\n", floor, item_start),
        text.rfind(": \n", floor, item_start),
        text.rfind(":  \n", floor, item_start),
    )
    if lead_end < 0 or item_start - lead_end > LONGEST:
        return None
    end = list_after(text, lead_end + 1, limit)
    if end is None or end <= item_start:
        return None
    begin = (
        max(
            text.rfind("\n\n", floor, lead_end),
            text.rfind("\n \n", floor, lead_end),
            text.rfind(". ", floor, lead_end),
            floor - 1,
        )
        + 1
    )
    while begin < lead_end and text[begin].isspace():
        begin += 1
    return begin, end
