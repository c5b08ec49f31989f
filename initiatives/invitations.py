"""Invitations: somebody is asked into an organisation, in a role, by a link that works once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, organisations, people, roles, tokens
from initiatives.access import IS_SYSTEM_SQL, MAY_ADMINISTER_SQL, MAY_WRITE_SQL, ROLE_SQL, SYSTEM, Role, Viewer
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import AlreadyExists, NotAllowed, NotFound
from initiatives.memberships import join
from initiatives.organisations import Organisation
from initiatives.people import Membership, Person


class Invitation(Base):
    """A person with this address may join the organisation in this role; the token exists only in the link."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


_TO_MUNICIPALITIES = "organisation_id IN (SELECT id FROM organisation WHERE kind = 'kommun')"
_BY_PROGRAMME_GROUP = f"{ROLE_SQL} = 'programgrupp' AND role IN ('kommunpartner', 'läsare') AND {_TO_MUNICIPALITIES}"
_GIVES = f"{MAY_ADMINISTER_SQL} OR ({_BY_PROGRAMME_GROUP})"

POLICIES: tuple[str, ...] = (
    "ALTER TABLE invitation ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE invitation FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY invitation_read ON invitation FOR SELECT USING ({MAY_WRITE_SQL})",
    f"CREATE POLICY invitation_insert ON invitation FOR INSERT WITH CHECK ({_GIVES})",
    f"CREATE POLICY invitation_update ON invitation FOR UPDATE USING ({_GIVES}) WITH CHECK ({_GIVES})",
    f"CREATE POLICY invitation_delete ON invitation FOR DELETE USING ({IS_SYSTEM_SQL})",
)
"""As `initiatives.roles` has it: administrators invite anybody, the programme group only to the municipalities."""

LIFETIME = timedelta(days=14)
_GONE = "Inbjudan gäller inte. Den kan vara använd, återkallad eller för gammal. Be om en ny."


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as it is shown; never its token. `invited_by` is a name, None for the command line."""

    id: UUID
    email: str
    organisation_id: UUID
    organisation: str
    role: Role
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the holder of a link is told: where to, as what, and whether the address has an account already."""

    email: str
    organisation: str
    role: Role
    has_account: bool


async def invite(
    session: AsyncSession, person: Viewer, *, email: str, organisation_id: UUID, role: Role | str
) -> tuple[InvitationRow, str]:
    """Invite an address; return the invitation and the token of its link, which is shown once and never stored.

    An open invitation of the same address to the organisation is withdrawn. Raises `NotAllowed` for a role or a place
    that the person may not give, `InvalidValue`, or `AlreadyExists` if the address belongs to a member.
    """
    _require_inviter(person)
    written, wanted = people.address(email), people.given_role(role)
    place = await people.place_of(session, organisation_id)
    roles.require_giver(person, wanted, place)
    roles.require_place(wanted, place)
    member = select(Membership.id).join(Person, Person.id == Membership.person_id)
    here = Membership.organisation_id == organisation_id, Membership.left_at.is_(None)
    if await session.scalar(member.where(Person.email == written, *here)) is not None:
        raise AlreadyExists(f"{written} är redan med i organisationen.", field="email")
    same = Invitation.email == written, Invitation.organisation_id == organisation_id
    for old in await session.scalars(_pending(*same)):
        await _withdraw(session, person, old)
    token, now = tokens.new(), utcnow()
    invitation = Invitation(
        id=new_id(),
        email=written,
        organisation_id=organisation_id,
        role=wanted,
        invited_by=person.person_id,
        token_sha256=tokens.digest(token),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    await session.flush()
    after = {"email": written, "organisation_id": organisation_id, "role": wanted}
    activity.record(session, person, "bjöd in", "invitation", invitation.id, after=after)
    return await get_invitation(session, person, invitation.id), token


async def list_invitations(
    session: AsyncSession, person: Viewer, *, open_only: bool = True, limit: int = 20, offset: int = 0
) -> tuple[Sequence[InvitationRow], int]:
    """Return invitations, the newest first, and how many there are; raise `NotAllowed` for one who invites nobody.

    `open_only` leaves out those that are accepted, withdrawn or too old.
    """
    _require_inviter(person)
    where = _open() if open_only else ()
    total = await session.scalar(select(func.count()).select_from(Invitation).where(*where))
    rows = await session.execute(_ROWS.where(*where).order_by(Invitation.id.desc()).limit(limit).offset(offset))
    return [InvitationRow(**row) for row in rows.mappings()], total or 0


async def get_invitation(session: AsyncSession, person: Viewer, invitation_id: UUID) -> InvitationRow:
    """Return one invitation; raise `NotFound`, or `NotAllowed` for one who invites nobody."""
    _require_inviter(person)
    row = (await session.execute(_ROWS.where(Invitation.id == invitation_id))).mappings().one_or_none()
    if row is None:
        raise NotFound("Inbjudan finns inte.")
    return InvitationRow(**row)


async def withdraw(session: AsyncSession, person: Viewer, invitation_id: UUID) -> None:
    """Make the link of an open invitation useless; raise `NotFound`, or `NotAllowed` for one who may not invite so."""
    _require_inviter(person)
    found = await session.scalar(_pending(Invitation.id == invitation_id))
    if found is None:
        raise NotFound("Inbjudan finns inte, eller gäller inte längre.")
    roles.require_giver(person, found.role, await people.place_of(session, found.organisation_id))
    await _withdraw(session, person, found)


async def offer(session: AsyncSession, token: str) -> Offer:
    """Return what a link offers; raise `NotFound`, alike for every link that does not hold.

    Wants the system's scope.
    """
    invitation = await _held(session, token)
    organisation = await organisations.get_organisation(session, invitation.organisation_id)
    account = await session.scalar(select(Person.id).where(Person.email == invitation.email))
    return Offer(invitation.email, organisation.name, invitation.role, account is not None)


async def accept(session: AsyncSession, token: str, *, name: str, password: str) -> Person:
    """Make an account for the holder of a link, whose address has none; return it. Wants the system's scope.

    Raises `NotFound` as `offer`, `AlreadyExists` if the address has an account, `InvalidValue`.
    """
    invitation = await _held(session, token)
    person = await people.create_person(
        session,
        SYSTEM,
        name=name,
        email=invitation.email,
        organisation_id=invitation.organisation_id,
        role=invitation.role,
        password=password,
    )
    _accepted(session, invitation, person.id)
    return person


async def accept_as(session: AsyncSession, token: str, person: Person) -> UUID:
    """Add what a link offers to somebody who has signed in; return their new membership. Wants the system's scope.

    Raises `NotFound` as `offer`, `NotAllowed` if the invitation is for another address, `AlreadyExists`.
    """
    invitation = await _held(session, token)
    if invitation.email != person.email:
        raise NotAllowed("Inbjudan gäller en annan e-postadress än din. Logga ut och öppna länken igen.")
    roles.require_place(invitation.role, await people.place_of(session, invitation.organisation_id))
    membership_id = await join(session, SYSTEM, person.id, invitation.organisation_id, invitation.role)
    _accepted(session, invitation, person.id)
    return membership_id


async def _held(session: AsyncSession, token: str) -> Invitation:
    """Return the open invitation with this token, locked, if whoever invited may still do so."""
    found = await session.scalar(_pending(Invitation.token_sha256 == tokens.digest(token)).with_for_update())
    if found is None or not await _still_given(session, found):
        raise NotFound(_GONE)
    return found


async def _still_given(session: AsyncSession, invitation: Invitation) -> bool:
    if invitation.invited_by is None:
        return True
    place = await people.place_of(session, invitation.organisation_id)
    inviters = await people.viewers_of(session, invitation.invited_by)
    return any(invitation.role in roles.may_give(one, place) for one in inviters)


def _accepted(session: AsyncSession, invitation: Invitation, person_id: UUID) -> None:
    invitation.accepted_at, invitation.accepted_by = utcnow(), person_id
    activity.record(session, SYSTEM, "antog", "invitation", invitation.id, after={"accepted_by": person_id})


async def _withdraw(session: AsyncSession, person: Viewer, invitation: Invitation) -> None:
    invitation.withdrawn_at = utcnow()
    activity.record(session, person, "återkallade", "invitation", invitation.id)
    await session.flush()


def _require_inviter(person: Viewer) -> None:
    if person.role not in roles.GIVEN:
        raise NotAllowed("Du får inte bjuda in någon. Be programgruppen eller en administratör om hjälp.")


def _pending(*where: ColumnElement[bool]) -> Select[Invitation]:
    return select(Invitation).where(*_open(), *where)


def _open() -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > utcnow()


_ROWS = (
    select(
        Invitation.id,
        Invitation.email,
        Invitation.organisation_id,
        Organisation.name.label("organisation"),
        Invitation.role,
        Person.name.label("invited_by"),
        Invitation.created_at,
        Invitation.expires_at,
        Invitation.accepted_at,
        Invitation.withdrawn_at,
    )
    .join(Organisation, Organisation.id == Invitation.organisation_id)
    .outerjoin(Person, Person.id == Invitation.invited_by)
)
