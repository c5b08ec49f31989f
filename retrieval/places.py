"""Where in a piece of text its words, figures and names stand, counted in words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from retrieval.analysis import tokens
from retrieval.evidence import BODY, DURATION, FREQUENCY, IDENTIFIER, NAME, PROPER
from retrieval.figures import WORDS, YEAR, figures, parse_number
from retrieval.lexicon import fold
from retrieval.questions import Expected, Question
from retrieval.views import View

NUMBER, YEARLY, DAY, HOW_OFTEN, SOMEBODY, PROPERLY = "number", "year", "date", "how often", "somebody", "proper name"
IDENTIFIED = "identifier"
MONEY = frozenset({"kr"})
ANY_FIGURE = frozenset({"kr", "antal", "pct", NUMBER})
FIGURES = frozenset({"kr", "antal", "pct", "pp", NUMBER})
WANTED = {
    Expected.COUNT: frozenset({NUMBER, "antal", HOW_OFTEN}),
    Expected.SHARE: frozenset({"pct", "pp"}),
    Expected.DATE: frozenset({DAY, YEARLY, HOW_OFTEN}),
    Expected.DURATION: frozenset({HOW_OFTEN}),
    Expected.IDENTIFIER: frozenset({IDENTIFIED}),
    Expected.WHO: frozenset({SOMEBODY}),
    Expected.NAME: frozenset({SOMEBODY, PROPERLY}),
}
WHICH_DAY = re.compile(
    r"\bvilke[nt] (?:datum|dag)|\bvilka (?:datum|dagar)|\b(?:what|which) (?:date|day)", re.IGNORECASE
)
DIGITS = re.compile(r"\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?")
NUMERAL = re.compile(rf"\b(?:{'|'.join(word for word in WORDS if word not in {'en', 'ett'})})\b", re.IGNORECASE)
_MARKED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (YEARLY, YEAR),
    (SOMEBODY, NAME),
    (SOMEBODY, BODY),
    (PROPERLY, PROPER),
    (HOW_OFTEN, FREQUENCY),
    (IDENTIFIED, IDENTIFIER),
    (HOW_OFTEN, DURATION),
)


class Mark(NamedTuple):
    """A figure, year, interval or name: its kind, its word position, and what it says in one way of writing."""

    kind: str
    place: int
    value: str


@dataclass(frozen=True, slots=True)
class Places:
    """The word positions of each term, and the marks."""

    terms: dict[str, list[int]]
    marks: tuple[Mark, ...]


def places(view: View, start: int, end: int) -> Places:
    """The places in ``view.text[start:end]``; worked out once for as long as the view lives."""
    kept: Places | None = view.notes.get((f"places {start}", end))
    if kept is None:
        kept = view.notes[f"places {start}", end] = find_places(view.text[start:end])
    return kept


def find_places(text: str) -> Places:
    """The places in a text."""
    found = sorted(tokens(text), key=lambda token: (token[0], -token[1]))
    terms: dict[str, list[int]] = {}
    for index, (_, _, _, carried) in enumerate(found):
        for term, _ in carried:
            terms.setdefault(term, []).append(index)
    if not found:
        return Places(terms, ())
    starts = [token[0] for token in found]
    return Places(
        terms,
        tuple(
            Mark(kind, min(len(starts) - 1, bisect_left(starts, start)), value) for kind, start, value in marked(text)
        ),
    )


def marked(text: str) -> Iterator[tuple[str, int, str]]:
    """Every figure, year, interval and name of a text: kind, offset and value."""
    for word in NUMERAL.finditer(text):
        yield NUMBER, word.start(), _plain(word.group())
    for number in DIGITS.finditer(text):
        if not YEAR.fullmatch(number.group()):
            yield NUMBER, number.start(), _plain(number.group())
    for figure in figures(text):
        digits = DIGITS.search(figure.text)
        yield figure.kind, figure.start, _plain(digits.group()) if digits and figure.kind != DAY else str(figure.value)
    for kind, pattern in _MARKED:
        for match in pattern.finditer(text):
            yield kind, match.start(), fold(match.group())


def _plain(number: str) -> str:
    value = parse_number(number)
    return number if value is None else f"{value.normalize():f}"


@lru_cache(maxsize=1_000)
def said(text: str) -> frozenset[str]:
    """What a question says itself by way of figures and names, which is no answer to it."""
    return frozenset(value for _, _, value in marked(text)) | frozenset(fold(text).split())


def wanted(question: Question) -> frozenset[str]:
    """The kinds of mark that the question asks for; empty where it does not ask for one particular thing."""
    if question.expected in {Expected.AMOUNT, Expected.SUM, Expected.COMPARISON}:
        return MONEY if question.money else ANY_FIGURE
    if question.expected is Expected.DATE and WHICH_DAY.search(question.text):
        return frozenset({DAY})
    return WANTED.get(question.expected, frozenset())


def fresh(question: Question, held: Places, *, row: bool = False) -> list[Mark]:
    """The marks of the wanted kinds that the question does not already hold itself.

    In a row of a table any number may be the figure asked for, since its unit stands in the head of the column.
    """
    kinds, known = wanted(question), said(question.search_text)
    if row and kinds & FIGURES:
        kinds |= {NUMBER}
    return [mark for mark in held.marks if mark.kind in kinds and mark.value not in known]
