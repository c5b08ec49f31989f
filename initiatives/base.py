"""The ground that every mapped class stands on: one metadata, one way to name constraints, identifiers and time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Enum, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from uuid_utils import compat

from initiatives.errors import NarplanError

UNIQUE_VIOLATION = "23505"


class Base(DeclarativeBase):
    """Parent of every mapped class; text is `text`, instants are `timestamptz`, dictionaries are `jsonb`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        str: Text(),
        datetime: DateTime(timezone=True),
        date: Date(),
        dict[str, Any]: JSONB(),
    }


Kronor = BigInteger
"""Column type of money: whole kronor in a `bigint`."""


def text_enum(kind: type[StrEnum], *, name: str) -> Enum:
    """Return a column type that keeps the enum's values as text with a CHECK constraint called `name`."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def new_id() -> UUID:
    """Return a new UUIDv7: unique, and later ones sort after earlier ones."""
    return compat.uuid7()


def utcnow() -> datetime:
    """Return the present instant in UTC, with its time zone."""
    return datetime.now(UTC)


async def add_new(session: AsyncSession, row: Base, taken: NarplanError) -> None:
    """Write a new row at once; raise `taken`, with the transaction still usable, if one with its identity exists."""
    async with unless_taken(session, taken):
        session.add(row)


@asynccontextmanager
async def unless_taken(session: AsyncSession, taken: NarplanError) -> AsyncIterator[None]:
    """Write in here what may give a row the identity of another; raises `taken` then, and nothing of it is written."""
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise taken from None
        raise
