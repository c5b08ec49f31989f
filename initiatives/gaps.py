"""Rules over the initiatives: what is missing where something is decided or going on, and dates that have passed."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, sees_all
from initiatives.checks import Check, Rule, Severity, Subject
from initiatives.initiatives import Initiative
from initiatives.swedish import format_date, today
from initiatives.workflow import Status

NOBODY = Rule("initiative-without-responsible", Severity.MEDIUM, "Ingen ansvarig")
NO_END = Rule("initiative-without-end", Severity.LOW, "Inget slutdatum")
PASSED = Rule("initiative-past-end", Severity.MEDIUM, "Slutdatum har passerat")
_LIVE = (Status.DECIDED, Status.ONGOING)


async def check(session: AsyncSession, person: Viewer) -> Sequence[Check]:
    """Return what the rules find among initiatives that are decided or going on; nothing to one who sees a part."""
    if not sees_all(person):
        return ()
    live = select(Initiative.id, Initiative.title, Initiative.responsible_id, Initiative.ends_on)
    rows = await session.execute(live.where(Initiative.status.in_(_LIVE)).order_by(Initiative.id))
    return [finding for row in rows for finding in _of_one(*row, on=today())]


def _of_one(
    initiative_id: UUID, title: str, responsible_id: UUID | None, ends_on: date | None, *, on: date
) -> Iterator[Check]:
    subject = Subject("initiative", initiative_id)
    if responsible_id is None:
        detail = f"”{title}” är beslutat eller pågår, men ingen är ansvarig. Utse någon."
        yield NOBODY.broken(detail, subject)
    if ends_on is None:
        detail = f"”{title}” har inget slutdatum. Sätt ett, eller skriv i granskningen varför det saknas."
        yield NO_END.broken(detail, subject)
    elif ends_on < on:
        detail = f"”{title}” skulle vara klart {format_date(ends_on)}. Avsluta det eller flytta datumet."
        yield PASSED.broken(detail, subject)
