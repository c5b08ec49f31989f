"""Coming in by a link: an account is made or added to, and the browser is signed in to what the link offers."""

from typing import Any
from urllib.parse import quote

from litestar.connection import Request
from litestar.datastructures import Cookie

from api import auth
from api.callers import address_of
from initiatives import attempts, credentials, invitations
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.people import Person


def link(request: Request[Any, Any, Any], token: str) -> str:
    """Return the address to send to somebody who is invited, at the host that the inviter uses."""
    return f"{str(request.base_url).rstrip('/')}/inbjudan/{quote(token, safe='')}"


async def accept(
    request: Request[Any, Any, Any], sessions: ScopedSessions, token: str, *, name: str, password: str
) -> tuple[Viewer, Cookie]:
    """Accept with a password: that of the account which the address has, or of the one that is made now.

    Returns as `auth.sign_in`. Raises `NotFound`, alike for every link that does not hold, `SignInFailed`,
    `TooOften`, `InvalidValue` or `AlreadyExists`.
    """
    async with sessions(SYSTEM) as session:
        offered = await invitations.offer(session, token)
        if offered.has_account:
            await attempts.begin(session, offered.email, address_of(request.scope))
        found = await credentials.with_address(session, offered.email) if offered.has_account else None
    known = await credentials.check(found, password) if offered.has_account else None
    async with sessions(SYSTEM) as session:
        if known is None:
            person = await invitations.accept(session, token, name=name, password=password)
            return await auth.let_in(request, session, person)
        membership_id = await invitations.accept_as(session, token, known)
        return await auth.let_in(request, session, known, membership_id)


async def accept_signed_in(
    request: Request[Any, Any, Any], sessions: ScopedSessions, token: str, viewer: Viewer
) -> tuple[Viewer, Cookie]:
    """Accept as the person who is signed in; returns and raises as `accept`, and `NotAllowed` for another address."""
    async with sessions(SYSTEM) as session:
        person = await session.get_one(Person, viewer.person_id)
        membership_id = await invitations.accept_as(session, token, person)
        return await auth.let_in(request, session, person, membership_id)
