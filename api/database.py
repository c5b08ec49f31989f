"""The way into PostgreSQL: one engine, and transactions that know for whom they work."""

import contextlib
from collections.abc import AsyncIterator

import asyncpg
import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import Pool

from initiatives.access import DRIVER, KEPT, Viewer, set_scope
from initiatives.errors import InvalidValue

CONNECT_SECONDS = 10
CONNECTIONS = 15
"""As many as one process has at most; they are kept, since a new one costs more than what it is asked."""
_ENDED = (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)


class Database:
    """An engine for one role in one database; connections are made when they are first needed.

    `scoped` is what every function below calls `ScopedSessions`.
    """

    def __init__(self, url: str | URL, *, pool: type[Pool] | None = None) -> None:
        """Take an address as people write it (`postgres://…`); raises `InvalidValue` if it is not one."""
        self.url = normalise(url)
        self.engine = create_async_engine(
            self.url,
            hide_parameters=True,
            json_deserializer=msgspec.json.decode,
            poolclass=pool,
            **({} if pool else {"pool_size": CONNECTIONS, "max_overflow": 0}),
            connect_args={"timeout": CONNECT_SECONDS, "server_settings": {"application_name": "narplan"}},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, info={KEPT: {}})

    @contextlib.asynccontextmanager
    async def scoped(self, person: Viewer) -> AsyncIterator[AsyncSession]:
        """Open one transaction with the person's scope set; it commits on return and rolls back on raise.

        A connection is not asked beforehand whether it still leads to the server: saying the scope shows it, and if it
        does not, nothing has been done yet and a new connection takes its place.
        """
        async with self._sessions() as session:
            while True:
                try:
                    await set_scope(session, person)
                    break
                except Exception as error:
                    if not _is_gone(session.info.pop(DRIVER, None), error):
                        raise
                    await session.invalidate()
            yield session
            if session.in_transaction():
                await session.commit()

    async def connect(self) -> AsyncConnection:
        """Return a connection of its own, to be closed by the caller; for listening and for checks."""
        return await self.engine.connect()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _is_gone(driver: asyncpg.Connection | None, error: Exception) -> bool:
    """Tell whether a connection that there was leads nowhere any more; what fails to connect is not asked again."""
    return driver is not None and (driver.is_closed() or isinstance(error.__cause__ or error, _ENDED))


def normalise(url: str | URL) -> URL:
    """Return the address with the asyncpg driver, whatever driver and way of asking for TLS it was written with."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InvalidValue(
            "Databasens adress går inte att läsa. Skriv till exempel postgresql://namn:lösenord@dator/narplan.",
            field="NARPLAN_DATABASE_URL",
        ) from error
    if not address.drivername.startswith("postgres"):
        raise InvalidValue(f"Databasen måste vara PostgreSQL, inte {address.drivername}.", field="NARPLAN_DATABASE_URL")
    query = dict(address.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return address.set(drivername="postgresql+asyncpg", query=query)
