"""Reconciling the state grants of a year: what is expected, by every reading of the source, against budget and receipt.

A cell of a source can often be read in more than one way. No reading is chosen silently: all are worked out, one is the
usual, and those that agree with a sum that the source itself states are marked. Pure functions; whole kronor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from uuid import UUID

from initiatives.grants.facts import Amount, AmountKind, Component, Grant, Whose

MOST_AMBIGUOUS = 6
"""How many cells are read in every way together; of more, those that move the sum the most."""
COARSEST = 1_000_000
"""A stated sum is taken to be rounded to no more than whole millions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to read a part, in Swedish words, and what it is to us then."""

    grant: str
    component_id: UUID
    component: str
    words: str
    kronor: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The expected income if the cells that can be read in several ways are read as `choices` say.

    `usual` marks the way in which the register is read; `agrees` that the sum is the one that the source states.
    """

    kronor: int
    choices: tuple[Choice, ...]
    usual: bool
    agrees: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The grants of a year. `difference_kronor` is expected less budget, `difference_percent` of the budget.

    `county_kronor` is how much of the expected belongs to region and municipalities together; `performance_kronor` is
    what price times volume, up to the cap, would give beside it. What nobody has registered is None, never zero.
    """

    year: int
    expected_kronor: int
    county_kronor: int
    performance_kronor: int
    budget_kronor: int | None
    difference_kronor: int | None
    difference_percent: Decimal | None
    forecast_kronor: int | None
    received_kronor: int | None
    stated_kronor: int | None
    readings: tuple[Reading, ...]


def reconcile(grants: Sequence[Grant], general: Sequence[Amount], year: int) -> Reconciliation:
    """Work out a year; `general` are the amounts that are of all grants together."""
    parts = list(of_year(grants, year))
    stated = _top_level(grants, general, year, AmountKind.STATED)
    budget = _top_level(grants, general, year, AmountKind.BUDGET)
    expected = sum(own(one) for _, one in parts)
    difference = None if budget is None else expected - budget
    return Reconciliation(
        year=year,
        expected_kronor=expected,
        county_kronor=sum(own(one) for _, one in parts if one.whose is Whose.COUNTY),
        performance_kronor=sum(performance(one) or 0 for _, one in parts),
        budget_kronor=budget,
        difference_kronor=difference,
        difference_percent=percent(difference, budget, 1) if difference is not None and budget else None,
        forecast_kronor=_top_level(grants, general, year, AmountKind.FORECAST),
        received_kronor=_every(grants, general, year, AmountKind.OUTCOME),
        stated_kronor=stated,
        readings=readings(grants, year, stated),
    )


def of_year(grants: Sequence[Grant], year: int) -> Iterator[tuple[Grant, Component]]:
    """Return the parts of a year, each with its agreement."""
    return ((grant, one) for grant in grants for one in grant.components if one.year == year)


def own(component: Component) -> int:
    """Return what a part is expected to give ourselves, as the register is usually read: all instalments, each once.

    What is passed on to others is nothing of our own.
    """
    return 0 if component.passes_on_to else sum(component.own_kronor)


def performance(component: Component) -> int | None:
    """Return what a price rule would give: price times volume, at most the cap; None if one of the two is missing."""
    if component.price_kronor is None or component.volume is None:
        return None
    earned = component.price_kronor * component.volume
    return earned if component.cap_kronor is None else min(earned, component.cap_kronor)


def alternatives(grant: Grant, component: Component) -> list[Choice]:
    """Return every way to read a part, the usual one first; one alone if its figures are settled."""

    def choice(words: str, kronor: int) -> Choice:
        return Choice(grant.name, component.id, component.name, words, kronor)

    amounts = component.own_kronor
    ways = [(f"{len(amounts)} utbetalningar" if is_repeated(component) else "beloppet i registret", sum(amounts))]
    if is_repeated(component):
        ways.append((f"samma belopp, skrivet {len(amounts)} gånger", amounts[0]))
    if component.own_kronor_elsewhere is not None:
        ways.append(("den andra uppgiften", component.own_kronor_elsewhere))
    if component.passes_on_to:
        passed = [(f"går vidare till {component.passes_on_to} och räknas inte", 0)]
        ways = passed + [(f"räknas som egen intäkt, {words}", kronor) for words, kronor in ways]
    return [choice(words, kronor) for words, kronor in (ways[:1] if component.settled else ways)]


def is_repeated(component: Component) -> bool:
    """Tell whether the same amount is written several times, which can be several payments or a repetition."""
    return len(component.own_kronor) > 1 and len(set(component.own_kronor)) == 1


def readings(grants: Sequence[Grant], year: int, stated: int | None) -> tuple[Reading, ...]:
    """Return the expected income by every way to read the ambiguous parts together, the smallest sum first."""
    parts = [alternatives(grant, one) for grant, one in of_year(grants, year)]
    ambiguous = sorted((ways for ways in parts if len(ways) > 1), key=_spread, reverse=True)[:MOST_AMBIGUOUS]
    usual = tuple(ways[0] for ways in ambiguous)
    beside = sum(ways[0].kronor for ways in parts) - sum(one.kronor for one in usual)
    found = []
    for choices in product(*ambiguous):
        kronor = beside + sum(one.kronor for one in choices)
        found.append(Reading(kronor, choices, choices == usual, stated is not None and agrees(kronor, stated)))
    return tuple(sorted(found, key=lambda one: (one.kronor, not one.usual)))


def agrees(kronor: int, stated: int) -> bool:
    """Tell whether a sum is the stated one, which is rounded as its last digits show: 51 mnkr is 50,5 to 51,5."""
    return 2 * abs(kronor - stated) <= last_digit(stated, COARSEST)


def last_digit(kronor: int, coarsest: int) -> int:
    """Return to what an amount seems to be rounded: the largest power of ten that divides it, at most `coarsest`."""
    size = 1
    while size < coarsest and kronor % (size * 10) == 0:
        size *= 10
    return size


def percent(part: int, whole: int, decimals: int) -> Decimal:
    """Return a share in percent, rounded half up."""
    return (Decimal(100 * part) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _spread(ways: Sequence[Choice]) -> int:
    return max(one.kronor for one in ways) - min(one.kronor for one in ways)


def _top_level(grants: Sequence[Grant], general: Sequence[Amount], year: int, kind: AmountKind) -> int | None:
    """Return the sum at the highest level where there is one: all grants, else each agreement, else its parts."""
    if above := _of(general, year, kind):
        return sum(above)
    sums = [_top_of(grant, year, kind) for grant in grants]
    return sum(one for one in sums if one is not None) if any(one is not None for one in sums) else None


def _top_of(grant: Grant, year: int, kind: AmountKind) -> int | None:
    whole = _of([one for one in grant.amounts if one.component_id is None], year, kind)
    found = whole or _of(grant.amounts, year, kind)
    return sum(found) if found else None


def _every(grants: Sequence[Grant], general: Sequence[Amount], year: int, kind: AmountKind) -> int | None:
    """Return the sum of all amounts, at whatever level: each is a payment of its own."""
    found = _of([*general, *(one for grant in grants for one in grant.amounts)], year, kind)
    return sum(found) if found else None


def _of(amounts: Sequence[Amount], year: int, kind: AmountKind) -> list[int]:
    return [one.kronor for one in amounts if one.year == year and one.kind is kind]
