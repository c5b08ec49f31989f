"""Who is asking: a browser's cookie or an API key becomes a `Viewer` in the request, and nobody else gets in.

The app is given `Doorkeeper(sessions)` as middleware, `GUARDS` as guards and `provide_person` as the dependency
`person`. A handler that is open to everyone says `opt={"public": True}`. What a key's scopes must hold follows from the
method: `read` to look and `write` to change, unless the handler has another, as in `opt={"scope": Scope.ASK}`.
"""

from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from litestar import types
from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Send
from sqlalchemy.ext.asyncio import AsyncSession

from api import browsers
from api.callers import address_of
from initiatives import attempts, credentials, keys, passwords, people
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.attempts import Attempt
from initiatives.base import utcnow
from initiatives.errors import InvalidValue, NotAllowed, NotFound, NotSignedIn, SignInFailed
from initiatives.keys import Opened, Scope
from initiatives.people import Person

API = "/api/"
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
        if authorization is None:
            scope["user"] = await self._person(connection)
        else:
            opened = await self._open_with_key(authorization)
            scope["user"], scope["auth"] = opened.viewer, opened.scopes
        await next_app(scope, receive, send)

    async def _person(self, connection: Request[Any, Any, Any]) -> Viewer | None:
        if connection.method not in SAFE_METHODS:
            _refuse_other_sites(connection)
        token = connection.cookies.get(cookie_name(connection))
        if not token:
            return None
        async with self._sessions(SYSTEM) as session:
            person = await credentials.viewer_of_session(session, token)
            if person is not None and person.person_id and not connection.scope["path"].startswith(API):
                own = await people.open_memberships(session, SYSTEM, [person.person_id])
                connection.scope["state"][MEMBERSHIPS] = own.get(person.person_id, ())
        return person

    async def _open_with_key(self, authorization: str) -> Opened:
        kind, _, key = authorization.partition(" ")
        if kind.lower() == "bearer":
            async with self._sessions(SYSTEM) as session:
                opened = await keys.open_with(session, key.strip())
            if opened is not None:
                return opened
        raise NotSignedIn(
            "API-nyckeln gäller inte. Kontrollera att den är hel, inte har gått ut och inte har spärrats."
        )


def require_sign_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise `NotSignedIn` unless somebody is signed in or the handler is public; a guard for the whole app."""
    if not handler.opt.get("public") and not isinstance(connection.scope.get("user"), Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")


def require_scope(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise `ScopeMissing` for a key that may not be used for this, and `NotAllowed` outside the API; people may."""
    scopes = connection.scope.get("auth")
    if scopes is None or handler.opt.get("public"):
        return
    if not connection.scope["path"].startswith(API):
        raise NotAllowed(f"En API-nyckel gäller bara adresserna under {API}. Sidorna är för den som loggar in.")
    wanted = needed_scope(str(connection.scope.get("method", "GET")), handler)
    if wanted not in scopes:
        raise ScopeMissing(wanted)


def needed_scope(method: str, handler: BaseRouteHandler) -> Scope:
    """Return what a key must be made for to call the handler by this method."""
    return Scope(handler.opt.get("scope") or (Scope.READ if method in SAFE_METHODS else Scope.WRITE))


GUARDS = (require_sign_in, require_scope)
"""For the whole app, in this order."""


def provide_person(request: Request[Any, Any, Any]) -> Viewer:
    """Return the person who asks, for whatever takes `person`; raise `NotSignedIn` if nobody is signed in."""
    person = request.scope.get("user")
    if not isinstance(person, Viewer):
        raise NotSignedIn("Logga in först, eller skicka en API-nyckel.")
    return person


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
    return viewer, [cookie, known_cookie(request, known)]


async def show_password(
    request: Request[Any, Any, Any], sessions: ScopedSessions, email: str, password: str
) -> tuple[Person, Attempt]:
    """Return the person with this address and password, and what `attempts.succeeded` wants; raise as `sign_in`."""
    browser = request.cookies.get(_known_browser(request))
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
    if old := request.cookies.get(cookie_name(request)):
        await credentials.close_session(session, old)
    browser = browsers.name_of(request.headers.get("user-agent"))
    token = await credentials.open_session(session, person, membership_id, browser=browser)
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
        browser = request.cookies.get(_known_browser(request))
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
    return [_cookie(request, token, int(credentials.SESSION_LIFETIME.total_seconds())), known_cookie(request, known)]


def session_token(request: Request[Any, Any, Any]) -> str:
    """Return the token of the browser's session, or nothing."""
    return request.cookies.get(cookie_name(request)) or ""


def no_cookie(request: Request[Any, Any, Any]) -> Cookie:
    """Return the cookie that clears the browser's token."""
    return _cookie(request, "", 0)


async def sign_out(request: Request[Any, Any, Any], sessions: ScopedSessions) -> Cookie:
    """End the browser's session, if it has one, and return the cookie that clears its token."""
    if token := request.cookies.get(cookie_name(request)):
        async with sessions(SYSTEM) as session:
            await credentials.close_session(session, token)
    return no_cookie(request)


def cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of the session cookie; over https it is one that no other host or path can set."""
    return "__Host-narplan" if _is_https(connection) else "narplan"


def browser_cookie(request: Request[Any, Any, Any], token: str, max_age: int) -> Cookie:
    """Return the cookie that tells the browser that began a sign-in at an identity provider, while it is there."""
    return _cookie(request, token, max_age, name=browser_cookie_name(request))


def browser_cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of `browser_cookie`."""
    return f"{cookie_name(connection)}-vag"


def _known_browser(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    return f"{cookie_name(connection)}-kand"


def known_cookie(request: Request[Any, Any, Any], token: str) -> Cookie:
    """Return the cookie of a browser that somebody has signed in with, by the token of `attempts.succeeded`."""
    lifetime = int(attempts.BROWSER_LIFETIME.total_seconds())
    return _cookie(request, token, lifetime, name=_known_browser(request))


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
    """Browsers tell where a request comes from; one that changes something must come from our own pages.

    What says nothing is no browser of today, and may not act with the cookie of one.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None:
        own = site in OWN_PAGES
    elif origin is not None:
        own = _host(origin) == connection.headers.get("host")
    else:
        own = not connection.cookies.get(cookie_name(connection))
    if not own:
        raise NotAllowed("Anropet kom från en annan webbplats och utfördes inte. Gör det från Närplans egna sidor.")


def _host(origin: str) -> str | None:
    """Return the host and port of an origin, or None for what has none, such as `null`."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
