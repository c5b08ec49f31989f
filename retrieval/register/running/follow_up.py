"""Dates, indicators and coverage: what is due and who shall do it, what is measured, and what the initiatives cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import coverage, deadlines
from initiatives.access import Viewer
from initiatives.deadlines import Deadline, State
from initiatives.indicators import measured, standing
from initiatives.indicators.measured import ValueRow
from initiatives.indicators.standing import IndicatorRow
from initiatives.indicators.targets import Verdict, amount
from initiatives.swedish import format_date
from retrieval.register import times
from retrieval.register.asking import Lacks, Period, Query, Subject, Wanted
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    enumerated,
    instead,
    month_words,
    row,
)
from retrieval.register.shown import Fact, Row

DATES = columns(
    ("kind", "Vad", "text"),
    ("due", "Tid", "text"),
    ("who", "Vem", "text"),
    ("state", "Läge", "text"),
    ("last_day", "Sista dag", "date"),
)
MANY = {
    "redovisning": "redovisningar",
    "rekvirering": "rekvireringar",
    "utbetalning": "utbetalningar",
    "handlingsplan": "handlingsplaner",
    "ansökan": "ansökningar",
    "milstolpe": "milstolpar",
    "mätning": "mätningar",
    "slutdatum": "slutdatum",
    "uppdrag": "uppdrag",
}
INDICATORS = columns(
    ("period", "Period", "text"),
    ("value", "Värde", "number"),
    ("unit", "Enhet", "text"),
    ("place", "För", "text"),
    ("goal", "Mål", "text"),
    ("verdict", "Mot målet", "text"),
    ("responsible", "Ansvarig", "text"),
)
COVERAGE = columns(("initiatives", "Initiativ", "number"), ("missing", "Saknas", "text"))


async def deadlines_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about what is due: in a period, of some kinds, for somebody; without a period what comes next."""
    period, rows, total = await _dates(session, person, query, today)
    kind = MANY.get(query.kinds[0], "datum") if len(query.kinds) == 1 else "datum"
    of = f" för {enumerated(list(dict.fromkeys(one.name for one in query.objects)))}" if query.objects else ""
    whose = "".join(f" för {one.name}" for one in (*query.organisations, *query.people)[:1])
    when = (
        f" i {period.words}"
        if period and period.words[0].isalpha() and period.words[:3] != "til"
        else (f" {period.words}" if period else "")
    )
    late = " är försenade" if query.late else ""
    facts = [count_fact(total)]
    if period is not None:
        facts += [
            Fact("first", "Från", "date", period.first.isoformat()),
            Fact("last", "Till", "date", period.last.isoformat()),
        ]
        facts.append(Fact("period", "Period", "text", period.words))
    if not total:
        if query.objects and not query.late and period is None:
            return None
        return Found(lead=f"Inga {kind}{of}{whose}{late}{when} syns i registret.", facts=tuple(facts))
    singular = query.kinds[0] if len(query.kinds) == 1 else "datum"
    lead = f"{counted(total, singular, kind)}{of}{whose}{late}{when}:"
    return Found(
        lead=lead,
        columns=DATES,
        rows=tuple(_date_row(one) for one in rows),
        total=total,
        facts=tuple(facts),
        quiet=frozenset({"last_day"}),
    )


async def _dates(
    session: AsyncSession, person: Viewer, query: Query, today: dt.date
) -> tuple[Period | None, Sequence[Deadline], int]:
    """The dates asked for, and of which period; of a month whose year is unsaid, the nearest year with some."""
    guesses: list[Period | None] = [query.period]
    if query.period is not None and query.period.guessed:
        guesses += [times.later(query.period, 1), times.later(query.period, -1)]
    for period in guesses:
        rows, total = await _dates_of(session, person, query, period, today)
        if total:
            return period, rows, total
    return query.period, (), 0


async def _dates_of(
    session: AsyncSession, person: Viewer, query: Query, period: Period | None, today: dt.date
) -> tuple[Sequence[Deadline], int]:
    states: tuple[State, ...] = (State.LATE,) if query.late else ()
    if query.done is False and not states:
        states = (State.OPEN, State.LATE)
    if period is None and not states and not query.objects:
        states = (State.OPEN, State.LATE)
    if query.next_one and period is None:
        states = (State.OPEN,)
    one = query.objects[0] if len(query.objects) == 1 else None
    filters = deadlines.Filters(
        from_on=period.first if period else today if query.next_one else None,
        to_on=period.last if period else None,
        kinds=query.kinds,
        states=states,
        organisation_id=query.organisations[0].id if query.organisations else None,
        person_id=query.people[0].id if query.people else None,
        subject_id=(one.parent if one.subject is Subject.GRANT_PART else one.id) if one else None,
    )
    rows, total = await deadlines.list_deadlines(session, person, filters, limit=SHOWN)
    return (rows[:1], min(total, 1)) if query.next_one and period is None else (rows, total)


def _date_row(one: Deadline) -> Row:
    due = month_words(one.due_on) if one.whole_month else format_date(one.due_on)
    who = one.person or one.organisation
    values = (one.kind, due, who, one.state.value, one.last_day)
    return row("deadline", one.item_id, one.title, values, page=(one.subject_type, one.subject_id))


async def indicators_run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about indicators: a value of a period or place, the goal and whether it is reached, or which they are."""
    named = [one.id for one in query.objects if one.subject is Subject.INDICATOR]
    if len(named) == 1:
        return await _indicator(session, person, query, await standing.get_indicator(session, person, named[0]))
    filters = standing.Filters(node_id=query.nodes[0].id if query.nodes else None)
    rows, _ = await standing.list_indicators(session, person, filters, limit=MOST)
    rows = [one for one in rows if not named or one.id in named]
    rows = [one for one in rows if _is_asked(one, query)]
    if not rows:
        return None
    return Found(
        lead=f"{counted(len(rows), 'indikator', 'indikatorer')}:",
        columns=INDICATORS,
        rows=tuple(_indicator_row(one, one.standing.newest) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"place", "responsible", "goal"}),
    )


def _is_asked(one: IndicatorRow, query: Query) -> bool:
    people = {someone.id for someone in query.people}
    if people and (one.responsible is None or one.responsible.id not in people):
        return False
    if query.lacks is Lacks.OWNER:
        return one.responsible is None
    verdict = one.standing.verdict
    if query.lacks is Lacks.VALUE:
        return verdict is Verdict.MISSING
    if query.on_its_way:
        return verdict is Verdict.TOWARDS
    if query.target:
        return verdict is Verdict.MET if query.done is not False else verdict in {Verdict.TOWARDS, Verdict.NOT_MET}
    return True


async def _indicator(session: AsyncSession, person: Viewer, query: Query, one: IndicatorRow) -> Found | None:
    value = one.standing.newest
    place = query.organisations[0] if query.organisations else None
    if place is not None or query.period is not None:
        rows, _ = await measured.list_values(
            session, person, one.id, organisation_id=place.id if place else one.organisation.id
        )
        fitting = [row for row in rows if row.part == "" and _within(row, query.period)]
        if not fitting:
            there = enumerated(list(dict.fromkeys(row.period.code for row in reversed(rows) if row.value is not None)))
            of = place.name if place else one.organisation.name
            other = f"; det finns för {there}" if there else ""
            return instead(f"I registret har {one.name} inga sådana värden för {of}{other}.")
        value = fitting[0]
    lead = _told(one, value, query)
    return Found(lead=lead, columns=INDICATORS, rows=(_indicator_row(one, value),), total=1, listed=False)


def _within(row: ValueRow, period: Period | None) -> bool:
    return period is None or period.first <= row.starts_on <= period.last


def _told(one: IndicatorRow, value: ValueRow | None, query: Query) -> str:
    goal = f"Målet är {one.goal_text}." if one.goal_text else "Inget mål är satt."
    if query.wanted is Wanted.OWNER:
        name = one.responsible.name if one.responsible else None
        return f"Ansvarig för {one.name} är {name}." if name else f"Registret visar ingen ansvarig för {one.name}."
    if query.wanted is Wanted.DUE:
        due = f"Nästa värde ska vara inne {format_date(one.due_on)}." if one.due_on else "Registret säger inte när."
        return f"{one.name}: {due}"
    if value is None or value.value is None:
        why = f": {value.reason}" if value is not None and value.reason else ""
        when = f" för {value.period.label}" if value is not None else ""
        return f"{one.name} saknar värde{when}{why}. {goal}"
    whose = f" i {value.organisation}" if value.organisation_id != one.organisation.id else ""
    preliminary = ", preliminärt" if value.status.value.startswith("prelim") else ""
    now = f"{one.name}{whose}: {amount(value.value, one.unit)} ({value.period.label}{preliminary})."
    verdict = f" {one.standing.verdict.value.capitalize()}." if value is one.standing.newest else ""
    if query.target:
        return f"{goal} {now}{verdict}"
    return f"{now} {goal}{verdict}"


def _indicator_row(one: IndicatorRow, value: ValueRow | None) -> Row:
    number: Decimal | None = value.value if value else None
    verdict = one.standing.verdict.value if value is one.standing.newest else None
    values = (
        *(value.period.label if value else None, number, one.unit, value.organisation if value else None),
        *(one.goal_text or None, verdict, one.responsible.name if one.responsible else None),
    )
    return row("indicator", one.id, one.name, values)


async def coverage_run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about what the initiatives cover: how many each node has, and what is missing."""
    found = await coverage.coverage(session, person)
    rows = [node for node in found.rows if not query.nodes or node.id in {one.id for one in query.nodes}]
    missing = {node.id: [gap.rule.value for gap in found.gaps if gap.node_id == node.id] for node in rows}
    number = {node.id: found.totals.get(node.id, 0) for node in rows}
    dimension = found.row_dimension
    lead = f"{counted(len(rows), dimension.name, dimension.plural)} med antal initiativ och det som saknas:"
    if query.lacks is Lacks.INITIATIVE:
        rows = [node for node in rows if not number[node.id]]
        lead = f"{counted(len(rows), dimension.name, dimension.plural)} saknar initiativ:"
        if not rows:
            return Found(lead=f"Alla {dimension.plural} har initiativ.", facts=(count_fact(0),))
    elif query.wanted is Wanted.TOP:
        rows = sorted(rows, key=lambda node: number[node.id], reverse=not query.smallest)[: query.top or 1]
        lead = f"{'Minst' if query.smallest else 'Flest'} initiativ har {rows[0].name}: {number[rows[0].id]}."
    elif query.prioritised:
        rows = [node for node in rows if node.prioritised]
        lead = f"{counted(len(rows), 'prioriterat ' + dimension.name, 'prioriterade ' + dimension.plural)}:"
    elif query.starts:
        rows = [node for node in rows if coverage.Rule.START.value in missing[node.id]]
        lead = f"{counted(len(rows), dimension.name, dimension.plural)} saknar besked om när arbetet ska börja:"
    return Found(
        lead=lead,
        columns=COVERAGE,
        rows=tuple(
            row("taxonomy_node", node.id, node.name, (number[node.id], ", ".join(missing[node.id]) or None))
            for node in rows
        ),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        listed=len(rows) > 1 or query.wanted is not Wanted.TOP,
    )
