"""What the money of state grants is, year by year: budgeted, forecast, received, and stated by the source."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import REGION, page_of, shows
from api.rest.grants.components import COMPONENT, GRANT_ID, IfMatch, given
from initiatives import values
from initiatives.access import Viewer
from initiatives.grants import amounts, facts, reading
from initiatives.grants.facts import AmountKind

AMOUNT = {
    "id": "01976a10-0000-7000-8000-000000000044",
    "organisation_id": REGION["id"],
    "grant_id": GRANT_ID,
    "component_id": COMPONENT["id"],
    "year": 2026,
    "kind": "utfall",
    "kronor": 3_100_000,
    "received_on": "2026-04-22",
    "note": "",
    "revision": 1,
}
NEW = {name: AMOUNT[name] for name in ("grant_id", "component_id", "year", "kind", "kronor", "received_on")}
KindText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(AmountKind)})]
KIND = Parameter(description=f"Bara belopp av slaget: {', '.join(AmountKind)}.")


class AmountOut(msgspec.Struct, frozen=True):
    """An amount of a year: of a part, of an agreement or, without `grant_id`, of all grants of the organisation."""

    id: UUID
    organisation_id: UUID
    grant_id: UUID | None
    component_id: UUID | None
    year: int
    kind: AmountKind
    kronor: int
    received_on: date | None
    note: str
    revision: int


class NewAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount to add; say `grant_id`, or `organisation_id` for all its grants together."""

    year: int
    kind: KindText
    kronor: int
    grant_id: UUID | None = None
    organisation_id: UUID | None = None
    component_id: UUID | None = None
    received_on: date | None = None
    note: str = ""


class AmountChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    year: int | UnsetType = UNSET
    kind: KindText | UnsetType = UNSET
    kronor: int | UnsetType = UNSET
    component_id: UUID | UnsetType | None = UNSET
    received_on: date | UnsetType | None = UNSET
    note: str | UnsetType = UNSET


class AmountController(Controller):
    """Amounts; for those who see the whole register."""

    path = "/grant-amounts"
    tags = ("Statsbidrag",)

    @get(summary="Lista belopp", operation_id="listGrantAmounts", responses=shows(Page[AmountOut], page_of(AMOUNT)))
    async def list_amounts(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        year: Annotated[int | None, Parameter(description="Bara belopp för detta år.")] = None,
        kind: Annotated[str | None, KIND] = None,
        grant_id: Annotated[UUID | None, Parameter(description="Bara belopp för statsbidraget.")] = None,
    ) -> Response[Page[AmountOut]]:
        """Return amounts, newest year first."""
        rows, total = await reading.list_amounts(
            session,
            person,
            year=year,
            kind=None if kind is None else values.choice(AmountKind, kind, field="kind"),
            grant_id=grant_id,
            limit=paging.limit,
            offset=paging.offset,
        )
        return paged(request, paging, msgspec.convert(rows, list[AmountOut], from_attributes=True), total)

    @post(
        summary="Lägg till ett belopp",
        operation_id="createGrantAmount",
        responses=shows(AmountOut, AMOUNT, status=201, description="Tillagt"),
    )
    async def create_amount(
        self, session: Session, person: Person, data: Annotated[NewAmount, Body(examples=[Example(value=NEW)])]
    ) -> Response[AmountOut]:
        """Add an amount of a year; for the programme group."""
        added = await amounts.create(session, person, **given(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/grant-amounts/{added.id}"
        return response

    @get(
        "/{amount_id:uuid}",
        summary="Visa ett belopp",
        operation_id="getGrantAmount",
        responses=shows(AmountOut, AMOUNT, description="Beloppet; versionen står i ETag"),
    )
    async def get_amount(self, session: Session, person: Person, amount_id: FromPath[UUID]) -> Response[AmountOut]:
        """Return one amount."""
        return await _shown(session, person, amount_id)

    @patch(
        "/{amount_id:uuid}",
        summary="Ändra ett belopp",
        operation_id="reviseGrantAmount",
        responses=shows(AmountOut, AMOUNT, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_amount(
        self,
        *,
        session: Session,
        person: Person,
        amount_id: FromPath[UUID],
        data: Annotated[AmountChanges, Body(examples=[Example(value={"kronor": 3_200_000})])],
        if_match: IfMatch = None,
    ) -> Response[AmountOut]:
        """Change what is sent; for the programme group. A field that others changed meanwhile is a conflict (412)."""
        await reading.get_part(session, person, facts.Amount, amount_id)
        revision = expected_revision(if_match)
        await amounts.revise(session, person, amount_id, revision=revision, **given(data))
        return await _shown(session, person, amount_id)

    @delete("/{amount_id:uuid}", summary="Ta bort ett belopp", operation_id="deleteGrantAmount", status_code=204)
    async def remove_amount(self, session: Session, person: Person, amount_id: FromPath[UUID]) -> None:
        """Take away an amount; for the programme group."""
        await amounts.remove(session, person, amount_id)


async def _shown(session: AsyncSession, person: Viewer, amount_id: UUID) -> Response[AmountOut]:
    row = await reading.get_part(session, person, facts.Amount, amount_id)
    return Response(msgspec.convert(row, AmountOut, from_attributes=True), headers={"ETag": etag(row.revision)})
