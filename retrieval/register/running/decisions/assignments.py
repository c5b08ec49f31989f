"""Assignments: those that are named, or those that are late, unreported, or somebody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignment_overview
from initiatives.access import Viewer
from initiatives.assignment_overview import AssignmentFilters, AssignmentRow
from initiatives.standing import Status
from initiatives.swedish import format_date
from retrieval.register.asking import Lacks, Query, Subject, Wanted
from retrieval.register.running import grouping
from retrieval.register.running.decisions import clauses
from retrieval.register.running.decisions.standing import OPEN, REPORTED, which, words
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, day_fact, row, text_fact
from retrieval.register.running.mentions import mentioned
from retrieval.register.shown import Row

ASSIGNMENTS = columns(
    ("status", "Läge", "text"),
    ("to_whom", "Till", "text"),
    ("person", "Person", "text"),
    ("due_on", "Senast", "date"),
    ("reported_on", "Rapporterat", "date"),
    ("matter", "Ärende", "text"),
)


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about assignments: those that are named, or those that are late, unreported, or somebody's."""
    clauses_meant = any(one.subject is Subject.CLAUSE for one in query.objects)
    if clauses_meant and not any(one.subject is Subject.ASSIGNMENT for one in query.objects):
        return await clauses.run(session, person, query, today)
    rows = await _asked(session, person, query, query.on or today)
    since = [day_fact("since", "Sedan", query.since)] if query.since is not None and query.done else []
    if not rows:
        common = which(query)
        said = common and not query.mentions and not query.objects
        return Found(lead=f"Inga uppdrag {common}.", facts=(count_fact(0), *since), on=query.on) if said else None
    if query.per is not None:
        return grouping.by(query, [(one.receiver_person or one.to_whom or "", 1) for one in rows], "uppdrag")
    if len(rows) == 1:
        lead = f"{'1 uppdrag. ' if query.wanted is Wanted.COUNT else ''}{_assignment_told(rows[0], query)}"
        facts = (*([text_fact(rows[0].report)] if rows[0].report else []), *since)
        here = (_assignment(rows[0]),)
        return Found(lead=lead, columns=ASSIGNMENTS, rows=here, total=1, facts=facts, listed=False, on=query.on)
    return Found(
        lead=f"{counted(len(rows), 'uppdrag', 'uppdrag')} {which(query)}".rstrip() + ":",
        columns=ASSIGNMENTS,
        rows=tuple(_assignment(one) for one in rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)), *since),
        quiet=frozenset({"matter", "person", "reported_on"}),
        on=query.on,
    )


async def _asked(session: AsyncSession, person: Viewer, query: Query, on: dt.date) -> Sequence[AssignmentRow]:
    """The assignments that are named, or those that the filters let through."""
    named = [one.id for one in query.objects if one.subject is Subject.ASSIGNMENT]
    by = {organisation.id for organisation in query.organisations}
    if named:
        known = [await assignment_overview.get_assignment(session, person, one, on=on) for one in named]
        return [one for one in known if not by or one.receiver_organisation_id in by]
    matters = [one.id for one in query.objects if one.subject is Subject.MATTER]
    filters = AssignmentFilters(
        on=on,
        late=query.late,
        without_owner=query.lacks is Lacks.OWNER,
        without_due_date=query.lacks is Lacks.DATE,
        organ=query.organ,
        matter_id=matters[0] if len(matters) == 1 else None,
        organisation_id=query.organisations[0].id if query.organisations else None,
        person_id=query.people[0].id if query.people else None,
    )
    found, _ = await assignment_overview.list_assignments(session, person, filters, limit=MOST)
    return [one for one in found if _assignment_fits(one, query)]


def _assignment_fits(one: AssignmentRow, query: Query) -> bool:
    wanted = {"pågår": {Status.ONGOING}, "avslutat": {Status.CLOSED}, "förslag": {Status.PROPOSED}}
    statuses = set().union(*(wanted[status] for status in query.statuses if status in wanted))
    if not mentioned(query, one.title, one.to_whom, one.receiver_person, one.receiver, one.matter, one.report):
        return False
    day = one.given_on if query.given else one.due_on
    if query.period is not None and not (day and query.period.first <= day <= query.period.last):
        return False
    if query.since is not None and query.done and not (one.reported_on and one.reported_on >= query.since):
        return False
    if query.done is not None:
        return one.status in (REPORTED if query.done else OPEN)
    if query.lacks is not None and one.status in {Status.PROPOSED, Status.LAPSED}:
        return False
    return not statuses or one.status in statuses


def _assignment_told(one: AssignmentRow, query: Query) -> str:
    whom = " och ".join(dict.fromkeys(name for name in (one.to_whom, one.receiver_person) if name))
    if query.wanted is Wanted.OWNER:
        lead = (
            f"Uppdraget ”{one.title}” är givet till {whom}."
            if whom
            else f"Uppdraget ”{one.title}” har ingen mottagare."
        )
    else:
        stands = words(one).replace("försenad ", "försenat ")
        lead = f"Uppdraget ”{one.title}” {stands if stands.startswith('pågår') else f'är {stands}'}."
        lead += f" Det är givet till {whom}." if whom and one.status is not Status.PROPOSED else ""
    due = f" Det ska vara klart {format_date(one.due_on)}." if one.due_on and one.status in OPEN else ""
    reported = (
        f" Det rapporterades {format_date(one.reported_on)}: {one.report}"
        if one.reported_on and one.status in REPORTED
        else ""
    )
    return f"{lead}{due}{reported}"


def _assignment(one: AssignmentRow) -> Row:
    reported = one.reported_on if one.status in REPORTED else None
    values = (words(one), one.to_whom, one.receiver_person, one.due_on, reported, one.matter)
    return row("assignment", one.id, one.title, values, page=("matter", one.matter_id))
