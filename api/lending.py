"""One transaction for a request that reads: the one in which its sign-in was looked up is lent to its handler.

It would be opened, told for whom it works and ended twice otherwise, which takes longer than most reads. Between the
look-up and the handler nothing waits with it: what does gives it back first, and the handler opens one of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import NOTED, ScopedSessions, Viewer, set_scope

_LENT = "lent"
_READS = frozenset({"GET", "HEAD"})


def is_wanted(scope: Scope, session: AsyncSession) -> bool:
    """Tell whether a request only reads, in a session, and looking up who asks has written nothing."""
    if scope.get("method") not in _READS or NOTED in session.info:
        return False
    return "session" in scope["route_handler"].parsed_fn_signature.parameters


async def lend(session: AsyncSession, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
    """Let the request on with the session; it is given back at the latest before anything is sent."""
    scope["state"][_LENT] = session

    async def given_back(message: Message) -> None:
        await give_back(scope)
        await send(message)

    try:
        await next_app(scope, receive, given_back)
    finally:
        await give_back(scope)


async def give_back(scope: Scope) -> None:
    """End the transaction that was lent to the request, unless its handler works in it."""
    session: AsyncSession | None = scope["state"].pop(_LENT, None)
    if session is not None:
        await session.commit()


@asynccontextmanager
async def borrowed(sessions: ScopedSessions, scope: Scope, person: Viewer) -> AsyncIterator[AsyncSession]:
    """Open a transaction with the person's scope, or go on in the one that was lent.

    Either way it commits on return and rolls back on raise, before anything is sent.
    """
    session: AsyncSession | None = scope["state"].pop(_LENT, None)
    if session is None:
        async with sessions(person) as own:
            yield own
        return
    try:
        await set_scope(session, person)
        yield session
        await session.commit()
    except BaseException:
        await session.rollback()
        raise
