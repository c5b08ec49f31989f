"""State grants out of a table: every row is read, and all of them are written or none.

A row without `id` is new; one with it changes what it is the row of. Everything that is wrong is told at once, by row
and column.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import rows, values
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidRows, InvalidValue, NarplanError, NotFound
from initiatives.grants import agreements, amounts, components, conditions, obligations, references
from initiatives.grants.columns import COLUMNS, HEADS, PLACES, Cell, RowKind
from initiatives.rows import Row

_AT = {"component_id": "del", "responsible_id": "ansvarig", "organisation_id": "organisation", "year": "år"}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows of each kind were written or, in a dry run, would be; `unchanged` say what already stands."""

    dry_run: bool
    created: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: int


@dataclass(slots=True)
class _Counts:
    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A row that could be read: what it is, and the values of its fields."""

    row: Row
    kind: RowKind
    given: dict[str, Any]


async def bring_in(session: AsyncSession, person: Viewer, content: str, *, dry_run: bool) -> Imported:
    """Write the rows of a table (CSV with heads), or only tell what that would do; for the programme group.

    Raises `InvalidRows` with everything that is wrong, by row and column; nothing is written then.
    """
    require_writer(person)
    read, problems = rows.read_csv(content, columns=HEADS, required=("rad", "överenskommelse"))
    lines = [line for row in read if (line := _line(row))]
    if problems:
        raise rows.refused(problems)
    counts, order = _Counts(), list(RowKind)
    async with rows.attempt(session, dry_run=dry_run):
        for line in sorted(lines, key=lambda one: order.index(one.kind)):
            await _write(session, person, line, counts)
        if problems:
            raise rows.refused(problems)
    return Imported(dry_run, dict(counts.created), dict(counts.changed), counts.unchanged)


def _line(row: Row) -> _Line | None:
    try:
        kind = values.choice(RowKind, row.get("rad").lower(), field="rad")
    except InvalidValue as problem:
        row.note("rad", problem.detail)
        return None
    for place in PLACES:
        if kind not in place.kinds and row.get(place.name):
            row.note(place.name, _unused(kind))
    given: dict[str, Any] = {}
    for column in COLUMNS:
        text = references.text_of(row, column.name)
        if cell := column.cells.get(kind):
            given |= _read(row, column.name, cell, text)
        elif text:
            row.note(column.name, _unused(kind))
    return _Line(row, kind, given)


def _read(row: Row, name: str, cell: Cell, text: str) -> dict[str, Any]:
    if name not in row.cells or (not text and (cell.keeps or not row.get("id"))):
        return {}
    try:
        return dict(zip(cell.fields, cell.read(text), strict=True))
    except InvalidValue as problem:
        row.note(name, problem.detail)
        return {}


def _unused(kind: RowKind) -> str:
    return f"Kolumnen används inte på rader av slaget {kind}. Lämna den tom."


async def _write(session: AsyncSession, person: Viewer, line: _Line, counts: _Counts) -> None:
    """Write one row, or note what is wrong in it with the transaction as it was."""
    row = line.row
    try:
        async with session.begin_nested():
            if row.get("id"):
                if await _change(session, person, line):
                    counts.changed[line.kind] += 1
                else:
                    counts.unchanged += 1
            else:
                await _ADD[line.kind](session, person, line)
                counts.created[line.kind] += 1
    except InvalidRows:
        raise
    except NarplanError as problem:
        row.note(_column_of(line.kind, problem.field or ""), problem.detail)


async def _change(session: AsyncSession, person: Viewer, line: _Line) -> bool:
    row, given = line.row, dict(line.given)
    try:
        identifier = UUID(row.get("id"))
    except ValueError:
        raise InvalidValue("Det här är inget id. Lämna tomt för en ny rad.", field="id") from None
    revision = int(row.get("version")) if row.get("version").isdecimal() else None
    if line.kind is RowKind.AGREEMENT:
        given |= await _named(session, row)
    elif line.kind is RowKind.COMPONENT:
        given |= _of_component(row)
    elif "del" in row.cells:
        grant_id = await references.grant_of(session, row) if row.get("överenskommelse") else None
        given |= {"component_id": await references.component_of(session, row, grant_id)}
    if line.kind is RowKind.OBLIGATION and "ansvarig" in row.cells:
        given["responsible_id"] = await references.responsible(session, row)
    if line.kind is RowKind.AMOUNT and row.get("år"):
        given |= {"year": references.year_in(row, "år")}
    try:
        return await _REVISE[line.kind](session, person, identifier, revision=revision, **given)
    except NotFound:
        raise NotFound("Det finns ingen sådan rad. Lämna id tomt för en ny rad.", field="id") from None


async def _add_agreement(session: AsyncSession, person: Viewer, line: _Line) -> None:
    named = {"name": line.row.get("överenskommelse"), **await _named(session, line.row)}
    for column, name in (("organisation", "organisation_id"), ("från", "from_year")):
        if name not in named:
            raise InvalidValue("Fyll i kolumnen. Den får inte vara tom.", field=column)
    await agreements.create(session, person, **{**line.given, **named})


async def _add_component(session: AsyncSession, person: Viewer, line: _Line) -> None:
    grant_id = await references.grant_of(session, line.row)
    named = {"name": "", **_of_component(line.row)}
    await components.create(session, person, grant_id, **{**line.given, **named})


async def _add_obligation(session: AsyncSession, person: Viewer, line: _Line) -> None:
    grant_id = await references.grant_of(session, line.row)
    given = {"kind": "", **line.given}
    given["component_id"] = await references.component_of(session, line.row, grant_id)
    given["responsible_id"] = await references.responsible(session, line.row)
    await obligations.create(session, person, grant_id, **given)


async def _add_condition(session: AsyncSession, person: Viewer, line: _Line) -> None:
    grant_id = await references.grant_of(session, line.row)
    component_id = await references.component_of(session, line.row, grant_id)
    await conditions.create(session, person, grant_id, **{"text": "", **line.given, "component_id": component_id})


async def _add_amount(session: AsyncSession, person: Viewer, line: _Line) -> None:
    row, given = line.row, {"kind": "", **line.given}
    if "kronor" not in given:
        raise InvalidValue("Fyll i kolumnen. Den får inte vara tom.", field="belopp")
    given["year"] = references.year_in(row, "år")
    if row.get("överenskommelse"):
        grant_id = await references.grant_of(session, row)
        component_id = await references.component_of(session, row, grant_id)
        await amounts.create(session, person, grant_id=grant_id, **{**given, "component_id": component_id})
    else:
        owner = await references.organisation_of(session, row)
        await amounts.create(session, person, organisation_id=owner, **given)


_ADD: Mapping[RowKind, Callable[[AsyncSession, Viewer, _Line], Awaitable[None]]] = {
    RowKind.AGREEMENT: _add_agreement,
    RowKind.COMPONENT: _add_component,
    RowKind.OBLIGATION: _add_obligation,
    RowKind.CONDITION: _add_condition,
    RowKind.AMOUNT: _add_amount,
}
_REVISE: Mapping[RowKind, Callable[..., Awaitable[bool]]] = {
    RowKind.AGREEMENT: agreements.revise,
    RowKind.COMPONENT: components.revise,
    RowKind.OBLIGATION: obligations.revise,
    RowKind.CONDITION: conditions.revise,
    RowKind.AMOUNT: amounts.revise,
}


async def _named(session: AsyncSession, row: Row) -> dict[str, Any]:
    """Return what the columns of place say of an agreement itself; nothing for those that are left out."""
    named: dict[str, Any] = {}
    if row.get("överenskommelse"):
        named["name"] = references.text_of(row, "överenskommelse")
    if row.get("organisation"):
        named["organisation_id"] = await references.organisation_of(session, row)
    if row.get("från"):
        named["from_year"] = references.year_in(row, "från")
    return named


def _of_component(row: Row) -> dict[str, Any]:
    named: dict[str, Any] = {"name": references.text_of(row, "del")} if row.get("del") else {}
    return {**named, "year": references.year_in(row, "år")} if row.get("år") else named


def _column_of(kind: RowKind, name: str) -> str:
    """Return the column that a field stands in, or the name as it is: a column already."""
    if name == "name":
        return "del" if kind is RowKind.COMPONENT else references.GRANT
    if name in _AT:
        return _AT[name]
    held = (one.name for one in COLUMNS if kind in one.cells and name in one.cells[kind].fields)
    return next(held, "från" if name == "from_year" else name)
