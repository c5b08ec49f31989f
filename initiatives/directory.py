"""Sign-ins that are under way at an identity provider, and whom its accounts belong to.

Nobody is known yet when these are used, so the functions want a session with the system's scope.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, credentials, organisations, people, tokens
from initiatives.access import IS_SYSTEM_SQL, SYSTEM, Role, protect
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import SignInFailed
from initiatives.people import Membership, Person
from initiatives.roles import HELD

logger = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)


class DirectorySignIn(Base):
    """A browser that has been sent to the provider and may come back once; `browser` is what its cookie must match."""

    __tablename__ = "directory_sign_in"

    state_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[str]
    verifier: Mapped[str]
    following: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DirectoryAccount(Base):
    """An account at a provider and the person whose it is; the pair of issuer and subject is never used again."""

    __tablename__ = "directory_account"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


POLICIES: tuple[str, ...] = (
    *protect("directory_sign_in", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL),
    *protect("directory_account", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL),
)


@dataclass(frozen=True, slots=True)
class Started:
    """The secrets of a sign-in that has begun; only `browser` stays with the browser, in a cookie."""

    state: str
    nonce: str
    verifier: str
    browser: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What was kept for a sign-in that has come back."""

    nonce: str
    verifier: str
    following: str


async def start(session: AsyncSession, following: str) -> Started:
    """Begin a sign-in that ends at the address `following`; forget those that are too old."""
    await session.execute(delete(DirectorySignIn).where(DirectorySignIn.expires_at < utcnow()))
    started = Started(*(tokens.new() for _ in range(4)))
    session.add(
        DirectorySignIn(
            state_sha256=tokens.digest(started.state),
            browser_sha256=tokens.digest(started.browser),
            nonce=started.nonce,
            verifier=started.verifier,
            following=following,
            expires_at=utcnow() + LIFETIME,
        )
    )
    await session.flush()
    return started


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a provider vouches for, in a sign-in that has been checked in every way."""

    issuer: str
    subject: str
    email: str
    name: str


async def admit(session: AsyncSession, account: Account, roles: Mapping[str, Role]) -> Person | None:
    """Return the person whose account this is, with the roles that the provider's groups give them just now.

    `roles` has the role in each organisation, by its name. A role that a group gave before, and gives no longer, is
    ended here; roles given by hand are left alone. Whoever comes for the first time is added, or recognised by the
    address if it is of somebody without an account. None means that there is nothing left that they are. Raises
    `SignInFailed` for one who is shut off or has the address of somebody else.
    """
    given = await _places(session, roles)
    person = await _owner(session, account)
    if person is None and given:
        organisation_id, role = next(iter(given.items()))
        person = await people.create_person(
            session, SYSTEM, name=account.name, email=account.email, organisation_id=organisation_id, role=role
        )
        session.add(DirectoryAccount(issuer=account.issuer, subject=account.subject, person_id=person.id))
    if person is None:
        return None
    if not person.active:
        raise SignInFailed("Ditt konto är avstängt i Närplan. Kontakta den som sköter Närplan.")
    if await _be(session, person.id, given):
        await credentials.end_sessions(session, credentials.LoginSession.person_id == person.id)
    return person if await people.viewers_of(session, person.id) else None


async def _places(session: AsyncSession, roles: Mapping[str, Role]) -> Mapping[UUID, Role]:
    """Return role by organisation for the rules that can be followed; the log tells of those that cannot."""
    given = {}
    for name, role in roles.items():
        home = await organisations.find_organisation(session, name)
        if home is None:
            logger.error("OIDC: a rule gives a role in %s, which does not exist", name)
        elif role not in HELD[await people.place_of(session, home.id)]:
            logger.error("OIDC: a rule gives the role %s in %s, which cannot hold it", role, name)
        else:
            given[home.id] = role
    return given


async def _be(session: AsyncSession, person_id: UUID, roles: Mapping[UUID, Role]) -> bool:
    """Let the memberships that the provider gives be these and no others; return whether anything changed."""
    mine = (Membership.person_id == person_id, Membership.left_at.is_(None))
    open_ones = {one.organisation_id: one for one in await session.scalars(select(Membership).where(*mine))}
    before = {home: one.role for home, one in open_ones.items()}
    for home, one in open_ones.items():
        if home in roles:
            one.role, one.from_directory = roles[home], True
        elif one.from_directory:
            one.left_at = utcnow()
    for home in roles.keys() - open_ones.keys():
        open_ones[home] = Membership(
            id=new_id(), person_id=person_id, organisation_id=home, role=roles[home], from_directory=True
        )
        session.add(open_ones[home])
    await session.flush()
    after = {home: one.role for home, one in open_ones.items() if one.left_at is None}
    if changed := {home for home in before | after if before.get(home) != after.get(home)}:
        activity.record(
            session,
            SYSTEM,
            "fick roller av inloggningstjänsten",
            "person",
            person_id,
            before={str(home): before.get(home) for home in changed},
            after={str(home): after.get(home) for home in changed},
        )
    return bool(changed)


async def _owner(session: AsyncSession, account: Account) -> Person | None:
    table = DirectoryAccount
    known = table.issuer == account.issuer
    owner = await session.scalar(
        select(Person).join(table, table.person_id == Person.id).where(known, table.subject == account.subject)
    )
    if owner is not None:
        return owner
    found = await session.scalar(select(Person).where(Person.email == account.email))
    if found is None:
        return None
    if await session.scalar(select(table.subject).where(known, table.person_id == found.id)) is not None:
        raise SignInFailed("Adressen hör redan till ett annat konto i Närplan. Kontakta den som sköter Närplan.")
    session.add(DirectoryAccount(issuer=account.issuer, subject=account.subject, person_id=found.id))
    return found


async def take(session: AsyncSession, state: str, browser: str) -> Returned | None:
    """Return what was kept for a sign-in and forget it, or None if it is unknown, too old or another browser's."""
    table = DirectorySignIn
    columns = (table.browser_sha256, table.nonce, table.verifier, table.following, table.expires_at)
    found = await session.execute(delete(table).where(table.state_sha256 == tokens.digest(state)).returning(*columns))
    row = found.one_or_none()
    if (
        row is None
        or row.expires_at < utcnow()
        or not secrets.compare_digest(row.browser_sha256, tokens.digest(browser))
    ):
        return None
    return Returned(row.nonce, row.verifier, row.following)
