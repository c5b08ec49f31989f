"""Taking a document away for good: text, vectors, files and what was said from it, with a receipt."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import intake
from ingest.jobs import Ingestion
from initiatives import activity
from initiatives.access import SYSTEM, Viewer, acting_as, require_writer
from initiatives.base import utcnow
from initiatives.errors import NotFound
from initiatives.sources import Source
from retrieval import conversations
from retrieval.documents import Document, DocumentVersion, Passage, StoredFile, visible

_MISSING = "Dokumentet finns inte, eller så har du inte tillgång till det."


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that came in for the document; ``kept`` when its bytes stay because another document has the same."""

    name: str
    sha256: str
    bytes: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """The receipt: what went with the document, in numbers, and the sources in the register that keep their words.

    ``answers`` are turns of conversations whose answer rested on it and no longer can be read.
    """

    document_id: UUID
    title: str
    files: tuple[RemovedFile, ...]
    versions: int
    passages: int
    ingestions: int
    answers: int
    sources: int
    removed_at: datetime


async def remove(session: AsyncSession, person: Viewer, document_id: UUID) -> Removal:
    """Remove a document with all its versions, and files on their way in to it; the receipt goes to the log too.

    Raises `NotFound` when it is not there for the person, and `NotAllowed`.
    """
    wanted = select(Document).where(Document.id == document_id, visible(person))
    if await session.scalar(wanted) is None:
        raise NotFound(_MISSING)
    require_writer(person)
    for sha256 in sorted(await _hashes(session, document_id)):  # Or somebody brings the same bytes in meanwhile.
        await intake.lock_bytes(session, sha256)
    document = await session.scalar(wanted.with_for_update())
    if document is None:
        raise NotFound(_MISSING)
    brought = await _hashes(session, document_id)
    async with acting_as(session, SYSTEM, then=person):  # Conversations are seen by those who hold them alone.
        answers = await conversations.forget_document(session, document_id)
    receipt = Removal(
        document_id=document_id,
        title=document.title,
        files=await _files(session, document_id, brought),
        versions=await _count(session, DocumentVersion, document_id),
        passages=await _count(session, Passage, document_id),
        ingestions=await _count(session, Ingestion, document_id),
        answers=answers,
        sources=await _count(session, Source, document_id),
        removed_at=utcnow(),
    )
    await session.execute(delete(Ingestion).where(Ingestion.document_id == document_id))
    await session.execute(delete(Document).where(Document.id == document_id))
    gone = [bytes.fromhex(file.sha256) for file in receipt.files if not file.kept]
    await session.execute(delete(StoredFile).where(StoredFile.sha256.in_(gone)))
    activity.record(session, person, "tog bort", "document", document_id, before=_plain(receipt))
    await session.flush()
    return receipt


def _plain(receipt: Removal) -> dict[str, object]:
    return {name: value for name, value in asdict(receipt).items() if name not in {"document_id", "removed_at"}}


async def _hashes(session: AsyncSession, document_id: UUID) -> dict[bytes, str]:
    """Return every file of the document, with the name that it came in under."""
    read = select(DocumentVersion.sha256, DocumentVersion.file_name).where(DocumentVersion.document_id == document_id)
    waiting = select(Ingestion.sha256, Ingestion.file_name).where(Ingestion.document_id == document_id)
    found = await session.execute(read.union(waiting))
    return {sha256: name for sha256, name in found}  # noqa: C416 - rows, not pairs


async def _files(session: AsyncSession, document_id: UUID, brought: dict[bytes, str]) -> tuple[RemovedFile, ...]:
    elsewhere = set(await _used_elsewhere(session, document_id, list(brought)))
    sizes = await session.execute(select(StoredFile.sha256, StoredFile.size).where(StoredFile.sha256.in_(brought)))
    return tuple(RemovedFile(brought[sha256], sha256.hex(), size, sha256 in elsewhere) for sha256, size in sizes)


async def _used_elsewhere(session: AsyncSession, document_id: UUID, files: Sequence[bytes]) -> Sequence[bytes]:
    read = select(DocumentVersion.sha256).where(
        DocumentVersion.sha256.in_(files), DocumentVersion.document_id != document_id
    )
    waiting = select(Ingestion.sha256).where(
        Ingestion.sha256.in_(files), Ingestion.document_id.is_distinct_from(document_id)
    )
    return (await session.scalars(read.union(waiting))).all()


async def _count(
    session: AsyncSession,
    of: type[DocumentVersion] | type[Passage] | type[Ingestion] | type[Source],
    document_id: UUID,
) -> int:
    return await session.scalar(select(func.count()).select_from(of).where(of.document_id == document_id)) or 0
