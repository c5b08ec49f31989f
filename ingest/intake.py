"""The door for files: looked at, stored once by content, and queued for reading in the same transaction."""

import asyncio
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import archives, jobs, readers
from ingest.errors import RefusedFile
from ingest.jobs import FINISHED, Ingestion, Priority, State
from initiatives import activity
from initiatives.access import Viewer, may_write, require_writer
from initiatives.errors import InvalidValue, NotFound
from initiatives.organisations import Organisation
from retrieval import document_shares
from retrieval.document_shares import share_until_further_notice
from retrieval.documents import INTERNAL, PUBLIC, Document, DocumentVersion, StoredFile

MAX_BYTES = 50 * 1024 * 1024
"""Default limit for the size of one file."""
_LONGEST_NAME = 200
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file at the door.

    ``unchanged`` means that the same bytes are already in, or on their way in: `ingestion_id` is then the ingestion
    that brought them (None when it is no longer kept). ``document_id`` is None until a new document is published.
    ``pending`` tells that the bytes are not searchable yet.
    """

    ingestion_id: UUID | None
    document_id: UUID | None
    unchanged: bool
    pending: bool


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file of several: a receipt, or why it was refused."""

    file_name: str
    receipt: Receipt | None
    refused: RefusedFile | None = None


def _looked_at(name: str, data: bytes) -> tuple[str, bytes]:
    """Return the media type and the SHA-256 of a file; large ones take their time."""
    return readers.recognise(name, data), hashlib.sha256(data).digest()


def is_archive(data: bytes) -> bool:
    """Whether the bytes are a zip archive of files rather than one file. Raises `RefusedFile` like `receive`."""
    return data.startswith(b"PK") and readers.recognise("", data) == readers.ZIP


async def receive_all(
    session: AsyncSession, person: Viewer, data: bytes, *, max_bytes: int = MAX_BYTES, **more: Any
) -> list[Received]:
    """Take in the files of a zip archive, each as `receive` does; ``more`` goes with each, their titles aside.

    One that is refused stops none of the others. Raises as `receive` does, and `RefusedFile` for the archive itself.
    """
    require_writer(person)
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    outcomes = []
    files = archives.unpack(data, max_bytes)
    while member := await asyncio.to_thread(next, files, None):
        receipt, refused = None, member.refused
        if refused is None:
            try:
                receipt = await receive(session, person, file_name=member.name, data=member.data, **more)
            except RefusedFile as error:
                refused = error
        outcomes.append(Received(member.name, receipt, refused))
    if all(one.refused for one in outcomes):
        names = ", ".join(one.file_name for one in outcomes[:5])
        raise RefusedFile(f"Arkivet har ingen fil som kan läsas ({names}).", "Packa upp det och se efter.")
    return outcomes


async def receive(
    session: AsyncSession,
    person: Viewer,
    *,
    file_name: str,
    data: bytes,
    title: str | None = None,
    visibility: str = INTERNAL,
    shared_with: Sequence[UUID] = (),
    priority: Priority = Priority.NORMAL,
    max_bytes: int = MAX_BYTES,
) -> Receipt:
    """Take in a file: the same name and visibility with other bytes becomes a new version of that document.

    The old version answers until the new one is published; an archive is for `receive_all`. Raises `NotAllowed`,
    `InvalidValue` for an unknown visibility, and `RefusedFile` for what no reader takes; nothing is stored then.
    """
    require_writer(person)
    if visibility not in {PUBLIC, INTERNAL}:
        raise InvalidValue("Välj synligheten public eller internal.", field="visibility")
    name = safe_name(file_name)
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    media_type, sha256 = await asyncio.to_thread(_looked_at, name, data)
    if media_type == readers.ZIP:
        raise RefusedFile("Filen är ett zip-arkiv, och arkiv tas inte emot här.", "Packa upp det och lägg in filerna.")
    await _require_organisations(session, shared_with)
    await lock_identity(session, name, visibility, sha256)
    if known := await _already_here(session, name, visibility, sha256):
        if known.pending:
            await _share_when_published(session, known.ingestion_id, shared_with)
        else:
            await share_until_further_notice(session, known.document_id, shared_with, by=person.person_id)
        return known
    await session.execute(insert(StoredFile).values(sha256=sha256, size=len(data), data=data).on_conflict_do_nothing())
    ingestion = Ingestion(
        file_name=name,
        sha256=sha256,
        media_type=media_type,
        title=_printable(title or "")[:_LONGEST_NAME] or None,
        visibility=visibility,
        shared_with=list(dict.fromkeys([*await _promised(session, name, visibility, sha256), *shared_with])),
        added_by=person.person_id,
        document_id=await document_named(session, name, visibility),
        priority=priority,
    )
    session.add(ingestion)
    await session.flush()
    await jobs.enqueue(session, [ingestion.id])
    return Receipt(ingestion.id, ingestion.document_id, unchanged=False, pending=True)


def too_large(max_bytes: int) -> RefusedFile:
    """Return the refusal of a file that is larger than the limit."""
    limit = f"{max_bytes / 1024 / 1024:.0f} MB"
    return RefusedFile(f"Filen är större än gränsen {limit}.", "Dela upp den eller spara den i mindre format.")


async def lock_identity(session: AsyncSession, name: str, visibility: str, sha256: bytes) -> None:
    """Hold, until the transaction ends, everyone else who brings the same file name or the same bytes."""
    words = {"name": f"{visibility}/{name}"}
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), words)
    await lock_bytes(session, sha256)


async def lock_bytes(session: AsyncSession, sha256: bytes) -> None:
    """Hold, until the transaction ends, everyone else who brings the same bytes or takes them away."""
    words = {"sha": sha256.hex()}
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:sha, 2))"), words)


async def document_named(session: AsyncSession, name: str, visibility: str) -> UUID | None:
    """Return the document whose current version came in under this file name, the oldest if there are several."""
    query = (
        select(Document.id)
        .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(DocumentVersion.file_name == name, Document.visibility == visibility)
        .order_by(Document.id)
        .limit(1)
    )
    return await session.scalar(query)


async def _share_when_published(
    session: AsyncSession, ingestion_id: UUID | None, organisations: Sequence[UUID]
) -> None:
    """Share what is still on its way in; until then the document's old version is for those who had it."""
    ingestion = await session.get_one(Ingestion, ingestion_id)
    ingestion.shared_with = list(dict.fromkeys([*ingestion.shared_with, *organisations]))


async def _promised(session: AsyncSession, name: str, visibility: str, sha256: bytes) -> Sequence[UUID]:
    """Return with whom the same file was to be shared when its reading failed the last time."""
    query = (
        select(Ingestion.shared_with)
        .where(Ingestion.file_name == name, Ingestion.visibility == visibility, Ingestion.sha256 == sha256)
        .where(Ingestion.state == State.FAILED)
        .order_by(Ingestion.id.desc())
        .limit(1)
    )
    return await session.scalar(query) or ()


async def stop_sharing(session: AsyncSession, person: Viewer, document_id: UUID, organisation_id: UUID) -> None:
    """Stop sharing a document with an organisation, also with what is on its way in to it or has failed to be read.

    Raises `NotFound` if it neither was shared with it nor was to be, and `NotAllowed`.
    """
    promised = Ingestion.document_id == document_id, Ingestion.state != State.PUBLISHED
    withdrawn: Sequence[UUID] = ()
    if may_write(person):
        query = update(Ingestion).where(*promised, any_(Ingestion.shared_with) == organisation_id)
        without = func.array_remove(Ingestion.shared_with, organisation_id)
        withdrawn = (await session.scalars(query.values(shared_with=without).returning(Ingestion.id))).all()
    try:
        await document_shares.unshare(session, person, document_id, organisation_id)
    except NotFound:
        if not withdrawn:
            raise
        before = {"organisation_id": organisation_id}
        activity.record(session, person, "slutade dela", "document", document_id, before=before)


def safe_name(file_name: str) -> str:
    """Return the last part of a path without control and direction marks, in NFC, at most 200 characters long."""
    last = unicodedata.normalize("NFC", file_name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = _printable(last).strip(". ") or "namnlös"
    suffix = PurePath(name).suffix[:20]
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - len(suffix)] + suffix


def _printable(text: str) -> str:
    """Return the text on one line without control, direction and broken marks."""
    return " ".join("".join(" " if unicodedata.category(mark) in _UNPRINTABLE else mark for mark in text).split())


async def _require_organisations(session: AsyncSession, organisations: Sequence[UUID]) -> None:
    known = set(await session.scalars(select(Organisation.id).where(Organisation.id.in_(organisations))))
    if not known.issuperset(organisations):
        raise InvalidValue("En av organisationerna att dela med finns inte.", field="shared_with")


async def _already_here(session: AsyncSession, name: str, visibility: str, sha256: bytes) -> Receipt | None:
    """Find the same bytes: under this name first; under another name only when this name is new."""
    waiting = await _in_progress(session, Ingestion.file_name == name, visibility)
    if waiting is not None:
        return (
            Receipt(waiting.id, waiting.document_id, unchanged=True, pending=True) if waiting.sha256 == sha256 else None
        )
    named = await document_named(session, name, visibility)
    if named is None and (same := await _in_progress(session, Ingestion.sha256 == sha256, visibility)):
        return Receipt(same.id, same.document_id, unchanged=True, pending=True)
    query = (
        select(Document.id)
        .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(DocumentVersion.sha256 == sha256, Document.visibility == visibility)
    )
    if named is not None:
        query = query.where(Document.id == named)
    document_id = await session.scalar(query.limit(1))
    if document_id is None:
        return None
    brought = select(Ingestion.id).where(Ingestion.document_id == document_id, Ingestion.sha256 == sha256)
    ingestion_id = await session.scalar(brought.order_by(Ingestion.id.desc()).limit(1))
    return Receipt(ingestion_id, document_id, unchanged=True, pending=False)


async def _in_progress(session: AsyncSession, condition: ColumnElement[bool], visibility: str) -> Ingestion | None:
    query = (
        select(Ingestion)
        .where(condition, Ingestion.visibility == visibility, Ingestion.state.not_in(FINISHED))
        .order_by(Ingestion.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
