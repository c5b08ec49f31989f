"""Ingestions: how far each file has come, and letting one be read again, stopped or moved in the queue."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, QueryParameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import page_of, shows
from ingest import jobs
from ingest.jobs import Ingestion, Priority, State

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
    "priority": "normal",
    "units_done": None,
    "units_total": None,
    "created_at": "2026-03-09T08:00:00Z",
    "finished_at": "2026-03-09T08:00:01Z",
}
UNTROUBLED = dict.fromkeys(("stage", "page", "reason", "remedy", "finished_at"))
QUEUED = {**INGESTION, **UNTROUBLED, "state": "queued"}
CANCELED = {**QUEUED, "state": "canceled", "finished_at": "2026-03-09T08:00:01Z"}
PriorityName = Literal["low", "normal", "high"]


class IngestionOut(msgspec.Struct, frozen=True):
    """How far a file has come, and why it stopped if it failed.

    `units_done` of `units_total` passages are indexed; both are null until the file has been read.
    """

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
    priority: PriorityName
    units_done: int | None
    units_total: int | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class PriorityIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where in the queue a waiting file is: before the others, among them or after them."""

    priority: PriorityName


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
        return paged(request, paging, [_out(row) for row in rows], total)

    @get(
        "/{ingestion_id:uuid}",
        summary="Visa en inläsning",
        operation_id="getIngestion",
        responses=shows(IngestionOut, INGESTION),
    )
    async def get_ingestion(self, session: Session, person: Person, ingestion_id: FromPath[UUID]) -> IngestionOut:
        """Return how far a file has come."""
        return _out(await jobs.get_ingestion(session, person, ingestion_id))

    @post(
        "/{ingestion_id:uuid}/retry",
        summary="Läs in en gång till",
        operation_id="retryIngestion",
        status_code=202,
        responses=shows(IngestionOut, QUEUED, status=202, description="Köad"),
    )
    async def retry(self, session: Session, person: Person, ingestion_id: FromPath[UUID]) -> IngestionOut:
        """Let a file that is finished be read once more: one that failed, was stopped, or that older readers read.

        For the programme group.
        """
        return _out(await jobs.retry(session, person, ingestion_id))

    @post(
        "/{ingestion_id:uuid}/cancel",
        summary="Avbryt en inläsning",
        operation_id="cancelIngestion",
        status_code=200,
        responses=shows(IngestionOut, CANCELED, description="Avbruten"),
    )
    async def cancel(self, session: Session, person: Person, ingestion_id: FromPath[UUID]) -> IngestionOut:
        """Stop a file that is waiting or being read; what answered before goes on to. For the programme group."""
        return _out(await jobs.cancel(session, person, ingestion_id))

    @patch(
        "/{ingestion_id:uuid}",
        summary="Flytta en fil i kön",
        operation_id="prioritiseIngestion",
        responses=shows(IngestionOut, {**QUEUED, "priority": "high"}),
    )
    async def prioritise(
        self,
        session: Session,
        person: Person,
        ingestion_id: FromPath[UUID],
        data: Annotated[PriorityIn, Body(examples=[Example(value={"priority": "high"})])],
    ) -> IngestionOut:
        """Let a waiting file be read before or after the others. For the programme group."""
        return _out(await jobs.prioritise(session, person, ingestion_id, Priority[data.priority.upper()]))


def _out(found: Ingestion) -> IngestionOut:
    named = {name: getattr(found, name) for name in IngestionOut.__struct_fields__ if name != "priority"}
    return msgspec.convert({**named, "priority": Priority(found.priority).name.lower()}, IngestionOut)
