"""Checks of values that the parts of a state grant have in common, beside those of `initiatives.values`.

A room has a table of them, by field; each takes a value and the name of its field, and returns the value as it is kept.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.base import UNIQUE_VIOLATION
from initiatives.errors import InvalidValue, NarplanError

MOST = 10**9
Check = Callable[..., Any]
MOST_DECIMALS = 6


@asynccontextmanager
async def unless_taken(session: AsyncSession, taken: NarplanError) -> AsyncIterator[None]:
    """Write in the block; raise `taken`, with the transaction still usable, if another row has the identity."""
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise taken from None
        raise


def short(value: str, *, field: str) -> str:
    """Return a text of one line that may be empty, without outer spaces."""
    return " ".join(values.paragraph(value, field=field, longest=200).split())


def count(value: int, *, field: str, most: int = MOST) -> int:
    """Return a whole number from zero to `most`."""
    if not 0 <= value <= most:
        raise InvalidValue(f"Ange ett heltal från 0 till {most}.", field=field)
    return value


def kept(value: Any, *, field: str) -> Any:  # noqa: ARG001 - every check is called with the field
    """Return a value as it is: its type has said enough."""
    return value


def day(value: date, *, field: str) -> date:
    """Return a day of our time."""
    values.period(value, None, field=field)
    return value


def number(value: Decimal, *, field: str) -> Decimal:
    """Return a number of at most six decimals and a size that can be meant."""
    if not value.is_finite() or abs(value) > MOST or value != round(value, MOST_DECIMALS):
        raise InvalidValue(f"Ange ett tal med högst {MOST_DECIMALS} decimaler, till exempel 0,5.", field=field)
    return value.normalize() + 0


def optional(check: Check) -> Check:
    """Return a check that lets None through."""
    return lambda value, *, field: None if value is None else check(value, field=field)


def one_of(kind: type[StrEnum]) -> Check:
    """Return a check that the value is one of the words of `kind`."""
    return lambda value, *, field: values.choice(kind, value, field=field)


def checked(checks: Mapping[str, Check], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the given values as they are kept; raise `InvalidValue` for the first that cannot be."""
    return {name: checks[name](value, field=name) for name, value in given.items()}
