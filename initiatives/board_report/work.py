"""The work in a report to the board: what is done, what goes on, what is late and what comes next."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import assignment_overview, deadlines, milestones
from initiatives.access import Viewer
from initiatives.board_report.lines import Dated, Ongoing
from initiatives.board_report.scope import ALL, Scope
from initiatives.deadlines import Deadline, State
from initiatives.funds import BudgetLink, visible_to
from initiatives.grants import reading
from initiatives.swedish import sort_key
from initiatives.workflow import Status


async def done(session: AsyncSession, person: Viewer, about: Scope) -> tuple[Dated, ...]:
    """Return what was done in the period, newest first: initiatives, milestones, assignments, demands of grants."""
    found = [
        Dated("initiativ", "initiative", one.id, one.title, one.ends_on, one.lead_organisation.name, one.outcome or "")
        for one in about.initiatives
        if one.status is Status.FINISHED and one.ends_on is not None and about.falls(one.ends_on)
    ]
    found += await _milestones(session, person, about)
    found += await _assignments(session, person, about)
    found += await _demands(session, person, about)
    return tuple(sorted(found, key=lambda one: (-one.on.toordinal(), sort_key(one.title))))


async def ongoing(session: AsyncSession, person: Viewer, about: Scope) -> tuple[Ongoing, ...]:
    """Return the initiatives that go on, by title, with what they use of the funds."""
    rows = [one for one in about.initiatives if one.status is Status.ONGOING]
    sums = select(BudgetLink.initiative_id, func.sum(BudgetLink.amount_kronor)).where(visible_to(person))
    mine = sums.where(BudgetLink.initiative_id.in_([one.id for one in rows])).group_by(BudgetLink.initiative_id)
    used = {one: int(kronor) for one, kronor in await session.execute(mine)}
    return tuple(
        Ongoing(
            id=one.id,
            title=one.title,
            organisation=one.lead_organisation.name,
            responsible=one.responsible.name if one.responsible else "",
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            health=one.health,
            reported_on=one.reported_on,
            linked_kronor=used.get(one.id, 0),
        )
        for one in rows
    )


async def late(session: AsyncSession, person: Viewer, about: Scope) -> tuple[Dated, ...]:
    """Return what is late on the report's day, the oldest first."""
    rows, _ = await deadlines.list_deadlines(
        session, person, deadlines.Filters(states=(State.LATE,)), on=about.on, limit=ALL
    )
    return tuple(_told(about, rows))


async def coming(session: AsyncSession, person: Viewer, about: Scope, to_on: date) -> tuple[Dated, ...]:
    """Return what is due from the report's day to another, earliest first."""
    filters = deadlines.Filters(from_on=about.on, to_on=to_on, states=(State.OPEN,))
    rows, _ = await deadlines.list_deadlines(session, person, filters, on=about.on, limit=ALL)
    return tuple(_told(about, rows))


def _told(about: Scope, rows: Iterable[Deadline]) -> Iterable[Dated]:
    for one in rows:
        if about.holds(one.subject_type, one.subject_id):
            days = (about.on - one.last_day).days
            note = f"{days} {'dag' if days == 1 else 'dagar'} sen" if one.state is State.LATE else one.warning or ""
            whose = ", ".join(name for name in (one.organisation, one.person) if name)
            yield Dated(one.kind, one.subject_type, one.subject_id, one.title, one.last_day, whose, note)


async def _milestones(session: AsyncSession, person: Viewer, about: Scope) -> list[Dated]:
    of = {one.id: one for one in about.initiatives}
    return [
        Dated("milstolpe", "initiative", one.initiative_id, one.title, one.done_on, one.responsible or "", "")
        for one in await milestones.list_milestones(session, person, *of)
        if one.done_on is not None and about.falls(one.done_on)
    ]


async def _assignments(session: AsyncSession, person: Viewer, about: Scope) -> list[Dated]:
    rows, _ = await assignment_overview.list_assignments(session, person, limit=ALL)
    return [
        Dated("uppdrag", "assignment", one.id, one.title, one.reported_on, one.to_whom, one.report)
        for one in rows
        if one.reported_on is not None and about.falls(one.reported_on) and about.holds("matter", one.matter_id)
    ]


async def _demands(session: AsyncSession, person: Viewer, about: Scope) -> list[Dated]:
    if about.node:
        return []
    grants, _ = await reading.list_grants(session, person)
    return [
        Dated("statsbidrag", "grant_agreement", grant.id, f"{grant.name}: {one.kind.value}", one.done_on, whose, "")
        for grant in grants
        for one in grant.obligations
        if one.is_done and one.done_on is not None and about.falls(one.done_on)
        for whose in [one.responsible or grant.organisation]
    ]
