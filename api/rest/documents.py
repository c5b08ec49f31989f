"""Documents and their way in: list, read, fetch the original, upload, and see how far a file has come."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, Parameter, QueryParameter

from api.bodies import writers_only
from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import page_of, shows
from ingest import intake, jobs
from ingest.jobs import State
from retrieval import documents

LARGEST_BODY = intake.MAX_BYTES + 1024 * 1024
DOCUMENT = {
    "id": "01976a10-0000-7000-8000-00000000000a",
    "title": "Förstärkt budget för primärvården",
    "kind": "förslag",
    "organ": "Regionstyrelsen",
    "year": 2026,
    "visibility": "internal",
    "file_name": "forstarkt-budget.pdf",
    "media_type": "application/pdf",
    "page_count": 3,
    "passage_count": 24,
    "warnings": [],
    "created_at": "2026-03-09T08:00:00Z",
    "published_at": "2026-03-09T08:00:04Z",
    "version_id": "01976a10-0000-7000-8000-00000000000b",
}
DOCUMENT_TEXT = {
    "document": DOCUMENT,
    "text": "Förslag till beslut\n\natt avsätta 2 mnkr för psykisk ohälsa.",
    "pages": [{"number": 1, "start": 0, "end": 59, "state": "text"}],
    "sections": [{"position": 1, "level": 1, "path": ["Förslag till beslut"], "start": 0, "end": 59}],
}
INGESTION = {
    "id": "01976a10-0000-7000-8000-00000000000c",
    "document_id": None,
    "file_name": "inskannat-beslut.pdf",
    "visibility": "internal",
    "state": "failed",
    "stage": "reading",
    "page": 1,
    "reason": "Alla 4 sidor är bilder utan text, troligen inskannade.",
    "remedy": "Kör textigenkänning (OCR) på filen och lägg in den igen.",
    "attempts": 1,
    "created_at": "2026-03-09T08:00:00Z",
    "finished_at": "2026-03-09T08:00:01Z",
}


class DocumentOut(msgspec.Struct, frozen=True):
    """A document that can be searched; page and passage counts are those of the current version."""

    id: UUID
    title: str
    kind: str
    organ: str | None
    year: int | None
    visibility: str
    file_name: str
    media_type: str
    page_count: int
    passage_count: int
    warnings: list[str]
    created_at: dt.datetime
    published_at: dt.datetime
    version_id: UUID


class PageOut(msgspec.Struct, frozen=True):
    """A page by its character offsets in the text; `needs_ocr` is a picture without text."""

    number: int
    start: int
    end: int
    state: Literal["text", "empty", "needs_ocr"]


class SectionOut(msgspec.Struct, frozen=True):
    """A section by its heading path and character offsets in the text."""

    position: int
    level: int
    path: list[str]
    start: int
    end: int


class DocumentTextOut(msgspec.Struct, frozen=True):
    """A document with the text that every quotation counts its characters in."""

    document: DocumentOut
    text: str
    pages: list[PageOut]
    sections: list[SectionOut]


class IngestionOut(msgspec.Struct, frozen=True):
    """How far a file has come, and why it stopped if it failed."""

    id: UUID
    document_id: UUID | None
    file_name: str
    visibility: str
    state: str
    stage: str | None
    page: int | None
    reason: str | None
    remedy: str | None
    attempts: int
    created_at: dt.datetime
    finished_at: dt.datetime | None


class ReceiptOut(msgspec.Struct, frozen=True):
    """What became of an upload; `unchanged` means that the same bytes were here already and nothing was done."""

    ingestion_id: UUID | None
    document_id: UUID | None
    unchanged: bool


RECEIPT = {"ingestion_id": INGESTION["id"], "document_id": None, "unchanged": False}


@dataclass
class Upload:
    """A form with one file (.txt, .md or .pdf), and what to call it and whom to show it."""

    file: UploadFile
    title: str | None = None
    visibility: Literal["internal", "public"] = "internal"
    shared_with: list[UUID] = field(default_factory=list)


class DocumentController(Controller):
    """Documents."""

    path = "/documents"
    tags = ("Dokument",)

    @get(summary="Lista dokument", operation_id="listDocuments", responses=shows(Page[DocumentOut], page_of(DOCUMENT)))
    async def list_documents(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        *,
        q: Annotated[str | None, Parameter(description="Del av titel eller filnamn.")] = None,
        kind: Annotated[str | None, Parameter(description="Dokumenttyp, till exempel beslut eller förslag.")] = None,
        visibility: Annotated[str | None, Parameter(description="public eller internal.")] = None,
    ) -> Response[Page[DocumentOut]]:
        """Return the searchable documents that one may see, newest first."""
        rows, total = await documents.list_documents(
            session, person, text=q, kind=kind, visibility=visibility, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[DocumentOut], from_attributes=True), total)

    @post(
        summary="Lägg in ett dokument",
        operation_id="uploadDocument",
        status_code=202,
        responses=shows(ReceiptOut, RECEIPT, status=202, description="Mottaget; läses in av en arbetare"),
        request_max_body_size=LARGEST_BODY,
        guards=[writers_only],
    )
    async def upload(
        self,
        session: Session,
        person: Person,
        data: Annotated[Upload, Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> Response[ReceiptOut]:
        """Take in a file; the same name with other content becomes a new version. For the programme group.

        Follow the address in `Location` to see when the file is searchable, or why it cannot be.
        """
        receipt = await intake.receive(
            session,
            person,
            file_name=data.file.filename or "",
            data=await data.file.read(),
            title=data.title,
            visibility=data.visibility,
            shared_with=data.shared_with,
        )
        out = ReceiptOut(receipt.ingestion_id, receipt.document_id, receipt.unchanged)
        place = f"/api/v1/ingestions/{receipt.ingestion_id}"
        return Response(out, status_code=202, headers={"Location": place} if receipt.ingestion_id else {})

    @get("/{document_id:uuid}", summary="Visa ett dokument", operation_id="getDocument",
         responses=shows(DocumentOut, DOCUMENT))  # fmt: skip
    async def get_document(self, session: Session, person: Person, document_id: FromPath[UUID]) -> DocumentOut:
        """Return what is known of one document."""
        found = await documents.get_summary(session, person, document_id)
        return msgspec.convert(found, DocumentOut, from_attributes=True)

    @get(
        "/{document_id:uuid}/text",
        summary="Läs ett dokument",
        operation_id="getDocumentText",
        responses=shows(DocumentTextOut, DOCUMENT_TEXT),
    )
    async def get_text(
        self,
        session: Session,
        person: Person,
        document_id: FromPath[UUID],
        version: Annotated[UUID | None, Parameter(description="En äldre version av dokumentet.")] = None,
    ) -> DocumentTextOut:
        """Return the text with its pages and sections; offsets count characters from 0."""
        found = await documents.get_document(session, person, document_id, version_id=version)
        return DocumentTextOut(
            document=msgspec.convert(found.summary, DocumentOut, from_attributes=True),
            text=found.text,
            pages=msgspec.convert(found.pages, list[PageOut]),
            sections=msgspec.convert(found.sections, list[SectionOut], from_attributes=True),
        )

    @get(
        "/{document_id:uuid}/original",
        summary="Hämta originalfilen",
        operation_id="getOriginalFile",
        responses=shows(bytes, "%PDF-1.7 …", description="Filen som den kom in", media_type="*/*"),
    )
    async def get_original(self, session: Session, person: Person, document_id: FromPath[UUID]) -> Response[bytes]:
        """Return the bytes as they came in, always as a download."""
        name, media_type, content = await documents.original_file(session, person, document_id)
        disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


class IngestionController(Controller):
    """Files on their way in."""

    path = "/ingestions"
    tags = ("Dokument",)

    @get(
        summary="Lista inläsningar",
        operation_id="listIngestions",
        responses=shows(Page[IngestionOut], page_of(INGESTION)),
    )
    async def list_ingestions(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        wanted: Annotated[str | None, QueryParameter(name="state", description=f"Ett av: {', '.join(State)}.")] = None,
    ) -> Response[Page[IngestionOut]]:
        """Return files that came in, newest first; a partner sees none."""
        limit, offset = paging.limit, paging.offset
        rows, total = await jobs.list_ingestions(session, person, state=wanted, limit=limit, offset=offset)
        return paged(request, paging, msgspec.convert(rows, list[IngestionOut], from_attributes=True), total)

    @get(
        "/{ingestion_id:uuid}",
        summary="Visa en inläsning",
        operation_id="getIngestion",
        responses=shows(IngestionOut, INGESTION),
    )
    async def get_ingestion(self, session: Session, person: Person, ingestion_id: FromPath[UUID]) -> IngestionOut:
        """Return how far a file has come."""
        found = await jobs.get_ingestion(session, person, ingestion_id)
        return msgspec.convert(found, IngestionOut, from_attributes=True)

    @post(
        "/{ingestion_id:uuid}/retry",
        summary="Läs in en gång till",
        operation_id="retryIngestion",
        status_code=202,
        responses=shows(IngestionOut, {**INGESTION, "state": "queued"}, status=202, description="Köad"),
    )
    async def retry(self, session: Session, person: Person, ingestion_id: FromPath[UUID]) -> IngestionOut:
        """Let a file that failed be read once more. For the programme group."""
        found = await jobs.retry(session, person, ingestion_id)
        return msgspec.convert(found, IngestionOut, from_attributes=True)
