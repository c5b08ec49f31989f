"""Organisations."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.rest.examples import MUNICIPALITY, shows
from initiatives import organisations, values
from initiatives.organisations import OrganisationKind

KINDS = Parameter(description="Bara organisationer av detta slag.", schema_extra={"enum": list(OrganisationKind)})


class OrganisationOut(msgspec.Struct, frozen=True):
    """An organisation; `code` is its number in public registers, such as that of the municipality."""

    id: UUID
    name: str
    short_name: str
    kind: OrganisationKind
    parent_id: UUID | None
    code: str | None


class NewOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation to add; `parent_id` is the region or municipality that a unit belongs to."""

    name: str
    kind: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(OrganisationKind)})]
    short_name: str = ""
    parent_id: UUID | None = None
    code: str | None = None


class OrganisationChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays. `parent_id` is the region or municipality that a unit belongs to."""

    name: str | None = None
    short_name: str | None = None
    parent_id: UUID | None = None
    code: str | None = None


NEW_ORGANISATION = {name: MUNICIPALITY[name] for name in ("name", "short_name", "kind")}


class OrganisationController(Controller):
    """Organisations; everyone who is signed in sees them all."""

    path = "/organisations"
    tags = ("Organisationer och personer",)

    @get(
        summary="Lista organisationer",
        operation_id="listOrganisations",
        responses=shows(list[OrganisationOut], [MUNICIPALITY]),
    )
    async def list_organisations(
        self, session: Session, kind: Annotated[str | None, KINDS] = None
    ) -> Sequence[OrganisationOut]:
        """Return all organisations in alphabetical order."""
        wanted = None if kind is None else values.choice(OrganisationKind, kind, field="kind")
        rows = await organisations.list_organisations(session, kind=wanted)
        return msgspec.convert(rows, list[OrganisationOut], from_attributes=True)

    @get(
        "/{organisation_id:uuid}",
        summary="Visa en organisation",
        operation_id="getOrganisation",
        responses=shows(OrganisationOut, MUNICIPALITY),
    )
    async def get_organisation(self, session: Session, organisation_id: FromPath[UUID]) -> OrganisationOut:
        """Return one organisation."""
        row = await organisations.get_organisation(session, organisation_id)
        return msgspec.convert(row, OrganisationOut, from_attributes=True)

    @post(
        summary="Lägg till en organisation",
        operation_id="createOrganisation",
        responses=shows(OrganisationOut, MUNICIPALITY, status=201, description="Tillagd"),
    )
    async def create_organisation(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewOrganisation, Body(examples=[Example(value=NEW_ORGANISATION)])],
    ) -> Response[OrganisationOut]:
        """Add an organisation; for administrators."""
        added = await organisations.create_organisation(session, person, **msgspec.structs.asdict(data))
        out = msgspec.convert(added, OrganisationOut, from_attributes=True)
        return Response(out, headers={"Location": f"/api/v1/organisations/{added.id}"})

    @patch(
        "/{organisation_id:uuid}",
        summary="Ändra en organisation",
        operation_id="reviseOrganisation",
        responses=shows(OrganisationOut, MUNICIPALITY),
    )
    async def revise_organisation(
        self,
        session: Session,
        person: Person,
        organisation_id: FromPath[UUID],
        data: Annotated[OrganisationChanges, Body(examples=[Example(value={"short_name": "Ekby"})])],
    ) -> OrganisationOut:
        """Give an organisation another name, or a unit the organisation that it belongs to; for administrators."""
        changes = msgspec.structs.asdict(data)
        revised = await organisations.revise_organisation(session, person, organisation_id, **changes)
        return msgspec.convert(revised, OrganisationOut, from_attributes=True)
