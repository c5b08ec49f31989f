"""What draws on funds as tables: transfers between them and what initiatives use. Rows are added, never changed."""

from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds
from initiatives.access import Viewer, sees_all
from initiatives.errors import InvalidValue
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.tables.shapes import added
from initiatives.funds import BudgetLink, BudgetRow, FundTransfer

FUND = "anslagets namn och år"


async def _transfers(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    if not sees_all(person):
        return ()
    query = select(FundTransfer).order_by(FundTransfer.moved_on, FundTransfer.id)
    names = ("id", "from_fund_id", "to_fund_id", "amount_kronor", "moved_on", "decision")
    return [{name: getattr(row, name) for name in names} for row in await session.scalars(query)]


async def _links(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    return [_link(row, named=not sees_all(person)) for row in await funds.list_links(session, person)]


def _link(row: BudgetRow, *, named: bool) -> Fields:
    """Return the fields of a row; `named` gives the names of what a partner cannot look up."""
    return {
        "id": row.id,
        "initiative_id": row.initiative if named else row.initiative_id,
        "fund_id": row.fund if named else row.fund_id,
        "allocation_id": row.allocation_id,
        "amount_kronor": row.amount_kronor,
        "year": row.year,
    }


async def _never(
    _session: AsyncSession, _person: Viewer, _identifier: UUID, given: dict[str, Any], _revision: int | None
) -> NoReturn:
    raise InvalidValue("Raden går inte att ändra. Lägg till en ny i stället.", field=next(iter(given)))


def _fixed(field: str, heading: str, cell: cells.Cell, *, required: bool = True) -> Column:
    return Column(
        field=field, heading=heading, cell=cells.needed(cell) if required else cell, required=required, fixed=True
    )


TRANSFERS = Table(
    name="fund-transfers",
    title="Överföringar",
    one="överföring",
    many="överföringar",
    page="/pengar",
    model=FundTransfer,
    key=("from_fund_id", "to_fund_id", "amount_kronor", "moved_on", "decision"),
    rows=_transfers,
    add=added(funds.transfer),
    revise=_never,
    left_out={"at": "sätts av registret när överföringen läggs till"},
    own=(
        _fixed("from_fund_id", "Från anslag", cells.one("fund", FUND)),
        _fixed("to_fund_id", "Till anslag", cells.one("fund", FUND)),
        _fixed("amount_kronor", "Belopp (kr)", cells.KRONOR),
        _fixed("moved_on", "Flyttat den", cells.DAY),
        _fixed("decision", "Beslut", cells.TEXT),
    ),
)
LINKS = Table(
    name="budget-links",
    title="Initiativens pengar",
    one="post",
    many="initiativens pengar",
    page="/initiativ",
    model=BudgetLink,
    key=("initiative_id", "fund_id", "allocation_id", "amount_kronor", "year"),
    rows=_links,
    add=added(funds.link, "initiative_id"),
    revise=_never,
    own=(
        _fixed("initiative_id", "Initiativ", cells.one("initiative", "initiativets titel")),
        _fixed("fund_id", "Anslag", cells.one("fund", FUND)),
        _fixed("allocation_id", "Tilldelning", cells.one("allocation", "ändamål, anslag och år"), required=False),
        _fixed("amount_kronor", "Belopp (kr)", cells.KRONOR),
        _fixed("year", "År", cells.WHOLE),
    ),
)
