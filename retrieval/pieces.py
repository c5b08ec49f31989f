"""The quotable pieces of a unit: sentences, list items, whole rows and clauses, and lists with their lead-in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.analysis import index_terms
from retrieval.figures import years
from retrieval.kinds import UnitKind
from retrieval.lists import BULLET_LINE, ITEM_BREAK, list_after, list_around
from retrieval.places import places
from retrieval.sentences import sentence_spans
from retrieval.views import View

WHOLE = frozenset({UnitKind.ROW, UnitKind.ATT, UnitKind.HEADING})
"""Kinds of unit that are quoted whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece that may be quoted: offsets, terms, years, and whether it is a list with its lead-in."""

    start: int
    end: int
    terms: frozenset[str]
    years: frozenset[int]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Terms around a unit: ``near`` in the unit with its context, ``around`` in its window, title and headings."""

    near: frozenset[str]
    around: frozenset[str]
    years: frozenset[int]


def pieces(view: View, position: int) -> tuple[Piece, ...]:
    """The pieces of a unit in reading order, and after them the lists that it introduces or belongs to."""
    kept: tuple[Piece, ...] | None = view.notes.get(("pieces", position))
    if kept is None:
        unit = view.units[position]
        found = [piece(view, *span) for span in spans(view.text, unit.kind, unit.start, unit.end)]
        kept = (*found, *_lists(view, position, found))
        view.notes["pieces", position] = kept
    return kept


def spans(text: str, kind: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The quotable pieces of a unit of a ``kind`` at ``text[start:end]``, in reading order, without its lists.

    Spans are characters of ``text``, the first and the one after the last, without white space around them.
    """
    if kind in WHOLE:
        yield start, end
        return
    for item in ITEM_BREAK.finditer(text, start, end):
        yield from sentence_spans(text, start, item.start())
        start = item.end()
    yield from sentence_spans(text, start, end)


def surroundings(view: View, position: int) -> Surroundings:
    """The terms and years around a unit."""
    kept: Surroundings | None = view.notes.get(("surroundings", position))
    if kept is None:
        unit = view.units[position]
        start, end = view.window(position)
        section = view.section_name(unit)
        beside = [place for place in _within(view, position, start, end) if place != position]
        own = terms_of(unit.context) | _terms(view, position)
        around = own.union(terms_of(view.title), terms_of(section), *(_terms(view, place) for place in beside))
        kept = Surroundings(own, around, frozenset(years(f"{view.title}\n{section}\n{view.text[start:end]}")))
        view.notes["surroundings", position] = kept
    return kept


def _within(view: View, position: int, start: int, end: int) -> Iterator[int]:
    """The positions of the units in a window around a unit."""
    first = position
    while first and view.units[first - 1].start >= start:
        first -= 1
    for place in range(first, len(view.units)):
        if view.units[place].end > end and place != position:
            return
        yield place


def _terms(view: View, position: int) -> frozenset[str]:
    """The terms of a unit's own text."""
    return frozenset[str]().union(*(one.terms for one in pieces(view, position) if not one.is_list))


@lru_cache(maxsize=20_000)
def terms_of(text: str) -> frozenset[str]:
    """The terms of a title, a heading or the words that a unit is read with."""
    return frozenset(index_terms(text))


def piece(view: View, start: int, end: int, *, is_list: bool = False) -> Piece:
    """Analyse ``view.text[start:end]`` as a piece."""
    text = view.text[start:end]
    return Piece(start, end, frozenset(places(view, start, end).terms), frozenset(years(text)), is_list)


def _lists(view: View, position: int, found: Sequence[Piece]) -> Iterator[Piece]:
    unit = view.units[position]
    if unit.kind in WHOLE or not found:
        return
    following = unit.section + 1
    limit = view.sections[following][0] if following < len(view.sections) else len(view.text)
    for lead in found:
        end = list_after(view.text, lead.end, limit) if _introduces(view.text, lead) else None
        if end is not None:
            yield piece(view, lead.start, end, is_list=True)
    if BULLET_LINE.match(view.text, found[0].start):
        span = list_around(view.text, found[0].start, view.sections[unit.section][0], limit)
        if span is None and opens_section(view, position):
            end = list_after(view.text, unit.start - 1, limit)
            span = (unit.start, end) if end is not None and end > found[0].end else None
        if span is not None:
            yield piece(view, *span, is_list=True)


def _introduces(text: str, lead: Piece) -> bool:
    """Whether a piece reads as the beginning of the list after it: a colon, or a sentence that is not finished."""
    last = text[lead.end - 1]
    return last == ":" or (last not in ".!?,;" and not BULLET_LINE.match(text, lead.start))


def opens_section(view: View, position: int) -> bool:
    """Whether a unit is the first under its heading, so that the heading introduces it."""
    section = view.units[position].section
    return bool(view.sections[section][1]) and (position == 0 or view.units[position - 1].section != section)
