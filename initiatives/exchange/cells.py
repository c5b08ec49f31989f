"""How a value is written in a cell and read from one: words, days, amounts, numbers, choices and names of things."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from initiatives import swedish, values
from initiatives.errors import InvalidValue
from initiatives.exchange.names import Names

Written = str | int | Decimal | date | None
"""What stands in a cell, before a file is made of it; text is not yet made safe."""

FORBIDDEN: Final = object()
"""The empty value of a cell that may not be empty in a row that is there already."""
YES, NO, BETWEEN = "ja", "nej", " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """A way to write and to read a value.

    `empty` is what an empty cell means, `words` says in Swedish what to write, `refers` is the kind of thing that the
    text names, `choices` are all texts that can be read when they are few.
    """

    write: Callable[[Any, Names], Written]
    read: Callable[[str, Names], Any]
    empty: Any = None
    words: str = "text"
    refers: str = ""
    choices: tuple[str, ...] = ()


def _whole(text: str, _names: Names) -> int:
    number = swedish.parse_number(text)
    if number != number.to_integral_value():
        raise InvalidValue(f"”{text[:40]}” är inget heltal. Skriv ett tal utan decimaler.")
    return int(number)


def _yes(text: str, _names: Names) -> bool:
    if text.lower() not in {YES, NO}:
        raise InvalidValue(f"Skriv {YES} eller {NO}.")
    return text.lower() == YES


def _as_is(value: Any, _names: Names) -> Any:
    return value


TEXT = Cell(lambda value, _: value or "", lambda text, _: text, empty="")
LINE = Cell(lambda value, _: value or "", lambda text, _: text, empty="", words="text på en rad")
CODE = Cell(lambda value, _: value or "", lambda text, _: text, words="kod")
DAY = Cell(_as_is, lambda text, _: swedish.parse_date(text), words="dag, till exempel 2026-11-30")
WHOLE = Cell(_as_is, _whole, words="heltal")
KRONOR = Cell(_as_is, lambda text, _: swedish.parse_amount(text), words="belopp i hela kronor")
NUMBER = Cell(
    lambda value, _: None if value is None else Decimal(f"{value.normalize():f}"),
    lambda text, _: swedish.parse_number(text),
    words="tal",
)
TRUTH = Cell(lambda value, _: YES if value else NO, _yes, empty=FORBIDDEN, words="ja eller nej", choices=(YES, NO))


def needed(cell: Cell) -> Cell:
    """Return the cell as one that may not be emptied."""
    return Cell(cell.write, cell.read, FORBIDDEN, cell.words, cell.refers, cell.choices)


def choice(kind: type[StrEnum], *, optional: bool = False) -> Cell:
    """Return the cell of one of the words of `kind`."""
    words = tuple(kind)
    by_plain = {one.lower(): one for one in words}
    return Cell(
        lambda value, _: None if value is None else str(value),
        lambda text, _: values.choice(kind, by_plain.get(text.lower(), text), field=""),
        empty=None if optional else FORBIDDEN,
        words=f"ett av {', '.join(words)}",
        choices=tuple(str(one) for one in words),
    )


def one(kind: str, words: str, *, optional: bool = True) -> Cell:
    """Return the cell that names one thing; a text is written as it is, for those who see its name and nothing else."""
    return Cell(
        lambda value, names: names.label(kind, value) if isinstance(value, UUID) else value,
        lambda text, names: names.find(kind, text),
        empty=None if optional else FORBIDDEN,
        words=words,
        refers=kind,
    )


def several(kind: str, words: str) -> Cell:
    """Return the cell that names things of a kind, in the order of their names."""

    def write(value: Sequence[UUID] | None, names: Names) -> str:
        called = [names.label(kind, each) for each in value or ()]
        return BETWEEN.join(sorted(called, key=swedish.sort_key))

    def read(text: str, names: Names) -> list[UUID]:
        parts = [part.strip() for part in text.split("|")]
        return list(dict.fromkeys(names.find(kind, part) for part in parts if part))

    return Cell(write, read, empty=(), words=f"{words}, med lodrätt streck (|) emellan", refers=kind)


def _write_years(value: Mapping[Any, int] | None, _names: Names) -> str:
    return BETWEEN.join(f"{year}: {kronor}" for year, kronor in sorted((value or {}).items()))


def _read_years(text: str, _names: Names) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in text.split("|"):
        year, _, kronor = part.partition(":")
        if not year.strip().isascii() or not year.strip().isdecimal() or not kronor.strip():
            raise InvalidValue("Skriv år och belopp, till exempel 2026: 500 tkr | 2027: 200 tkr.")
        found[int(year.strip()[:9])] = swedish.parse_amount(kronor)
    return found


YEARS = Cell(_write_years, _read_years, empty={}, words="år: belopp, med lodrätt streck (|) emellan")


def same(one_value: Any, other: Any) -> bool:
    """Tell whether two values of a field are the same; lists are, in whatever order."""
    match one_value, other:
        case (list() | tuple(), list() | tuple()):
            return sorted(map(str, one_value)) == sorted(map(str, other))
        case (dict(), dict()):
            return {str(key): value for key, value in one_value.items()} == {str(k): v for k, v in other.items()}
        case _:
            return bool(one_value == other)
