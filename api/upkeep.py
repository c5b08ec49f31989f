"""What no longer counts is removed now and then, by the process that notices, when its answer is sent."""

import logging
import time

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.limits import NOT_COUNTED
from initiatives import attempts, limits, once
from initiatives.access import SYSTEM, ScopedSessions
from retrieval import spending

logger = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
SWEEPS = (limits.sweep, attempts.sweep, once.sweep, spending.sweep)


class Upkeep(ASGIMiddleware):
    """Sweeps about once a minute while requests come; what nobody asks for fills nothing either."""

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = NOT_COUNTED

    def __init__(self, sessions: ScopedSessions) -> None:
        """Take the way into the database."""
        self._sessions = sessions
        self._last = time.monotonic()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request on, and sweep after its answer if it is time."""
        await next_app(scope, receive, send)
        if time.monotonic() - self._last < EVERY_SECONDS:
            return
        self._last = time.monotonic()
        try:
            for sweep in SWEEPS:
                async with self._sessions(SYSTEM) as session:
                    await sweep(session)
        except Exception:
            logger.warning("could not remove what no longer counts", exc_info=True)
