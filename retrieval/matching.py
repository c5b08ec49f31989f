"""Sums, differences and comparisons over what the documents say, each term with its own citation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from retrieval.features import Span
from retrieval.figure_pairs import paired
from retrieval.figures import SCALES
from retrieval.quantities import Compared, Quantity, kind_of, quantities
from retrieval.questions import Question
from retrieval.sides import Operation, Sides, readings
from retrieval.wording import Asked, credit

READ = 40
MOST_OPTIONS = 6
MOST_COLUMNS = 4
ORDERING = frozenset({Operation.MOST, Operation.LEAST, Operation.MORE, Operation.LESS})
LOWEST = 6.0
"""How many spans are looked through for terms, and how far below the best they may lie."""
LEAST_OWN = 0.6
APART = 0.25
LEAST_COMMON = 0.2
"""The share of a side's own words that its figure must stand with, how much more that must be than of another side's,
and the share of the common words that must stand around it."""
NEAR, FAR = 0.55, 0.35
SURELY = 0.08
"""How far the best figure of a side must lie above the next one that says otherwise."""
SAME_DOCUMENT = 0.15
SAME_TABLE = 0.3
OTHER_YEAR = 0.3
FARTHEST = 10
"""How many times larger a thing may be one year than another before it must be another thing."""
UNIT_AS_ASKED = 0.3
SCALE = re.compile(r"\b(?:miljarder|miljoner|mnkr|tkr|mdkr)\b", re.IGNORECASE)
WEIGHT_OF_COMMON = 0.6
WEIGHT_OF_SCORE = 0.03


def compared(question: Question, spans: Sequence[Span]) -> Compared | None:
    """The figures that a question sets beside each other; None when one of them is not found with certainty."""
    best: tuple[float, Compared] | None = None
    held: list[Quantity] | None = None
    for sides in readings(question):
        if held is None:
            held = list(_held(question, spans))
        weighed = _match(question, sides, held)
        if weighed is not None and (best is None or weighed[0] > best[0]):
            best = weighed[0], Compared(sides, weighed[1])
    if best:
        return best[1]
    return paired(question, spans) or _in_any_column(question, spans)


def _held(question: Question, spans: Sequence[Span], column: int | None = None) -> Iterator[Quantity]:
    kind = kind_of(question)
    for span in spans[:READ]:
        if span.score >= spans[0].score - LOWEST:
            yield from quantities(question, span, kind, column)


def _in_any_column(question: Question, spans: Sequence[Span]) -> Compared | None:
    """Rows compared where the question names no column: the first column, if every one gives the same order."""
    for sides in readings(question):
        found: list[Compared] = []
        for column in range(MOST_COLUMNS):
            held = [one for one in _held(question, spans, column) if one.cell]
            weighed = _match(question, sides, held) if sides.operation in ORDERING else None
            if weighed is not None and len({one.cell.column for one in weighed[1] if one.cell}) == 1:
                found.append(Compared(sides, weighed[1]))
        if len({_order(one.found) for one in found}) == 1:
            return found[0]
    return None


def _order(found: Sequence[Quantity]) -> tuple[str, ...]:
    """The texts of the spans that some figures stand in, from the smallest figure to the largest."""
    return tuple(quantity.span.text for quantity in sorted(found, key=attrgetter("value")))


def _match(question: Question, sides: Sides, held: Sequence[Quantity]) -> tuple[float, tuple[Quantity, ...]] | None:
    options = [
        sorted(_options(question, sides, index, held), key=lambda one: -one[0])[:MOST_OPTIONS]
        for index in range(len(sides.names))
    ]
    if not all(options):
        return None
    chosen = max(itertools.product(*options), key=_together)
    found = tuple(quantity for _, quantity in chosen)
    if (
        not _one_measure(found, one_thing=bool(sides.years))
        or min(_spoken(sides.common, quantity) for quantity in found) < LEAST_COMMON
    ):
        return None
    said = [quantity.value for quantity in found]
    others = (each for each in itertools.product(*options) if [quantity.value for _, quantity in each] != said)
    if max(map(_together, others), default=-1.0) > _together(chosen) - SURELY:
        return None
    return min(weight for weight, _ in chosen), found


def _options(
    question: Question, sides: Sides, index: int, held: Sequence[Quantity]
) -> Iterator[tuple[float, Quantity]]:
    """The figures that may be one side's, with how well each speaks to it."""
    for quantity in held:
        weight = WEIGHT_OF_COMMON * _spoken(sides.common, quantity) + WEIGHT_OF_SCORE * quantity.span.score
        if sides.years:
            if quantity.years == {sides.years[index]} and weight >= LEAST_OWN * WEIGHT_OF_COMMON:
                yield weight + UNIT_AS_ASKED * _in_unit(question, quantity), quantity
            continue
        own = [_own(words, other, quantity) for words, other in zip(sides.words, _others(sides), strict=True)]
        others = max(value for other, value in enumerate(own) if other != index)
        if own[index] >= LEAST_OWN and own[index] - others >= APART:
            elsewhen = bool(question.years and quantity.years and not quantity.years & question.years)
            yield own[index] + weight - OTHER_YEAR * elsewhen, quantity


def _others(sides: Sides) -> list[list[Asked]]:
    """For each side, the words of all the others."""
    return [[word for other in sides.words if other is not words for word in other] for words in sides.words]


def _own(words: Sequence[Asked], others: Sequence[Asked], quantity: Quantity) -> float:
    """How far a figure stands with a side's own words; its neighbours tell only when no other side is named there."""
    mixed = any(credit(word, quantity.around - quantity.terms) == 1 for word in others)
    return _spoken(words, replace(quantity, around=frozenset()) if mixed else quantity)


def _in_unit(question: Question, quantity: Quantity) -> bool:
    """Whether the figure is given in the unit that the question asks in (*hur många miljarder*)."""
    asked = SCALE.search(question.text)
    said = SCALE.search(quantity.text)
    return bool(asked and said and SCALES[asked.group().casefold()] == SCALES[said.group().casefold()])


def _spoken(words: Sequence[Asked], quantity: Quantity) -> float:
    """The share of some words that a figure stands with, headings and neighbours at less."""
    if not words:
        return 1.0
    places = ((1.0, quantity.terms), (NEAR, quantity.near), (FAR, quantity.around))
    return sum(max(weight * credit(word, terms) for weight, terms in places) for word in words) / len(words)


def _together(chosen: Sequence[tuple[float, Quantity]]) -> float:
    """How well some figures answer together: each by itself, and better so out of one document."""
    found = [quantity for _, quantity in chosen]
    one_view = len({id(quantity.span.candidate.view) for quantity in found}) == 1
    one_row = len({(quantity.span.start, quantity.cell.label if quantity.cell else "") for quantity in found}) == 1
    one_table = one_view and (
        one_row or len({quantity.cell.column if quantity.cell else "" for quantity in found}) == 1
    )
    return sum(weight for weight, _ in chosen) + SAME_DOCUMENT * one_view + SAME_TABLE * one_table


def _one_measure(found: Sequence[Quantity], *, one_thing: bool) -> bool:
    """Whether the figures are of one kind and stand in different places; those of one thing are of like size too."""
    places = {(quantity.span.candidate.view.version_id, quantity.span.start, quantity.text) for quantity in found}
    sizes = sorted(abs(quantity.value) for quantity in found)
    alike = not one_thing or sizes[0] * FARTHEST >= sizes[-1]
    return alike and len({quantity.kind for quantity in found}) == 1 and len(places) == len(found)
