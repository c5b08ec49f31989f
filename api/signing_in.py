"""Signing in and out, acting in another membership, and a new password: what gives a browser another session."""

from typing import Any
from uuid import UUID

from litestar.connection import Request
from litestar.datastructures import Cookie
from sqlalchemy.ext.asyncio import AsyncSession

from api import browsers, cookies
from api.callers import address_of
from initiatives import attempts, credentials, passwords
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.attempts import Attempt
from initiatives.base import utcnow
from initiatives.errors import InvalidValue, NotFound, NotSignedIn, SignInFailed
from initiatives.people import Person


async def sign_in(
    request: Request[Any, Any, Any], sessions: ScopedSessions, email: str, password: str
) -> tuple[Viewer, list[Cookie]]:
    """Return the person with this address and password, and the cookies of a browser that they are signed in to.

    Raises `SignInFailed`, and `TooOften` before the password is looked at when too much has been guessed.
    """
    person, attempt = await show_password(request, sessions, email, password)
    async with sessions(SYSTEM) as session:
        known = await attempts.succeeded(session, attempt, person.id)
        viewer, cookie = await let_in(request, session, person)
    return viewer, [cookie, cookies.known_cookie(request, known)]


async def show_password(
    request: Request[Any, Any, Any], sessions: ScopedSessions, email: str, password: str
) -> tuple[Person, Attempt]:
    """Return the person with this address and password, and what `attempts.succeeded` wants; raise as `sign_in`."""
    browser = cookies.known_browser(request)
    async with sessions(SYSTEM) as session:
        attempt = await attempts.begin(session, email, address_of(request.scope), browser)
        found = await credentials.with_address(session, email)
    return await credentials.check(found, password), attempt


async def let_in(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, membership_id: UUID | None = None
) -> tuple[Viewer, Cookie]:
    """Return somebody just authenticated and the cookie that keeps them signed in; wants the system's scope.

    They act in `membership_id`, or else in their oldest. The token is new every time, and a session that the browser
    already had is ended.
    """
    if old := cookies.session_token(request):
        await credentials.close_session(session, old)
    browser = browsers.name_of(request.headers.get("user-agent"))
    token = await credentials.open_session(session, person, membership_id, browser=browser)
    viewer = await credentials.viewer_of_session(session, token)
    if viewer is None:
        raise SignInFailed(credentials.WRONG)
    return viewer, cookies.session_cookie(request, token)


async def switch(
    request: Request[Any, Any, Any], sessions: ScopedSessions, membership_id: UUID
) -> tuple[Viewer, Cookie]:
    """Let the browser act in another membership of its person; return as `let_in`, with a new token.

    Raises `NotSignedIn` where there is no cookie, `NotFound` if the person has no such membership.
    """
    token = cookies.session_token(request)
    if not token or "authorization" in request.headers:
        raise NotSignedIn("Bara den som är inloggad i en webbläsare kan byta organisation.")
    async with sessions(SYSTEM) as session:
        switched = await credentials.switch_session(session, token, membership_id)
        viewer = await credentials.viewer_of_session(session, switched[0]) if switched else None
    if switched is None or viewer is None:
        raise NotFound("Medlemskapet finns inte.")
    return viewer, cookies.session_cookie(request, switched[0], max(0, int((switched[1] - utcnow()).total_seconds())))


async def change_password(
    request: Request[Any, Any, Any], sessions: ScopedSessions, person: Viewer, current: str, new: str
) -> list[Cookie]:
    """Give the person who asks a new password, end their sessions, and return the cookies of a new session here.

    Raises `InvalidValue` if `current` is not their password, or the new one is too short, `SignInFailed` if the account
    is closed or given another password meanwhile, and `TooOften` before the password is looked at when too much has
    been guessed.
    """
    async with sessions(SYSTEM) as session:
        found = await session.get(Person, person.person_id) if person.person_id else None
        if found is None:
            raise InvalidValue("En nyckel har inget lösenord.", field="current")
        browser = cookies.known_browser(request)
        attempt = await attempts.begin(session, found.email, address_of(request.scope), browser)
    try:
        checked = await credentials.check(found, current)
    except SignInFailed:
        raise InvalidValue("Det nuvarande lösenordet stämmer inte.", field="current") from None
    try:
        hashed = await passwords.hash_password(new)
    except InvalidValue as problem:
        raise InvalidValue(problem.detail, field="new") from None
    async with sessions(SYSTEM) as session:
        await credentials.renew_password(session, person, checked, hashed)
        known = await attempts.succeeded(session, attempt, checked.id)
        told = browsers.name_of(request.headers.get("user-agent"))
        token = await credentials.open_session(session, checked, person.membership_id, browser=told)
    return [cookies.session_cookie(request, token), cookies.known_cookie(request, known)]


async def sign_out(request: Request[Any, Any, Any], sessions: ScopedSessions) -> Cookie:
    """End the browser's session, if it has one, and return the cookie that clears its token."""
    if token := cookies.session_token(request):
        async with sessions(SYSTEM) as session:
            await credentials.close_session(session, token)
    return cookies.no_cookie(request)
