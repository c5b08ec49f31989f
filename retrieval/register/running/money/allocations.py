"""Allocations: what is given out of funds, to whom, for what, and how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds
from initiatives.access import Viewer
from initiatives.funds import AllocationRow
from initiatives.swedish import format_amount
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row, sum_fact
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Row

ALLOCATIONS = columns(
    ("receiver", "Mottagare", "text"),
    ("amount_kronor", "Belopp", "kronor"),
    ("fund", "Anslag", "text"),
    ("year", "År", "year"),
    ("recurring", "Återkommande", "text"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about what is given out of funds: to whom, for what, and how much."""
    of_funds = [one for one in query.objects if one.subject is Subject.FUND]
    own = {one.id for one in query.objects if one.subject is Subject.ALLOCATION}
    node_id = query.nodes[0].id if query.nodes else None
    recurring = True if query.recurring else None
    rows, _ = await funds.list_allocations(session, person, node_id=node_id, recurring=recurring, limit=MOST)
    rows = [one for one in rows if _is_asked(one, query, own, {fund.id for fund in of_funds})]
    if not rows:
        return None
    if query.per is not None:
        pairs = [(one.receiver, one.amount_kronor) for one in rows]
        return grouping.by(query, pairs, "pengar", summed=True)
    if query.wanted is Wanted.TOP:
        ordered = sorted(rows, key=lambda one: one.amount_kronor, reverse=not query.smallest)
        rows = ordered[: query.top or 1]
    total = sum(one.amount_kronor for one in rows)
    which = _which(query, rows)
    lead = f"{counted(len(rows), 'tilldelning', 'tilldelningar')}{which}, tillsammans {format_amount(total)}:"
    if len(rows) == 1:
        one = rows[0]
        lead = f"{one.purpose}: {format_amount(one.amount_kronor)} till {one.receiver} ur {one.fund} {one.year}."
    return Found(
        lead=lead,
        columns=ALLOCATIONS,
        rows=tuple(_allocation(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)), sum_fact(total)),
        listed=len(rows) > 1,
        quiet=frozenset({"fund", "year", "recurring"}),
    )


def _is_asked(one: AllocationRow, query: Query, own: set[UUID], of_funds: set[UUID]) -> bool:
    by = {organisation.id for organisation in query.organisations}
    year = query.period.year if query.period else None
    return (
        (not own or one.id in own)
        and (not of_funds or one.fund_id in of_funds)
        and (not by or one.receiver_id in by)
        and (year is None or one.year == year)
        and (query.least is None or one.amount_kronor >= query.least)
        and (query.most is None or one.amount_kronor <= query.most)
        and mentioned(query, one.purpose, one.receiver, one.fund, one.clause_text, one.clause, one.node)
    )


def _which(query: Query, rows: Sequence[AllocationRow]) -> str:
    of = {f"{one.fund} {one.year}" for one in rows}
    parts = [f" ur {next(iter(of))}"] if len(of) == 1 else []
    parts += [f" till {query.organisations[0].name}"] if query.organisations else []
    parts += [f" för {query.nodes[0].name}"] if query.nodes else []
    parts += [" som ges varje år"] if query.recurring else []
    return "".join(parts)


def _allocation(one: AllocationRow) -> Row:
    again = "varje år" if one.recurring else "en gång"
    values = (one.receiver, one.amount_kronor, one.fund, one.year, again)
    return row("allocation", one.id, one.purpose, values, page=("fund", one.fund_id))
