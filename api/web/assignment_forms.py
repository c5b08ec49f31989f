"""The forms of assignments: to give one, change it, and report it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.assignments import at_assignment
from api.web.clauses import due_inputs
from api.web.decision_looks import named, titled
from api.web.sheets import As, Input, Sheet
from initiatives import (
    assignment_overview,
    assignments,
    clause_overview,
    decision_overview,
    organisations,
    people,
    swedish,
)
from initiatives.access import Viewer, require_writer
from initiatives.assignment_overview import AssignmentRow
from initiatives.standing import DueKind

MOST_PEOPLE = 200
TITLE = Input(name="uppdrag", field="title", label="Vad som ska göras", required=True)
_DAYS = (
    Input(name="gavs", field="given_on", label="Gavs", takes=As.DAY, hint="Tomt är beslutets dag."),
    Input(name="borjade", field="begun_on", label="Påbörjades", takes=As.DAY),
)


@get("/beslut/att-satser/{clause_id:uuid}/uppdrag", include_in_schema=False)
async def of_clause_page(session: Session, person: Person, clause_id: FromPath[UUID]) -> Template:
    """Show the form for an assignment that comes out of an att-sats, with what the att-sats says."""
    clause = await clause_overview.get_clause(session, person, clause_id)
    require_writer(person)
    title = clause.text.removeprefix("att ").strip()[:500]
    return sheets.blank(
        await _of_clause(session, person, clause_id),
        uppdrag=title[:1].upper() + title[1:],
        mottagare=clause.addressee,
        organisation=str(clause.addressee_organisation_id or ""),
        tid=clause.due_kind,
        senast=str(clause.due_on or ""),
        tid_ord=clause.due_note,
        gavs=str(clause.decided_on or ""),
    )


@post("/beslut/att-satser/{clause_id:uuid}/uppdrag", include_in_schema=False)
async def give_of_clause(
    request: Request[Any, Any, Any], session: Session, person: Person, clause_id: FromPath[UUID]
) -> Template | Redirect:
    """Give the assignment, or show the form again with what is wrong."""
    sheet = await _of_clause(session, person, clause_id)
    return await _give(request, session, person, sheet, clause_id=clause_id)


@get("/beslut/steg/{decision_id:uuid}/uppdrag", include_in_schema=False)
async def embedded_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show the form for an assignment that stands in the running text of a proposal or decision."""
    sheet = await _embedded(session, person, decision_id)
    require_writer(person)
    return sheets.blank(sheet, tid=DueKind.NONE)


@post("/beslut/steg/{decision_id:uuid}/uppdrag", include_in_schema=False)
async def give_embedded(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Give the assignment, or show the form again with what is wrong."""
    sheet = await _embedded(session, person, decision_id)
    return await _give(request, session, person, sheet, decision_id=decision_id)


@get("/beslut/uppdrag/{assignment_id:uuid}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, assignment_id: FromPath[UUID]) -> Template:
    """Show the form with an assignment as it stands."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    require_writer(person)
    return sheets.filled(await _change(session, person, row), row)


@post("/beslut/uppdrag/{assignment_id:uuid}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, assignment_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    return await _save(request, session, person, row, await _change(session, person, row))


@get("/beslut/uppdrag/{assignment_id:uuid}/rapportera", include_in_schema=False)
async def report_page(session: Session, person: Person, assignment_id: FromPath[UUID]) -> Template:
    """Show the form for a report, with today as its day."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    require_writer(person)
    return sheets.filled(_report(row), replace(row, reported_on=row.reported_on or swedish.today()))


@post("/beslut/uppdrag/{assignment_id:uuid}/rapportera", include_in_schema=False)
async def report(
    request: Request[Any, Any, Any], session: Session, person: Person, assignment_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down what was reported, or show the form again with what is wrong."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    return await _save(request, session, person, row, _report(row))


async def _give(
    request: Request[Any, Any, Any], session: AsyncSession, person: Viewer, sheet: Sheet, **out_of: Any
) -> Template | Redirect:
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        said = {name: value for name, value in fields.items() if name != "given_on" or value is not None}
        return at_assignment((await assignments.create(session, person, **out_of, **said)).id)

    return await sheets.submit(session, sheet, await request.form(), save)


async def _save(
    request: Request[Any, Any, Any], session: AsyncSession, person: Viewer, row: AssignmentRow, sheet: Sheet
) -> Template | Redirect:
    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await assignments.revise(session, person, row.id, revision=revision, **fields)
        return at_assignment(row.id)

    return await sheets.submit(
        session,
        sheet,
        await request.form(),
        save,
        lambda: assignment_overview.get_assignment(session, person, row.id),
    )


async def _of_clause(session: AsyncSession, person: Viewer, clause_id: UUID) -> Sheet:
    clause = await clause_overview.get_clause(session, person, clause_id)
    return Sheet(
        title="Ge ett uppdrag",
        lead=f"Ur att-sats {clause.number}: {clause.text}",
        back=f"/beslut/att-satser/{clause_id}",
        back_name="Till att-satsen",
        button="Spara uppdraget",
        inputs=await _inputs(session, person),
    )


async def _embedded(session: AsyncSession, person: Viewer, decision_id: UUID) -> Sheet:
    step = await decision_overview.get_decision(session, person, decision_id)
    return Sheet(
        title="Uppdrag i löpande text",
        lead=f"{titled(step)}. Ett uppdrag som står i texten men inte i någon att-sats.",
        back=f"/beslut/{step.matter_id}#steg-{step.id}",
        back_name="Till ärendet",
        button="Spara uppdraget",
        inputs=await _inputs(session, person),
    )


async def _change(session: AsyncSession, person: Viewer, row: AssignmentRow) -> Sheet:
    return Sheet(
        title="Ändra uppdraget",
        lead="Det som du ändrar sparas i historiken. Ett uppdrag avslutas bara genom ett beslut.",
        back=f"/beslut/uppdrag/{row.id}",
        back_name="Till uppdraget",
        button="Spara uppdraget",
        inputs=await _inputs(session, person),
    )


def _report(row: AssignmentRow) -> Sheet:
    return Sheet(
        title="Rapportera uppdraget",
        lead=f"{row.title}. Rapporten avslutar inte uppdraget; det gör organet genom ett beslut.",
        back=f"/beslut/uppdrag/{row.id}",
        back_name="Till uppdraget",
        button="Spara rapporten",
        inputs=(
            Input(name="rapport", field="report", label="Vad som rapporterades", takes=As.TEXT, required=True),
            Input(name="rapporterades", field="reported_on", label="Dag", takes=As.DAY, required=True),
        ),
    )


async def _inputs(session: AsyncSession, person: Viewer) -> tuple[Input, ...]:
    known = named(await organisations.list_organisations(session))
    colleagues, _ = await people.list_people(session, person, limit=MOST_PEOPLE)
    return (
        TITLE,
        Input(name="mottagare", field="receiver", label="Mottagare", hint="I ord, till exempel regiondirektören."),
        Input(
            name="organisation",
            field="receiver_organisation_id",
            label="Organisation",
            takes=As.THING,
            options=known,
            blank="Ingen vald",
        ),
        Input(
            name="person",
            field="receiver_person_id",
            label="Person",
            takes=As.THING,
            options=named(colleagues),
            blank="Ingen vald",
        ),
        *due_inputs(),
        *_DAYS,
    )


ROUTES = (
    of_clause_page,
    give_of_clause,
    embedded_page,
    give_embedded,
    edit_page,
    revise,
    report_page,
    report,
)
