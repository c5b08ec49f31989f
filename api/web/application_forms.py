"""The forms about applications: register, change, decide and report."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.fund_forms import ENOUGH
from api.web.round_forms import round_to_write
from api.web.rounds import ADDRESS, at
from api.web.sheets import As, Input, Sheet
from initiatives import applications, organisations, rounds, swedish
from initiatives.access import Viewer, require_writer
from initiatives.applications import ApplicationRow
from initiatives.rounds import RoundRow


@get(f"{ADDRESS}/{{round_id:uuid}}/ansokan", include_in_schema=False)
async def apply_page(session: Session, person: Person, round_id: FromPath[UUID]) -> Template:
    """Show the empty form for an application."""
    return sheets.blank(await _application_sheet(session, await round_to_write(session, person, round_id)))


@post(f"{ADDRESS}/{{round_id:uuid}}/ansokan", include_in_schema=False)
async def apply(
    request: Request[Any, Any, Any], session: Session, person: Person, round_id: FromPath[UUID]
) -> Template | Redirect:
    """Register an application that has come in."""
    row = await round_to_write(session, person, round_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return _of((await applications.apply(session, person, round_id, **fields)).id)

    return await sheets.submit(session, await _application_sheet(session, row), await request.form(), save)


@get("/pengar/ansokningar/{application_id:uuid}/andra", include_in_schema=False)
async def edit_application_page(session: Session, person: Person, application_id: FromPath[UUID]) -> Template:
    """Show the form with the application as it stands."""
    row = await _application(session, person, application_id)
    of_round = await rounds.get_round(session, person, row.round_id)
    return sheets.filled(await _application_sheet(session, of_round, row), row)


@post("/pengar/ansokningar/{application_id:uuid}/andra", include_in_schema=False)
async def change_application(
    request: Request[Any, Any, Any], session: Session, person: Person, application_id: FromPath[UUID]
) -> Template | Redirect:
    """Change what the application says."""
    row = await _application(session, person, application_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await applications.revise(session, person, application_id, revision=revision, **fields)
        return _of(application_id)

    sheet = await _application_sheet(session, await rounds.get_round(session, person, row.round_id), row)
    form = await request.form()
    return await sheets.submit(session, sheet, form, save, lambda: _application(session, person, application_id))


@get("/pengar/ansokningar/{application_id:uuid}/beslut", include_in_schema=False)
async def award_page(session: Session, person: Person, application_id: FromPath[UUID]) -> Template:
    """Show the form for the decision."""
    row = await _application(session, person, application_id)
    return sheets.filled(_award_sheet(row, await rounds.get_round(session, person, row.round_id)), row)


@post("/pengar/ansokningar/{application_id:uuid}/beslut", include_in_schema=False)
async def award(
    request: Request[Any, Any, Any], session: Session, person: Person, application_id: FromPath[UUID]
) -> Template | Redirect:
    """Award or refuse."""
    row = await _application(session, person, application_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await applications.decide(session, person, application_id, revision=revision, **fields)
        return _of(application_id)

    sheet = _award_sheet(row, await rounds.get_round(session, person, row.round_id))
    form = await request.form()
    return await sheets.submit(session, sheet, form, save, lambda: _application(session, person, application_id))


@get("/pengar/ansokningar/{application_id:uuid}/redovisa", include_in_schema=False)
async def report_page(session: Session, person: Person, application_id: FromPath[UUID]) -> Template:
    """Show the form for the report."""
    row = await _application(session, person, application_id)
    return sheets.filled(_report_sheet(row), row)


@post("/pengar/ansokningar/{application_id:uuid}/redovisa", include_in_schema=False)
async def report(
    request: Request[Any, Any, Any], session: Session, person: Person, application_id: FromPath[UUID]
) -> Template | Redirect:
    """Register how the money was used."""
    row = await _application(session, person, application_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await applications.report(session, person, application_id, revision=revision, **fields)
        return _of(application_id)

    form = await request.form()
    return await sheets.submit(
        session, _report_sheet(row), form, save, lambda: _application(session, person, application_id)
    )


async def _application(session: AsyncSession, person: Viewer, application_id: UUID) -> ApplicationRow:
    """Return an application as its form holds it: an organisation is chosen, not written."""
    row = await applications.get_application(session, person, application_id)
    require_writer(person)
    return row.unnamed


async def _application_sheet(session: AsyncSession, of_round: RoundRow, row: ApplicationRow | None = None) -> Sheet:
    names = [(str(one.id), one.name) for one in await organisations.list_organisations(session)]
    inputs = (
        Input(name="projekt", field="title", label="Projekt", required=True),
        Input(name="organisation", field="organisation_id", label="Sökande i registret", takes=As.THING, options=names),
        Input(name="sokande", field="applicant", label="Annan sökande", hint="Om den inte finns i registret."),
        Input(name="belopp", field="amount_kronor", label="Sökt belopp", takes=As.AMOUNT, required=True, hint=ENOUGH),
        Input(name="inkom", field="received_on", label="Inkom", takes=As.DAY, required=True),
        Input(name="beskrivning", field="description", label="Beskrivning", takes=As.TEXT),
    )
    opens, closes = swedish.format_date(of_round.opens_on), swedish.format_date(of_round.closes_on)
    return Sheet(
        title="Ändra ansökan" if row else "Registrera en ansökan",
        lead=f"I utlysningen {of_round.title}, öppen från {opens} till {closes}.",
        button="Spara ansökan",
        back=_of(row.id) if row else at(of_round.id),
        back_name=row.title if row else of_round.title,
        inputs=inputs,
    )


def _award_sheet(row: ApplicationRow, of_round: RoundRow) -> Sheet:
    left = of_round.left_kronor + (row.awarded_kronor or 0)
    inputs = (
        Input(
            name="beviljat",
            field="awarded_kronor",
            label="Beviljat belopp",
            takes=As.AMOUNT,
            required=True,
            hint="0 kr är avslag.",
        ),
        Input(name="dag", field="decided_on", label="Beslutsdag", takes=As.DAY, required=True),
        Input(
            name="redovisas",
            field="report_due_on",
            label="Återredovisas senast",
            takes=As.DAY,
            hint="Tomt är utlysningens dag.",
        ),
        Input(name="motivering", field="decision", label="Motivering", takes=As.TEXT),
    )
    return Sheet(
        title="Besluta om ansökan",
        lead=f"Söker {swedish.format_amount(row.amount_kronor)}. {swedish.format_amount(left)} är kvar i utlysningen.",
        button="Spara beslutet",
        back=_of(row.id),
        back_name=row.title,
        inputs=inputs,
    )


def _report_sheet(row: ApplicationRow) -> Sheet:
    inputs = (
        Input(name="dag", field="reported_on", label="Redovisad den", takes=As.DAY, required=True),
        Input(name="arbetssatt", field="method", label="Så gick det till", takes=As.TEXT, required=True),
        Input(name="resultat", field="result", label="Det här blev resultatet", takes=As.TEXT, required=True),
        Input(name="publicerad", field="published", label="Resultatet är publicerat", takes=As.TICK),
    )
    return Sheet(
        title="Återredovisa",
        lead="Både arbetssätt och resultat behövs, så att andra kan ta efter.",
        button="Spara återredovisningen",
        back=_of(row.id),
        back_name=row.title,
        inputs=inputs,
    )


def _of(application_id: UUID) -> str:
    return f"/pengar/ansokningar/{application_id}"


ROUTES = (
    apply_page,
    apply,
    edit_application_page,
    change_application,
    award_page,
    award,
    report_page,
    report,
)
