"""Organisations and the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.dialects.postgresql import insert
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
)
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotFound, SignInFailed
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
    read=(
        f"{SEES_ALL_SQL} OR id = {PERSON_SQL} OR organisation_id = {ORGANISATION_SQL} "
        "OR id IN (SELECT responsible_id FROM initiative)"
    ),
)
"""A partner sees colleagues, and those who are responsible for what is shared with them. Run after `initiative` exists."""


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
