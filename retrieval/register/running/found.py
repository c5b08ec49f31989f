"""What a query found: sentences, typed rows and facts; and the small helpers that all subjects make them with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from initiatives import kinds
from initiatives.swedish import MONTHS, format_amount, format_date, format_number
from retrieval.register.shown import Chart, Column, Fact, Row, Type, Value

MOST = 2_000
"""How many rows are looked through where a filter or an order is worked out here."""
SHOWN = 50
"""How many rows an answer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found: ``lead`` is told first, then the rows where ``listed``.

    ``instead`` is what the register has where it does not have what is asked for; then nothing is answered.
    ``quiet`` are names of columns that are shown in the table and not told in the text. ``on`` is the day that it
    tells of, None for today. ``chart`` is a series that the rows do not hold.
    """

    lead: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int = 0
    facts: tuple[Fact, ...] = ()
    listed: bool = True
    quiet: frozenset[str] = frozenset()
    on: dt.date | None = None
    instead: str = ""
    chart: Chart | None = None


def instead(words: str) -> Found:
    """Nothing found, but something to say of what there is."""
    return Found(instead=words)


def columns(*named: tuple[str, str, Type]) -> tuple[Column, ...]:
    """Columns by name, label and type."""
    return tuple(Column(*one) for one in named)


def row(
    table: str, key: object, title: str, values: Iterable[object], *, page: tuple[str, object] | None = None
) -> Row:
    """A row of a table with its page, or that of the thing in ``page`` that it is shown on."""
    of, whose = page or (table, key)
    return Row(table, str(key), title, kinds.address(of, whose), tuple(plain(value) for value in values))


def plain(value: object) -> Value:
    """A value as it is stored: dates and decimals as text."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def in_words(value: Value, of: Type) -> str:
    """A stored value as people read it; empty for what is missing."""
    if value is None or value == "":
        return ""
    if of == "kronor":
        return format_amount(int(value))
    if of == "date":
        return format_date(dt.date.fromisoformat(str(value)))
    if of in {"number", "percent"}:
        number = format_number(Decimal(str(value)))
        return f"{number} %" if of == "percent" else number
    return str(value)


def counted(number: int, one: str, many: str) -> str:
    """A count in words: "1 initiativ", "3 uppdrag"."""
    return f"{number} {one if number == 1 else many}"


def count_fact(total: int) -> Fact:
    """How many there are, as a fact."""
    return Fact("total", "Antal", "number", total)


def sum_fact(kronor: int, label: str = "Summa") -> Fact:
    """A sum in kronor, as a fact."""
    return Fact("sum", label, "kronor", kronor)


def day_fact(name: str, label: str, day: dt.date) -> Fact:
    """A day, as a fact."""
    return Fact(name, label, "date", day.isoformat())


def enumerated(words: Sequence[str]) -> str:
    """Words in a row: "a, b och c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}" if words else ""


def month_words(day: dt.date) -> str:
    """The month of a day, as "oktober 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def sentence(label: str, text: str) -> str:
    """Free text of the register as a sentence after its label; empty where there is no text."""
    plain = " ".join(text.split())
    return f"{label}: {plain}{'' if plain.endswith(('.', '!', '?')) else '.'}" if plain else ""


def text_fact(text: str) -> Fact:
    """Free text of the register that an answer says, as a fact, so that what it says can be held against it."""
    return Fact("text", "Text", "text", text)
