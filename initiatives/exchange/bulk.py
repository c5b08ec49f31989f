"""The same change of many initiatives at once: looked at first, and then all of them are changed or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import initiatives, rows
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidRows, InvalidValue, NarplanError
from initiatives.exchange import names
from initiatives.exchange.cells import same
from initiatives.exchange.columns import Fields
from initiatives.exchange.names import Names
from initiatives.exchange.outcome import Change, Outcome
from initiatives.exchange.tables.plan import INITIATIVES, initiative_rows
from initiatives.merging import ConflictingChange
from initiatives.workflow import MissingForStatus

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one initiative; `field` is the register's name of it, empty for the whole."""

    field: str
    heading: str
    detail: str


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What became of one initiative, or would."""

    id: UUID
    title: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    errors: tuple[Problem, ...] = ()


async def revise_many(
    session: AsyncSession,
    person: Viewer,
    wanted: Mapping[UUID, int | None],
    changes: Mapping[str, Any],
    *,
    dry_run: bool,
) -> Sequence[BulkRow]:
    """Make the same changes of all these initiatives, or only tell what that would do; for the programme group.

    `wanted` has the revision that was read of each, None to overwrite. What others have changed since then is kept, as
    `initiatives.revise` does. Raises `NotAllowed`, `InvalidValue` for nothing to do, and `InvalidRows` with everything
    that is wrong, initiative by initiative, and then nothing is changed; in a dry run that stands in the rows.
    """
    require_writer(person)
    if not 0 < len(wanted) <= MOST:
        raise InvalidValue(f"Välj från ett till {MOST} initiativ.", field="initiatives")
    if not changes:
        raise InvalidValue("Välj minst ett fält att ändra.", field="changes")
    before, called = await _stands(session, person, wanted), await names.load(session, person, INITIATIVES.refers)
    wrong: dict[UUID, tuple[Problem, ...]] = {}
    async with rows.attempt(session, dry_run=dry_run):
        for identifier in sorted(wanted):
            stands = before.get(identifier, {})
            given = {name: value for name, value in changes.items() if not same(value, stands.get(name))}
            if problems := await _revise(session, person, identifier, wanted[identifier], given):
                wrong[identifier] = problems
        after = await _stands(session, person, wanted)
        now = await names.load(session, person, INITIATIVES.refers)
        found = [_row(one, before, after, wrong.get(one, ()), (called, now)) for one in wanted]
        if wrong and not dry_run:
            told = ((_where(row, problem), problem.detail) for row in found for problem in row.errors)
            raise InvalidRows(tuple(told), field="initiatives")
    return found


async def _revise(
    session: AsyncSession, person: Viewer, identifier: UUID, revision: int | None, given: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """Change one initiative, or return what is wrong with the transaction as it was."""
    try:
        async with session.begin_nested():
            await initiatives.revise(session, person, identifier, revision=revision, **given)
    except ConflictingChange as problem:
        return tuple(
            _problem(
                one.field, f"{one.by or 'Någon annan'} har ändrat det sedan du läste. Läs om och gör om ändringen."
            )
            for one in problem.conflicts
        )
    except MissingForStatus as problem:
        return tuple(_problem(name, remedy) for name, remedy in problem.problems)
    except NarplanError as problem:
        return (_problem(problem.field or "", problem.detail),)
    return ()


def _problem(name: str, detail: str) -> Problem:
    column = INITIATIVES.of_field(name)
    return Problem(name, column.heading if column else "", detail)


def _where(row: BulkRow, problem: Problem) -> str:
    return ", ".join(part for part in (str(row.id), problem.field) if part)


async def _stands(session: AsyncSession, person: Viewer, wanted: Mapping[UUID, object]) -> Mapping[UUID, Fields]:
    await session.flush()
    return {row["id"]: row for row in await initiative_rows(session, person) if row["id"] in wanted}


def _row(
    identifier: UUID,
    before: Mapping[UUID, Fields],
    after: Mapping[UUID, Fields],
    problems: tuple[Problem, ...],
    called: tuple[Names, Names],
) -> BulkRow:
    stood, stands = before.get(identifier, {}), after.get(identifier, {})
    title = str(stood.get("title", ""))
    if problems:
        return BulkRow(identifier, title, Outcome.WRONG, errors=problems)
    changes = []
    for column in INITIATIVES.own:
        texts = [
            column.cell.write(row.get(column.field), known) for row, known in zip((stood, stands), called, strict=True)
        ]
        was, is_now = ("" if text is None else str(text) for text in texts)
        if was != is_now:
            changes.append(Change(column.heading, was, is_now))
    return BulkRow(identifier, title, Outcome.CHANGED if changes else Outcome.UNCHANGED, tuple(changes))
