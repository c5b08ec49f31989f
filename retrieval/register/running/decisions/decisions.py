"""Decisions: what has been decided, when, by whom and with what outcome."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import decision_overview
from initiatives.access import Viewer
from initiatives.decision_overview import DecisionFilters, DecisionRow
from initiatives.decisions import DECIDING, Outcome
from retrieval.register.asking import Period, Query, Subject
from retrieval.register.running import grouping
from retrieval.register.running.decisions import clauses, matters
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Row

DECISIONS = columns(
    ("outcome", "Utfall", "text"),
    ("decided_on", "Datum", "date"),
    ("organ", "Organ", "text"),
    ("paragraph", "Paragraf", "text"),
    ("set_aside_kronor", "Avsätter", "kronor"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about decisions: what has been decided, when and by whom; a matter that is named tells where it stands."""
    if any(one.subject is Subject.CLAUSE for one in query.objects) or _about_clauses(query):
        return await clauses.run(session, person, query, today)
    if query.reserved or query.casting or any(one.subject is Subject.MATTER for one in query.objects):
        return await matters.run(session, person, query, today)
    rows = await _listed(session, person, query)
    proposed = query.outcomes == ("förslag",)
    word = ("förslag", "förslag") if proposed else ("beslut", "beslut")
    organ = f" av {query.organ}" if query.organ else ""
    when = f" {_when(query.period)}" if query.period else ""
    if not rows:
        if query.mentions:
            return None
        return Found(lead=f"Inga {word[1]}{organ}{when} finns i registret.", facts=(count_fact(0),), on=query.on)
    if query.per is not None:
        return grouping.by(query, [(one.organ, 1) for one in rows], "beslut")
    return Found(
        lead=f"{counted(len(rows), *word)}{organ}{when}:",
        columns=DECISIONS,
        rows=tuple(_decision(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"set_aside_kronor", "organ"}),
        on=query.on,
    )


async def _listed(session: AsyncSession, person: Viewer, query: Query) -> list[DecisionRow]:
    """The decisions of some days and some organ; proposals and what was put off only where that is asked for."""
    period = query.period
    outcomes = matters.wanted_outcomes(query)
    days = [day for day in (period.last if period else None, query.on) if day]
    filters = DecisionFilters(
        organ=query.organ,
        deciding=not outcomes - set(DECIDING) and not (period and period.first == period.last),
        from_on=period.first if period else query.since,
        to_on=min(days, default=None),
    )
    rows, _ = await decision_overview.list_decisions(session, person, filters, limit=MOST)
    exact = outcomes - set(DECIDING) or outcomes == {Outcome.PARTLY}
    rows = [one for one in rows if not exact or one.outcome in outcomes]
    rows = [one for one in rows if exact or one.outcome is not Outcome.PROPOSED]
    texts = [(one, (one.matter, one.diary_number, one.note, one.paragraph, one.organ)) for one in rows]
    return [one for one, told in texts if mentioned(query, *told)]


def _when(period: Period) -> str:
    return f"den {period.words}" if period.first == period.last else f"under {period.words}"


def _about_clauses(query: Query) -> bool:
    return query.done is not None or query.late or query.lacks is not None or bool(query.organisations)


def _decision(one: DecisionRow) -> Row:
    values = (one.outcome.value, one.decided_on, one.organ, one.paragraph, one.set_aside_kronor or None)
    return row("decision", one.id, one.matter, values, page=("matter", one.matter_id))
