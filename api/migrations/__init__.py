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
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
)
"""What the application's role may do: rows, never the schema; which rows is for the policies to say."""


def configuration(connection: Connection | None = None) -> Config:
    """Return alembic's configuration, to run on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def metadata() -> MetaData:
    """Return the metadata with every room's mapped classes in it."""
    from ingest import jobs, origins, reembedding  # noqa: F401
    from initiatives import (  # noqa: F401
        accesses,
        activity,
        applications,
        assignments,
        attempts,
        calendar_feeds,
        claims,
        clauses,
        comments,
        credentials,
        decision_links,
        decisions,
        deliveries,
        dependencies,
        directory,
        effects,
        feeds,
        findings,
        funds,
        initiatives,
        invitations,
        keys,
        limits,
        matters,
        measure_frames,
        measure_outcomes,
        measures,
        milestones,
        once,
        past,
        people,
        remarks,
        reports,
        revisions,
        rounds,
        saved_filters,
        sharing,
        sources,
        taxonomy,
        webhooks,
    )
    from initiatives.base import Base
    from initiatives.dialogue import answers, entries, follow_up  # noqa: F401
    from initiatives.distribution import listings, runs  # noqa: F401
    from initiatives.grants import agreements, amounts, components, conditions, obligations  # noqa: F401
    from initiatives.indicators import tables  # noqa: F401
    from initiatives.suggestions import tables as suggested  # noqa: F401
    from retrieval import (  # noqa: F401
        conversations,
        documents,
        gaps,
        models,
    )

    return Base.metadata


def head() -> str:
    """Return the newest revision that this version of Närplan knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


async def current(connection: AsyncConnection) -> str | None:
    """Return the revision that the database is at, or None for an empty one."""
    return await connection.run_sync(lambda inner: MigrationContext.configure(inner).get_current_revision())


async def upgrade(url: str | URL, *, application_role: str, revision: str = "head") -> None:
    """Bring the database at `url` (the owner's address) to `revision`, all or nothing.

    `application_role` is given what the application may do with the rows; with the schema it may do nothing.
    """

    def step(connection: Connection) -> None:
        if not connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'vector'").scalar():
            connection.exec_driver_sql("CREATE EXTENSION vector")
        command.upgrade(configuration(connection), revision)
        if connection.exec_driver_sql("SELECT current_user").scalar() != application_role:
            role = connection.dialect.identifier_preparer.quote(application_role)
            for grant in GRANTS:
                connection.exec_driver_sql(grant.format(role=role))

    await _run(url, step)


async def downgrade(url: str | URL, revision: str = "base") -> None:
    """Take the database back to `revision`, all or nothing."""
    await _run(url, lambda connection: command.downgrade(configuration(connection), revision))


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Tell whether our mapped classes describe a thing in the database: the job queue has a schema of its own."""
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


async def _run(url: str | URL, step: Callable[[Connection], None]) -> None:
    database = Database(url, pool=NullPool)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(step)
    finally:
        await database.close()
