"""Organisations and the people in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, passwords, values
from initiatives.access import (
    ORGANISATION_SQL,
    PERSON_SQL,
    SEES_ALL_SQL,
    Role,
    Viewer,
    protect,
    require_writer,
    sees_all,
)
from initiatives.base import Base, add_new, new_id, text_enum, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.sharing import RESPONSIBLE_SQL
from initiatives.swedish import sort_key_sql


class OrganisationKind(StrEnum):
    """Whether an organisation is the region, a municipality, or a unit within either."""

    REGION = "region"
    MUNICIPALITY = "kommun"
    UNIT = "enhet"


class Organisation(Base):
    """A region, a municipality or a unit; everyone who is signed in may see that it exists."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind, name="kind"))


class Person(Base):
    """Somebody who signs in or is responsible for something; `email` is kept in lower case."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def viewer(self) -> Viewer:
        """The person as the one on whose behalf something is read or written."""
        return Viewer(self.id, self.organisation_id, self.role, self.name)


POLICIES: tuple[str, ...] = protect(
    "person",
    read=" OR ".join(
        (
            SEES_ALL_SQL,
            f"id = {PERSON_SQL}",
            f"organisation_id = {ORGANISATION_SQL}",
            f"id IN ({RESPONSIBLE_SQL})",
        )
    ),
)
"""A partner sees colleagues, and those who are responsible for what is shared with them, if the profile says so."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as it is shown."""

    id: UUID
    name: str
    short_name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as shown in lists: no secrets."""

    id: UUID
    name: str
    email: str
    role: Role
    active: bool
    organisation_id: UUID
    organisation: str


async def create_organisation(
    session: AsyncSession, person: Viewer, *, name: str, short_name: str = "", kind: OrganisationKind | str
) -> Organisation:
    """Add an organisation; without a short name the name is used. Raises `AlreadyExists` if the name is taken."""
    require_writer(person)
    organisation = Organisation(
        id=new_id(),
        name=values.line(name, field="name"),
        short_name=values.line(short_name or name, field="short_name"),
        kind=values.choice(OrganisationKind, kind, field="kind"),
    )
    await add_new(
        session, organisation, AlreadyExists(f"Det finns redan en organisation som heter {name}.", field="name")
    )
    after = {"name": organisation.name, "short_name": organisation.short_name, "kind": organisation.kind}
    activity.record(session, person, "skapade", "organisation", organisation.id, after=after)
    return organisation


async def list_organisations(
    session: AsyncSession, *, kind: OrganisationKind | None = None
) -> Sequence[OrganisationRow]:
    """Return all organisations in Swedish alphabetical order, or those of one kind."""
    query = select(Organisation.id, Organisation.name, Organisation.short_name, Organisation.kind)
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    rows = await session.execute(query.order_by(sort_key_sql(Organisation.name)))
    return [OrganisationRow(*row) for row in rows]


async def get_organisation(session: AsyncSession, organisation_id: UUID) -> OrganisationRow:
    """Return one organisation or raise `NotFound`."""
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("Organisationen finns inte.")
    return OrganisationRow(organisation.id, organisation.name, organisation.short_name, organisation.kind)


async def find_organisation(session: AsyncSession, name: str) -> Organisation | None:
    """Return the organisation with exactly this name, or None."""
    return (await session.scalars(select(Organisation).where(Organisation.name == name.strip()))).one_or_none()


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
    """Add a person, who can sign in once there is a password.

    Raises `AlreadyExists` if the e-mail address is taken (upper and lower case are the same), `InvalidValue` for an
    unknown organisation, an unknown role (the system's own is not given to people) or a password that is too short.
    """
    require_writer(person)
    if role == Role.SYSTEM:
        raise InvalidValue("Rollen system kan inte ges till en person.", field="role")
    if await session.get(Organisation, organisation_id) is None:
        raise InvalidValue("Organisationen finns inte. Lägg till den först.", field="organisation_id")
    added = Person(
        id=new_id(),
        name=values.line(name, field="name"),
        email=_email(email),
        organisation_id=organisation_id,
        role=values.choice(Role, role, field="role"),
        password_hash=None if password is None else await passwords.hash_password(password),
        active=True,
    )
    await add_new(
        session, added, AlreadyExists(f"Det finns redan en person med adressen {added.email}.", field="email")
    )
    after = {"name": added.name, "email": added.email, "organisation_id": organisation_id, "role": added.role}
    activity.record(session, person, "skapade", "person", added.id, after=after)
    return added


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Person` for whom the person sees: everyone, or only colleagues and themselves."""
    if sees_all(person):
        return true()
    return or_(Person.id == person.person_id, Person.organisation_id == person.organisation_id)


async def list_people(
    session: AsyncSession, person: Viewer, *, active_only: bool = True, limit: int = 20, offset: int = 0
) -> tuple[Sequence[PersonRow], int]:
    """Return the people that the person sees, in Swedish alphabetical order, and how many there are in all."""
    where = [visible_to(person)] + ([Person.active] if active_only else [])
    total = await session.scalar(select(func.count()).select_from(Person).where(*where))
    rows = await session.execute(
        _PERSON_ROWS.where(*where).order_by(sort_key_sql(Person.name), Person.id).limit(limit).offset(offset)
    )
    return [PersonRow(*row) for row in rows], total or 0


async def get_person(session: AsyncSession, person: Viewer, person_id: UUID) -> PersonRow:
    """Return somebody that the person sees, otherwise raise `NotFound`."""
    row = (await session.execute(_PERSON_ROWS.where(visible_to(person), Person.id == person_id))).one_or_none()
    if row is None:
        raise NotFound("Personen finns inte.")
    return PersonRow(*row)


async def find_by_email(session: AsyncSession, email: str) -> Person:
    """Return the person with this address, active or not; raise `NotFound`. For the system and the command line."""
    found = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"Det finns ingen person med adressen {email}.", field="email")
    return found


_PERSON_ROWS = select(
    Person.id, Person.name, Person.email, Person.role, Person.active, Person.organisation_id, Organisation.name
).join(Organisation, Organisation.id == Person.organisation_id)


def _email(text: str) -> str:
    address = values.line(text, field="email", longest=254).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise InvalidValue("Det är inte en e-postadress. Skriv till exempel namn@region.se.", field="email")
    return address
