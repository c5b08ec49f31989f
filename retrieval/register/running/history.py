"""How things were on a day, and what has changed since one; for those who see the whole register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import comparison, history, history_overview, overview
from initiatives.access import Viewer, sees_all
from initiatives.comparison import Change, Difference
from initiatives.errors import NotFound
from initiatives.history import Moment
from initiatives.kinds import KINDS
from initiatives.swedish import end_of_day, format_date
from retrieval.register.asking import Named, Query, Subject
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
from retrieval.register.running.initiatives import texts
from retrieval.register.running.initiatives.columns import COLUMNS, initiative_row
from retrieval.register.shown import Fact, Row

TABLES: dict[Subject, str] = {
    Subject.INITIATIVE: "initiative",
    Subject.FUND: "fund",
    Subject.GRANT: "grant_agreement",
    Subject.MEASURE: "measure",
    Subject.MATTER: "matter",
    Subject.DECISION: "decision",
    Subject.CLAUSE: "clause",
    Subject.ASSIGNMENT: "assignment",
    Subject.INDICATOR: "indicator",
    Subject.ALLOCATION: "allocation",
}
BY_DAY = frozenset({Subject.CLAUSE, Subject.ASSIGNMENT, Subject.MATTER})
"""What tells itself how it stands on any day."""
FIELDS = columns(("field", "Uppgift", "text"), ("value", "Så var det", "text"))
CHANGES = columns(
    ("difference", "Vad", "text"), ("field", "Uppgift", "text"), ("before", "Före", "text"), ("after", "Efter", "text")
)
FEWEST = 12
"""How many kinds of thing the changes are listed of."""


async def then(session: AsyncSession, person: Viewer, query: Query) -> Found | None:
    """What the named thing was at the end of the day that is asked for; None for what tells that itself."""
    one = query.objects[0]
    if query.on is None or one.subject in BY_DAY or one.subject not in TABLES or not sees_all(person):
        return None
    table = TABLES[one.subject]
    try:
        moment = await history.get(session, person, table, one.id, end_of_day(query.on))
    except NotFound as missing:
        return instead(f"{one.name} den {format_date(query.on)}: {missing.detail}")
    told = [field for field in moment.fields if field.words]
    rows = tuple(row(table, one.id, moment.title, (field.label, field.words)) for field in told)
    parts = tuple(row(table, one.id, moment.title, (part.label, "; ".join(part.titles))) for part in moment.parts)
    every = rows + parts
    lead = f"{moment.title}, som det var den {format_date(query.on)}: {_summary(moment)}."
    if moment.removed_at is not None:
        lead += " Det har tagits bort sedan dess."
    facts = (day_fact("on", "Den dag som gäller", query.on),)
    return Found(lead=lead, columns=FIELDS, rows=every, total=len(every), facts=facts, listed=False, on=query.on)


MAIN = (
    *("status", "responsible_id", "lead_organisation_id", "starts_on", "ends_on", "frame_kronor", "year"),
    *("national_kronor", "to_year", "rule", "target", "costs", "outcome", "decided_on", "amount_kronor"),
)


def _summary(moment: Moment) -> str:
    told = [f"{field.label.lower()} {field.words}" for field in moment.fields if field.name in MAIN and field.words]
    return "; ".join(told) or "inget mer är känt"


async def changes_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """What has changed since a day, or in a period: of a named thing its fields, else which things of each kind."""
    if not sees_all(person):
        return None
    first_day = query.since or (query.period.first if query.period else today - dt.timedelta(30))
    last_day = query.period.last if query.period and query.since is None else today
    first, last = end_of_day(first_day - dt.timedelta(1)), end_of_day(min(last_day, today))
    facts = (day_fact("since", "Sedan", first_day), day_fact("until", "Till", min(last_day, today)))
    when = (
        f"sedan {format_date(first_day)}" if last_day >= today else f"{format_date(first_day)}–{format_date(last_day)}"
    )
    named = [one for one in query.objects if one.subject in TABLES]
    if named:
        return await _of_one(session, person, named, (first, last), (when, facts))
    differing = await history_overview.kinds_differing(session, person, first, last)
    wanted = {TABLES[query.asked]} if query.asked in TABLES else None
    chosen = [one for one in differing if wanted is None or one.kind in wanted]
    if not chosen:
        return Found(lead=f"Inget har ändrats {when}.", facts=(*facts, count_fact(0)))
    total = sum(one.total for one in chosen)
    counts = tuple(
        Fact(f"{one.kind}.{name}", f"{KINDS[one.kind].plural}, {label}", "number", number)
        for one in chosen
        for name, label, number in (
            ("added", "tillagda", one.added),
            ("changed", "ändrade", one.changed),
            ("removed", "borttagna", one.removed),
        )
        if number
    )
    rows: list[Row] = []
    for one in chosen[:FEWEST]:
        changes, _ = await comparison.compare(session, person, one.kind, first, last, limit=SHOWN // FEWEST + 1)
        rows += _rows(one.kind, changes)
    words = enumerated([f"{KINDS[one.kind].plural.lower()}: {_numbers(one)}" for one in chosen[:FEWEST]])
    return Found(
        lead=f"{counted(total, 'sak', 'saker')} skiljer sig {when}: {words}.",
        columns=CHANGES,
        rows=tuple(rows[:SHOWN]),
        total=total,
        facts=(*facts, *counts, count_fact(total)),
        listed=total <= FEWEST or wanted is not None,
    )


def _numbers(one: history_overview.KindDiffers) -> str:
    told = [
        (one.added, "tillagd", "tillagda"),
        (one.changed, "ändrad", "ändrade"),
        (one.removed, "borttagen", "borttagna"),
    ]
    return ", ".join(counted(number, single, many) for number, single, many in told if number)


async def _of_one(
    session: AsyncSession,
    person: Viewer,
    named: Sequence[Named],
    between: tuple[dt.datetime, dt.datetime],
    told: tuple[str, tuple[Fact, ...]],
) -> Found | None:
    when, facts = told
    rows: list[Row] = []
    for one in named:
        table = TABLES[one.subject]
        changes, _ = await comparison.compare(session, person, table, *between, limit=MOST)
        rows += _rows(table, [change for change in changes if change.id == str(one.id)])
    name = enumerated(list(dict.fromkeys(one.name for one in named)))
    if not rows and (reported := await _reported(session, person, named, between)) is not None:
        return reported
    if not rows:
        return Found(lead=f"Inget har ändrats i {name} {when}.", facts=facts)
    return Found(
        lead=f"I {name} har det här ändrats {when}:",
        columns=CHANGES,
        rows=tuple(rows),
        total=len(rows),
        facts=(*facts, count_fact(len(rows))),
    )


def _rows(table: str, changes: Sequence[Change]) -> list[Row]:
    rows = []
    for change in changes:
        if change.difference is not Difference.CHANGED or not change.fields:
            rows.append(row(table, change.id, change.title, (change.difference.value, None, None, None)))
        for field in change.fields:
            values = ("ändrat", field.label, field.before_words or "–", field.after_words or "–")
            rows.append(row(table, change.id, change.title, values))
    return rows


async def _reported(
    session: AsyncSession, person: Viewer, named: Sequence[Named], between: tuple[dt.datetime, dt.datetime]
) -> Found | None:
    """What the newest report on an initiative says, where that is what has come between the times."""
    if len(named) != 1 or named[0].subject is not Subject.INITIATIVE:
        return None
    one = await overview.get(session, person, named[0].id)
    newest = await texts.newest(session, person, one)
    if newest is None or not between[0] < end_of_day(newest.reported_on) <= between[1]:
        return None
    said = (text_fact(text) for text in (newest.done, newest.next, newest.obstacles) if text)
    facts = (*said, day_fact("reported_on", "Rapporterat", newest.reported_on))
    rows = (initiative_row(one),)
    return Found(lead=texts.report(one, newest), columns=COLUMNS, rows=rows, total=1, facts=facts, listed=False)
