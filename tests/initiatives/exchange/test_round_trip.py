"""What comes out goes in unchanged, in every format, with the whole sample region."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api import postgres
from api.database import Database
from initiatives.access import SYSTEM
from initiatives.exchange import bringing, export, files
from initiatives.exchange.columns import Table
from initiatives.exchange.files import Format
from initiatives.exchange.tables import TABLES
from tests.conftest import copied


@pytest.fixture
async def sample(server: postgres.Server, sample_region: str) -> AsyncIterator[AsyncSession]:
    """Return a session in a copy of the sample region, with the system's scope."""
    async with copied(server, sample_region) as name:
        database = Database(server.url(database=name))
        async with database.scoped(SYSTEM) as session:
            yield session
            await session.rollback()
        await database.close()


@pytest.mark.parametrize("form", list(Format))
async def test_the_sample_region_comes_back_unchanged(sample: AsyncSession, form: Format) -> None:
    for table in TABLES.values():
        data = await export.export(sample, SYSTEM, table, form)
        sheet = files.read(data)
        assert sheet.rows, f"the sample region has no {table.many}"
        report = await bringing.bring_in(sample, SYSTEM, table, sheet, dry_run=False)
        assert [one.errors for one in report.rows if one.errors] == []
        assert (report.created, report.changed, report.unchanged) == (0, 0, len(sheet.rows)), table.name


async def test_an_empty_register_gets_the_same_rows(server: postgres.Server, sample_region: str) -> None:
    async with copied(server, sample_region) as name:
        database = Database(server.url(database=name))
        async with database.scoped(SYSTEM) as session:
            taken = [(table, await _shown(session, table)) for table in TABLES.values()]
            out = [await export.export(session, SYSTEM, table, Format.XLSX) for table in TABLES.values()]
        await _emptied(server, name)
        async with database.scoped(SYSTEM) as session:
            for (table, before), data in zip(taken, out, strict=True):
                assert await _shown(session, table) == []
                report = await bringing.bring_in(session, SYSTEM, table, files.read(data), dry_run=False)
                assert report.created == len(before), table.name
                assert await _shown(session, table) == before, table.name
        await database.close()


async def _shown(session: AsyncSession, table: Table) -> list[tuple[str, ...]]:
    """Return the rows as a file shows them, but for what a register gives its rows itself."""
    sheet = files.read(await export.export(session, SYSTEM, table, Format.CSV))
    kept = [place for place, column in enumerate(table.columns) if column in table.own and not column.read_only]
    return sorted(tuple(cells[place] for place in kept) for _, cells in sheet.rows)


async def _emptied(server: postgres.Server, name: str) -> None:
    owner = Database(server.url(postgres.SUPERUSER, name))
    async with owner.engine.begin() as connection:
        tables = ", ".join(str(table.model.__tablename__) for table in TABLES.values())
        await connection.execute(text(f"TRUNCATE {tables} CASCADE"))
    await owner.close()
