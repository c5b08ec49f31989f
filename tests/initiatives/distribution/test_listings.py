from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, Role
from initiatives.distribution import listings
from initiatives.distribution.listings import ListingSnapshot, Points
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NotAllowed, NotFound
from tests import factories

TABLE = "Enhet;Poäng\r\nÖsterliden;9\xa0120,50\r\nEken;7004.25\r\n"
DAY = date(2026, 10, 31)


async def snapshot(session: AsyncSession, day: date = DAY) -> ListingSnapshot:
    rows = listings.read_table(TABLE)
    return await listings.add_snapshot(session, SYSTEM, basis="listningspoäng", taken_on=day, rows=rows)


@pytest.mark.parametrize(
    "table", [TABLE, TABLE.replace(";", "\t"), "\ufeff" + TABLE, TABLE.partition("\n")[2], f"\n{TABLE}\n\n"]
)
def test_a_table_is_read_as_people_paste_it(table: str) -> None:
    assert listings.read_table(table) == (
        Points("Österliden", Decimal("9120.50")),
        Points("Eken", Decimal("7004.25")),
    )


def test_everything_that_is_wrong_is_told_with_its_line_and_column() -> None:
    with pytest.raises(InvalidRows) as refused:
        listings.read_table("Enhet;Poäng\nA;1\n;2\nB;mycket\na;3\nC\nD;1;2\nE;-1\nF;\n")
    assert [where for where, _ in refused.value.problems] == [
        "rad 3, enhet", "rad 4, tal", "rad 5, enhet", "rad 6, tal", "rad 7, tal", "rad 8, tal", "rad 9, tal",
    ]  # fmt: skip
    assert "7 fel i tabellen. Inget är sparat. Rad 3" in refused.value.detail


@pytest.mark.parametrize("table", ["", "Enhet;Poäng\n", " \n;\n", "A;1\n" * 2_001, "x" * 1_000_001])
def test_a_table_has_rows_and_not_too_many(table: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        listings.read_table(table)
    assert refused.value.field == "table"


async def test_a_snapshot_is_kept_exactly_listed_and_taken_away(session: AsyncSession) -> None:
    made = await snapshot(session)
    [row], total = await listings.list_snapshots(session, SYSTEM)
    assert (row.id, row.units, row.points, total) == (made.id, 2, Decimal("16124.75"), 1)
    _, rows = await listings.get_snapshot(session, SYSTEM, made.id)
    assert list(rows) == list(listings.read_table(TABLE))
    with pytest.raises(AlreadyExists):
        await snapshot(session)
    await snapshot(session, date(2026, 11, 30))
    await listings.remove_snapshot(session, SYSTEM, made.id)
    with pytest.raises(NotFound):
        await listings.get_snapshot(session, SYSTEM, made.id)


async def test_who_may_read_and_write_them(session: AsyncSession) -> None:
    made = await snapshot(session)
    partner, politician = [await factories.viewer(session, role) for role in (Role.PARTNER, Role.POLITICIAN)]
    assert await listings.list_snapshots(session, partner) == ((), 0)
    with pytest.raises(NotFound):
        await listings.remove_snapshot(session, partner, made.id)
    with pytest.raises(NotAllowed):
        await listings.remove_snapshot(session, politician, made.id)
    with pytest.raises(NotAllowed):
        await listings.add_snapshot(session, politician, basis="x", taken_on=DAY, rows=())
