"""How the documents are used in answers: the words that are most often quoted, and the documents that never are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, Viewer, acting_as, may_write
from initiatives.errors import NotAllowed
from retrieval.conversations import Turn
from retrieval.documents import Document


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document, and how many of the kept answers rest on them."""

    document_id: uuid.UUID
    title: str
    quote: str
    answers: int


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A document that no kept answer rests on."""

    document_id: uuid.UUID
    title: str


_CITED = func.jsonb_array_elements(Turn.answer["citations"]).table_valued("value", name="cited", joins_implicitly=True)
_VALUE = _CITED.c.value.cast(JSONB)
_DOCUMENT = _VALUE["document_id"].astext.cast(Uuid)


async def most_quoted(session: AsyncSession, person: Viewer, *, limit: int = 20) -> list[Quoted]:
    """What kept answers most often rest on, in any conversation; never whose it was. Raises `NotAllowed`."""
    _require_reader(person)
    quote, answers = _VALUE["quote"].astext, func.count()
    query = (
        select(Document.id, Document.title, quote, answers)
        .select_from(Turn)
        .join(_CITED, Turn.answer.has_key("citations"))
        .join(Document, Document.id == _DOCUMENT)
        .group_by(Document.id, Document.title, quote)
        .order_by(answers.desc(), Document.title, quote)
        .limit(limit)
    )
    async with acting_as(session, SYSTEM, then=person):  # Conversations are seen by those who hold them alone.
        return [Quoted(*row) for row in await session.execute(query)]


async def never_quoted(session: AsyncSession, person: Viewer, *, limit: int = 50) -> list[Unquoted]:
    """Documents that no kept answer rests on, the oldest first. Raises `NotAllowed`."""
    _require_reader(person)
    cited = select(_DOCUMENT).select_from(Turn).join(_CITED, Turn.answer.has_key("citations"))
    query = (
        select(Document.id, Document.title)
        .where(Document.current_version_id.is_not(None), Document.id.not_in(cited))
        .order_by(Document.created_at, Document.id)
        .limit(limit)
    )
    async with acting_as(session, SYSTEM, then=person):
        return [Unquoted(*row) for row in await session.execute(query)]


def _require_reader(person: Viewer) -> None:
    if not may_write(person):
        raise NotAllowed("Bara programgruppen ser hur dokumenten används.")
