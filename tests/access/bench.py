"""The world behind the application, where every request is undone, so that thousands can begin from the same place."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.app import create_app
from api.database import Database
from initiatives.access import ScopedSessions, Viewer, set_scope
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests.access import world as worlds
from tests.access.world import Actor, World
from tests.clients import connect


@dataclass(frozen=True, slots=True)
class Bench:
    """The world, the application over it, and the one connection that all of it goes through."""

    world: World
    app: Litestar
    connection: AsyncConnection

    async def send(self, actor: Actor, arguments: Mapping[str, Any]) -> httpx.Response:
        """Send a request as somebody and undo what it did."""
        undone = await self.connection.begin_nested()
        try:
            async with connect(self.app) as client:
                headers = {**arguments.get("headers", {}), **actor.headers}
                return await client.request(**{**arguments, "headers": headers})
        finally:
            await undone.rollback()


@contextlib.asynccontextmanager
async def opened(database: Database, embedder: Embedder) -> AsyncIterator[Bench]:
    """Make the world in a transaction that is rolled back in the end."""
    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        sessions = _over(connection)
        world = await worlds.build(sessions, embedder)
        yield Bench(world, create_app(sessions, Assistant(sessions, embedder, None)), connection)
        await transaction.rollback()


def _over(connection: AsyncConnection) -> ScopedSessions:
    @contextlib.asynccontextmanager
    async def scoped(person: Viewer) -> AsyncIterator[AsyncSession]:
        async with (
            AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            await set_scope(session, person)
            yield session

    return scoped
