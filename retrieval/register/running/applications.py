"""Rounds of applications and what was applied for: sums, last days, who got money, and whether it is reported."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import applications, rounds
from initiatives.access import Viewer
from initiatives.applications import ApplicationRow
from initiatives.rounds import RoundRow
from initiatives.swedish import format_amount, format_date
from retrieval.register.asking import Query, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.found import (
    MOST,
    SHOWN,
    Found,
    columns,
    count_fact,
    counted,
    day_fact,
    row,
    sentence,
    sum_fact,
    text_fact,
)
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Fact, Row

ROUNDS = columns(
    ("state", "Läge", "text"),
    ("opens_on", "Öppnar", "date"),
    ("closes_on", "Sista dag", "date"),
    ("total_kronor", "Summa", "kronor"),
    ("most_kronor", "Högst per ansökan", "kronor"),
    ("awarded_kronor", "Beviljat", "kronor"),
    ("left_kronor", "Kvar", "kronor"),
    ("applications", "Ansökningar", "number"),
    ("report_due_on", "Redovisas senast", "date"),
)
APPLICATIONS = columns(
    ("applicant", "Sökande", "text"),
    ("verdict", "Beslut", "text"),
    ("amount_kronor", "Sökt", "kronor"),
    ("awarded_kronor", "Beviljat", "kronor"),
    ("report_due_on", "Redovisas senast", "date"),
    ("reported_on", "Redovisat", "date"),
)


async def rounds_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about rounds: those that the words fit, or all of them."""
    rows, _ = await rounds.list_rounds(session, person, limit=MOST)
    named = {one.id for one in query.objects}
    rows = [one for one in rows if not named or one.id in named or one.fund_id in named]
    rows = [one for one in rows if mentioned(query, one.title, one.criteria, one.fund, one.allocation)]
    if not rows:
        return None
    if len(rows) == 1:
        one = rows[0]
        said = (one.criteria,)
        return Found(
            lead=_round_told(one, today),
            columns=ROUNDS,
            rows=(_round(one),),
            total=1,
            facts=tuple(text_fact(text) for text in said if text),
            listed=False,
        )
    return Found(
        lead=f"{counted(len(rows), 'utlysning', 'utlysningar')}:",
        columns=ROUNDS,
        rows=tuple(_round(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"opens_on", "applications", "awarded_kronor", "left_kronor", "report_due_on"}),
    )


def _round_told(one: RoundRow, today: dt.date) -> str:
    most = f", högst {format_amount(one.most_kronor)} per ansökan" if one.most_kronor else ""
    closes = "stängde" if one.closes_on < today else "stänger"
    came = counted(one.applications, "ansökan har", "ansökningar har")
    told = [
        f"Utlysningen {one.title} omfattar {format_amount(one.total_kronor)}{most}.",
        f"Den öppnade {format_date(one.opens_on)} och {closes} {format_date(one.closes_on)}.",
        f"Det som beviljas ska redovisas senast {format_date(one.report_due_on)}." if one.report_due_on else "",
        f"{came} kommit in, {format_amount(one.awarded_kronor)} är beviljat, {format_amount(one.left_kronor)} är kvar.",
        sentence("Villkor", one.criteria),
    ]
    return " ".join(filter(None, told))


def _round(one: RoundRow) -> Row:
    values = (
        *(one.state.value, one.opens_on, one.closes_on, one.total_kronor, one.most_kronor, one.awarded_kronor),
        *(one.left_kronor, one.applications, one.report_due_on),
    )
    return row("application_round", one.id, one.title, values)


async def applications_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about applications: those that the words fit, by what became of them."""
    every, _ = await applications.list_applications(session, person, limit=MOST)
    rows = [one for one in every if _fits(one, query, today)]
    if not rows:
        return None if query.mentions or not every else Found(lead="Inga sådana ansökningar.", facts=(count_fact(0),))
    if query.per is not None:
        return grouping.by(query, [(one.applicant, one.awarded_kronor or 0) for one in rows], "pengar", summed=True)
    if query.wanted is Wanted.TOP:
        rows = sorted(rows, key=lambda one: one.awarded_kronor or 0, reverse=not query.smallest)[: query.top or 1]
    if len(rows) == 1:
        one = rows[0]
        said = (one.decision, one.result, one.method, one.description)
        return Found(
            lead=_told(one, today),
            columns=APPLICATIONS,
            rows=(_row(one),),
            total=1,
            facts=(*(text_fact(text) for text in said if text), *_days(one)),
            listed=False,
        )
    asked, awarded = sum(one.amount_kronor for one in rows), sum(one.awarded_kronor or 0 for one in rows)
    return Found(
        lead=f"{counted(len(rows), 'ansökan', 'ansökningar')}, sökt {format_amount(asked)} och beviljat "
        f"{format_amount(awarded)}:",
        columns=APPLICATIONS,
        rows=tuple(_row(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)), sum_fact(asked, "Sökt tillsammans"), sum_fact(awarded, "Beviljat tillsammans")),
        quiet=frozenset({"amount_kronor", "report_due_on"}),
    )


def _days(one: ApplicationRow) -> list[Fact]:
    return [day_fact("decided_on", "Avgjort", one.decided_on)] if one.decided_on else []


def _fits(one: ApplicationRow, query: Query, today: dt.date) -> bool:
    by = {organisation.name for organisation in query.organisations}
    named = {other.id for other in query.objects}
    late = one.reported_on is None and one.report_due_on is not None and one.report_due_on < today
    given = one.awarded_kronor or 0
    refused = "avslaget" in query.outcomes
    granted = bool(query.outcomes or query.received) and not refused
    return (
        (not by or one.applicant in by)
        and (not named or one.id in named or one.round_id in named)
        and (not query.late or late)
        and (bool(named) or query.done is None or query.done is (one.reported_on is not None))
        and (not refused or (one.awarded_kronor == 0))
        and (not granted or given > 0)
        and (query.least is None or given >= query.least)
        and (query.most is None or given <= query.most)
        and mentioned(query, one.title, one.applicant, one.description, one.round, one.result, one.method)
    )


def _told(one: ApplicationRow, today: dt.date) -> str:
    told = [f"{one.applicant} sökte {format_amount(one.amount_kronor)} till {one.title}."]
    if one.awarded_kronor is None:
        told.append("Ansökan är inte avgjord.")
    else:
        when = f" {format_date(one.decided_on)}" if one.decided_on else ""
        told.append(f"{one.verdict.value.capitalize()}: {format_amount(one.awarded_kronor)} beviljades{when}.")
    told.append(sentence("Motivering", one.decision))
    if one.reported_on:
        told.append(f"Projektet redovisades {format_date(one.reported_on)}.")
        told.append(sentence("Resultat", one.result))
    elif one.awarded_kronor:
        due = one.report_due_on
        late = f", senast {format_date(due)}{' har passerat' if due < today else ''}" if due else ""
        told.append(f"Projektet är inte redovisat{late}.")
    return " ".join(filter(None, told))


def _row(one: ApplicationRow) -> Row:
    values = (
        *(one.applicant, one.verdict.value, one.amount_kronor, one.awarded_kronor),
        *(one.report_due_on, one.reported_on),
    )
    return row("application", one.id, one.title, values, page=("application_round", one.round_id))
