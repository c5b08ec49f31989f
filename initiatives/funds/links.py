"""Budget links: what initiatives use of funds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, initiatives, values
from initiatives.access import Viewer, sees_all
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotFound
from initiatives.funds import room
from initiatives.funds.tables import Allocation, BudgetLink, Fund
from initiatives.sharing import Field, seen
from initiatives.swedish import sort_key_sql

SMALLER = "Minska beloppet eller välj ett annat anslag."


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget link as it is shown, with the names at both its ends.

    `allocation` is the purpose of the allocation that the money is part of, if any; a partner does not see it.
    """

    id: UUID
    initiative_id: UUID
    initiative: str
    fund_id: UUID
    fund: str
    amount_kronor: int
    year: int
    allocation_id: UUID | None
    allocation: str | None


async def list_links(
    session: AsyncSession, person: Viewer, *, initiative_id: UUID | None = None, fund_id: UUID | None = None
) -> Sequence[BudgetRow]:
    """Return the budget links of an initiative or of a fund that the person sees, by year and fund."""
    query = _link_rows(person).where(visible_to(person))
    if initiative_id is not None:
        query = query.where(BudgetLink.initiative_id == initiative_id)
    if fund_id is not None:
        query = query.where(BudgetLink.fund_id == fund_id)
    rows = await session.execute(query.order_by(BudgetLink.year, sort_key_sql(Fund.name), BudgetLink.id))
    return [BudgetRow(*row) for row in rows]


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `BudgetLink` for those that the person sees."""
    return true() if sees_all(person) else BudgetLink.initiative_id.in_(seen(person, Field.BUDGET))


async def link(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    fund_id: UUID,
    amount_kronor: int,
    year: int,
    allocation_id: UUID | None = None,
) -> BudgetLink:
    """Let an initiative use part of a fund, in whole kronor, or with `allocation_id` part of an allocation of it.

    Raises `FundOverdrawn` (the fund is locked first, so two at once cannot both take the last kronor), `InvalidValue`,
    or `NotFound` if the initiative is not there for the person.
    """
    initiative = await initiatives.lock(session, person, initiative_id)
    [fund] = await room.lock(session, [fund_id], field="fund_id")
    allocation = await _allocation(session, fund_id, allocation_id)
    budget = BudgetLink(
        id=new_id(),
        initiative_id=initiative_id,
        fund_id=fund_id,
        allocation_id=allocation_id,
        amount_kronor=values.kronor(amount_kronor, field="amount_kronor"),
        year=values.year(year, field="year"),
    )
    session.add(budget)
    await session.flush()
    await room.require_room(session, fund, field="amount_kronor", remedy=SMALLER)
    if allocation is not None:
        await room.require_room_in_allocation(session, allocation, field="amount_kronor")
    initiatives.touch(session, person, initiative, {Field.BUDGET: None})
    after = {"fund": fund.name, **_values(budget)}
    activity.record(session, person, "lade till pengar", "initiative", initiative_id, after=after)
    await session.flush()
    return budget


async def unlink(session: AsyncSession, person: Viewer, initiative_id: UUID, link_id: UUID) -> None:
    """Take away a budget link from an initiative; raise `NotFound` if it has no such link."""
    initiative = await initiatives.lock(session, person, initiative_id)
    budget = await session.get(BudgetLink, link_id)
    if budget is None or budget.initiative_id != initiative_id:
        raise NotFound("Initiativet har ingen sådan budgetrad.")
    await session.delete(budget)
    initiatives.touch(session, person, initiative, {Field.BUDGET: None})
    activity.record(session, person, "tog bort pengar", "initiative", initiative_id, before=_values(budget))
    await session.flush()


async def _allocation(session: AsyncSession, fund_id: UUID, allocation_id: UUID | None) -> Allocation | None:
    if allocation_id is None:
        return None
    allocation = await session.get(Allocation, allocation_id)
    if allocation is None or allocation.fund_id != fund_id:
        raise InvalidValue("Tilldelningen finns inte i det anslaget.", field="allocation_id")
    return allocation


def _values(budget: BudgetLink) -> dict[str, object]:
    """Return what the diary tells of a link; of most links there is no allocation to tell."""
    within = {"allocation_id": budget.allocation_id} if budget.allocation_id else {}
    return {"fund_id": budget.fund_id, "amount_kronor": budget.amount_kronor, "year": budget.year, **within}


def _link_rows(person: Viewer) -> Select[*tuple[Any, ...]]:
    shows = sees_all(person)
    return (
        select(
            BudgetLink.id,
            BudgetLink.initiative_id,
            initiatives.Initiative.title,
            BudgetLink.fund_id,
            Fund.name,
            BudgetLink.amount_kronor,
            BudgetLink.year,
            Allocation.id if shows else null(),
            Allocation.purpose if shows else null(),
        )
        .join(Fund, Fund.id == BudgetLink.fund_id)
        .join(initiatives.Initiative, initiatives.Initiative.id == BudgetLink.initiative_id)
        .outerjoin(Allocation, Allocation.id == BudgetLink.allocation_id)
    )
