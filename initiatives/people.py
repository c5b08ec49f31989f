"""People, and their memberships: in which organisation somebody is what, from when and until when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, and_, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, organisations, passwords, roles, values
from initiatives.access import (
    IS_SYSTEM_SQL,
    MAY_ADMINISTER_SQL,
    ORGANISATION_SQL,
    PERSON_SQL,
    SEES_ALL_SQL,
    Role,
    Viewer,
    protect,
    require_administrator,
    sees_all,
)
from initiatives.base import Base, add_new, new_id, text_enum, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.organisations import Organisation
from initiatives.sharing import RESPONSIBLE_SQL
from initiatives.swedish import sort_key_sql


class Person(Base):
    """Somebody who signs in or is responsible for something; `email` is kept in lower case."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Membership(Base):
    """What a person is in an organisation; open until `left_at`, and at most one is open in each organisation.

    `from_directory` says that an identity provider's group gives it, and takes it away.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role <> 'system'", name="of_a_person"),
        Index(
            "ix_membership_open", "person_id", "organisation_id", unique=True, postgresql_where=text("left_at IS NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    joined_at: Mapped[datetime] = mapped_column(default=utcnow)
    left_at: Mapped[datetime | None]
    from_directory: Mapped[bool] = mapped_column(default=False)


_COLLEAGUES = " ".join(
    ("SELECT person_id FROM membership WHERE", f"organisation_id = {ORGANISATION_SQL} AND left_at IS NULL")
)
_SEEN = f"{SEES_ALL_SQL} OR person_id = {PERSON_SQL} OR (organisation_id = {ORGANISATION_SQL} AND left_at IS NULL)"
_LEAVES = f"{MAY_ADMINISTER_SQL} OR (person_id = {PERSON_SQL} AND left_at IS NULL)"
_LEFT = f"{MAY_ADMINISTER_SQL} OR (person_id = {PERSON_SQL} AND left_at IS NOT NULL)"

POLICIES: tuple[str, ...] = (
    *protect(
        "person",
        read=" OR ".join(
            (
                SEES_ALL_SQL,
                f"id = {PERSON_SQL}",
                f"id IN ({_COLLEAGUES})",
                f"id IN ({RESPONSIBLE_SQL})",
            )
        ),
        write=MAY_ADMINISTER_SQL,
    ),
    "ALTER TABLE membership ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE membership FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY membership_read ON membership FOR SELECT USING ({_SEEN})",
    f"CREATE POLICY membership_insert ON membership FOR INSERT WITH CHECK ({MAY_ADMINISTER_SQL})",
    f"CREATE POLICY membership_update ON membership FOR UPDATE USING ({_LEAVES}) WITH CHECK ({_LEFT})",
    f"CREATE POLICY membership_delete ON membership FOR DELETE USING ({IS_SYSTEM_SQL})",
)
"""A partner sees colleagues, and those who are responsible for what is shared with them, if the profile says so.

Anyone may leave.
"""


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A membership as it is shown; it is open while `left_at` is None."""

    id: UUID
    person_id: UUID
    person: str
    organisation_id: UUID
    organisation: str
    role: Role
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as shown in lists: no secrets. Of the open memberships, those that the viewer sees; the oldest first."""

    id: UUID
    name: str
    email: str
    active: bool
    memberships: tuple[MembershipRow, ...]


async def create_person(
    session: AsyncSession,
    person: Viewer,
    *,
    name: str,
    email: str,
    organisation_id: UUID,
    role: Role | str,
    password: str | None = None,
) -> Person:
    """Add a person with one membership, who can sign in once there is a password.

    Raises `AlreadyExists` if the e-mail address is taken (upper and lower case are the same), `InvalidValue` for an
    unknown organisation, a role that it cannot hold or a password that is too short.
    """
    require_administrator(person)
    wanted = given_role(role)
    roles.require_place(wanted, await place_of(session, organisation_id))
    added = Person(
        id=new_id(),
        name=values.line(name, field="name"),
        email=address(email),
        password_hash=None if password is None else await passwords.hash_password(password),
        active=True,
    )
    await add_new(
        session, added, AlreadyExists(f"Det finns redan en person med adressen {added.email}.", field="email")
    )
    session.add(Membership(id=new_id(), person_id=added.id, organisation_id=organisation_id, role=wanted))
    await session.flush()
    after = {"name": added.name, "email": added.email, "organisation_id": organisation_id, "role": wanted}
    activity.record(session, person, "skapade", "person", added.id, after=after)
    return added


def given_role(role: str) -> Role:
    """Return a role that people can have, by its value; the system's own is none."""
    if role == Role.SYSTEM:
        raise InvalidValue("Rollen system kan inte ges till en person.", field="role")
    return values.choice(Role, role, field="role")


async def place_of(session: AsyncSession, organisation_id: UUID) -> roles.Place:
    """Return what decides which roles an organisation may hold; raise `InvalidValue` if there is no such one."""
    try:
        organisation = await organisations.get_organisation(session, organisation_id)
    except NotFound:
        raise InvalidValue("Organisationen finns inte. Lägg till den först.", field="organisation_id") from None
    if organisation.parent_id is None:
        return organisation.kind, None
    return organisation.kind, (await organisations.get_organisation(session, organisation.parent_id)).kind


def visible_memberships(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Membership` for which ones the person sees: all, or their own and their colleagues'."""
    if sees_all(person):
        return true()
    here = and_(Membership.organisation_id == person.organisation_id, Membership.left_at.is_(None))
    return or_(Membership.person_id == person.person_id, here)


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Person` for whom the person sees: everyone, or only colleagues and themselves."""
    if sees_all(person):
        return true()
    here = Membership.organisation_id == person.organisation_id, Membership.left_at.is_(None)
    return or_(Person.id == person.person_id, Person.id.in_(select(Membership.person_id).where(*here)))


async def list_people(
    session: AsyncSession,
    person: Viewer,
    *,
    active_only: bool = True,
    organisation_id: UUID | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[PersonRow], int]:
    """Return the people that the person sees, in Swedish alphabetical order, and how many there are in all.

    `active_only` leaves out closed accounts and those who have left everything, `organisation_id` all but its members.
    """
    belongs = select(Membership.person_id).where(visible_memberships(person), Membership.left_at.is_(None))
    if organisation_id is not None:
        belongs = belongs.where(Membership.organisation_id == organisation_id)
    where: list[ColumnElement[bool]] = [visible_to(person)]
    where += [Person.active.is_(True)] if active_only else []
    where += [Person.id.in_(belongs)] if active_only or organisation_id is not None else []
    total = await session.scalar(select(func.count()).select_from(Person).where(*where))
    found = (
        await session.execute(
            _PEOPLE.where(*where).order_by(sort_key_sql(Person.name), Person.id).limit(limit).offset(offset)
        )
    ).all()
    open_ones = await open_memberships(session, person, [row[0] for row in found])
    return [PersonRow(*row, memberships=open_ones.get(row[0], ())) for row in found], total or 0


async def get_person(session: AsyncSession, person: Viewer, person_id: UUID) -> PersonRow:
    """Return somebody that the person sees, otherwise raise `NotFound`."""
    row = (await session.execute(_PEOPLE.where(visible_to(person), Person.id == person_id))).one_or_none()
    if row is None:
        raise NotFound("Personen finns inte.")
    return PersonRow(*row, memberships=(await open_memberships(session, person, [person_id])).get(person_id, ()))


async def find_by_email(session: AsyncSession, email: str) -> Person:
    """Return the person with this address, active or not; raise `NotFound`. For the system and the command line."""
    found = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"Det finns ingen person med adressen {email}.", field="email")
    return found


async def viewers_of(session: AsyncSession, person_id: UUID) -> Sequence[Viewer]:
    """Return an active person as each of those they can act as: one for each open membership, the oldest first."""
    rows = await session.execute(
        acting().where(Membership.person_id == person_id).order_by(Membership.joined_at, Membership.id)
    )
    return [viewer(membership, name) for membership, name in rows]


def acting() -> Select[Membership, str]:
    """Return the query for memberships that somebody can act in now, with the person's name."""
    return select(Membership, Person.name).join(Person, Person.id == Membership.person_id).where(is_open())


def is_open() -> ColumnElement[bool]:
    """Return the condition on `Membership`, with its `Person` beside it, for those that can be acted in now."""
    return and_(Person.active, Membership.left_at.is_(None))


def viewer(membership: Membership, name: str) -> Viewer:
    """Return the person called `name` acting in the membership."""
    return Viewer(membership.person_id, membership.organisation_id, membership.role, name, membership_id=membership.id)


def address(text: str) -> str:
    """Return an e-mail address as it is kept, or raise `InvalidValue`."""
    written = values.line(text, field="email", longest=254).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", written):
        raise InvalidValue("Det är inte en e-postadress. Skriv till exempel namn@region.se.", field="email")
    return written


MEMBERSHIP_ROWS = (
    select(
        Membership.id,
        Membership.person_id,
        Person.name.label("person"),
        Membership.organisation_id,
        Organisation.name.label("organisation"),
        Membership.role,
        Membership.joined_at,
        Membership.left_at,
    )
    .join(Person, Person.id == Membership.person_id)
    .join(Organisation, Organisation.id == Membership.organisation_id)
)

_PEOPLE = select(Person.id, Person.name, Person.email, Person.active)


async def open_memberships(
    session: AsyncSession, person: Viewer, people: Sequence[UUID]
) -> Mapping[UUID, tuple[MembershipRow, ...]]:
    """Return, of those that the person sees, the open memberships of each of `people` who has any; the oldest first."""
    rows = await session.execute(
        MEMBERSHIP_ROWS.where(
            visible_memberships(person), Membership.left_at.is_(None), Membership.person_id.in_(people)
        ).order_by(Membership.joined_at, Membership.id)
    )
    found: dict[UUID, tuple[MembershipRow, ...]] = {}
    for row in rows:
        found[row.person_id] = (*found.get(row.person_id, ()), MembershipRow(*row))
    return found
