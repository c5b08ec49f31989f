"""The matters of the sample region, as they are written in `decisions.toml`, put into an installation."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import Entry
from initiatives import assignments, clauses, closing, decision_links, decisions, matters, remarks
from initiatives.access import SYSTEM
from initiatives.assignments import Assignment
from initiatives.initiatives import Initiative
from initiatives.organisations import Organisation
from initiatives.people import Person

FILE = Path(__file__).with_name("decisions.toml")


class SampleAssignment(Entry, frozen=True):
    """An assignment, and those to whom it is delegated."""

    title: str
    receiver: str = ""
    organisation: str = ""
    person: str = ""
    due_on: date | None = None
    begun_on: date | None = None
    report: str = ""
    reported_on: date | None = None
    delegated: tuple["SampleAssignment", ...] = ()


class SampleClause(Entry, frozen=True):
    """An att-sats; `closed_by` is the paragraph of the decision in the same matter that closes it."""

    text: str
    ruling: str | None = None
    ruling_note: str = ""
    addressee: str = ""
    organisation: str = ""
    due_kind: str | None = None
    due_on: date | None = None
    due_note: str = ""
    amount_kronor: int | None = None
    funding_source: str = ""
    closed_by: str = ""
    initiatives: tuple[str, ...] = ()
    assignments: tuple[SampleAssignment, ...] = ()


class SampleReservation(Entry, frozen=True):
    """Who did not agree; `clause` is the number of what they did not agree with."""

    party: str
    text: str
    kind: str = "reservation"
    clause: int | None = None


class SampleAuthority(Entry, frozen=True):
    """Who may decide."""

    organ: str
    rule: str
    note: str
    clause: int | None = None


class SampleDecision(Entry, frozen=True):
    """A proposal or a decision with what stands under it; `assignments` are those of its running text."""

    outcome: str
    decided_on: date | None = None
    paragraph: str = ""
    note: str = ""
    clauses: tuple[SampleClause, ...] = ()
    assignments: tuple[SampleAssignment, ...] = ()
    reservations: tuple[SampleReservation, ...] = ()
    authority: tuple[SampleAuthority, ...] = ()


class SampleMatter(Entry, frozen=True):
    """A matter with its proposals and decisions in order."""

    title: str
    organ: str
    kind: str
    diary_number: str = ""
    proposed_by: str = ""
    preparation: str = ""
    meeting_on: date | None = None
    decisions: tuple[SampleDecision, ...] = ()


class SampleMatters(Entry, frozen=True):
    """The whole file."""

    matters: tuple[SampleMatter, ...]


@cache
def read() -> SampleMatters:
    """Return the matters; raises `msgspec.ValidationError` naming what is wrong in the file."""
    return msgspec.toml.decode(FILE.read_bytes(), type=SampleMatters)


async def load(session: AsyncSession) -> None:
    """Put the matters in, after organisations, people and initiatives."""
    known = _Known(
        organisations=dict((await session.execute(select(Organisation.name, Organisation.id))).all()),
        people=dict((await session.execute(select(Person.email, Person.id))).all()),
        initiatives=dict((await session.execute(select(Initiative.title, Initiative.id))).all()),
    )
    for one in read().matters:
        await _matter(session, one, known)


class _Known(msgspec.Struct, frozen=True):
    organisations: Mapping[str, UUID]
    people: Mapping[str, UUID]
    initiatives: Mapping[str, UUID]


async def _matter(session: AsyncSession, one: SampleMatter, known: _Known) -> None:
    matter = await matters.create(session, SYSTEM, **_fields(one, "decisions"))
    steps: dict[str, UUID] = {}
    closed: list[tuple[UUID, str]] = []
    for step in one.decisions:
        fields = _fields(step, "clauses", "assignments", "reservations", "authority")
        decision = await decisions.create(session, SYSTEM, matter.id, **fields)
        steps[step.paragraph] = decision.id
        numbers = {}
        for number, clause in enumerate(step.clauses, start=1):
            numbers[number] = await _clause(session, decision.id, clause, known)
            closed += [(numbers[number], clause.closed_by)] if clause.closed_by else []
        for embedded in step.assignments:
            await _assignment(session, embedded, known, decision_id=decision.id)
        for reservation in step.reservations:
            fields = _fields(reservation, "clause") | {"clause_id": numbers.get(reservation.clause or 0)}
            await remarks.add_reservation(session, SYSTEM, decision.id, **fields)
        for note in step.authority:
            fields = _fields(note, "clause") | {"clause_id": numbers.get(note.clause or 0)}
            await remarks.add_authority_note(session, SYSTEM, decision.id, **fields)
    for clause_id, paragraph in closed:
        await closing.close_clause(session, SYSTEM, clause_id, steps[paragraph])


async def _clause(session: AsyncSession, decision_id: UUID, one: SampleClause, known: _Known) -> UUID:
    fields = _fields(one, "organisation", "closed_by", "initiatives", "assignments")
    home = known.organisations[one.organisation] if one.organisation else None
    clause = await clauses.create(session, SYSTEM, decision_id, addressee_organisation_id=home, **fields)
    for title in one.initiatives:
        about = known.initiatives[title]
        if about not in {link.initiative_id for link in await _links(session, decision_id)}:
            await decision_links.link(session, SYSTEM, decision_id, initiative_id=about, clause_id=clause.id)
    for given in one.assignments:
        await _assignment(session, given, known, clause_id=clause.id)
    return clause.id


async def _links(session: AsyncSession, decision_id: UUID) -> Any:
    return await decision_links.list_links(session, SYSTEM, decision_ids=[decision_id])


async def _assignment(
    session: AsyncSession, one: SampleAssignment, known: _Known, *, parent: Assignment | None = None, **out_of: Any
) -> None:
    fields = {name: value for name, value in _fields(one, "organisation", "person", "delegated").items() if value}
    told = {name: fields.pop(name) for name in ("begun_on", "report", "reported_on") if name in fields}
    to = {
        "receiver": fields.pop("receiver", ""),
        "receiver_organisation_id": known.organisations[one.organisation] if one.organisation else None,
        "receiver_person_id": known.people[one.person] if one.person else None,
    }
    if parent is None:
        made = await assignments.create(session, SYSTEM, **out_of, **fields, **to)
    else:
        [made] = await assignments.delegate(session, SYSTEM, parent.id, [assignments.Receiver(**to)], **fields)
    if told:
        await assignments.revise(session, SYSTEM, made.id, **told)
    for part in one.delegated:
        await _assignment(session, part, known, parent=made)


def _fields(one: Entry, *without: str) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(one).items() if name not in without}
