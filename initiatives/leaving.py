"""Closing an account and opening it again, and what somebody who leaves has to hand over."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, credentials, overview
from initiatives.access import Role, Viewer, require_administrator
from initiatives.errors import NotFound
from initiatives.memberships import require_another_administrator
from initiatives.overview import Filters, InitiativeRow
from initiatives.people import Membership, Person, visible_to
from initiatives.workflow import Status

MOST = 1000
_OVER = frozenset({Status.FINISHED, Status.CANCELLED})


async def close_account(session: AsyncSession, person: Viewer, person_id: UUID) -> Person:
    """Stop somebody from signing in; their sessions end for good, what they have done is kept.

    Raises `NotFound`, or `LastAdministrator` if nobody else is one.
    """
    found = await _account(session, person, person_id)
    if not found.active:
        return found
    mine = Membership.person_id == person_id, Membership.left_at.is_(None), Membership.role == Role.ADMINISTRATOR
    if await session.scalar(select(Membership.id).where(*mine).limit(1)) is not None:
        await require_another_administrator(session, Membership.person_id != person_id)
    found.active = False
    await session.flush()
    await credentials.end_sessions(session, credentials.LoginSession.person_id == person_id)
    activity.record(
        session, person, "stängde av", "person", person_id, before={"active": True}, after={"active": False}
    )
    return found


async def reopen_account(session: AsyncSession, person: Viewer, person_id: UUID) -> Person:
    """Let somebody sign in again, as what they still are; no old session comes back. Raises `NotFound`."""
    found = await _account(session, person, person_id)
    if not found.active:
        found.active = True
        activity.record(
            session, person, "öppnade", "person", person_id, before={"active": False}, after={"active": True}
        )
    return found


async def to_hand_over(session: AsyncSession, person: Viewer, person_id: UUID) -> Sequence[InitiativeRow]:
    """Return the initiatives, of those the person sees, that `person_id` answers for and that are not over."""
    rows, _ = await overview.list_initiatives(session, person, Filters(responsible_id=person_id), limit=MOST)
    return [row for row in rows if row.status not in _OVER]


async def _account(session: AsyncSession, person: Viewer, person_id: UUID) -> Person:
    found = await session.scalar(select(Person).where(visible_to(person), Person.id == person_id))
    if found is None:
        raise NotFound("Personen finns inte.")
    require_administrator(person)
    return found
