"""What a person shows at the door: a password, or a browser's session, of whose token only SHA-256 is kept.

Nobody is known yet when a credential is checked, so these functions want a session with the system's scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    ForeignKey,
    LargeBinary,
    and_,
    delete,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, passwords, quick, tokens
from initiatives.access import (
    IS_SYSTEM_SQL,
    MAY_ADMINISTER_SQL,
    NOTED,
    PERSON_SQL,
    Role,
    Viewer,
    protect,
    require_administrator,
)
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import NotFound, SignInFailed
from initiatives.organisations import Organisation
from initiatives.people import Membership, Person, acting, find_by_email, is_open, viewers_of
from initiatives.quick import Statement

SESSION_LIFETIME = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
WRONG = "E-postadressen eller lösenordet stämmer inte. Försök igen."
"""Said of every sign-in that fails, whatever was wrong."""
_USE_NOTED_EVERY = timedelta(minutes=1)


class LoginSession(Base):
    """A browser in which somebody acts in one membership; the token itself exists only in its cookie.

    It lasts until `expires_at`, or until nobody has used it for a while. `browser` helps its owner to recognise it.
    """

    __tablename__ = "login_session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]


_OWN = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL}"
_OWN_OR_ENDS = f"{MAY_ADMINISTER_SQL} OR person_id = {PERSON_SQL}"


POLICIES: tuple[str, ...] = (
    *protect("login_session", read=_OWN_OR_ENDS, write=_OWN_OR_ENDS),
    "DROP POLICY login_session_insert ON login_session",
    f"CREATE POLICY login_session_insert ON login_session FOR INSERT WITH CHECK ({_OWN})",
)
"""Administrators end what others have, but do not make anything in their name."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its owner sees it; `current` is the one that asks."""

    id: UUID
    organisation: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


async def with_address(session: AsyncSession, email: str) -> Person | None:
    """Return whoever has this address, active or not, for `check`."""
    address = email.replace("\0", "").strip().lower()
    return await session.scalar(select(Person).where(Person.email == address))


async def check(found: Person | None, password: str) -> Person:
    """Return whom `with_address` found, if active and with this password; raise `SignInFailed` alike for all others.

    Takes as long whether or not the address exists; wants no session, so that no connection waits meanwhile.
    """
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


async def open_session(
    session: AsyncSession, person: Person, membership_id: UUID | None = None, *, browser: str = ""
) -> str:
    """Start a browser session for somebody just authenticated and return its token: 256 random bits, never stored.

    They act in `membership_id`, or else in the oldest membership. Raises `SignInFailed` if the account has been closed
    or given another password since it was read, or if there is no such membership: nothing opens between the check of a
    password and here.
    """
    still = await session.scalar(select(Person.id).where(_unchanged(person)).with_for_update(read=True))
    open_ones = [one.membership_id for one in await viewers_of(session, person.id)] if still else []
    chosen = membership_id or next(iter(open_ones), None)
    if chosen is None or chosen not in open_ones:
        raise SignInFailed(WRONG)
    now = utcnow()
    await end_sessions(session, LoginSession.person_id == person.id, not_(_open_at(now)))
    return await _start(session, person.id, chosen, browser, now + SESSION_LIFETIME)


async def close_session(session: AsyncSession, token: str) -> None:
    """End the browser session with this token, if there is one."""
    await end_sessions(session, LoginSession.token_sha256 == tokens.digest(token))


async def end_sessions(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """End the browser sessions that meet the conditions."""
    await session.execute(delete(LoginSession).where(*which))


async def switch_session(session: AsyncSession, token: str, membership_id: UUID) -> tuple[str, datetime] | None:
    """Let a browser act in another of its person's memberships, under a new token that lasts no longer than the old.

    Returns the new token and when it ends, or None if the session has ended or there is no such membership.
    """
    now = utcnow()
    told = (LoginSession.expires_at, LoginSession.browser)
    here = acting().add_columns(*told).join(LoginSession, LoginSession.person_id == Person.id)
    mine = LoginSession.token_sha256 == tokens.digest(token), _open_at(now), Membership.id == membership_id
    found = (await session.execute(here.where(*mine))).one_or_none()
    if found is None or await viewer_of_session(session, token) is None:
        return None
    membership, _, ends, browser = found
    await close_session(session, token)
    return await _start(session, membership.person_id, membership_id, browser, ends), ends


async def viewer_of_session(session: AsyncSession, token: str) -> Viewer | None:
    """Return the active person behind a browser session that has not ended, in the membership they act in, or None.

    Notes that the session is in use.
    """
    now, digest = utcnow(), tokens.digest(token)
    found = await quick.rows(session, _opened(), digest=digest, now=now, idle_since=now - SESSION_IDLE)
    if not found:
        return None
    [row] = found
    if row["last_seen_at"] < now - _USE_NOTED_EVERY:
        await session.execute(update(LoginSession).where(LoginSession.token_sha256 == digest).values(last_seen_at=now))
        session.info[NOTED] = True
    return Viewer(
        row["person_id"], row["organisation_id"], Role(row["role"]), row["name"], membership_id=row["membership_id"]
    )


@cache
def _opened() -> Statement:
    """Return the statement that every request of a browser begins with."""
    return quick.statement(
        select(
            Membership.person_id,
            Membership.organisation_id,
            Membership.role,
            Person.name,
            Membership.id.label("membership_id"),
            LoginSession.last_seen_at,
        )
        .join(LoginSession, LoginSession.membership_id == Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            is_open(),
            LoginSession.token_sha256 == quick.given("digest", LargeBinary),
            LoginSession.expires_at > quick.given("now", DateTime(timezone=True)),
            LoginSession.last_seen_at > quick.given("idle_since", DateTime(timezone=True)),
        )
    )


async def list_sessions(session: AsyncSession, person: Viewer, token: str) -> Sequence[SessionRow]:
    """Return the person's own open sessions, the one used last first; `token` is that of the browser that asks."""
    rows = await session.execute(
        select(
            LoginSession.id,
            Organisation.name,
            LoginSession.browser,
            LoginSession.created_at,
            LoginSession.last_seen_at,
            LoginSession.expires_at,
            LoginSession.token_sha256 == tokens.digest(token),
        )
        .join(Membership, Membership.id == LoginSession.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(LoginSession.person_id == person.person_id, _open_at(utcnow()))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    return [SessionRow(*row) for row in rows]


async def end_own_session(session: AsyncSession, person: Viewer, session_id: UUID) -> None:
    """End one of the person's own sessions; raise `NotFound` if there is none such."""
    mine = LoginSession.person_id == person.person_id
    gone = delete(LoginSession).where(mine, LoginSession.id == session_id).returning(LoginSession.id)
    if await session.scalar(gone) is None or person.person_id is None:
        raise NotFound("Inloggningen finns inte, eller så är den redan avslutad.")
    activity.record(session, person, "avslutade en inloggning", "person", person.person_id)


async def end_own_sessions(session: AsyncSession, person: Viewer) -> None:
    """End all of the person's sessions, in this browser too."""
    if person.person_id is None:
        raise NotFound("En nyckel har inga inloggningar.")
    await end_sessions(session, LoginSession.person_id == person.person_id)
    activity.record(session, person, "loggade ut överallt", "person", person.person_id)


async def renew_password(session: AsyncSession, person: Viewer, found: Person, password_hash: str) -> None:
    """Give the person, whose old password has just been checked, a new one, and end all their sessions.

    Raises `SignInFailed` if the account has been closed or given another password since it was read.
    """
    renewed = update(Person).where(_unchanged(found)).values(password_hash=password_hash)
    if await session.scalar(renewed.returning(Person.id)) is None:
        raise SignInFailed(WRONG)
    found.password_hash = password_hash
    await end_sessions(session, LoginSession.person_id == found.id)
    activity.record(session, person, "bytte lösenord", "person", found.id)


async def _start(session: AsyncSession, person_id: UUID, membership_id: UUID, browser: str, ends: datetime) -> str:
    """Add a session and return its token."""
    token = tokens.new()
    session.add(
        LoginSession(
            token_sha256=tokens.digest(token),
            person_id=person_id,
            membership_id=membership_id,
            browser=browser,
            expires_at=ends,
        )
    )
    await session.flush()
    return token


def _unchanged(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Person` for the account being open, with the password that it had when it was read."""
    same = Person.password_hash.is_not_distinct_from(person.password_hash)
    return and_(Person.id == person.id, Person.active, same)


def _open_at(now: datetime) -> ColumnElement[bool]:
    return and_(LoginSession.expires_at > now, LoginSession.last_seen_at > now - SESSION_IDLE)
