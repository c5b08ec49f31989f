"""Share a sum by weights in whole kronor: exact quotas, rounded by the largest remainder. Pure arithmetic."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

RULE = (
    "Varje enhets kvot är summan gånger enhetens del av vikterna, räknad exakt. Alla får först kvotens hela kronor. De "
    "kronor som återstår går en och en till dem som har störst rest. Är resterna lika går kronan till den som har "
    "störst vikt, och är vikterna lika till den som kommer först i bokstavsordning."
)
"""How the kronor are rounded, as it stands in every protocol."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one gets: the exact quota, and its whole kronor with or without one of those that were left over."""

    quota: Fraction
    kronor: int

    @property
    def remainder(self) -> Fraction:
        """Return what the quota has beyond whole kronor."""
        return self.quota - floor(self.quota)

    @property
    def rounded_up(self) -> bool:
        """Tell whether the part got one of the kronor that were left over."""
        return self.kronor > self.quota


def share(
    total: int | Fraction, weights: Mapping[str, Fraction], *, least: int = 0, most: int | None = None
) -> dict[str, Part]:
    """Share `total` kronor in proportion to the weights, at least `least` and at most `most` to each.

    The parts sum to the whole kronor of `total` exactly, but for what the ceilings leave over. Who stands in what order
    in `weights` does not matter, nor what unit they are in. Raises `ValueError` when nobody has a weight or the floors
    need more than there is.
    """
    if total and not any(weights.values()):
        raise ValueError("nobody has a weight")
    if least * len(weights) > total:
        raise ValueError("the floors need more than there is")
    return rounded(_quotas(Fraction(total), weights, least, most), weights)


def rounded(quotas: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> dict[str, Part]:
    """Round quotas to whole kronor by the largest remainder; what they sum to beyond whole kronor is given to nobody.

    Ties go to the larger weight, then to the name that comes first.
    """
    left = floor(sum(quotas.values())) - sum(floor(quota) for quota in quotas.values())
    order = sorted(quotas, key=lambda name: (floor(quotas[name]) - quotas[name], -weights[name], name))
    first = frozenset(order[:left])
    return {name: Part(quota, floor(quota) + (name in first)) for name, quota in quotas.items()}


def _quotas(total: Fraction, weights: Mapping[str, Fraction], least: int, most: int | None) -> dict[str, Fraction]:
    """Return quotas `level * weight` held between floor and ceiling, with the level at which they sum to the total.

    The sum grows with the level along straight lines that meet where somebody reaches a floor or a ceiling: the last
    such place before the total is looked up, and the rest of the way is proportional.
    """
    bounds = [bound for bound in (least, most) if bound is not None]
    bends = sorted({Fraction(bound) / weight for weight in weights.values() if weight for bound in bounds})

    def at(level: Fraction) -> dict[str, Fraction]:
        return {name: _held(level * weight, least, most) for name, weight in weights.items()}

    found = bisect_right(bends, total, key=lambda level: sum(at(level).values(), Fraction(0)))
    level = bends[found - 1] if found else Fraction(0)
    free = sum(w for w in weights.values() if level * w >= least and (most is None or level * w < most))
    return at(level + (total - sum(at(level).values())) / free) if free else at(level)


def _held(quota: Fraction, least: int, most: int | None) -> Fraction:
    return max(Fraction(least), quota if most is None else min(quota, Fraction(most)))
