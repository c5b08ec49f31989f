"""Taking away what was registered by mistake, from the leaves inwards: nothing that others rest on is removed.

What is removed stands in the diary, and all that it has been in the past.
"""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignments, clauses, decisions, matters, records, sources
from initiatives.access import Viewer
from initiatives.assignments import Assignment
from initiatives.clauses import Clause
from initiatives.decisions import Decision
from initiatives.errors import NarplanError


class StillNeeded(NarplanError):
    """Something cannot be removed since other things rest on it."""

    title: ClassVar[str] = "Behövs fortfarande"


async def remove_matter(session: AsyncSession, person: Viewer, matter_id: UUID) -> None:
    """Remove a matter under which nothing stands. Raises `NotFound`, `NotAllowed` or `StillNeeded`."""
    matter = await matters.lock(session, person, matter_id)
    await _require_none(
        session, "Under ärendet står förslag eller beslut. Ta bort dem först.", Decision.matter_id == matter_id
    )
    await sources.forget(session, "matter", [matter_id])
    await records.remove(session, person, matter)


async def remove_decision(session: AsyncSession, person: Viewer, decision_id: UUID) -> None:
    """Remove a decision with its clauses and remarks, if it has no assignments and no other decision needs it.

    Raises `NotFound`, `NotAllowed` or `StillNeeded`.
    """
    decision = await decisions.lock(session, person, decision_id)
    await _require_none(
        session, "Ur beslutet kommer uppdrag. Ta bort dem först.", Assignment.decision_id == decision_id
    )
    await _require_none(
        session, "Beslutet avslutar uppdrag. Öppna dem igen först.", Assignment.closed_by_id == decision_id
    )
    await _require_none(
        session, "Beslutet avslutar att-satser. Öppna dem igen först.", Clause.closed_by_id == decision_id
    )
    await _require_none(
        session, "Ett senare beslut ersätter det här. Ändra det först.", Decision.replaces_id == decision_id
    )
    of_it = select(Clause).where(Clause.decision_id == decision_id).order_by(Clause.number)
    for clause in (await session.scalars(of_it)).all():
        await remove_clause(session, person, clause.id)
    await sources.forget(session, "decision", [decision_id])
    await records.remove(session, person, decision)


async def remove_clause(session: AsyncSession, person: Viewer, clause_id: UUID) -> None:
    """Remove a clause that no assignment came out of. Raises `NotFound`, `NotAllowed` or `StillNeeded`."""
    clause = await clauses.lock(session, person, clause_id)
    await _require_none(session, "Ur att-satsen kommer uppdrag. Ta bort dem först.", Assignment.clause_id == clause_id)
    await sources.forget(session, "clause", [clause_id])
    await records.remove(session, person, clause)


async def remove_assignment(session: AsyncSession, person: Viewer, assignment_id: UUID) -> None:
    """Remove an assignment that nothing was delegated from and no decision has closed.

    Raises `NotFound`, `NotAllowed`, `AlreadyClosed` or `StillNeeded`.
    """
    assignment = await assignments.lock(session, person, assignment_id)
    if assignment.closed_by_id is not None:
        raise clauses.AlreadyClosed("Uppdraget är avslutat genom ett beslut. Öppna det igen innan du tar bort det.")
    await _require_none(
        session,
        "Uppdraget är delegerat vidare. Ta bort de delegerade uppdragen först.",
        Assignment.parent_id == assignment_id,
    )
    await sources.forget(session, "assignment", [assignment_id])
    await records.remove(session, person, assignment)


async def _require_none(session: AsyncSession, why: str, condition: ColumnElement[bool]) -> None:
    """Return if no row fulfils the condition; `why` says what stands in the way and what to do."""
    if await session.scalar(select(func.count()).where(condition)):
        raise StillNeeded(why)
