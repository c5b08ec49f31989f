"""Sources: the place in a document that something in the register rests on, with the words that stand there.

The foreign keys to documents are in the database, the import is not: the register stands below the documents. The
quotation is kept when the document goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Uuid, column, delete, func, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import ANYTHING, KINDS, Kind
from initiatives.past import kept

LONGEST_QUOTE = 5_000
LAST_PLACE = 2**31 - 2
"""The largest number of a character that PostgreSQL can look for."""


class Source(Base):
    """What a thing in the register rests on: characters `start` to `end` of the text of a document's version."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint('start >= 0 AND "end" > start', name="span"),
        Index(None, "subject_type", "subject_id"),
        Index(None, "document_id"),
        Index(None, "version_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("document_version.id", ondelete="SET NULL"))
    title: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    page: Mapped[int | None]
    quote: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


POLICIES: tuple[str, ...] = protect("source", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("source", part_of="subject_id"),)

KINDS["source"] = Kind(
    word="källa",
    plural="källor",
    title=("title", "page"),
    labels={
        "subject_type": "Slag av sak",
        "subject_id": "Sak",
        "document_id": "Dokument",
        "version_id": "Version",
        "title": "Dokumentets titel",
        "start": "Första tecken",
        "end": "Sista tecken",
        "page": "Sida",
        "quote": "Citat",
    },
    part_of=ANYTHING,
)

SUBJECTS: dict[str, str] = {"initiative": "Initiativet finns inte."}
"""The tables whose rows may rest on sources, and what to say when there is no such row; rooms add their own."""

DOCUMENT = table("document", column("id", Uuid), column("title", String), column("current_version_id", Uuid))
VERSION = table(
    "document_version",
    column("id", Uuid),
    column("document_id", Uuid),
    column("text", String),
    column("pages", JSONB),
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is shown; `document_id` is None when the document is gone, `title` is what it was called.

    `current` tells whether the quotation stands in the version of the document that answers now.
    """

    id: UUID
    subject_type: str
    subject_id: UUID
    document_id: UUID | None
    version_id: UUID | None
    title: str
    start: int
    end: int
    page: int | None
    quote: str
    current: bool
    created_at: datetime


async def attach(
    session: AsyncSession,
    person: Viewer,
    subject_type: str,
    subject_id: UUID,
    *,
    document_id: UUID,
    quote: str,
    version_id: UUID | None = None,
    start: int | None = None,
) -> SourceRow:
    """Let something in the register rest on a quotation, which must stand word for word in the document's text.

    `version_id` is the current version unless it is given, `start` the first place where the quotation stands. Raises
    `NotAllowed`, `NotFound` for the subject, and `InvalidValue` for a document, version or quotation that is not there.
    """
    require_writer(person)
    await require_subject(session, subject_type, subject_id)
    quote = values.paragraph(quote, field="quote", longest=LONGEST_QUOTE)
    if not quote:
        raise InvalidValue("Skriv citatet ordagrant som det står i dokumentet.", field="quote")
    version = await _version(session, document_id, version_id)
    start = await _place(session, version["id"], quote, start)
    source = Source(
        id=new_id(),
        subject_type=subject_type,
        subject_id=subject_id,
        document_id=document_id,
        version_id=version["id"],
        title=version["title"],
        start=start,
        end=start + len(quote),
        page=page_at(version["pages"], start),
        quote=quote,
        created_at=utcnow(),
    )
    session.add(source)
    await session.flush()
    after = {"document_id": document_id, "quote": quote, "page": source.page}
    activity.record(session, person, "lade till källa", subject_type, subject_id, after=after)
    return _row(source, version["current_version_id"])


async def list_sources(
    session: AsyncSession, person: Viewer, subject_type: str, subject_ids: Sequence[UUID]
) -> Sequence[SourceRow]:
    """Return what these things rest on, in the order in which it was written down; nothing to one who sees a part."""
    if not sees_all(person):
        return ()
    of_them = _shown().where(Source.subject_type == subject_type, Source.subject_id.in_(subject_ids))
    return [_row(*one) for one in await session.execute(of_them.order_by(Source.id))]


async def resting_on(session: AsyncSession, person: Viewer, document_id: UUID) -> Sequence[SourceRow]:
    """Return the places of a document that something in the register rests on, in reading order."""
    if not sees_all(person):
        return ()
    of_it = _shown().where(Source.document_id == document_id)
    return [_row(*one) for one in await session.execute(of_it.order_by(Source.start, Source.id))]


async def detach(session: AsyncSession, person: Viewer, source_id: UUID) -> None:
    """Take a source away; raise `NotFound` if it is not there for the person, `NotAllowed` if they may not write."""
    source = await session.get(Source, source_id) if sees_all(person) else None
    if source is None:
        raise NotFound("Källan finns inte.")
    require_writer(person)
    before = {"document_id": source.document_id, "quote": source.quote, "page": source.page}
    activity.record(session, person, "tog bort källa", source.subject_type, source.subject_id, before=before)
    await session.delete(source)
    await session.flush()


async def forget(session: AsyncSession, subject_type: str, subject_ids: Sequence[UUID]) -> None:
    """Take away what things rested on that are themselves being removed; their own removal stands in the diary."""
    of_them = Source.subject_type == subject_type, Source.subject_id.in_(subject_ids)
    await session.execute(delete(Source).where(*of_them))


def page_at(pages: Sequence[Mapping[str, Any]], place: int) -> int | None:
    """Return the number of the page that holds the character at `place`; None where a document has no pages."""
    return next((int(page["number"]) for page in pages if page["start"] <= place < page["end"]), None)


async def require_subject(session: AsyncSession, subject_type: str, subject_id: UUID) -> None:
    """Return if there is such a thing in the register; raise `InvalidValue` for its kind, `NotFound` for itself."""
    if subject_type not in SUBJECTS:
        allowed = ", ".join(sorted(SUBJECTS))
        raise InvalidValue(f"Det slaget går inte att knyta till. Tillåtna slag: {allowed}.", field="subject_type")
    subject = table(subject_type, column("id", Uuid))
    if await session.scalar(select(subject.c.id).where(subject.c.id == subject_id)) is None:
        raise NotFound(SUBJECTS[subject_type])


async def _version(session: AsyncSession, document_id: UUID, version_id: UUID | None) -> Mapping[str, Any]:
    wanted = DOCUMENT.c.current_version_id if version_id is None else version_id
    query = (
        select(VERSION.c.id, VERSION.c.pages, DOCUMENT.c.title, DOCUMENT.c.current_version_id)
        .join(DOCUMENT, DOCUMENT.c.id == VERSION.c.document_id)
        .where(DOCUMENT.c.id == document_id, VERSION.c.id == wanted)
    )
    found = (await session.execute(query)).mappings().one_or_none()
    if found is None:
        raise InvalidValue("Dokumentet eller versionen finns inte.", field="document_id")
    return dict(found)


async def _place(session: AsyncSession, version_id: UUID, quote: str, start: int | None) -> int:
    if start is None:
        found = await session.scalar(select(func.strpos(VERSION.c.text, quote)).where(VERSION.c.id == version_id))
        if not found:
            raise InvalidValue(
                "Citatet står inte ordagrant i dokumentet. Kopiera det ur dokumentets text.", field="quote"
            )
        return int(found) - 1
    there = select(func.substr(VERSION.c.text, start + 1, len(quote))).where(VERSION.c.id == version_id)
    if not 0 <= start < LAST_PLACE or await session.scalar(there) != quote:
        raise InvalidValue("Citatet står inte på den platsen. Utelämna start, så söks platsen upp.", field="start")
    return start


def _shown() -> Select[Source, UUID | None]:
    there = DOCUMENT.c.id == Source.document_id
    return select(Source, DOCUMENT.c.current_version_id).join(DOCUMENT, there, isouter=True)


def _row(source: Source, current_version_id: UUID | None) -> SourceRow:
    return SourceRow(
        source.id,
        source.subject_type,
        source.subject_id,
        source.document_id,
        source.version_id,
        source.title,
        source.start,
        source.end,
        source.page,
        source.quote,
        source.version_id is not None and source.version_id == current_version_id,
        source.created_at,
    )
