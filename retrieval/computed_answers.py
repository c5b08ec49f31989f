"""A calculation or comparison in words: the answer first, then every figure with the citation that it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from retrieval.calculation import Calculation, Term, measure
from retrieval.figures import NUMBER, SCALES, YEAR
from retrieval.quantities import COUNT, DURATION, SHARE, Compared, Quantity
from retrieval.questions import Question
from retrieval.sides import CHANGED, Operation

MORE = {COUNT: "fler", SHARE: "högre", DURATION: "längre"}
LESS = {COUNT: "färre", SHARE: "lägre", DURATION: "kortare"}
OR_LESS = re.compile(
    r"\b(?:mer|fler|större|högre|längre|dyrare) eller (?:mindre|färre|lägre|kortare|billigare)", re.IGNORECASE
)
MOST_DECIMALS = 3
LONGEST_COLUMN = 45
"""Letters of a column's head that are still said beside a figure."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The words of a calculation or comparison, what is computed in it, and whether anything is."""

    words: str
    calculation: Calculation | None


def reckon(question: Question, found: Compared, marks: Sequence[int], note: str = "") -> Reckoned | None:
    """Word what was compared; ``marks`` are the citation numbers of the figures, ``note`` is said after the result.

    None where the figures cannot be counted with.
    """
    operation = found.sides.operation
    if operation in {Operation.SUM, Operation.DIFFERENCE} and found.found[0].kind != DURATION:
        return _computed(question, found, marks, note)
    terms = [
        f"{quantity.hedge}{quantity.text} ({label}) [{mark}]"
        for quantity, label, mark in zip(found.found, labels(found), marks, strict=True)
    ]
    if operation in {Operation.MOST, Operation.LEAST, Operation.MORE, Operation.LESS, Operation.SAME}:
        return Reckoned(_compared(question, found, marks, terms), None)
    if found.sides.years and not any(quantity.prices or quantity.text[-1].isdigit() for quantity in found.found):
        both = zip(found.found, found.sides.names, marks, strict=True)
        terms = [f"{quantity.hedge}{quantity.text} {year} [{mark}]" for quantity, year, mark in both]
    return Reckoned(_listed(terms), None)


def labels(found: Compared) -> list[str]:
    """What each figure is called: as the question names it, with its column, and its prices where they differ."""
    differ = len({quantity.prices for quantity in found.found}) > 1
    return [
        _label(name, quantity, prices=differ) for name, quantity in zip(found.sides.names, found.found, strict=True)
    ]


def _label(name: str, quantity: Quantity, *, prices: bool) -> str:
    parts = [name, *_column(quantity), *([f"i {quantity.prices}"] if prices and quantity.prices else [])]
    return re.sub(r"[()\[\]]", "", ", ".join(part for part in parts if part))


def _column(quantity: Quantity) -> list[str]:
    """The column of a cell, unless it is a year or too long to name."""
    name = re.sub(r"[.*\s]+$", "", quantity.cell.column) if quantity.cell else ""
    return [name] if name and not YEAR.fullmatch(name) and len(name) <= LONGEST_COLUMN else []


def _computed(question: Question, found: Compared, marks: Sequence[int], note: str) -> Reckoned | None:
    summed = found.sides.operation is Operation.SUM
    if summed and found.found[0].kind == SHARE:
        return None
    order = list(zip(_comparable(found.found), labels(found), marks, strict=True))
    values = [measure(text) for text, _, _ in order]
    if any(value is None for value in values):
        return None
    amounts = [value[1] for value in values if value is not None]
    rising = not summed and amounts[1] >= amounts[0]
    if rising:
        order, amounts = order[::-1], amounts[::-1]
    total = sum(amounts, Decimal(0)) if summed else amounts[0] - sum(amounts[1:], Decimal(0))
    sign = " + " if summed else " − "
    hedges = {mark: quantity.hedge for quantity, mark in zip(found.found, marks, strict=True)}
    shown = sign.join(f"{hedges[mark]}{text} ({label}) [{mark}]" for text, label, mark in order)
    rough = any(hedges.values())
    if not summed and total == 0:
        return Reckoned(f"Ingen skillnad: {_listed(shown.split(sign))}", None)
    result = _result(total, [text for text, _, _ in order])
    if result is None:
        return None
    calculation = Calculation(result, "+" if summed else "-", tuple(Term(text, mark) for text, _, mark in order))
    if summed:
        return Reckoned(f"{'Ungefär ' if rough else ''}{result} sammanlagt{note}: {shown}", calculation)
    opening = f"{_opening(question, found, rising=rising)} {'ungefär ' if rough else ''}"
    return Reckoned(f"{opening}{result}{note}: {shown}", calculation)


def _opening(question: Question, found: Compared, *, rising: bool) -> str:
    if found.sides.names == ("totalt", "varav"):
        return "Kvar blir"
    changed = found.sides.years or found.sides.names == ("före", "efter")
    if changed and CHANGED.search(question.text):
        return "Ökningen är" if rising else "Minskningen är"
    return "Skillnaden är"


def _compared(question: Question, found: Compared, marks: Sequence[int], terms: Sequence[str]) -> str:
    operation, (one, other) = found.sides.operation, found.found[:2]
    if operation in {Operation.MOST, Operation.LEAST}:
        pick = max if operation is Operation.MOST else min
        best = pick(quantity.value for quantity in found.found)
        winners = [index for index, quantity in enumerate(found.found) if quantity.value == best]
        if len(winners) > 1:
            return f"Lika mycket: {_listed(terms)}"
        name = found.sides.names[winners[0]]
        said = [" ".join([one.text, *(f"({name})" for name in _column(one))]) for one in found.found]
        rest = [f"{said[index]} [{marks[index]}]" for index in range(len(marks)) if index != winners[0]]
        return f"{name[0].upper()}{name[1:]}: {said[winners[0]]} [{marks[winners[0]]}] mot {_listed(rest)}"
    same = one.value == other.value
    if operation is Operation.SAME:
        return f"{'Ja, lika mycket' if same else 'Nej'}: {_listed(terms)}"
    how = (
        "lika mycket"
        if same
        else (MORE if one.value > other.value else LESS).get(one.kind, "mer" if one.value > other.value else "mindre")
    )
    right = not same and (one.value > other.value) == (operation is Operation.MORE)
    if OR_LESS.search(question.text):
        return f"{how[0].upper()}{how[1:]}: {terms[0]} mot {terms[1]}"
    return f"{'Ja' if right else 'Nej'}, {how}: {terms[0]} mot {terms[1]}"


def _comparable(found: Sequence[Quantity]) -> list[str]:
    """The figures as they are said; counts of different things as bare numbers."""
    texts = [quantity.text for quantity in found]
    kinds = {value[0] for text in texts if (value := measure(text)) is not None}
    if found[0].kind != COUNT or len(kinds) == 1:
        return texts
    return [match.group() if (match := re.match(NUMBER, text)) else text for text in texts]


def _result(value: Decimal, texts: Sequence[str]) -> str | None:
    """A value in the unit of the terms; of several units, the smallest."""
    units = [_unit(text) for text in texts]
    if units[0].casefold() in {"%", "procent"}:
        return f"{_swedish(value)} procentenheter"
    scales = [SCALES.get(unit.split()[0].casefold().rstrip(".")) if unit else None for unit in units]
    scaled = [(scale, unit) for scale, unit in zip(scales, units, strict=True) if scale]
    if len(scaled) == len(units):
        scale, unit = min(scaled)
        number = value / scale
        return f"{_swedish(number)} {unit}" if round(number, MOST_DECIMALS) == number else None
    return f"{_swedish(value)} {units[0]}".strip() if len(set(units)) == 1 else None


def _unit(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(rf"^[-−]?{NUMBER}|^\w+(?=\smil)", "", text)).strip()


def _swedish(number: Decimal) -> str:
    """A number with a decimal comma and hard spaces between the thousands."""
    plain = f"{number.normalize():,f}"
    return plain.replace(",", "\u00a0").replace(".", ",")


def _listed(parts: Sequence[str]) -> str:
    return " och ".join([", ".join(parts[:-1]), parts[-1]] if parts[:-1] else list(parts))
