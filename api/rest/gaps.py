"""The questions that the material could not answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.connection import Request
from litestar.di import NamedDependency

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import KNOWLEDGE_GAP, page_of, shows
from retrieval import conversations


class KnowledgeGapOut(msgspec.Struct, frozen=True):
    """A question without an answer; `confidence` (0 to 1) is how close an answer was. Never who asked."""

    id: UUID
    question: str
    confidence: float
    created_at: datetime


class KnowledgeGapController(Controller):
    """What the material lacks; only for the programme group."""

    path = "/knowledge-gaps"
    tags = ("Frågor",)

    @get(
        summary="Lista obesvarade frågor",
        operation_id="listKnowledgeGaps",
        responses=shows(Page[KnowledgeGapOut], page_of(KNOWLEDGE_GAP)),
    )
    async def list_gaps(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[KnowledgeGapOut]]:
        """Return the questions that were refused for lack of material, newest first."""
        rows, total = await conversations.list_gaps(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[KnowledgeGapOut], from_attributes=True), total)
