"""Utlysningar: rounds of applications, what is applied for and awarded in them, and how it went."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.funds import MOST, require_reader
from api.web.pages import Look, page, with_query
from initiatives import applications, rounds, swedish
from initiatives.access import Viewer
from initiatives.applications import Verdict
from initiatives.errors import InUse
from initiatives.rounds import RoundState

ADDRESS = "/pengar/utlysningar"

PAGE_LENGTH = 30

STATES: Mapping[RoundState, Look] = {
    RoundState.COMING: Look("Kommande", "dotted", "plain"),
    RoundState.OPEN: Look("Öppen", "half", "accent"),
    RoundState.TO_DECIDE: Look("Att besluta", "warning", "warn"),
    RoundState.DECIDED: Look("Beslutad", "check", "good"),
}

VERDICTS: Mapping[Verdict, Look] = {
    Verdict.RECEIVED: Look("Inkommen", "dotted", "warn"),
    Verdict.AWARDED: Look("Beviljad", "check", "good"),
    Verdict.PARTLY: Look("Delvis beviljad", "half", "calm"),
    Verdict.REFUSED: Look("Avslagen", "cross", "plain"),
}


@get(ADDRESS, include_in_schema=False)
async def rounds_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the rounds, the one that closes last first."""
    require_reader(person)
    number = forms.page_number(request.query_params.get("sida"))
    found, total = await rounds.list_rounds(session, person, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    return page(
        "rounds.html",
        rounds=found,
        states=STATES,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, {}, sida=sida),
    )


@get(f"{ADDRESS}/{{round_id:uuid}}", include_in_schema=False)
async def round_page(session: Session, person: Person, round_id: FromPath[UUID]) -> Template:
    """Show a round with its applications, awards and reports."""
    return await _show(session, person, round_id)


@post(f"{ADDRESS}/{{round_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_round(session: Session, person: Person, round_id: FromPath[UUID]) -> Template | Redirect:
    """Take away a round that nobody has applied in."""
    try:
        await rounds.remove_round(session, person, round_id)
    except InUse as problem:
        return await _show(session, person, round_id, problem=problem)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


@get("/pengar/ansokningar/{application_id:uuid}", include_in_schema=False)
async def application_page(session: Session, person: Person, application_id: FromPath[UUID]) -> Template:
    """Show an application, what was decided and how it went."""
    return await _show_application(session, person, application_id)


@post("/pengar/ansokningar/{application_id:uuid}/ta-bort", include_in_schema=False)
async def remove_application(session: Session, person: Person, application_id: FromPath[UUID]) -> Template | Redirect:
    """Take away an application that has been given no money."""
    row = await applications.get_application(session, person, application_id)
    try:
        await applications.remove(session, person, application_id)
    except InUse as problem:
        return await _show_application(session, person, application_id, problem=problem)
    return Redirect(at(row.round_id), status_code=HTTP_303_SEE_OTHER)


async def _show(session: AsyncSession, person: Viewer, round_id: UUID, *, problem: InUse | None = None) -> Template:
    return page(
        "round.html",
        HTTP_409_CONFLICT if problem else HTTP_200_OK,
        round=await rounds.get_round(session, person, round_id),
        applications=(await applications.list_applications(session, person, round_id=round_id, limit=MOST))[0],
        states=STATES,
        verdicts=VERDICTS,
        today=swedish.today(),
        problem=problem,
    )


async def _show_application(
    session: AsyncSession, person: Viewer, application_id: UUID, *, problem: InUse | None = None
) -> Template:
    return page(
        "application.html",
        HTTP_409_CONFLICT if problem else HTTP_200_OK,
        one=await applications.get_application(session, person, application_id),
        verdicts=VERDICTS,
        today=swedish.today(),
        problem=problem,
    )


def at(round_id: UUID) -> str:
    """Return the address of a round."""
    return f"{ADDRESS}/{round_id}"


ROUTES = (
    rounds_page,
    round_page,
    remove_round,
    application_page,
    remove_application,
)
