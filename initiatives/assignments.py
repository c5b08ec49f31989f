"""Assignments (*uppdrag*): what somebody shall do because of a decision, and whom they pass it on to.

An assignment comes out of an att-sats, or out of the running text of a decision. What comes out of a proposal is only
proposed: it is never reported, closed or late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import clauses, decisions, records, references, sources, swedish, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer
from initiatives.base import Base, text_enum
from initiatives.clauses import AlreadyClosed
from initiatives.decisions import Decision, OnlyProposed, Outcome
from initiatives.errors import InvalidValue
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept
from initiatives.people import Person
from initiatives.standing import DueKind, settle_due

MISSING = "Uppdraget finns inte."
MOST_RECEIVERS = 100


class Assignment(records.Record, Base):
    """What a receiver shall do; `clause_id` is None for what stands in the running text.

    `parent_id` is the assignment that it is delegated from. It is begun, reported and closed on days; `closed_by_id` is
    the decision that closes it.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("(due_kind = 'datum') = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("(reported_on IS NULL) = (report = '')", name="report"),
        CheckConstraint("parent_id <> id", name="parent"),
        Index(None, "decision_id"),
        Index(None, "clause_id"),
        Index(None, "parent_id"),
        Index(None, "receiver_organisation_id"),
        Index(None, "receiver_person_id"),
        Index(None, "closed_by_id"),
        Index(None, "due_on"),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    title: Mapped[str]
    receiver_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    receiver_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    receiver: Mapped[str]
    given_on: Mapped[date | None]
    begun_on: Mapped[date | None]
    due_kind: Mapped[DueKind] = mapped_column(text_enum(DueKind, name="due_kind"))
    due_on: Mapped[date | None]
    due_note: Mapped[str]
    report: Mapped[str]
    reported_on: Mapped[date | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("decision.id"))


POLICIES: tuple[str, ...] = protect("assignment", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("assignment", part_of="decision_id"),)
KINDS["assignment"] = Kind(
    word="uppdrag",
    plural="uppdrag",
    title=("title", "receiver"),
    labels={
        "decision_id": "Beslut",
        "clause_id": "Att-sats",
        "parent_id": "Delegerat från",
        "title": "Uppdrag",
        "receiver_organisation_id": "Organisation",
        "receiver_person_id": "Person",
        "receiver": "Mottagare",
        "given_on": "Gavs",
        "begun_on": "Påbörjades",
        "due_kind": "Tid",
        "due_on": "Senast",
        "due_note": "Tid, som det står",
        "report": "Rapport",
        "reported_on": "Rapporterades",
        "closed_by_id": "Avslutat genom",
    },
    part_of="decision",
    page="/beslut/uppdrag",
)
sources.SUBJECTS["assignment"] = MISSING


class AssignmentFields(TypedDict, total=False):
    """What can be written of an assignment; a change names only what it changes."""

    title: str
    receiver_organisation_id: UUID | None
    receiver_person_id: UUID | None
    receiver: str
    given_on: date | None
    begun_on: date | None
    due_kind: DueKind | str | None
    due_on: date | None
    due_note: str
    report: str
    reported_on: date | None


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom something is delegated: in words, and the organisation or person when they are in the register."""

    receiver: str = ""
    receiver_organisation_id: UUID | None = None
    receiver_person_id: UUID | None = None


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    decision_id: UUID | None = None,
    clause_id: UUID | None = None,
    **fields: Unpack[AssignmentFields],
) -> Assignment:
    """Write an assignment that comes out of a clause, or out of the running text of a decision.

    It is given on the day of the decision unless another is said. Raises `NotAllowed`, `NotFound`, `AlreadyClosed` for
    a closed clause, or `InvalidValue` with the field.
    """
    require_writer(person)
    if clause_id is not None:
        clause = await clauses.lock(session, person, clause_id)
        if clause.closed_by_id is not None:
            raise AlreadyClosed("Att-satsen är avslutad genom ett beslut. Öppna den igen innan du ger uppdrag.")
        if decision_id not in {None, clause.decision_id}:
            raise InvalidValue("Att-satsen hör till ett annat beslut.", field="clause_id")
        decision_id = clause.decision_id
    if decision_id is None:
        raise InvalidValue("Ange att-satsen, eller beslutet, som uppdraget kommer ur.", field="clause_id")
    decision = await decisions.lock(session, person, decision_id)
    settled = settle_due(fields)
    given = await _checked(session, decision, {**_BLANK, "given_on": decision.decided_on, **settled})
    assignment = Assignment(decision_id=decision_id, clause_id=clause_id, parent_id=None, closed_by_id=None, **given)
    await records.add(session, person, assignment)
    return assignment


async def delegate(
    session: AsyncSession,
    person: Viewer,
    assignment_id: UUID,
    receivers: Sequence[Receiver],
    **fields: Unpack[AssignmentFields],
) -> Sequence[Assignment]:
    """Pass an assignment on, to each receiver a part of their own; title and due date are the parent's unless said.

    The parent is then begun. Raises `AlreadyClosed` for one that is closed, and as `create`.
    """
    parent = await lock(session, person, assignment_id)
    _require_open(parent)
    if not 0 < len(receivers) <= MOST_RECEIVERS:
        raise InvalidValue(f"Ange från en till {MOST_RECEIVERS} mottagare.", field="receivers")
    decision = await session.get_one(Decision, parent.decision_id)
    inherited = {name: getattr(parent, name) for name in ("title", "due_kind", "due_on", "due_note", "given_on")}
    base = {**_BLANK, **inherited, **settle_due(fields, inherited)}
    made = []
    for one in receivers:
        to = {name: getattr(one, name) for name in Receiver.__dataclass_fields__}
        given = await _checked(session, decision, {**base, **to})
        if not any(given[name] for name in to):
            raise InvalidValue("Ange vem som ska göra det.", field="receivers")
        child = Assignment(
            decision_id=parent.decision_id, clause_id=parent.clause_id, parent_id=parent.id, closed_by_id=None, **given
        )
        await records.add(session, person, child, action="delegerade")
        made.append(child)
    if parent.begun_on is None and made[0].given_on is not None:
        await records.change(session, person, parent, {"begun_on": made[0].given_on}, read=None)
    return made


async def revise(
    session: AsyncSession,
    person: Viewer,
    assignment_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[AssignmentFields],
) -> Assignment:
    """Change the named fields; a report is its words and its day. Nothing here closes an assignment.

    Raises as `create`, `AlreadyClosed`, `OnlyProposed` for a report on what is only proposed, and `ConflictingChange`.
    """
    assignment = await lock(session, person, assignment_id)
    _require_open(assignment)
    decision = await session.get_one(Decision, assignment.decision_id)
    stands = {name: getattr(assignment, name) for name in _BLANK}
    wanted = {name: value for name, value in fields.items() if value is not None or name in _MAY_BE_NONE}
    given = await _checked(session, decision, settle_due(wanted, stands), stands)
    action = "rapporterade" if given.get("reported_on") and assignment.reported_on is None else "ändrade"
    await records.change(session, person, assignment, given, read=revision, action=action)
    return assignment


async def lock(session: AsyncSession, person: Viewer, assignment_id: UUID) -> Assignment:
    """Return an assignment for writing, locked. Raises `NotFound`, then `NotAllowed`."""
    return await records.lock_to_write(session, person, Assignment, assignment_id, missing=MISSING)


def _require_open(assignment: Assignment) -> None:
    if assignment.closed_by_id is not None:
        raise AlreadyClosed("Uppdraget är avslutat genom ett beslut. Öppna det igen innan du ändrar.")


async def _checked(
    session: AsyncSession, decision: Decision, fields: Mapping[str, Any], stands: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    given = dict(fields)
    if "title" in given:
        given["title"] = values.line(given["title"], field="title", longest=500)
    for name, longest in (("receiver", 200), ("due_note", 500)):
        if name in given:
            given[name] = " ".join(values.paragraph(given[name], field=name, longest=longest).split())
    if "report" in given:
        given["report"] = values.paragraph(given["report"], field="report")
    for name in ("given_on", "begun_on", "reported_on"):
        values.period(given.get(name), None, field=name)
    await references.require(
        session, Organisation, given.get("receiver_organisation_id"), field="receiver_organisation_id"
    )
    await references.require(session, Person, given.get("receiver_person_id"), field="receiver_person_id")
    _check_course(decision, {**(stands or {}), **given})
    return given


def _check_course(decision: Decision, after: Mapping[str, Any]) -> None:
    """Return if the days can have come in this order, and a report has both its words and its day."""
    begun, reported = after["begun_on"], after["reported_on"]
    if decision.outcome == Outcome.PROPOSED and (begun or reported or after["report"]):
        raise OnlyProposed(
            "Uppdraget är bara föreslaget. Registrera beslutet först, och ge uppdraget där.",
            field="reported_on" if reported or after["report"] else "begun_on",
        )
    if reported is None and after["report"]:
        raise InvalidValue("Ange vilken dag det rapporterades.", field="reported_on")
    if reported is not None and not after["report"]:
        raise InvalidValue("Skriv i korthet vad som rapporterades.", field="report")
    if reported is not None and reported > swedish.today():
        raise InvalidValue("Dagen har inte varit än. Ange den dag då det rapporterades.", field="reported_on")
    for name in ("due_on", "begun_on", "reported_on"):
        if after[name] and after["given_on"] and after[name] < after["given_on"]:
            raise InvalidValue(f"Dagen är före {after['given_on']}, då uppdraget gavs. Ändra en av dem.", field=name)


_BLANK: AssignmentFields = {
    "title": "",
    "receiver_organisation_id": None,
    "receiver_person_id": None,
    "receiver": "",
    "given_on": None,
    "begun_on": None,
    "due_kind": DueKind.NONE,
    "due_on": None,
    "due_note": "",
    "report": "",
    "reported_on": None,
}
_MAY_BE_NONE = frozenset(
    {"receiver_organisation_id", "receiver_person_id", "given_on", "begun_on", "due_on", "reported_on"}
)
