"""Reading from an address which day or instant a page is asked about, and telling it in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from initiatives import swedish
from initiatives.errors import InvalidValue

_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class When:
    """An instant as it stands in the address: `day` and `time` as they were written, and `at`."""

    day: str
    time: str
    at: datetime

    @property
    def words(self) -> str:
        """A day in words, with the time unless it is the end of the day."""
        local = self.at.astimezone(swedish.STOCKHOLM).date()
        return swedish.format_date(local) if self.at == swedish.end_of_day(local) else swedish.format_time(self.at)

    @property
    def query(self) -> dict[str, str]:
        """What an address says to ask about the same instant."""
        return {"datum": self.day, "tid": self.time}


def asked(query: Mapping[str, str], default: date) -> When:
    """Return the instant that `datum` and `tid` say: the end of that day or minute, in Sweden.

    Raises `InvalidValue` with the name of the one that cannot be read, or that has not been yet.
    """
    day, time = query.get("datum", "").strip() or default.isoformat(), query.get("tid", "").strip()
    at = swedish.parse_instant(day, field="datum")
    if time:
        at = _at_time(at, time)
    return not_ahead(When(day, time, at), field="datum")


def day_asked(query: Mapping[str, str], name: str, default: date) -> When:
    """Return the day, or instant, that one value of the address says; raises `InvalidValue` as `asked` does."""
    day = query.get(name, "").strip() or default.isoformat()
    return not_ahead(When(day, "", swedish.parse_instant(day, field=name)), field=name)


def not_ahead(when: When, *, field: str) -> When:
    """Return the instant, or raise `InvalidValue` if it comes after today."""
    if when.at > swedish.end_of_day(swedish.today()):
        raise InvalidValue("Den dagen har inte varit än. Välj i dag eller en tidigare dag.", field=field)
    return when


def month_before(day: date) -> date:
    """Return the same day of the month before, or that month's last."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _at_time(day: datetime, time: str) -> datetime:
    found = _TIME.fullmatch(time)
    if found is None:
        raise InvalidValue(f"”{time[:20]}” är inget klockslag. Skriv till exempel 14:30, eller inget.", field="tid")
    local = day.astimezone(swedish.STOCKHOLM)
    minute = local.replace(hour=int(found[1]), minute=int(found[2]), second=59, microsecond=999_999)
    return minute.astimezone(day.tzinfo)
