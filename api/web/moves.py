"""Moving an initiative to another status: a button where nothing is missing, and a form for what is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.filled import Filled, attempt, day
from api.web.pages import page
from initiatives import initiatives, overview, people
from initiatives.access import Viewer, require_writer
from initiatives.errors import NotFound
from initiatives.initiative_fields import Fields
from initiatives.overview import InitiativeRow
from initiatives.workflow import RULES, MissingForStatus, MoveNotPossible, Status, require_move

NAMES = {
    "decision": "beslut",
    "responsible_id": "ansvarig",
    "starts_on": "start",
    "ends_on": "slut",
    "outcome": "utfall",
    "reason": "skal",
}
"""The fields that statuses need and what they are called in the form."""
MOST_PEOPLE = 200


@get("/initiativ/{initiative_id:uuid}/flytta", include_in_schema=False)
async def move_page(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template:
    """Show what the status in the address (`lage`) needs, with what is there already."""
    initiative = await overview.get(session, person, initiative_id)
    require_writer(person)
    wanted = _status(request.query_params.get("lage", ""))
    require_move(person, initiative.status, wanted)
    return await _form(session, person, initiative, wanted, Filled(written=_as_written(initiative)))


@post("/initiativ/{initiative_id:uuid}/flytta", include_in_schema=False)
async def move(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Move the initiative, or show the form for what is missing; the form keeps what was written."""
    form = await request.form()
    initiative = await overview.get(session, person, initiative_id)
    require_writer(person)
    wanted = _status(forms.text(form, "lage"))

    async def work() -> None:
        await initiatives.revise(session, person, initiative_id, **_fields(form, wanted))

    if problem := await attempt(session, work):
        if isinstance(problem, MoveNotPossible):
            raise problem
        asked = "fran" in form  # A button on the board or the page has nothing filled in, so nothing is wrong with it.
        written = {**_as_written(initiative), **{name: forms.text(form, name) for name in form}}
        told = problem if asked or not isinstance(problem, MissingForStatus) else None
        return await _form(session, person, initiative, wanted, Filled("flytta", None, written, NAMES, told))
    return Redirect(_next(form, initiative_id), status_code=HTTP_303_SEE_OTHER)


async def _form(
    session: AsyncSession, person: Viewer, initiative: InitiativeRow, wanted: Status, filled: Filled
) -> Template:
    problem = filled.problem
    missing = problem.problems if isinstance(problem, MissingForStatus) else ()
    return page(
        "initiative_move.html",
        filled.status_code,
        initiative=initiative,
        wanted=wanted,
        needs=[NAMES[need.field] for need in RULES[wanted].needs],
        written=filled.written,
        problem=problem,
        errors={NAMES[field]: remedy for field, remedy in missing} if missing else {filled.wrong: ""},
        people=(await people.list_people(session, person, limit=MOST_PEOPLE))[0],
    )


def _fields(form: FormMultiDict, wanted: Status) -> Fields:
    """Return the move, with what the form has of that which statuses need; a button has nothing."""
    fields = Fields(status=wanted)
    if "beslut" in form:
        fields["decision"] = forms.text(form, "beslut")
    if "ansvarig" in form:
        fields["responsible_id"] = forms.uuid(forms.text(form, "ansvarig"))
    if "start" in form:
        fields["starts_on"] = day(form, "start", field="starts_on")
    if "slut" in form:
        fields["ends_on"] = day(form, "slut", field="ends_on")
    if "utfall" in form:
        fields["outcome"] = forms.text(form, "utfall")
    if "skal" in form:
        fields["reason"] = forms.text(form, "skal")
    return fields


def _as_written(initiative: InitiativeRow) -> Mapping[str, str]:
    return {
        "beslut": initiative.decision or "",
        "ansvarig": str(initiative.responsible.id if initiative.responsible else ""),
        "start": str(initiative.starts_on or ""),
        "slut": str(initiative.ends_on or ""),
        "utfall": initiative.outcome or "",
        "skal": initiative.reason or "",
    }


def _status(text: str) -> Status:
    if text not in set(Status):
        raise NotFound("Läget finns inte. Välj ett av lägena på initiativets sida.")
    return Status(text)


def _next(form: FormMultiDict, initiative_id: UUID) -> str:
    return "/initiativ?vy=tavla" if forms.text(form, "till") == "tavla" else f"/initiativ/{initiative_id}"


ROUTES = (move_page, move)
