"""ETag: a change is made to the version that was read, or not at all, and what one already has is not sent again."""

import hashlib
import re
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from litestar.connection import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from initiatives.errors import NarplanError, StaleVersion


class PreconditionMissing(NarplanError):
    """A change was sent without telling which version it was made to."""

    title: ClassVar[str] = "If-Match saknas"


def etag(revision: int) -> str:
    """Return the value of the ETag header for a revision."""
    return f'"{revision}"'


def etag_of(shown: object) -> str:
    """Return the ETag of what is shown to one who sees only a part: it changes when that part does, and only then."""
    return f'"{hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]}"'


def expected_revision(if_match: str | None) -> int | None:
    """Return the revision in the header If-Match, or None for `*`, which matches any.

    Raises `PreconditionMissing` without the header, and `StaleVersion` if it holds anything that we never gave out.
    """
    header = (if_match or "").strip()
    if not header:
        raise PreconditionMissing("Skicka If-Match med det ETag-värde som du fick när du läste.", field="If-Match")
    if header == "*":
        return None
    if match := re.fullmatch(r'"([1-9][0-9]{0,8})"', header):
        return int(match[1])
    raise StaleVersion("If-Match är inte den aktuella versionen. Läs om och gör ändringen igen.", field="If-Match")


class NotModified(ASGIMiddleware):
    """Answers 304 without a body to one who already has what would be sent, and says so in If-None-Match."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on, and leave out of the answer what the reader has."""
        request = Request[Any, Any, Any](scope)
        known = request.headers.get("if-none-match")
        if known is None or request.method not in {"GET", "HEAD"}:
            await next_app(scope, receive, send)
            return
        same = False

        async def answer(message: Message) -> None:
            nonlocal same
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
                same = is_known(known, dict(message["headers"]).get(b"etag", b"").decode("latin-1"))
                if same:
                    kept = [(name, value) for name, value in message["headers"] if not name.startswith(b"content-")]
                    message = {**message, "status": int(HTTPStatus.NOT_MODIFIED), "headers": kept}
            elif same and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await next_app(scope, receive, answer)


def is_known(if_none_match: str, etag: str) -> bool:
    """Tell whether the header If-None-Match names the ETag; `*` names every one."""
    named = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return bool(etag) and ("*" in named or etag in named)
