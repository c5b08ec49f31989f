"""One installation, opened: its database, its embedding model and its assistant, for the length of a command."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from api import checks, migrations, postgres
from api.database import Database, normalise
from api.settings import Settings

if TYPE_CHECKING:
    from ingest.pipeline import Pipeline
    from retrieval.answering import Assistant
    from retrieval.embedding import Embedder


@dataclass(frozen=True)
class Installation:
    """What every command stands on. `pipeline` is for those that read files, `assistant` for those that answer."""

    settings: Settings
    database: Database
    embedder: "Embedder"

    @cached_property
    def assistant(self) -> "Assistant":
        """What answers questions; one for the whole process, since it remembers what it has read."""
        from retrieval import language, reranking
        from retrieval.answering import Assistant

        return Assistant(
            self.database.scoped,
            self.embedder,
            language.create(self.settings.language),
            reranker=reranking.create(self.settings.reranking),
        )

    @contextlib.asynccontextmanager
    async def pipeline(self) -> AsyncIterator["Pipeline"]:
        """Open what reads files; its children end with the block."""
        from ingest.pipeline import Pipeline
        from ingest.sandbox import Sandbox

        sandbox = Sandbox()
        try:
            yield Pipeline(self.database.scoped, self.embedder, sandbox)
        finally:
            await sandbox.close()


@contextlib.contextmanager
def addressed(settings: Settings) -> Iterator[Settings]:
    """Fill in the addresses of the embedded server, and keep it running, when no database of one's own is given."""
    if settings.database_url:
        yield replace(settings, owner_database_url=settings.owner_database_url or settings.database_url)
        return
    with postgres.running(settings.home) as server:
        yield replace(settings, database_url=server.url(), owner_database_url=server.url(postgres.OWNER))


async def migrate(settings: Settings) -> None:
    """Bring the database of addressed settings to the newest version."""
    role = normalise(settings.database_url or "").username or postgres.APPLICATION
    await migrations.upgrade(settings.owner_database_url or "", application_role=role)


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Database]:
    """Open the installation's database alone, for commands that need no model; raises `NotReady` with what to do."""
    with addressed(settings) as complete:
        database = Database(complete.database_url or "")
        try:
            if not settings.database_url:
                await _bring_up_to_date(complete, database)
            await checks.require(database)
            yield database
        finally:
            await database.close()


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Installation]:
    """Open the installation; raises `NotReady` with what to do.

    The embedded database is brought up to date by itself. One's own is not: many processes may use it.
    """
    from retrieval import embedding

    with addressed(settings) as complete:
        database = Database(complete.database_url or "")
        embedder = embedding.create(settings.embedding)
        try:
            if not settings.database_url:
                await _bring_up_to_date(complete, database)
            await checks.require(database)
            yield Installation(complete, database, embedder)
        finally:
            embedder.close()
            await database.close()


async def _bring_up_to_date(settings: Settings, database: Database) -> None:
    async with database.engine.connect() as connection:
        here = await migrations.current(connection)
    if here != migrations.head():
        await migrate(settings)
