"""Dokument: what there is, what is on its way in, and each document as it reads."""

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.bodies import writers_only
from api.dependencies import Person, Session
from api.web import forms, originals
from api.web.document_text import as_read
from api.web.filled import NOTHING, Filled
from api.web.initiative import titled
from api.web.pages import page, with_query
from api.web.sharing import BLANK, Sharing
from ingest import intake, jobs, reembedding, removal
from ingest.errors import RefusedFile
from ingest.intake import Received
from ingest.jobs import Ingestion
from ingest.readers import SHORTLY, SUFFIXES, Page
from ingest.readers.reading import PDF
from initiatives import kinds, organisations, sources
from initiatives.access import Viewer, may_write, require_writer, sees_all
from initiatives.errors import NotFound
from initiatives.suggestions import listing
from retrieval import document_shares, documents
from retrieval.documents import DocumentText

PAGE_LENGTH = 25
SHOWN_INGESTIONS = 50
SHOWN_SECTIONS = 40
SHOWN_CLAUSES = 12
LARGEST_UPLOAD = 200 * 1024 * 1024


@get("/dokument", include_in_schema=False)
async def documents_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the documents that the person sees, and to the programme group what is on its way in."""
    return await _list(request, session, person)


@post("/dokument", include_in_schema=False, request_max_body_size=LARGEST_UPLOAD, guards=[writers_only])
async def upload(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Take in the files of the form, each on its own: one that is refused stops none of the others."""
    require_writer(person)
    form = await request.form()
    shared_with = [identifier for text in form.getall("dela", []) if (identifier := forms.uuid(text))]
    outcomes: list[tuple[str, str, str]] = []
    for file in form.getall("filer", []):
        if not isinstance(file, UploadFile) or not file.filename:
            continue
        try:
            scope = {"visibility": forms.text(form, "synlighet") or documents.INTERNAL, "shared_with": shared_with}
            received = await _receive(session, person, file.filename, await file.read(), scope)
        except RefusedFile as refused:
            received = [Received(file.filename, None, refused)]
        outcomes += map(_outcome, received)
    return await _list(
        request, session, person, outcomes=outcomes or [("Ingen fil", "bad", "Välj minst en fil först.")]
    )


async def _receive(
    session: AsyncSession, person: Viewer, name: str, data: bytes, scope: dict[str, Any]
) -> list[Received]:
    if intake.is_archive(data):
        return await intake.receive_all(session, person, data, **scope)
    return [Received(name, await intake.receive(session, person, file_name=name, data=data, **scope))]


def _outcome(one: Received) -> tuple[str, str, str]:
    if one.refused or one.receipt is None:
        return one.file_name, "bad", f"{one.refused.reason} {one.refused.remedy}" if one.refused else ""
    known = "Finns redan. Inget har ändrats." if one.receipt.unchanged else "Tagen emot. Den läses in nu."
    return one.file_name, "plain" if one.receipt.unchanged else "good", known


@get("/dokument/{document_id:uuid}", include_in_schema=False)
async def document_page(
    request: Request[Any, Any, Any], session: Session, person: Person, document_id: FromPath[UUID]
) -> Template:
    """Show a document as it reads, with the quotation that the address names highlighted in its place."""
    return await show(request, session, person, document_id)


async def show(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Viewer,
    document_id: UUID,
    *,
    sharing: Sharing = BLANK,
    tied: Filled = NOTHING,
) -> Template:
    """Return the page of a document.

    `sharing` is what stands in the form for sharing it, `tied` in that which lets an initiative rest on its words.
    """
    wanted = request.query_params
    version_id = forms.uuid(wanted.get("version", ""))
    quotation = range(forms.number(wanted.get("fran")) or 0, forms.number(wanted.get("till")) or 0)
    replaced = False
    try:
        found = await documents.get_document(session, person, document_id, version_id=version_id)
    except NotFound:
        found = await documents.get_document(session, person, document_id)
        replaced, quotation = True, range(0)
    pages = [Page(**entry) for entry in found.pages]
    text = await asyncio.to_thread(as_read, found.text, pages, quotation)
    return page(
        "document.html",
        HTTP_422_UNPROCESSABLE_ENTITY if sharing.problem else tied.status_code,
        document=found.summary,
        text=text,
        sections=[section for section in found.sections if section.path][:SHOWN_SECTIONS],
        clauses=[
            (" ".join(found.text[start:end].split()), start, end)
            for kind, start, end in found.passages
            if kind == "att-sats"
        ][:SHOWN_CLAUSES],
        quoted=bool(quotation),
        in_file=_in_file(found, version_id, quotation, replaced=replaced),
        older=version_id is not None and version_id != found.summary.version_id and not replaced,
        replaced=replaced,
        shares=await document_shares.list_shares(session, person, document_id),
        organisations=await organisations.list_organisations(session) if may_write(person) else [],
        sharing=sharing,
        tied=tied,
        quotation=found.text[quotation.start : quotation.stop].strip(),
        resting=[
            (one, kinds.address(one.subject_type, one.subject_id), kinds.KINDS[one.subject_type].word)
            for one in await sources.resting_on(session, person, document_id)
        ],
        initiatives=await titled(session, person) if may_write(person) else [],
        suggested=await listing.count_open(session, person, document_id),
    )


def _in_file(found: DocumentText, version_id: UUID | None, quotation: range, *, replaced: bool) -> str:
    """Return where the quotation is shown in the file; empty when that is no PDF, or nothing is quoted."""
    if not found.text[quotation.start : quotation.stop].strip() or found.summary.media_type != PDF:
        return ""
    version = found.summary.version_id if replaced or version_id is None else version_id
    return originals.address(found.summary.id, version, quotation)


@get("/dokument/{document_id:uuid}/original", include_in_schema=False)
async def original(session: Session, person: Person, document_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out the file as it came in; always as a download, never shown inside the pages."""
    name, media_type, data = await documents.original_file(session, person, document_id)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})


@get("/dokument/{document_id:uuid}/ta-bort", include_in_schema=False)
async def confirm_removal(session: Session, person: Person, document_id: FromPath[UUID]) -> Template:
    """Ask before a document is taken away for good, and say what goes with it."""
    found = await documents.get_summary(session, person, document_id)
    require_writer(person)
    return page("document_remove.html", document=found, receipt=None)


@post("/dokument/{document_id:uuid}/ta-bort", include_in_schema=False, status_code=HTTP_200_OK)
async def remove(session: Session, person: Person, document_id: FromPath[UUID]) -> Template:
    """Take a document away for good, and show the receipt."""
    return page("document_remove.html", document=None, receipt=await removal.remove(session, person, document_id))


async def _list(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Viewer,
    *,
    outcomes: list[tuple[str, str, str]] | None = None,
) -> Template:
    wanted = {name: request.query_params.get(name, "").strip() for name in ("q", "typ", "synlighet")}
    number = forms.page_number(request.query_params.get("sida"))
    found, total = await documents.list_documents(
        session,
        person,
        text=wanted["q"] or None,
        kind=wanted["typ"] or None,
        visibility=wanted["synlighet"] or None,
        limit=PAGE_LENGTH,
        offset=(number - 1) * PAGE_LENGTH,
    )
    ingestions: list[Ingestion] = []
    index = None
    if sees_all(person):
        index = await reembedding.standing(session, person)
        ingestions, _ = await jobs.list_ingestions(session, person, unfinished=True, limit=SHOWN_INGESTIONS)
    return page(
        "documents.html",
        documents=found,
        total=total,
        filters=wanted,
        filtered=any(wanted.values()),
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/dokument", wanted, sida=sida),
        here=with_query("/dokument", wanted, sida=number),
        ingestions=ingestions,
        index=index,
        active=any(not ingestion.state.finished for ingestion in ingestions) or bool(index and index.coming),
        outcomes=outcomes or [],
        suggested=await listing.count_open(session, person),
        accepted=",".join(SUFFIXES),
        accepted_words=SHORTLY,
        kinds=await documents.kinds(session, person),
        organisations=await organisations.list_organisations(session, kind=organisations.OrganisationKind.MUNICIPALITY)
        if may_write(person)
        else [],
    )


ROUTES = (documents_page, upload, document_page, original, confirm_removal, remove)
