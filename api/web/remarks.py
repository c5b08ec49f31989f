"""Reservations against decisions, and notes on who may decide: added, changed and taken away in forms."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.decision_looks import choices, titled
from api.web.decisions import clause_options
from api.web.matters import at_matter, to_matter
from api.web.sheets import As, Input, Sheet
from initiatives import decision_overview, remark_overview, remarks
from initiatives.access import Viewer, require_writer
from initiatives.decision_overview import DecisionRow
from initiatives.remarks import ReservationKind


@get("/beslut/steg/{decision_id:uuid}/reservation", include_in_schema=False)
async def new_reservation_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show the empty form for a reservation."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    return sheets.blank(await _reservation_sheet(session, person, step))


@post("/beslut/steg/{decision_id:uuid}/reservation", include_in_schema=False)
async def add_reservation(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down who did not agree, or show the form again with what is wrong."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await remarks.add_reservation(session, person, decision_id, **fields)
        return at_matter(step.matter_id, decision_id)

    return await sheets.submit(session, await _reservation_sheet(session, person, step), await request.form(), save)


@get("/beslut/reservationer/{reservation_id:uuid}", include_in_schema=False)
async def reservation_page(session: Session, person: Person, reservation_id: FromPath[UUID]) -> Template:
    """Show the form with a reservation as it stands."""
    row = await remark_overview.get_reservation(session, person, reservation_id)
    require_writer(person)
    step = await decision_overview.get_decision(session, person, row.decision_id)
    sheet = await _reservation_sheet(session, person, step)
    sheet = replace(
        sheet, remove=f"/beslut/reservationer/{reservation_id}/ta-bort", remove_name="Ta bort reservationen"
    )
    return sheets.filled(sheet, row)


@post("/beslut/reservationer/{reservation_id:uuid}", include_in_schema=False)
async def revise_reservation(
    request: Request[Any, Any, Any], session: Session, person: Person, reservation_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""
    row = await remark_overview.get_reservation(session, person, reservation_id)
    step = await decision_overview.get_decision(session, person, row.decision_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await remarks.revise_reservation(session, person, reservation_id, revision=revision, **fields)
        return at_matter(step.matter_id, step.id)

    sheet, form = await _reservation_sheet(session, person, step), await request.form()
    return await sheets.submit(
        session, sheet, form, save, lambda: remark_overview.get_reservation(session, person, reservation_id)
    )


@post("/beslut/reservationer/{reservation_id:uuid}/ta-bort", include_in_schema=False)
async def remove_reservation(session: Session, person: Person, reservation_id: FromPath[UUID]) -> Redirect:
    """Take a reservation away."""
    row = await remark_overview.get_reservation(session, person, reservation_id)
    step = await decision_overview.get_decision(session, person, row.decision_id)
    await remarks.remove_reservation(session, person, reservation_id)
    return to_matter(step.matter_id, step.id)


@get("/beslut/steg/{decision_id:uuid}/befogenhet", include_in_schema=False)
async def new_note_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show the empty form for a note on who may decide."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    return sheets.blank(await _note_sheet(session, person, step))


@post("/beslut/steg/{decision_id:uuid}/befogenhet", include_in_schema=False)
async def add_note(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down who may decide, or show the form again with what is wrong."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await remarks.add_authority_note(session, person, decision_id, **fields)
        return at_matter(step.matter_id, decision_id)

    return await sheets.submit(session, await _note_sheet(session, person, step), await request.form(), save)


@get("/beslut/befogenheter/{note_id:uuid}", include_in_schema=False)
async def note_page(session: Session, person: Person, note_id: FromPath[UUID]) -> Template:
    """Show the form with a note on who may decide as it stands."""
    row = await remark_overview.get_authority_note(session, person, note_id)
    require_writer(person)
    step = await decision_overview.get_decision(session, person, row.decision_id)
    sheet = await _note_sheet(session, person, step)
    sheet = replace(sheet, remove=f"/beslut/befogenheter/{note_id}/ta-bort", remove_name="Ta bort anteckningen")
    return sheets.filled(sheet, row)


@post("/beslut/befogenheter/{note_id:uuid}", include_in_schema=False)
async def revise_note(
    request: Request[Any, Any, Any], session: Session, person: Person, note_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""
    row = await remark_overview.get_authority_note(session, person, note_id)
    step = await decision_overview.get_decision(session, person, row.decision_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await remarks.revise_authority_note(session, person, note_id, revision=revision, **fields)
        return at_matter(step.matter_id, step.id)

    sheet, form = await _note_sheet(session, person, step), await request.form()
    return await sheets.submit(
        session, sheet, form, save, lambda: remark_overview.get_authority_note(session, person, note_id)
    )


@post("/beslut/befogenheter/{note_id:uuid}/ta-bort", include_in_schema=False)
async def remove_note(session: Session, person: Person, note_id: FromPath[UUID]) -> Redirect:
    """Take a note away."""
    row = await remark_overview.get_authority_note(session, person, note_id)
    step = await decision_overview.get_decision(session, person, row.decision_id)
    await remarks.remove_authority_note(session, person, note_id)
    return to_matter(step.matter_id, step.id)


async def _reservation_sheet(session: AsyncSession, person: Viewer, step: DecisionRow) -> Sheet:
    about = await _about(session, person, step)
    return Sheet(
        title="Reservation",
        lead=f"{titled(step)}. Vem som inte höll med, eller lade till något, och varför.",
        back=f"/beslut/{step.matter_id}#steg-{step.id}",
        back_name="Till ärendet",
        button="Spara",
        inputs=(
            Input(name="vem", field="party", label="Vem", required=True, hint="Ett parti eller en ledamot."),
            Input(
                name="slag",
                field="kind",
                label="Slag",
                takes=As.CHOICE,
                required=True,
                options=choices(ReservationKind),
            ),
            Input(name="text", field="text", label="Vad", takes=As.TEXT),
            about,
        ),
    )


async def _note_sheet(session: AsyncSession, person: Viewer, step: DecisionRow) -> Sheet:
    about = await _about(session, person, step)
    return Sheet(
        title="Vem som får besluta",
        lead=f"{titled(step)}. Är det ett annat organ än det här visas det vid beslutet. Närplan bedömer inget.",
        back=f"/beslut/{step.matter_id}#steg-{step.id}",
        back_name="Till ärendet",
        button="Spara",
        inputs=(
            Input(name="organ", field="organ", label="Organ som får besluta", required=True),
            Input(
                name="regel",
                field="rule",
                label="Regel",
                hint="Till exempel ett reglemente eller en paragraf i kommunallagen.",
            ),
            Input(name="anteckning", field="note", label="Anteckning", takes=As.TEXT),
            about,
        ),
    )


async def _about(session: AsyncSession, person: Viewer, step: DecisionRow) -> Input:
    known = await clause_options(session, person, step.id)
    return Input(
        name="att_sats", field="clause_id", label="Gäller", takes=As.THING, options=known, blank="Hela beslutet"
    )


ROUTES = (
    new_reservation_page,
    add_reservation,
    reservation_page,
    revise_reservation,
    remove_reservation,
    new_note_page,
    add_note,
    note_page,
    revise_note,
    remove_note,
)
