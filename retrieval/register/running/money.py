"""Funds, what is given out of them, and how sums were distributed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds
from initiatives.access import Viewer
from initiatives.distribution import runs
from initiatives.funds import AllocationRow, FundRow
from initiatives.swedish import format_amount
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    enumerated,
    instead,
    row,
    sum_fact,
)
from retrieval.register.shown import Row

FUNDS = columns(
    ("year", "År", "year"),
    ("frame_kronor", "Ram", "kronor"),
    ("transferred_kronor", "Omfört", "kronor"),
    ("used_kronor", "Använt", "kronor"),
    ("left_kronor", "Kvar", "kronor"),
)
ALLOCATIONS = columns(
    ("receiver", "Mottagare", "text"),
    ("amount_kronor", "Belopp", "kronor"),
    ("fund", "Anslag", "text"),
    ("year", "År", "year"),
    ("recurring", "Återkommande", "text"),
)
USERS = columns(("amount_kronor", "Belopp", "kronor"), ("year", "År", "year"))
DISTRIBUTED = columns(
    ("kronor", "Belopp", "kronor"),
)


async def funds_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about funds: what is left, the frame, the largest, or what they go to."""
    of_funds = [one for one in query.objects if one.subject is Subject.FUND]
    listed = query.wanted is Wanted.LIST and not _several_named(of_funds) and query.asked is not Subject.INITIATIVE
    if of_funds and (query.organisations or query.nodes or listed):
        return await allocations_run(session, person, query, today)
    rows, _ = await funds.list_funds(session, person, limit=MOST)
    if of_funds:
        rows = [one for one in rows if one.id in {fund.id for fund in of_funds}]
    if of_funds and query.asked is Subject.INITIATIVE:
        return await _users(session, person, query, rows)
    return _told(rows, query, today, named=bool(of_funds)) if rows else None


def _told(rows: Sequence[FundRow], query: Query, today: dt.date, *, named: bool) -> Found:
    chosen = _in_year(rows, query, today, named=named)
    if not chosen:
        years = enumerated([str(year) for year in sorted({one.year for one in rows})])
        what = rows[0].name if named else "anslag"
        return instead(f"I registret finns {what} för {years}, inte för {query.period.words}." if query.period else "")
    if query.wanted is Wanted.TOP:
        return _largest(chosen, query)
    if query.wanted is Wanted.LEFT and not named and query.some_left:
        chosen = sorted((one for one in chosen if one.left_kronor), key=lambda one: -one.left_kronor) or chosen
    if query.ends and not named:
        chosen = [one for one in chosen if not one.left_kronor] or chosen
    return _fund(chosen[0], query) if len(chosen) == 1 else _funds(chosen, query)


async def _users(session: AsyncSession, person: Viewer, query: Query, rows: Sequence[FundRow]) -> Found | None:
    """The initiatives that use the funds, in the year that is asked for or in all."""
    year = query.period.year if query.period else None
    links = [
        link
        for one in rows
        if year in {None, one.year}
        for link in await funds.list_links(session, person, fund_id=one.id)
    ]
    if not links:
        return None
    total = sum(link.amount_kronor for link in links)
    return Found(
        lead=f"{counted(len(links), 'initiativ', 'initiativ')} använder {links[0].fund}, {format_amount(total)}:",
        columns=USERS,
        rows=tuple(
            row("initiative", link.initiative_id, link.initiative, (link.amount_kronor, link.year)) for link in links
        ),
        total=len(links),
        facts=(count_fact(len(links)), sum_fact(total)),
    )


def _several_named(named: Sequence[object]) -> bool:
    return len({getattr(one, "name", "") for one in named}) > 1


def _in_year(rows: Sequence[FundRow], query: Query, today: dt.date, *, named: bool) -> list[FundRow]:
    """The funds of the year that is asked for; without one this year's, or of a named fund the newest there is."""
    year = query.period.year if query.period else None
    if (
        year is None
        and query.period is None
        and query.wanted in {Wanted.LIST, Wanted.COUNT}
        and not (named or query.ends)
    ):
        return list(rows)
    found = [one for one in rows if one.year == (year or today.year)]
    if found or year or not named:
        return found
    newest = max((one.year for one in rows), default=0)
    return [one for one in rows if one.year == newest]


def _fund(one: FundRow, query: Query) -> Found:
    name = f"{one.name} {one.year}"
    moved = f" och {format_amount(one.transferred_kronor)} är omfört"
    frame = f"ramen är {format_amount(one.frame_kronor)}{moved if one.transferred_kronor else ''}"
    if query.wanted in {Wanted.AMOUNT, Wanted.VALUE}:
        lead = (
            f"{name}: {frame}. {format_amount(one.used_kronor)} är använt och {format_amount(one.left_kronor)} är kvar."
        )
    elif query.wanted is Wanted.OWNER:
        lead = f"{name} hör till {one.organisation}."
    else:
        left = format_amount(one.left_kronor) if one.left_kronor else "ingenting (0 kr)"
        lead = f"Av {name} är {left} kvar: {frame} och {format_amount(one.used_kronor)} är använt."
    return Found(lead=lead, columns=FUNDS, rows=(_fund_row(one),), total=1, listed=False)


def _funds(rows: Sequence[FundRow], query: Query) -> Found:
    years = {one.year for one in rows}
    when = f" {next(iter(years))}" if len(years) == 1 else ""
    left, frame = sum(one.left_kronor for one in rows), sum(one.frame_kronor for one in rows)
    asked_left = query.wanted in {Wanted.LEFT, Wanted.STATUS} or query.ends
    fact = sum_fact(left, "Kvar tillsammans") if asked_left else sum_fact(frame, "Ramar tillsammans")
    together = (
        f"Tillsammans är {format_amount(left)} kvar" if asked_left else f"Ramarna är tillsammans {format_amount(frame)}"
    )
    return Found(
        lead=f"{counted(len(rows), 'anslag', 'anslag')}{when}. {together}:",
        columns=FUNDS,
        rows=tuple(_fund_row(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)), fact),
        quiet=frozenset(column.name for column in FUNDS)
        - ({"left_kronor"} if asked_left else {"frame_kronor"})
        - (set() if len(years) == 1 else {"year"}),
    )


def _largest(rows: Sequence[FundRow], query: Query) -> Found:
    ordered = sorted(rows, key=lambda one: one.frame_kronor, reverse=not query.smallest)[: query.top or 1]
    first = ordered[0]
    way = "minsta" if query.smallest else "största"
    lead = f"Det {way} anslaget {first.year} är {first.name}: ramen är {format_amount(first.frame_kronor)}."
    return Found(
        lead=lead if len(ordered) == 1 else f"De {len(ordered)} {way} anslagen {first.year}:",
        columns=FUNDS,
        rows=tuple(_fund_row(one) for one in ordered),
        total=len(ordered),
        facts=(count_fact(len(ordered)),),
        listed=len(ordered) > 1,
        quiet=frozenset({"year", "transferred_kronor", "used_kronor", "left_kronor"}),
    )


def _fund_row(one: FundRow) -> Row:
    values = (one.year, one.frame_kronor, one.transferred_kronor, one.used_kronor, one.left_kronor)
    return row("fund", one.id, f"{one.name} {one.year}", values)


async def allocations_run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about what is given out of funds: to whom, for what, and how much."""
    of_funds = [one for one in query.objects if one.subject is Subject.FUND]
    own = {one.id for one in query.objects if one.subject is Subject.ALLOCATION}
    node_id = query.nodes[0].id if query.nodes else None
    recurring = True if query.recurring else None
    rows, _ = await funds.list_allocations(session, person, node_id=node_id, recurring=recurring, limit=MOST)
    rows = [one for one in rows if _is_asked(one, query, own, {fund.id for fund in of_funds})]
    if not rows:
        return None
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


async def distributions_run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about how a sum was distributed, to one unit or to all."""
    listed, _ = await runs.list_runs(session, person, limit=MOST)
    named = {one.id for one in query.objects if one.subject is Subject.DISTRIBUTION}
    chosen = [one for one in listed if one.annulled_by_id is None and (not named or one.id in named)]
    if not chosen:
        return None
    units = {one.name for one in query.objects if one.subject is Subject.UNIT}
    if len(chosen) > 1 and not units:
        rows = tuple(row("distribution_run", one.id, one.title, (one.shared_kronor,)) for one in chosen)
        lead = f"{counted(len(rows), 'fördelning är gjord', 'fördelningar är gjorda')}:"
        return Found(lead=lead, columns=DISTRIBUTED, rows=rows, total=len(rows), facts=(count_fact(len(rows)),))
    every = [(await runs.get_run(session, person, one.id)) for one in chosen[:SHOWN]]
    parts = [(run, one) for run in every for one in run.outcome.units if not units or one.unit in units]
    if query.wanted is Wanted.TOP:
        parts = sorted(parts, key=lambda part: part[1].kronor, reverse=not query.smallest)[: query.top or 1]
    if not parts:
        return None
    rows = tuple(
        row("distribution_run", run.row.id, f"{one.unit}, {run.row.title}", (one.kronor,)) for run, one in parts
    )
    total = sum(one.kronor for _, one in parts)
    lead = f"{counted(len(rows), 'belopp', 'belopp')}, tillsammans {format_amount(total)}:"
    if len(rows) == 1:
        lead = f"{parts[0][1].unit} fick {format_amount(parts[0][1].kronor)} i fördelningen {parts[0][0].row.title}."
    return Found(
        lead=lead,
        columns=DISTRIBUTED,
        rows=rows[:SHOWN],
        total=len(rows),
        facts=(count_fact(len(rows)), sum_fact(total)),
        listed=len(rows) > 1,
    )
