"""Dates: what is due and who shall do it, what was done, and what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import deadlines
from initiatives.access import Viewer
from initiatives.deadlines import Deadline, State
from initiatives.swedish import format_date
from retrieval.register import times
from retrieval.register.asking import Lacks, Period, Query, Subject, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    enumerated,
    month_words,
    row,
)
from retrieval.register.running.mentions import mentioned
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


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
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
    late = (" är försenade" if total != 1 else " är försenad") if query.late else ""
    late += " saknar ansvarig" if query.lacks is Lacks.OWNER else ""
    late = late or (" är klara" if query.done and total != 1 else " är klar" if query.done else "")
    facts = [count_fact(total)]
    if period is not None:
        facts += [
            Fact("first", "Från", "date", period.first.isoformat()),
            Fact("last", "Till", "date", period.last.isoformat()),
        ]
        facts.append(Fact("period", "Period", "text", period.words))
    if query.per is not None:
        return grouping.by(query, [(one.person or one.organisation or "", 1) for one in rows], kind)
    if not total:
        if query.mentions or (query.objects and not query.late and period is None):
            return None
        without = " utan ansvarig" if query.lacks is Lacks.OWNER else ""
        told = late.removesuffix(" saknar ansvarig")
        return Found(lead=f"Inga {kind}{without}{of}{whose}{told}{when} syns i registret.", facts=tuple(facts))
    if len(rows) == 1 and query.wanted is Wanted.DUE:
        return _one(rows[0], tuple(facts))
    singular = query.kinds[0] if len(query.kinds) == 1 else "datum"
    lead = f"{counted(total, singular, kind)}{of}{whose}{late}{when}:"
    return Found(
        lead=lead,
        columns=DATES,
        rows=tuple(_date_row(one) for one in rows[:SHOWN]),
        total=total,
        facts=tuple(facts),
        quiet=frozenset({"last_day"}),
    )


def _one(one: Deadline, facts: tuple[Fact, ...]) -> Found:
    due = month_words(one.due_on) if one.whole_month else format_date(one.due_on)
    who = one.person or one.organisation
    lead = f"{one.title} ({one.kind}): {due}, {one.state.value}.{f' Ansvarig är {who}.' if who else ''}"
    return Found(lead=lead, columns=DATES, rows=(_date_row(one),), total=1, facts=facts, listed=False)


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
    filters = deadlines.Filters(
        from_on=period.first if period else query.since or (today if query.next_one else None),
        to_on=period.last if period else today if query.since else None,
        kinds=query.kinds,
        states=_states(query, period),
        organisation_id=query.organisations[0].id if query.organisations else None,
        person_id=query.people[0].id if query.people else None,
    )
    rows, total = await deadlines.list_deadlines(session, person, filters, on=today, limit=MOST)
    about = {one.parent if one.subject is Subject.GRANT_PART else one.id for one in query.objects}
    items = {one.id for one in query.objects if one.subject is Subject.DEADLINE}
    kind = _SUBJECTS.get(query.asked) if query.asked and not about else None
    if query.next_one and not query.kinds:
        rows = [one for one in rows if one.kind != PAYMENT]
        total = len(rows)
    if about or kind or query.mentions or query.nodes:
        rows = [
            one
            for one in rows
            if (one.item_id in items if items else not about or one.subject_id in about)
            and (kind is None or one.subject_type == kind)
            and mentioned(query, one.title, one.person, one.organisation)
        ]
        total = len(rows)
    if query.lacks is Lacks.OWNER:
        rows = [one for one in rows if one.person is None]
        total = len(rows)
    return (rows[:1], min(total, 1)) if query.next_one and period is None else (rows, total)


PAYMENT = "utbetalning"
"""What comes by itself, and is nothing to do in time."""
_SUBJECTS = {Subject.GRANT: "grant_agreement", Subject.INITIATIVE: "initiative"}
"""What has a page, where the dates of one kind of thing are asked for."""


def _states(query: Query, period: Period | None) -> tuple[State, ...]:
    if query.late:
        return (State.LATE,)
    if query.next_one and period is None:
        return (State.OPEN,)
    if query.lacks is Lacks.OWNER and query.done is None:
        return ()
    if query.done:
        return (State.DONE,)
    if query.done is False or (period is None and not query.objects and not query.since):
        return (State.OPEN, State.LATE)
    return ()


def _date_row(one: Deadline) -> Row:
    due = month_words(one.due_on) if one.whole_month else format_date(one.due_on)
    who = one.person or one.organisation
    values = (one.kind, due, who, one.state.value, one.last_day)
    return row("deadline", one.item_id, one.title, values, page=(one.subject_type, one.subject_id))
