"""Documents, their versions, and the sections and passages that answers quote."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    Select,
    SmallInteger,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives import accesses
from initiatives.access import ROLE_SQL, SEES_ALL_SQL, Viewer, protect, sees_all
from initiatives.base import Base, new_id, utcnow
from initiatives.errors import NotFound
from initiatives.sharing import SHARE_SEEN_SQL, Period, in_force

PUBLIC = "public"
INTERNAL = "internal"


class StoredFile(Base):
    """The bytes of a file as it came in, kept once however often it is sent."""

    __tablename__ = "stored_file"

    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Document(Base):
    """A document as people speak of it; its text lives in its versions."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("visibility IN ('public', 'internal')", name="visibility"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    organ: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    visibility: Mapped[str] = mapped_column(Text, default=INTERNAL)
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    current_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("document_version.id", use_alter=True, ondelete="SET NULL")
    )


class DocumentShare(Period, Base):
    """An organisation whose people may read an internal document, the version that is current, while it is in force."""

    __tablename__ = "document_share"
    __table_args__ = (CheckConstraint("to_on >= from_on", name="period"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DocumentVersion(Base):
    """One published text of a document.

    ``text`` is the canonical text that every offset counts characters in. ``pages`` is a list of
    ``{"number", "start", "end", "state"}``. ``lexicon`` is the packed lexical segment of `retrieval.lexical`, made by
    its analysis number ``analysis``. ``quality`` is the card of `ingest.quality`, None for versions from before it.
    What is worked out of the text was last made anew at ``renewed_at``, if ever.
    """

    __tablename__ = "document_version"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[bytes] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    file_name: Mapped[str] = mapped_column(Text, index=True)
    media_type: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    pages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    passage_count: Mapped[int]
    lexicon: Mapped[bytes] = mapped_column(LargeBinary)
    analysis: Mapped[int] = mapped_column(server_default="1")
    renewed_at: Mapped[dt.datetime | None]
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    quality: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    published_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Section(Base):
    """A heading and what stands under it, by character offsets into the version's text."""

    __tablename__ = "section"

    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("document_version.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    start: Mapped[int]
    end: Mapped[int]


class Passage(Base):
    """The unit of search: a sentence group, list, att-sats or table row, with exact offsets and its vector.

    Only the current version of a document has passages. ``context`` is what a reader would need besides the
    text itself (document title, section path, lead-in, column headers); it is embedded and indexed with it.
    ``parts`` are the vectors of its quotable pieces (`retrieval.meanings`), made together with ``embedding``.
    """

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_version.id", ondelete="CASCADE"))
    position: Mapped[int]
    section: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    start: Mapped[int]
    end: Mapped[int]
    page: Mapped[int]
    context: Mapped[str] = mapped_column(Text)
    model_id: Mapped[int] = mapped_column(ForeignKey("embedding_model.id"))
    embedding: Mapped[Any] = mapped_column(Vector())
    parts: Mapped[bytes | None] = mapped_column(LargeBinary)


_SHARED = "id IN (SELECT document_id FROM document_share)"
_CURRENT = "IN (SELECT current_version_id FROM document)"
_FILE_OF_VISIBLE = "sha256 IN (SELECT sha256 FROM document_version)"

POLICIES: tuple[str, ...] = (
    *protect("document_share", read=SHARE_SEEN_SQL),
    *protect("document", read=f"{SEES_ALL_SQL} OR ({ROLE_SQL} IS NOT NULL AND (visibility = 'public' OR {_SHARED}))"),
    *protect("document_version", read=f"{SEES_ALL_SQL} OR id {_CURRENT}"),
    *protect("section", read=f"{SEES_ALL_SQL} OR version_id {_CURRENT}"),
    *protect("passage", read=f"{SEES_ALL_SQL} OR version_id {_CURRENT}"),
    *protect("stored_file", read=f"{SEES_ALL_SQL} OR {_FILE_OF_VISIBLE}"),
)
"""Those who do not see all read the current version alone: what it replaced may never have been meant for them."""


def visible(person: Viewer) -> ColumnElement[bool]:
    """The condition on `Document` that holds for exactly the documents that the person may see."""
    if sees_all(person):
        return Document.id.is_not(None)
    return or_(Document.visibility == PUBLIC, Document.id.in_(shared(person)))


def shared(person: Viewer) -> Select[uuid.UUID]:
    """The identifiers of the documents that are shared with the person's organisation today."""
    mine = DocumentShare.organisation_id == person.organisation_id
    return select(DocumentShare.document_id).where(mine, in_force(DocumentShare))


def readable(person: Viewer) -> ColumnElement[bool]:
    """The condition on `DocumentVersion`: any for one who sees all, else the current ones of what they see."""
    if sees_all(person):
        return DocumentVersion.id.is_not(None)
    return DocumentVersion.id.in_(select(Document.current_version_id).where(visible(person)))


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as it stands in a list. Counts, warnings and ``quality`` are those of the current version."""

    id: uuid.UUID
    title: str
    kind: str
    organ: str | None
    year: int | None
    visibility: str
    file_name: str
    media_type: str
    page_count: int
    passage_count: int
    warnings: tuple[str, ...]
    quality: dict[str, Any] | None
    created_at: dt.datetime
    published_at: dt.datetime
    version_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section of a document: heading path, nesting level and character offsets."""

    position: int
    level: int
    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document with its whole text, pages and sections, as the document page shows it."""

    summary: DocumentSummary
    text: str
    pages: tuple[dict[str, Any], ...]
    sections: tuple[SectionText, ...]
    passages: tuple[tuple[str, int, int], ...]


def _summaries(person: Viewer) -> Select[Any]:
    return (
        select(
            Document.id,
            Document.title,
            Document.kind,
            Document.organ,
            Document.year,
            Document.visibility,
            DocumentVersion.file_name,
            DocumentVersion.media_type,
            func.jsonb_array_length(DocumentVersion.pages).label("page_count"),
            DocumentVersion.passage_count,
            DocumentVersion.warnings,
            DocumentVersion.quality,
            Document.created_at,
            DocumentVersion.published_at,
            DocumentVersion.id.label("version_id"),
        )
        .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(visible(person))
    )


async def _found(session: AsyncSession, query: Select[Any]) -> list[DocumentSummary]:
    rows = (await session.execute(query)).mappings()
    return [DocumentSummary(**{**row, "warnings": tuple(row["warnings"])}) for row in rows]


async def list_documents(
    session: AsyncSession,
    person: Viewer,
    *,
    text: str | None = None,
    kind: str | None = None,
    visibility: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[list[DocumentSummary], int]:
    """The published documents that the person may see, newest first, and how many there are in all.

    ``text`` matches title and file name, letter case aside.
    """
    query = _summaries(person)
    if text:
        named = DocumentVersion.file_name.icontains(text, autoescape=True)
        query = query.where(or_(Document.title.icontains(text, autoescape=True), named))
    if kind:
        query = query.where(Document.kind == kind)
    if visibility:
        query = query.where(Document.visibility == visibility)
    total = await session.scalar(select(func.count()).select_from(query.subquery()))
    newest = query.order_by(DocumentVersion.published_at.desc(), Document.id.desc())
    return await _found(session, newest.limit(limit).offset(offset)), total or 0


async def find_documents(
    session: AsyncSession, person: Viewer, document_ids: Sequence[uuid.UUID]
) -> list[DocumentSummary]:
    """Those of these documents that are published and that the person may see."""
    return await _found(session, _summaries(person).where(Document.id.in_(document_ids)))


async def kinds(session: AsyncSession, person: Viewer) -> list[str]:
    """The kinds of the documents that the person may see, in alphabetical order."""
    query = select(Document.kind).where(visible(person), Document.current_version_id.is_not(None)).distinct()
    return list(await session.scalars(query.order_by(Document.kind)))


async def get_summary(session: AsyncSession, person: Viewer, document_id: uuid.UUID) -> DocumentSummary:
    """What is known of the document, noted as opened. Raises `NotFound` if it is not there for the person."""
    found = await find_documents(session, person, [document_id])
    if not found:
        raise NotFound("Dokumentet finns inte, eller så har du inte tillgång till det.")
    await accesses.seen(session, person, "document", [document_id])
    return found[0]


async def get_document(
    session: AsyncSession, person: Viewer, document_id: uuid.UUID, *, version_id: uuid.UUID | None = None
) -> DocumentText:
    """The document with its text, noted as opened; an older version when ``version_id`` is given by one who sees all.

    Raises `NotFound` when there is no such document or version, or the person may not see it.
    """
    summary = await get_summary(session, person, document_id)
    wanted = version_id or summary.version_id
    of_document = DocumentVersion.id == wanted, DocumentVersion.document_id == document_id
    text_of = select(DocumentVersion.text, DocumentVersion.pages).where(*of_document, readable(person))
    version = (await session.execute(text_of)).one_or_none()
    if version is None:
        raise NotFound("Den versionen av dokumentet finns inte.")
    sections = await session.scalars(select(Section).where(Section.version_id == wanted).order_by(Section.position))
    passages = await session.execute(
        select(Passage.kind, Passage.start, Passage.end).where(Passage.version_id == wanted).order_by(Passage.position)
    )
    return DocumentText(
        summary=summary,
        text=version.text,
        pages=tuple(version.pages),
        sections=tuple(SectionText(s.position, s.level, tuple(s.path), s.start, s.end) for s in sections),
        passages=tuple((kind, start, end) for kind, start, end in passages),
    )


async def original_file(session: AsyncSession, person: Viewer, document_id: uuid.UUID) -> tuple[str, str, bytes]:
    """File name, media type and bytes of the document's current version. Raises `NotFound` like `get_document`."""
    row = (
        await session.execute(
            select(DocumentVersion.file_name, DocumentVersion.media_type, StoredFile.data)
            .join(Document, Document.current_version_id == DocumentVersion.id)
            .join(StoredFile, StoredFile.sha256 == DocumentVersion.sha256)
            .where(Document.id == document_id, visible(person))
        )
    ).one_or_none()
    if row is None:
        raise NotFound("Filen finns inte, eller så har du inte tillgång till den.")
    await accesses.seen(session, person, "document", [document_id])
    return row.file_name, row.media_type, row.data
