"""Origins (*hämtställen*): addresses and files in a watched folder that documents are fetched from by themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ingest.jobs import Ingestion
from initiatives import activity
from initiatives.access import SEES_ALL_SQL, SYSTEM, Viewer, protect, require_writer, sees_all
from initiatives.addresses import target
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from retrieval.documents import INTERNAL, PUBLIC

LEASE = timedelta(minutes=5)
"""How long a worker has for a fetch before another may take it over."""
AFTER_TROUBLE = timedelta(hours=1)
"""How long to wait after a fetch that failed, if that is shorter than usual."""


class OriginKind(StrEnum):
    """An address on the internet, or a file in the watched folder."""

    ADDRESS = "adress"
    FILE = "fil"


class Origin(Base):
    """A place that a document is fetched from: when it was looked at and is to be next, and what came of it.

    ``etag`` and ``modified`` are what tells whether it has changed: what the server said, or the file's size and time.
    ``document_id`` is the document that the ingestion of what came last has become, once it has.
    """

    __tablename__ = "origin"
    __table_args__ = (UniqueConstraint("kind", "address"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[OriginKind] = mapped_column(text_enum(OriginKind, name="kind"))
    address: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    modified: Mapped[str | None] = mapped_column(Text)
    ingestion_id: Mapped[UUID | None] = mapped_column(ForeignKey("ingestion.id", ondelete="SET NULL"), index=True)
    document_id: Mapped[UUID | None] = column_property(
        select(Ingestion.document_id).where(Ingestion.id == ingestion_id).scalar_subquery()
    )
    problem: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


SCOPED_TABLES = ("origin",)
POLICIES: tuple[str, ...] = protect("origin", read=SEES_ALL_SQL)


async def add(
    session: AsyncSession, person: Viewer, *, address: str, visibility: str = INTERNAL, local: bool = False
) -> Origin:
    """Let the document at an https address be fetched now and then, from now on.

    Raises `NotAllowed`, `InvalidValue` for an address that may not be called, and `AlreadyExists`.
    """
    require_writer(person)
    address = address.strip()
    target(address, local=local, field="address")
    if visibility not in {PUBLIC, INTERNAL}:
        raise InvalidValue("Välj synligheten public eller internal.", field="visibility")
    known = select(Origin.id).where(Origin.kind == OriginKind.ADDRESS, Origin.address == address)
    if await session.scalar(known) is not None:
        raise AlreadyExists("Adressen finns redan bland hämtställena.", field="address")
    origin = Origin(
        id=new_id(),
        kind=OriginKind.ADDRESS,
        address=address,
        visibility=visibility,
        due_at=utcnow(),
        added_by=person.person_id,
    )
    session.add(origin)
    await session.flush()
    await session.refresh(origin)
    activity.record(session, person, "lade till", "origin", origin.id, after={"address": address})
    return origin


async def file(session: AsyncSession, address: str) -> Origin:
    """Return the place of a file in the watched folder, made when it is new; for the system."""
    new = {"id": new_id(), "kind": OriginKind.FILE, "address": address, "visibility": INTERNAL, "created_at": utcnow()}
    await session.execute(insert(Origin).values(new).on_conflict_do_nothing())
    known = select(Origin).where(Origin.kind == OriginKind.FILE, Origin.address == address)
    return (await session.scalars(known)).one()


async def stamps(session: AsyncSession) -> dict[str, tuple[str | None, str | None]]:
    """Return what tells whether the files of the watched folder have changed, by address; for the system."""
    query = select(Origin.address, Origin.etag, Origin.modified).where(Origin.kind == OriginKind.FILE)
    return {address: (etag, modified) for address, etag, modified in await session.execute(query)}


async def list_origins(
    session: AsyncSession, person: Viewer, *, limit: int = 20, offset: int = 0
) -> tuple[Sequence[Origin], int]:
    """Return the places, those with trouble first and then by address, and how many there are; none to a part-seer."""
    if not sees_all(person):
        return (), 0
    order = Origin.problem.is_(None), Origin.kind, Origin.address
    found = await session.scalars(select(Origin).order_by(*order).limit(limit).offset(offset))
    return found.all(), await session.scalar(select(func.count()).select_from(Origin)) or 0


async def check_now(session: AsyncSession, person: Viewer, origin_id: UUID) -> Origin:
    """Let a worker look at an address at once. Raises `NotAllowed`, `NotFound`, or `InvalidValue` for a file."""
    origin = await _to_change(session, person, origin_id)
    if origin.kind is not OriginKind.ADDRESS:
        raise InvalidValue("Den bevakade mappen ses efter av sig själv, flera gånger i minuten.", field="kind")
    origin.due_at = utcnow()
    await session.flush()
    await session.refresh(origin)
    return origin


async def remove(session: AsyncSession, person: Viewer, origin_id: UUID) -> None:
    """Fetch from the place no more; the documents stay. Raises `NotAllowed` and `NotFound`."""
    origin = await _to_change(session, person, origin_id)
    activity.record(session, person, "tog bort", "origin", origin_id, before={"address": origin.address})
    await session.delete(origin)
    await session.flush()


async def claim(session: AsyncSession) -> Origin | None:
    """Return an address whose time has come, kept from other workers for a while; None when there is none."""
    now = utcnow()
    due = select(Origin).where(Origin.kind == OriginKind.ADDRESS, Origin.due_at <= now).order_by(Origin.due_at)
    origin = await session.scalar(due.limit(1).with_for_update(skip_locked=True))
    if origin is not None:
        origin.due_at = now + LEASE
        await session.flush()
    return origin


def looked_at(origin: Origin, *, every: timedelta | None, problem: str | None) -> None:
    """Note that the place has been looked at; ``every`` is how long until the next time, None for a file."""
    origin.checked_at = utcnow()
    origin.problem = problem
    if every is not None:
        origin.due_at = origin.checked_at + (min(every, AFTER_TROUBLE) if problem else every)


def changed(session: AsyncSession, origin: Origin) -> None:
    """Note that something new came from the place."""
    origin.changed_at = utcnow()
    activity.record(session, SYSTEM, "hämtade", "origin", origin.id, after={"address": origin.address})


async def _to_change(session: AsyncSession, person: Viewer, origin_id: UUID) -> Origin:
    require_writer(person)
    origin = await session.get(Origin, origin_id, with_for_update=True)
    if origin is None:
        raise NotFound("Hämtstället finns inte.")
    return origin
