"""Distributions: how a sum was shared, to one unit or to all."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.distribution import runs
from initiatives.swedish import format_amount
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, row, sum_fact

DISTRIBUTED = columns(
    ("kronor", "Belopp", "kronor"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about how a sum was distributed, to one unit or to all."""
    listed, _ = await runs.list_runs(session, person, limit=MOST)
    named = {one.id for one in query.objects if one.subject is Subject.DISTRIBUTION}
    chosen = [one for one in listed if one.annulled_by_id is None and (not named or one.id in named)]
    if not chosen:
        return None
    if query.wanted in {Wanted.DUE, Wanted.BASIS, Wanted.STATUS, Wanted.REASON} and not query.received:
        return None
    units = {one.name for one in query.objects if one.subject is Subject.UNIT}
    ranked = query.wanted is Wanted.TOP or query.per is not None
    if len(chosen) > 1 and not units and not ranked:
        rows = tuple(row("distribution_run", one.id, one.title, (one.shared_kronor,)) for one in chosen)
        lead = f"{counted(len(rows), 'fördelning är gjord', 'fördelningar är gjorda')}:"
        return Found(lead=lead, columns=DISTRIBUTED, rows=rows, total=len(rows), facts=(count_fact(len(rows)),))
    every = [(await runs.get_run(session, person, one.id)) for one in chosen[:SHOWN]]
    parts = [(run, one) for run in every for one in run.outcome.units if not units or one.unit in units]
    if ranked:
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
