"""The units of a document from one version to the next: what reads the same keeps its identity and its vectors."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest import vectors
from ingest.chunking import Unit
from initiatives.base import new_id
from retrieval.documents import DocumentVersion, Passage
from retrieval.meanings import moved

_INSERT = (
    'INSERT INTO passage (id, document_id, version_id, position, section, kind, start, "end", page, context, model_id, '
    "embedding, parts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::real[]::vector, $13)"
)
_MOVE = (
    'UPDATE passage SET version_id = $2, position = $3, section = $4, start = $5, "end" = $6, page = $7, parts = $8 '
    "WHERE id = $1"
)

Made = tuple[NDArray[np.float32], bytes]
"""What the model has made of a unit: its vector (dimensions,) and its packed pieces."""
Words = tuple[str, str, str]
"""What makes two units the same: kind, context and text."""


@dataclass(frozen=True, slots=True)
class Known:
    """A unit that is in the database: where it begins, its vector (dimensions,) and its packed pieces."""

    id: UUID
    start: int
    vector: NDArray[np.float32]
    parts: bytes


@dataclass(slots=True)
class Units:
    """The units of a document's current version, by what they say, in reading order; each can be taken once."""

    by_words: Mapping[Words, deque[Known]] = field(default_factory=dict)

    def take(self, words: Words) -> Known | None:
        """Return the first unit that says this and has not been taken; None if there is none left."""
        same = self.by_words.get(words)
        return same.popleft() if same else None


def words(text: str, unit: Unit) -> Words:
    """What a unit of a text says."""
    return str(unit.kind), unit.context, text[unit.start : unit.end]


async def known_units(session: AsyncSession, document_id: UUID | None, model_id: int) -> Units:
    """Return the units of a document that this model has read; none for a document that is not there yet."""
    if document_id is None:
        return Units()
    query = (
        select(Passage, DocumentVersion.text)
        .join(DocumentVersion, DocumentVersion.id == Passage.version_id)
        .where(Passage.document_id == document_id, Passage.model_id == model_id, Passage.parts.is_not(None))
        .order_by(Passage.position)
    )
    found: defaultdict[Words, deque[Known]] = defaultdict(deque)
    for passage, text in await session.execute(query):
        vector = np.asarray(passage.embedding, np.float32)
        same = (passage.kind, passage.context, text[passage.start : passage.end])
        found[same].append(Known(passage.id, passage.start, vector, passage.parts or b""))
    return Units(found)


async def replace(
    session: AsyncSession,
    version: DocumentVersion,
    units: Sequence[Unit],
    made: Iterable[Made],
    model_id: int,
) -> None:
    """Let the units of a version answer in place of the document's earlier ones; `made` are their vectors and pieces.

    Only the current version has passages. COPY is barred from tables with row-level security; this is next best.
    """
    earlier = await known_units(session, version.document_id, model_id)
    kept, new = [], []
    for position, (unit, (vector, parts)) in enumerate(zip(units, made, strict=True)):
        same = earlier.take(words(version.text, unit))
        place = (version.id, position, unit.section)
        if same is not None:
            kept.append((same.id, *place, unit.start, unit.end, unit.page, parts))
        else:
            span = (unit.kind, unit.start, unit.end, unit.page, unit.context)
            new.append((new_id(), version.document_id, *place, *span, model_id, vector.tolist(), parts))
    connection = await vectors.driver_connection(session)
    await connection.executemany(_MOVE, kept)
    gone = Passage.document_id == version.document_id, Passage.version_id != version.id
    await session.execute(delete(Passage).where(*gone))
    await connection.executemany(_INSERT, new)


def here(known: Known, unit: Unit) -> Made:
    """Return vector and pieces of a unit that stands elsewhere in its new version."""
    return known.vector, moved(known.parts, unit.start - known.start)
