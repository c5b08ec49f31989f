"""Is a computed figure right? Each term must stand in the citation that it is said with, and the sum is done again.

This is the one way by which a figure that no document states may be said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from retrieval.figures import NUMBER, figures, parse_number
from retrieval.verification import Problem, normal, problems

FEWEST_TERMS = 2


@dataclass(frozen=True, slots=True)
class Term:
    """A figure that something is computed from, as it is said, and the number of the citation that it stands in."""

    figure: str
    citation: int


@dataclass(frozen=True, slots=True)
class Calculation:
    """A computed figure: ``result`` is the terms added up, or with ``-`` the first less all the others."""

    result: str
    operation: Literal["+", "-"]
    terms: tuple[Term, ...]


def calculation_problems(claim: str, calculation: Calculation, cited: Mapping[int, Sequence[str]]) -> list[Problem]:
    """What in a claim with a computed figure is not confirmed.

    ``cited`` holds the evidence of each citation. Every term must be said with its mark right after it or its label,
    and stand in the evidence of that very citation; the result is computed again. All else is held to `problems`.
    """
    found = []
    for term in calculation.terms:
        said = re.search(rf"(?<![\d,.]){re.escape(term.figure)}(?:\s\([^()]*\))?\s\[{term.citation}\]", claim)
        if said is None or term.citation not in cited or problems(term.figure, cited[term.citation]):
            found.append(Problem("figure", term.figure))
    measures = [measure(term.figure) for term in calculation.terms]
    result = measure(calculation.result)
    if len(measures) < FEWEST_TERMS or result is None or _computed(calculation.operation, measures) != result:
        found.append(Problem("figure", calculation.result))
    if found:
        return found
    rest = claim.replace(calculation.result, " ", 1)
    return problems(rest, [text for texts in cited.values() for text in texts])


def measure(text: str) -> tuple[str, Decimal] | None:
    """The kind and value of one figure with nothing around it but what it counts; None for anything else.

    The kind is ``kr``, ``pct``, ``pp`` or, for a number of something, the words that it counts.
    """
    plain = normal(text).strip()
    read = figures(plain)
    if len(read) == 1 and read[0].text == plain and isinstance(read[0].value, Decimal):
        return read[0].kind, read[0].value
    number = re.match(rf"(?P<minus>-)?(?P<number>{NUMBER})(?P<counted>[^\d]*)$", plain)
    value = parse_number(number["number"]) if number and not read else None
    if number is None or value is None:
        return None
    return number["counted"].strip().casefold(), -value if number["minus"] else value


def _computed(operation: str, measures: Sequence[tuple[str, Decimal] | None]) -> tuple[str, Decimal] | None:
    """The result of a calculation; None when a term is no figure or the terms are not of one kind."""
    known = [one for one in measures if one is not None]
    if len(known) != len(measures) or len({kind for kind, _ in known}) != 1:
        return None
    kind, values = known[0][0], [value for _, value in known]
    if operation == "+":
        return kind, sum(values, Decimal(0))
    return "pp" if kind == "pct" else kind, values[0] - sum(values[1:], Decimal(0))
