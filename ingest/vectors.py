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
from ingest.parsing import searched_text
from initiatives.access import SYSTEM, ScopedSessions
from retrieval.documents import DocumentVersion, EmbeddingModel, Passage
from retrieval.embedding import Embedder, ModelStamp

REEMBED = "narplan reembed"
"""The command that gives all passages vectors of the configured model."""
BATCH = 64
_UPDATE = "UPDATE passage SET embedding = $2::real[]::vector, model_id = $3 WHERE id = $1"

OnProgress = Callable[[int, int], Awaitable[None]]


async def model_id(sessions: ScopedSessions, embedder: Embedder) -> int:
    """Return the row that stamps vectors of the configured model, made when it is new.

    Raises `MixedModels` when passages in the database carry another model's vectors.
    """
    stamp = await embedder.stamp()
    async with sessions(SYSTEM) as session:
        known = await _stamped(session, stamp)
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
        known = await _stamped(session, stamp)
        total = await session.scalar(select(func.count()).select_from(Passage).where(Passage.model_id != known)) or 0
    vectors: dict[UUID, NDArray[np.float32]] = {}
    after: UUID | None = None
    while True:
        async with sessions(SYSTEM) as session:
            batch = await _foreign(session, known, after, limit=BATCH)
        if not batch:
            break
        vectors |= await _embedded(embedder, batch)
        after = batch[-1][0]
        await on_progress(len(vectors), total)
    async with sessions(SYSTEM) as session:
        await session.execute(text("LOCK TABLE passage IN SHARE ROW EXCLUSIVE MODE"))
        late = [row for row in await _foreign(session, known, None, limit=None) if row[0] not in vectors]
        vectors |= await _embedded(embedder, late)
        connection = await driver_connection(session)
        await connection.executemany(_UPDATE, [(key, vector.tolist(), known) for key, vector in vectors.items()])
    return len(vectors)


async def driver_connection(session: AsyncSession) -> Any:
    """Return asyncpg's own connection, inside the session's transaction, for bulk statements."""
    connection = await session.connection()
    return (await connection.get_raw_connection()).driver_connection


async def _stamped(session: AsyncSession, stamp: ModelStamp) -> int:
    values = {"name": stamp.name, "revision": stamp.revision, "dimensions": stamp.dimensions}
    await session.execute(insert(EmbeddingModel).values(values).on_conflict_do_nothing())
    query = select(EmbeddingModel.id).where(
        EmbeddingModel.name == stamp.name, EmbeddingModel.revision == stamp.revision
    )
    return (await session.execute(query)).scalar_one()


async def _foreign(
    session: AsyncSession, known: int, after: UUID | None, *, limit: int | None
) -> Sequence[tuple[UUID, str]]:
    """Return passages of other models, in order of identifier, each with the text to embed."""
    passage = func.substr(DocumentVersion.text, Passage.start + 1, Passage.end - Passage.start)
    query = (
        select(Passage.id, Passage.context, passage)
        .join(DocumentVersion, DocumentVersion.id == Passage.version_id)
        .where(Passage.model_id != known)
        .order_by(Passage.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Passage.id > after)
    return [(row[0], searched_text(row[1], row[2])) for row in await session.execute(query)]


async def _embedded(embedder: Embedder, rows: Sequence[tuple[UUID, str]]) -> dict[UUID, NDArray[np.float32]]:
    if not rows:
        return {}
    vectors = await embedder.passages([passage for _, passage in rows])
    return dict(zip((key for key, _ in rows), vectors, strict=True))


def _named(model: EmbeddingModel | None) -> str:
    return f"{model.name} ({model.revision})" if model else "okänd"
