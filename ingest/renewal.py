"""What was worked out of a version's text is made anew when the analysis has changed, while the old still answers."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import vectors
from ingest.meanings import meanings
from ingest.parsing import searched_text
from ingest.reembedding import ComingVector
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import utcnow
from retrieval.documents import Document, DocumentVersion, Passage
from retrieval.embedding import Embedder
from retrieval.lexical import ANALYSIS, pack

BATCH = 16
"""Units that are read at a time, so that files that come in need not wait."""
_PARTS = "UPDATE passage SET parts = $2 WHERE id = $1 AND model_id = $3"
log = logging.getLogger(__name__)


async def behind(session: AsyncSession) -> list[UUID]:
    """Return the current versions that an older analysis has made, or that have passages without parts."""
    without = select(Passage.id).where(Passage.version_id == DocumentVersion.id, Passage.parts.is_(None)).exists()
    query = (
        select(DocumentVersion.id)
        .join(Document, Document.current_version_id == DocumentVersion.id)
        .where(or_(DocumentVersion.analysis < ANALYSIS, without))
        .order_by(DocumentVersion.id)
    )
    return list(await session.scalars(query))


async def renew(sessions: ScopedSessions, embedder: Embedder, on_progress: vectors.OnProgress) -> int:
    """Bring every version that is behind up to date, one at a time, and return how many were.

    Any number may do this at once: the same is written. Parts are made only for passages whose vector the model in
    force has made; what another that is to answer has made of the version is made anew. ``on_progress`` hears of done
    and total.
    """
    async with sessions(SYSTEM) as session:
        waiting = await behind(session)
    if not waiting:
        return 0
    writer = await vectors.writer(sessions, embedder)
    renewed = 0
    for done, version_id in enumerate(waiting, 1):
        renewed += await _renew(sessions, writer, version_id)
        await on_progress(done, len(waiting))
    return renewed


async def _renew(sessions: ScopedSessions, writer: vectors.Writer, version_id: UUID) -> bool:
    model = writer.model_id
    async with sessions(SYSTEM) as session:
        version, units = await _read(session, version_id)
    if version is None:
        return False
    stale = version.analysis < ANALYSIS
    texts = [searched_text(unit.context, version.text[unit.start : unit.end]) for unit in units]
    lexicon = await asyncio.to_thread(pack, texts) if stale else None
    mine = [(version.text, unit) for unit in units if unit.model_id == model and (stale or unit.bare)]
    parts: list[bytes] = []
    for start in range(0, len(mine), BATCH):
        parts += (await meanings(writer.embedder, mine[start : start + BATCH]))[1]
    if lexicon is None and not parts:
        return False
    made = [(unit.id, packed, model) for (_, unit), packed in zip(mine, parts, strict=True)]
    async with sessions(SYSTEM) as session:
        return await _write(session, version_id, lexicon, made)


async def _read(session: AsyncSession, version_id: UUID) -> tuple[Any, Sequence[Any]]:
    version = await session.execute(
        select(DocumentVersion.text, DocumentVersion.analysis).where(DocumentVersion.id == version_id)
    )
    bare = Passage.parts.is_(None).label("bare")
    units = await session.execute(
        select(Passage.id, Passage.kind, Passage.start, Passage.end, Passage.context, Passage.model_id, bare)
        .where(Passage.version_id == version_id)
        .order_by(Passage.position)
    )
    return version.one_or_none(), units.all()


async def _write(
    session: AsyncSession, version_id: UUID, lexicon: bytes | None, parts: Sequence[tuple[UUID, bytes, int]]
) -> bool:
    """Exchange all of a version's at once; first the version, then its passages, as everyone who writes both does."""
    values = {} if lexicon is None else {"lexicon": lexicon, "analysis": ANALYSIS}
    changed = await session.execute(
        update(DocumentVersion)
        .where(DocumentVersion.id == version_id, DocumentVersion.analysis <= ANALYSIS)
        .values(renewed_at=utcnow(), **values)
        .returning(DocumentVersion.id)
    )
    if changed.one_or_none() is None:
        return False
    if parts:
        await (await vectors.driver_connection(session)).executemany(_PARTS, parts)
    if lexicon is not None:
        passages = select(Passage.id).where(Passage.version_id == version_id)
        await session.execute(delete(ComingVector).where(ComingVector.passage_id.in_(passages)))
    return True
