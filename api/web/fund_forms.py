"""The forms about funds: set aside, change, allocate and move. They lead back to the fund."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.funds import ADDRESS, MOST, at
from api.web.sheets import As, Input, Sheet
from initiatives import clause_overview, funds, organisations, swedish, taxonomy
from initiatives.access import Viewer, require_writer
from initiatives.funds import FundKind, FundRow

ENOUGH = "Till exempel 900 tkr eller 2,5 mnkr."

DECISION = Input(name="beslut", field="decision", label="Beslut", hint="Till exempel Regionstyrelsen 2025-12-15 § 164.")


@get("/pengar/anslag/nytt", include_in_schema=False)
async def new_fund_page(session: Session, person: Person) -> Template:
    """Show the empty form for a fund."""
    require_writer(person)
    return sheets.blank(await _fund_sheet(session), ar=str(swedish.today().year))


@post("/pengar/anslag/nytt", include_in_schema=False)
async def add_fund(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Set a sum aside."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return at((await funds.create_fund(session, person, **fields)).id)

    return await sheets.submit(session, await _fund_sheet(session), await request.form(), save)


@get("/pengar/anslag/{fund_id:uuid}/andra", include_in_schema=False)
async def edit_fund_page(session: Session, person: Person, fund_id: FromPath[UUID]) -> Template:
    """Show the form with the fund as it stands."""
    fund = await _to_write(session, person, fund_id)
    return sheets.filled(await _fund_sheet(session, fund), fund)


@post("/pengar/anslag/{fund_id:uuid}/andra", include_in_schema=False)
async def change_fund(
    request: Request[Any, Any, Any], session: Session, person: Person, fund_id: FromPath[UUID]
) -> Template | Redirect:
    """Change the fund; its frame cannot be less than what is used."""
    fund = await _to_write(session, person, fund_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await funds.revise_fund(session, person, fund_id, revision=revision, **fields)
        return at(fund_id)

    sheet, form = await _fund_sheet(session, fund), await request.form()
    return await sheets.submit(session, sheet, form, save, lambda: funds.get_fund(session, person, fund_id))


@get("/pengar/anslag/{fund_id:uuid}/tilldela", include_in_schema=False)
async def allocate_page(session: Session, person: Person, fund_id: FromPath[UUID]) -> Template:
    """Show the empty form for an allocation."""
    return sheets.blank(await _allocation_sheet(session, person, await _to_write(session, person, fund_id)))


@post("/pengar/anslag/{fund_id:uuid}/tilldela", include_in_schema=False)
async def allocate(
    request: Request[Any, Any, Any], session: Session, person: Person, fund_id: FromPath[UUID]
) -> Template | Redirect:
    """Give part of the fund away, or say by how much it would be overdrawn."""
    fund = await _to_write(session, person, fund_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        added = await funds.allocate(session, person, fund_id, **fields)
        return f"{at(fund_id)}#t-{added.id}"

    return await sheets.submit(session, await _allocation_sheet(session, person, fund), await request.form(), save)


@get("/pengar/tilldelningar/{allocation_id:uuid}/andra", include_in_schema=False)
async def edit_allocation_page(session: Session, person: Person, allocation_id: FromPath[UUID]) -> Template:
    """Show the form with the allocation as it stands."""
    row = await _allocation(session, person, allocation_id)
    return sheets.filled(
        await _allocation_sheet(session, person, await _to_write(session, person, row.fund_id), row), row
    )


@post("/pengar/tilldelningar/{allocation_id:uuid}/andra", include_in_schema=False)
async def change_allocation(
    request: Request[Any, Any, Any], session: Session, person: Person, allocation_id: FromPath[UUID]
) -> Template | Redirect:
    """Change the allocation."""
    row = await _allocation(session, person, allocation_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await funds.reallocate(session, person, allocation_id, revision=revision, **fields)
        return f"{at(row.fund_id)}#t-{allocation_id}"

    sheet = await _allocation_sheet(session, person, await _to_write(session, person, row.fund_id), row)
    form = await request.form()
    return await sheets.submit(session, sheet, form, save, lambda: _allocation(session, person, allocation_id))


@get("/pengar/anslag/{fund_id:uuid}/overfor", include_in_schema=False)
async def transfer_page(session: Session, person: Person, fund_id: FromPath[UUID]) -> Template:
    """Show the empty form for a transfer."""
    fund = await _to_write(session, person, fund_id)
    return sheets.blank(await _transfer_sheet(session, person, fund), dag=str(swedish.today()))


@post("/pengar/anslag/{fund_id:uuid}/overfor", include_in_schema=False)
async def transfer(
    request: Request[Any, Any, Any], session: Session, person: Person, fund_id: FromPath[UUID]
) -> Template | Redirect:
    """Move money to another fund."""
    fund = await _to_write(session, person, fund_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await funds.transfer(session, person, from_fund_id=fund_id, **fields)
        return f"{at(fund_id)}#overforingar"

    return await sheets.submit(session, await _transfer_sheet(session, person, fund), await request.form(), save)


async def _to_write(session: AsyncSession, person: Viewer, fund_id: UUID) -> FundRow:
    fund = await funds.get_fund(session, person, fund_id)
    require_writer(person)
    return fund


async def _allocation(session: AsyncSession, person: Viewer, allocation_id: UUID) -> funds.AllocationRow:
    """Return an allocation as its form holds it: an organisation is chosen, not written."""
    return (await funds.get_allocation(session, person, allocation_id)).unnamed


async def _fund_sheet(session: AsyncSession, fund: FundRow | None = None) -> Sheet:
    inputs = (
        Input(name="namn", field="name", label="Namn", required=True),
        Input(
            name="slag",
            field="kind",
            label="Slag",
            takes=As.CHOICE,
            options=[(one, one.capitalize()) for one in FundKind],
        ),
        Input(
            name="organisation",
            field="organisation_id",
            label="Organisation",
            takes=As.THING,
            required=True,
            options=await _organisations(session),
        ),
        Input(name="ar", field="year", label="År", takes=As.YEAR, required=True),
        Input(name="ram", field="frame_kronor", label="Ram", takes=As.AMOUNT, required=True, hint=ENOUGH),
        DECISION,
    )
    if fund is None:
        lead = "En summa som en organisation har avsatt för ett år."
        return Sheet(
            title="Nytt anslag", lead=lead, button="Spara anslaget", back=ADDRESS, back_name="Anslag", inputs=inputs
        )
    lead = f"Ramen kan inte bli mindre än det som används, {swedish.format_amount(fund.used_kronor)}."
    return Sheet(
        title="Ändra anslaget",
        lead=lead,
        button="Spara anslaget",
        back=at(fund.id),
        back_name=_name(fund),
        inputs=inputs,
    )


async def _allocation_sheet(
    session: AsyncSession, person: Viewer, fund: FundRow, row: funds.AllocationRow | None = None
) -> Sheet:
    found, _ = await clause_overview.list_clauses(session, person, limit=MOST)
    clauses = [
        (str(one.id), f"{one.outcome.capitalize()}, {one.diary_number} {one.number}: {one.text[:80]}") for one in found
    ]
    nodes = [(str(one.id), f"{one.name} ({one.dimension})") for one in await taxonomy.list_nodes(session)]
    inputs = (
        Input(name="andamal", field="purpose", label="Ändamål", required=True),
        Input(name="belopp", field="amount_kronor", label="Belopp", takes=As.AMOUNT, required=True, hint=ENOUGH),
        Input(
            name="mottagare",
            field="receiver_id",
            label="Mottagare i registret",
            takes=As.THING,
            options=await _organisations(session),
        ),
        Input(name="annan", field="receiver", label="Annan mottagare", hint="Om den inte finns i registret."),
        Input(name="varje_ar", field="recurring", label="Ges varje år", takes=As.TICK),
        Input(name="att_sats", field="clause_id", label="Att-sats i registret", takes=As.THING, options=clauses),
        Input(name="vilar_pa", field="clause", label="Annan grund", hint="Till exempel RS 2025/0733 § 164, punkt 2."),
        Input(name="delomrade", field="node_id", label="Delområde", takes=As.THING, options=nodes),
    )
    left = fund.left_kronor + (row.amount_kronor if row else 0)
    return Sheet(
        title="Ändra tilldelningen" if row else "Tilldela pengar",
        lead=f"{swedish.format_amount(left)} kan tilldelas ur {_name(fund)}.",
        button="Spara tilldelningen",
        back=at(fund.id),
        back_name=_name(fund),
        inputs=inputs,
    )


async def _transfer_sheet(session: AsyncSession, person: Viewer, fund: FundRow) -> Sheet:
    others, _ = await funds.list_funds(session, person, limit=MOST)
    options = [(str(one.id), f"{_name(one)}, {one.organisation}") for one in others if one.id != fund.id]
    inputs = (
        Input(name="till", field="to_fund_id", label="Till anslag", takes=As.THING, required=True, options=options),
        Input(name="belopp", field="amount_kronor", label="Belopp", takes=As.AMOUNT, required=True, hint=ENOUGH),
        Input(name="dag", field="moved_on", label="Dag", takes=As.DAY, required=True),
        Input(name="beslut", field="decision", label="Beslut", required=True, hint=DECISION.hint),
    )
    return Sheet(
        title="Flytta pengar",
        lead=(
            f"{swedish.format_amount(fund.left_kronor)} kan flyttas. En överföring ändras inte i efterhand: "
            "är den fel flyttas pengarna tillbaka."
        ),
        button="Flytta pengarna",
        back=at(fund.id),
        back_name=_name(fund),
        inputs=inputs,
    )


async def _organisations(session: AsyncSession) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in await organisations.list_organisations(session)]


def _name(fund: FundRow) -> str:
    return f"{fund.name} {fund.year}"


ROUTES = (
    new_fund_page,
    add_fund,
    edit_fund_page,
    change_fund,
    allocate_page,
    allocate,
    edit_allocation_page,
    change_allocation,
    transfer_page,
    transfer,
)
