"""Funds: what is left, the frame, the largest, what they rest on, and what has been moved between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds
from initiatives.access import Viewer
from initiatives.funds import FundRow
from initiatives.swedish import format_amount
from retrieval.register.asking import Named, Query, Subject, Wanted
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
    sentence,
    sum_fact,
    text_fact,
)
from retrieval.register.running.mentions import mentioned
from retrieval.register.running.money import allocations
from retrieval.register.shown import Fact, Row

FUNDS = columns(
    ("year", "År", "year"),
    ("frame_kronor", "Ram", "kronor"),
    ("transferred_kronor", "Omfört", "kronor"),
    ("used_kronor", "Använt", "kronor"),
    ("left_kronor", "Kvar", "kronor"),
)
MOVED = columns(("amount_kronor", "Belopp", "kronor"), ("moved_on", "Datum", "date"), ("decision", "Beslut", "text"))
USERS = columns(("amount_kronor", "Belopp", "kronor"), ("year", "År", "year"))


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about funds: what is left, the frame, the largest, or what they go to."""
    of_funds = [one for one in query.objects if one.subject is Subject.FUND]
    listed = query.wanted is Wanted.LIST and not _several_named(of_funds) and query.asked is not Subject.INITIATIVE
    given = query.received and query.asked is not Subject.INITIATIVE and query.wanted is not Wanted.LEFT
    if of_funds and (query.organisations or query.nodes or listed or given):
        found = await allocations.run(session, person, query, today)
        if found is not None or not (listed or given):
            return found
        return await _users(session, person, query, await _named(session, person, of_funds))
    if query.moved:
        return await _moved(session, person, query)
    rows, _ = await funds.list_funds(session, person, limit=MOST)
    if of_funds:
        rows = [one for one in rows if one.id in {fund.id for fund in of_funds}]
    if of_funds and query.asked is Subject.INITIATIVE:
        return await _users(session, person, query, rows)
    return _told(rows, query, today, named=bool(of_funds)) if rows else None


async def _named(session: AsyncSession, person: Viewer, of_funds: Sequence[Named]) -> list[FundRow]:
    rows, _ = await funds.list_funds(session, person, limit=MOST)
    return [one for one in rows if one.id in {fund.id for fund in of_funds}]


async def _moved(session: AsyncSession, person: Viewer, query: Query) -> Found | None:
    """What has been moved between funds: from and to those that are named, or all of it."""
    wanted = {one.id for one in query.objects}
    rows, _ = await funds.list_transfers(session, person, limit=MOST)
    rows = [one for one in rows if not wanted or {one.from_fund_id, one.to_fund_id} & wanted]
    if not rows:
        return Found(lead="Inget är omfört mellan anslagen i registret.", facts=(count_fact(0),))
    total = sum(one.amount_kronor for one in rows)
    return Found(
        lead=f"{format_amount(total)} är omfört:",
        columns=MOVED,
        rows=tuple(
            row(
                "fund_transfer",
                one.id,
                f"{one.from_fund} {one.from_year} till {one.to_fund} {one.to_year}",
                (one.amount_kronor, one.moved_on, one.decision),
                page=("fund", one.to_fund_id),
            )
            for one in rows
        ),
        total=len(rows),
        facts=(sum_fact(total), count_fact(len(rows))),
    )


def _told(rows: Sequence[FundRow], query: Query, today: dt.date, *, named: bool) -> Found | None:
    chosen = _in_year(rows, query, today, named=named)
    if not chosen:
        years = enumerated([str(year) for year in sorted({one.year for one in rows})])
        what = rows[0].name if named else "anslag"
        return instead(f"I registret finns {what} för {years}, inte för {query.period.words}." if query.period else "")
    if not named:
        chosen = [one for one in chosen if _fits(one, query)]
        if not chosen:
            return (
                None if query.mentions else Found(lead="Inga anslag ligger inom de gränserna.", facts=(count_fact(0),))
            )
    if query.overdrawn and not any(one.left_kronor < 0 for one in chosen):
        names = enumerated([f"{one.name} {one.year}" for one in chosen]) if named else "Inget anslag"
        return Found(
            lead=f"{names} är {'inte ' if named else ''}överskridet.",
            columns=FUNDS,
            rows=tuple(_fund_row(one) for one in chosen[:SHOWN]),
            total=len(chosen),
            listed=False,
        )
    if query.overdrawn:
        chosen = [one for one in chosen if one.left_kronor < 0]
    if query.wanted is Wanted.TOP:
        return _largest(chosen, query)
    if query.wanted is Wanted.LEFT and not named and query.some_left:
        chosen = sorted((one for one in chosen if one.left_kronor), key=lambda one: -one.left_kronor) or chosen
    if query.ends and not named:
        chosen = [one for one in chosen if not one.left_kronor] or chosen
    return _fund(chosen[0], query) if len(chosen) == 1 else _funds(chosen, query)


def _fits(one: FundRow, query: Query) -> bool:
    return (
        (query.least is None or one.frame_kronor >= query.least)
        and (query.most is None or one.frame_kronor <= query.most)
        and mentioned(query, one.name, one.kind, one.decision)
    )


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
    if named and len(query.years) > 1:
        return [one for one in rows if one.year in query.years]
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
    elif query.wanted is Wanted.BASIS:
        lead = sentence(f"{name} vilar på beslutet", one.decision) or f"Registret anger inget beslut för {name}."
    else:
        left = format_amount(one.left_kronor) if one.left_kronor else "ingenting (0 kr)"
        lead = f"Av {name} är {left} kvar: {frame} och {format_amount(one.used_kronor)} är använt."
    facts = (text_fact(one.decision),) if one.decision else ()
    return Found(lead=lead, columns=FUNDS, rows=(_fund_row(one),), total=1, facts=facts, listed=False)


def _funds(rows: Sequence[FundRow], query: Query) -> Found:
    years = {one.year for one in rows}
    when = f" {next(iter(years))}" if len(years) == 1 else ""
    left, frame = sum(one.left_kronor for one in rows), sum(one.frame_kronor for one in rows)
    asked_left = query.wanted in {Wanted.LEFT, Wanted.STATUS} or query.ends
    fact = sum_fact(left, "Kvar tillsammans") if asked_left else sum_fact(frame, "Ramar tillsammans")
    together = (
        f"Tillsammans är {format_amount(left)} kvar" if asked_left else f"Ramarna är tillsammans {format_amount(frame)}"
    )
    if len({one.name for one in rows}) == 1 and len(rows) == PAIR:
        together = _difference(*sorted(rows, key=lambda one: one.year), left=asked_left)
    return Found(
        lead=f"{counted(len(rows), 'anslag', 'anslag')}{when}. {together}:",
        columns=FUNDS,
        rows=tuple(_fund_row(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)), fact, *_differences(rows)),
        quiet=frozenset(column.name for column in FUNDS)
        - ({"left_kronor"} if asked_left else {"frame_kronor"})
        - (set() if len(years) == 1 else {"year"}),
    )


PAIR = 2


def _differences(rows: Sequence[FundRow]) -> list[Fact]:
    """What is different between two funds, as facts."""
    if len(rows) != PAIR:
        return []
    one, other = rows
    frames, left = abs(one.frame_kronor - other.frame_kronor), abs(one.left_kronor - other.left_kronor)
    return [
        Fact("frames", "Skillnad i ram", "kronor", frames),
        Fact("left", "Skillnad i vad som är kvar", "kronor", left),
    ]


def _difference(before: FundRow, after: FundRow, *, left: bool) -> str:
    """How much more or less a fund is in a later year, or is left of it."""
    difference = after.left_kronor - before.left_kronor if left else after.frame_kronor - before.frame_kronor
    way = "mer" if difference >= 0 else "mindre"
    what = "är kvar" if left else "är ramen"
    return f"{after.year} {what} {format_amount(abs(difference))} {way} än {before.year}"


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
