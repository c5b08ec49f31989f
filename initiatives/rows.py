"""Tables that people bring in: rows of text with named columns, and what is wrong in which row and column.

A file is taken whole or not at all; whoever imports gathers every problem before anything is written.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.errors import InvalidRows, InvalidValue

MOST_ROWS, LONGEST = 20_000, 5_000_000
DELIMITERS = ";,\t"
FIRST_ROW = 2
"""The number of the first row below the heads, as a spreadsheet counts."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row, counted from 1 as a spreadsheet does; `field` is the column, empty for the whole row."""

    row: int
    field: str
    detail: str

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return f"rad {self.row}, {self.field}" if self.field else f"rad {self.row}"


def refused(problems: Sequence[RowProblem]) -> InvalidRows:
    """Return the error for a file with these problems, in the order of the rows."""
    ordered = sorted(problems, key=lambda one: one.row)
    return InvalidRows(tuple((one.where, one.detail) for one in ordered), field="content")


@dataclass(slots=True)
class Row:
    """One row as text by column, and where to note what is wrong in it."""

    number: int
    cells: Mapping[str, str]
    problems: list[RowProblem]

    def get(self, column: str) -> str:
        """Return the text of a cell without outer spaces; empty where the file has no such column."""
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str], Value]) -> Value | None:
        """Return what the reader makes of a cell, or None for an empty one and one that it refuses, which is noted."""
        text = self.get(column)
        try:
            return reader(text) if text else None
        except InvalidValue as problem:
            self.note(column, problem.detail)
            return None

    def require(self, column: str, reader: Callable[[str], Value]) -> Value | None:
        """Return as `read`; an empty cell is noted too."""
        if not self.get(column):
            self.note(column, "Fyll i kolumnen. Den får inte vara tom.")
        return self.read(column, reader)

    def note(self, column: str, detail: str) -> None:
        """Note what is wrong in a column of this row."""
        self.problems.append(RowProblem(self.number, column, detail))


def read_csv(text: str, *, columns: Sequence[str], required: Sequence[str]) -> tuple[list[Row], list[RowProblem]]:
    """Return the rows of a file with heads in its first row, and the list in which their problems are gathered.

    Columns may come in any order and be left out unless `required`; semicolon, comma and tab part them. Raises
    `InvalidRows` for a file whose heads or size cannot be right, before any row is read.
    """
    if len(text) > LONGEST:
        raise refused([RowProblem(1, "", "Filen är för stor. Dela upp den i flera.")])
    lines = text.removeprefix("\ufeff").replace("\0", "")
    heads_line = lines.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heads_line.count)
    try:
        read = list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        problem = RowProblem(1, "", "Filen går inte att läsa som CSV. Kontrollera citattecknen.")
        raise refused([problem]) from None
    heads = [cell.strip().lower() for cell in read[0]] if read else []
    if problems := [*_wrong_heads(heads, columns, required), *_too_many(read)]:
        raise refused(problems)
    found: list[RowProblem] = []
    rows = []
    for number, cells in enumerate(read[1:], start=FIRST_ROW):
        if any(cell.strip() for cell in cells):
            if len(cells) > len(heads) and any(cell.strip() for cell in cells[len(heads) :]):
                found.append(RowProblem(number, "", f"Raden har fler celler än de {len(heads)} rubrikerna."))
            named = zip(heads, cells, strict=False)
            rows.append(Row(number, {head: cell.strip() for head, cell in named}, found))
    if not rows:
        raise refused([RowProblem(FIRST_ROW, "", "Filen har inga rader under rubrikerna.")])
    return rows, found


@asynccontextmanager
async def attempt(session: AsyncSession, *, dry_run: bool) -> AsyncIterator[None]:
    """Do something in the transaction, and undo it afterwards if it is a dry run or goes wrong."""
    written = set(session.info.get(activity.WRITTEN, ()))
    async with session.begin_nested() as savepoint:
        yield
        if dry_run:
            await savepoint.rollback()
            session.info[activity.WRITTEN] = written


def require_none(problems: Sequence[RowProblem]) -> None:
    """Raise `InvalidRows` if there are problems."""
    if problems:
        raise refused(problems)


def _wrong_heads(heads: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> list[RowProblem]:
    allowed = ", ".join(columns)
    unknown = [head for head in heads if head and head not in columns]
    problems = [RowProblem(1, head, f"Kolumnen finns inte. Tillåtna kolumner: {allowed}.") for head in unknown]
    twice = sorted({head for head in heads if head and heads.count(head) > 1})
    problems += [RowProblem(1, head, "Kolumnen står två gånger. Ta bort den ena.") for head in twice]
    missing = [column for column in required if column not in heads]
    return [*problems, *(RowProblem(1, column, "Kolumnen saknas. Lägg till den.") for column in missing)]


def _too_many(read: Sequence[Sequence[str]]) -> list[RowProblem]:
    if len(read) - 1 <= MOST_ROWS:
        return []
    return [RowProblem(MOST_ROWS + FIRST_ROW, "", f"Filen har fler än {MOST_ROWS} rader. Dela upp den i flera.")]
