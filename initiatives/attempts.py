"""Guessing passwords is made slow, and nobody is locked out by what others guess.

An attempt passes gates, each of which closes for longer the more has failed there: the address together with the
network it is tried from, the network alone, and the address alone. A browser in which the person has signed in before
passes a gate of its own instead, so that guesses from elsewhere do not touch it. An address that nobody has is treated
the same. These functions want a session with the system's scope.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import tokens
from initiatives.access import IS_SYSTEM_SQL, protect
from initiatives.base import Base, utcnow
from initiatives.limits import TooOften
from initiatives.people import Person

BROWSER_LIFETIME = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Gate:
    """What `free` failures do not close; after them it is closed 2, 4, 8 … seconds for each, never more than `longest`.

    Without a failure for as long as `memory`, all is forgotten.
    """

    kind: str
    free: int
    longest: timedelta
    memory: timedelta


PLACE = Gate("address and network", 5, timedelta(minutes=15), timedelta(hours=24))
BROWSER = Gate("known browser", 5, timedelta(minutes=15), timedelta(hours=24))
NETWORK = Gate("network", 50, timedelta(minutes=1), timedelta(hours=1))
ADDRESS = Gate("address", 50, timedelta(minutes=1), timedelta(hours=1))


class SignInGate(Base):
    """Failed attempts at one gate; `who` is a digest, since people type passwords in the wrong field too."""

    __tablename__ = "sign_in_gate"
    __table_args__ = (Index(None, "forgotten_at"), {"prefixes": ["UNLOGGED"]})

    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    opens_at: Mapped[datetime]
    forgotten_at: Mapped[datetime]


class KnownBrowser(Base):
    """A browser in which somebody has signed in; its cookie opens nothing, but lets them try a password."""

    __tablename__ = "known_browser"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime]


POLICIES: tuple[str, ...] = (
    *protect("sign_in_gate", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL),
    *protect("known_browser", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that has passed its gates, counted as failed until `succeeded` says otherwise."""

    passed: tuple[tuple[Gate, bytes], ...]
    browser: str | None


_PASS = text("""
    INSERT INTO sign_in_gate AS found (kind, who, failures, opens_at, forgotten_at)
    VALUES (:kind, :who, 1, clock_timestamp(), clock_timestamp() + :memory)
    ON CONFLICT (kind, who) DO UPDATE SET
        failures = CASE WHEN found.forgotten_at <= clock_timestamp() THEN 1 ELSE found.failures + 1 END,
        opens_at = clock_timestamp() + CASE
            WHEN found.forgotten_at <= clock_timestamp() OR found.failures < :free THEN interval '0'
            ELSE LEAST(:longest, make_interval(secs => power(2, LEAST(found.failures + 1 - :free, 20))))
        END,
        forgotten_at = excluded.forgotten_at
    WHERE found.opens_at <= clock_timestamp()
    RETURNING failures
""")
_CLOSED = text("""
    SELECT ceil(extract(epoch FROM opens_at - clock_timestamp()))::int FROM sign_in_gate
    WHERE kind = :kind AND who = :who
""")
_GIVE_BACK = text("""
    UPDATE sign_in_gate SET failures = GREATEST(0, failures - 1), opens_at = clock_timestamp()
    WHERE kind = :kind AND who = :who
""")
_SWEEP = text("""
    DELETE FROM sign_in_gate WHERE (kind, who) IN (
        SELECT kind, who FROM sign_in_gate WHERE forgotten_at < clock_timestamp() LIMIT 10000 FOR UPDATE SKIP LOCKED
    )
""")


async def begin(session: AsyncSession, email: str, network: str, browser: str | None = None) -> Attempt:
    """Pass the gates before a password is checked, or raise `TooOften`, in which case nothing is to be kept.

    Counted before the answer is known, so that many at once are no way around. `browser` is the token of `succeeded`.
    """
    address = email.replace("\0", "").strip().lower()
    known = browser if browser and await _knows(session, browser, address) else None
    if known:
        gates: tuple[tuple[Gate, bytes], ...] = ((BROWSER, tokens.digest(known)),)
    else:
        gates = (
            (PLACE, tokens.digest(f"{address}\0{network}")),
            (NETWORK, tokens.digest(network)),
            (ADDRESS, tokens.digest(address)),
        )
    for gate, who in gates:
        await _pass(session, gate, who)
    return Attempt(gates, known)


async def succeeded(session: AsyncSession, attempt: Attempt, person_id: UUID) -> str:
    """Take back what was counted, and return the token of a browser that is known from now on."""
    (gate, who), *others = attempt.passed
    await session.execute(delete(SignInGate).where(SignInGate.kind == gate.kind, SignInGate.who == who))
    for gate, who in others:
        await session.execute(_GIVE_BACK, {"kind": gate.kind, "who": who})
    token = attempt.browser or tokens.new()
    row = insert(KnownBrowser).values(token_sha256=tokens.digest(token), person_id=person_id, used_at=utcnow())
    await session.execute(
        row.on_conflict_do_update(index_elements=["token_sha256"], set_={"used_at": row.excluded.used_at})
    )
    return token


async def sweep(session: AsyncSession) -> None:
    """Remove what is forgotten and browsers that have not been used for long."""
    await session.execute(_SWEEP)
    await session.execute(delete(KnownBrowser).where(KnownBrowser.used_at < utcnow() - BROWSER_LIFETIME))


async def _knows(session: AsyncSession, browser: str, address: str) -> bool:
    found = await session.scalar(
        select(Person.email)
        .join(KnownBrowser, KnownBrowser.person_id == Person.id)
        .where(KnownBrowser.token_sha256 == tokens.digest(browser), KnownBrowser.used_at > utcnow() - BROWSER_LIFETIME)
    )
    return found == address


async def _pass(session: AsyncSession, gate: Gate, who: bytes) -> None:
    key = {"kind": gate.kind, "who": who}
    values = {**key, "free": gate.free, "longest": gate.longest, "memory": gate.memory}
    if await session.scalar(_PASS, values) is None:
        seconds = max(1, await session.scalar(_CLOSED, key) or 1)
        raise TooOften(
            f"Det har gjorts många försök att logga in. Vänta {seconds} sekunder och försök igen.", seconds=seconds
        )
