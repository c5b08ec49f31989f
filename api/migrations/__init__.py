"""The schema's history: `upgrade` and `downgrade` run it as the owner; the mapped classes describe its newest state."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from api.database import Database

LOCK_NUMBER = 7_306_041
"""The advisory lock that lets one migration run at a time."""


def configuration(connection: Connection | None = None, *, application_role: str | None = None) -> Config:
    """Return alembic's configuration; `application_role` is given what the application may do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(connection=connection, application_role=application_role)
    return config


def metadata() -> MetaData:
    """Return the metadata with every room's mapped classes in it."""
    from ingest import jobs  # noqa: F401
    from initiatives import activity, credentials, funds, initiatives, people, taxonomy  # noqa: F401
    from initiatives.base import Base
    from retrieval import conversations, documents  # noqa: F401

    return Base.metadata


def head() -> str:
    """Return the newest revision that this version of Närplan knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


async def current(connection: AsyncConnection) -> str | None:
    """Return the revision that the database is at, or None for an empty one."""
    return await connection.run_sync(lambda inner: MigrationContext.configure(inner).get_current_revision())


async def upgrade(url: str | URL, *, application_role: str, revision: str = "head") -> None:
    """Bring the database at `url` (the owner's address) to `revision`, all or nothing."""
    await _run(url, lambda config: command.upgrade(config, revision), application_role)


async def downgrade(url: str | URL, *, application_role: str, revision: str = "base") -> None:
    """Take the database back to `revision`, all or nothing."""
    await _run(url, lambda config: command.downgrade(config, revision), application_role)


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Tell whether our mapped classes describe a thing in the database: the job queue has a schema of its own."""
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


async def _run(url: str | URL, step: Callable[[Config], None], application_role: str) -> None:
    database = Database(url, pool=NullPool)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda inner: step(configuration(inner, application_role=application_role)))
    finally:
        await database.close()
