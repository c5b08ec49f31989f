"""A span as what can be counted with: one figure, the words that it stands with, its years and its prices."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from retrieval.analysis import index_terms
from retrieval.cells import cell, cells
from retrieval.choosing import flat
from retrieval.features import Span
from retrieval.figures import NUMBER, WORDS, YEAR, figures, parse_number, years
from retrieval.kinds import UnitKind
from retrieval.pieces import surroundings
from retrieval.questions import Expected, Question
from retrieval.sides import Sides
from retrieval.tables import Cell, row_cells

CLAUSE = re.compile(r"(?<!-)\b(?:och|samt|men|medan|varav|res(?:-\s+)?pektive|jämfört med|mot)\b|;", re.IGNORECASE)
PRICES = re.compile(r"\b(?:(?:19|20)\d\d) års (?:priser|prisnivå|penningvärde)\b", re.IGNORECASE)
HEDGE = r"(?P<hedge>drygt|knappt|cirka|ca|omkring|runt|nästan|ungefär|minst|högst|upp till|mer än|över)"
GROUPED = rf"(?<![\d,.\[(]){NUMBER}(?![\d%]|\s?(?:%|procent|års?\b))"
COUNTED = re.compile(rf"(?P<number>{GROUPED})\s(?P<noun>[a-zåäö]{{3,}}(?:\sper\s\w+)?)")
LARGE = re.compile(r"(?<![\d,.])\d{1,3}(?:[ \u00a0]\d{3})+(?![\d,.])")
LENGTH = re.compile(
    rf"\b(?:\d+|{'|'.join(word for word in WORDS)})(?:\s\(\d+\))?\s(?:dag|dygn|veck|månad|år|timm|minut)\w*",
    re.IGNORECASE,
)
MONEY, SHARE, COUNT, DURATION = "kr", "pct", "count", "duration"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a span: as said (``text``), its value and kind, the words and years beside it, and its prices.

    ``near`` are the terms of the headings and the title above it, ``around`` those of its window. ``hedge`` is what
    makes the figure a rough one (*drygt*); ``cell`` is set when it stands in a table.
    """

    span: Span
    text: str
    value: Decimal
    kind: str
    terms: frozenset[str]
    near: frozenset[str]
    around: frozenset[str]
    years: frozenset[int]
    prices: str
    hedge: str = ""
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The sides of a question, each with the figure found for it, in the order of the question."""

    sides: Sides
    found: tuple[Quantity, ...]


def kind_of(question: Question) -> str:
    """The kind of figure that a comparison or sum is about."""
    if re.search(r"\b(?:procent\w*|\w*andel\w*|hur stor del)\b", question.text, re.IGNORECASE):
        return SHARE
    if question.expected is Expected.DURATION or re.search(r"\bhur långa?\b", question.text, re.IGNORECASE):
        return DURATION
    if not question.money and re.search(r"\bhur många\b", question.text, re.IGNORECASE):
        return COUNT
    return MONEY


def quantities(question: Question, span: Span, kind: str, column: int | None = None) -> list[Quantity]:
    """What of a span can be counted with; empty when it is not plain which figure goes with which words.

    Of a row it is the cell that the question names, or with ``column`` the one in that place.
    """
    tabled = _cells(question, span, column)
    if tabled or span.candidate.unit.kind == UnitKind.ROW:
        return [quantity(span, (one.text, one.value), kind, f"{one.label} {one.column}", one) for one in tabled]
    found = list(_measures(question, span.text, kind))
    if len({value for _, _, _, value in found}) == 1:
        return [quantity(span, found[0][2:], kind, _own_line(span.text, found[-1][1]))]
    return [
        quantity(span, (text, value), kind, clause)
        for clause in _clauses(span.text, [(start, end) for start, end, _, _ in found])
        for _, _, text, value in _measures(question, clause, kind)
    ]


def _own_line(text: str, end: int) -> str:
    """A text up to where, after its last figure, a new line begins that may belong to what comes next."""
    begins = re.compile(r"\n\s*(?=[A-ZÅÄÖ])").search(text, end)
    return text[: begins.start()] if begins else text


def _cells(question: Question, span: Span, column: int | None) -> list[Cell]:
    if span.candidate.unit.kind == UnitKind.ROW and column is not None:
        return [one for one in row_cells(span)[column : column + 1] if one.kind == MONEY or not question.money]
    if span.candidate.unit.kind == UnitKind.ROW:
        found = cell(question, span)
        return [found] if found else []
    return [one for one in cells(question, span) if int(one.column) in question.years]


def _measures(question: Question, text: str, kind: str) -> Iterator[tuple[int, int, str, Decimal]]:
    """Start, end, text and value of every figure of the kind."""
    if kind in {MONEY, SHARE}:
        kinds = {MONEY, "antal"} if kind == MONEY and question.money else {kind}
        for figure in figures(text):
            if figure.kind in kinds and isinstance(figure.value, Decimal):
                yield figure.start, figure.end, flat(figure.text), figure.value
        return
    if kind == DURATION:
        for match in LENGTH.finditer(text):
            value = parse_number(match.group().split()[0])
            if value is not None:
                yield match.start(), match.end(), flat(match.group()), value
        return
    yield from _counts(question, text)


def _counts(question: Question, text: str) -> Iterator[tuple[int, int, str, Decimal]]:
    """Numbers of something that the question names, and large bare numbers."""
    counted = frozenset(term for word in question.asked for term in word.terms)
    nouns = set()
    for match in COUNTED.finditer(text):
        nouns.add(match.start("number"))
        value = parse_number(match["number"])
        if value is not None and not YEAR.fullmatch(match["number"]) and index_terms(match["noun"]).keys() & counted:
            yield match.start(), match.end(), flat(match.group()), value
    for match in LARGE.finditer(text):
        value = parse_number(match.group())
        if value is not None and match.start() not in nouns:
            yield match.start(), match.end(), flat(match.group()), value


def _clauses(text: str, places: list[tuple[int, int]]) -> list[str]:
    """The text cut between its figures, where exactly one joining word stands between each two; else nothing."""
    cuts = [0]
    for (_, end), (start, _) in itertools.pairwise(places):
        between = [match.start() for match in CLAUSE.finditer(text, end, start) if text[match.start() - 2] != "-"]
        if len(between) != 1:
            return []
        cuts.append(between[0])
    return [text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)] if places else []


def quantity(span: Span, figure: tuple[str, Decimal], kind: str, clause: str, found: Cell | None = None) -> Quantity:
    """A figure of a span (as said, and its value) with what stands beside it in ``clause``."""
    text, value = figure
    view, unit = span.candidate.view, span.candidate.unit
    around = surroundings(view, span.candidate.position)
    heading = f"{unit.context}\n{view.section_name(unit)}\n{view.title}"
    named = PRICES.search(span.text) or PRICES.search(heading)
    rough = re.search(rf"\b{HEDGE}\s{re.escape(text)}", flat(clause), re.IGNORECASE)
    here = years(PRICES.sub("", clause)) or years(PRICES.sub("", span.text)) or years(heading)
    return Quantity(
        span,
        text,
        value,
        kind,
        frozenset(index_terms(clause)),
        frozenset(index_terms(heading)),
        around.around,
        frozenset(
            {int(found.column)}
            if found and YEAR.fullmatch(found.column)
            else here or ({view.year} if view.year else ())
        ),
        named.group() if named else "",
        f"{rough.group('hedge').casefold()} " if rough else "",
        found,
    )
