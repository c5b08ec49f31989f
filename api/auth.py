"""Who is asking: a browser's cookie or an API key becomes a `Viewer` in the request, and nobody else gets in.

The app is given `Doorkeeper(sessions)` as middleware, `require_sign_in` as guard and `provide_person` as the dependency
`person`. A handler that is open to everyone says `opt={"public": True}`.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import credentials
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.base import utcnow
from initiatives.errors import NotAllowed, NotFound, NotSignedIn, SignInFailed
from initiatives.people import Person

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_PAGES = frozenset({"same-origin", "none"})


class Doorkeeper(ASGIMiddleware):
    """Finds out who is asking and puts a `Viewer`, or None, in the request; refuses forged requests and dead keys."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = ("^/static/", "^/healthz$")

    def __init__(self, sessions: ScopedSessions) -> None:
        """Take the way into the database; credentials are looked up with the system's scope."""
        self._sessions = sessions

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on with `scope["user"]` set, or raise `NotSignedIn` or `NotAllowed`."""
        scope["user"] = await self._person(Request(scope))
        await next_app(scope, receive, send)

    async def _person(self, connection: Request[Any, Any, Any]) -> Viewer | None:
        authorization = connection.headers.get("authorization")
        if authorization is not None:
            return await self._person_with_key(authorization)
        if connection.method not in SAFE_METHODS:
            _refuse_other_sites(connection)
        token = connection.cookies.get(cookie_name(connection))
        if not token:
            return None
        async with self._sessions(SYSTEM) as session:
            return await credentials.viewer_of_session(session, token)

    async def _person_with_key(self, authorization: str) -> Viewer:
        kind, _, key = authorization.partition(" ")
        if kind.lower() == "bearer":
            async with self._sessions(SYSTEM) as session:
                person = await credentials.viewer_of_key(session, key.strip())
            if person is not None:
                return person
        raise NotSignedIn("API-nyckeln gäller inte. Kontrollera att den är hel och inte har spärrats.")


def require_sign_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise `NotSignedIn` unless somebody is signed in or the handler is public; a guard for the whole app."""
    if not handler.opt.get("public") and not isinstance(connection.scope.get("user"), Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")


def provide_person(request: Request[Any, Any, Any]) -> Viewer:
    """Return the person who asks, for whatever takes `person`; raise `NotSignedIn` if nobody is signed in."""
    person = request.scope.get("user")
    if not isinstance(person, Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")
    return person


async def sign_in(
    request: Request[Any, Any, Any], sessions: ScopedSessions, email: str, password: str
) -> tuple[Viewer, Cookie]:
    """Return the person with this address and password, and the cookie that keeps them signed in, as `let_in` does.

    Raises `SignInFailed`.
    """
    async with sessions(SYSTEM) as session:
        found = await credentials.with_address(session, email)
    person = await credentials.check(found, password)
    async with sessions(SYSTEM) as session:
        return await let_in(request, session, person)


async def let_in(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, membership_id: UUID | None = None
) -> tuple[Viewer, Cookie]:
    """Return somebody just authenticated and the cookie that keeps them signed in; wants the system's scope.

    They act in `membership_id`, or else in their oldest. The token is new every time, and a session that the browser
    already had is ended.
    """
    if old := request.cookies.get(cookie_name(request)):
        await credentials.close_session(session, old)
    token = await credentials.open_session(session, person, membership_id)
    viewer = await credentials.viewer_of_session(session, token)
    if viewer is None:
        raise SignInFailed(credentials.WRONG)
    return viewer, _cookie(request, token, int(credentials.SESSION_LIFETIME.total_seconds()))


async def switch(
    request: Request[Any, Any, Any], sessions: ScopedSessions, membership_id: UUID
) -> tuple[Viewer, Cookie]:
    """Let the browser act in another membership of its person; return as `let_in`, with a new token.

    Raises `NotSignedIn` where there is no cookie, `NotFound` if the person has no such membership.
    """
    token = request.cookies.get(cookie_name(request))
    if not token or "authorization" in request.headers:
        raise NotSignedIn("Bara den som är inloggad i en webbläsare kan byta organisation.")
    async with sessions(SYSTEM) as session:
        switched = await credentials.switch_session(session, token, membership_id)
        viewer = await credentials.viewer_of_session(session, switched[0]) if switched else None
    if switched is None or viewer is None:
        raise NotFound("Medlemskapet finns inte.")
    return viewer, _cookie(request, switched[0], max(0, int((switched[1] - utcnow()).total_seconds())))


async def sign_out(request: Request[Any, Any, Any], sessions: ScopedSessions) -> Cookie:
    """End the browser's session, if it has one, and return the cookie that clears its token."""
    if token := request.cookies.get(cookie_name(request)):
        async with sessions(SYSTEM) as session:
            await credentials.close_session(session, token)
    return _cookie(request, "", 0)


def cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of the session cookie; over https it is one that no other host or path can set."""
    return "__Host-narplan" if _is_https(connection) else "narplan"


def browser_cookie(request: Request[Any, Any, Any], token: str, max_age: int) -> Cookie:
    """Return the cookie that tells the browser that began a sign-in at an identity provider, while it is there."""
    return _cookie(request, token, max_age, name=browser_cookie_name(request))


def browser_cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of `browser_cookie`."""
    return f"{cookie_name(connection)}-vag"


def _cookie(request: Request[Any, Any, Any], token: str, max_age: int, *, name: str | None = None) -> Cookie:
    return Cookie(
        key=name or cookie_name(request),
        value=token,
        max_age=max_age,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def _is_https(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    return connection.scope["scheme"] == "https"


def _refuse_other_sites(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Browsers tell where a request comes from; one that changes something must come from our own pages."""
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None:
        own = site in OWN_PAGES
    else:
        own = origin is None or urlsplit(origin).netloc == connection.headers.get("host")
    if not own:
        raise NotAllowed("Anropet kom från en annan webbplats och utfördes inte. Gör det från Närplans egna sidor.")
