"""The dialogue with the municipalities: meetings that were held, what was said and what comes next, and agreements."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.dialogue import agreements, entries
from initiatives.dialogue.agreements import AgreementRow
from initiatives.dialogue.entries import EntryRow
from initiatives.swedish import format_date
from retrieval.register.asking import Query, Subject, Wanted
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    day_fact,
    enumerated,
    row,
    sentence,
    text_fact,
)
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Row

MEETINGS = columns(
    ("held_on", "Datum", "date"),
    ("parties", "Parter", "text"),
    ("level", "Nivå", "text"),
    ("outcome", "Utfall", "text"),
    ("next_step", "Nästa steg", "text"),
    ("next_step_on", "Senast", "date"),
    ("next_step_by", "Vem", "text"),
)
AGREEMENTS = columns(
    ("parties", "Parter", "text"),
    ("starts_on", "Från", "date"),
    ("ends_on", "Till", "date"),
    ("notice", "Uppsägning", "text"),
    ("notice_on", "Sägs upp senast", "date"),
)


async def meetings_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about meetings with somebody, of some days, or that the words fit; the newest first."""
    if query.wanted in {Wanted.AMOUNT, Wanted.LEFT, Wanted.TOP}:
        return None
    every, _ = await entries.list_entries(session, person, limit=MOST)
    rows = [one for one in every if _fits(one, query, today)]
    if not rows:
        none = query.mentions or not every
        return None if none else Found(lead="Inga sådana möten finns i registret.", facts=(count_fact(0),))
    if query.latest or query.wanted is Wanted.NEXT_STEP:
        rows = rows[:1]
    if len(rows) == 1:
        one = rows[0]
        said = [one.topics, one.outcome, one.next_step]
        days = (one.next_step_on, one.next_step_done_on)
        facts = (*(text_fact(text) for text in said if text), *(day_fact("day", "Dag", day) for day in days if day))
        return Found(lead=_told(one), columns=MEETINGS, rows=(_row(one),), total=1, facts=facts, listed=False)
    return Found(
        lead=f"{counted(len(rows), 'möte', 'möten')}:",
        columns=MEETINGS,
        rows=tuple(_row(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"level", "outcome", "next_step", "next_step_on", "next_step_by"}),
    )


def _fits(one: EntryRow, query: Query, today: dt.date) -> bool:
    with_whom = {organisation.id for organisation in query.organisations}
    period = query.period
    texts = (one.title, one.topics, one.outcome, one.next_step, one.level.value, *(node.name for node in one.nodes))
    named = {other.id for other in query.objects}
    return (
        with_whom <= {party.id for party in one.parties}
        and {node.id for node in query.nodes} <= {node.id for node in one.nodes}
        and (query.since is None or query.since <= one.held_on <= today)
        and (period is None or period.first <= one.held_on <= period.last)
        and (not named or one.id in named)
        and mentioned(query, *texts)
    )


def _told(one: EntryRow) -> str:
    parties = enumerated([party.name for party in one.parties])
    step = sentence("Nästa steg", one.next_step)
    if one.next_step:
        by = f" {one.next_step_organisation.name}" if one.next_step_organisation else ""
        day = f", senast {format_date(one.next_step_on)}" if one.next_step_on else ""
        done = f" Klart {format_date(one.next_step_done_on)}." if one.next_step_done_on else ""
        step = f"Nästa steg: {one.next_step.rstrip('.')} ({by.strip()}{day}).{done}"
    said = (f"{one.title}, {format_date(one.held_on)}, med {parties}.", sentence("Utfall", one.outcome), step)
    return " ".join(filter(None, (*said, sentence("Om", one.topics))))


def _row(one: EntryRow) -> Row:
    by = one.next_step_organisation and one.next_step_organisation.name
    values = (
        *(one.held_on, enumerated([party.name for party in one.parties]), one.level.value, one.outcome or None),
        *(one.next_step or None, one.next_step_on, by),
    )
    return row("dialogue_entry", one.id, one.title, values)


async def agreements_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about agreements with municipalities: the parties, how long they hold, and how they are ended."""
    if query.wanted in {Wanted.AMOUNT, Wanted.LEFT, Wanted.TOP}:
        return None
    every, _ = await agreements.list_agreements(session, person, limit=MOST)
    with_whom = {organisation.id for organisation in query.organisations}
    nodes = {node.id for node in query.nodes}
    named = {other.id for other in query.objects if other.subject is Subject.AGREEMENT}
    rows = [
        one
        for one in every
        if with_whom <= {party.id for party in one.parties}
        and (not nodes or nodes & {node.id for node in one.nodes})
        and (not named or one.id in named)
        and mentioned(query, one.title, one.subject, one.notice)
    ]
    if not rows:
        return None
    if len(rows) == 1:
        one = rows[0]
        facts = tuple(text_fact(text) for text in (one.subject, one.notice) if text)
        return Found(
            lead=_agreement_told(one, today),
            columns=AGREEMENTS,
            rows=(_agreement(one),),
            total=1,
            facts=facts,
            listed=False,
        )
    return Found(
        lead=f"{counted(len(rows), 'avtal', 'avtal')}:",
        columns=AGREEMENTS,
        rows=tuple(_agreement(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"notice"}),
    )


def _agreement_told(one: AgreementRow, today: dt.date) -> str:
    parties = enumerated([party.name for party in one.parties])
    ends = f" till {format_date(one.ends_on)}" if one.ends_on else ""
    over = " Det har löpt ut." if one.ends_on and one.ends_on < today else ""
    notice_on = f" Det ska sägas upp senast {format_date(one.notice_on)}." if one.notice_on else ""
    told = f"Avtalet {one.title} är med {parties} och gäller från {format_date(one.starts_on)}{ends}.{over}{notice_on}"
    return " ".join(filter(None, (told, sentence("Uppsägning", one.notice), sentence("Gäller", one.subject))))


def _agreement(one: AgreementRow) -> Row:
    parties = enumerated([party.name for party in one.parties])
    return row(
        "municipal_agreement",
        one.id,
        one.title,
        (parties, one.starts_on, one.ends_on, one.notice or None, one.notice_on),
    )
