"""Indicators: values of periods and places, how they have developed, goals and whether they are reached, and a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.indicators import measured, standing
from initiatives.indicators.measured import ValueRow
from initiatives.indicators.standing import IndicatorRow
from initiatives.indicators.targets import PERCENT, Direction, Verdict, amount
from initiatives.swedish import format_date, format_number
from retrieval.register.asking import Lacks, Period, Query, Subject, Wanted
from retrieval.register.running import grouping, series
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    day_fact,
    enumerated,
    instead,
    row,
    text_fact,
)
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Fact, Row

INDICATORS = columns(
    ("period", "Period", "text"),
    ("value", "Värde", "number"),
    ("unit", "Enhet", "text"),
    ("place", "För", "text"),
    ("goal", "Mål", "text"),
    ("verdict", "Mot målet", "text"),
    ("responsible", "Ansvarig", "text"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, _today: dt.date) -> Found | None:
    """Answer about indicators: a value of a period or place, the goal and whether it is reached, or which they are."""
    named = [one.id for one in query.objects if one.subject is Subject.INDICATOR]
    if len(named) == 1:
        return await _indicator(session, person, query, await standing.get_indicator(session, person, named[0]))
    filters = standing.Filters(node_id=query.nodes[0].id if query.nodes else None)
    rows, _ = await standing.list_indicators(session, person, filters, limit=MOST)
    rows = [one for one in rows if (not named or one.id in named) and _is_asked(one, query)]
    if query.per is Subject.PERSON:
        return grouping.by(query, [(one.responsible.name, 1) for one in rows if one.responsible], "indikatorer")
    if not rows and query.mentions:
        return None
    if not rows:
        which = _which(query)
        return Found(lead=f"Inga indikatorer {which}.", facts=(count_fact(0),)) if which else None
    if len(rows) == 1 and not named:
        one = rows[0]
        lead = f"1 indikator {_which(query)}".rstrip() + f". {_told(one, one.standing.newest, query)}"
        here = (_indicator_row(one, one.standing.newest),)
        return Found(lead=lead, columns=INDICATORS, rows=here, total=1, facts=(count_fact(1),), listed=False)
    return Found(
        lead=f"{counted(len(rows), 'indikator', 'indikatorer')} {_which(query)}".rstrip() + ":",
        columns=INDICATORS,
        rows=tuple(_indicator_row(one, one.standing.newest) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"place", "goal"} | (set() if query.wanted is Wanted.OWNER else {"responsible"})),
    )


def _which(query: Query) -> str:
    """What the indicators in a list have in common, as the end of a sentence."""
    parts = [{"worse": "går åt fel håll", "better": "går åt rätt håll"}.get(query.trend, "")]
    lacks = {Lacks.OWNER: "saknar ansvarig", Lacks.VALUE: "saknar värde", Lacks.TARGET: "saknar mål"}
    parts += [lacks[query.lacks]] if query.lacks in lacks else []
    if query.target and query.lacks is None:
        by_year = query.period.year if query.period else None
        reached = "når inte målet" if query.done is False else "når målet"
        parts.append("är på väg mot målet" if query.on_its_way else f"har mål {by_year}" if by_year else reached)
    parts += [f"nämner ”{' '.join(query.mentions)}”"] if query.mentions else []
    return " och ".join(part for part in parts if part)


def _is_asked(one: IndicatorRow, query: Query) -> bool:
    people = {someone.id for someone in query.people}
    if people and (one.responsible is None or one.responsible.id not in people):
        return False
    if query.trend in {"worse", "better"} and _way(one) != query.trend:
        return False
    lacking = {Lacks.OWNER: one.responsible is None, Lacks.TARGET: one.goal is None}
    lacking[Lacks.VALUE] = one.standing.newest is None or one.standing.newest.value is None
    if query.lacks is not None:
        return lacking.get(query.lacks, False)
    return _stands_so(one, query) and mentioned(query, one.name, one.definition, one.source_system)


def _stands_so(one: IndicatorRow, query: Query) -> bool:
    verdict = one.standing.verdict
    if query.on_its_way:
        return verdict is Verdict.TOWARDS
    if query.target and query.period is not None and query.period.year is not None:
        return one.target_year == query.period.year
    if query.target:
        return verdict is Verdict.MET if query.done is not False else verdict in {Verdict.TOWARDS, Verdict.NOT_MET}
    return True


def _way(one: IndicatorRow) -> str:
    """Whether an indicator goes the wrong way or the right way; empty where that cannot be told."""
    change = one.standing.change
    if change is None or not change.difference or one.direction is Direction.NONE:
        return ""
    return "better" if (change.difference > 0) is (one.direction is Direction.UP) else "worse"


async def _indicator(session: AsyncSession, person: Viewer, query: Query, one: IndicatorRow) -> Found | None:
    """One indicator: its newest value, those of places, periods or years, or how it has developed."""
    if query.per is Subject.ORGANISATION or len(query.organisations) > 1:
        return await _by_place(session, person, query, one)
    place = query.organisations[0] if query.organisations else None
    if place is None and query.period is None and not query.trend and len(query.years) < PAIR:
        value = one.standing.newest
        facts = [text_fact(text) for text in (one.definition, one.source_system) if text]
        facts += [day_fact("due_on", "Nästa värde", one.due_on)] if one.due_on else []
        row_of = (_indicator_row(one, value),)
        return Found(
            lead=_told(one, value, query),
            columns=INDICATORS,
            rows=row_of,
            total=1,
            facts=tuple(facts),
            listed=False,
            chart=series.line(one, one.standing.series, query),
        )
    where = place.id if place else one.organisation.id
    values, _ = await measured.list_values(session, person, one.id, organisation_id=where)
    values = [value for value in values if value.part == ""]
    if query.trend or len(query.years) >= PAIR:
        return _developed(one, sorted(values, key=lambda value: value.starts_on), query)
    fitting = [value for value in values if _within(value, query.period)]
    if not fitting:
        there = enumerated(
            list(dict.fromkeys(value.period.code for value in reversed(values) if value.value is not None))
        )
        of = place.name if place else one.organisation.name
        return instead(
            f"I registret har {one.name} inga sådana värden för {of}{f'; det finns för {there}' if there else ''}."
        )
    lead, drawn = _told(one, fitting[0], query), series.line(one, values, query)
    row_of = (_indicator_row(one, fitting[0]),)
    return Found(lead=lead, columns=INDICATORS, rows=row_of, total=1, listed=False, chart=drawn)


PAIR = 2


def _developed(one: IndicatorRow, values: Sequence[ValueRow], query: Query) -> Found | None:
    """How an indicator has gone from the first to the last of some periods, and how much it has changed."""
    first_year = query.since.year if query.since else min(query.years, default=0)
    last_year = max(query.years, default=9999) if len(query.years) >= PAIR else 9999
    known = [one for one in values if one.value is not None and first_year <= one.starts_on.year <= last_year]
    if not known:
        return None
    first, last = known[0], known[-1]
    difference = (last.value or Decimal(0)) - (first.value or Decimal(0))
    way = "ökat" if difference > 0 else "minskat"
    unit = "procentenheter" if one.unit == PERCENT else "" if one.unit == "antal" else one.unit
    how_much = f"{format_number(abs(difference))} {unit}".strip()
    goal = f" Målet är {one.goal_text}." if one.goal_text else ""
    verdict = {"better": " Det är åt rätt håll.", "worse": " Det är åt fel håll."}.get(_way_of(one, difference), "")
    moved = f"har {way} med {how_much}" if difference else "är oförändrat"
    ends = f"från {amount(first.value or Decimal(0), one.unit)} ({first.period.label})"
    ends += f" till {amount(last.value or Decimal(0), one.unit)} ({last.period.label})"
    facts = (Fact("difference", "Skillnad", "text", how_much),)
    return Found(
        lead=f"{one.name} {moved}, {ends}.{verdict}{goal}",
        columns=INDICATORS,
        rows=tuple(_indicator_row(one, value) for value in reversed(known)),
        total=len(known),
        facts=facts,
        listed=False,
        chart=series.line(one, known, query),
    )


def _way_of(one: IndicatorRow, difference: Decimal) -> str:
    if not difference or one.direction is Direction.NONE:
        return ""
    return "better" if (difference > 0) is (one.direction is Direction.UP) else "worse"


async def _by_place(session: AsyncSession, person: Viewer, query: Query, one: IndicatorRow) -> Found | None:
    """The values of each place in the newest period that is asked for, the highest first."""
    wanted = {place.id for place in query.organisations}
    values, _ = await measured.list_values(session, person, one.id, limit=MOST)
    values = [
        value for value in values if value.part == "" and value.value is not None and _within(value, query.period)
    ]
    values = [
        value
        for value in values
        if (value.organisation_id in wanted if wanted else value.organisation_id != one.organisation.id)
    ]
    newest = max((value.starts_on for value in values), default=None)
    values = [value for value in values if value.starts_on == newest]
    if not values:
        return instead(f"I registret har {one.name} inga värden per organisation.")
    values.sort(key=lambda value: value.value or Decimal(0), reverse=not query.smallest)
    way = "Lägst" if query.smallest else "Högst"
    lead = f"{one.name}, {values[0].period.label}:"
    if query.wanted is Wanted.TOP or query.ranked:
        first = values[0]
        number = amount(first.value or Decimal(0), one.unit)
        lead = f"{way} är {one.name} i {first.organisation}: {number} ({first.period.label})."
    return Found(
        lead=lead,
        columns=INDICATORS,
        rows=tuple(_place_row(one, value) for value in values),
        total=len(values),
        facts=(count_fact(len(values)),),
        quiet=frozenset({"goal", "responsible", "verdict", "place", "unit"}),
        chart=series.bars(one, values),
    )


def _place_row(one: IndicatorRow, value: ValueRow) -> Row:
    values = (value.period.label, value.value, one.unit, value.organisation, one.goal_text or None, None, None)
    return row("indicator", one.id, value.organisation, values)


def _within(row: ValueRow, period: Period | None) -> bool:
    return period is None or period.first <= row.starts_on <= period.last


def _told(one: IndicatorRow, value: ValueRow | None, query: Query) -> str:
    goal = f"Målet är {one.goal_text}." if one.goal_text else "Inget mål är satt."
    if query.wanted is Wanted.OWNER:
        name = one.responsible.name if one.responsible else None
        return f"Ansvarig för {one.name} är {name}." if name else f"Registret visar ingen ansvarig för {one.name}."
    if query.wanted is Wanted.CONTENT:
        source = f" Källa: {one.source_system}." if one.source_system else ""
        now = f" {amount(value.value, one.unit)} ({value.period.label})." if value and value.value is not None else ""
        return f"{one.name}: {one.definition.rstrip('.')}.{source}{now} {goal}"
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
