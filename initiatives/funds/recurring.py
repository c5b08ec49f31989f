"""Money that is promised every year out of a fund that is there for one year."""

from collections.abc import Iterable
from dataclasses import dataclass

from initiatives.swedish import format_amount


@dataclass(frozen=True, slots=True)
class Unfunded:
    """What nothing pays for: `kronor_per_year`, from and including a year."""

    from_year: int
    kronor_per_year: int

    @property
    def note(self) -> str:
        """Say it in words: "ofinansierat från 2016: 900 tkr per år"."""
        return f"ofinansierat från {self.from_year}: {format_amount(self.kronor_per_year)} per år"


def unfunded_after(year: int, recurring: Iterable[int]) -> Unfunded | None:
    """Return what is unfunded when these sums are to be paid every year and the fund that pays is there for one `year`.

    The sums are kronor a year; None when there are none. What is given once needs nothing after the fund's year.
    """
    total = sum(recurring)
    return Unfunded(year + 1, total) if total else None
