"""What a person shows at the door: a password, a browser's session or an API key. Of the last two only SHA-256 is kept.

Nobody is known yet when a credential is checked, so these functions want a session with the system's scope.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, passwords, values
from initiatives.access import (
    IS_SYSTEM_SQL,
    MAY_ADMINISTER_SQL,
    PERSON_SQL,
    Viewer,
    protect,
    require_administrator,
    require_writer,
)
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import NotFound, SignInFailed
from initiatives.people import Membership, Person, acting, find_by_email, viewer, viewers_of

SESSION_LIFETIME = timedelta(hours=12)
KEY_PREFIX = "np_"
WRONG = "E-postadressen eller lösenordet stämmer inte. Försök igen."
"""Said of every sign-in that fails, whatever was wrong."""
_USE_NOTED_EVERY = timedelta(minutes=1)


class LoginSession(Base):
    """A browser in which somebody acts in one membership; the token itself exists only in its cookie."""

    __tablename__ = "login_session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key for machines that act in a membership; `prefix` is shown so that people can tell their keys apart."""

    __tablename__ = "api_key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


_OWN = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL}"
_OWN_OR_ENDS = f"{MAY_ADMINISTER_SQL} OR person_id = {PERSON_SQL}"


def _policies(table: str) -> tuple[str, ...]:
    """Let administrators end what others have, but not make anything in their name."""
    return (
        *protect(table, read=_OWN_OR_ENDS, write=_OWN_OR_ENDS),
        f"DROP POLICY {table}_insert ON {table}",
        f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_OWN})",
    )


POLICIES: tuple[str, ...] = (*_policies("login_session"), *_policies("api_key"))


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
        raise SignInFailed(WRONG)
    return found


async def set_password(session: AsyncSession, person: Viewer, email: str, password: str) -> Person:
    """Give somebody a new password, make them active and end their open sessions."""
    require_administrator(person)
    found = await find_by_email(session, email)
    found.password_hash = await passwords.hash_password(password)
    found.active = True
    await session.flush()
    await end_sessions(session, LoginSession.person_id == found.id)
    activity.record(session, person, "bytte lösenord", "person", found.id)
    return found


async def open_session(session: AsyncSession, person: Person, membership_id: UUID | None = None) -> str:
    """Start a browser session for somebody just authenticated and return its token: 256 random bits, never stored.

    They act in `membership_id`, or else in the oldest membership. Raises `SignInFailed` if the account has been closed
    or given another password since it was read, or if there is no such membership: nothing opens between the check of a
    password and here.
    """
    unchanged = select(Person.id).where(
        Person.id == person.id, Person.active, Person.password_hash.is_not_distinct_from(person.password_hash)
    )
    still = await session.scalar(unchanged.with_for_update(read=True))
    open_ones = [one.membership_id for one in await viewers_of(session, person.id)] if still else []
    chosen = membership_id or next(iter(open_ones), None)
    if chosen is None or chosen not in open_ones:
        raise SignInFailed(WRONG)
    token, now = secrets.token_urlsafe(32), utcnow()
    await end_sessions(session, LoginSession.person_id == person.id, LoginSession.expires_at < now)
    session.add(
        LoginSession(
            token_sha256=_digest(token), person_id=person.id, membership_id=chosen, expires_at=now + SESSION_LIFETIME
        )
    )
    return token


async def close_session(session: AsyncSession, token: str) -> None:
    """End the browser session with this token, if there is one."""
    await end_sessions(session, LoginSession.token_sha256 == _digest(token))


async def end_sessions(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """End the browser sessions that meet the conditions."""
    await session.execute(delete(LoginSession).where(*which))


async def switch_session(session: AsyncSession, token: str, membership_id: UUID) -> tuple[str, datetime] | None:
    """Let a browser act in another of its person's memberships, under a new token that lasts no longer than the old.

    Returns the new token and when it ends, or None if the session has ended or there is no such membership.
    """
    now = utcnow()
    here = acting().add_columns(LoginSession.expires_at).join(LoginSession, LoginSession.person_id == Person.id)
    mine = LoginSession.token_sha256 == _digest(token), LoginSession.expires_at > now, Membership.id == membership_id
    found = (await session.execute(here.where(*mine))).one_or_none()
    if found is None or await viewer_of_session(session, token) is None:
        return None
    membership, _, ends = found
    await close_session(session, token)
    fresh = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_sha256=_digest(fresh), person_id=membership.person_id, membership_id=membership_id, expires_at=ends
        )
    )
    await session.flush()
    return fresh, ends


async def viewer_of_session(session: AsyncSession, token: str) -> Viewer | None:
    """Return the active person behind a browser session that has not ended, in the membership they act in, or None."""
    here = acting().join(LoginSession, LoginSession.membership_id == Membership.id)
    found = (
        await session.execute(
            here.where(LoginSession.token_sha256 == _digest(token), LoginSession.expires_at > utcnow())
        )
    ).one_or_none()
    return viewer(*found) if found else None


async def end_keys(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """Make the keys that meet the conditions useless from now on."""
    await session.execute(update(ApiKey).where(ApiKey.revoked_at.is_(None), *which).values(revoked_at=utcnow()))


async def create_key(
    session: AsyncSession, person: Viewer, *, email: str, name: str, lifetime: timedelta | None = None
) -> tuple[ApiKey, str]:
    """Give somebody an API key for their oldest membership; return its row and the key itself, shown once only.

    Raises `NotFound` if there is nobody with the address, or they have left everything.
    """
    require_writer(person)
    owner = await find_by_email(session, email)
    open_ones = await viewers_of(session, owner.id)
    if not open_ones:
        raise NotFound(f"Kontot {owner.email} är stängt eller saknar organisation och kan inte få en nyckel.")
    prefix = KEY_PREFIX + secrets.token_hex(4)
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=new_id(),
        person_id=owner.id,
        membership_id=open_ones[0].membership_id,
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
            acting()
            .add_columns(ApiKey.id)
            .join(ApiKey, ApiKey.membership_id == Membership.id)
            .where(ApiKey.key_sha256 == _digest(secret), ApiKey.revoked_at.is_(None))
            .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now))
        )
    ).one_or_none()
    if row is None:
        return None
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - _USE_NOTED_EVERY)
    membership, name, key_id = row
    await session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=now))
    return viewer(membership, name)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
