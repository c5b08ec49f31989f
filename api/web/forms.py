"""Reading what a browser sends: a form's fields and an address's query, never trusted, never a server error."""

from typing import Any
from uuid import UUID

from litestar.datastructures import FormMultiDict

LAST_PAGE = 100_000


def text(form: FormMultiDict, name: str) -> str:
    """Return a field of the form without outer spaces; empty when it is missing or a file."""
    value: Any = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def uuid(value: object) -> UUID | None:
    """Return the identifier, or None when it is empty or not one."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def number(value: str | None, *, largest: int = 10**9) -> int | None:
    """Return a whole number from 0 to `largest`, or None when it is missing or not one."""
    if not value or not value.isascii() or not value.isdecimal() or len(value) > len(str(largest)):
        return None
    found = int(value)
    return found if found <= largest else None


def page_number(value: str | None) -> int:
    """Return which page of a list is asked for, from 1; 1 when the address says something else."""
    return max(1, number(value, largest=LAST_PAGE) or 1)
