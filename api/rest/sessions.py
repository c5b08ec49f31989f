"""The person's own sessions in browsers, and their password."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api import cookies, signing_in
from api.dependencies import Person, Session, Sessions, WaysIn
from api.rest.examples import REGION, shows
from initiatives import credentials


class SessionOut(msgspec.Struct, frozen=True):
    """One of the person's own open sessions; `current` is the one that asks."""

    id: UUID
    organisation: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password of today, and the one to have instead."""

    current: str
    new: str


EXAMPLE = {
    "id": "01976a10-0000-7000-8000-000000000021",
    "organisation": REGION["name"],
    "browser": "Firefox på Windows",
    "created_at": "2026-11-21T08:00:00Z",
    "last_seen_at": "2026-11-21T09:15:00Z",
    "expires_at": "2026-11-21T20:00:00Z",
    "current": True,
}
PASSWORDS = {"current": "korrekt häst batteri", "new": "ett helt annat lösenord"}


class OwnSessionController(Controller):
    """Where the person is signed in."""

    path = "/sessions"
    tags = ("Inloggning",)

    @get(summary="Var du är inloggad", operation_id="listSessions", responses=shows(list[SessionOut], [EXAMPLE]))
    async def list_sessions(
        self, request: Request[Any, Any, Any], session: Session, person: Person
    ) -> list[SessionOut]:
        """Return the person's own sessions, the one used last first."""
        found = await credentials.list_sessions(session, person, cookies.session_token(request))
        return msgspec.convert(found, list[SessionOut], from_attributes=True)

    @delete("/{session_id:uuid}", summary="Avsluta en inloggning", operation_id="endSession", status_code=204)
    async def end_session(self, session: Session, person: Person, session_id: FromPath[UUID]) -> None:
        """End one of the person's own sessions."""
        await credentials.end_own_session(session, person, session_id)

    @delete(summary="Logga ut överallt", operation_id="endSessions", status_code=204)
    async def end_sessions(self, request: Request[Any, Any, Any], session: Session, person: Person) -> Response[None]:
        """End all of the person's sessions, this one too."""
        await credentials.end_own_sessions(session, person)
        return Response(None, cookies=[cookies.no_cookie(request)])


class PasswordController(Controller):
    """The person's own password."""

    path = "/session/password"
    tags = ("Inloggning",)

    @post(summary="Byt lösenord", operation_id="changePassword", status_code=204)
    async def change_password(
        self,
        request: Request[Any, Any, Any],
        sessions: Sessions,
        doors: WaysIn,
        person: Person,
        data: Annotated[NewPassword, Body(examples=[Example(value=PASSWORDS)])],
    ) -> Response[None]:
        """Change the password; all sessions end, and this browser gets a new one."""
        doors.require_passwords()
        cookies = await signing_in.change_password(request, sessions, person, data.current, data.new)
        return Response(None, cookies=cookies)
