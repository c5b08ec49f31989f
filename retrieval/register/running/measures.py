"""Restructuring measures: what they cost and give, when they have paid back, and what is left of their frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import measure_frames, measures, portfolio
from initiatives.access import Viewer
from initiatives.measures import MeasureRow, MeasureStatus
from initiatives.swedish import format_amount, format_number
from retrieval.register.asking import Lacks, Query, Subject, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.found import Found, columns, count_fact, counted, row, sentence, sum_fact, text_fact
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Fact, Row

COLUMNS = columns(
    ("organisation", "Förvaltning", "text"),
    ("status", "Läge", "text"),
    ("cost_kronor", "Kostnad", "kronor"),
    ("yearly_kronor", "Väntat resultat per år", "kronor"),
    ("effect_from_year", "Från år", "year"),
    ("payback_years", "Betalar sig på, år", "number"),
    ("starts_on", "Start", "date"),
    ("duration_months", "Månader", "number"),
    ("result", "Väntat resultat", "text"),
)
QUIET = frozenset(column.name for column in COLUMNS) - {"status", "cost_kronor", "organisation"}
STANDS = {
    MeasureStatus.PROPOSED: "är ett förslag och inte beslutad",
    MeasureStatus.DECIDED: "är beslutad",
    MeasureStatus.ONGOING: "pågår",
    MeasureStatus.FINISHED: "är genomförd",
    MeasureStatus.CANCELLED: "är avbruten",
}


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about measures that are named, list those that are asked for, or tell of a frame."""
    frames = [one.id for one in query.objects if one.subject is Subject.FRAME]
    named = {one.id for one in query.objects if one.subject is Subject.MEASURE}
    if (
        query.wanted is Wanted.LEFT
        or query.subject is Subject.FRAME
        or (frames and query.wanted in {Wanted.AMOUNT, Wanted.STATUS})
    ):
        return await _frame(session, person, query, frames)
    rows = [one for one in await measures.list_measures(session, person) if _is_asked(one, query, named)]
    if not rows:
        return (
            None
            if query.mentions or named
            else Found(lead="Inga sådana åtgärder finns i registret.", facts=(count_fact(0),))
        )
    if query.per is Subject.ORGANISATION:
        pairs = [(one.organisation, one.cost_kronor if query.money else 1) for one in rows]
        return grouping.by(query, pairs, "pengar" if query.money else "åtgärder", summed=query.money)
    if query.wanted is Wanted.TOP:
        rows = _ranked(rows, query)[: query.top or 1]
    if len(rows) == 1:
        return Found(
            lead=_told(rows[0], query),
            columns=COLUMNS,
            rows=(_row(rows[0]),),
            total=1,
            facts=(*_years(rows[0]), text_fact(rows[0].description)),
            listed=False,
        )
    year = query.period.year if query.period else None
    counts = portfolio.counted(rows)
    total = sum(one.cost_kronor if year is None else one.costs.get(year, 0) for one in counts)
    when = f" {year}" if year is not None else ""
    return Found(
        lead=f"{counted(len(rows), 'åtgärd', 'åtgärder')}, som tillsammans kostar {format_amount(total)}{when}:",
        columns=COLUMNS,
        rows=tuple(_row(one) for one in rows),
        total=len(rows),
        facts=(count_fact(len(rows)), sum_fact(total, "Kostnad tillsammans")),
        quiet=QUIET,
    )


def _ranked(rows: Sequence[MeasureRow], query: Query) -> list[MeasureRow]:
    """The measures in order: by what they save, by how soon they pay back, or by what they cost."""
    if query.pays_back:
        return sorted(rows, key=lambda one: (one.payback_years is None, one.payback_years))
    if query.saves:
        return sorted(rows, key=lambda one: one.yearly_kronor or 0, reverse=query.smallest)
    return sorted(rows, key=lambda one: one.cost_kronor, reverse=not query.smallest)


def _is_asked(one: MeasureRow, query: Query, named: set[UUID]) -> bool:
    by = {organisation.id for organisation in query.organisations}
    statuses = {_STATUSES.get(status, status) for status in query.statuses}
    lacking = {Lacks.DATE: one.starts_on is None, Lacks.DECISION: not one.decision, Lacks.MONEY: not one.costs}
    return (
        (not named or one.id in named)
        and (not by or one.organisation_id in by)
        and (not statuses or one.status.value in statuses or bool(named))
        and (query.lacks is None or lacking.get(query.lacks, False))
        and (query.least is None or one.cost_kronor >= query.least)
        and (query.most is None or one.cost_kronor <= query.most)
        and mentioned(query, one.title, one.description, one.organisational_result, one.organisation)
        and (query.period is None or query.period.year is None or bool(named) or query.period.year in one.costs)
    )


_STATUSES = {"beslutat": "beslutad", "avslutat": "genomförd", "avbrutet": "avbruten"}


def _told(one: MeasureRow, query: Query) -> str:
    told = []
    year = query.period.year if query.period else None
    if year is not None and year in one.costs:
        told.append(
            f"{one.title} kostar {format_amount(one.costs[year])} under {year} "
            f"och {format_amount(one.cost_kronor)} i allt."
        )
    elif query.wanted is not Wanted.OWNER and one.costs:
        told.append(f"{one.title} kostar {format_amount(one.cost_kronor)}.")
    if query.wanted is Wanted.CONTENT:
        told.insert(0, sentence(one.title, one.description or one.organisational_result))
    if query.wanted in {Wanted.STATUS, Wanted.LIST, Wanted.DUE, Wanted.TOP, Wanted.REASON}:
        told.append(f"Åtgärden {STANDS[one.status]}.")
    if one.yearly_kronor is not None and one.yearly_kronor < 0:
        since = f" från {one.effect_from_year}" if one.effect_from_year else ""
        told.append(f"Väntat resultat är {format_amount(one.yearly_kronor)} per år{since}.")
    if one.payback_years is not None:
        told.append(f"Den har då betalat sig på {format_number(one.payback_years)} år.")
    if query.wanted is Wanted.OWNER:
        told.insert(0, f"{one.organisation} har åtgärden {one.title}.")
    return " ".join(told)


async def _frame(session: AsyncSession, person: Viewer, query: Query, wanted: Sequence[UUID]) -> Found | None:
    frames = await measure_frames.list_frames(session, person)
    chosen = [one for one in frames if one.id in wanted] or list(frames)
    if not chosen:
        return None
    told, rows, facts = [], [], list[Fact]()
    for frame in chosen:
        together = await portfolio.portfolio(session, person, frame_id=frame.id)
        rows += [_row(one) for one in together.measures]
        facts.append(sum_fact(together.cost_kronor, f"Kostnad, {frame.name}"))
        if together.left_kronor is not None:
            facts.append(Fact("left", f"Kvar, {frame.name}", "kronor", together.left_kronor))
        if frame.ceiling_kronor is not None:
            facts.append(Fact("ceiling", f"Tak, {frame.name}", "kronor", frame.ceiling_kronor))
        if together.outside_kronor:
            facts.append(Fact("outside", f"Utanför ramens år, {frame.name}", "kronor", together.outside_kronor))
        facts.append(Fact("frame", "Ram", "text", frame.name))
        told.append(f"Åtgärderna i {frame.name} kostar {format_amount(together.cost_kronor)}; {together.verdict}.")
    return Found(
        lead=" ".join(told),
        columns=COLUMNS,
        rows=tuple(rows),
        total=len(rows),
        facts=tuple(facts),
        listed=query.wanted in {Wanted.LIST, Wanted.COUNT} or query.asked is Subject.MEASURE,
        quiet=QUIET,
    )


def _years(one: MeasureRow) -> tuple[Fact, ...]:
    """What a measure costs in each year, as facts."""
    return tuple(
        Fact(f"cost.{year}", f"Kostnad {year}", "kronor", kronor) for year, kronor in one.costs.items()
    ) + tuple(Fact(f"year.{year}", "År", "year", year) for year in one.costs)


def _row(one: MeasureRow) -> Row:
    values = (
        *(one.organisation, one.status.value, one.cost_kronor, one.yearly_kronor, one.effect_from_year),
        *(one.payback_years, one.starts_on, one.duration_months, one.organisational_result or None),
    )
    return row("measure", one.id, one.title, values)
