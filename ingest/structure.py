"""The structure of a text: sections under headings, and blocks (paragraphs, items, att-satser, table rows)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.definitions import with_terms
from ingest.furniture import mark_furniture
from ingest.headings import CAPTION, SECTION_SIGN, with_headings
from ingest.lines import MARKDOWN_HEADING, Line, LineKind, read_lines, usual_width
from ingest.readers import Page
from ingest.runon import spread
from ingest.tables import ExtractedTable, find_tables
from ingest.unwrapped import unwrapped
from retrieval.kinds import UnitKind

MAX_DEPTH = 6
LONGEST_LEAD = 600


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A heading and its reach. ``path`` runs from the outermost heading to this one; the first section has none."""

    level: int
    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest piece that reads on its own.

    ``start`` and ``end`` are character offsets, ``section`` an index into the outline's sections, ``lead`` the text
    that introduces a list or heads a table's columns.
    """

    kind: UnitKind
    start: int
    end: int
    section: int
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A text with its pages, sections and blocks, all in reading order."""

    text: str
    pages: tuple[Page, ...]
    sections: tuple[SectionSpan, ...]
    blocks: tuple[Block, ...]


def outline(text: str, pages: Sequence[Page]) -> Outline:
    """Find headings, lists, att-satser and tables in a canonical text. No character is lost or moved."""
    flat, lines = unwrapped(text, mark_furniture(read_lines(text), pages))
    drawn = any(line.kind is LineKind.TABLE_RULE for line in lines)
    tables = {} if drawn else find_tables(lines, usual_width(lines))
    headed = with_terms(with_headings(lines, tables), usual_width(lines))
    whole, spread_tables = spread(flat, headed, tables)
    builder = _Builder(text, whole, spread_tables)
    index = 0
    while index < len(whole):
        index = builder.take(index)
    return Outline(text, tuple(pages), builder.sections(), builder.all_blocks())


def plain(text: str) -> str:
    """The text on one line without Markdown marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*#{1,6}\s+|\*\*|\\(?=\*)", "", text)
    return re.sub(r"\s+", " ", text).strip(" |")


class _Builder:
    """Collects sections and blocks while the lines are read from top to bottom."""

    def __init__(self, text: str, lines: tuple[Line, ...], tables: Mapping[int, ExtractedTable]) -> None:
        self.text = text
        self.lines = lines
        self.tables = tables
        self.blocks: list[Block] = []
        self.headings: list[tuple[int, tuple[str, ...], int]] = [(0, (), 0)]
        self.heading_ends = [0]
        self.lead = ""
        self.table_head = ""
        self.table_end = 0

    def take(self, index: int) -> int:
        """Read what begins on a line and return the index of the next unread line."""
        if index in self.tables:
            return self._extracted_table(self.tables[index])
        line = self.lines[index]
        if line.kind in {LineKind.BLANK, LineKind.FURNITURE, LineKind.TABLE_RULE}:
            return index + 1
        if line.kind is LineKind.CONTENTS:
            self._block(UnitKind.CONTENTS, line.start, line.end)
            return index + 1
        takers = {
            LineKind.HEADING: self._heading,
            LineKind.TABLE: self._markdown_table,
            LineKind.TEXT: self._text,
            LineKind.PIECE: self._piece,
            LineKind.TERM: self._term,
        }
        return takers.get(line.kind, self._item)(index)

    def sections(self) -> tuple[SectionSpan, ...]:
        ends = [start for _, _, start in self.headings[1:]] + [len(self.text)]
        return tuple(
            SectionSpan(level, path, start, end) for (level, path, start), end in zip(self.headings, ends, strict=True)
        )

    def all_blocks(self) -> tuple[Block, ...]:
        """The blocks, and the headings that nothing stands under (titles, signatures), in reading order."""
        filled = {block.section for block in self.blocks}
        bare = [
            Block(UnitKind.HEADING, start, end, section)
            for section, ((_, _, start), end) in enumerate(zip(self.headings, self.heading_ends, strict=True))
            if section and section not in filled
        ]
        return tuple(sorted([*self.blocks, *bare], key=lambda block: block.start))

    def _block(self, kind: UnitKind, start: int, end: int, lead: str = "") -> None:
        if end > start:
            self.blocks.append(Block(kind, start, end, len(self.headings) - 1, lead[:LONGEST_LEAD]))

    def _heading(self, index: int) -> int:
        line = self.lines[index]
        marks = MARKDOWN_HEADING.match(line.text)
        level = len(marks.group(1)) if marks else _level(line.text)
        title = plain(line.text)
        parents = [heading for heading in self._open() if heading[0] < level]
        path = (*(parents[-1][1] if parents else ()), title)
        self.headings.append((level, path[-MAX_DEPTH:], line.start))
        self.heading_ends.append(line.end)
        self.lead = ""
        return index + 1

    def _open(self) -> list[tuple[int, tuple[str, ...], int]]:
        """The headings that the current place stands under, outermost first."""
        chain: list[tuple[int, tuple[str, ...], int]] = []
        for heading in self.headings:
            while chain and chain[-1][0] >= heading[0]:
                chain.pop()
            chain.append(heading)
        return chain

    def _markdown_table(self, index: int) -> int:
        head = self.table_head if self._goes_on(index) else ""
        while index < len(self.lines) and self.lines[index].kind in {LineKind.TABLE, LineKind.TABLE_RULE}:
            line = self.lines[index]
            if line.kind is LineKind.TABLE and plain(line.text.replace("|", " ")):
                follows_rule = self.lines[index - 1].kind is LineKind.TABLE_RULE
                if not head or (follows_rule and self.blocks and not _has_figures(line.text) and not _filled(head)):
                    head = _cells(line.text)
                    self._block(UnitKind.ROW, line.start, line.end, self.lead)
                else:
                    self._block(UnitKind.ROW, line.start, line.end, head)
            index += 1
        self.lead = ""
        self.table_head, self.table_end = head, index
        return index

    def _goes_on(self, index: int) -> bool:
        """Whether the table on a line has no head, and only the edges of pages part it from a table as wide."""
        between = self.lines[self.table_end : index]
        headed = any(line.kind is LineKind.TABLE_RULE for line in self.lines[index + 1 : index + 2])
        if not self.table_end or headed:
            return False
        as_wide = self.lines[self.table_end - 1].text.count("|") == self.lines[index].text.count("|")
        return as_wide and all(line.kind in {LineKind.BLANK, LineKind.FURNITURE} for line in between)

    def _extracted_table(self, table: ExtractedTable) -> int:
        head = plain(" ".join(line.text for line in self.lines[table.head[0] : table.head[1]]))
        if head:
            self._block(UnitKind.ROW, self.lines[table.first].start, _end(self.lines, *table.head), self.lead)
        if CAPTION.match(self.lead):
            head = f"{self.lead} {head}"[-LONGEST_LEAD:]
        for first, last in table.rows:
            self._block(UnitKind.ROW, self.lines[first].start, _end(self.lines, first, last), head)
        self.lead = ""
        return table.last

    def _last_line(self, index: int) -> int:
        """The last line of the paragraph or item that begins on a line, across a gap in the middle of a sentence."""
        last = index
        while True:
            following = last + 1
            unfinished = self.lines[last].text[-1:] not in ".:;!?"
            while unfinished and following < len(self.lines) and self.lines[following].kind is LineKind.BLANK:
                following += 1
            if following >= len(self.lines) or following in self.tables:
                return last
            line = self.lines[following]
            if line.kind is not LineKind.TEXT or (following > last + 1 and not line.text[0].islower()):
                return last
            last = following

    def _item(self, index: int) -> int:
        line = self.lines[index]
        last = self._last_line(index)
        clause = line.kind is LineKind.ATT and line.text.lstrip("*")[:1] in "aA"
        kind = UnitKind.ATT if clause else UnitKind.ITEM
        self._block(kind, line.start, self.lines[last].end, self.lead)
        if self.lines[last].text.endswith(":"):
            self.lead = plain(self.text[line.start : self.lines[last].end])
        return last + 1

    def _term(self, index: int) -> int:
        """A term with its meaning, led by the term; a meaning goes on over several paragraphs and lists."""
        last = self._last_line(index)
        first = self.lines[index]
        term = []
        for line in self.lines[index : last + 1]:
            if line.text.startswith("("):
                break
            term.append(plain(line.text))
        self.lead = " ".join(term)
        self._block(UnitKind.PARAGRAPH, first.start, self.lines[last].end, self.lead)
        return last + 1

    def _piece(self, index: int) -> int:
        line = self.lines[index]
        self._block(UnitKind.PARAGRAPH, line.start, line.end)
        leads = CAPTION.match(line.text) or line.text.endswith(":")
        self.lead = plain(_last_sentence(line.text) if line.text.endswith(":") else line.text) if leads else ""
        return index + 1

    def _text(self, index: int) -> int:
        line = self.lines[index]
        last = self._last_line(index)
        paragraph = self.text[line.start : self.lines[last].end]
        self._block(UnitKind.PARAGRAPH, line.start, self.lines[last].end)
        follows = next((later for later in self.lines[last + 1 :] if later.kind is not LineKind.BLANK), None)
        introduces = paragraph.rstrip().endswith(":") or (
            follows is not None
            and follows.kind in {LineKind.ATT, LineKind.BULLET, LineKind.TABLE}
            and paragraph.rstrip()[-1:] not in ".!?"
        )
        self.lead = plain(_last_sentence(paragraph)) if introduces else ""
        return last + 1


def _last_sentence(paragraph: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])", paragraph)[-1][-300:]


def _end(lines: Sequence[Line], first: int, last: int) -> int:
    return max(line.end for line in lines[first:last] if line.text)


def _cells(row: str) -> str:
    return " | ".join(cell for cell in (plain(cell) for cell in row.strip(" |").split("|")) if cell)


def _filled(head: str) -> bool:
    return head.count("|") > 0


def _has_figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _level(text: str) -> int:
    if SECTION_SIGN.match(text):
        return MAX_DEPTH
    number = re.match(r"\d{1,2}((?:\.\d{1,2})*)\.?\s", text)
    return 2 + number.group(1).count(".") if number else 2
