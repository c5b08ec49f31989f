"""Typed queries run through the functions of `initiatives`, with the rights of the person who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.errors import NotAllowed, NotFound
from retrieval.register.asking import Query, Subject
from retrieval.register.running import (
    applications,
    coverage,
    deadlines,
    dialogue,
    grants,
    history,
    indicators,
    initiatives,
    measures,
    people,
)
from retrieval.register.running.decisions import assignments, clauses, decisions, matters
from retrieval.register.running.found import Found
from retrieval.register.running.money import allocations, distributions, funds

Run = Callable[[AsyncSession, Viewer, Query, dt.date], Awaitable[Found | None]]

_BY_SUBJECT: Mapping[Subject, Run] = {
    Subject.INITIATIVE: initiatives.run,
    Subject.FUND: funds.run,
    Subject.ALLOCATION: allocations.run,
    Subject.GRANT: grants.run,
    Subject.GRANT_PART: grants.run,
    Subject.MEASURE: measures.run,
    Subject.FRAME: measures.run,
    Subject.MATTER: matters.run,
    Subject.DECISION: decisions.run,
    Subject.CLAUSE: clauses.run,
    Subject.ASSIGNMENT: assignments.run,
    Subject.DEADLINE: deadlines.run,
    Subject.INDICATOR: indicators.run,
    Subject.COVERAGE: coverage.run,
    Subject.DISTRIBUTION: distributions.run,
    Subject.UNIT: distributions.run,
    Subject.CHANGE: history.changes_run,
    Subject.ROUND: applications.rounds_run,
    Subject.APPLICATION: applications.applications_run,
    Subject.MEETING: dialogue.meetings_run,
    Subject.AGREEMENT: dialogue.agreements_run,
    Subject.PERSON: people.person_run,
    Subject.ORGANISATION: people.organisation_run,
}


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """What the register holds of what is asked; None where it holds nothing of the kind for the person."""
    query = _of_the_year(query)
    try:
        if query.on is not None and query.objects and (then := await history.then(session, person, query)) is not None:
            return then
        chosen = _BY_SUBJECT.get(query.subject)
        return await chosen(session, person, query, today) if chosen else None
    except (NotFound, NotAllowed):
        return None


def _of_the_year(query: Query) -> Query:
    """Of things that differ by their year those of the one that is asked for, if there are any."""
    single = query.period.year if query.period else query.on.year if query.on else None
    years = set(query.years) if len(query.years) > 1 else {single}
    same = tuple(one for one in query.objects if one.year in years and one.year is not None)
    return replace(query, objects=same) if same else query
