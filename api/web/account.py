"""Inloggningar: where one is signed in, and one's password."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from api import cookies, signing_in
from api.dependencies import Person, Session, Sessions, WaysIn
from api.doors import Doors
from api.web.pages import page
from initiatives import credentials
from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import InvalidValue

ADDRESS = "/inloggningar"
FIELDS = {"current": "nuvarande", "new": "nytt"}


@get(ADDRESS, include_in_schema=False)
async def account_page(request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn, person: Person) -> Template:
    """List the person's own sessions, and offer to end them and to change the password."""
    return await _show(request, sessions, doors, person)


@post(f"{ADDRESS}/{{session_id:uuid}}/avsluta", include_in_schema=False)
async def end_session(session: Session, person: Person, session_id: FromPath[UUID]) -> Redirect:
    """End one of them."""
    await credentials.end_own_session(session, person, session_id)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


@post(f"{ADDRESS}/avsluta", include_in_schema=False)
async def end_sessions(request: Request[Any, Any, Any], session: Session, person: Person) -> Redirect:
    """End all of them, this one too."""
    await credentials.end_own_sessions(session, person)
    return Redirect("/logga-in", status_code=HTTP_303_SEE_OTHER, cookies=[cookies.no_cookie(request)])


@post(f"{ADDRESS}/losenord", include_in_schema=False)
async def change_password(
    request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn, person: Person
) -> Template | Redirect:
    """Change the password and stay signed in here only, or show the form again with what is wrong."""
    doors.require_passwords()
    form = await request.form()
    current, new = str(form.get("nuvarande", "")), str(form.get("nytt", ""))
    try:
        cookies = await signing_in.change_password(request, sessions, person, current, new)
    except InvalidValue as problem:
        return await _show(request, sessions, doors, person, problem)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER, cookies=cookies)


async def _show(
    request: Request[Any, Any, Any],
    sessions: ScopedSessions,
    doors: Doors,
    person: Viewer,
    problem: InvalidValue | None = None,
) -> Template:
    async with sessions(person) as session:
        found = await credentials.list_sessions(session, person, cookies.session_token(request))
    return page(
        "account.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_200_OK,
        sessions=found,
        passwords=doors.passwords,
        errors={FIELDS.get(problem.field or "", ""): problem.detail} if problem else {},
        problem=problem,
    )


ROUTES = (account_page, end_session, end_sessions, change_password)
