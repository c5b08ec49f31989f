"""Writing in the diary for real, and reaching its rows past everything that keeps them."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from api import postgres
from api.database import Database
from initiatives import activity
from initiatives.access import SYSTEM
from initiatives.base import new_id

ROLES = {"application": postgres.APPLICATION, "owner": postgres.OWNER, "superuser": postgres.SUPERUSER}


async def write(database: Database, rows: int) -> None:
    """Write so many rows with details, each in a transaction of its own."""
    for number in range(rows):
        async with database.scoped(SYSTEM) as session:
            after = {"title": f"Nära vård {number}", "nodes": ["å", "ä"], "kronor": 12_500_000}
            activity.record(session, SYSTEM, "ändrade", "test", new_id(), before={"title": ""}, after=after)


async def chained(database: Database) -> Sequence[Row[Any]]:
    """Return every row of the diary with its detail, in order."""
    query = text("SELECT * FROM activity LEFT JOIN activity_detail ON activity_id = id ORDER BY sequence")
    async with database.scoped(SYSTEM) as session:
        return (await session.execute(query)).all()


@contextlib.asynccontextmanager
async def above(database: Database, role: str) -> AsyncIterator[AsyncConnection]:
    """Open a transaction on the test's own database as another of its roles: application, owner or superuser."""
    opened = Database(database.url.set(username=ROLES[role]), pool=NullPool)
    try:
        async with opened.engine.begin() as connection:
            yield connection
    finally:
        await opened.close()


async def tamper(database: Database, *statements: str) -> None:
    """Run statements as a superuser whom no trigger and no policy stops."""
    async with above(database, "superuser") as connection:
        await connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement))
