"""Agreements with municipalities; a municipality sees those to which it is party."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.dialogue import AREA, PARTY, NamedOut
from api.rest.examples import page_of, shows
from initiatives.access import Viewer
from initiatives.dialogue import agreements
from initiatives.dialogue.agreements import Fields

AGREEMENT: dict[str, Any] = {
    "id": "01976a10-0000-7000-8000-000000000052",
    "title": "Läkare på särskilt boende",
    "subject": "Läkarbemanning en halv dag i veckan på varje boende.",
    "starts_on": "2025-01-01",
    "ends_on": "2027-12-31",
    "notice": "Sägs upp skriftligt med tolv månaders varsel.",
    "notice_on": "2026-12-31",
    "notice_settled_on": None,
    "parties": [PARTY],
    "nodes": [AREA],
    "created_at": "2026-11-19T08:00:00Z",
    "updated_at": "2026-11-19T08:00:00Z",
    "revision": 1,
}
NEW = {
    **{name: AGREEMENT[name] for name in ("title", "subject", "starts_on", "ends_on", "notice", "notice_on")},
    "party_ids": [PARTY["id"]],
    "node_ids": [AREA["id"]],
}


class AgreementOut(msgspec.Struct, frozen=True):
    """An agreement; `notice_on` is the last day to give notice, `notice_settled_on` when that was decided."""

    id: UUID
    title: str
    subject: str
    starts_on: date
    ends_on: date | None
    notice: str
    notice_on: date | None
    notice_settled_on: date | None
    parties: Sequence[NamedOut]
    nodes: Sequence[NamedOut]
    created_at: datetime
    updated_at: datetime
    revision: int


class NewAgreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agreement to write down; the parties are municipalities, which see it, beside the region."""

    title: str
    starts_on: date
    party_ids: tuple[UUID, ...]
    subject: str = ""
    ends_on: date | None = None
    notice: str = ""
    notice_on: date | None = None
    notice_settled_on: date | None = None
    node_ids: tuple[UUID, ...] = ()


class AgreementChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    title: str | UnsetType = UNSET
    starts_on: date | UnsetType = UNSET
    party_ids: tuple[UUID, ...] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    ends_on: date | UnsetType | None = UNSET
    notice: str | UnsetType = UNSET
    notice_on: date | UnsetType | None = UNSET
    notice_settled_on: date | UnsetType | None = UNSET
    node_ids: tuple[UUID, ...] | UnsetType = UNSET


class MunicipalAgreementController(Controller):
    """Agreements."""

    path = "/municipal-agreements"
    tags = ("Dialog",)

    @get(
        summary="Lista avtal med kommuner",
        operation_id="listMunicipalAgreements",
        responses=shows(Page[AgreementOut], page_of(AGREEMENT)),
    )
    async def list_agreements(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        organisation_id: Annotated[UUID | None, Parameter(description="Bara avtal med denna part.")] = None,
        on: Annotated[date | None, Parameter(description="Bara avtal som gäller denna dag.")] = None,
    ) -> Response[Page[AgreementOut]]:
        """Return the agreements that the person sees, the newest first."""
        rows, total = await agreements.list_agreements(
            session, person, organisation_id=organisation_id, on=on, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[AgreementOut], from_attributes=True), total)

    @get(
        "/{municipal_agreement_id:uuid}",
        summary="Visa ett avtal",
        operation_id="getMunicipalAgreement",
        responses=shows(AgreementOut, AGREEMENT, description="Avtalet; versionen står i ETag"),
    )
    async def get_agreement(
        self, session: Session, person: Person, municipal_agreement_id: FromPath[UUID]
    ) -> Response[AgreementOut]:
        """Return one agreement."""
        return await _shown(session, person, municipal_agreement_id)

    @post(
        summary="Lägg till ett avtal",
        operation_id="createMunicipalAgreement",
        responses=shows(AgreementOut, AGREEMENT, status=201, description="Tillagt"),
    )
    async def create_agreement(
        self, session: Session, person: Person, data: Annotated[NewAgreement, Body(examples=[Example(value=NEW)])]
    ) -> Response[AgreementOut]:
        """Write down an agreement, which its parties see; for the programme group."""
        added = await agreements.create(session, person, **msgspec.structs.asdict(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/municipal-agreements/{added.id}"
        return response

    @patch(
        "/{municipal_agreement_id:uuid}",
        summary="Ändra ett avtal",
        operation_id="reviseMunicipalAgreement",
        responses=shows(AgreementOut, {**AGREEMENT, "revision": 2}, description="Ändrat; den nya versionen i ETag"),
    )
    async def revise_agreement(
        self,
        *,
        session: Session,
        person: Person,
        municipal_agreement_id: FromPath[UUID],
        data: Annotated[AgreementChanges, Body(examples=[Example(value={"notice_settled_on": "2026-11-30"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[AgreementOut]:
        """Change what is sent; for the programme group. A field that others have changed too is a conflict (412)."""
        await agreements.get_agreement(session, person, municipal_agreement_id)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        read = expected_revision(if_match)
        await agreements.revise(session, person, municipal_agreement_id, cast("Fields", changes), read=read)
        return await _shown(session, person, municipal_agreement_id)

    @delete(
        "/{municipal_agreement_id:uuid}",
        summary="Ta bort ett avtal",
        operation_id="deleteMunicipalAgreement",
        status_code=204,
    )
    async def remove_agreement(self, session: Session, person: Person, municipal_agreement_id: FromPath[UUID]) -> None:
        """Take an agreement away; for the programme group."""
        await agreements.remove(session, person, municipal_agreement_id)


async def _shown(session: Session, person: Viewer, agreement_id: UUID) -> Response[AgreementOut]:
    row = await agreements.get_agreement(session, person, agreement_id)
    out = msgspec.convert(row, AgreementOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
