"""Pages that came out as one long line each: headings, captions, tables, items and notes cut apart again."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.furniture import RunningHeads, running_heads
from ingest.lines import Line, LineKind
from ingest.series import Series, find_series
from ingest.tables import ExtractedTable
from retrieval.glued import LONGEST_HEADING, begins_anew, heading_end, item_end
from retrieval.sentences import sentence_spans

LONG = 1_200
"""Characters from which a line is no paragraph but a page that has lost its line ends."""
LONGEST_CAPTION = 400
FEWEST_TICKS = 5
MOST_HEADINGS = 3
"""Headings in front of one sentence, at most."""
_CUT = frozenset({LineKind.TEXT, LineKind.BULLET, LineKind.RUN_ON})
_CAPTION = re.compile(r"(?:Figur|Tabell|Diagram|Karta)\s\d{1,3}(?:[:.]\d{1,2})?(?:\.|:)\s+(?=[A-ZÅÄÖ])")
_NOTE = re.compile(
    r"(?:Källa|Källor|Not|Noter|Anm|Anmärkning|Def|Definition)\.?:\s+(?=\S)|(?<![\w)])\*{1,3}\s?(?=[A-ZÅÄÖ])"
)
_ITEM = re.compile(r"[•▪◦‣]\s+(?=\S)")
_AXIS = re.compile(rf"(?<!\S)(?:\d+\s){{{FEWEST_TICKS},}}\d+(?!\S)")
_GLUED_NUMBER = re.compile(r"(?<=[a-zåäö.,)\]”:])(\d{1,3})(?![,.]*\w)")
_FOOTNOTE = re.compile(r"(?<=\s)(\d{1,3})\s(?=[A-ZÅÄÖ]|https?:)")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place where something other than running text begins."""

    start: int
    end: int
    kind: str
    series: Series | None = None


def spread(
    text: str, lines: Sequence[Line], tables: Mapping[int, ExtractedTable]
) -> tuple[tuple[Line, ...], dict[int, ExtractedTable]]:
    """The lines with run-on pages cut into headings, paragraphs, items and tables, and the tables by their new lines.

    No character is moved: a cut line has the offsets of what it holds.
    """
    heads = running_heads(lines, LONG)
    if not heads and not any(_is_page(line) for line in lines):
        return tuple(lines), dict(tables)
    spreader = _Spreader(text)
    moved: list[int] = []
    for line in lines:
        moved.append(len(spreader.lines))
        body = _without_heads(spreader, line, heads) if line.kind in _CUT else None
        if body is None:
            spreader.lines.append(line)
        else:
            spreader.page(*body)
    moved.append(len(spreader.lines))
    shifted = (_shift(table, moved) for table in tables.values())
    return tuple(spreader.lines), spreader.tables | {table.first: table for table in shifted}


def _is_page(line: Line) -> bool:
    return line.kind in {LineKind.TEXT, LineKind.RUN_ON} and line.end - line.start > LONG


def _shift(table: ExtractedTable, moved: Sequence[int]) -> ExtractedTable:
    first, last = table.head
    rows = tuple((moved[begin], moved[end]) for begin, end in table.rows)
    return replace(table, first=moved[table.first], last=moved[table.last], head=(moved[first], moved[last]), rows=rows)


def _without_heads(spreader: _Spreader, line: Line, heads: RunningHeads) -> tuple[int, int] | None:
    """What a page says between its running head and foot, as offsets; None for a line that is no page."""
    first, last = heads.span(line)
    if (first, last) == (line.start, line.end) and not _is_page(line):
        return None
    spreader.furniture(line.start, first)
    return first + len(line.text[first - line.start :]) - len(line.text[first - line.start :].lstrip()), last


class _Spreader:
    """Collects the lines of a text while its pages are cut."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[Line] = []
        self.tables: dict[int, ExtractedTable] = {}

    def furniture(self, start: int, end: int) -> None:
        self._line(start, end, LineKind.FURNITURE)

    def page(self, start: int, end: int) -> None:
        """Cut ``text[start:end]``, a page without its running head."""
        marks = sorted(self._marks(start, end), key=lambda mark: mark.start)
        starts = [mark.start for mark in marks]
        position = start
        for index, mark in enumerate(marks):
            if mark.start < position:
                continue
            self._prose(position, mark.start, start)
            after = bisect_left(starts, mark.end, lo=index + 1)
            limit = starts[after] if after < len(starts) else end
            position = self._marked(mark, limit)
        self._prose(position, end, start)

    def _marks(self, start: int, end: int) -> Iterator[_Mark]:
        for series in find_series(self.text, start, end):
            yield _Mark(series.head[0], series.rows[-1][1], "table", series)
        for kind, pattern in (("caption", _CAPTION), ("note", _NOTE), ("item", _ITEM), ("axis", _AXIS)):
            for match in pattern.finditer(self.text, start, end):
                yield _Mark(match.start(), match.end(), kind)
        yield from self._footnotes(start, end)

    def _footnotes(self, start: int, end: int) -> Iterator[_Mark]:
        """Notes at the foot of a page: they begin with the number that a word above has glued to it, then the next."""
        called = {int(match.group(1)): match.end() for match in _GLUED_NUMBER.finditer(self.text, start, end)}
        expected: int | None = None
        for match in _FOOTNOTE.finditer(self.text, start, end):
            number = int(match.group(1))
            if number == expected or called.get(number, end) < match.start():
                expected = number + 1
                yield _Mark(match.start(), match.end(), "footnote")

    def _marked(self, mark: _Mark, limit: int) -> int:
        """Write what stands at a mark, and return where running text begins again."""
        if mark.series is not None:
            self._table(mark.series)
            return mark.end
        if mark.kind in {"axis", "footnote"}:
            self._line(mark.start, limit, LineKind.PIECE)
            return limit
        stop = self._stop(mark, limit)
        self._line(mark.start, stop, LineKind.BULLET if mark.kind == "item" else LineKind.PIECE)
        return stop

    def _stop(self, mark: _Mark, limit: int) -> int:
        """Where a caption, a note or an item ends: with its sentence, or before the sentence that is glued to it."""
        if mark.kind == "item":
            return item_end(self.text, mark.end, limit)
        stop = next(sentence_spans(self.text, mark.end, limit), (mark.end, limit))[1]
        if mark.kind == "caption":
            return min(stop, mark.start + LONGEST_CAPTION)
        words = list(re.finditer(r"\S+", self.text[mark.end : stop]))
        for before, word, after in zip(words, words[1:], words[2:], strict=False):
            if before.group().isupper() and after.group()[:1].islower() and begins_anew(word.group()):
                return mark.end + before.end()
        return stop

    def _table(self, series: Series) -> None:
        first = len(self.lines)
        if series.head[1] > series.head[0]:
            self._line(*series.head, LineKind.PIECE)
        top = len(self.lines)
        rows = []
        for row in series.rows:
            rows.append((len(self.lines), len(self.lines) + 1))
            self._line(*row, LineKind.PIECE)
        self.tables[first] = ExtractedTable(first, len(self.lines), (first, top), tuple(rows))

    def _prose(self, start: int, end: int, top: int) -> None:
        """Write running text, with the headings that are glued to its sentences as lines of their own.

        ``top`` is where the page begins: a short question there heads it.
        """
        begin = start
        for first, last in sentence_spans(self.text, start, end):
            position = first
            if first == top and self._is_question(first, last):
                self._line(first, last, LineKind.HEADING)
                begin = last
            for _ in range(MOST_HEADINGS):
                cut = heading_end(self.text, position, last)
                if cut is None:
                    break
                self._line(begin, position, LineKind.PIECE)
                self._line(position, cut, LineKind.HEADING)
                begin = position = cut
        self._line(begin, end, LineKind.PIECE)

    def _is_question(self, start: int, end: int) -> bool:
        return self.text[end - 1] == "?" and len(self.text[start:end].split()) <= LONGEST_HEADING

    def _line(self, start: int, end: int, kind: LineKind) -> None:
        body = self.text[start:end]
        if body.strip():
            begin = start + len(body) - len(body.lstrip())
            said = body.strip()
            self.lines.append(Line(begin, begin + len(said), said, kind))
