"""What happens to a file after the door: read, divided, embedded, and published all at once."""

import logging
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import intake, jobs, units, vectors
from ingest.errors import Stage, UnreadableFile
from ingest.jobs import Ingestion, State
from ingest.meanings import meanings
from ingest.parsing import Parsed, Source
from ingest.sandbox import Sandbox
from ingest.units import Made
from initiatives import activity, source_versions
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id, utcnow
from initiatives.suggestions import keeping
from retrieval.document_shares import share_until_further_notice
from retrieval.documents import Document, DocumentVersion, Section, StoredFile
from retrieval.embedding import Embedder, ModelUnavailable
from retrieval.lexical import ANALYSIS

_STATES = {Stage.READING: State.READING, Stage.STRUCTURING: State.STRUCTURING}
MAX_STARTS = 10
"""How often the work on one file is begun before it counts as the cause of what keeps ending it."""
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The ingestion has been finished or cancelled while it was being worked on."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the work needs: sessions, the embedding model and the children that read."""

    sessions: ScopedSessions
    embedder: Embedder
    sandbox: Sandbox


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is ready to be published; for each unit, in order, a vector and its packed pieces, by one model."""

    parsed: Parsed
    made: tuple[Made, ...]
    model_id: int


async def run(pipeline: Pipeline, ingestion_id: UUID) -> None:
    """Bring one ingestion to its end: published, or failed with a reason. Running it again changes nothing.

    What may pass (the database away, the model not loading) is raised for the caller to try again. One that somebody
    cancels, or another worker finishes, is left as it is.
    """
    try:
        taken = await _take(pipeline, ingestion_id)
        if taken is not None:
            try:
                await _bring(pipeline, ingestion_id, *taken)
            except vectors.Exchanged:  # Another model has come into force meanwhile: once more, with that one.
                await _bring(pipeline, ingestion_id, *taken)
    except Stopped:
        log.info("Ingestion %s was ended by somebody else", ingestion_id)
    except UnreadableFile as error:
        await fail(pipeline.sessions, ingestion_id, error)
    except ModelUnavailable as error:
        remedy = "Försök igen när det är åtgärdat."
        await fail(pipeline.sessions, ingestion_id, UnreadableFile(error.detail, remedy, stage=Stage.EMBEDDING))


async def fail(sessions: ScopedSessions, ingestion_id: UUID, error: UnreadableFile) -> None:
    """Record on the ingestion why the file did not become searchable."""
    verdict = {"stage": error.stage, "page": error.page, "reason": error.reason, "remedy": error.remedy}
    async with sessions(SYSTEM) as session:
        await jobs.mark(session, ingestion_id, state=State.FAILED, finished_at=utcnow(), **verdict)
    log.warning("Ingestion %s failed in %s: %s", ingestion_id, error.stage.value, error.reason)


async def publish(session: AsyncSession, ingestion_id: UUID, prepared: Prepared) -> None:
    """Write the version with all that hangs on it and let it answer from now on; commits or fails as one.

    Does nothing for an ingestion that is finished already, and leaves a newer version of the document in its place.
    Raises `vectors.Exchanged` when the model that the file was prepared with answers no more.
    """
    name, visibility, sha256 = (
        await session.execute(
            select(Ingestion.file_name, Ingestion.visibility, Ingestion.sha256).where(Ingestion.id == ingestion_id)
        )
    ).one()
    await intake.lock_identity(session, name, visibility, sha256)
    ingestion = await session.get_one(Ingestion, ingestion_id, with_for_update=True)
    if ingestion.state.finished:
        return
    if newer := await _newer(session, ingestion):
        ingestion.document_id = newer
    else:
        await vectors.hold(session, prepared.model_id)
        document, version = await _version(session, ingestion, prepared)
        await units.replace(session, version, prepared.parsed.units, prepared.made, prepared.model_id)
        await source_versions.follow(session, document.id, version.id)
        found = prepared.parsed.found
        await keeping.keep(session, document.id, version.id, text=version.text, pages=version.pages, found=found)
        _note(session, document, version, is_new=document.current_version_id is None)
        document.current_version_id = version.id
        ingestion.document_id = document.id
    await share_until_further_notice(session, ingestion.document_id, ingestion.shared_with, by=ingestion.added_by)
    ingestion.state = State.PUBLISHED
    ingestion.finished_at = utcnow()


async def _take(pipeline: Pipeline, ingestion_id: UUID) -> tuple[Source, bytes] | None:
    async with pipeline.sessions(SYSTEM) as session:
        ingestion = await session.get(Ingestion, ingestion_id)
        if ingestion is None or ingestion.state.finished:
            return None
        if ingestion.attempts >= MAX_STARTS:
            raise UnreadableFile(
                f"Inläsningen har avbrutits {MAX_STARTS} gånger utan att bli klar.",
                "Kontrollera filen, eller dela upp den, och försök igen.",
            )
        ingestion.state = State.READING
        ingestion.attempts += 1
        data = await session.scalar(select(StoredFile.data).where(StoredFile.sha256 == ingestion.sha256))
        return Source(ingestion.file_name, ingestion.media_type, ingestion.title), data or b""


async def _bring(pipeline: Pipeline, ingestion_id: UUID, source: Source, data: bytes) -> None:
    prepared = await _prepare(pipeline, ingestion_id, source, data)
    async with pipeline.sessions(SYSTEM) as session:
        await publish(session, ingestion_id, prepared)


async def _prepare(pipeline: Pipeline, ingestion_id: UUID, source: Source, data: bytes) -> Prepared:
    async def on_stage(stage: Stage) -> None:
        await _progress(pipeline, ingestion_id, _STATES[stage])

    parsed = await pipeline.sandbox.parse(source, data, on_stage)
    writer = await vectors.writer(pipeline.sessions, pipeline.embedder)
    made = await _known(pipeline, ingestion_id, parsed, writer.model_id)
    new = [position for position, one in enumerate(made) if one is None]
    for start in range(0, len(new), vectors.BATCH):
        done = len(made) - len(new) + start
        await _progress(pipeline, ingestion_id, State.EMBEDDING, units_done=done, units_total=len(made))
        batch = new[start : start + vectors.BATCH]
        rows, parts = await meanings(writer.embedder, [(parsed.text, parsed.units[place]) for place in batch])
        for place, row, packed in zip(batch, rows, parts, strict=True):
            made[place] = row, packed
    return Prepared(parsed, tuple(one for one in made if one is not None), writer.model_id)


async def _known(pipeline: Pipeline, ingestion_id: UUID, parsed: Parsed, model_id: int) -> list[Made | None]:
    """Return vector and pieces of the units that read as they did in the version that answers now."""
    async with pipeline.sessions(SYSTEM) as session:
        ingestion = await session.get_one(Ingestion, ingestion_id)
        document_id = await intake.document_named(session, ingestion.file_name, ingestion.visibility)
        earlier = await units.known_units(session, document_id, model_id)
    return [
        units.here(known, unit) if (known := units.take(earlier, units.words(parsed.text, unit))) else None
        for unit in parsed.units
    ]


async def _progress(pipeline: Pipeline, ingestion_id: UUID, state: State, **more: int) -> None:
    async with pipeline.sessions(SYSTEM) as session:
        if not await jobs.mark(session, ingestion_id, state=state, **more):
            raise Stopped


async def _newer(session: AsyncSession, ingestion: Ingestion) -> UUID | None:
    """Return the document whose published version came in after this ingestion under the same name."""
    same_file = (Ingestion.file_name == ingestion.file_name) & (Ingestion.visibility == ingestion.visibility)
    published = (Ingestion.state == State.PUBLISHED) & Ingestion.document_id.is_not(None)
    query = select(Ingestion.document_id).where(same_file, published, Ingestion.id > ingestion.id).limit(1)
    return await session.scalar(query)


async def _version(session: AsyncSession, ingestion: Ingestion, prepared: Prepared) -> tuple[Document, DocumentVersion]:
    parsed = prepared.parsed
    document = await _document(session, ingestion, parsed)
    version = DocumentVersion(
        id=new_id(),
        document_id=document.id,
        sha256=ingestion.sha256,
        file_name=ingestion.file_name,
        media_type=ingestion.media_type,
        text=parsed.text,
        pages=[{"number": p.number, "start": p.start, "end": p.end, "state": p.state} for p in parsed.pages],
        passage_count=len(parsed.units),
        lexicon=parsed.lexicon,
        analysis=ANALYSIS,
        warnings=list(parsed.warnings),
        quality=msgspec.to_builtins(parsed.quality),
    )
    session.add(version)
    await session.flush()
    for position, span in enumerate(parsed.sections):
        values = {"level": span.level, "path": list(span.path), "start": span.start, "end": span.end}
        session.add(Section(version_id=version.id, position=position, document_id=document.id, **values))
    await session.flush()
    return document, version


async def _document(session: AsyncSession, ingestion: Ingestion, parsed: Parsed) -> Document:
    existing = await intake.document_named(session, ingestion.file_name, ingestion.visibility)
    document = await session.get_one(Document, existing) if existing else Document(id=new_id())
    document.title = parsed.facts.title
    document.kind = parsed.facts.kind
    document.organ = parsed.facts.organ
    document.year = parsed.facts.year
    if existing is None:
        document.visibility = ingestion.visibility
        document.added_by = ingestion.added_by
        session.add(document)
    await session.flush()
    return document


def _note(session: AsyncSession, document: Document, version: DocumentVersion, *, is_new: bool) -> None:
    after = {"title": document.title, "file_name": version.file_name, "version_id": version.id}
    action = activity.PUBLISHED if is_new else "publicerade ny version"
    activity.record(session, SYSTEM, action, activity.DOCUMENT, document.id, after=after)
