"""Page furniture: headers and footers that come back on page after page and say nothing of the matter."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.lines import Line, LineKind
from ingest.readers import Page
from ingest.tables import AMOUNT

FEWEST = 2
EDGE = 3
"""Lines at the top and at the bottom of a page among which headers and footers stand."""


def mark_furniture(lines: tuple[Line, ...], pages: Sequence[Page]) -> tuple[Line, ...]:
    """Mark the lines at page edges that stand, page numbers aside, on at least half of the pages (two at least)."""
    written = [index for index, line in enumerate(lines) if line.text]
    starts = [lines[index].start for index in written]
    edges = [_edge(written[bisect_left(starts, page.start) : bisect_left(starts, page.end)]) for page in pages]
    pages_with = Counter(key for edge in edges for key in {_key(lines[index]) for index in edge})
    needed = max(FEWEST, (len(pages) + 1) // 2)
    marked = list(lines)
    for edge in edges:
        for index in edge:
            if pages_with[_key(lines[index])] >= needed and lines[index].kind is not LineKind.TABLE:
                marked[index] = replace(lines[index], kind=LineKind.FURNITURE)
    return tuple(marked)


def _edge(of_page: list[int]) -> list[int]:
    """The first and last of a page's written lines."""
    return sorted({*of_page[:EDGE], *of_page[-EDGE:]})


def _key(line: Line) -> str:
    """The line with its numbers made alike, for page numbers; sentences and amounts differ by what they say."""
    says = line.text.endswith(".") or AMOUNT.search(line.text)
    return line.text if says else re.sub(r"\d+", "#", line.text)
