"""Which share of the country's money each part gives ourselves, and which shares stand out from the others.

Money that is shared by population gives about the same share everywhere. A part far from the median has been written
down wrongly, is not shared by population, or is not ours alone. Pure functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from uuid import UUID

from initiatives.grants.facts import Basis, Grant
from initiatives.grants.reconciliation import last_digit, of_year, percent

FEWEST = 3
"""With fewer shares than this the median tells nothing."""
TOLERANCE = Fraction(5, 100)
"""How far from the median, as a part of it, a share may lie and still be like the others."""
COARSEST = 100_000
"""An amount is taken to be rounded to no more than this, so that its rounding explains no large distance."""
COMPARED = frozenset({Basis.POPULATION, Basis.OTHER})
"""The bases that are compared; what is paid for what is done or applied for may give any share."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part's own amount of the national one, in percent with three decimals.

    `off_percent` is how far from the median it lies, in percent of the median, `at_median_kronor` what the median share
    would have given; None where there is no median or the part is not compared.
    """

    grant_id: UUID
    grant: str
    component_id: UUID
    component: str
    national_kronor: int
    own_kronor: int
    percent: Decimal
    median_percent: Decimal | None
    off_percent: Decimal | None
    at_median_kronor: int | None
    outlier: bool


def shares(grants: Sequence[Grant], year: int) -> list[Share]:
    """Return the shares of all parts of a year that have both amounts, in their order."""
    parts = [(grant, one) for grant, one in of_year(grants, year) if one.national_kronor and one.own_kronor]
    ratios = [Fraction(sum(one.own_kronor), one.national_kronor or 1) for _, one in parts if one.basis in COMPARED]
    middle = median(ratios) if len(ratios) >= FEWEST else None
    found = []
    for grant, one in parts:
        national, own = one.national_kronor or 1, sum(one.own_kronor)
        against = middle if one.basis in COMPARED else None
        found.append(
            Share(
                grant_id=grant.id,
                grant=grant.name,
                component_id=one.id,
                component=one.name,
                national_kronor=national,
                own_kronor=own,
                percent=percent(own, national, 3),
                median_percent=None if against is None else percent(against.numerator, against.denominator, 3),
                off_percent=None if against is None else _off(Fraction(own, national), against),
                at_median_kronor=None if against is None else round(national * against),
                outlier=against is not None and _stands_out(own, national, against),
            )
        )
    return found


def _off(share: Fraction, middle: Fraction) -> Decimal:
    off = (share - middle) / middle
    return percent(off.numerator, off.denominator, 1)


def _stands_out(own: int, national: int, middle: Fraction) -> bool:
    """Tell whether a share lies farther from the median than the tolerance and the rounding of the amount explain."""
    expected = national * middle
    slack = Fraction(last_digit(own, COARSEST), 2)
    return abs(own - expected) > max(TOLERANCE * expected, slack)
