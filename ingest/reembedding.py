"""Another embedding model takes over: its vectors are made beside the old ones, which answer until all are there.

What has been made lies in a table of its own, so that whoever goes on after a stop begins where the last one ended.
docs/decisions/0034-change-of-model.md says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import Vector
from sqlalchemy import ForeignKey, LargeBinary, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ingest import vectors
from ingest.meanings import meanings
from initiatives.access import IS_SYSTEM_SQL, SEES_ALL_SQL, SYSTEM, ScopedSessions, Viewer, protect, sees_all
from initiatives.base import Base
from initiatives.errors import NotAllowed
from retrieval import models
from retrieval.documents import DocumentVersion, Passage
from retrieval.embedding import Embedder
from retrieval.models import EmbeddingModel, Known

BATCH = 16
"""Passages that are read at a time, so that files that come in need not wait."""
_MISSING = """
    FROM passage
    WHERE model_id <> :model AND NOT EXISTS (
        SELECT FROM coming_vector AS made
        WHERE made.passage_id = passage.id AND made.model_id = :model AND made.start = passage.start
    )
"""
_NEXT = text(f"""
    SELECT id, version_id, kind, start, "end", context {_MISSING} AND id > :after ORDER BY id LIMIT :limit
""")
_ANY = text(f"SELECT EXISTS (SELECT {_MISSING})")
_KEEP = """
    INSERT INTO coming_vector (passage_id, model_id, start, embedding, parts)
    VALUES ($1, $2, $3, $4::real[]::vector, $5)
    ON CONFLICT (passage_id) DO UPDATE SET model_id = excluded.model_id, start = excluded.start,
        embedding = excluded.embedding, parts = excluded.parts
"""
_EXCHANGE = text("""
    UPDATE passage SET embedding = made.embedding, parts = made.parts, model_id = made.model_id
    FROM coming_vector AS made
    WHERE made.passage_id = passage.id AND made.model_id = :model AND passage.model_id <> :model
""")
_BEFORE_ALL = UUID(int=0)

Made = tuple[NDArray[np.float32], bytes]


class ComingVector(Base):
    """What the model that is to answer has made of a passage, when that stood at ``start`` in its version's text."""

    __tablename__ = "coming_vector"

    passage_id: Mapped[UUID] = mapped_column(ForeignKey("passage.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("embedding_model.id"))
    start: Mapped[int]
    embedding: Mapped[Any] = mapped_column(Vector())
    parts: Mapped[bytes] = mapped_column(LargeBinary)


POLICIES: tuple[str, ...] = protect("coming_vector", read=SEES_ALL_SQL, write=IS_SYSTEM_SQL)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose vectors answer, and how far the model that is to take over has come: None of it when none is.

    ``done`` of ``total`` passages have its vectors; what comes in meanwhile is counted too.
    """

    answering: Known | None
    coming: Known | None
    done: int
    total: int


async def standing(session: AsyncSession, person: Viewer) -> Standing:
    """Return how the search index stands. Raises `NotAllowed` for those who do not see every document."""
    if not sees_all(person):
        raise NotAllowed("Bara regionens egna ser hur sökindexet är byggt.")
    answering, coming = await models.in_force(session), await models.wanted(session)
    if answering is None or coming is None or answering.id == coming.id:
        return Standing(answering, None, 0, 0)
    left = select(func.count()).select_from(Passage).where(Passage.model_id != coming.id)
    made = select(func.count()).select_from(ComingVector).where(ComingVector.model_id == coming.id)
    done, total = await session.scalar(made) or 0, await session.scalar(left) or 0
    return Standing(answering, coming, min(done, total), total)


async def run(sessions: ScopedSessions, embedder: Embedder, on_progress: vectors.OnProgress) -> int:
    """Give every passage a vector of the embedder's model, let these answer, and return how many were exchanged.

    A stop at any moment loses what one batch holds at most. ``on_progress`` hears of done and total.
    """
    await embedder.stamp()
    async with sessions(SYSTEM) as session:
        model = await vectors.stamped(session, embedder)
        await session.execute(delete(ComingVector).where(ComingVector.model_id != model))
    while True:
        await _fill(sessions, embedder, model, on_progress)
        async with sessions(SYSTEM) as session:
            exchanged = await exchange(session, model)
        if exchanged is not None:
            return exchanged


async def exchange(session: AsyncSession, model: int) -> int | None:
    """Let the vectors of a model answer in place of all others, at once, and return how many passages got new ones.

    Returns None, and changes nothing, when a passage has none yet. Who publishes or removes waits meanwhile.
    """
    await session.execute(select(EmbeddingModel.id).order_by(EmbeddingModel.id).with_for_update(key_share=True))
    await session.execute(text("LOCK TABLE passage IN SHARE ROW EXCLUSIVE MODE"))
    if await session.scalar(_ANY, {"model": model}):
        return None
    exchanged = await session.execute(_EXCHANGE, {"model": model})
    await session.execute(delete(ComingVector))
    await vectors.put_in_force(session, model)
    return int(getattr(exchanged, "rowcount", 0))


async def _fill(sessions: ScopedSessions, embedder: Embedder, model: int, on_progress: vectors.OnProgress) -> None:
    """Make what is missing, once through in order of identifier; what comes in behind is for the next time."""
    async with sessions(SYSTEM) as session:
        total = await session.scalar(select(func.count()).select_from(Passage).where(Passage.model_id != model)) or 0
        done = await session.scalar(select(func.count()).select_from(ComingVector)) or 0
    after = _BEFORE_ALL
    while True:
        async with sessions(SYSTEM) as session:
            batch = await _next(session, model, after)
        if not batch:
            return
        made = zip(*await meanings(embedder, batch), strict=True)
        async with sessions(SYSTEM) as session:
            await _keep(session, model, [(row, one) for (_, row), one in zip(batch, made, strict=True)])
        after = batch[-1][1].id
        done += len(batch)
        await on_progress(min(done, total), total)


async def _next(session: AsyncSession, model: int, after: UUID) -> Sequence[tuple[str, Any]]:
    """Return passages that the model has not read, each after its version's text."""
    rows = (await session.execute(_NEXT, {"model": model, "after": after, "limit": BATCH})).all()
    versions = select(DocumentVersion.id, DocumentVersion.text).where(
        DocumentVersion.id.in_({row.version_id for row in rows})
    )
    texts = {version.id: version.text for version in await session.execute(versions)}
    return [(texts[row.version_id], row) for row in rows if row.version_id in texts]


async def _keep(session: AsyncSession, model: int, made: Sequence[tuple[Any, Made]]) -> None:
    """Write what the model made of passages that are still there."""
    wanted = select(Passage.id).where(Passage.id.in_([row.id for row, _ in made])).order_by(Passage.id)
    there = set(await session.scalars(wanted.with_for_update(read=True, key_share=True)))
    rows = [(row.id, model, row.start, vector.tolist(), parts) for row, (vector, parts) in made if row.id in there]
    await (await vectors.driver_connection(session)).executemany(_KEEP, rows)
