"""What must hold for Närplan to run, looked at when it starts and by `narplan doctor`: what is wrong, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from api import migrations
from api.database import Database
from initiatives.errors import NarplanError

OLDEST_POSTGRES = 16
OLDEST_PGVECTOR = (0, 8, 4)


class NotReady(NarplanError):
    """Something that Närplan stands on is not as it must be; the text says what to do."""

    title: ClassVar[str] = "Närplan kan inte starta"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, what it is (`subject`), and what to know or do (`text`)."""

    well: bool
    subject: str
    text: str


async def examine(database: Database) -> Sequence[Finding]:
    """Return what was found in the database that the application uses; never raises for what is wrong there."""
    try:
        async with database.engine.connect() as connection:
            return [
                await _postgres(connection),
                await _pgvector(connection),
                await _role(connection),
                await _schema(connection),
            ]
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        address = database.url.render_as_string()
        return [
            Finding(well=False, subject="Databasen", text=f"{address} svarar inte: {reason}. Kontrollera adressen.")
        ]


async def require(database: Database) -> None:
    """Return if everything is well, otherwise raise `NotReady` with the first thing that is not."""
    for finding in await examine(database):
        if not finding.well:
            raise NotReady(f"{finding.subject}: {finding.text}")


async def _postgres(connection: AsyncConnection) -> Finding:
    version = str(await connection.scalar(text("SHOW server_version")))
    well = int(await connection.scalar(text("SHOW server_version_num")) or 0) >= OLDEST_POSTGRES * 10_000
    advice = "" if well else f" är för gammal. Närplan behöver PostgreSQL {OLDEST_POSTGRES} eller senare."
    return Finding(well, "PostgreSQL", f"version {version}{advice}")


async def _pgvector(connection: AsyncConnection) -> Finding:
    version = await connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    oldest = ".".join(map(str, OLDEST_PGVECTOR))
    if version is None:
        advice = f"saknas. Installera pgvector {oldest} eller senare, och kör narplan migrate som databasens ägare."
        return Finding(well=False, subject="pgvector", text=advice)
    well = tuple(map(int, version.split("."))) >= OLDEST_PGVECTOR
    advice = f" är för gammal. Installera {oldest} eller senare och kör ALTER EXTENSION vector UPDATE."
    return Finding(well, "pgvector", f"version {version}{'' if well else advice}")


async def _role(connection: AsyncConnection) -> Finding:
    row = (
        await connection.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
    ).one()
    if not row.rolsuper and not row.rolbypassrls:
        return Finding(well=True, subject="Databasrollen", text=f"{row.rolname} står under radernas behörighetsregler")
    advice = (
        f"{row.rolname} går förbi behörigheten till raderna. Anslut med en roll utan SUPERUSER och BYPASSRLS i "
        "NARPLAN_DATABASE_URL, och ange ägaren i NARPLAN_OWNER_DATABASE_URL."
    )
    return Finding(well=False, subject="Databasrollen", text=advice)


async def _schema(connection: AsyncConnection) -> Finding:
    here, newest = await migrations.current(connection), migrations.head()
    if here == newest:
        return Finding(well=True, subject="Tabellerna", text=f"är i version {here}")
    if here is None:
        return Finding(well=False, subject="Tabellerna", text="finns inte än. Kör narplan migrate.")
    advice = "är av en annan version än programmet. Kör narplan migrate med den senaste versionen av Närplan."
    return Finding(well=False, subject="Tabellerna", text=f"({here}) {advice}")
