"""Words for time in a question: a period, the day as of which it is asked, the day since which it asks for changes."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from initiatives.swedish import MONTHS, format_date
from retrieval.figures import MONTH, WORDS, month_number
from retrieval.register.asking import Period

_MONTH = rf"(?P<month>{MONTH})(?![a-zåäö])\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = rf"(?:(?P<iso>(?:19|20)\d\d-\d\d-\d\d)|(?P<day>[0-3]?\d)(?::e|\.)? {_MONTH}(?: {_YEAR})?)"
_AS_OF = re.compile(
    r"\b(?:per|pr|så som det var|som det (?:var|såg ut)|såg\b.{0,60}?\but|var\b.{0,40}? läget) "
    rf"(?:den )?(?P<when>{_DAY})"
)
_AS_OF_MONTH = re.compile(
    rf"\b(?:per|pr|vid|i) (?:den )?(?P<edge>sista|slutet av|utgången av|månadsskiftet) {_MONTH}(?: {_YEAR})?"
)
_LOOKED = re.compile(
    rf"\b(?:såg|stod|låg) .{{0,80}}?\b(?:ut )?(?:i|den) (?:(?:[0-3]?\d)(?::e)? )?{_MONTH}(?: {_YEAR})?"
)
_SINCE_DAY = re.compile(rf"\b(?:sedan|sen|efter|från och med|fr\.?o\.?m\.?)(?: den)? {_DAY}")
_SINCE_MONTH = re.compile(rf"\b(?:sedan|sen|från och med|efter)(?: i| början av)? {_MONTH}(?: {_YEAR})?")
_SINCE_SEASON = re.compile(r"\b(?:sedan|sen) i (?P<season>somras|vintras|våras|höstas)\b")
_PAST_SEASON = re.compile(
    r"\b(?P<from>sedan|sen|efter|från) (?P<season>våren|sommaren|hösten|vintern|årsskiftet|nyår)\b"
    rf"(?: {_YEAR})?"
)
_AFTER_TURN = re.compile(r"\befter (?:årsskiftet|nyår)\b")
_SINCE_YEAR = re.compile(rf"\b(?:sedan|sen) {_YEAR}")
_LATEST = re.compile(
    r"\b(?:(?:de(?:n|t)? )?(?:senaste|sista)|sedan förra|sen förra)(?: (?P<number>\d{1,3}|två|tre|fyra|sex))? ?"
    r"(?P<unit>dygn\w*|dag\w*|veck\w*|månad\w*|kvartal\w*|halvår\w*|år(?:et)?)\b"
    r"|\b(?P<recently>nyligen|på sistone|den senaste tiden)"
)
_SOON = re.compile(r"\b(?P<soon>snart|härnäst|framöver|på gång)\b")
_NEXT = re.compile(
    r"\b(?:närmaste|kommande|nästkommande)(?: (?P<number>\d{1,3}|två|tre|fyra|sex))? "
    r"(?P<unit>dygn\w*|dag\w*|veck\w*|månad\w*|kvartal\w*|halvår\w*|år(?:et)?|tid(?:en)?)\b"
)
_BEFORE_DAY = re.compile(rf"\b(?:före|innan|senast|till och med|t\.?o\.?m\.?)(?: den)? {_DAY}")
_TURN = re.compile(r"\b(?:före|innan|till|vid)? ?(?P<turn>årsskiftet|nyår)\b(?: 20\d\d ?[/–-] ?(?:20)?\d\d)?")
_ON_DAY = re.compile(rf"\b(?:den )?{_DAY}")
_IN_MONTH = re.compile(rf"\b{_MONTH}(?: {_YEAR})?")
_THIS = re.compile(
    r"\b(?P<which>denna|den här|innevarande|nuvarande|nästa|kommande|förra|föregående) "
    r"(?P<unit>vecka(?:ns?)?|månad(?:en)?s?|kvartal(?:et)?s?|år(?:et)?s?)\b"
)
_RELATIVE_YEAR = re.compile(r"\b(?:i år|årets|detta år|i fjol|fjolårets|fjolåret)\b")
_PART = re.compile(
    r"\b(?:(?P<ordinal>första|andra|tredje|fjärde) (?P<length>kvartalet|halvåret)"
    rf"|(?:kvartal|q) ?(?P<number>[1-4])\b)(?: {_YEAR})?"
)
_SEASON = re.compile(
    rf"\b(?:i|under|till|nästa) (?P<season>våren|vår|sommaren|sommar|hösten|höst|vintern|vinter)\b(?: {_YEAR})?"
)
_ONLY_YEAR = re.compile(rf"(?<![\d/-]){_YEAR}(?![-/:]\d)")
_NOW = re.compile(r"\b(?:i dag|idag|just nu|nu|för närvarande|för tillfället|dagsläget|i dagsläget|aktuell\w*)\b")
_ORDINALS = {"första": 1, "andra": 2, "tredje": 3, "fjärde": 4}
_SEASONS = {"vår": (1, 6), "sommar": (6, 8), "höst": (7, 12), "vinter": (12, 12)}
AHEAD = 5
"""How many years *från och med* a coming day looks ahead."""
SOON = 30
"""How many days ahead *snart* and *den närmaste tiden* look, and how many back *nyligen* does."""


@dataclass(frozen=True, slots=True)
class Times:
    """What a question says of time, and the places in it that say so."""

    period: Period | None = None
    on: dt.date | None = None
    since: dt.date | None = None
    places: tuple[tuple[int, int], ...] = ()


def read_times(text: str, today: dt.date) -> Times:
    """What a question in small letters says of time, read on a day: "i oktober", "per den 31 mars", "sedan i mars"."""
    places: list[tuple[int, int]] = []

    def first(pattern: re.Pattern[str], make: Callable[[re.Match[str]], object | None]) -> object | None:
        for match in pattern.finditer(text):
            if (found := make(match)) is not None:
                places.append(match.span("when" if "when" in match.groupdict() else 0))
                return found
        return None

    places.extend(match.span() for match in _NOW.finditer(text))
    on = first(_AS_OF, lambda match: _past_day(match, today)) or first(
        _AS_OF_MONTH, lambda match: _end_of_month(match, today)
    )
    if on is None and (looked := _LOOKED.search(text)):
        on = first(_ON_DAY, lambda match: _past_day(match, today)) or _end_of_month(looked, today)
        places.append(looked.span("month"))
    if isinstance(on, dt.date):
        apart = [match for match in _ONLY_YEAR.finditer(text) if not any(a <= match.start() < b for a, b in places)]
        places.extend(match.span() for match in apart)
        return Times(period=year(int(apart[0]["year"])) if apart else None, on=on, places=tuple(places))
    since = (
        first(_SINCE_DAY, lambda match: _past_day(match, today))
        or first(_SINCE_MONTH, lambda match: _past_month(match, today))
        or first(_SINCE_SEASON, lambda match: _past_season(match, today))
        or first(_PAST_SEASON, lambda match: _from_season(match, today))
        or first(_SINCE_YEAR, lambda match: dt.date(int(match["year"]), 1, 1))
        or first(_LATEST, lambda match: _back(match, today))
    )
    if isinstance(since, dt.date) and since > today:
        ahead = Period(since, dt.date(since.year + AHEAD, 12, 31), f"från {format_date(since)}")
        return Times(period=ahead, places=tuple(places))
    if isinstance(since, dt.date):
        return Times(since=since, places=tuple(places))
    for pattern, make in _PERIODS:
        period = first(pattern, lambda match, make=make: make(match, today))  # type: ignore[misc]
        if isinstance(period, Period):
            return Times(period=period, places=tuple(places))
    return Times(places=tuple(places))


def month(year: int, number: int, *, guessed: bool = False) -> Period:
    """A month as a period."""
    return Period(dt.date(year, number, 1), _last(year, number), f"{MONTHS[number - 1]} {year}", guessed)


def year(number: int) -> Period:
    """A year as a period."""
    return Period(dt.date(number, 1, 1), dt.date(number, 12, 31), str(number))


def later(period: Period, years: int) -> Period:
    """The same months of another year."""
    first, number = period.first, period.last.year + years
    last = _last(number, period.last.month)
    words = re.sub(r"\b\d{4}\b", lambda found: str(int(found.group()) + years), period.words)
    return Period(first.replace(year=first.year + years), last, words, period.guessed)


def _last(number: int, of: int) -> dt.date:
    return dt.date(number, of, calendar.monthrange(number, of)[1])


def _day(match: re.Match[str], default: int) -> dt.date | None:
    try:
        if match["iso"]:
            return dt.date.fromisoformat(match["iso"])
        return dt.date(int(match["year"] or default), month_number(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _past_day(match: re.Match[str], today: dt.date) -> dt.date | None:
    found = _day(match, today.year)
    if found and not match["iso"] and not match["year"] and found > today:
        return _day(match, today.year - 1)
    return found


def _end_of_month(match: re.Match[str], today: dt.date) -> dt.date:
    number = month_number(match["month"])
    of = int(match["year"] or today.year)
    if not match["year"] and dt.date(of, number, 1) > today:
        of -= 1
    return _last(of, number)


def _past_month(match: re.Match[str], today: dt.date) -> dt.date:
    found = dt.date(int(match["year"] or today.year), month_number(match["month"]), 1)
    return found if match["year"] or found <= today else found.replace(year=found.year - 1)


def _past_season(match: re.Match[str], today: dt.date) -> dt.date:
    number = {"somras": 6, "vintras": 1, "våras": 3, "höstas": 9}[match["season"]]
    found = dt.date(today.year, number, 1)
    return found if found <= today else found.replace(year=today.year - 1)


def _from_season(match: re.Match[str], today: dt.date) -> dt.date | None:
    """The first day of a past season, or of what comes after it; None where it lies ahead, but for a named year."""
    turn = match["season"] in {"årsskiftet", "nyår"}
    if turn and match["from"] == "efter" and not match["year"]:
        return None
    first, last = (1, 1) if turn else next(ends for name, ends in _SEASONS.items() if match["season"].startswith(name))
    of = int(match["year"] or today.year)
    found = _last(of, last) + dt.timedelta(1) if match["from"] == "efter" and not turn else dt.date(of, first, 1)
    if not match["year"] and found > today:
        found = found.replace(year=found.year - 1)
    return found


def _number(match: re.Match[str]) -> int:
    said = match["number"] or "1"
    return WORDS.get(said) or int(said)


def _days(unit: str) -> int:
    lengths = {"dygn": 1, "dag": 1, "veck": 7, "månad": 30, "kvartal": 91, "halvår": 182, "år": 365, "tid": SOON}
    return next(days for name, days in lengths.items() if unit.startswith(name))


def _back(match: re.Match[str], today: dt.date) -> dt.date:
    return today - dt.timedelta(SOON if match["recently"] else _number(match) * _days(match["unit"]))


def _ahead(match: re.Match[str], today: dt.date) -> Period:
    days = SOON if "soon" in match.groupdict() else _number(match) * _days(match["unit"])
    last = today + dt.timedelta(days)
    return Period(today, last, f"till och med {format_date(last)}")


def _before(match: re.Match[str], today: dt.date) -> Period | None:
    last = _day(match, today.year)
    return None if last is None else Period(min(today, last), last, f"till och med {format_date(last)}")


def _turn(_: re.Match[str], today: dt.date) -> Period:
    last = dt.date(today.year, 12, 31)
    return Period(today, last, f"till och med {format_date(last)}")


def _on_day(match: re.Match[str], today: dt.date) -> Period | None:
    found = _day(match, today.year)
    return None if found is None else Period(found, found, format_date(found))


def _in_month(match: re.Match[str], today: dt.date) -> Period:
    said = match["year"]
    return month(int(said or today.year), month_number(match["month"]), guessed=not said)


def _this(match: re.Match[str], today: dt.date) -> Period:
    step = {"nästa": 1, "kommande": 1, "förra": -1, "föregående": -1}.get(match["which"], 0)
    unit = match["unit"]
    if unit.startswith("veck"):
        monday = today - dt.timedelta(today.weekday()) + dt.timedelta(7 * step)
        sunday = monday + dt.timedelta(6)
        return Period(monday, sunday, f"{format_date(monday)}–{format_date(sunday)}")
    if unit.startswith("månad"):
        index = today.year * 12 + today.month - 1 + step
        return month(index // 12, index % 12 + 1)
    if unit.startswith("kvartal"):
        index = today.year * 4 + (today.month - 1) // 3 + step
        return _quarter(index // 4, index % 4 + 1)
    return year(today.year + step)


def _quarter(of: int, number: int) -> Period:
    return Period(dt.date(of, 3 * number - 2, 1), _last(of, 3 * number), f"kvartal {number} {of}")


def _part(match: re.Match[str], today: dt.date) -> Period | None:
    of = int(match["year"] or today.year)
    number = int(match["number"] or _ORDINALS[match["ordinal"]])
    if match["length"] != "halvåret":
        return _quarter(of, number)
    if number > len("ab"):
        return None
    first, last = dt.date(of, 6 * number - 5, 1), _last(of, 6 * number)
    return Period(first, last, f"{match['ordinal']} halvåret {of}")


def _season(match: re.Match[str], today: dt.date) -> Period:
    name = next(name for name in _SEASONS if match["season"].startswith(name))
    first, last = _SEASONS[name]
    of = int(match["year"] or today.year)
    if not match["year"] and _last(of, last) < today:
        of += 1
    return Period(dt.date(of, first, 1), _last(of, last), f"{MONTHS[first - 1]}–{MONTHS[last - 1]} {of}")


_PERIODS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], Period | None]], ...] = (
    (_BEFORE_DAY, _before),
    (_ON_DAY, _on_day),
    (_PART, _part),
    (_IN_MONTH, _in_month),
    (_SEASON, _season),
    (_THIS, _this),
    (_RELATIVE_YEAR, lambda match, today: year(today.year - ("fjol" in match.group()))),
    (_AFTER_TURN, lambda _, today: year(today.year + 1)),
    (_TURN, _turn),
    (_NEXT, _ahead),
    (_SOON, _ahead),
    (_ONLY_YEAR, lambda match, _: year(int(match["year"]))),
)
