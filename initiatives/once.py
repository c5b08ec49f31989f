"""Requests that are done once however often they are sent: the answer is kept with the write, in its transaction."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import IS_SYSTEM_SQL, KEY_SQL, PERSON_SQL, Viewer, protect
from initiatives.base import Base, utcnow
from initiatives.errors import NarplanError

KEPT_FOR = timedelta(hours=24)


class StillWorking(NarplanError):
    """The same request is being done at this moment."""

    title: ClassVar[str] = "Anropet utförs just nu"


class AlreadyDone(NarplanError):
    """The request was done, and its answer held a secret that is shown once."""

    title: ClassVar[str] = "Anropet är redan utfört"


class KeyReused(NarplanError):
    """The key was used for another request."""

    title: ClassVar[str] = "Nyckeln är redan använd"


class KeptAnswer(Base):
    """What was answered to a request with a key of the caller's own; `body` is None when it held a secret."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index(None, "created_at"),)

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    headers: Mapped[list[list[str]]] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


_OWN = f"{IS_SYSTEM_SQL} OR owner_id = COALESCE({KEY_SQL}, {PERSON_SQL})"

POLICIES: tuple[str, ...] = protect("kept_answer", read=_OWN, write=_OWN)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it left: status, headers as pairs, and body, which is None when it held a secret."""

    status: int
    headers: list[list[str]]
    body: bytes | None


async def begin(session: AsyncSession, person: Viewer, key: str, request: bytes) -> Answer | None:
    """Return what was answered before to this `request` (a digest), or None when it is now to be done.

    Until the transaction ends nobody else can begin with the same key: they get `StillWorking` at once, and hold
    nothing. Raises `KeyReused` if the key was used for another request, and `AlreadyDone` if the answer cannot be shown
    again.
    """
    lock = int.from_bytes(_digest(f"{_owner(person)} {key}")[:8], signed=True)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock))):
        raise StillWorking("Samma anrop utförs just nu. Vänta en sekund och skicka det igen.", field="Idempotency-Key")
    found = await session.get(KeptAnswer, (_owner(person), _digest(key)))
    if found is None:
        return None
    if found.created_at < utcnow() - KEPT_FOR:
        await session.delete(found)
        await session.flush()
        return None
    if found.request_sha256 != request:
        raise KeyReused("Nyckeln hör till ett annat anrop. Skicka en ny för varje anrop.", field="Idempotency-Key")
    if found.body is None:
        raise AlreadyDone(
            "Det är utfört, och svaret innehöll något som bara visas en gång. Gör om det med en ny nyckel.",
            field="Idempotency-Key",
        )
    return Answer(found.status, found.headers, found.body)


def keep(session: AsyncSession, person: Viewer, key: str, request: bytes, answer: Answer) -> None:
    """Keep the answer for whoever sends the same request again."""
    session.add(
        KeptAnswer(
            owner_id=_owner(person),
            key_sha256=_digest(key),
            request_sha256=request,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
        )
    )


async def sweep(session: AsyncSession) -> None:
    """Remove answers that are no longer kept; wants the system's scope."""
    await session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < utcnow() - KEPT_FOR))


def _owner(person: Viewer) -> UUID:
    owner = person.key_id or person.person_id
    if owner is None:
        raise ValueError("the system has no keys of its own")
    return owner


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
