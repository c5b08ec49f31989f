"""Who is asking: a browser's cookie or an API key becomes a `Viewer` in the request, and nobody else gets in.

The app is given `Doorkeeper(sessions)` as middleware, `GUARDS` as guards and `provide_person` as the dependency
`person`. A handler that is open to everyone says `opt={"public": True}`. What a key's scopes must hold follows from the
method: `read` to look and `write` to change, unless the handler has another, as in `opt={"scope": Scope.ASK}`, or looks
itself, with `opt={"any_scope": True}`.
"""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from litestar import types
from litestar.connection import ASGIConnection, Request
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Send
from sqlalchemy.ext.asyncio import AsyncSession

from api import lending
from api.cookies import cookie_name
from initiatives import credentials, keys, people
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.errors import NotAllowed, NotSignedIn
from initiatives.keys import Opened, Scope

API = "/api/"
FOR_PROGRAMS = (API, "/v1/", "/mcp")
"""Where addresses for programs begin: those that a key opens, and that never answer with a page."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
MEMBERSHIPS = "memberships"
"""Where a page finds, in the request's state, what the person who is signed in is and where."""
OWN_PAGES = frozenset({"same-origin", "none"})


class ScopeMissing(NotAllowed):
    """A key is good, but not for this."""

    title: ClassVar[str] = "Nyckeln gäller inte för detta"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"Nyckeln får inte användas till {scope}. Be en administratör om en nyckel som får det.")


class Doorkeeper(ASGIMiddleware):
    """Finds out who is asking and puts a `Viewer`, or None, in the request; refuses forged requests and dead keys."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = ("^/static/", "^/healthz$")

    def __init__(self, sessions: ScopedSessions) -> None:
        """Take the way into the database; credentials are looked up with the system's scope."""
        self._sessions = sessions

    async def handle(self, scope: types.Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on with `scope["user"]` set, or raise `NotSignedIn` or `NotAllowed`."""
        connection = Request[Any, Any, Any](scope)
        scope["user"] = scope["auth"] = None
        authorization = connection.headers.get("authorization")
        if authorization is None and connection.method not in SAFE_METHODS:
            _refuse_other_sites(connection)
        token = connection.cookies.get(cookie_name(connection)) if authorization is None else None
        if token or authorization is not None:
            async with self._sessions(SYSTEM) as session:
                if authorization is not None:
                    opened = await _open_with_key(session, authorization)
                    scope["user"], scope["auth"] = opened.viewer, opened.scopes
                else:
                    scope["user"] = await _person(session, connection, str(token))
                if lending.is_wanted(scope, session):
                    await lending.lend(session, scope, receive, send, next_app)
                    return
        await next_app(scope, receive, send)


async def _person(session: AsyncSession, connection: Request[Any, Any, Any], token: str) -> Viewer | None:
    person = await credentials.viewer_of_session(session, token)
    if person is not None and person.person_id and not connection.scope["path"].startswith(API):
        own = await people.open_memberships(session, SYSTEM, [person.person_id])
        connection.scope["state"][MEMBERSHIPS] = own.get(person.person_id, ())
    return person


async def _open_with_key(session: AsyncSession, authorization: str) -> Opened:
    kind, _, key = authorization.partition(" ")
    if kind.lower() == "bearer" and (opened := await keys.open_with(session, key.strip())):
        return opened
    raise NotSignedIn("API-nyckeln gäller inte. Kontrollera att den är hel, inte har gått ut och inte har spärrats.")


def require_sign_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise `NotSignedIn` unless somebody is signed in or the handler is public."""
    if not handler.opt.get("public") and not isinstance(connection.scope.get("user"), Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")


def require_scope(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise `ScopeMissing` for a key that may not be used for this, and `NotAllowed` outside the API; people may."""
    scopes = connection.scope.get("auth")
    if scopes is None or handler.opt.get("public"):
        return
    if not connection.scope["path"].startswith(FOR_PROGRAMS):
        raise NotAllowed(f"En API-nyckel gäller bara adresserna under {API}. Sidorna är för den som loggar in.")
    if handler.opt.get("any_scope"):
        return
    wanted = needed_scope(str(connection.scope.get("method", "GET")), handler)
    if wanted not in scopes:
        raise ScopeMissing(wanted)


def keys_only(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Raise `NotSignedIn` for those who come without a key, though a cookie may say who they are; a guard."""
    if connection.scope.get("auth") is None:
        raise NotSignedIn("Skicka en API-nyckel: Authorization: Bearer np_…")


def needed_scope(method: str, handler: BaseRouteHandler) -> Scope:
    """Return what a key must be made for to call the handler by this method."""
    return Scope(handler.opt.get("scope") or (Scope.READ if method in SAFE_METHODS else Scope.WRITE))


async def require_entry(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise what `require_sign_in` and then `require_scope` raise."""
    require_sign_in(connection, handler)
    require_scope(connection, handler)


GUARDS = (require_entry,)
"""For the whole app. It waits for nothing, but were it no coroutine it would take a thread each time."""


def provide_person(request: Request[Any, Any, Any]) -> Viewer:
    """Return the person who asks, for whatever takes `person`; raise `NotSignedIn` if nobody is signed in."""
    person = request.scope.get("user")
    if not isinstance(person, Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")
    return person


def _refuse_other_sites(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Browsers tell where a request comes from; one that changes something must come from our own pages.

    What says nothing is no browser of today, and may not act with the cookie of one.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None:
        own = site in OWN_PAGES
    elif origin is not None:
        own = host_of(origin) == connection.headers.get("host")
    else:
        own = not connection.cookies.get(cookie_name(connection))
    if not own:
        raise NotAllowed("Anropet kom från en annan webbplats och utfördes inte. Gör det från Närplans egna sidor.")


def host_of(origin: str) -> str | None:
    """Return the host and port of an origin, or None for what has none, such as `null`."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
