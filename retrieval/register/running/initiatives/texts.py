"""What the reports and the free text of an initiative say: what was done, what is next, what stands in the way."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import dependencies, effects, reports
from initiatives.access import Viewer
from initiatives.errors import NotAllowed, NotFound
from initiatives.overview import InitiativeRow
from initiatives.reports import ReportRow
from initiatives.swedish import format_date
from retrieval.register.running.found import enumerated, sentence


async def newest(session: AsyncSession, person: Viewer, one: InitiativeRow) -> ReportRow | None:
    """The newest progress report that the person sees, if there is one."""
    if one.reported_on is None:
        return None
    try:
        rows, _ = await reports.list_reports(session, person, one.id)
    except (NotFound, NotAllowed):
        return None
    return max(rows, key=lambda report: report.reported_on, default=None)


def report(one: InitiativeRow, newest: ReportRow | None) -> str:
    """What the newest report says, in words."""
    if newest is None:
        return f"Registret visar ingen lägesrapport för {one.title}."
    parts = [f"Lägesrapporten den {format_date(newest.reported_on)} om {one.title} säger {newest.health}."]
    parts += [sentence("Gjort", newest.done), sentence("Härnäst", newest.next), sentence("Hinder", newest.obstacles)]
    return " ".join(filter(None, parts))


def next_step(one: InitiativeRow, newest: ReportRow | None) -> str:
    """What comes next, by the initiative itself and by its newest report."""
    own = sentence(f"Nästa steg för {one.title}", "; ".join((one.next_steps or "").splitlines()))
    theirs = ""
    if newest is not None:
        theirs = sentence(f"Lägesrapporten den {format_date(newest.reported_on)} säger härnäst", newest.next)
    told = " ".join(filter(None, (own, theirs)))
    return told or f"Registret säger inget om nästa steg för {one.title}."


def obstacles(one: InitiativeRow, newest: ReportRow | None) -> str:
    """What stands in the way, and why, as far as the register says it."""
    said = ""
    if newest is not None:
        told = f"Lägesrapporten den {format_date(newest.reported_on)} om {one.title} säger {newest.health}. Hinder"
        said = sentence(told, newest.obstacles)
    return (
        " ".join(filter(None, (said, sentence("Skäl", one.reason or ""))))
        or f"Registret visar inga hinder för {one.title}."
    )


async def waits(session: AsyncSession, person: Viewer, one: InitiativeRow) -> tuple[str, ...]:
    """What an initiative waits for, and what waits for it, in words; then the names of the others."""
    rows = await dependencies.list_dependencies(session, person, one.id)
    first = [row.depends_on for row in rows if row.initiative_id == one.id]
    then = [row.initiative for row in rows if row.depends_on_id == one.id]
    told = [f"{one.title} väntar på {enumerated(first)}."] if first else []
    told += [f"På {one.title} väntar {enumerated(then)}."] if then else []
    lead = " ".join(told) or f"{one.title} väntar inte på något annat initiativ i registret."
    return lead, *first, *then


async def content(session: AsyncSession, person: Viewer, one: InitiativeRow) -> tuple[str, ...]:
    """What an initiative is about, and what it is expected to give, in words; then the texts that say so."""
    expected = await effects.list_effects(session, person, one.id)
    wanted = "; ".join(effect.description.rstrip(".") for effect in expected)
    lead = " ".join(filter(None, (sentence(one.title, one.summary or ""), sentence("Väntad effekt", wanted))))
    return lead, one.summary or "", wanted
