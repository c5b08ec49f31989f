"""Att-satser: those that are named, or those that are late, unreported, or lack something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import clause_overview
from initiatives.access import Viewer
from initiatives.clause_overview import ClauseFilters, ClauseRow
from initiatives.decisions import Outcome
from initiatives.standing import Status
from initiatives.swedish import format_date
from retrieval.register.asking import Lacks, Query, Subject
from retrieval.register.running.decisions.standing import OPEN, REPORTED, which, words
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Row

CLAUSES = columns(
    ("status", "Läge", "text"),
    ("matter", "Ärende", "text"),
    ("decided_on", "Beslutat", "date"),
    ("to_whom", "Till", "text"),
    ("due_on", "Senast", "date"),
    ("amount_kronor", "Belopp", "kronor"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about att-satser: those that are named, or those that are late, unreported, or lack something."""
    on = query.on or today
    named = [one.id for one in query.objects if one.subject is Subject.CLAUSE]
    matters = [one.id for one in query.objects if one.subject is Subject.MATTER]
    if named:
        rows: Sequence[ClauseRow] = [await clause_overview.get_clause(session, person, one, on=on) for one in named]
        rows = _decided_first(rows)
        total = len(rows)
    else:
        filters = ClauseFilters(
            on=on,
            late=query.late,
            without_owner=query.lacks is Lacks.OWNER,
            without_due_date=query.lacks is Lacks.DATE,
            organ=query.organ,
            year=query.period.year if query.period else None,
            outcome=Outcome.PROPOSED if "förslag" in query.statuses else None,
            matter_id=matters[0] if len(matters) == 1 else None,
            organisation_id=query.organisations[0].id if query.organisations else None,
        )
        rows, _ = await clause_overview.list_clauses(session, person, filters, limit=MOST)
        rows = [one for one in rows if _clause_fits(one, query)]
        total = len(rows)
    if not rows and query.mentions:
        return None
    if not rows:
        common = which(query)
        return Found(lead=f"Inga att-satser {common}.", facts=(count_fact(0),), on=query.on) if common else None
    if len(rows) == 1:
        return Found(
            lead=_clause_told(rows[0]), columns=CLAUSES, rows=(clause_row(rows[0]),), total=1, listed=False, on=query.on
        )
    return Found(
        lead=f"{counted(total, 'att-sats', 'att-satser')} {which(query)}".rstrip() + ":",
        columns=CLAUSES,
        rows=tuple(clause_row(one) for one in rows[:SHOWN]),
        total=total,
        facts=(count_fact(total),),
        quiet=frozenset({"matter", "decided_on", "amount_kronor"}),
        on=query.on,
    )


def _decided_first(rows: Sequence[ClauseRow]) -> list[ClauseRow]:
    return sorted(rows, key=lambda one: (one.status is Status.PROPOSED, one.status is Status.LAPSED))


def _clause_fits(one: ClauseRow, query: Query) -> bool:
    wanted = {"pågår": Status.ONGOING, "beslutat": Status.DECIDED, "avslutat": Status.CLOSED}
    statuses = {wanted[status] for status in query.statuses if status in wanted}
    if not mentioned(query, one.text, one.matter, one.to_whom):
        return False
    if query.done is not None:
        return one.status in (REPORTED if query.done else OPEN)
    if query.lacks is not None and one.status in {Status.PROPOSED, Status.LAPSED}:
        return "förslag" in query.statuses and one.status is Status.PROPOSED
    return not statuses or one.status in statuses


def _clause_told(one: ClauseRow) -> str:
    whom = f" Den riktas till {one.to_whom}." if one.to_whom else ""
    due = f" Senast {format_date(one.due_on)}." if one.due_on else ""
    stands = words(one)
    stands = stands if stands.startswith("pågår") else f"är {stands}"
    return f"Att-satsen ”{one.text}” {stands}.{_decided(one)}{whom}{due}"


def _decided(one: ClauseRow) -> str:
    if one.status is Status.PROPOSED or one.decided_on is None:
        return ""
    return f" {one.organ} beslutade {format_date(one.decided_on)}."


def clause_row(one: ClauseRow) -> Row:
    """An att-sats as a row."""
    decided = None if one.status is Status.PROPOSED else one.decided_on
    values = (words(one), one.matter, decided, one.to_whom, one.due_on, one.amount_kronor)
    return row("clause", one.id, one.text, values, page=("matter", one.matter_id))
