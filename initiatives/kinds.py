"""What the tables of the register are called by people: one description for each, beside the table in its own room.

From the descriptions come the pages of history, the comparison of two days, and the heads of tables that leave Närplan.
Whoever keeps the past of a new table describes it with `KINDS["its_table"] = Kind(...)`; a test holds that every column
has a label.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, Date, DateTime

from initiatives import swedish
from initiatives.base import Base

ANYTHING = "*"
"""What is a part of things of every kind, such as a source."""

OWN = frozenset({"id", "created_at", "updated_at", "revision"})
"""The columns that every room has and no reader asks for."""

Ref = tuple[str, str]
"""A row that a value refers to: its table and its key."""

Names = Mapping[Ref, str]
"""What rows that are referred to are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table in words. `word` is what one row is, `plural` what several are and what stands over them as parts.

    `title` are the columns that name a row, the most telling first, `labels` the Swedish name of every column but those
    in `OWN`, and those that only programs read, which are `untold`. `part_of` is the table that its rows are parts of,
    or `ANYTHING`; `page` stands before a row's key. `refers` are columns with lists of keys, and the tables of those.
    """

    word: str
    plural: str
    title: tuple[str, ...]
    labels: Mapping[str, str]
    untold: frozenset[str] = frozenset()
    part_of: str = ""
    page: str = ""
    refers: Mapping[str, str] = field(default_factory=dict)


KINDS: dict[str, Kind] = {}
"""The described tables; every room adds its own."""


def parts_of(table: str) -> list[str]:
    """Return the tables whose rows are parts of this one's, in the order in which they were described."""
    return [name for name, kind in KINDS.items() if kind.part_of in (table, ANYTHING) and name != table]


def references(table: str, state: Mapping[str, Any]) -> Iterable[Ref]:
    """Yield the rows that a state refers to, with the tables that the foreign keys of its columns say."""
    for name, value in state.items():
        if value is not None and (target := _target(table, name)):
            yield target, str(value)
        elif value and (target := KINDS[table].refers.get(name, "")):
            yield from ((target, str(one)) for one in value)


def in_words(table: str, name: str, value: Any, names: Names) -> str:
    """Return a value of a state, as JSON keeps it, in Swedish words; empty for what is missing.

    `names` are what the rows in `references` are called; one without a name is shown by its identifier.
    """
    if value in (None, "", [], {}):
        return ""
    if target := _target(table, name):
        return names.get((target, str(value)), str(value))
    if target := KINDS[table].refers.get(name, ""):
        return ", ".join(names.get((target, str(one)), str(one)) for one in value)
    column = _column(table, name)
    return _plainly(value, column.type if column is not None else None)


def titled(table: str, state: Mapping[str, Any], names: Names) -> str:
    """Return what a row is called by the columns of its title."""
    written = (in_words(table, name, state.get(name), names) for name in KINDS[table].title)
    return ", ".join(word for word in written if word)


def address(table: str, key: object) -> str | None:
    """Return the path of a thing's page, None if its kind has none."""
    kind = KINDS.get(table)
    return f"{kind.page}/{key}" if kind is not None and kind.page else None


def _column(table: str, name: str) -> Column[Any] | None:
    return Base.metadata.tables[table].columns.get(name)


def _target(table: str, name: str) -> str:
    column = _column(table, name)
    if column is None:  # The past may have columns that have been taken away since.
        return ""
    alone = [key for key in column.foreign_keys if key.constraint is None or len(key.constraint.elements) == 1]
    return next((key.column.table.name for key in alone), "")


def _plainly(value: Any, kind: object) -> str:
    match value, kind:
        case bool(), _:
            words = "ja" if value else "nej"
        case int(), BigInteger():
            words = swedish.format_kronor(value)
        case str(), DateTime():
            words = swedish.format_time(datetime.fromisoformat(value))
        case str(), Date():
            words = swedish.format_date(date.fromisoformat(value))
        case float(), _:
            words = swedish.format_number(Decimal(str(value)))
        case dict(), _:
            words = ", ".join(f"{key}: {one}" for key, one in sorted(value.items()))
        case list(), _:
            words = ", ".join(str(one) for one in value)
        case _:
            words = str(value)
    return words
