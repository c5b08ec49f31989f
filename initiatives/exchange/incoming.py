"""The rows of a file as values: which column each cell belongs to, what it says, and what is wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from initiatives.errors import InvalidValue
from initiatives.exchange.cells import FORBIDDEN
from initiatives.exchange.columns import Column, Table
from initiatives.exchange.files import Sheet
from initiatives.exchange.names import Names, nearest
from initiatives.exchange.safety import unguarded
from initiatives.rows import RowProblem, require_none

EMPTY = "Fyll i kolumnen. Den får inte vara tom."


@dataclass(slots=True)
class Line:
    """A row on its way in: its number in the file, its text by field, and what has been read and found wrong."""

    number: int
    cells: Mapping[str, str]
    given: dict[str, Any] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    problems: list[RowProblem] = field(default_factory=list)

    def note(self, heading: str, detail: str) -> None:
        """Note what is wrong in a column."""
        self.problems.append(RowProblem(self.number, heading, detail))


def heads(table: Table, sheet: Sheet) -> list[Column]:
    """Return the column of each head in the file; raise `InvalidRows` for those that are unknown, doubled or missing.

    A column goes by its heading or by its name, in capitals or not.
    """
    by_name = {word.lower(): one for one in table.columns for word in (one.heading, one.called)}
    problems, found = [], []
    for head in sheet.heads:
        column = by_name.get(head.lower())
        if column is None:
            near = nearest(head, [one.heading for one in table.columns] + [one.called for one in table.columns])
            hint = f" Menar du {near}?" if near else " Ta bort den, eller utgå från den tomma mallen."
            problems.append(RowProblem(1, head, f"Kolumnen finns inte i tabellen {table.title}.{hint}"))
        elif column in found:
            problems.append(RowProblem(1, head, "Kolumnen står två gånger. Ta bort den ena."))
        else:
            found.append(column)
    fields = {column.field for column in found}
    if not fields & {"id", *table.key}:
        key = ", ".join(column.heading for name in table.key if (column := table.of_field(name)))
        problems.append(RowProblem(1, "", f"Filen har ingen kolumn som säger vilken rad det är: Id, eller {key}."))
    require_none(problems)
    return found


def lines(sheet: Sheet, columns: Sequence[Column]) -> list[Line]:
    """Return the rows with their text by field; a row with more cells than there are heads is noted."""
    found = []
    for number, cells in sheet.rows:
        texts = zip((column.field for column in columns), cells, strict=False)
        line = Line(number, {name: unguarded(text) for name, text in texts})
        if any(cells[len(columns) :]):
            line.note("", f"Raden har fler celler än de {len(columns)} rubrikerna.")
        found.append(line)
    return found


def read(line: Line, columns: Sequence[Column], called: Names) -> None:
    """Read the cells of these columns; what cannot be read is noted in the line."""
    for column in columns:
        if column.read_only or column.field in {"id", "revision"}:
            continue
        text = line.cells.get(column.field, "")
        if not text:
            line.empty.add(column.field)
            if column.cell.empty is not FORBIDDEN:
                line.given[column.field] = column.cell.empty
            continue
        try:
            line.given[column.field] = column.cell.read(text, called)
        except InvalidValue as problem:
            line.note(column.heading, problem.detail)
