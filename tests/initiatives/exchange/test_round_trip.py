"""What comes out goes in unchanged, in every format, with the whole sample region."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api import postgres
from api.database import Database
from initiatives import findings
from initiatives.access import SYSTEM
from initiatives.exchange import bringing, export, files
from initiatives.exchange.columns import Table
from initiatives.exchange.files import Format, Sheet
from initiatives.exchange.tables import TABLES
from initiatives.exchange.tables.followed import FINDINGS
from initiatives.findings import Finding
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
            await findings.add(session, SYSTEM, title="Ett eget fynd", owner_id=None, detail="Två datum")
            await findings.revise(session, SYSTEM, await _own(session), state="åtgärdad", resolution="Rättat")
            taken = [(table, await _shown(session, table)) for table in TABLES.values()]
            out = [await export.export(session, SYSTEM, table, Format.XLSX) for table in TABLES.values()]
        await _emptied(server, name)
        async with database.scoped(SYSTEM) as session:
            for (table, before), data in zip(taken, out, strict=True):
                assert await _shown(session, table) == []
                sheet = _without_what_rules_find(table, files.read(data))
                report = await bringing.bring_in(session, SYSTEM, table, sheet, dry_run=False)
                assert report.created == len(before) > 0, table.name
                assert await _shown(session, table) == before, table.name
        await database.close()


def _without_what_rules_find(table: Table, sheet: Sheet) -> Sheet:
    """Return the sheet without rows that only a rule can add."""
    if table is not FINDINGS:
        return sheet
    place = sheet.heads.index("Regel") if "Regel" in sheet.heads else sheet.heads.index("rule")
    return replace(sheet, rows=tuple(row for row in sheet.rows if row[1][place] == findings.OWN_RULE))


async def _own(session: AsyncSession) -> UUID:
    return (await session.scalars(select(Finding.id).where(Finding.rule == findings.OWN_RULE))).one()


async def _shown(session: AsyncSession, table: Table) -> list[tuple[str, ...]]:
    """Return the rows as a file shows them, but for what a register gives its rows itself."""
    sheet = _without_what_rules_find(table, files.read(await export.export(session, SYSTEM, table, Format.CSV)))
    kept = [place for place, column in enumerate(table.columns) if column in table.own and not column.read_only]
    return sorted(tuple(cells[place] for place in kept) for _, cells in sheet.rows)


async def _emptied(server: postgres.Server, name: str) -> None:
    owner = Database(server.url(postgres.SUPERUSER, name))
    async with owner.engine.begin() as connection:
        tables = ", ".join(str(table.model.__tablename__) for table in TABLES.values())
        await connection.execute(text(f"TRUNCATE {tables} CASCADE"))
    await owner.close()
