"""Figures to count with that one span gives together: *från 10 till 7*, *20 mnkr varav 5 mnkr*, *2 mnkr vardera*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.calculation import measure
from retrieval.choosing import flat
from retrieval.features import Span
from retrieval.figures import NUMBER, UNIT, YEAR, years
from retrieval.quantities import Compared, Quantity, kind_of, quantity
from retrieval.questions import Question
from retrieval.sides import CHANGED, HOW_MUCH, SUMMED, Operation, Sides, readings
from retrieval.wording import credit

LOOKED_AT = 6
LEAST_OWN = 0.3
"""How many of the best spans are looked into, and the share of the question that one must speak to by itself."""
QUANTITY = rf"{NUMBER}(?:\s?(?:(?:{UNIT})(?:\skronor)?|procent|%|[a-zåäö]{{3,}}))?"
FROM_TO = re.compile(
    rf"\bfrån\s(?:cirka\s|ca\s)?(?P<one>{QUANTITY})\s+till\s(?:cirka\s|ca\s)?(?P<two>{QUANTITY})", re.IGNORECASE
)
OF_WHICH = re.compile(
    rf"(?P<one>{NUMBER}\s?{UNIT}(?:\skronor)?)[\s,(]+varav\s(?:cirka\s|ca\s)?(?P<two>{NUMBER}\s?{UNIT}(?:\skronor)?)"
)
EACH = re.compile(rf"(?P<one>{NUMBER}\s?{UNIT}(?:\skronor)?)\s(?:vardera|var|per part)\b", re.IGNORECASE)
LEFT = re.compile(
    r"\b(?:(?:är|finns|blir) kvar|återst(?:år|oden)|rest(?:en|erande)|g(?:år|ick) inte till|blir över)\b",
    re.IGNORECASE,
)


def paired(question: Question, spans: Sequence[Span]) -> Compared | None:
    """What one of the best spans lets count, where the question asks for a change, a remainder or a sum of equals."""
    for span in spans[:LOOKED_AT]:
        if span.own < LEAST_OWN:
            continue
        found = _change(question, span) or _remainder(question, span) or _equals(question, span)
        if found is not None:
            return found
    return None


def _change(question: Question, span: Span) -> Compared | None:
    """The change that *från A till B* gives, where its years are those of the question."""
    if not (HOW_MUCH.search(question.text) and CHANGED.search(question.text)):
        return None
    text = flat(span.text)
    matches = [match for match in FROM_TO.finditer(text) if not YEAR.fullmatch(match["one"])]
    if len(matches) != 1 or question.years != (years(text) & question.years):
        return None
    one, two = matches[0]["one"], matches[0]["two"]
    if measure(one) and measure(two) and (counted := _counted(two)) and not _counted(one):
        one = f"{one} {counted}"
    return _two(question, span, Operation.DIFFERENCE, (one, two), ("före", "efter"))


def _counted(text: str) -> str:
    return re.sub(NUMBER, "", text).strip()


def _remainder(question: Question, span: Span) -> Compared | None:
    """What is left of an amount when the part that *varav* sets apart is taken off."""
    matches = list(OF_WHICH.finditer(flat(span.text)))
    if not LEFT.search(question.text) or len(matches) != 1:
        return None
    return _two(question, span, Operation.DIFFERENCE, (matches[0]["one"], matches[0]["two"]), ("totalt", "varav"))


def _equals(question: Question, span: Span) -> Compared | None:
    """The sum for two bodies that get as much each."""
    text = flat(span.text)
    matches = list(EACH.finditer(text))
    sides = next(readings(question), None)
    if not SUMMED.search(question.text) or len(matches) != 1 or sides is None or sides.years:
        return None
    one = _two(question, span, Operation.SUM, (matches[0]["one"],) * len(sides.names), sides.names)
    named = one is not None and all(
        any(credit(word, one.found[0].terms) == 1 for word in words) for words in sides.words
    )
    return one if named else None


def _two(
    question: Question, span: Span, operation: Operation, said: Sequence[str], names: tuple[str, ...]
) -> Compared | None:
    found: list[Quantity] = []
    for text in said:
        value = measure(text)
        if value is None:
            return None
        found.append(quantity(span, (text, value[1]), kind_of(question), flat(span.text)))
    return Compared(Sides(operation, names, (), (), ()), tuple(found))
