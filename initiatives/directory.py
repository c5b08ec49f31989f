"""Sign-ins that are under way at an identity provider, and whom its accounts belong to.

Nobody is known yet when these are used, so the functions want a session with the system's scope.
"""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import organisations, people
from initiatives.access import IS_SYSTEM_SQL, SYSTEM, Role, protect
from initiatives.base import Base, utcnow
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
    started = Started(*(secrets.token_urlsafe(32) for _ in range(4)))
    session.add(
        DirectorySignIn(
            state_sha256=_digest(started.state),
            browser_sha256=_digest(started.browser),
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


async def admit(session: AsyncSession, account: Account, roles: Mapping[str, Role]) -> Person:
    """Return the person whose account this is, with the roles that the provider's groups give them just now.

    `roles` has the role in each organisation, by its name. Whoever comes for the first time is added, or recognised by
    the address if it is of somebody without an account. Raises `SignInFailed` for one who is shut off, has no role, or
    has the address of somebody else.
    """
    person = await _owner(session, account)
    homes = {name: await organisations.find_organisation(session, name) for name in roles}
    given = []
    for name, home in homes.items():
        if home is None:
            logger.error("OIDC: a rule gives a role in %s, which does not exist", name)
        elif roles[name] not in HELD[await people.place_of(session, home.id)]:
            logger.error("OIDC: a rule gives the role %s in %s, which cannot hold it", roles[name], name)
        else:
            given.append((home, roles[name]))
    if not given:
        raise SignInFailed("Ditt konto har ingen roll i Närplan. Be den som sköter Närplan om en.")
    organisation, role = given[0]
    if person is None:
        person = await people.create_person(
            session, SYSTEM, name=account.name, email=account.email, organisation_id=organisation.id, role=role
        )
        session.add(DirectoryAccount(issuer=account.issuer, subject=account.subject, person_id=person.id))
    if not person.active:
        raise SignInFailed("Ditt konto är avstängt i Närplan. Kontakta den som sköter Närplan.")
    await _be(session, person.id, {home.id: role for home, role in given})
    return person


async def _be(session: AsyncSession, person_id: UUID, roles: Mapping[UUID, Role]) -> None:
    """Let the person's open memberships be these and no others: the provider knows who is what."""
    mine = Membership.person_id == person_id
    open_ones = (await session.scalars(select(Membership).where(mine, Membership.left_at.is_(None)))).all()
    for one in open_ones:
        one.left_at = None if one.organisation_id in roles else utcnow()
        one.role = roles.get(one.organisation_id, one.role)
    there = {one.organisation_id for one in open_ones}
    session.add_all(
        Membership(person_id=person_id, organisation_id=home, role=role)
        for home, role in roles.items()
        if home not in there
    )
    await session.flush()


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
    found = await session.execute(delete(table).where(table.state_sha256 == _digest(state)).returning(*columns))
    row = found.one_or_none()
    if row is None or row.expires_at < utcnow() or not secrets.compare_digest(row.browser_sha256, _digest(browser)):
        return None
    return Returned(row.nonce, row.verifier, row.following)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
