"""Documents: list, read, fetch the original, upload and remove."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, Parameter

from api.bodies import writers_only
from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import page_of, shows
from api.rest.ingestions import INGESTION, PriorityName
from ingest import intake, removal
from ingest.jobs import Priority
from ingest.quality import Quality
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
    "quality": {
        "pages_with_text": 3,
        "pages_empty": 0,
        "pages_needing_ocr": 0,
        "tables": 1,
        "characters": 5210,
        "characters_lost": 0,
        "personal_numbers": 0,
        "personal_number_places": [],
    },
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
REMOVED = {
    "document_id": DOCUMENT["id"],
    "title": DOCUMENT["title"],
    "files": [
        {"name": "forstarkt-budget.pdf", "sha256": "9f86d081884c7d659a2feaa0c55ad015", "bytes": 48211, "kept": False}
    ],
    "versions": 1,
    "passages": 24,
    "ingestions": 1,
    "answers": 2,
    "sources": 3,
    "removed_at": "2026-03-11T08:00:00Z",
}


class DocumentOut(msgspec.Struct, frozen=True):
    """A document that can be searched; counts, warnings and `quality` are those of the current version.

    `quality` is null for a version that came in before it was measured.
    """

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
    quality: Quality | None
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


class RemovedFileOut(msgspec.Struct, frozen=True):
    """A file of a removed document; `kept` tells that its bytes stay, since another document has the same."""

    name: str
    sha256: str
    bytes: int
    kept: bool


class RemovedOut(msgspec.Struct, frozen=True):
    """The receipt of a removed document: what is gone, and how many sources in the register keep their quotation."""

    document_id: UUID
    title: str
    files: list[RemovedFileOut]
    versions: int
    passages: int
    ingestions: int
    answers: int
    sources: int
    removed_at: dt.datetime


class MemberOut(msgspec.Struct, frozen=True):
    """What became of one file of a zip archive; with a `reason` it was refused, and `remedy` says what to do."""

    file_name: str
    ingestion_id: UUID | None
    document_id: UUID | None
    unchanged: bool
    reason: str | None
    remedy: str | None


class ReceiptOut(msgspec.Struct, frozen=True):
    """What became of an upload; `unchanged` means that the same bytes were here already and nothing was done.

    For a zip archive, which is not kept itself, the identifiers are empty and `files` has each file of it.
    """

    ingestion_id: UUID | None
    document_id: UUID | None
    unchanged: bool
    files: list[MemberOut] = []


RECEIPT: dict[str, Any] = {"ingestion_id": INGESTION["id"], "document_id": None, "unchanged": False, "files": []}


def _member(one: intake.Received) -> MemberOut:
    receipt, refused = one.receipt, one.refused
    ids = (receipt.ingestion_id, receipt.document_id, receipt.unchanged) if receipt else (None, None, False)
    return MemberOut(one.file_name, *ids, refused.reason if refused else None, refused.remedy if refused else None)


@dataclass
class Upload:
    """A form with one file, of any kind that is read or a zip archive of such, what to call it and whom to show it."""

    file: UploadFile
    title: str | None = None
    visibility: Literal["internal", "public"] = "internal"
    shared_with: list[UUID] = field(default_factory=list)
    priority: PriorityName = "normal"


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

        Follow the address in `Location` to see when the file is searchable, or why it cannot be. Of a zip archive each
        file becomes a document of its own, listed in `files`; the title is then that of none.
        """
        name, content = data.file.filename or "", await data.file.read()
        scope: dict[str, Any] = {"visibility": data.visibility, "shared_with": data.shared_with}
        scope["priority"] = Priority[data.priority.upper()]
        if intake.is_archive(content):
            members = await intake.receive_all(session, person, content, **scope)
            return Response(ReceiptOut(None, None, unchanged=False, files=list(map(_member, members))), status_code=202)
        receipt = await intake.receive(session, person, file_name=name, data=content, title=data.title, **scope)
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

    @delete(
        "/{document_id:uuid}",
        summary="Ta bort ett dokument",
        operation_id="removeDocument",
        status_code=200,
        responses=shows(RemovedOut, REMOVED, description="Kvitto på vad som togs bort"),
    )
    async def remove(self, session: Session, person: Person, document_id: FromPath[UUID]) -> RemovedOut:
        """Remove a document for good: text, vectors, files, and the answers that quote it. For the programme group.

        Quotations that something in the register rests on stay there. The receipt is kept in the log.
        """
        return msgspec.convert(await removal.remove(session, person, document_id), RemovedOut, from_attributes=True)
