"""Swedish ways of writing amounts, dates and alphabetical order: the one place for all of them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

from initiatives.errors import InvalidValue

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
STOCKHOLM = ZoneInfo("Europe/Stockholm")

_THOUSAND, _MILLION, _BILLION = 1_000, 1_000_000, 1_000_000_000
_UNITS = {
    "": 1, "kr": 1, "kronor": 1, "sek": 1,
    "tkr": _THOUSAND, "kkr": _THOUSAND, "tusen": _THOUSAND, "tusen kronor": _THOUSAND,
    "mnkr": _MILLION, "mkr": _MILLION, "milj": _MILLION, "miljon": _MILLION, "miljoner": _MILLION,
    "miljoner kronor": _MILLION,
    "mdkr": _BILLION, "md": _BILLION, "miljard": _BILLION, "miljarder": _BILLION, "miljarder kronor": _BILLION,
}  # fmt: skip
_AMOUNT = re.compile(r"(?P<sign>-?)(?P<number>\d[\d ]*(?:, ?\d+|\.\d{1,2})?) ?(?P<unit>[a-zåäö ]*)\.?")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_SORT_FROM, _SORT_TO = "åäöéèüæø", "{|}eey|}"


def _grouped(number: int) -> str:
    return f"{abs(number):,}".replace(",", NBSP)


def _signed(number: Decimal | int, text: str) -> str:
    return f"\N{MINUS SIGN}{text}" if number < 0 else text


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0  # Adding zero drops the sign of minus zero.


def format_kronor(kronor: int) -> str:
    """Return whole kronor with thousands apart: 1250000 gives "1 250 000 kr" (with no-break spaces)."""
    return f"{_signed(kronor, _grouped(kronor))}{NBSP}kr"


def format_amount(kronor: int) -> str:
    """Return an amount as people say it, never rounded.

    Whole ten-thousands from one million up are written in mnkr ("15,1 mnkr", "2,25 mnkr"), other whole thousands in
    tkr ("1 255 tkr"), the rest in kr.
    """
    if abs(kronor) >= _MILLION and kronor % 10_000 == 0:
        whole, rest = divmod(abs(kronor), _MILLION)
        decimals = f",{rest // 10_000:02d}".rstrip("0").rstrip(",")
        return f"{_signed(kronor, _grouped(whole) + decimals)}{NBSP}mnkr"
    if kronor % _THOUSAND == 0 and kronor != 0:
        return f"{_signed(kronor, _grouped(abs(kronor) // _THOUSAND))}{NBSP}tkr"
    return format_kronor(kronor)


def parse_amount(text: str, *, field: str | None = None) -> int:
    """Return whole kronor for an amount as people write it; raise `InvalidValue` if it cannot be read.

    Takes kr, tkr, mnkr, mdkr and their longer forms, all kinds of spaces, decimal comma and typographic minus:
    "2 mnkr", "447mnkr", "16, 5 mnkr", "1 250 000 kr", "−20,0 mnkr". A bare number is kronor.
    """
    plain = re.sub(r"[\s\u00a0\u202f\u2009]+", " ", text).strip().lower().replace("\N{MINUS SIGN}", "-")
    match = _AMOUNT.fullmatch(plain)
    unit = _UNITS.get(match["unit"].strip()) if match else None
    if match is None or unit is None:
        raise InvalidValue(
            f"”{text.strip()[:40]}” är inte ett belopp. Skriv till exempel 900 tkr eller 2,5 mnkr.", field=field
        )
    try:
        amount = Decimal(match["number"].replace(" ", "").replace(",", ".")) * unit
    except InvalidOperation:
        raise InvalidValue("Beloppet går inte att läsa. Skriv till exempel 2,5 mnkr.", field=field) from None
    if amount != amount.to_integral_value():
        raise InvalidValue("Beloppet ska vara i hela kronor.", field=field)
    return -int(amount) if match["sign"] else int(amount)


def format_number(number: Decimal | int, *, decimals: int | None = None) -> str:
    """Return a number with thousands apart and a decimal comma: "5 518", "0,37", "−3".

    `decimals` is how many to show, rounded half up; without it the number is written as it is, never rounded.
    """
    exact = Decimal(number) if decimals is None else _rounded(Decimal(number), decimals)
    whole, _, rest = f"{abs(exact):f}".partition(".")
    return _signed(exact, _grouped(int(whole)) + (f",{rest}" if rest else ""))


def format_percent(share: Decimal | int, *, decimals: int | None = None) -> str:
    """Return a share that is in percent already: "1,588 %" (with a no-break space)."""
    return f"{format_number(share, decimals=decimals)}{NBSP}%"


def format_change(change: Decimal | int, *, decimals: int | None = None) -> str:
    """Return a change with its sign always written: "+10,4", "−2", "0"."""
    text = format_number(change, decimals=decimals)
    return f"+{text}" if text[0] != "\N{MINUS SIGN}" and any(digit in "123456789" for digit in text) else text


def parse_number(text: str, *, field: str | None = None) -> Decimal:
    """Return the number that somebody wrote, with spaces between thousands, decimal comma or point, and any minus.

    Raises `InvalidValue` for anything else: "cirka 10", "10 %", "1,2,3".
    """
    plain = re.sub(r"[\s\u00a0\u202f\u2009]+", "", text).replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise InvalidValue(f"”{text.strip()[:40]}” är inte ett tal. Skriv till exempel 1 250 eller 0,37.", field=field)
    return Decimal(plain)


def format_date(day: date) -> str:
    """Return a date in words: "21 november 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_month(day: date) -> str:
    """Return the month of a date in words: "oktober 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def format_time(instant: datetime) -> str:
    """Return an instant in words, in Swedish time: "21 november 2026 kl. 14.05"."""
    local = instant.astimezone(STOCKHOLM)
    return f"{format_date(local.date())} kl. {local:%H.%M}"


def parse_date(text: str, *, field: str | None = None) -> date:
    """Return the date in "2026-11-21" or "21 november 2026"; raise `InvalidValue` if it is neither."""
    plain = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").lower().split())
    try:
        if match := re.fullmatch(r"(\d{1,2}) ([a-z]+) (\d{4})", plain):
            return date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
            return date.fromisoformat(plain)
    except ValueError:
        pass
    raise InvalidValue(f"”{text.strip()[:40]}” är inte ett datum. Skriv till exempel 2026-11-21.", field=field)


def end_of_day(day: date) -> datetime:
    """Return the last instant of a day in Sweden."""
    midnight = datetime.combine(day + timedelta(days=1), time(), STOCKHOLM)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def parse_instant(text: str, *, field: str | None = None) -> datetime:
    """Return the instant that is written as such ("2026-03-31T12:00:00Z"), or the end of a day ("31 mars 2026")."""
    try:
        if re.match(r"\s*\d{4}-\d{2}-\d{2}T", text):
            found = datetime.fromisoformat(text.strip())
        else:
            found = end_of_day(parse_date(text, field=field))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    example = "Skriv en dag som 2026-03-31, eller en tidpunkt som 2026-03-31T12:00:00Z."
    raise InvalidValue(f"”{text.strip()[:40]}” är ingen tidpunkt. {example}", field=field)


def today() -> date:
    """Return today's date in Sweden."""
    return datetime.now(UTC).astimezone(STOCKHOLM).date()


def sort_key(text: str) -> str:
    """Return a key that sorts as Swedish does: å, ä, ö last and in that order, upper and lower case together."""
    return text.lower().translate(str.maketrans(_SORT_FROM, _SORT_TO))


def sort_key_sql(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the same key as an SQL expression; works in any database, with or without ICU."""
    return func.translate(func.lower(column), _SORT_FROM, _SORT_TO).collate("C")


def sort_key_words(column: str) -> str:
    """Return the same key in words of SQL, for a column that the database computes."""
    return f"translate(lower({column}), '{_SORT_FROM}', '{_SORT_TO}')"
