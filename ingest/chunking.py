"""Blocks to units: the pieces that are embedded, searched and pointed at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.structure import Block, Outline
from retrieval.kinds import UnitKind
from retrieval.sentences import sentence_spans

TARGET = 450
"""Characters that a unit of running text or list items aims at; with 450 the vector says one thing."""
LONGEST = 900
"""Characters after which even a single sentence is cut, so that no unit exceeds what the model reads."""

STOPS, MARKS = ".!?…:", "•▪◦‣"
"""What closes a block on a line that has more, and what opens an item in the middle of a line."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text to search for: ``text[start:end]`` of the outline.

    ``section`` is an index into the outline's sections, ``page`` a page number from 1, and ``context`` the section
    path and lead-in that the text needs to be understood; it is embedded and indexed in front of the text.
    """

    kind: str
    start: int
    end: int
    page: int
    section: int
    context: str


def units(of: Outline, title: str = "") -> tuple[Unit, ...]:
    """The units of an outline in reading order; they never overlap, and together they hold every block.

    ``title`` is the document's, and leads the context of every unit whose section path does not say it already.
    """
    starts = [page.start for page in of.pages]
    found = []
    for group in _groups(of):
        first = group[0]
        number = of.pages[max(0, bisect_right(starts, first.start) - 1)].number if starts else 1
        found.append(Unit(first.kind, first.start, group[-1].end, number, first.section, _context(of, first, title)))
    return tuple(found)


def _context(of: Outline, block: Block, title: str) -> str:
    path = of.sections[block.section].path
    if block.kind is UnitKind.HEADING:
        path = path[:-1]
    trail = " › ".join(path[-2:])
    return "\n".join(part for part in ("" if title and title in trail else title, trail, block.lead) if part)


def _groups(of: Outline) -> Iterator[list[Block]]:
    """Neighbouring blocks of one kind, section and lead, joined up to the target length if nothing is between."""
    group: list[Block] = []
    for block in (piece for whole in of.blocks for piece in _pieces(of.text, whole)):
        if group and (_divided(of.text, group[-1].end, block.start) or not _joins(group, block)):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _divided(text: str, end: int, start: int) -> bool:
    """Whether two blocks must stay apart: something is between, or on one line the first is not closed by a stop."""
    between = text[end:start]
    glued = "\n" not in between and text[end - 1] not in STOPS and text[start] not in MARKS
    return bool(between.strip()) or glued


def _joins(group: list[Block], block: Block) -> bool:
    first = group[0]
    if first.kind is UnitKind.HEADING and block.kind is UnitKind.HEADING:
        return block.end - first.start <= TARGET
    alone = {UnitKind.ATT, UnitKind.ROW}
    if block.section != first.section or first.kind in alone or block.kind in alone:
        return False
    if block.kind is first.kind is UnitKind.PARAGRAPH and block.lead != first.lead:
        return False
    introduces = first.kind is UnitKind.PARAGRAPH and block.kind is UnitKind.ITEM and bool(block.lead)
    if block.kind is not first.kind and not introduces and group[-1].kind is not block.kind:
        return False
    return block.end - first.start <= TARGET


def _pieces(text: str, block: Block) -> Iterator[Block]:
    """The block itself, or its sentences in groups where it is longer than the target."""
    if block.end - block.start <= TARGET or block.kind is UnitKind.ROW:
        yield from _cut(block)
        return
    start: int | None = None
    end = block.start
    for first, last in sentence_spans(text, block.start, block.end):
        if start is not None and last - start > TARGET:
            yield from _cut(Block(block.kind, start, end, block.section, block.lead))
            start = None
        if start is None:
            start = first
        end = last
    if start is not None:
        yield from _cut(Block(block.kind, start, end, block.section, block.lead))


def _cut(block: Block) -> Iterator[Block]:
    for start in range(block.start, block.end, LONGEST):
        yield Block(block.kind, start, min(start + LONGEST, block.end), block.section, block.lead)
