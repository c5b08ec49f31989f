"""What is learnt from what people ask: knowledge gaps, and how the documents are used in the answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.documents import DOCUMENT
from api.rest.examples import KNOWLEDGE_GAP, page_of, shows
from retrieval import gaps, usage


class KnowledgeGapOut(msgspec.Struct, frozen=True):
    """A question without an answer, or whose answer was no good, which `reason` tells more of; never who asked.

    `confidence` (0 to 1) is how close an answer was, `finding_id` what was opened to do something about it.
    """

    id: UUID
    question: str
    confidence: float
    created_at: datetime
    cause: Literal["obesvarad", "underkänt svar"]
    reason: str
    finding_id: UUID | None


class TopicOut(msgspec.Struct, frozen=True):
    """Gaps that are about the same, the newest first."""

    gaps: list[KnowledgeGapOut]


class GapFindingOut(msgspec.Struct, frozen=True):
    """The finding that a gap has become."""

    finding_id: UUID


class QuotedOut(msgspec.Struct, frozen=True):
    """Words of a document, and how many of the kept answers rest on them."""

    document_id: UUID
    title: str
    quote: str
    answers: int


class UnquotedOut(msgspec.Struct, frozen=True):
    """A document that no kept answer rests on."""

    document_id: UUID
    title: str


class DocumentUsageOut(msgspec.Struct, frozen=True):
    """What answers most often rest on, and the documents that none rests on."""

    most_quoted: list[QuotedOut]
    never_quoted: list[UnquotedOut]


_DOCUMENT = {"document_id": DOCUMENT["id"], "title": DOCUMENT["title"]}
USAGE = {
    "most_quoted": [{**_DOCUMENT, "quote": "Regionstyrelsen avsätter 2,5 mnkr.", "answers": 12}],
    "never_quoted": [_DOCUMENT],
}
FINDING_OF_GAP = {"finding_id": "01976a10-0000-7000-8000-000000000011"}


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
        """Return the questions that were refused for lack of material, or answered badly, newest first."""
        rows, total = await gaps.list_gaps(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[KnowledgeGapOut], from_attributes=True), total)

    @get(
        "/topics",
        summary="Lista obesvarade frågor efter ämne",
        operation_id="listGapTopics",
        responses=shows(list[TopicOut], [{"gaps": [KNOWLEDGE_GAP]}]),
    )
    async def list_topics(self, session: Session, person: Person) -> list[TopicOut]:
        """Return the newest 500 in groups that are about the same, the largest group first."""
        return msgspec.convert(await gaps.topics(session, person), list[TopicOut], from_attributes=True)

    @post(
        "/{gap_id:uuid}/finding",
        summary="Gör en obesvarad fråga till en granskningspunkt",
        operation_id="openGapFinding",
        status_code=200,
        responses=shows(GapFindingOut, FINDING_OF_GAP),
    )
    async def open_finding(self, session: Session, person: Person, gap_id: FromPath[UUID]) -> GapFindingOut:
        """Open a finding for it, so that somebody does something about it; done again it is the same finding."""
        return GapFindingOut(await gaps.open_finding(session, person, gap_id))


class DocumentUsageController(Controller):
    """How the documents are used in answers; only for the programme group."""

    path = "/document-usage"
    tags = ("Frågor",)

    @get(
        summary="Se vad svaren bygger på",
        operation_id="getDocumentUsage",
        responses=shows(DocumentUsageOut, USAGE),
    )
    async def get_usage(self, session: Session, person: Person) -> DocumentUsageOut:
        """Return the 20 quotations that most kept answers rest on, and up to 50 documents that none rests on."""
        found = {
            "most_quoted": await usage.most_quoted(session, person),
            "never_quoted": await usage.never_quoted(session, person),
        }
        return msgspec.convert(found, DocumentUsageOut, from_attributes=True)
