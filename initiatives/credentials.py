"""What a person shows at the door: a password, a browser's session or an API key. Of the last two only SHA-256 is kept.

Nobody is known yet when a credential is checked, so these functions want a session with the system's scope.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, passwords, values
from initiatives.access import IS_SYSTEM_SQL, PERSON_SQL, Viewer, protect, require_writer
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import NotFound, SignInFailed
from initiatives.people import Person, find_by_email

SESSION_LIFETIME = timedelta(hours=12)
KEY_PREFIX = "np_"
_USE_NOTED_EVERY = timedelta(minutes=1)


class LoginSession(Base):
    """A signed-in browser; the token itself exists only in its cookie."""

    __tablename__ = "login_session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key for machines; `prefix` is shown so that people can tell their keys apart."""

    __tablename__ = "api_key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


_OWN = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL}"

POLICIES: tuple[str, ...] = (
    *protect("login_session", read=_OWN, write=_OWN),
    *protect("api_key", read=_OWN, write=_OWN),
)


async def authenticate(session: AsyncSession, email: str, password: str) -> Person:
    """Return the active person with this address and password; raise `SignInFailed` for every other case alike.

    Takes as long whether or not the address exists.
    """
    return await check(await with_address(session, email), password)


async def with_address(session: AsyncSession, email: str) -> Person | None:
    """Return whoever has this address, active or not, for `check`."""
    address = email.replace("\0", "").strip().lower()
    return await session.scalar(select(Person).where(Person.email == address))


async def check(found: Person | None, password: str) -> Person:
    """Do as `authenticate` with what `with_address` found; wants no session, so that no connection waits meanwhile."""
    right = await passwords.matches(password, found.password_hash if found else None)
    if found is None or not right or not found.active:
        raise SignInFailed("E-postadressen eller lösenordet stämmer inte. Försök igen.")
    return found


async def set_password(session: AsyncSession, person: Viewer, email: str, password: str) -> Person:
    """Give somebody a new password, make them active and end their open sessions."""
    require_writer(person)
    found = await find_by_email(session, email)
    found.password_hash = await passwords.hash_password(password)
    found.active = True
    await _end_sessions(session, found.id)
    activity.record(session, person, "bytte lösenord", "person", found.id)
    return found


async def deactivate(session: AsyncSession, person: Viewer, email: str) -> Person:
    """Stop somebody from signing in, by password and by key; what they have done is kept."""
    require_writer(person)
    found = await find_by_email(session, email)
    before, found.active = found.active, False
    await _end_sessions(session, found.id)
    activity.record(
        session, person, "stängde av", "person", found.id, before={"active": before}, after={"active": False}
    )
    return found


async def open_session(session: AsyncSession, person: Person) -> str:
    """Start a browser session for somebody just authenticated and return its token: 256 random bits, never stored."""
    token, now = secrets.token_urlsafe(32), utcnow()
    await session.execute(
        delete(LoginSession).where(LoginSession.person_id == person.id, LoginSession.expires_at < now)
    )
    session.add(LoginSession(token_sha256=_digest(token), person_id=person.id, expires_at=now + SESSION_LIFETIME))
    return token


async def close_session(session: AsyncSession, token: str) -> None:
    """End the browser session with this token, if there is one."""
    await session.execute(delete(LoginSession).where(LoginSession.token_sha256 == _digest(token)))


async def viewer_of_session(session: AsyncSession, token: str) -> Viewer | None:
    """Return the active person behind a browser session that has not ended, or None."""
    found = await session.scalar(
        select(Person)
        .join(LoginSession, LoginSession.person_id == Person.id)
        .where(LoginSession.token_sha256 == _digest(token), LoginSession.expires_at > utcnow(), Person.active)
    )
    return found.viewer if found else None


async def create_key(
    session: AsyncSession, person: Viewer, *, email: str, name: str, lifetime: timedelta | None = None
) -> tuple[ApiKey, str]:
    """Give somebody an API key; return its row and the key itself, which is shown once and cannot be read again."""
    require_writer(person)
    owner = await find_by_email(session, email)
    prefix = KEY_PREFIX + secrets.token_hex(4)
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=new_id(),
        person_id=owner.id,
        name=values.line(name, field="name"),
        prefix=prefix,
        key_sha256=_digest(secret),
        created_at=utcnow(),
        expires_at=utcnow() + lifetime if lifetime else None,
    )
    session.add(key)
    activity.record(session, person, "skapade", "api_key", key.id, after={"name": key.name, "prefix": prefix})
    return key, secret


async def list_keys(session: AsyncSession, email: str | None = None) -> Sequence[tuple[ApiKey, str]]:
    """Return keys with the e-mail address of their owner, oldest first; all of them or one person's."""
    query = select(ApiKey, Person.email).join(Person, Person.id == ApiKey.person_id).order_by(ApiKey.created_at)
    if email is not None:
        query = query.where(Person.email == email.strip().lower())
    return [(key, address) for key, address in await session.execute(query)]


async def revoke_key(session: AsyncSession, person: Viewer, prefix: str) -> ApiKey:
    """Make the key with this prefix useless from now on; raise `NotFound` if there is none."""
    require_writer(person)
    key = await session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))
    if key is None:
        raise NotFound(f"Det finns ingen nyckel som börjar med {prefix}.")
    if key.revoked_at is None:
        key.revoked_at = utcnow()
        activity.record(session, person, "spärrade", "api_key", key.id, after={"prefix": prefix})
    return key


async def viewer_of_key(session: AsyncSession, secret: str) -> Viewer | None:
    """Return the active person behind an API key that is neither revoked nor too old, or None; note the use."""
    now = utcnow()
    row = (
        await session.execute(
            select(ApiKey.id, Person)
            .join(Person, Person.id == ApiKey.person_id)
            .where(ApiKey.key_sha256 == _digest(secret), ApiKey.revoked_at.is_(None), Person.active)
            .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now))
        )
    ).one_or_none()
    if row is None:
        return None
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - _USE_NOTED_EVERY)
    await session.execute(update(ApiKey).where(ApiKey.id == row[0], stale).values(last_used_at=now))
    return row[1].viewer


async def _end_sessions(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(delete(LoginSession).where(LoginSession.person_id == person_id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
