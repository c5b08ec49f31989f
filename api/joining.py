"""Coming in by a link: an account is made or added to, and the browser is signed in to what the link offers."""

from typing import Any
from urllib.parse import quote

from litestar.connection import Request
from litestar.datastructures import Cookie

from api import cookies, signing_in
from initiatives import attempts, invitations
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.people import Person


def link(request: Request[Any, Any, Any], token: str) -> str:
    """Return the address to send to somebody who is invited, at the host that the inviter uses."""
    return f"{str(request.base_url).rstrip('/')}/inbjudan/{quote(token, safe='')}"


async def accept(
    request: Request[Any, Any, Any], sessions: ScopedSessions, token: str, *, name: str, password: str
) -> tuple[Viewer, list[Cookie]]:
    """Accept with a password: that of the account which the address has, or of the one that is made now.

    Returns as `sign_in`; what fails at an account's password counts as it does there. Raises `NotFound`, alike for
    every link that does not hold, `SignInFailed`, `TooOften`, `InvalidValue` or `AlreadyExists`.
    """
    async with sessions(SYSTEM) as session:
        offered = await invitations.offer(session, token)
    if offered.has_account:
        person, attempt = await signing_in.show_password(request, sessions, offered.email, password)
        async with sessions(SYSTEM) as session:
            known = await attempts.succeeded(session, attempt, person.id)
            membership_id = await invitations.accept_as(session, token, person)
            viewer, cookie = await signing_in.let_in(request, session, person, membership_id)
        return viewer, [cookie, cookies.known_cookie(request, known)]
    async with sessions(SYSTEM) as session:
        person = await invitations.accept(session, token, name=name, password=password)
        viewer, cookie = await signing_in.let_in(request, session, person)
    return viewer, [cookie]


async def accept_signed_in(
    request: Request[Any, Any, Any], sessions: ScopedSessions, token: str, viewer: Viewer
) -> tuple[Viewer, Cookie]:
    """Accept as the one who is signed in; return as `let_in`; raise as `accept`, or `NotAllowed` for others."""
    async with sessions(SYSTEM) as session:
        person = await session.get_one(Person, viewer.person_id)
        membership_id = await invitations.accept_as(session, token, person)
        return await signing_in.let_in(request, session, person, membership_id)
