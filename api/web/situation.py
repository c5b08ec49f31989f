"""Läget: what needs somebody today, for those who see the whole register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from litestar import get
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web.calendar import LOOKS
from api.web.findings import SEVERITIES
from api.web.pages import page
from initiatives import activity, deadlines, findings, history, kinds, overview
from initiatives.access import Viewer, sees_all
from initiatives.activity import ActivityRow
from initiatives.deadlines import Deadline, Filters, State
from initiatives.errors import NotFound
from initiatives.suggestions import listing
from initiatives.swedish import today

SOON = timedelta(days=14)
MOST = 8
MOST_NEWS, LOOKED_THROUGH = 12, 200
"""How many lines of the diary are told, and how many are looked through: not all are about something with a page."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that was done: who did what to which thing, and where its page is."""

    who: str
    action: str
    kind: str
    title: str
    address: str | None
    at: datetime


@get("/laget", include_in_schema=False)
async def situation_page(session: Session, person: Person) -> Template:
    """Show what is late, what comes within two weeks, what does not hold together and what has been done."""
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")
    mine, mine_total = await _dates(session, person, State.LATE, mine=True)
    late, late_total = await _dates(session, person, State.LATE)
    soon, soon_total = await _dates(session, person, State.OPEN)
    open_ones = findings.Filters(states=(findings.State.OPEN,))
    wrong, wrong_total = await findings.list_findings(session, person, open_ones, limit=MOST)
    done, _ = await activity.list_activity(session, person, limit=LOOKED_THROUGH)
    return page(
        "situation.html",
        today=today(),
        days=SOON.days,
        mine=mine,
        mine_total=mine_total,
        late=late,
        late_total=late_total,
        soon=soon,
        soon_total=soon_total,
        findings=wrong,
        findings_total=wrong_total,
        suggested=await listing.count_open(session, person),
        counts=await overview.count_by_status(session, person),
        news=await _news(session, done),
        states=LOOKS,
        severities=SEVERITIES,
        place=kinds.address,
    )


async def _dates(
    session: AsyncSession, person: Viewer, state: State, *, mine: bool = False
) -> tuple[Sequence[Deadline], int]:
    until = today() + SOON if state is State.OPEN else None
    chosen = Filters(states=(state,), to_on=until, involving=person if mine else None)
    return await deadlines.list_deadlines(session, person, chosen, limit=MOST)


async def _news(session: AsyncSession, rows: Sequence[ActivityRow]) -> list[News]:
    """Return what was done to things that have a page, newest first."""
    known = [row for row in rows if kinds.address(row.subject_type, row.subject_id)][:MOST_NEWS]
    names = await history.names_of_rows(session, [(row.subject_type, str(row.subject_id)) for row in known])
    told = []
    for row in known:
        ref = (row.subject_type, str(row.subject_id))
        if ref in names:
            word, place = kinds.KINDS[row.subject_type].word, kinds.address(*ref)
            told.append(News(row.person_name, row.action, word, names[ref], place, row.at))
    return told


ROUTES = (situation_page,)
