"""Closing what was decided. Only a later decision closes, and only when all that was passed on has been reported.

The rule is that of real minutes: an assignment is under way until the organ itself has declared it finished.
"""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignments, clauses, records, swedish
from initiatives.access import Viewer
from initiatives.assignments import Assignment
from initiatives.clauses import APPROVING, AlreadyClosed, Clause
from initiatives.decisions import DECIDING, Decision, OnlyProposed, Outcome
from initiatives.errors import InvalidValue, NarplanError
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.standing import Course, Status, has_come, standing


class NotYet(NarplanError):
    """Something cannot be closed yet; the text names all that is missing."""

    title: ClassVar[str] = "Kan inte avslutas än"


async def close_clause(session: AsyncSession, person: Viewer, clause_id: UUID, decision_id: UUID | None) -> Clause:
    """Let a decision close a clause and every assignment that came out of it.

    Raises `NotFound`, `NotAllowed`, `AlreadyClosed`, `OnlyProposed`, `InvalidValue` for a decision that cannot close
    it, or `NotYet` with the assignments that are not reported, and the decision when there is none.
    """
    clause = await clauses.lock(session, person, clause_id)
    if clause.closed_by_id is not None:
        raise AlreadyClosed("Att-satsen är redan avslutad.")
    await _require_decided(session, clause.decision_id)
    if clause.ruling not in APPROVING:
        raise InvalidValue("Organet biföll inte att-satsen, så det finns inget att avsluta.")
    query = select(Assignment).where(Assignment.clause_id == clause_id).order_by(Assignment.id).with_for_update()
    out_of_it = (await session.scalars(query)).all()
    closing = await _ready(session, "Att-satsen", clause.decision_id, decision_id, out_of_it)
    await _close(session, person, clause, closing)
    for one in out_of_it:
        await _close(session, person, one, closing)
    return clause


async def close_assignment(
    session: AsyncSession, person: Viewer, assignment_id: UUID, decision_id: UUID | None
) -> Assignment:
    """Let a decision close an assignment and all that was delegated from it; raises as `close_clause`."""
    assignment = await assignments.lock(session, person, assignment_id)
    if assignment.closed_by_id is not None:
        raise AlreadyClosed("Uppdraget är redan avslutat.")
    await _require_decided(session, assignment.decision_id)
    below = await _below(session, assignment.id)
    closing = await _ready(session, "Uppdraget", assignment.decision_id, decision_id, below)
    for one in (assignment, *below):
        await _close(session, person, one, closing)
    return assignment


async def reopen_clause(session: AsyncSession, person: Viewer, clause_id: UUID) -> Clause:
    """Open a clause again, with the assignments that the same decision closed."""
    clause = await clauses.lock(session, person, clause_id)
    query = select(Assignment).where(Assignment.clause_id == clause_id, Assignment.closed_by_id == clause.closed_by_id)
    for one in (clause, *await session.scalars(query.order_by(Assignment.id).with_for_update())):
        await records.change(session, person, one, {"closed_by_id": None}, read=None, action="öppnade igen")
    return clause


async def reopen_assignment(session: AsyncSession, person: Viewer, assignment_id: UUID) -> Assignment:
    """Open an assignment again, with what was delegated from it and closed with it.

    Raises `AlreadyClosed` if the clause or the assignment that it came from is closed: that is opened first.
    """
    assignment = await assignments.lock(session, person, assignment_id)
    clause = await session.get(Clause, assignment.clause_id) if assignment.clause_id else None
    parent = await session.get(Assignment, assignment.parent_id) if assignment.parent_id else None
    if clause is not None and clause.closed_by_id is not None:
        raise AlreadyClosed("Att-satsen är avslutad. Öppna den, så öppnas uppdragen också.")
    if parent is not None and parent.closed_by_id is not None:
        raise AlreadyClosed("Uppdraget som det delegerades från är avslutat. Öppna det först.")
    below = await _below(session, assignment.id)
    for one in (assignment, *(one for one in below if one.closed_by_id == assignment.closed_by_id)):
        await records.change(session, person, one, {"closed_by_id": None}, read=None, action="öppnade igen")
    return assignment


async def _require_decided(session: AsyncSession, decision_id: UUID) -> None:
    if (await session.get_one(Decision, decision_id)).outcome == Outcome.PROPOSED:
        raise OnlyProposed("Det är bara föreslaget. Det som inte är beslutat kan inte avslutas.")


async def _below(session: AsyncSession, assignment_id: UUID) -> Sequence[Assignment]:
    """Return all that was delegated from an assignment, at every remove, locked."""
    under = select(Assignment.id).where(Assignment.parent_id == assignment_id).cte("under", recursive=True)
    under = under.union_all(select(Assignment.id).join(under, Assignment.parent_id == under.c.id))
    query = select(Assignment).where(Assignment.id.in_(select(under.c.id))).order_by(Assignment.id).with_for_update()
    return (await session.scalars(query)).all()


async def _ready(
    session: AsyncSession, what: str, of_decision: UUID, decision_id: UUID | None, below: Sequence[Assignment]
) -> Decision:
    """Return the decision that closes, if nothing is missing on its day."""
    closing = await _closing(session, of_decision, decision_id)
    day = closing.decided_on if closing and closing.decided_on else swedish.today()
    waiting = [one for one in below if not one.closed_by_id and not has_come(one.reported_on, day)]
    missing = [await _in_words(session, one, day) for one in waiting]
    if closing is not None and not missing:
        return closing
    parts = [f"{what} kan inte avslutas än."]
    parts += [f"Det här är inte rapporterat: {'; '.join(missing)}."] if missing else []
    if closing is None:
        also = "Det saknas också" if missing else "Det saknas"
        parts.append(f"{also} ett beslut som avslutar: registrera det och ange det här.")
    raise NotYet(" ".join(parts), field="decision_id" if closing is None else None)


async def _closing(session: AsyncSession, of_decision: UUID, decision_id: UUID | None) -> Decision | None:
    if decision_id is None:
        return None
    closing, own = await session.get(Decision, decision_id), await session.get_one(Decision, of_decision)
    if closing is None:
        raise InvalidValue("Beslutet finns inte.", field="decision_id")
    if closing.outcome not in DECIDING:
        raise InvalidValue("Bara ett fattat beslut avslutar. Det här är inte beslutat.", field="decision_id")
    if closing.id == own.id:
        raise InvalidValue("Beslutet kan inte avsluta det som det självt ger. Välj ett senare.", field="decision_id")
    if closing.decided_on and own.decided_on and closing.decided_on < own.decided_on:
        raise InvalidValue("Beslutet är äldre än det som det ska avsluta. Välj ett senare.", field="decision_id")
    return closing


async def _in_words(session: AsyncSession, one: Assignment, on: date) -> str:
    names = select(
        func.coalesce(
            func.nullif(one.receiver, ""),
            select(Organisation.name).where(Organisation.id == one.receiver_organisation_id).scalar_subquery(),
            select(Person.name).where(Person.id == one.receiver_person_id).scalar_subquery(),
            one.title,
        )
    )
    course = Course(proposed=False, in_force=True, due_on=one.due_on, begun_on=one.begun_on, fresh=Status.GIVEN)
    return f"{await session.scalar(names)} ({standing(course, on).words})"


async def _close(session: AsyncSession, person: Viewer, one: Clause | Assignment, closing: Decision) -> None:
    if one.closed_by_id is None:
        await records.change(session, person, one, {"closed_by_id": closing.id}, read=None, action="avslutade")
