"""Checks of single values that every room makes in the same way; each returns the value or raises `InvalidValue`."""

from datetime import date
from enum import StrEnum
from typing import TypeVar

from initiatives.errors import InvalidValue

LARGEST_AMOUNT = 10**15
"""One quadrillion kronor: far above any budget, far below what a `bigint` sum can hold."""

FIRST_YEAR, LAST_YEAR = 1900, 2200

Member = TypeVar("Member", bound=StrEnum)


def line(value: str, *, field: str, longest: int = 200) -> str:
    """Return a required text of one line without outer spaces."""
    text = " ".join(paragraph(value, field=field, longest=longest).split())
    if not text:
        raise InvalidValue("Fyll i fältet. Det får inte vara tomt.", field=field)
    return text


def paragraph(value: str, *, field: str, longest: int = 10_000) -> str:
    """Return a text that may be empty and have several lines, without outer spaces."""
    text = value.replace("\r\n", "\n").strip()
    if "\0" in text:
        raise InvalidValue("Texten innehåller ett tecken som inte kan sparas (NUL). Ta bort det.", field=field)
    if len(text) > longest:
        raise InvalidValue(f"Texten är {len(text)} tecken lång. Den får vara högst {longest}.", field=field)
    return text


def kronor(value: int, *, field: str) -> int:
    """Return an amount in whole kronor, zero or more."""
    if value < 0:
        raise InvalidValue("Beloppet kan inte vara mindre än noll.", field=field)
    if value > LARGEST_AMOUNT:
        raise InvalidValue("Beloppet är orimligt stort. Kontrollera att du har angett hela kronor.", field=field)
    return value


def year(value: int, *, field: str) -> int:
    """Return a year between 1900 and 2200."""
    if not FIRST_YEAR <= value <= LAST_YEAR:
        raise InvalidValue("Ange året med fyra siffror, till exempel 2026.", field=field)
    return value


FIRST_DAY_OF = {"ends_on": "starts_on", "to_on": "from_on"}
"""What the first day is called where the last one is called so."""


def period(starts_on: date | None, ends_on: date | None, *, field: str = "ends_on") -> None:
    """Return if both days are of our time and the period does not end before it starts; `field` names the last day."""
    for day, name in ((starts_on, FIRST_DAY_OF.get(field, field)), (ends_on, field)):
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidValue(f"Ange ett datum mellan åren {FIRST_YEAR} och {LAST_YEAR}.", field=name)
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidValue(f"Slutdatum {ends_on} ligger före startdatum {starts_on}. Ändra ett av dem.", field=field)


def choice(kind: type[Member], value: str, *, field: str) -> Member:
    """Return the member of `kind` with this value; the error lists the values that are allowed."""
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidValue(f"”{value[:40]}” går inte att välja. Tillåtna värden: {allowed}.", field=field) from None
