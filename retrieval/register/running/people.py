"""What somebody has to do: the initiatives, assignments and indicators that a person or an organisation answers for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignment_overview, overview, people
from initiatives.access import Viewer
from initiatives.assignment_overview import AssignmentFilters
from initiatives.indicators import standing
from initiatives.overview import Filters
from retrieval.register.asking import Query, Wanted
from retrieval.register.running.decisions.standing import OPEN, words
from retrieval.register.running.found import MOST, SHOWN, Found, columns, count_fact, counted, enumerated, row
from retrieval.register.shown import Row

WORK = columns(("kind", "Vad", "text"), ("status", "Läge", "text"), ("due_on", "Senast", "date"))
PERSON = columns(("email", "E-post", "text"), ("organisation", "Organisation", "text"))


async def person_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """What a person answers for, or how the person is reached."""
    if not query.people:
        return None
    who = query.people[0]
    if query.address:
        found = await people.get_person(session, person, who.id)
        here = row(
            "person", found.id, found.name, (found.email, enumerated([one.organisation for one in found.memberships]))
        )
        return Found(lead=f"{found.name} nås på {found.email}.", columns=PERSON, rows=(here,), total=1, listed=False)
    initiatives, _ = await overview.list_initiatives(session, person, Filters(responsible_id=who.id), limit=MOST)
    assignments, _ = await assignment_overview.list_assignments(
        session, person, AssignmentFilters(on=today, person_id=who.id), limit=MOST
    )
    rows = [row("initiative", one.id, one.title, ("initiativ", one.status.value, one.ends_on)) for one in initiatives]
    rows += _assigned(assignments)
    measured, _ = await standing.list_indicators(session, person, limit=MOST)
    rows += [
        row("indicator", one.id, one.name, ("indikator", one.standing.verdict.value, one.due_on))
        for one in measured
        if one.responsible is not None and one.responsible.id == who.id
    ]
    return _told(who.name, rows)


def _assigned(assignments: Sequence[assignment_overview.AssignmentRow]) -> list[Row]:
    return [
        row("assignment", one.id, one.title, ("uppdrag", words(one), one.due_on), page=("matter", one.matter_id))
        for one in assignments
        if one.status in OPEN
    ]


async def organisation_run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """What an organisation leads and has been given to do."""
    if not query.organisations or query.wanted not in {Wanted.OWNER, Wanted.LIST, Wanted.COUNT, Wanted.STATUS}:
        return None
    who = query.organisations[0]
    initiatives, _ = await overview.list_initiatives(session, person, Filters(organisation_id=who.id), limit=MOST)
    assignments, _ = await assignment_overview.list_assignments(
        session, person, AssignmentFilters(on=today, organisation_id=who.id), limit=MOST
    )
    rows = [row("initiative", one.id, one.title, ("initiativ", one.status.value, one.ends_on)) for one in initiatives]
    return _told(who.name, [*rows, *_assigned(assignments)])


def _told(name: str, rows: Sequence[Row]) -> Found:
    if not rows:
        return Found(lead=f"Registret visar inget som {name} ansvarar för.", facts=(count_fact(0),))
    return Found(
        lead=f"{name} ansvarar för {counted(len(rows), 'sak', 'saker')}:",
        columns=WORK,
        rows=tuple(rows[:SHOWN]),
        total=len(rows),
        facts=(count_fact(len(rows)),),
        quiet=frozenset({"due_on"}),
    )
