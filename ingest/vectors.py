"""Vectors and their stamp: every passage says which model made its vector, and those of the one in force answer."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import utcnow
from retrieval import models
from retrieval.embedding import Embedder, ModelUnavailable
from retrieval.models import EmbeddingModel

BATCH = 64
OnProgress = Callable[[int, int], Awaitable[None]]
log = logging.getLogger(__name__)


class Exchanged(Exception):
    """The model whose vectors were made is neither the one that answers now nor the one that is wanted."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What reads new passages, and the row that stamps what it makes of them."""

    model_id: int
    embedder: Embedder


async def writer(sessions: ScopedSessions, own: Embedder) -> Writer:
    """Return what new passages are to be read with: the model in force, so that they are found at once.

    Where that model is gone it is the one that is wanted, and they are found by their words until its vectors answer.
    In an empty database the process's own comes into force. Raises `ModelUnavailable`.
    """
    async with sessions(SYSTEM) as session:
        answering, wanted = await models.in_force(session), await models.wanted(session)
    if answering is None:  # Also when a worker has asked for its model already, before the first document.
        return Writer(await model_id(sessions, own), own)
    for known in (answering, wanted):
        if known is not None:
            try:
                return Writer(known.id, await models.speaker(own, known))
            except ModelUnavailable as gone:
                log.warning("%s", gone.detail)
    return Writer(await want(sessions, own), own)


async def model_id(sessions: ScopedSessions, embedder: Embedder) -> int:
    """Return the row that stamps the embedder's vectors, made when it is new, and in force if no other is."""
    await embedder.stamp()
    async with sessions(SYSTEM) as session:
        known = await stamped(session, embedder)
        if await models.in_force(session) is None:
            await put_in_force(session, known)
        return known


async def want(sessions: ScopedSessions, embedder: Embedder) -> int:
    """Note that the embedder's model is the one that is to answer, and return the row that stamps its vectors."""
    await embedder.stamp()
    async with sessions(SYSTEM) as session:
        known = await stamped(session, embedder)
        before = await models.wanted(session)
        if before is None or before.id != known:
            await session.execute(update(EmbeddingModel).where(EmbeddingModel.id == known).values(wanted_at=utcnow()))
        return known


async def stamped(session: AsyncSession, embedder: Embedder) -> int:
    """Return the row that stamps the embedder's vectors, made when it is new, with where the model lies now."""
    stamp, lies = await embedder.stamp(), models.place(embedder.config)
    values = {"name": stamp.name, "revision": stamp.revision, "dimensions": stamp.dimensions, "place": lies}
    await session.execute(insert(EmbeddingModel).values(values).on_conflict_do_nothing())
    same = EmbeddingModel.name == stamp.name, EmbeddingModel.revision == stamp.revision
    elsewhere = EmbeddingModel.place.is_distinct_from(lies)
    await session.execute(update(EmbeddingModel).where(*same, elsewhere).values(place=lies))
    return (await session.execute(select(EmbeddingModel.id).where(*same))).scalar_one()


async def put_in_force(session: AsyncSession, model_id: int) -> None:
    """Let the vectors of a model answer in place of those of any other."""
    for answers in (False, True):  # In turn, since at no moment may two be in force.
        other = EmbeddingModel.id == model_id if answers else EmbeddingModel.id != model_id
        changed = update(EmbeddingModel).where(other, EmbeddingModel.in_force.is_(not answers))
        await session.execute(changed.values(in_force=answers))


async def hold(session: AsyncSession, model_id: int) -> None:
    """Keep the models as they are until the transaction ends, for one who publishes vectors of one of them.

    Raises `Exchanged` when they would neither answer nor ever come to.
    """
    await session.execute(select(EmbeddingModel.id).order_by(EmbeddingModel.id).with_for_update(read=True))
    answering, wanted = await models.in_force(session), await models.wanted(session)
    if model_id not in {known.id for known in (answering, wanted) if known}:
        raise Exchanged(f"The vectors of model {model_id} answer no more.")


async def driver_connection(session: AsyncSession) -> Any:
    """Return asyncpg's own connection, inside the session's transaction, for bulk statements."""
    connection = await session.connection()
    return (await connection.get_raw_connection()).driver_connection
