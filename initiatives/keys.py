"""API keys: how an organisation's programs come in. Each has a role, scopes and a last day.

Of the key itself only SHA-256 is kept. It is nobody's in particular: it acts for its organisation, keeps no
conversations, and never lets others in.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    Text,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from initiatives import activity, people, roles, tokens, values
from initiatives.access import MAY_ADMINISTER_SQL, NOTED, SEES_ALL_SQL, Role, Viewer, protect, require_administrator
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.organisations import Organisation
from initiatives.people import Membership, Person

PREFIX = "np_"
LIFETIME = timedelta(days=365)
LONGEST_LIFETIME = timedelta(days=3 * 365)
_USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may be used for, within what its role may see and do."""

    READ = "read"
    ASK = "ask"
    WRITE = "write"
    FOLLOW = "follow"


ROLES = (Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER)
"""The roles that a key may act with. Letting people and programs in is for people: no key administers."""
WRITERS = frozenset({Role.PROGRAMME_GROUP})
_SCOPES = ", ".join(f"'{scope}'" for scope in Scope)
_ROLES = ", ".join(f"'{role}'" for role in ROLES)
_WRITERS = ", ".join(f"'{role}'" for role in sorted(WRITERS))


class ApiKey(Base):
    """A key of an organisation; `prefix` is shown so that people can tell keys apart."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint(f"scopes <> '{{}}' AND scopes <@ ARRAY[{_SCOPES}]", name="scopes"),
        CheckConstraint(f"role IN ({_ROLES})", name="of_a_key"),
        CheckConstraint(f"role IN ({_WRITERS}) OR NOT 'write' = ANY (scopes)", name="writes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    prefix: Mapped[str] = mapped_column(unique=True)
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


POLICIES: tuple[str, ...] = protect("api_key", read=SEES_ALL_SQL, write=MAY_ADMINISTER_SQL)
"""Whoever reads the diary sees what the keys in it are called."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is shown: never the key itself. It opens while it is neither revoked nor past its last moment."""

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    role: Role
    scopes: tuple[Scope, ...]
    prefix: str
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens: on whose behalf it acts, and what it may be used for."""

    viewer: Viewer
    scopes: frozenset[Scope]


async def create_key(
    session: AsyncSession,
    person: Viewer,
    *,
    organisation_id: UUID,
    name: str,
    role: Role | str,
    scopes: Collection[str],
    lifetime: timedelta = LIFETIME,
) -> tuple[ApiKey, str]:
    """Give an organisation a key; return its row and the key itself, which is shown once and cannot be read again.

    Raises `NotAllowed` for one who is no administrator, and `InvalidValue` for an organisation that does not exist or
    has no members, a role that it cannot hold or that no key has, scopes beyond the role, or too long a life.
    """
    require_administrator(person)
    wanted = _role(role)
    roles.require_place(wanted, await people.place_of(session, organisation_id))
    if not await session.scalar(select(_has_members(organisation_id))):
        raise InvalidValue("Organisationen har inga medlemmar. Bjud in någon först.", field="organisation_id")
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise InvalidValue(f"En nyckel gäller i högst {LONGEST_LIFETIME.days} dagar.", field="expires_at")
    prefix = PREFIX + secrets.token_hex(4)
    secret = f"{prefix}_{tokens.new()}"
    now = utcnow()
    key = ApiKey(
        id=new_id(),
        organisation_id=organisation_id,
        name=values.line(name, field="name"),
        role=wanted,
        scopes=_scopes(wanted, scopes),
        prefix=prefix,
        key_sha256=tokens.digest(secret),
        created_by=person.person_id,
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(key)
    await session.flush()
    after = {name: getattr(key, name) for name in ("name", "prefix", "organisation_id", "role", "scopes", "expires_at")}
    activity.record(session, person, "skapade", "api_key", key.id, after=after)
    return key, secret


async def list_keys(
    session: AsyncSession,
    person: Viewer,
    *,
    organisation_id: UUID | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[KeyRow], int]:
    """Return keys, the newest first, and how many there are in all; of everybody, or of one organisation.

    Raises `NotAllowed` for one who is no administrator.
    """
    require_administrator(person)
    where = [] if organisation_id is None else [ApiKey.organisation_id == organisation_id]
    total = await session.scalar(select(func.count()).select_from(ApiKey).where(*where))
    newest = _ROWS.where(*where).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    rows = await session.execute(newest.limit(limit).offset(offset))
    return [_row(*row) for row in rows], total or 0


async def get_key(session: AsyncSession, person: Viewer, key_id: UUID) -> KeyRow:
    """Return one key, or raise `NotFound`; `NotAllowed` for one who is no administrator."""
    require_administrator(person)
    row = (await session.execute(_ROWS.where(ApiKey.id == key_id))).one_or_none()
    if row is None:
        raise NotFound("Nyckeln finns inte.")
    return _row(*row)


async def revoke_key(session: AsyncSession, person: Viewer, key: UUID | str) -> ApiKey:
    """Make the key with this identifier, or this prefix, useless from the next request on; raise `NotFound`."""
    require_administrator(person)
    which = ApiKey.prefix == key if isinstance(key, str) else ApiKey.id == key
    found = await session.scalar(select(ApiKey).where(which))
    if found is None:
        raise NotFound("Nyckeln finns inte.")
    if found.revoked_at is None:
        found.revoked_at = utcnow()
        activity.record(session, person, "spärrade", "api_key", found.id, after={"prefix": found.prefix})
        await session.flush()
    return found


async def open_with(session: AsyncSession, secret: str) -> Opened | None:
    """Return what a key opens and note its use, or None if it is unknown, revoked, too old, or of a deserted house.

    Nobody is known yet when this is asked, so it wants a session with the system's scope.
    """
    now = utcnow()
    here = select(ApiKey, Organisation.short_name).join(Organisation, Organisation.id == ApiKey.organisation_id)
    row = (
        await session.execute(
            here.where(
                ApiKey.key_sha256 == tokens.digest(secret),
                ApiKey.revoked_at.is_(None),
                ApiKey.expires_at > now,
                _has_members(ApiKey.organisation_id),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    key, organisation = row
    if key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY:
        await session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))
        session.info[NOTED] = True
    viewer = Viewer(None, key.organisation_id, key.role, f"{key.name} ({organisation}, nyckel)", key_id=key.id)
    return Opened(viewer, frozenset(Scope(scope) for scope in key.scopes))


_CREATOR = select(Person.name).where(Person.id == ApiKey.created_by).scalar_subquery()
_ROWS = select(ApiKey, Organisation.name, _CREATOR).join(Organisation, Organisation.id == ApiKey.organisation_id)


def _row(key: ApiKey, organisation: str, creator: str | None) -> KeyRow:
    return KeyRow(
        id=key.id,
        organisation_id=key.organisation_id,
        organisation=organisation,
        name=key.name,
        role=key.role,
        scopes=tuple(Scope(scope) for scope in key.scopes),
        prefix=key.prefix,
        created_by=key.created_by,
        created_by_name=creator,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )


def _has_members(organisation_id: InstrumentedAttribute[UUID] | UUID) -> ColumnElement[bool]:
    """Return whether anybody is in the organisation who could answer for its keys."""
    members = select(Membership.id).join(Person, Person.id == Membership.person_id)
    return exists(
        members.where(Membership.organisation_id == organisation_id, Membership.left_at.is_(None), Person.active)
    )


def _role(role: str) -> Role:
    wanted = values.choice(Role, role, field="role")
    if wanted not in ROLES:
        raise InvalidValue(f"En nyckel kan inte ha rollen {wanted}. Välj {', '.join(ROLES)}.", field="role")
    return wanted


def _scopes(role: Role, given: Collection[str]) -> list[str]:
    wanted = {values.choice(Scope, scope, field="scopes") for scope in given}
    if not wanted:
        raise InvalidValue(f"Ange vad nyckeln får användas till: {', '.join(Scope)}.", field="scopes")
    if Scope.WRITE in wanted and role not in WRITERS:
        raise InvalidValue(f"Rollen {role} får inte ändra något. Ta bort write.", field="scopes")
    return [scope.value for scope in Scope if scope in wanted]
