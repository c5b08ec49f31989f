"""The periods that things are measured for: years, halves, quarters and months, each known by its first day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from initiatives.errors import InvalidValue
from initiatives.swedish import MONTHS
from initiatives.values import FIRST_YEAR, LAST_YEAR


class PeriodKind(StrEnum):
    """How long a period is."""

    YEAR = "år"
    HALF = "halvår"
    QUARTER = "kvartal"
    MONTH = "månad"


LENGTHS = {PeriodKind.YEAR: 12, PeriodKind.HALF: 6, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
"""How many months each is."""
EXAMPLES = {
    PeriodKind.YEAR: "2026",
    PeriodKind.HALF: "2026-H1",
    PeriodKind.QUARTER: "2026-K3",
    PeriodKind.MONTH: "2026-03",
}
_WRITTEN = {
    PeriodKind.YEAR: re.compile(r"([0-9]{4})"),
    PeriodKind.HALF: re.compile(r"([0-9]{4}) ?-? ?[hH]([12])"),
    PeriodKind.QUARTER: re.compile(r"([0-9]{4}) ?-? ?[kKqQ]([1-4])"),
    PeriodKind.MONTH: re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"),
}
_HALVES = ("första", "andra")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period that begins on `starts_on`."""

    starts_on: date
    kind: PeriodKind

    @property
    def ends_on(self) -> date:
        """The last day of the period."""
        return self.next().starts_on - timedelta(days=1)

    def next(self, steps: int = 1) -> "Period":
        """Return the period that comes so many after this one, or before it if `steps` is less than zero."""
        months = self.starts_on.year * 12 + self.starts_on.month - 1 + LENGTHS[self.kind] * steps
        return Period(date(months // 12, months % 12 + 1, 1), self.kind)

    @property
    def code(self) -> str:
        """The period as programs write it: 2026, 2026-H1, 2026-K3 or 2026-03."""
        year, part = self.starts_on.year, self._part
        match self.kind:
            case PeriodKind.YEAR:
                return f"{year}"
            case PeriodKind.HALF:
                return f"{year}-H{part}"
            case PeriodKind.QUARTER:
                return f"{year}-K{part}"
            case PeriodKind.MONTH:
                return f"{year}-{part:02}"

    @property
    def label(self) -> str:
        """The period in words: 2026, första halvåret 2026, kvartal 3 2026 or mars 2026."""
        year, part = self.starts_on.year, self._part
        match self.kind:
            case PeriodKind.YEAR:
                return f"{year}"
            case PeriodKind.HALF:
                return f"{_HALVES[part - 1]} halvåret {year}"
            case PeriodKind.QUARTER:
                return f"kvartal {part} {year}"
            case PeriodKind.MONTH:
                return f"{MONTHS[part - 1]} {year}"

    @property
    def _part(self) -> int:
        return (self.starts_on.month - 1) // LENGTHS[self.kind] + 1


def parse(text: str, kind: PeriodKind, *, field: str | None = None) -> Period:
    """Return the period that somebody wrote; raise `InvalidValue` for one that is not of the kind."""
    found = _WRITTEN[kind].fullmatch(text.strip())
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise InvalidValue(
            f"”{text.strip()[:40]}” är inte en period av slaget {kind}. Skriv till exempel {EXAMPLES[kind]}.",
            field=field,
        )
    part = int(found[2]) if found.lastindex == len("ab") else 1
    return Period(date(int(found[1]), (part - 1) * LENGTHS[kind] + 1, 1), kind)


def containing(day: date, kind: PeriodKind) -> Period:
    """Return the period that a day lies in."""
    length = LENGTHS[kind]
    return Period(date(day.year, (day.month - 1) // length * length + 1, 1), kind)
