"""Limits at the door: who asks, what it counts as, and the answer that says when to come back.

A handler says what it counts as with `opt={"limit": Kind.QUESTIONS}`; others count as reads or writes by their method.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api import lending
from api.auth import SAFE_METHODS
from api.callers import address_of
from initiatives import limits
from initiatives.access import SYSTEM, ScopedSessions, Viewer
from initiatives.allowance import Kind, Limits
from initiatives.errors import NotSignedIn
from initiatives.limits import Count, TooOften

_HANDFULS = 20
"""Into how many parts what a caller may read is divided when it is counted in advance."""
_MOST_CALLERS = 10_000
NOT_COUNTED = ("^/static/", "^/healthz$", "^/readyz$")
_SAID = {
    Kind.QUESTIONS: "Du har ställt många frågor på kort tid.",
    Kind.WRITES: "Du har sparat mycket på kort tid.",
    Kind.READS: "Du har hämtat mycket på kort tid.",
    Kind.SIGN_IN: "Det har kommit många inloggningar från din adress på kort tid.",
    Kind.REFUSED: "Det har kommit många ogiltiga API-nycklar från din adress på kort tid.",
}


class CountRequests(ASGIMiddleware):
    """Lets through what is within the limits and says in the headers how much is left; stands inside the sign-in."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = NOT_COUNTED

    def __init__(self, sessions: ScopedSessions, allowed: Limits) -> None:
        """Take the way into the database and what is allowed."""
        self._sessions, self._allowed = sessions, allowed
        self._advances = Advances()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on, or raise `TooOften`; the connection to the database is given back before either."""
        kind = kind_of(scope)
        if not self._allowed.of(kind):
            await next_app(scope, receive, send)
            return
        counted = await self._counted(scope, kind, caller(scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in headers_of(counted).items()]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await next_app(scope, receive, with_headers)

    async def _counted(self, scope: Scope, kind: Kind, who: str) -> Count:
        """Count reads by the handful: what is counted in advance is let through without asking the database."""
        handful = self._allowed.of(kind) // _HANDFULS if kind is Kind.READS else 0
        if handful > 1 and (counted := self._advances.take(who)):
            return counted
        await lending.give_back(scope)
        if handful <= 1:
            return await count_one(self._sessions, self._allowed, kind, who)
        begun = time.monotonic()
        counted = await count_one(self._sessions, self._allowed, kind, who, handful)
        return self._advances.give(who, counted, handful, ends=begun + counted.ends_in)


class Advances:
    """Requests that are counted in the database but not yet made, by who may make them; they end with their window."""

    def __init__(self) -> None:
        """Begin with none."""
        self._left: dict[str, _Advance] = {}

    def take(self, who: str) -> Count | None:
        """Return how it stands after one more request, or None if nothing is left in advance."""
        found = self._left.get(who)
        seconds = 0.0 if found is None else found.ends - time.monotonic()
        if found is None or found.left <= 0 or seconds <= 0:
            return None
        found.left -= 1
        return replace(found.counted, used=found.counted.used - found.left, seconds=math.ceil(seconds))

    def give(self, who: str, counted: Count, many: int, *, ends: float) -> Count:
        """Keep what was counted in advance, beside what is left since before, and return how it stands after one."""
        granted = many - max(0, counted.used - counted.allowed)
        before = self._left.get(who)
        if before is not None and before.ends > time.monotonic():
            granted += before.left
        if len(self._left) >= _MOST_CALLERS:
            self._left.pop(next(iter(self._left)))
        known = replace(counted, used=min(counted.used, counted.allowed))
        self._left[who] = _Advance(known, granted - 1, ends)
        return replace(known, used=known.used - granted + 1)


@dataclass(slots=True)
class _Advance:
    """How it stands when all that is left has been used, how much that is, and when it ends, by our own clock."""

    counted: Count
    left: int
    ends: float


class CountRefusals(ASGIMiddleware):
    """Counts keys that open nothing against the address they came from; stands outside the sign-in."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = NOT_COUNTED

    def __init__(self, sessions: ScopedSessions, allowed: Limits) -> None:
        """Take the way into the database and what is allowed."""
        self._sessions, self._allowed = sessions, allowed

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on; raise `TooOften` in place of `NotSignedIn` when it has been said too often."""
        try:
            await next_app(scope, receive, send)
        except NotSignedIn:
            if self._allowed.refused:
                await count_one(self._sessions, self._allowed, Kind.REFUSED, f"address {address_of(scope)}")
            raise


def kind_of(scope: Scope) -> Kind:
    """Return what a request counts as."""
    default = Kind.READS if scope.get("method") in SAFE_METHODS else Kind.WRITES
    return cast("Kind", scope["route_handler"].opt.get("limit", default))


def caller(scope: Scope) -> str:
    """Return whose requests are counted together: a key's, a person's or, when nobody is signed in, an address's."""
    viewer = scope.get("user")
    if isinstance(viewer, Viewer) and viewer.key_id:
        return f"key {viewer.key_id}"
    if isinstance(viewer, Viewer) and viewer.person_id:
        return f"person {viewer.person_id}"
    return f"address {address_of(scope)}"


def headers_of(counted: Count) -> dict[str, str]:
    """Return the headers that tell a program how it stands, after the IETF's draft on RateLimit fields."""
    window = int(counted.window.total_seconds())
    return {
        "RateLimit-Policy": f'"{counted.kind}";q={counted.allowed};w={window}',
        "RateLimit": f'"{counted.kind}";r={counted.remaining};t={counted.seconds}',
    }


async def count_one(sessions: ScopedSessions, allowed: Limits, kind: Kind, who: str, many: int = 1) -> Count:
    """Count requests of a caller, `many` at once, and return how it stands; raise `TooOften` beyond the limit."""
    async with sessions(SYSTEM) as session:
        counted = await limits.count(session, kind, who, allowed.of(kind), allowed.window, many=many)
    if counted.used - many >= counted.allowed:
        wait = f"Vänta {counted.seconds} sekunder och försök igen."
        raise TooOften(f"{_SAID[kind]} {wait}", seconds=counted.seconds, count=counted)
    return counted
