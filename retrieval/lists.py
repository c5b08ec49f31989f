"""Lists in running text: where the list that a sentence introduces ends, and where the list of an item begins."""

from __future__ import annotations

import re

BULLET_LINE = re.compile(r"[ \t]*(?:[-–—•*·▪◦]|\(?\d{1,2}[).]|[a-zåäö]\))(?:[ \t]+|[ \t]*$)", re.MULTILINE)
HEADING_LINE = re.compile(r"[ \t]*#{1,6}\s")
ITEM_BREAK = re.compile(r"\n(?=[ \t]*(?:[-–•*·▪◦]|\(?\d{1,2}[).])[ \t\n])|[ \t]+(?=[•▪◦‣][ \t])")
LONGEST = 1_400
"""Characters after which a list is too long to be an answer and is cut at the end of an item."""


def list_after(text: str, lead_end: int, limit: int) -> int | None:
    """The end of the list that begins on the line after ``lead_end``, or None when no list begins there.

    Items may be set apart by blank lines; a blank line before a line that is no item ends the list. ``limit`` is the
    offset that the list may not pass.
    """
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
