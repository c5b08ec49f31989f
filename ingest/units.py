"""The units of a document from one version to the next: what reads the same keeps its identity and its vectors."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from ingest import vectors
from ingest.chunking import Unit
from initiatives.base import new_id
from retrieval.documents import Document, DocumentVersion, Passage
from retrieval.meanings import moved

_INSERT = (
    'INSERT INTO passage (id, document_id, version_id, position, section, kind, start, "end", page, context, model_id, '
    "embedding, parts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::real[]::vector, $13)"
)
_MOVE = (
    'UPDATE passage SET version_id = $2, position = $3, section = $4, start = $5, "end" = $6, page = $7, parts = $8 '
    "WHERE id = $1"
)

T = TypeVar("T")
Made = tuple[NDArray[np.float32], bytes]
"""What the model has made of a unit: its vector (dimensions,) and its packed pieces."""
Words = tuple[str, str, str]
"""What makes two units the same: kind, context and text."""


@dataclass(frozen=True, slots=True)
class Known:
    """A unit that is in the database: where it begins, its vector (dimensions,) and its packed pieces."""

    start: int
    vector: NDArray[np.float32]
    parts: bytes


ByWords = Mapping[Words, deque[T]]
"""What is known of units, by what they say and in reading order; each can be taken once."""


def take(known: ByWords[T], said: Words) -> T | None:
    """Return what is known of the first unit that says this and has not been taken; None if none is left."""
    same = known.get(said)
    return same.popleft() if same else None


def words(text: str, unit: Unit | Row[Any]) -> Words:
    """What a unit of a text says, or a row with its kind, context, start and end."""
    return str(unit.kind), unit.context, text[unit.start : unit.end]


async def known_units(session: AsyncSession, document_id: UUID | None, model_id: int) -> ByWords[Known]:
    """Return the units of a document that this model has read; none for a document that is not there yet."""
    if document_id is None:
        return {}
    found: defaultdict[Words, deque[Known]] = defaultdict(deque)
    for row, said in await _rows(session, document_id, model_id, Passage.embedding, Passage.parts):
        found[said].append(Known(row.start, np.asarray(row.embedding, np.float32), row.parts))
    return found


async def _rows(
    session: AsyncSession, document_id: UUID, model_id: int, *more: InstrumentedAttribute[Any]
) -> list[tuple[Row[Any], Words]]:
    """Return identifier, place and `more` of a document's units that the model has read, in order, with their words."""
    current = select(DocumentVersion.text).join(Document, Document.current_version_id == DocumentVersion.id)
    text = await session.scalar(current.where(Document.id == document_id)) or ""  # Once: it may be long.
    query = select(Passage.id, Passage.kind, Passage.context, Passage.start, Passage.end, *more).where(
        Passage.document_id == document_id, Passage.model_id == model_id, Passage.parts.is_not(None)
    )
    return [(row, words(text, row)) for row in await session.execute(query.order_by(Passage.position))]


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
    earlier: defaultdict[Words, deque[UUID]] = defaultdict(deque)
    for row, said in await _rows(session, version.document_id, model_id):
        earlier[said].append(row.id)
    kept, new = [], []
    for position, (unit, (vector, parts)) in enumerate(zip(units, made, strict=True)):
        same = take(earlier, words(version.text, unit))
        place = (version.id, position, unit.section)
        if same is not None:
            kept.append((same, *place, unit.start, unit.end, unit.page, parts))
        else:
            span = (unit.kind, unit.start, unit.end, unit.page, unit.context)
            new.append((new_id(), version.document_id, *place, *span, model_id, vector, parts))
    connection = await vectors.driver_connection(session)
    await connection.executemany(_MOVE, kept)
    gone = Passage.document_id == version.document_id, Passage.version_id != version.id
    await session.execute(delete(Passage).where(*gone))
    # As lists of numbers, as they are sent: all of them at once take twenty times the room of the arrays.
    await connection.executemany(_INSERT, ((*row, vector.tolist(), parts) for *row, vector, parts in new))


def here(known: Known, unit: Unit) -> Made:
    """Return vector and pieces of a unit that stands elsewhere in its new version."""
    return known.vector, moved(known.parts, unit.start - known.start)
