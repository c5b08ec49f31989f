"""Ingestions: what became of each file that came in, and the jobs in the queue that move it on."""

import datetime as dt
from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    func,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from ingest.errors import Stage
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import InvalidValue, NotFound

ENTRYPOINT = "ingest"
"""Name of the jobs in the queue; their payload is the ingestion's identifier as text."""


class State(StrEnum):
    """How far an ingestion has come. A file that changes nothing gets no ingestion of its own."""

    QUEUED = "queued"
    READING = "reading"
    STRUCTURING = "structuring"
    EMBEDDING = "embedding"
    PUBLISHED = "published"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def word(self) -> str:
        """The state as Swedish words for pages and tables."""
        return _WORDS[self]

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in FINISHED


_WORDS = {
    State.QUEUED: "väntar",
    State.READING: "läses",
    State.STRUCTURING: "delas in",
    State.EMBEDDING: "indexeras",
    State.PUBLISHED: "sökbart",
    State.FAILED: "misslyckades",
    State.CANCELED: "avbruten",
}
FINISHED = frozenset({State.PUBLISHED, State.FAILED, State.CANCELED})


class Priority(IntEnum):
    """In which order files are read: those that somebody waits for first, those that nobody does last."""

    LOW = 0
    NORMAL = 10
    HIGH = 20


class Ingestion(Base):
    """One file on its way in: whose it is, how far it has come, and why it stopped when it failed.

    ``units_done`` of ``units_total`` passages have vectors; both are None until the file has been read.
    """

    __tablename__ = "ingestion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"), index=True)
    file_name: Mapped[str] = mapped_column(Text, index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, ForeignKey("stored_file.sha256"), index=True)
    media_type: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text)
    shared_with: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[State] = mapped_column(text_enum(State, name="state"), default=State.QUEUED, index=True)
    stage: Mapped[Stage | None] = mapped_column(text_enum(Stage, name="stage"))
    page: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    remedy: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.NORMAL)
    units_done: Mapped[int | None]
    units_total: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[dt.datetime | None]


SCOPED_TABLES = ("ingestion",)
POLICIES: tuple[str, ...] = protect("ingestion", read=SEES_ALL_SQL)


async def enqueue(session: AsyncSession, ingestion_ids: Sequence[UUID]) -> None:
    """Put a job in the queue for each ingestion, in the session's own transaction; one already there stays one."""
    await session.flush()
    wanted = select(Ingestion.id, Ingestion.priority).where(Ingestion.id.in_(ingestion_ids)).order_by(Ingestion.id)
    found = (await session.execute(wanted)).all()  # pgqueuer speaks past SQLAlchemy: only this opens the transaction.
    connection = await (await session.connection()).get_raw_connection()
    keys = [str(one.id) for one in found]
    queue = Queries(AsyncpgDriver(connection.driver_connection))
    await queue.enqueue(
        [ENTRYPOINT] * len(keys),
        [key.encode() for key in keys],
        [one.priority for one in found],
        dedupe_key=list(keys),
        on_conflict="skip",
    )


async def get_ingestion(session: AsyncSession, person: Viewer, ingestion_id: UUID) -> Ingestion:
    """Return the ingestion. Raises `NotFound` when there is none or the person may not see it."""
    found = await session.get(Ingestion, ingestion_id) if sees_all(person) else None
    if found is None:
        raise NotFound("Inläsningen finns inte, eller så har du inte tillgång till den.")
    return found


async def list_ingestions(
    session: AsyncSession,
    person: Viewer,
    *,
    state: str | None = None,
    unfinished: bool = False,
    limit: int = 20,
    offset: int = 0,
) -> tuple[list[Ingestion], int]:
    """Return ingestions, newest first, and how many there are in all.

    With ``unfinished`` only those that are not (yet) searchable: waiting, in progress, or failed and not superseded by
    a later ingestion of the same file name.
    """
    if not sees_all(person):
        return [], 0
    query = select(Ingestion)
    if state is not None:
        query = query.where(Ingestion.state == _state(state))
    if unfinished:
        newer = aliased(Ingestion)
        superseded = select(newer.id).where(*_same_file(newer, Ingestion), newer.id > Ingestion.id).exists()
        query = query.where(Ingestion.state != State.PUBLISHED, ~superseded)
    total = await session.scalar(select(func.count()).select_from(query.subquery()))
    found = await session.scalars(query.order_by(Ingestion.id.desc()).limit(limit).offset(offset))
    return list(found), total or 0


async def retry(session: AsyncSession, person: Viewer, ingestion_id: UUID) -> Ingestion:
    """Let an ingestion that is finished run again, such as one that failed, or was read by older readers.

    Raises `NotAllowed`, `NotFound`, or `InvalidValue` when it is on its way already or a newer file has come.
    """
    ingestion = await _to_change(session, person, ingestion_id)
    if not ingestion.state.finished:
        raise InvalidValue("Inläsningen är redan på väg. Vänta tills den är klar, eller avbryt den.", field="state")
    newer = select(Ingestion.id).where(*_same_file(Ingestion, ingestion), Ingestion.id > ingestion_id)
    if await session.scalar(newer.limit(1)):
        raise InvalidValue("En nyare fil med samma namn har kommit in. Läs in den igen i stället.", field="state")
    ingestion.state = State.QUEUED
    ingestion.stage = ingestion.page = ingestion.reason = ingestion.remedy = ingestion.finished_at = None
    ingestion.units_done = ingestion.units_total = None
    ingestion.attempts = 0
    await enqueue(session, [ingestion_id])
    return ingestion


async def read_again(session: AsyncSession, person: Viewer, document_id: UUID) -> Ingestion:
    """Let the file of a document that the person sees be read once more; raises as `retry`."""
    require_writer(person)
    newest = select(Ingestion.id).where(Ingestion.document_id == document_id).order_by(Ingestion.id.desc()).limit(1)
    found = await session.scalar(newest)
    if found is None:
        raise NotFound("Ingen inläsning av dokumentet finns kvar. Lägg in filen igen.")
    return await retry(session, person, found)


async def cancel(session: AsyncSession, person: Viewer, ingestion_id: UUID) -> Ingestion:
    """Stop an ingestion that is not finished; nothing of its file becomes searchable, and it may be run again.

    Raises `NotAllowed`, `NotFound`, or `InvalidValue` when it is finished.
    """
    ingestion = await _to_change(session, person, ingestion_id)
    if ingestion.state.finished:
        raise InvalidValue("Inläsningen är redan klar och går inte att avbryta.", field="state")
    ingestion.state = State.CANCELED
    ingestion.finished_at = utcnow()
    await session.flush()
    return ingestion


async def prioritise(session: AsyncSession, person: Viewer, ingestion_id: UUID, priority: Priority) -> Ingestion:
    """Let a waiting file be read earlier or later than the others.

    Raises `NotAllowed`, `NotFound`, or `InvalidValue` when it is being read or finished.
    """
    ingestion = await _to_change(session, person, ingestion_id)
    if ingestion.state is not State.QUEUED:
        raise InvalidValue("Bara en fil som väntar kan flyttas i kön.", field="priority")
    ingestion.priority = priority
    await session.flush()
    moved = text("UPDATE pgqueuer SET priority = :priority WHERE dedupe_key = :key AND status = 'queued'")
    await session.execute(moved, {"priority": int(priority), "key": str(ingestion_id)})
    return ingestion


async def _to_change(session: AsyncSession, person: Viewer, ingestion_id: UUID) -> Ingestion:
    require_writer(person)
    await get_ingestion(session, person, ingestion_id)
    return await session.get_one(Ingestion, ingestion_id, with_for_update=True)


def _same_file(one: type[Ingestion], other: type[Ingestion] | Ingestion) -> tuple[ColumnElement[bool], ...]:
    return one.file_name == other.file_name, one.visibility == other.visibility


async def enqueue_forgotten(session: AsyncSession) -> int:
    """Queue a job for every unfinished ingestion that has lost its job; returns how many there were."""
    queued = text(
        "SELECT id FROM ingestion WHERE state NOT IN ('published', 'failed', 'canceled') AND NOT EXISTS ("
        "SELECT FROM pgqueuer WHERE dedupe_key = ingestion.id::text AND status IN ('queued', 'picked')) ORDER BY id"
    )
    lost = list(await session.scalars(queued))
    if lost:
        await enqueue(session, lost)
    return len(lost)


async def mark(session: AsyncSession, ingestion_id: UUID, **values: Any) -> bool:
    """Write columns of one ingestion, and tell whether it was still unfinished; else nothing is written."""
    unfinished = Ingestion.state.not_in(FINISHED)
    wanted = update(Ingestion).where(Ingestion.id == ingestion_id, unfinished).values(**values)
    return (await session.scalar(wanted.returning(Ingestion.id))) is not None


def _state(value: str) -> State:
    try:
        return State(value)
    except ValueError:
        known = ", ".join(State)
        raise InvalidValue(f"Okänt tillstånd. Välj ett av: {known}.", field="state") from None
