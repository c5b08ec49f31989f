"""Pengar: funds with their bars, one fund with all that draws on it, and the forms that give, move and change."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import page, with_query
from initiatives import activity, funds, rounds, swedish
from initiatives.access import Viewer, sees_all
from initiatives.errors import InUse, NotFound

ADDRESS = "/pengar"

PAGE_LENGTH = 50

MOST = 200

SHOWN_ACTIVITY = 20

EVERY_YEAR = "alla"


@get(ADDRESS, include_in_schema=False)
async def funds_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the funds of a year, this year's unless another is asked for."""
    require_reader(person)
    years = await funds.list_years(session, person)
    year = _year(request.query_params.get("ar", ""), years)
    number = forms.page_number(request.query_params.get("sida"))
    found, total = await funds.list_funds(
        session, person, year=year, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return page(
        "funds.html",
        funds=found,
        years=years,
        year=year,
        number=number,
        pages=max(1, -(-total // PAGE_LENGTH)),
        address=lambda sida: with_query(ADDRESS, {"ar": str(year or EVERY_YEAR)}, sida=sida),
    )


@get("/pengar/anslag/{fund_id:uuid}", include_in_schema=False)
async def fund_page(session: Session, person: Person, fund_id: FromPath[UUID]) -> Template:
    """Show a fund: what there is, to whom it is given, which initiatives use it, and what has been moved."""
    return await _show(session, person, fund_id)


@post("/pengar/anslag/{fund_id:uuid}/ta-bort", include_in_schema=False)
async def remove_fund(session: Session, person: Person, fund_id: FromPath[UUID]) -> Template | Redirect:
    """Take away a fund that nothing draws on."""
    try:
        await funds.remove_fund(session, person, fund_id)
    except InUse as problem:
        return await _show(session, person, fund_id, problem=problem)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


@post("/pengar/tilldelningar/{allocation_id:uuid}/ta-bort", include_in_schema=False)
async def withdraw(session: Session, person: Person, allocation_id: FromPath[UUID]) -> Template | Redirect:
    """Take an allocation away."""
    row = await funds.get_allocation(session, person, allocation_id)
    try:
        await funds.withdraw(session, person, allocation_id)
    except InUse as problem:
        return await _show(session, person, row.fund_id, problem=problem)
    return Redirect(f"{at(row.fund_id)}#tilldelningar", status_code=HTTP_303_SEE_OTHER)


def require_reader(person: Viewer) -> None:
    """Return if the person sees all, otherwise raise `NotFound`."""
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")


async def _show(session: AsyncSession, person: Viewer, fund_id: UUID, *, problem: InUse | None = None) -> Template:
    fund = await funds.get_fund(session, person, fund_id)
    done, _ = await activity.list_activity(
        session, person, subject_type="fund", subject_id=fund_id, limit=SHOWN_ACTIVITY
    )
    return page(
        "fund.html",
        HTTP_409_CONFLICT if problem else HTTP_200_OK,
        fund=fund,
        allocations=(await funds.list_allocations(session, person, fund_id=fund_id, limit=MOST))[0],
        links=await funds.list_links(session, person, fund_id=fund_id),
        rounds=(await rounds.list_rounds(session, person, fund_id=fund_id, limit=MOST))[0],
        transfers=(await funds.list_transfers(session, person, fund_id=fund_id, limit=MOST))[0],
        activity=done,
        problem=problem,
    )


def _year(wanted: str, years: list[int]) -> int | None:
    if wanted == EVERY_YEAR:
        return None
    asked = forms.number(wanted, largest=9999)
    present = swedish.today().year
    return asked if asked in years else present if present in years else next(iter(years), None)


def at(fund_id: UUID) -> str:
    """Return the address of a fund."""
    return f"/pengar/anslag/{fund_id}"


ROUTES = (
    funds_page,
    fund_page,
    remove_fund,
    withdraw,
)
