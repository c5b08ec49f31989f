"""What the register answered, as values that are stored, sent and shown: typed rows, and the words made of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "kronor", "date", "number", "percent", "year"]
"""Column types: text, whole kronor, a date as YYYY-MM-DD, a number and a percentage as decimal text, a year."""
Value = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: the name of a field, its Swedish label, and the type of its values."""

    name: str
    label: str
    type: Type


@dataclass(frozen=True, slots=True)
class Row:
    """A thing in the register: its kind and key, what it is called, its page, and a value for every column.

    ``path`` is None for what has no page.
    """

    kind: str
    id: str
    title: str
    path: str | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something worked out of the rows, or of more rows than are shown: a count, a sum, the bounds of a period."""

    name: str
    label: str
    type: Type
    value: Value


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place where the register and a document say different things of the same: both values in words.

    ``citation`` is the number of the document's quotation in the answer.
    """

    row_id: str
    subject: str
    what: str
    in_register: str
    in_documents: str
    citation: int


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A value as decimal text and what it is called; None where it is missing, ``preliminary`` when it may change."""

    label: str
    value: str | None
    preliminary: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Values of one unit that say more as a picture: a ``line`` over time, or ``bars`` side by side.

    ``unit`` is "kronor", "antal" or an indicator's own; ``goal`` is the level to reach, as decimal text, and
    ``goal_text`` what it is called.
    """

    kind: Literal["line", "bars"]
    title: str
    unit: str
    points: tuple[ChartPoint, ...]
    goal: str | None = None
    goal_text: str = ""


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the register answered: ``text`` in Swedish, whose every figure stands in ``rows`` or ``facts``.

    ``on`` is the day that it tells of, ``now`` that this is how it stands right now; ``total`` how many rows there are,
    of which the first are in ``rows``. ``seen`` is, for one who sees a part of the register, how each initiative of the
    rows stood to them then; None for one who sees all of it. ``chart`` is a picture of the same, where that says more.
    """

    text: str
    asked: str
    on: dt.date
    now: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int
    facts: tuple[Fact, ...]
    disagreements: tuple[Disagreement, ...] = ()
    seen: dict[str, str] | None = None
    chart: Chart | None = None


INITIATIVES = "/initiativ/"
OPEN_TO_ALL = frozenset({"organisation", "taxonomy_node"})
"""Kinds of row that everyone who is signed in may see."""


def initiative_of(row: Row) -> str:
    """The key of the initiative that a row is, or stands on the page of; empty for other rows."""
    return row.path.removeprefix(INITIATIVES) if row.path and row.path.startswith(INITIATIVES) else ""
