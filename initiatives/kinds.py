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

from sqlalchemy import ARRAY, BigInteger, Column, Date, DateTime, Numeric
from sqlalchemy.types import TypeEngine

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
    `called` are the columns that a row is called by where another refers to it, the first of its title unless it says
    more; `kronor_by_year` the one with amounts by year.
    """

    word: str
    plural: str
    title: tuple[str, ...]
    labels: Mapping[str, str]
    untold: frozenset[str] = frozenset()
    part_of: str = ""
    page: str = ""
    refers: Mapping[str, str] = field(default_factory=dict)
    called: tuple[str, ...] = ()
    kronor_by_year: str = ""


KINDS: dict[str, Kind] = {}
"""The described tables; every room adds its own."""


def parts_of(table: str) -> list[str]:
    """Return the tables whose rows are parts of this one's, in the order in which they were described."""
    return [name for name, kind in KINDS.items() if kind.part_of in (table, ANYTHING) and name != table]


def listed() -> list[str]:
    """Return the tables whose rows are things of their own, by what they are called.

    Such things have a page or parts, or are parts of nothing.
    """
    wholes = {kind.part_of for kind in KINDS.values()}
    found = [name for name, kind in KINDS.items() if not kind.part_of or kind.page or name in wholes]
    return sorted(found, key=lambda name: swedish.sort_key(KINDS[name].plural))


def key_of(table: str, state: Mapping[str, Any]) -> str:
    """Return the primary key of a row, as the past keeps it."""
    return " ".join(str(state.get(column.name)) for column in Base.metadata.tables[table].primary_key)


def has_id(table: str) -> bool:
    """Tell whether a row has an identifier of its own, so that it can be asked for alone."""
    return [column.name for column in Base.metadata.tables[table].primary_key] == ["id"]


def references(table: str, state: Mapping[str, Any]) -> Iterable[Ref]:
    """Yield the rows that a state refers to, with the tables that the foreign keys of its columns say."""
    for name, value in state.items():
        if value is not None and (target := target_of(table, name)):
            yield target, str(value)
        elif value and (target := KINDS[table].refers.get(name, "")):
            yield from ((target, str(one)) for one in value)


def in_words(table: str, name: str, value: Any, names: Names) -> str:
    """Return a value of a state, as JSON keeps it, in Swedish words; empty for what is missing.

    `names` are what the rows in `references` are called; one without a name is shown by its identifier.
    """
    if value in (None, "", [], {}):
        return ""
    if target := target_of(table, name):
        return names.get((target, str(value)), str(value))
    if target := KINDS[table].refers.get(name, ""):
        return ", ".join(names.get((target, str(one)), str(one)) for one in value)
    if name == KINDS[table].kronor_by_year:
        return ", ".join(f"{year}: {swedish.format_kronor(kronor)}" for year, kronor in sorted(value.items()))
    column = _column(table, name)
    return _plainly(value, column.type if column is not None else None)


def titled(table: str, state: Mapping[str, Any], names: Names) -> str:
    """Return what a row is called by the columns of its title."""
    return _joined(table, KINDS[table].title, state, names)


def called(table: str, state: Mapping[str, Any]) -> str:
    """Return what a row is called where another refers to it."""
    return _joined(table, KINDS[table].called or KINDS[table].title[:1], state, {})


def address(table: str, key: object) -> str | None:
    """Return the path of a thing's page, None if its kind has none."""
    kind = KINDS.get(table)
    return f"{kind.page}/{key}" if kind is not None and kind.page else None


def target_of(table: str, name: str) -> str:
    """Return the table that a column refers to, empty for one that refers to nothing."""
    column = _column(table, name)
    if column is None:  # The past may have columns that have been taken away since.
        return ""
    alone = [key for key in column.foreign_keys if key.constraint is None or len(key.constraint.elements) == 1]
    return next((key.column.table.name for key in alone), "")


def _joined(table: str, columns: Iterable[str], state: Mapping[str, Any], names: Names) -> str:
    written = (in_words(table, name, state.get(name), names) for name in columns)
    return ", ".join(word for word in written if word)


def _column(table: str, name: str) -> Column[Any] | None:
    return Base.metadata.tables[table].columns.get(name)


def _plainly(value: Any, kind: TypeEngine[Any] | None) -> str:
    match value, kind:
        case bool(), _:
            words = "ja" if value else "nej"
        case int(), BigInteger():
            words = swedish.format_kronor(value)
        case str(), DateTime():
            words = swedish.format_time(datetime.fromisoformat(value))
        case str(), Date():
            words = swedish.format_date(date.fromisoformat(value))
        case int(), Numeric():
            words = swedish.format_number(value)
        case float(), _:
            words = swedish.format_number(Decimal(str(value)))
        case dict(), _:
            words = ", ".join(f"{key}: {one}" for key, one in sorted(value.items()))
        case list(), ARRAY():
            words = ", ".join(_plainly(one, kind.item_type) for one in value)
        case list(), _:
            words = ", ".join(str(one) for one in value)
        case _:
            words = str(value)
    return words
