"""What people wait to see goes before what is thought about meanwhile."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import SAFE_METHODS
from retrieval import turns


class PagesFirst(ASGIMiddleware):
    """Lets reading of questions pause from when a page, a list or a file is asked for until its answer begins."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on, first if it only reads; one that brings something may be as slow as its sender."""
        if scope.get("method") not in SAFE_METHODS:
            await next_app(scope, receive, send)
            return
        claim = turns.goes_first()

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start":
                turns.is_done(claim)
            await send(message)

        try:
            await next_app(scope, receive, begun)
        finally:
            turns.is_done(claim)
