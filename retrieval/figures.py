"""Amounts, shares, dates and years in Swedish text, each as one normalised value."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

SPACE = "[ \u00a0\u202f\u2009]"
NUMBER = rf"(?:\d{{1,3}}(?:{SPACE}\d{{3}})+|\d{{1,3}}(?:\.\d{{3}})+(?!\d)|\d+)(?:[,.]{SPACE}?\d+)?"
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
MONTH = (
    r"jan(?:uari)?|feb(?:ruari)?|mars|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?|okt(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
SCALES = {
    "mdkr": 10**9,
    "mdr": 10**9,
    "miljard": 10**9,
    "miljarder": 10**9,
    "mnkr": 10**6,
    "mkr": 10**6,
    "miljon": 10**6,
    "miljoner": 10**6,
    "mn": 10**6,
    "milj": 10**6,
    "tkr": 10**3,
    "kkr": 10**3,
    "tusen": 10**3,
    "kr": 1,
    "kronor": 1,
}
WORDS = {
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
    "elva": 11,
    "tolv": 12,
    "tretton": 13,
    "fjorton": 14,
    "femton": 15,
    "sexton": 16,
    "sjutton": 17,
    "arton": 18,
    "nitton": 19,
    "tjugo": 20,
    "trettio": 30,
    "fyrtio": 40,
    "femtio": 50,
    "sextio": 60,
    "sjuttio": 70,
    "åttio": 80,
    "nittio": 90,
    "hundra": 100,
}
NUMERAL = rf"\b(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})"
UNIT = r"(?:mdkr|mdr|miljarder?|mnkr|mkr|miljon(?:er)?|milj\.?|tkr|kkr|tusen|kronor|kr)(?![a-zåäö])"
FIGURE = re.compile(
    rf"(?P<iso>(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d))"
    rf"|(?P<day>(?<!\d)(?:3[01]|[12]\d|0?[1-9]))(?::e|\.)?{SPACE}(?P<month>{MONTH})(?![a-zåäö])\.?(?:{SPACE}?(?P<year>(?:19|20)\d\d))?"
    rf"|(?P<minus>(?<![\w])[-−–](?=\d))?(?P<number>(?<![\d,]){NUMBER}|{NUMERAL}(?=\s(?:miljon|miljard)))\s?"
    rf"(?:(?P<unit>{UNIT})(?:\s(?:kronor|kr)\b)?|(?P<percent>%|procent(?!enhet))|(?P<points>procentenhet(?:er)?))",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<![\d-])(?:19[5-9]\d|20[0-4]\d)(?!\d)")


LONGEST_RANGE = 15
"""Years that a range like 2017-2027 may span; wider ones are two numbers that happen to stand together."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text: its kind, value (kronor, percent, percentage points or a date) and place."""

    kind: Literal["kr", "antal", "pct", "pp", "date"]
    value: Decimal | str
    start: int
    end: int
    text: str


def parse_number(text: str) -> Decimal | None:
    """A Swedish number (``16, 5`` or ``1 440`` or ``två``) as a decimal, None when it is not one."""
    plain = re.sub(rf"{SPACE}|−", "", text.strip().casefold())
    if plain in WORDS:
        return Decimal(WORDS[plain])
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", ".")
    return Decimal(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None


def month_number(name: str) -> int:
    """1 to 12 for a month's Swedish name or its abbreviation."""
    return next(index for index, month in enumerate(MONTHS, 1) if month.startswith(name.casefold().rstrip(".")[:3]))


def read_figure(match: re.Match[str]) -> Figure | None:
    """The figure that a match of `FIGURE` stands for; None for what only looks like one (31 februari)."""
    place = (match.start(), match.end(), match.group())
    if match["iso"]:
        return Figure("date", match["iso"], *place)
    if match["day"]:
        return _date(match, place)
    number = parse_number(match["number"])
    if number is None:
        return None
    if match["unit"] and match["unit"].casefold() == "tusen" and YEAR.fullmatch(match["number"]):
        return None
    if match["minus"]:
        number = -number
    if match["percent"] or match["points"]:
        return Figure("pct" if match["percent"] else "pp", number.normalize(), *place)
    unit = match["unit"].casefold().rstrip(".")
    money = unit not in {"miljon", "miljoner", "miljard", "miljarder", "tusen", "milj"} or "kr" in match.group()[-7:]
    return Figure("kr" if money else "antal", number * SCALES[unit], *place)


def _date(match: re.Match[str], place: tuple[int, int, str]) -> Figure | None:
    day, month = int(match["day"]), month_number(match["month"])
    try:
        dt.date(int(match["year"] or 2000), month, day)
    except ValueError:
        return None
    return Figure("date", f"{match['year'] or '????'}-{month:02d}-{day:02d}", *place)


def figures(text: str) -> list[Figure]:
    """Every amount, share and date of a text in reading order."""
    return [figure for match in FIGURE.finditer(text) if (figure := read_figure(match)) is not None]


def figure_term(match: re.Match[str]) -> str | None:
    """The index term of a figure: ``kr:20000000``, ``pct:5.9``, ``date:2014-11-24``; amounts share one kind."""
    figure = read_figure(match)
    if figure is None:
        return None
    if isinstance(figure.value, str):
        return f"date:{figure.value}"
    kind = "kr" if figure.kind == "antal" else figure.kind
    return f"{kind}:{figure.value.normalize():f}"


def years(text: str) -> set[int]:
    """The years that a text names, ranges such as ``2025-26`` included."""
    found = {int(year) for year in YEAR.findall(text)}
    for first, last in re.findall(r"(?<!\d)((?:19|20)\d\d)\s?[-–—]\s?(\d\d(?:\d\d)?)(?!\d)", text):
        end = int(last if len(last) == len(first) else first[:2] + last)
        if int(first) <= end <= int(first) + LONGEST_RANGE:
            found.update(range(int(first), end + 1))
    return found
