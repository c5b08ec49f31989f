"""Page furniture: headers and footers that come back on page after page and say nothing of the matter."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.lines import Line, LineKind
from ingest.readers import Page
from ingest.tables import AMOUNT

FEWEST = 2
EDGE = 3
"""Lines at the top and at the bottom of a page among which headers and footers stand."""
LONGEST = 300
"""Characters of a header or footer at most."""
MOST_WORDS = 14
"""Words of a running head at most."""
PAGE = "#"
YEAR = re.compile(r"(?:19|20)\d\d")


def mark_furniture(lines: tuple[Line, ...], pages: Sequence[Page]) -> tuple[Line, ...]:
    """Mark the lines at page edges that stand, page numbers aside, on at least half of the pages (two at least).

    The head of a table that a new page begins with again is marked too.
    """
    written = [index for index, line in enumerate(lines) if line.text]
    starts = [lines[index].start for index in written]
    edges = [_edge(written[bisect_left(starts, page.start) : bisect_left(starts, page.end)]) for page in pages]
    pages_with = Counter(key for edge in edges for key in {_key(lines[index]) for index in edge})
    needed = max(FEWEST, (len(pages) + 1) // 2)
    marked = list(lines)
    for edge in edges:
        for index in edge:
            if pages_with[_key(lines[index])] >= needed and not _is_written(lines[index]):
                marked[index] = replace(lines[index], kind=LineKind.FURNITURE)
    for index in _heads_again(lines):
        marked[index : index + 2] = [replace(line, kind=LineKind.FURNITURE) for line in lines[index : index + 2]]
    return tuple(marked)


def _heads_again(lines: Sequence[Line]) -> Iterator[int]:
    """The heads, each with a rule below, that a table has again where a new page begins in it."""
    head: str | None = None
    for index, line in enumerate(lines):
        headed = line.kind is LineKind.TABLE and index + 1 < len(lines)
        if headed and lines[index + 1].kind is LineKind.TABLE_RULE:
            if line.text == head:
                yield index
            head = line.text
        elif line.text and line.kind not in {LineKind.TABLE, LineKind.TABLE_RULE, LineKind.FURNITURE}:
            head = None


def _is_written(line: Line) -> bool:
    """Whether somebody wrote the line as structure, which page after page may share: rows, and headings in Markdown."""
    return line.kind is LineKind.TABLE or (line.kind is LineKind.HEADING and line.text.startswith("#"))


@dataclass(frozen=True, slots=True)
class RunningHeads:
    """What pages on one line each begin and end with: patterns with the page number left open."""

    tops: tuple[re.Pattern[str], ...] = ()
    feet: tuple[re.Pattern[str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tops or self.feet)

    def span(self, line: Line) -> tuple[int, int]:
        """Offsets of what the line says between its running head and foot, those of the line when it has neither."""
        top = next((found for pattern in self.tops if (found := pattern.match(line.text))), None)
        foot = next((found for pattern in self.feet if (found := pattern.search(line.text))), None)
        first = line.start + (top.end() if top else 0)
        last = line.start + foot.start() if foot else line.end
        return (first, last) if first < last else (line.start, line.end)


def running_heads(lines: Sequence[Line], long: int) -> RunningHeads:
    """The running heads and feet of pages that came out as lines longer than ``long`` characters.

    A head is words at the very start that at least a third of the pages (two at least) share and that have a page
    number, rising from page to page, first or last; a foot likewise at the very end.
    """
    pages = [
        line.text.split() for line in lines if line.kind in {LineKind.TEXT, LineKind.RUN_ON} and len(line.text) > long
    ]
    tops = _shared([words[:MOST_WORDS] for words in pages])
    feet = _shared([words[: -MOST_WORDS - 1 : -1] for words in pages])
    return RunningHeads(
        tuple(re.compile(rf"{_pattern(words)}(?!\S)") for words in tops),
        tuple(re.compile(rf"(?<!\S){_pattern(words[::-1])}$") for words in feet),
    )


def _shared(pages: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The longest openings that enough pages share, page numbers as ``#``; a longer one before its beginning."""
    numbers: dict[tuple[str, ...], list[int]] = {}
    for words in pages:
        for length in range(2, len(words) + 1):
            key = tuple(_open(word) for word in words[:length])
            if PAGE not in words[:length] and key.count(PAGE) == 1 and PAGE in {key[0], key[-1]}:
                numbers.setdefault(key, []).append(int(words[key.index(PAGE)]))
    needed = max(FEWEST, -(-len(pages) // 3))
    rising = [key for key, found in numbers.items() if len(found) >= needed and found == sorted(set(found))]
    kept = [key for key in rising if not any(key == other[: len(key)] and key != other for other in rising)]
    return sorted(kept, key=len, reverse=True)


def _open(word: str) -> str:
    return PAGE if re.fullmatch(r"[0-9]{1,4}", word) and not YEAR.fullmatch(word) else word


def _pattern(words: Sequence[str]) -> str:
    return r"\s+".join(r"\d{1,4}" if word == PAGE else re.escape(word) for word in words)


def _edge(of_page: list[int]) -> list[int]:
    """The first and last of a page's written lines."""
    return sorted({*of_page[:EDGE], *of_page[-EDGE:]})


def _key(line: Line) -> str:
    """The line with its numbers made alike, for page numbers; sentences and amounts differ by what they say."""
    says = line.text.endswith(".") or len(line.text) > LONGEST or AMOUNT.search(line.text)
    return line.text if says else re.sub(r"\d+", "#", line.text)
