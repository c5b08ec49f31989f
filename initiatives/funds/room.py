"""How much of a fund is left, and the lock that keeps it from being used twice.

Whoever is about to draw on a fund, or to make its frame smaller, locks the fund, writes, and then asks `require_room`:
two at once wait for each other, and the second sees what the first has taken.
"""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from initiatives.base import Kronor
from initiatives.errors import InvalidValue, NarplanError
from initiatives.funds.tables import Allocation, BudgetLink, Fund, FundTransfer
from initiatives.swedish import format_amount


class FundOverdrawn(NarplanError):
    """More would be drawn on a fund than its frame, or on an allocation than its amount."""

    title: ClassVar[str] = "Anslaget räcker inte"


def _sum(amount: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.coalesce(func.sum(amount), 0).cast(Kronor)).where(*where).scalar_subquery()


ALLOCATED = _sum(Allocation.amount_kronor, Allocation.fund_id == Fund.id)
LINKED = _sum(BudgetLink.amount_kronor, BudgetLink.fund_id == Fund.id, BudgetLink.allocation_id.is_(None))
RECEIVED = _sum(FundTransfer.amount_kronor, FundTransfer.to_fund_id == Fund.id)
GIVEN = _sum(FundTransfer.amount_kronor, FundTransfer.from_fund_id == Fund.id)
LEFT = Fund.frame_kronor + RECEIVED - GIVEN - ALLOCATED - LINKED
"""Sums for a query of `Fund`, in kronor; what initiatives use of an allocation is counted with the allocation."""

IN_ALLOCATION = _sum(BudgetLink.amount_kronor, BudgetLink.allocation_id == Allocation.id)
"""For a query of `Allocation`: what initiatives use of it."""


async def lock(session: AsyncSession, fund_ids: Iterable[UUID], *, field: str) -> list[Fund]:
    """Return funds locked until the transaction ends, in the order of their identifiers so that no two wait in a ring.

    Raises `InvalidValue` for `field` if one of them is not there.
    """
    wanted = sorted(set(fund_ids))
    query = select(Fund).where(Fund.id.in_(wanted)).order_by(Fund.id).with_for_update()
    found = list(await session.scalars(query.execution_options(populate_existing=True)))
    if len(found) < len(wanted):
        raise InvalidValue("Anslaget finns inte.", field=field)
    return found


async def require_room(session: AsyncSession, fund: Fund, *, field: str, remedy: str) -> None:
    """Return if no more is drawn on a locked fund than its frame; raise `FundOverdrawn`, which says by how much."""
    left = await session.scalar(select(LEFT).select_from(Fund).where(Fund.id == fund.id))
    if left is not None and left < 0:
        raise FundOverdrawn(
            f"Anslaget {fund.name} {fund.year} överskrids med {format_amount(-left)}. {remedy}", field=field
        )


async def require_room_in_allocation(session: AsyncSession, allocation: Allocation, *, field: str) -> None:
    """Return if initiatives use no more of an allocation of a locked fund than its amount, or raise `FundOverdrawn`."""
    used = await session.scalar(select(IN_ALLOCATION).select_from(Allocation).where(Allocation.id == allocation.id))
    if (over := (used or 0) - allocation.amount_kronor) > 0:
        raise FundOverdrawn(
            f"Tilldelningen ”{allocation.purpose}” överskrids med {format_amount(over)} av det som initiativ använder. "
            "Ändra beloppet, eller ta bort pengar från ett initiativ.",
            field=field,
        )
