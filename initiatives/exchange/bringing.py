"""Tables into the register: every row is tried, and all of them are written or none.

A row is known by its id, or by the fields of the table's key; one that is not known is new. Only what differs from
what stands is written, at the version that the file shows, so that what others have done since then is kept.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import rows
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue, NarplanError, NotFound
from initiatives.exchange import incoming, names
from initiatives.exchange.cells import FORBIDDEN, same
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.files import Sheet
from initiatives.exchange.incoming import EMPTY, Line
from initiatives.exchange.names import Names
from initiatives.exchange.outcome import Change, Outcome, Report, RowOutcome
from initiatives.merging import ConflictingChange
from initiatives.workflow import MissingForStatus


@dataclass(slots=True)
class _Work:
    """A file on its way in: the columns that it has, what stands, and what has been made of each row."""

    table: Table
    columns: Sequence[Column]
    stands: Mapping[UUID, Fields]
    keys: Mapping[tuple[str, ...], list[UUID]]
    made: dict[int, tuple[Outcome, UUID]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)


async def bring_in(session: AsyncSession, person: Viewer, table: Table, sheet: Sheet, *, dry_run: bool) -> Report:
    """Write the rows of a file, or only tell what that would do; for the programme group.

    Raises `NotAllowed`, and `InvalidRows` with everything that is wrong, by row and column, and then nothing is
    written. In a dry run what is wrong in the rows stands in the report.
    """
    require_writer(person)
    columns = incoming.heads(table, sheet)
    if not sheet.rows:
        raise rows.refused([rows.RowProblem(rows.FIRST_ROW, "", "Filen har inga rader under rubrikerna.")])
    lines = incoming.lines(sheet, columns)
    before = await names.load(session, person, table.refers)
    work = _begun(table, columns, await table.rows(session, person))
    async with rows.attempt(session, dry_run=dry_run):
        await _write_all(session, person, work, lines, before)
        report = await _report(session, person, work, lines, before, dry_run=dry_run)
        if report.errors and not dry_run:
            raise rows.refused(report.errors)
    return report


def _begun(table: Table, columns: Sequence[Column], stands: Iterable[Fields]) -> _Work:
    by_id = {row["id"]: row for row in stands}
    keys: dict[tuple[str, ...], list[UUID]] = {}
    for identifier, row in by_id.items():
        keys.setdefault(_key(table, row), []).append(identifier)
    return _Work(table, columns, by_id, keys)


async def _write_all(session: AsyncSession, person: Viewer, work: _Work, lines: Sequence[Line], called: Names) -> None:
    """Write every row; one that names another row of the same file waits until that one is there."""
    kind = str(work.table.model.__tablename__)
    inner = [column for column in work.columns if column.cell.refers == kind]
    outer = [column for column in work.columns if column not in inner]
    await asyncio.to_thread(_read_all, lines, outer, called)
    waiting, progress = list(lines), True
    while waiting:
        later = []
        for line in waiting:
            problems = len(line.problems)
            incoming.read(line, inner, called)
            if inner and progress and len(line.problems) > problems:
                del line.problems[problems:]
                later.append(line)
            else:
                await _write(session, person, work, line)
        progress = len(later) < len(waiting)
        waiting = later
        if waiting:
            called = await names.load(session, person, work.table.refers)


def _read_all(lines: Sequence[Line], columns: Sequence[Column], called: Names) -> None:
    for line in lines:
        incoming.read(line, columns, called)


async def _write(session: AsyncSession, person: Viewer, work: _Work, line: Line) -> None:
    """Write one row, or note what is wrong in it with the transaction as it was."""
    try:
        identifier = _identity(work, line)
        if identifier is None:
            _require_filled(work, line)
        if line.problems:
            return
        async with session.begin_nested():
            if identifier is None:
                given = {name: value for name, value in line.given.items() if name not in line.empty}
                line_id = await work.table.add(session, person, given)
                work.made[line.number] = Outcome.NEW, line_id
            else:
                work.made[line.number] = await _revise(session, person, work, line, identifier), identifier
    except NarplanError as problem:
        _note(work, line, problem)


def _note(work: _Work, line: Line, problem: NarplanError) -> None:
    match problem:
        case ConflictingChange():
            for one in problem.conflicts:
                who = f"{one.by or 'Någon annan'} har ändrat det sedan filen hämtades"
                line.note(_heading(work, one.field), f"{who}. Hämta en ny fil, och gör din ändring i den.")
        case MissingForStatus():
            for name, remedy in problem.problems:
                line.note(_heading(work, name), remedy)
        case NotFound():
            line.note("", f"{problem.detail} Någon kan ha tagit bort den. Ta bort raden ur filen, eller töm id.")
        case _:
            line.note(_heading(work, problem.field), problem.detail)


async def _revise(session: AsyncSession, person: Viewer, work: _Work, line: Line, identifier: UUID) -> Outcome:
    stands = work.stands[identifier]
    wanted = {name: value for name, value in line.given.items() if not same(value, stands[name])}
    for column in work.columns:
        forbidden = column.cell.empty is FORBIDDEN and not column.read_only
        if forbidden and column.field in line.empty and stands[column.field] not in (None, ""):
            raise InvalidValue(EMPTY, field=column.field)
        if column.fixed and column.field in wanted:
            raise InvalidValue(
                f"{column.heading} går inte att ändra. Lägg till en ny rad i stället.", field=column.field
            )
    if not wanted:
        return Outcome.UNCHANGED
    await work.table.revise(session, person, identifier, wanted, _version(line))
    return Outcome.CHANGED


def _identity(work: _Work, line: Line) -> UUID | None:
    """Return which row a line is, or None if it is new; raise `InvalidValue` if it can be several, or stands twice."""
    text, found = line.cells.get("id", ""), None
    if text:
        try:
            found = UUID(text)
        except ValueError:
            raise InvalidValue("Det här är inget id. Lämna tomt på en ny rad.", field="id") from None
    if found not in work.stands:
        same_key = work.keys.get(_key(work.table, line.given), [])
        if len(same_key) > 1:
            raise InvalidValue("Flera rader i registret passar. Ta med kolumnen Id.", field=work.table.key[0])
        found = same_key[0] if same_key else None
    if found is not None:
        first = work.taken.setdefault(found, line.number)
        if first != line.number:
            raise InvalidValue(f"Samma rad står redan på rad {first}. Ta bort den ena.", field="id")
    return found


def _require_filled(work: _Work, line: Line) -> None:
    wrong = {problem.field for problem in line.problems}
    for column in work.table.own:
        if column.required and line.given.get(column.field) in (None, "", ()) and column.heading not in wrong:
            line.note(column.heading, EMPTY)


def _version(line: Line) -> int | None:
    text = line.cells.get("revision", "")
    if text and not (text.isascii() and text.isdecimal()):
        raise InvalidValue("Versionen är ett heltal. Låt den stå som den var i filen.", field="revision")
    return int(text[:9]) if text else None


def _key(table: Table, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(" ".join(str(row.get(name) or "").lower().split()) for name in table.key)


def _heading(work: _Work, name: str | None) -> str:
    column = work.table.of_field(name)
    return column.heading if column else name or ""


async def _report(
    session: AsyncSession, person: Viewer, work: _Work, lines: Sequence[Line], called: Names, *, dry_run: bool
) -> Report:
    written = any(outcome is not Outcome.UNCHANGED for outcome, _ in work.made.values())
    after = {row["id"]: row for row in await _rows_now(session, person, work)} if written else work.stands
    now = await names.load(session, person, work.table.refers) if written else called
    found = await asyncio.to_thread(lambda: tuple(_row(work, line, after, called, now) for line in lines))
    return Report(dry_run, found, tuple(one.heading for one in work.columns if one.read_only))


async def _rows_now(session: AsyncSession, person: Viewer, work: _Work) -> Sequence[Fields]:
    """Return the rows as they stand after what has been written."""
    await session.flush()
    return await work.table.rows(session, person)


def _row(work: _Work, line: Line, after: Mapping[UUID, Fields], called: Names, now: Names) -> RowOutcome:
    outcome, identifier = work.made.get(line.number, (Outcome.WRONG, None))
    title = line.cells.get(work.table.key[0], "")
    if line.problems:
        return RowOutcome(line.number, Outcome.WRONG, None, title, errors=tuple(line.problems))
    if identifier is None or outcome is Outcome.UNCHANGED:
        return RowOutcome(line.number, outcome, identifier, title)
    stood, stands = work.stands.get(identifier, {}), after[identifier]
    changes = []
    for column in work.table.own:
        if column.read_only:
            continue
        before = _text(column, stood, called) if stood else ""
        is_now = _text(column, stands, now)
        if before != is_now:
            changes.append(Change(column.heading, before, is_now))
    if outcome is Outcome.CHANGED and not changes:  # Others have written what the file says, or it meant the same.
        return RowOutcome(line.number, Outcome.UNCHANGED, identifier, title)
    return RowOutcome(line.number, outcome, None if outcome is Outcome.NEW else identifier, title, tuple(changes))


def _text(column: Column, row: Fields, called: Names) -> str:
    written = column.cell.write(row.get(column.field), called)
    return "" if written is None else str(written)
