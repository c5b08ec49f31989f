"""The forms about rounds and applications: open, register, decide and report."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.fund_forms import ENOUGH
from api.web.funds import MOST
from api.web.rounds import ADDRESS, at
from api.web.sheets import As, Input, Sheet
from initiatives import funds, rounds, swedish
from initiatives.access import Viewer, require_writer
from initiatives.rounds import RoundRow


@get(f"{ADDRESS}/ny", include_in_schema=False)
async def new_round_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the empty form for a round."""
    require_writer(person)
    return sheets.blank(await _new_round_sheet(session, person), anslag=request.query_params.get("anslag", ""))


@post(f"{ADDRESS}/ny", include_in_schema=False)
async def open_round(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Announce money to apply for."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return at((await rounds.open_round(session, person, **fields)).id)

    return await sheets.submit(session, await _new_round_sheet(session, person), await request.form(), save)


@get(f"{ADDRESS}/{{round_id:uuid}}/andra", include_in_schema=False)
async def edit_round_page(session: Session, person: Person, round_id: FromPath[UUID]) -> Template:
    """Show the form with the round as it stands."""
    row = await round_to_write(session, person, round_id)
    return sheets.filled(_round_sheet(row), row)


@post(f"{ADDRESS}/{{round_id:uuid}}/andra", include_in_schema=False)
async def change_round(
    request: Request[Any, Any, Any], session: Session, person: Person, round_id: FromPath[UUID]
) -> Template | Redirect:
    """Change the round."""
    row = await round_to_write(session, person, round_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await rounds.revise_round(session, person, round_id, revision=revision, **fields)
        return at(round_id)

    form = await request.form()
    return await sheets.submit(
        session, _round_sheet(row), form, save, lambda: rounds.get_round(session, person, round_id)
    )


async def round_to_write(session: AsyncSession, person: Viewer, round_id: UUID) -> RoundRow:
    """Return a round to one who may write; raise `NotFound` or `NotAllowed`."""
    row = await rounds.get_round(session, person, round_id)
    require_writer(person)
    return row


ROUND_INPUTS = (
    Input(name="rubrik", field="title", label="Rubrik", required=True),
    Input(name="summa", field="total_kronor", label="Summa att söka", takes=As.AMOUNT, required=True, hint=ENOUGH),
    Input(name="hogst", field="most_kronor", label="Högst per ansökan", takes=As.AMOUNT, hint="Tomt är utan gräns."),
    Input(name="oppnar", field="opens_on", label="Öppnar", takes=As.DAY, required=True),
    Input(name="stanger", field="closes_on", label="Sista ansökningsdag", takes=As.DAY, required=True),
    Input(name="redovisas", field="report_due_on", label="Återredovisas senast", takes=As.DAY),
    Input(name="villkor", field="criteria", label="Vad som krävs", takes=As.TEXT),
)


async def _new_round_sheet(session: AsyncSession, person: Viewer) -> Sheet:
    given, _ = await funds.list_allocations(session, person, limit=MOST)
    there, _ = await funds.list_funds(session, person, limit=MOST)
    allocations = [
        (
            str(one.id),
            f"{one.purpose}, {one.fund} {one.year}: {swedish.format_amount(one.amount_kronor - one.offered_kronor)}",
        )
        for one in given
        if one.amount_kronor > one.offered_kronor
    ]
    left = [
        (str(one.id), f"{one.name} {one.year}, {one.organisation}: {swedish.format_amount(one.left_kronor)}")
        for one in there
        if one.left_kronor > 0
    ]
    source = (
        Input(
            name="tilldelning", field="allocation_id", label="Ur en tilldelning", takes=As.THING, options=allocations
        ),
        Input(
            name="anslag",
            field="fund_id",
            label="Eller direkt ur ett anslag",
            takes=As.THING,
            options=left,
            hint="Då görs en tilldelning för utlysningen.",
        ),
    )
    return Sheet(
        title="Ny utlysning",
        lead="Pengar som vårdcentraler och andra får söka mellan två dagar.",
        button="Spara utlysningen",
        back=ADDRESS,
        back_name="Utlysningar",
        inputs=(*source, *ROUND_INPUTS),
    )


def _round_sheet(row: RoundRow) -> Sheet:
    return Sheet(
        title="Ändra utlysningen",
        lead=f"Summan kan inte bli mindre än det som är beviljat, {swedish.format_amount(row.awarded_kronor)}.",
        button="Spara utlysningen",
        back=at(row.id),
        back_name=row.title,
        inputs=ROUND_INPUTS,
    )


ROUTES = (
    new_round_page,
    open_round,
    edit_round_page,
    change_round,
)
