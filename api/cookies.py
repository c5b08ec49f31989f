"""The cookies of a browser: that of its session, and those by which it is known while and after somebody signs in."""

from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import Cookie

from initiatives import attempts, credentials


def session_cookie(request: Request[Any, Any, Any], token: str, max_age: int | None = None) -> Cookie:
    """Return the cookie that keeps somebody signed in, for so many seconds, or as long as a session lasts at most."""
    lifetime = int(credentials.SESSION_LIFETIME.total_seconds())
    return _cookie(request, token, lifetime if max_age is None else max_age)


def no_cookie(request: Request[Any, Any, Any]) -> Cookie:
    """Return the cookie that clears the browser's token."""
    return _cookie(request, "", 0)


def session_token(request: Request[Any, Any, Any]) -> str:
    """Return the token of the browser's session, or nothing."""
    return request.cookies.get(cookie_name(request)) or ""


def cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of the session cookie; over https it is one that no other host or path can set."""
    return "__Host-narplan" if _is_https(connection) else "narplan"


def browser_cookie(request: Request[Any, Any, Any], token: str, max_age: int) -> Cookie:
    """Return the cookie that tells the browser that began a sign-in at an identity provider, while it is there."""
    return _cookie(request, token, max_age, name=browser_cookie_name(request))


def browser_cookie_name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of `browser_cookie`."""
    return f"{cookie_name(connection)}-vag"


def known_browser(request: Request[Any, Any, Any]) -> str | None:
    """Return the token by which the browser is known, if somebody has signed in with it before."""
    return request.cookies.get(_known_browser(request))


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
