"""Matters, decisions, att-satser and assignments as tables."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignments, clauses, closing, decisions, matters
from initiatives.access import Viewer
from initiatives.assignments import Assignment, Receiver
from initiatives.clauses import Clause, Ruling
from initiatives.decisions import Decision, Outcome, Replacing
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Table
from initiatives.exchange.tables.shapes import added, listed, revised
from initiatives.matters import Matter, MatterKind
from initiatives.standing import DueKind

ORGANISATION, PERSON = "organisationens namn", "personens e-postadress"
DECISION = "diarienummer, organ, vad organet gjorde, dag och paragraf"
CLOSES = "Beslutet som avslutade. Alla delar ska då vara rapporterade."
DUE = "”datum” om det finns en dag"


async def _add_clause(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    closed_by = given.pop("closed_by_id", None)
    made = await clauses.create(session, person, given.pop("decision_id"), **given)
    if closed_by:
        await closing.close_clause(session, person, made.id, closed_by)
    return made.id


async def _add_assignment(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
    """Add an assignment; one that is closed may stand under what the same decision has closed."""
    closed_by, parent_id = given.pop("closed_by_id", None), given.pop("parent_id", None)
    close = await _opened(session, person, given.get("clause_id"), parent_id, closed_by) if closed_by else None
    if parent_id is None:
        made = await assignments.create(session, person, **given)
    else:
        to = Receiver(**{name: given.pop(name) for name in Receiver.__dataclass_fields__ if name in given})
        told = {name: value for name, value in given.items() if name not in {"decision_id", "clause_id"}}
        [made] = await assignments.delegate(session, person, parent_id, [to], **told)
    if close is not None:
        await close()
    elif closed_by:
        await closing.close_assignment(session, person, made.id, closed_by)
    return made.id


async def _opened(
    session: AsyncSession, person: Viewer, clause_id: UUID | None, parent_id: UUID | None, closed_by: UUID
) -> Callable[[], Awaitable[object]] | None:
    """Open what the decision has closed above a new assignment; return how to close it again, or None."""
    clause = await session.get(Clause, clause_id) if clause_id else None
    if clause is not None and clause.closed_by_id == closed_by:
        await closing.reopen_clause(session, person, clause.id)
        return partial(closing.close_clause, session, person, clause.id, closed_by)
    parent = await session.get(Assignment, parent_id) if parent_id else None
    if parent is not None and parent.closed_by_id == closed_by:
        await closing.reopen_assignment(session, person, parent.id)
        return partial(closing.close_assignment, session, person, parent.id, closed_by)
    return None


MATTERS = Table(
    name="matters",
    title="Ärenden",
    one="ärende",
    many="ärenden",
    page="/beslut",
    model=Matter,
    key=("title", "diary_number", "organ"),
    rows=listed(Matter, matters.visible_to, Matter.organ, Matter.diary_number, Matter.id),
    add=added(matters.create),
    revise=revised(matters.revise),
    own=(
        Column(field="diary_number", heading="Diarienummer", cell=cells.LINE),
        Column(field="title", heading="Ärende", cell=cells.needed(cells.LINE), required=True),
        Column(field="organ", heading="Organ", cell=cells.needed(cells.LINE), required=True),
        Column(field="organisation_id", heading="Organisation", cell=cells.one("organisation", ORGANISATION)),
        Column(field="kind", heading="Slag", cell=cells.choice(MatterKind)),
        Column(field="proposed_by", heading="Föreslås av", cell=cells.TEXT),
        Column(field="preparation", heading="Beredning", cell=cells.TEXT),
        Column(field="meeting_on", heading="Sammanträde", cell=cells.DAY),
        Column(field="note", heading="Anteckning", cell=cells.TEXT),
    ),
)
DECISIONS = Table(
    name="decisions",
    title="Beslut",
    one="beslut",
    many="beslut och förslag",
    page="/beslut",
    model=Decision,
    key=("matter_id", "outcome", "decided_on", "paragraph", "organ"),
    rows=listed(Decision, matters.visible_to, Decision.matter_id, Decision.decided_on, Decision.id),
    add=added(decisions.create, "matter_id"),
    revise=revised(decisions.revise),
    own=(
        Column(
            field="matter_id",
            heading="Ärende",
            cell=cells.one("matter", "diarienummer och organ", optional=False),
            required=True,
            fixed=True,
        ),
        Column(field="outcome", heading="Vad organet gjorde", cell=cells.choice(Outcome), required=True),
        Column(field="organ", heading="Organ", cell=cells.needed(cells.LINE), note="Tomt på en ny rad: ärendets."),
        Column(field="decided_on", heading="Dag", cell=cells.DAY),
        Column(field="paragraph", heading="Paragraf", cell=cells.LINE),
        Column(field="note", heading="Anteckning", cell=cells.TEXT),
        Column(field="replaces_id", heading="Ersätter", cell=cells.one("decision", DECISION)),
        Column(field="replaces_how", heading="Ersätter hur", cell=cells.choice(Replacing, optional=True)),
    ),
)
CLAUSES = Table(
    name="clauses",
    title="Att-satser",
    one="att-sats",
    many="att-satser",
    page="/beslut/att-satser",
    model=Clause,
    key=("decision_id", "number"),
    rows=listed(Clause, matters.visible_to, Clause.decision_id, Clause.number),
    add=_add_clause,
    revise=revised(clauses.revise),
    own=(
        Column(
            field="decision_id",
            heading="Beslut",
            cell=cells.one("decision", DECISION, optional=False),
            required=True,
            fixed=True,
        ),
        Column(field="number", heading="Nummer", cell=cells.needed(cells.WHOLE), note="Tomt på en ny rad: nästa."),
        Column(field="verb", heading="Verb", cell=cells.needed(cells.LINE), note="Tomt på en ny rad: ur texten."),
        Column(field="text", heading="Att-sats", cell=cells.needed(cells.TEXT), required=True),
        Column(field="ruling", heading="Vad organet gjorde", cell=cells.choice(Ruling)),
        Column(field="ruling_note", heading="Om beslutet", cell=cells.TEXT),
        Column(field="addressee_organisation_id", heading="Organisation", cell=cells.one("organisation", ORGANISATION)),
        Column(field="addressee", heading="Mottagare", cell=cells.LINE),
        Column(field="due_kind", heading="Tid", cell=cells.choice(DueKind), note=f"Skriv {DUE}."),
        Column(field="due_on", heading="Senast", cell=cells.DAY),
        Column(field="due_note", heading="Tid, som det står", cell=cells.LINE),
        Column(field="amount_kronor", heading="Belopp (kr)", cell=cells.KRONOR),
        Column(field="funding_source", heading="Finansieras av", cell=cells.LINE),
        Column(
            field="closed_by_id",
            heading="Avslutad genom",
            cell=cells.one("decision", DECISION),
            fixed=True,
            note=CLOSES,
        ),
    ),
)
ASSIGNMENTS = Table(
    name="assignments",
    title="Uppdrag",
    one="uppdrag",
    many="uppdrag",
    page="/beslut/uppdrag",
    model=Assignment,
    key=("title", "decision_id", "receiver", "receiver_organisation_id", "receiver_person_id"),
    rows=listed(Assignment, matters.visible_to, Assignment.decision_id, Assignment.id),
    add=_add_assignment,
    revise=revised(assignments.revise),
    own=(
        Column(field="title", heading="Uppdrag", cell=cells.needed(cells.LINE), required=True),
        Column(
            field="decision_id",
            heading="Beslut",
            cell=cells.one("decision", DECISION, optional=False),
            fixed=True,
        ),
        Column(
            field="clause_id",
            heading="Att-sats",
            cell=cells.one("clause", "beslutet och att-satsens nummer"),
            fixed=True,
        ),
        Column(
            field="parent_id",
            heading="Delegerat från",
            cell=cells.one("assignment", "beslutet, uppdraget och mottagaren"),
            fixed=True,
        ),
        Column(field="receiver_organisation_id", heading="Organisation", cell=cells.one("organisation", ORGANISATION)),
        Column(field="receiver_person_id", heading="Person", cell=cells.one("person", PERSON)),
        Column(field="receiver", heading="Mottagare", cell=cells.LINE),
        Column(field="given_on", heading="Gavs", cell=cells.DAY),
        Column(field="begun_on", heading="Påbörjades", cell=cells.DAY),
        Column(field="due_kind", heading="Tid", cell=cells.choice(DueKind), note=f"Skriv {DUE}."),
        Column(field="due_on", heading="Senast", cell=cells.DAY),
        Column(field="due_note", heading="Tid, som det står", cell=cells.LINE),
        Column(field="report", heading="Rapport", cell=cells.TEXT),
        Column(field="reported_on", heading="Rapporterades", cell=cells.DAY),
        Column(
            field="closed_by_id",
            heading="Avslutat genom",
            cell=cells.one("decision", DECISION),
            fixed=True,
            note=CLOSES,
        ),
    ),
)
