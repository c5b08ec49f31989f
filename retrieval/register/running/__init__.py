"""Typed queries run through the functions of `initiatives`, with the rights of the person who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.errors import NotAllowed, NotFound
from retrieval.register.asking import Query, Subject
from retrieval.register.running import decisions, follow_up, grants, history, initiatives, measures, money
from retrieval.register.running.found import Found

Run = Callable[[AsyncSession, Viewer, Query, dt.date], Awaitable[Found | None]]

_BY_SUBJECT: Mapping[Subject, Run] = {
    Subject.INITIATIVE: initiatives.run,
    Subject.FUND: money.funds_run,
    Subject.ALLOCATION: money.allocations_run,
    Subject.GRANT: grants.run,
    Subject.GRANT_PART: grants.run,
    Subject.MEASURE: measures.run,
    Subject.FRAME: measures.run,
    Subject.MATTER: decisions.matters_run,
    Subject.DECISION: decisions.decisions_run,
    Subject.CLAUSE: decisions.clauses_run,
    Subject.ASSIGNMENT: decisions.assignments_run,
    Subject.DEADLINE: follow_up.deadlines_run,
    Subject.INDICATOR: follow_up.indicators_run,
    Subject.COVERAGE: follow_up.coverage_run,
    Subject.DISTRIBUTION: money.distributions_run,
    Subject.UNIT: money.distributions_run,
    Subject.CHANGE: history.changes_run,
}


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """What the register holds of what is asked; None where it holds nothing of the kind for the person."""
    try:
        if query.on is not None and query.objects and (then := await history.then(session, person, query)) is not None:
            return then
        chosen = _BY_SUBJECT.get(query.subject)
        return await chosen(session, person, query, today) if chosen else None
    except (NotFound, NotAllowed):
        return None
