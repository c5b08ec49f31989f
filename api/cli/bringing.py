"""Bring files in and wait until each is searchable or has failed, together with whatever workers there are."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from api.cli.files import Found, shown
from api.database import Database
from api.installation import Installation
from ingest import intake, worker
from ingest.errors import RefusedFile, Stage
from ingest.intake import Received
from ingest.jobs import Ingestion, State
from initiatives.access import SYSTEM
from initiatives.errors import NarplanError
from retrieval.documents import Document, DocumentVersion

PUBLISHED, UNCHANGED, SKIPPED, FAILED = "published", "unchanged", "skipped", "failed"
SEARCHABLE = frozenset({PUBLISHED, UNCHANGED})
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `reason` and `remedy` are Swedish, `page` is where in the file the trouble is."""

    file: str
    state: str
    document_id: UUID | None = None
    pages: int | None = None
    passages: int | None = None
    stage: Stage | None = None
    page: int | None = None
    reason: str | None = None
    remedy: str | None = None
    warnings: tuple[str, ...] = ()
    quality: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Brought:
    """An outcome, which is the final one only when nothing is awaited."""

    outcome: Outcome
    awaited: UUID | None = None


async def bring_in(
    installation: Installation,
    files: Sequence[Found],
    visibility: str,
    on_progress: Callable[[int], None],
) -> list[Outcome]:
    """Take in the files, each in a transaction of its own, and return their outcomes in the same order.

    ``on_progress`` hears how many files are done. A worker is started, and the model loaded, only for something new.
    """
    database = installation.database
    brought = []
    for found in files:
        brought += await _receive(database, found, visibility)
        on_progress(sum(one.awaited is None for one in brought))
    if any(one.awaited for one in brought):
        async with _worker(installation):
            while any(one.awaited for one in brought):
                await asyncio.sleep(_POLL_SECONDS)
                brought = await _look(database, brought)
                on_progress(sum(one.awaited is None for one in brought))
    return await _described(database, [one.outcome for one in brought])


async def _receive(database: Database, found: Found, visibility: str) -> list[_Brought]:
    """Take in one file, or each file of a zip archive."""
    name = shown(found.path)
    if found.reason is not None:
        state = SKIPPED if found.skipped else FAILED
        return [_Brought(Outcome(name, state, reason=found.reason, remedy=found.remedy))]
    try:
        if (await asyncio.to_thread(found.path.stat)).st_size > intake.MAX_BYTES:
            raise intake.too_large(intake.MAX_BYTES)
        data = await asyncio.to_thread(found.path.read_bytes)
        async with database.scoped(SYSTEM) as session:
            if intake.is_archive(data):
                members = await intake.receive_all(session, SYSTEM, data, visibility=visibility)
                return [_brought(f"{name}/{shown(Path(one.file_name))}", one) for one in members]
            receipt = await intake.receive(session, SYSTEM, file_name=found.name, data=data, visibility=visibility)
    except RefusedFile as error:
        return [_brought(name, Received(found.name, None, error))]
    except NarplanError as error:
        return [_Brought(Outcome(name, FAILED, reason=error.detail))]
    except OSError as error:
        why = (
            "Du saknar läsbehörighet till filen." if isinstance(error, PermissionError) else "Filen går inte att läsa."
        )
        return [_Brought(Outcome(name, FAILED, reason=why, remedy="Kontrollera filen och försök igen."))]
    return [_brought(name, Received(found.name, receipt))]


def _brought(name: str, one: Received) -> _Brought:
    receipt, refused = one.receipt, one.refused
    if receipt is None:
        reason, remedy = (refused.reason, refused.remedy) if refused else (None, None)
        return _Brought(Outcome(name, FAILED, reason=reason, remedy=remedy))
    state = UNCHANGED if receipt.unchanged else PUBLISHED
    return _Brought(Outcome(name, state, receipt.document_id), receipt.ingestion_id if receipt.pending else None)


@contextlib.asynccontextmanager
async def _worker(installation: Installation) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with installation.pipeline() as pipeline:
        working = asyncio.create_task(worker.run(installation.database.engine, pipeline, stop))
        try:
            yield
        finally:
            stop.set()
            await working


async def _look(database: Database, brought: Sequence[_Brought]) -> list[_Brought]:
    awaited = [one.awaited for one in brought if one.awaited]
    columns = (
        Ingestion.id,
        Ingestion.state,
        Ingestion.document_id,
        Ingestion.stage,
        Ingestion.page,
        Ingestion.reason,
        Ingestion.remedy,
    )
    async with database.scoped(SYSTEM) as session:
        rows = await session.execute(select(*columns).where(Ingestion.id.in_(awaited)))
    found = {row.id: row for row in rows}
    return [_updated(one, found[one.awaited]) if one.awaited else one for one in brought]


def _updated(one: _Brought, row: Row[*tuple[Any, ...]]) -> _Brought:
    match row.state:
        case State.PUBLISHED:
            return _Brought(replace(one.outcome, document_id=row.document_id))
        case State.FAILED:
            why = {"stage": row.stage, "page": row.page, "reason": row.reason, "remedy": row.remedy}
            return _Brought(replace(one.outcome, state=FAILED, document_id=row.document_id, **why))
        case State.CANCELED:
            why = {"reason": "Inläsningen avbröts av någon annan.", "remedy": "Läs in filen igen om den behövs."}
            return _Brought(replace(one.outcome, state=FAILED, document_id=row.document_id, **why))
        case _:
            return one


async def _described(database: Database, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Add pages, passages and warnings of what is searchable now."""
    version = (
        select(
            Document.id,
            func.jsonb_array_length(DocumentVersion.pages),
            DocumentVersion.passage_count,
            DocumentVersion.warnings,
            DocumentVersion.quality,
        )
        .join(DocumentVersion, DocumentVersion.id == Document.current_version_id)
        .where(Document.id.in_({one.document_id for one in outcomes if one.document_id}))
    )
    async with database.scoped(SYSTEM) as session:
        known = {row[0]: row for row in await session.execute(version)}
    return [
        replace(one, pages=row[1], passages=row[2], warnings=tuple(row[3]), quality=row[4])
        if one.state in SEARCHABLE and one.document_id and (row := known.get(one.document_id))
        else one
        for one in outcomes
    ]
