"""The money in a report to the board: funds, state grants and measures, with the sums of their own rooms."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, portfolio
from initiatives.access import Viewer
from initiatives.board_report.lines import FundLine, FundYear, GrantLine, GrantYear, MeasureLine, Measures
from initiatives.board_report.scope import ALL, Scope
from initiatives.funds import BudgetLink, FundRow
from initiatives.grants import years
from initiatives.grants.facts import Grant
from initiatives.grants.reconciliation import reconcile


async def fund_years(session: AsyncSession, person: Viewer, about: Scope) -> tuple[FundYear, ...]:
    """Return the funds of each year of the period; with a node those that its initiatives use."""
    used = await _used(session, person, about) if about.node else None
    found = []
    for year in about.years:
        rows, _ = await funds.list_funds(session, person, year=year, limit=ALL)
        if wanted := [one for one in rows if used is None or one.id in used]:
            found.append(_fund_year(year, wanted, used))
    return tuple(found)


async def grant_years(session: AsyncSession, person: Viewer, about: Scope) -> tuple[GrantYear, ...]:
    """Return the state grants of each year of the period; none with a node, under which no grant stands."""
    found = []
    for year in () if about.node else about.years:
        of = await years.of(session, person, year)
        if of.grants or of.general:
            lines = tuple(_grant(one, year) for one in of.grants)
            sums = of.result
            money = sums.budget_kronor, sums.expected_kronor, sums.received_kronor, sums.difference_kronor
            found.append(GrantYear(year, lines, *money))
    return tuple(found)


async def measures(session: AsyncSession, person: Viewer, about: Scope) -> Measures | None:
    """Return all measures with their sums; None with a node, under which no measure stands."""
    if about.node:
        return None
    found = await portfolio.portfolio(session, person)
    lines = (
        MeasureLine(
            id=one.id,
            title=one.title,
            organisation=one.organisation,
            frame=one.frame or "",
            status=one.status,
            cost_kronor=one.cost_kronor,
            yearly_kronor=one.yearly_kronor,
            payback_years=one.payback_years,
        )
        for one in found.measures
    )
    return Measures(tuple(lines), found.cost_kronor, found.yearly_kronor)


async def _used(session: AsyncSession, person: Viewer, about: Scope) -> Mapping[UUID, int]:
    ids = [one.id for one in about.initiatives]
    sums = select(BudgetLink.fund_id, func.sum(BudgetLink.amount_kronor)).where(funds.visible_to(person))
    rows = await session.execute(sums.where(BudgetLink.initiative_id.in_(ids)).group_by(BudgetLink.fund_id))
    return {fund_id: int(kronor) for fund_id, kronor in rows}


def _fund_year(year: int, rows: Sequence[FundRow], used: Mapping[UUID, int] | None) -> FundYear:
    lines = tuple(
        FundLine(
            id=one.id,
            name=one.name,
            organisation=one.organisation,
            frame_kronor=one.frame_kronor,
            transferred_kronor=one.transferred_kronor,
            allocated_kronor=one.allocated_kronor,
            linked_kronor=one.linked_kronor,
            left_kronor=one.left_kronor,
            node_kronor=None if used is None else used[one.id],
        )
        for one in rows
    )
    return FundYear(
        year=year,
        lines=lines,
        frame_kronor=sum(one.frame_kronor for one in lines),
        transferred_kronor=sum(one.transferred_kronor for one in lines),
        allocated_kronor=sum(one.allocated_kronor for one in lines),
        linked_kronor=sum(one.linked_kronor for one in lines),
        left_kronor=sum(one.left_kronor for one in lines),
        node_kronor=None if used is None else sum(used[one.id] for one in rows),
    )


def _grant(grant: Grant, year: int) -> GrantLine:
    alone = reconcile([grant], (), year)
    money = alone.budget_kronor, alone.expected_kronor, alone.received_kronor, alone.difference_kronor
    return GrantLine(grant.id, grant.name, *money)
