"""Åtgärder: restructuring measures as a portfolio of investments beside its frame, and one measure."""

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
from api.web.funds import require_reader
from api.web.pages import Look, page
from initiatives import claims, measure_frames, measure_outcomes, measures, swedish
from initiatives import portfolio as portfolios
from initiatives.access import Viewer
from initiatives.errors import InUse
from initiatives.measures import MeasureRow, MeasureSort, MeasureStatus
from initiatives.portfolio import Portfolio

ADDRESS = "/pengar/atgarder"

EVERYTHING = "alla"

STATUSES: Mapping[MeasureStatus, Look] = {
    MeasureStatus.PROPOSED: Look("Förslag", "dotted", "plain"),
    MeasureStatus.DECIDED: Look("Beslutad", "ring", "calm"),
    MeasureStatus.ONGOING: Look("Pågår", "half", "accent"),
    MeasureStatus.FINISHED: Look("Genomförd", "check", "good"),
    MeasureStatus.CANCELLED: Look("Avbruten", "cross", "bad"),
}

SORTS = {
    MeasureSort.TITLE: "Rubrik, A till Ö",
    MeasureSort.ORGANISATION: "Förvaltning",
    MeasureSort.COST: "Störst kostnad först",
    MeasureSort.EFFECT: "Störst besparing först",
    MeasureSort.PAYBACK: "Snabbast återbetald först",
    MeasureSort.STATUS: "Läge",
}


@get(ADDRESS, include_in_schema=False)
async def portfolio_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the measures of a frame, the newest unless another is asked for, with their sums by year."""
    return await _portfolio(request.query_params, session, person)


@get(f"{ADDRESS}/{{measure_id:uuid}}", include_in_schema=False)
async def measure_page(session: Session, person: Person, measure_id: FromPath[UUID]) -> Template:
    """Show a measure: what it costs, what it is expected to give, what came of it and what is claimed."""
    row = await measures.get_measure(session, person, measure_id)
    return page(
        "measure.html",
        one=row,
        payback=payback(row),
        outcomes=await measure_outcomes.list_outcomes(session, person, measure_id),
        claims=await claims.list_claims(session, person, measure_id=measure_id),
        statuses=STATUSES,
    )


@post(f"{ADDRESS}/{{measure_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_measure(session: Session, person: Person, measure_id: FromPath[UUID]) -> Redirect:
    """Take a measure away."""
    await measures.remove(session, person, measure_id)
    return to(ADDRESS)


@post(f"{ADDRESS}/{{measure_id:uuid}}/utfall/{{outcome_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_outcome(
    session: Session, person: Person, measure_id: FromPath[UUID], outcome_id: FromPath[UUID]
) -> Redirect:
    """Take an outcome away."""
    await measure_outcomes.remove(session, person, outcome_id)
    return to(f"{at(measure_id)}#utfall")


@post("/pengar/pastaenden/{claim_id:uuid}/ta-bort", include_in_schema=False)
async def remove_claim(session: Session, person: Person, claim_id: FromPath[UUID]) -> Redirect:
    """Take a claim away."""
    claim = await claims.get_claim(session, person, claim_id)
    await claims.remove(session, person, claim_id)
    return to(at(claim.measure_id) if claim.measure_id else ADDRESS)


@post("/pengar/ramar/{frame_id:uuid}/ta-bort", include_in_schema=False)
async def remove_frame(session: Session, person: Person, frame_id: FromPath[UUID]) -> Template | Redirect:
    """Take away a frame that holds no measures."""
    try:
        await measure_frames.remove(session, person, frame_id)
    except InUse as problem:
        return await _portfolio({"ram": str(frame_id)}, session, person, problem=problem)
    return to(ADDRESS)


def payback(row: MeasureRow | Portfolio) -> str:
    """Return in words how soon a measure, or all of them together, has paid back; what is not told is not guessed."""
    told = row.yearly_kronor is not None if isinstance(row, MeasureRow) else row.all_told
    if row.payback_years is not None:
        return f"{swedish.format_number(row.payback_years, decimals=1)}{swedish.NBSP}år"
    return "betalar sig inte" if told else "går inte att säga"


async def _portfolio(
    query: Mapping[str, str], session: AsyncSession, person: Viewer, *, problem: InUse | None = None
) -> Template:
    require_reader(person)
    frames = await measure_frames.list_frames(session, person)
    frame_id = _wanted(query.get("ram", ""), [one.id for one in frames])
    wanted = query.get("ordning", "")
    sort = MeasureSort(wanted) if wanted in set(MeasureSort) else MeasureSort.TITLE
    found = await portfolios.portfolio(session, person, frame_id=frame_id, sort=sort)
    return page(
        "measures.html",
        HTTP_409_CONFLICT if problem else HTTP_200_OK,
        portfolio=found,
        frames=frames,
        frame=found.frame,
        sort=sort,
        sorts=SORTS,
        statuses=STATUSES,
        payback=payback,
        claims=await claims.list_claims(session, person, frame_id=frame_id) if frame_id else [],
        problem=problem,
    )


def _wanted(asked: str, there: list[UUID]) -> UUID | None:
    """Return the frame that is asked for; the newest unless one is, and None for all measures."""
    frame_id = forms.uuid(asked)
    if frame_id in there:
        return frame_id
    return None if asked == EVERYTHING else next(iter(there), None)


def at(measure_id: UUID) -> str:
    """Return the address of a measure."""
    return f"{ADDRESS}/{measure_id}"


def to(address: str) -> Redirect:
    """Return what sends the browser on to an address."""
    return Redirect(address, status_code=HTTP_303_SEE_OTHER)


ROUTES = (
    portfolio_page,
    measure_page,
    remove_measure,
    remove_outcome,
    remove_claim,
    remove_frame,
)
