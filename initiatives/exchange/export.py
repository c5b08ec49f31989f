"""Tables out of the register: what the person sees, an empty template, and what the columns mean."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import accesses
from initiatives.access import Viewer
from initiatives.exchange import files, names, workbooks
from initiatives.exchange.cells import Written
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.files import Format
from initiatives.exchange.names import Names

NOTED = frozenset({"initiative"})
"""The kinds of things whose readers are noted."""
EXPLAINED = ("Kolumn", "Vad du skriver", "Att tänka på")


async def export(
    session: AsyncSession,
    person: Viewer,
    table: Table,
    form: Format,
    *,
    rows: Sequence[Fields] | None = None,
    only: Collection[UUID] | None = None,
) -> bytes:
    """Return a file of what the person sees of a table: all of it, the given rows, or `only` those identifiers."""
    found = await table.rows(session, person) if rows is None else rows
    if only is not None:
        wanted = set(only)
        found = [row for row in found if row["id"] in wanted]
    if table.model.__tablename__ in NOTED:
        await accesses.seen(session, person, table.model.__tablename__, [row["id"] for row in found])
    called = await names.load(session, person, table.refers)
    return await asyncio.to_thread(lambda: _file(table, form, [cells(table, row, called) for row in found]))


def template(table: Table, form: Format) -> bytes:
    """Return a file with nothing but the heads that one may fill in; a workbook also says what they mean."""
    return _file(table, form, [], template=True)


def heading(column: Column, form: Format) -> str:
    """Return what a column is called in a file: people read Swedish, programs read names."""
    return column.called if form is Format.CSV else column.heading


def cells(table: Table, row: Fields, called: Names) -> list[Written]:
    """Return a row under the columns of its table."""
    return [column.cell.write(row.get(column.field), called) for column in table.columns]


def explanation(column: Column) -> tuple[str, str, str]:
    """Return what a column is called, what to write in it, and what more there is to know."""
    told = ["Läses bara ut; det som står där tas inte med in."] if column.read_only else []
    told += ["Måste fyllas i på en ny rad."] if column.required else []
    told += ["Går inte att ändra sedan raden lagts till."] if column.fixed else []
    told += [column.note] if column.note else []
    return column.heading, column.cell.words.capitalize(), " ".join(told)


def _file(table: Table, form: Format, rows: Sequence[Sequence[Written]], *, template: bool = False) -> bytes:
    columns = [one for one in (table.own if template else table.columns) if not (template and one.read_only)]
    heads = [heading(column, form) for column in columns]
    if form is not Format.XLSX:
        return files.csv_bytes(heads, rows, excel=form is Format.CSV_EXCEL)
    return workbooks.write(
        table.title,
        heads,
        rows,
        lists=[column.cell.choices for column in columns],
        notes=[EXPLAINED, *map(explanation, columns)],
    )
