"""Vectors and their stamp: every passage says which model made its vector, and two models never mix."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.errors import MixedModels
from ingest.meanings import meanings
from initiatives.access import SYSTEM, ScopedSessions
from retrieval.documents import DocumentVersion, EmbeddingModel, Passage
from retrieval.embedding import Embedder, ModelStamp

REEMBED = "narplan reembed"
"""The command that gives all passages vectors of the configured model."""
BATCH = 64
_UPDATE = "UPDATE passage SET embedding = $2::real[]::vector, parts = $3, model_id = $4 WHERE id = $1"
_RENEWED = (
    "UPDATE document_version SET renewed_at = now() "
    "WHERE id IN (SELECT version_id FROM passage WHERE model_id <> :known)"
)

Made = tuple[NDArray[np.float32], bytes]
OnProgress = Callable[[int, int], Awaitable[None]]


async def model_id(sessions: ScopedSessions, embedder: Embedder) -> int:
    """Return the row that stamps vectors of the configured model, made when it is new.

    Raises `MixedModels` when passages in the database carry another model's vectors.
    """
    stamp = await embedder.stamp()
    async with sessions(SYSTEM) as session:
        known = await stamped(session, stamp)
        await refuse_other_models(session, known)
        return known


async def refuse_other_models(session: AsyncSession, known: int) -> None:
    """Raise `MixedModels`, naming both models, if any passage was embedded with another model than `known`."""
    other = await session.scalar(select(Passage.model_id).where(Passage.model_id != known).limit(1))
    if other is None:
        return
    found, configured = await session.get(EmbeddingModel, other), await session.get(EmbeddingModel, known)
    raise MixedModels(
        f"Sökindexet är byggt med modellen {_named(found)} men {_named(configured)} är vald. "
        f"Kör {REEMBED} för att bygga om indexet, eller välj den tidigare modellen."
    )


async def reembed(sessions: ScopedSessions, embedder: Embedder, on_progress: OnProgress) -> int:
    """Give every passage a vector of the configured model and return how many there were to do.

    All vectors are computed first and exchanged in one transaction, so a search never meets both models; passages
    that were published meanwhile are done while writers wait. ``on_progress`` hears of done and total.
    """
    stamp = await embedder.stamp()
    async with sessions(SYSTEM) as session:
        known = await stamped(session, stamp)
        total = await session.scalar(select(func.count()).select_from(Passage).where(Passage.model_id != known)) or 0
    vectors: dict[UUID, Made] = {}
    after: UUID | None = None
    while True:
        async with sessions(SYSTEM) as session:
            batch = await _foreign(session, known, after, limit=BATCH)
        if not batch:
            break
        vectors |= await _embedded(embedder, batch)
        after = batch[-1][1].id
        await on_progress(len(vectors), total)
    async with sessions(SYSTEM) as session:
        await session.execute(text("LOCK TABLE document_version, passage IN SHARE ROW EXCLUSIVE MODE"))
        late = [row for row in await _foreign(session, known, None, limit=None) if row[1].id not in vectors]
        vectors |= await _embedded(embedder, late)
        await session.execute(text(_RENEWED), {"known": known})
        connection = await driver_connection(session)
        rows = [(key, vector.tolist(), parts, known) for key, (vector, parts) in vectors.items()]
        await connection.executemany(_UPDATE, rows)
    return len(vectors)


async def driver_connection(session: AsyncSession) -> Any:
    """Return asyncpg's own connection, inside the session's transaction, for bulk statements."""
    connection = await session.connection()
    return (await connection.get_raw_connection()).driver_connection


async def stamped(session: AsyncSession, stamp: ModelStamp) -> int:
    """Return the row that stamps vectors of a model, made when it is new."""
    values = {"name": stamp.name, "revision": stamp.revision, "dimensions": stamp.dimensions}
    await session.execute(insert(EmbeddingModel).values(values).on_conflict_do_nothing())
    query = select(EmbeddingModel.id).where(
        EmbeddingModel.name == stamp.name, EmbeddingModel.revision == stamp.revision
    )
    return (await session.execute(query)).scalar_one()


async def _foreign(
    session: AsyncSession, known: int, after: UUID | None, *, limit: int | None
) -> Sequence[tuple[str, Any]]:
    """Return passages of other models, in order of identifier, each after its version's text."""
    query = (
        select(Passage.id, Passage.version_id, Passage.kind, Passage.start, Passage.end, Passage.context)
        .where(Passage.model_id != known)
        .order_by(Passage.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Passage.id > after)
    rows = (await session.execute(query)).all()
    versions = select(DocumentVersion.id, DocumentVersion.text).where(
        DocumentVersion.id.in_({row.version_id for row in rows})
    )
    texts = {version.id: version.text for version in await session.execute(versions)}
    return [(texts[row.version_id], row) for row in rows if row.version_id in texts]


async def _embedded(embedder: Embedder, rows: Sequence[tuple[str, Any]]) -> dict[UUID, Made]:
    if not rows:
        return {}
    made = zip(*await meanings(embedder, rows), strict=True)
    return {row.id: one for (_, row), one in zip(rows, made, strict=True)}


def _named(model: EmbeddingModel | None) -> str:
    return f"{model.name} ({model.revision})" if model else "okänd"
