"""Giving people what they are in an organisation, changing it and ending it; the last administrator stays one."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, credentials, roles
from initiatives.access import Role, Viewer, may_administer, require_administrator
from initiatives.base import add_new, new_id, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.people import (
    MEMBERSHIP_ROWS,
    Membership,
    MembershipRow,
    Person,
    given_role,
    place_of,
    visible_memberships,
    visible_to,
)
from initiatives.swedish import sort_key_sql

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('narplan administrators', 0))")


class LastAdministrator(NarplanError):
    """Without this administrator nobody could let anybody in."""

    title: ClassVar[str] = "Den sista administratören"


async def list_memberships(
    session: AsyncSession,
    person: Viewer,
    *,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    open_only: bool = True,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[MembershipRow], int]:
    """Return the memberships that the person sees, by the names of the people, and how many there are in all."""
    where = [visible_memberships(person)]
    where += [Membership.left_at.is_(None)] if open_only else []
    where += [Membership.organisation_id == organisation_id] if organisation_id else []
    where += [Membership.person_id == person_id] if person_id else []
    total = await session.scalar(select(func.count()).select_from(Membership).where(*where))
    rows = await session.execute(
        MEMBERSHIP_ROWS.where(*where)
        .order_by(sort_key_sql(Person.name), Membership.joined_at, Membership.id)
        .limit(limit)
        .offset(offset)
    )
    return [MembershipRow(*row) for row in rows], total or 0


async def get_membership(session: AsyncSession, person: Viewer, membership_id: UUID) -> MembershipRow:
    """Return a membership that the person sees, open or ended, otherwise raise `NotFound`."""
    row = (
        await session.execute(MEMBERSHIP_ROWS.where(visible_memberships(person), Membership.id == membership_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Medlemskapet finns inte.")
    return MembershipRow(*row)


async def add(
    session: AsyncSession, person: Viewer, *, person_id: UUID, organisation_id: UUID, role: Role | str
) -> MembershipRow:
    """Make somebody a member of one more organisation.

    Raises `AlreadyExists` if they are one, `InvalidValue` for an unknown person or organisation, or a role that it
    cannot hold.
    """
    require_administrator(person)
    if await session.scalar(select(Person.id).where(visible_to(person), Person.id == person_id)) is None:
        raise InvalidValue("Personen finns inte. Lägg till eller bjud in personen först.", field="person_id")
    wanted = given_role(role)
    roles.require_place(wanted, await place_of(session, organisation_id))
    membership_id = await join(session, person, person_id, organisation_id, wanted)
    return await get_membership(session, person, membership_id)


async def join(session: AsyncSession, person: Viewer, person_id: UUID, organisation_id: UUID, role: Role) -> UUID:
    """Open a membership that has been found in order; return its identifier, or raise `AlreadyExists`."""
    added = Membership(id=new_id(), person_id=person_id, organisation_id=organisation_id, role=role)
    taken = "Personen är redan med i organisationen. Ändra rollen i stället."
    await add_new(session, added, AlreadyExists(taken, field="organisation_id"))
    after = {"person_id": person_id, "organisation_id": organisation_id, "role": role}
    activity.record(session, person, "skapade", "membership", added.id, after=after)
    return added.id


async def change_role(session: AsyncSession, person: Viewer, membership_id: UUID, role: Role | str) -> MembershipRow:
    """Give an open membership another role, which holds from the person's next request.

    Raises `NotFound`, `InvalidValue`, or `LastAdministrator` if nobody else is one.
    """
    membership = await _open(session, person, membership_id)
    require_administrator(person)
    wanted = given_role(role)
    roles.require_place(wanted, await place_of(session, membership.organisation_id))
    if wanted != membership.role:
        if membership.role is Role.ADMINISTRATOR:
            await require_another_administrator(session, Membership.id != membership_id)
        before, membership.role = membership.role, wanted
        values = {"before": {"role": before}, "after": {"role": wanted}}
        activity.record(session, person, "ändrade", "membership", membership_id, **values)
        await session.flush()
    return await get_membership(session, person, membership_id)


async def leave(session: AsyncSession, person: Viewer, membership_id: UUID) -> MembershipRow:
    """End an open membership, and with it the sessions that act in it; one's own needs no administrator.

    Raises `NotFound`, `NotAllowed`, or `LastAdministrator` if nobody else is one.
    """
    membership = await _open(session, person, membership_id)
    if not may_administer(person) and person.membership_id != membership_id:
        raise NotAllowed("Bara en administratör kan avsluta andras medlemskap. Be er administratör om hjälp.")
    if membership.role is Role.ADMINISTRATOR:
        await require_another_administrator(session, Membership.id != membership_id)
    membership.left_at = utcnow()
    await session.flush()
    await credentials.end_sessions(session, credentials.LoginSession.membership_id == membership_id)
    activity.record(
        session, person, "avslutade", "membership", membership_id, before={"left_at": None},
        after={"left_at": membership.left_at},
    )  # fmt: skip
    return await get_membership(session, person, membership_id)


async def require_another_administrator(session: AsyncSession, *others: ColumnElement[bool]) -> None:
    """Return if somebody with an open account is an administrator among the `others`, who stays one meanwhile."""
    await session.execute(_ONE_AT_A_TIME)
    left = await session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.active, Membership.left_at.is_(None), Membership.role == Role.ADMINISTRATOR, *others)
    )
    if not left:
        raise LastAdministrator("Någon måste vara administratör. Gör först en annan person till administratör.")


async def _open(session: AsyncSession, person: Viewer, membership_id: UUID) -> Membership:
    seen = visible_memberships(person), Membership.id == membership_id, Membership.left_at.is_(None)
    found = await session.scalar(select(Membership).where(*seen))
    if found is None:
        raise NotFound("Medlemskapet finns inte, eller är redan avslutat.")
    return found
