"""Uppdrag: all of them with filters, one with its chain, and forms to give, change, report, delegate and close them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.decision_looks import closing_options, grouped, show
from api.web.matters import LACKS, PAGE_LENGTH, day_in, to_matter, year_in
from api.web.pages import with_query
from initiatives import (
    assignment_overview,
    clause_overview,
    closing,
    decision_overview,
    matter_overview,
    removing,
    swedish,
)
from initiatives.access import Viewer, may_write
from initiatives.assignment_overview import AssignmentFilters
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.standing import Status


@get("/beslut/uppdrag", include_in_schema=False)
async def assignments_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List assignments of all matters, the nearest due date first."""
    query = request.query_params
    wanted = {name: query.get(name, "").strip()[:200] for name in ("organ", "ar", "lage", "brist")}
    number = forms.page_number(query.get("sida"))
    rows, total = await assignment_overview.list_assignments(
        session, person, _filters(wanted), limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return show(
        "assignments.html",
        assignments=rows,
        total=total,
        wanted=wanted,
        filtered=any(wanted.values()),
        organs=await matter_overview.list_organs(session, person),
        lacks=LACKS,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/beslut/uppdrag", wanted, sida=sida),
    )


@get("/beslut/uppdrag/{assignment_id:uuid}", include_in_schema=False)
async def assignment_page(
    request: Request[Any, Any, Any], session: Session, person: Person, assignment_id: FromPath[UUID]
) -> Template:
    """Show an assignment with where it comes from, to whom it was passed on, and what was reported."""
    return await show_assignment(session, person, assignment_id, request=request)


@post("/beslut/uppdrag/{assignment_id:uuid}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, assignment_id: FromPath[UUID]) -> Template | Redirect:
    """Remove an assignment that was registered by mistake, or say what rests on it."""
    row = await assignment_overview.get_assignment(session, person, assignment_id)
    try:
        await removing.remove_assignment(session, person, assignment_id)
    except (NotFound, NotAllowed):
        raise
    except NarplanError as problem:
        return await show_assignment(session, person, assignment_id, problem=problem)
    return to_matter(row.matter_id, row.decision_id)


@post("/beslut/uppdrag/{assignment_id:uuid}/avsluta", include_in_schema=False)
async def close(
    request: Request[Any, Any, Any], session: Session, person: Person, assignment_id: FromPath[UUID]
) -> Template | Redirect:
    """Let a decision close an assignment, or say all that is missing."""
    decision_id = forms.uuid(forms.text(await request.form(), "beslut"))
    try:
        async with session.begin_nested():
            await closing.close_assignment(session, person, assignment_id, decision_id)
    except (NotFound, NotAllowed):
        raise
    except NarplanError as problem:
        return await show_assignment(session, person, assignment_id, problem=problem)
    return _to(assignment_id)


@post("/beslut/uppdrag/{assignment_id:uuid}/oppna", include_in_schema=False)
async def reopen(session: Session, person: Person, assignment_id: FromPath[UUID]) -> Template | Redirect:
    """Open an assignment again, or say what must be opened first."""
    try:
        await closing.reopen_assignment(session, person, assignment_id)
    except (NotFound, NotAllowed):
        raise
    except NarplanError as problem:
        return await show_assignment(session, person, assignment_id, problem=problem)
    return _to(assignment_id)


async def show_assignment(
    session: AsyncSession,
    person: Viewer,
    assignment_id: UUID,
    *,
    request: Request[Any, Any, Any] | None = None,
    problem: NarplanError | None = None,
) -> Template:
    """Return the page of an assignment as it stands on the day asked for; `problem` is what could not be done."""
    day = (day_in(request) if request else None) or swedish.today()
    one = await assignment_overview.get_assignment(session, person, assignment_id, on=day)
    rows = await assignment_overview.of_decisions(session, person, [one.decision_id], on=day)
    closer = await decision_overview.get_decision(session, person, one.closed_by_id) if one.closed_by_id else None
    clause = await clause_overview.get_clause(session, person, one.clause_id, on=day) if one.clause_id else None
    status = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT
    writes = may_write(person)
    return show(
        "assignment.html",
        status if problem else 200,
        one=one,
        clause=clause,
        step=await decision_overview.get_decision(session, person, one.decision_id),
        parent=next((row for row in rows if row.id == one.parent_id), None),
        children=grouped([row for row in rows if row.parent_id], "parent_id"),
        closer=closer,
        closers=await closing_options(session, person, but=one.decision_id) if writes else [],
        follows=one.outcome != Outcome.PROPOSED,
        on=day,
        today=swedish.today(),
        problem=problem,
    )


def at_assignment(assignment_id: UUID) -> str:
    """Return the address of an assignment."""
    return f"/beslut/uppdrag/{assignment_id}"


def _to(assignment_id: UUID) -> Redirect:
    return Redirect(at_assignment(assignment_id), status_code=HTTP_303_SEE_OTHER)


def _filters(wanted: Mapping[str, str]) -> AssignmentFilters:
    return AssignmentFilters(
        organ=wanted["organ"].replace("\0", ""),
        year=year_in(wanted["ar"]),
        status=Status(wanted["lage"]) if wanted["lage"] in set(Status) else None,
        late=wanted["brist"] == "forsenat",
        without_owner=wanted["brist"] == "mottagare",
        without_due_date=wanted["brist"] == "datum",
    )


ROUTES = (assignments_page, assignment_page, remove, close, reopen)
