"""Origins: addresses and watched files that documents are fetched from by themselves."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.documents import DOCUMENT
from api.rest.examples import page_of, shows
from api.rest.ingestions import INGESTION
from ingest import origins

ORIGIN = {
    "id": "01976a10-0000-7000-8000-000000000090",
    "kind": "adress",
    "address": "https://www.solmark.example/handlingar/regelbok.pdf",
    "visibility": "public",
    "document_id": DOCUMENT["id"],
    "ingestion_id": INGESTION["id"],
    "problem": None,
    "checked_at": "2026-03-09T08:00:00Z",
    "changed_at": "2026-03-01T08:00:00Z",
    "due_at": "2026-03-10T08:00:00Z",
    "created_at": "2026-03-01T08:00:00Z",
}
NEW = {name: ORIGIN[name] for name in ("address", "visibility")}


class OriginOut(msgspec.Struct, frozen=True):
    """A place that a document is fetched from; `problem` says why the last time failed, `due_at` when the next one is.

    A file of the watched folder has no next time: the folder is looked at all the time.
    """

    id: UUID
    kind: Literal["adress", "fil"]
    address: str
    visibility: str
    document_id: UUID | None
    ingestion_id: UUID | None
    problem: str | None
    checked_at: datetime | None
    changed_at: datetime | None
    due_at: datetime | None
    created_at: datetime


class NewOrigin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An https address to fetch a document from, and who sees the document."""

    address: str
    visibility: Literal["internal", "public"] = "internal"


class OriginController(Controller):
    """Places that documents are fetched from; for those who see the whole register."""

    path = "/origins"
    tags = ("Dokument",)

    @get(summary="Lista hämtställen", operation_id="listOrigins", responses=shows(Page[OriginOut], page_of(ORIGIN)))
    async def list_origins(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[OriginOut]]:
        """Return the places, those with trouble first; a partner sees none."""
        rows, total = await origins.list_origins(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(list(rows), list[OriginOut], from_attributes=True), total)

    @post(
        summary="Lägg till ett hämtställe",
        operation_id="createOrigin",
        responses=shows(OriginOut, ORIGIN, status=201, description="Tillagt; hämtas inom kort"),
    )
    async def add(
        self,
        session: Session,
        person: Person,
        local_webhooks: NamedDependency[bool],
        data: Annotated[NewOrigin, Body(examples=[Example(value=NEW)])],
    ) -> OriginOut:
        """Let a document be fetched from an address now and then, when it has changed. For the programme group."""
        added = await origins.add(
            session, person, address=data.address, visibility=data.visibility, local=local_webhooks
        )
        return msgspec.convert(added, OriginOut, from_attributes=True)

    @post(
        "/{origin_id:uuid}/check",
        summary="Se efter genast",
        operation_id="checkOrigin",
        status_code=202,
        responses=shows(OriginOut, ORIGIN, status=202, description="Ses efter inom kort"),
    )
    async def check(self, session: Session, person: Person, origin_id: FromPath[UUID]) -> OriginOut:
        """Let an address be looked at within a minute, not when its time comes. For the programme group."""
        return msgspec.convert(await origins.check_now(session, person, origin_id), OriginOut, from_attributes=True)

    @delete("/{origin_id:uuid}", summary="Ta bort ett hämtställe", operation_id="deleteOrigin", status_code=204)
    async def remove(self, session: Session, person: Person, origin_id: FromPath[UUID]) -> None:
        """Fetch from the place no more; what has come from it stays. For the programme group."""
        await origins.remove(session, person, origin_id)
