"""Swedish working days: which days nobody is at work, and which day to aim for then.

Holidays are those of lagen (1989:253) om allmänna helgdagar and the eves on which nobody works in practice, as the
library `holidays` has them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from initiatives.swedish import format_date

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_SATURDAY = 5
_DAY = timedelta(days=1)


def holiday(day: date) -> str | None:
    """Return the name of the holiday or eve, in lower case as in running text; None for every other day."""
    return _holidays(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Tell whether people are at work: Monday to Friday and no holiday."""
    return day.weekday() < _SATURDAY and holiday(day) is None


def working_day_before(day: date) -> date:
    """Return the last working day that is not after `day`."""
    while not is_working_day(day):
        day -= _DAY
    return day


def weekday(day: date) -> str:
    """Return the name of the day of the week: "torsdag"."""
    return WEEKDAYS[day.weekday()]


def last_of_month(day: date) -> date:
    """Return the last day of the month that the day is in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - _DAY


def warning(day: date) -> str | None:
    """Return what to know of a last day on which nobody is at work, with the day to aim for; None for a working day.

    "Lördag och påskafton. Sikta på torsdag 29 mars 2018."
    """
    if is_working_day(day):
        return None
    names = " och ".join(name for name in (weekday(day), holiday(day)) if name)
    aim = working_day_before(day)
    return f"{names.capitalize()}. Sikta på {weekday(aim)} {format_date(aim)}."


@lru_cache(maxsize=16)
def _holidays(year: int) -> Mapping[date, str]:
    from holidays import DE_FACTO, OPTIONAL, PUBLIC, country_holidays

    kinds = (PUBLIC, DE_FACTO, OPTIONAL)
    found = country_holidays("SE", years=[year], categories=kinds, language="sv")
    # Half days, which have a time in their name, and the day between a holiday and a weekend are worked.
    whole = {day: name for day, name in found.items() if "(" not in name and name != "Klämdag"}
    return {day: name[:1].lower() + name[1:] for day, name in whole.items()}
