"""What a table is: its columns, its rows, and how they are added and changed. One description for all uses."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.base import Base
from initiatives.exchange.cells import LINE, WHOLE, Cell
from initiatives.past import COMPUTED

Fields = Mapping[str, Any]
"""The values of a row by the names of its fields, with `id` and `revision`."""
Rows = Callable[[AsyncSession, Viewer], Awaitable[Sequence[Fields]]]
Add = Callable[[AsyncSession, Viewer, dict[str, Any]], Awaitable[UUID]]
Revise = Callable[[AsyncSession, Viewer, UUID, dict[str, Any], int | None], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: `name` for programs, `heading` for people, and the field that it holds.

    A `required` one must be filled in for a new row. A `fixed` one is written when the row is added and never changed;
    one that is `read_only` only comes out.
    """

    field: str
    heading: str
    cell: Cell
    name: str = ""
    required: bool = False
    fixed: bool = False
    read_only: bool = False
    note: str = ""

    @property
    def called(self) -> str:
        """The name that programs use."""
        return self.name or self.field.removesuffix("_id").replace("_ids", "s")


ID = Column(field="id", heading="Id", cell=LINE, note="Säger vilken rad det är. Lämna tomt på en ny rad.")
VERSION = Column(
    field="revision",
    name="version",
    heading="Version",
    cell=WHOLE,
    note="Vilken version filen visar. Det som andra har ändrat sedan dess skrivs inte över.",
)
EVERYWHERE: Mapping[str, str] = {
    "created_at": "skrivs av registret självt och står i händelseloggen",
    "updated_at": "skrivs av registret självt och står i händelseloggen",
    **dict.fromkeys(COMPUTED, "räknas ut av databasen, för listor"),
}
"""Columns of the database that no table has, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the register; `title` is its heading, `one` and `many` what its rows are called.

    `key` are the fields that tell a row from others where the file has no id. `left_out` are the columns of the
    database that the table does not have, each with the reason. `page` is where people see the same things.
    """

    name: str
    title: str
    one: str
    many: str
    page: str
    model: type[Base]
    own: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Rows
    add: Add
    revise: Revise
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The title as it stands in the addresses of pages."""
        return self.title.lower().translate(str.maketrans("åäö ", "aao-"))

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in their order; what tells a row and its version comes last."""
        return (*self.own, ID, VERSION)

    @property
    def refers(self) -> tuple[str, ...]:
        """The kinds of things that its cells name."""
        return tuple(dict.fromkeys(one.cell.refers for one in self.own if one.cell.refers))

    def of_field(self, name: str | None) -> Column | None:
        """Return the column that holds a field."""
        return next((one for one in self.columns if one.field == name), None)
