"""Organisations and people."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import MUNICIPALITY, PERSON, page_of, shows
from initiatives import people, values
from initiatives.access import Role
from initiatives.people import OrganisationKind

KINDS = Parameter(description="Bara organisationer av detta slag.", schema_extra={"enum": list(OrganisationKind)})


class OrganisationOut(msgspec.Struct, frozen=True):
    """An organisation."""

    id: UUID
    name: str
    short_name: str
    kind: OrganisationKind


class NewOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation to add."""

    name: str
    kind: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(OrganisationKind)})]
    short_name: str = ""


class PersonOut(msgspec.Struct, frozen=True):
    """A person; never their password."""

    id: UUID
    name: str
    email: str
    role: Role
    active: bool
    organisation_id: UUID
    organisation: str


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to add; they sign in once they have been given a password with `narplan user password`."""

    name: str
    email: str
    organisation_id: UUID
    role: Annotated[str, msgspec.Meta(extra_json_schema={"enum": [role for role in Role if role is not Role.SYSTEM]})]


NEW_ORGANISATION = {name: MUNICIPALITY[name] for name in ("name", "short_name", "kind")}
NEW_PERSON = {name: PERSON[name] for name in ("name", "email", "organisation_id", "role")}


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
        rows = await people.list_organisations(session, kind=wanted)
        return msgspec.convert(rows, list[OrganisationOut], from_attributes=True)

    @get(
        "/{organisation_id:uuid}",
        summary="Visa en organisation",
        operation_id="getOrganisation",
        responses=shows(OrganisationOut, MUNICIPALITY),
    )
    async def get_organisation(self, session: Session, organisation_id: FromPath[UUID]) -> OrganisationOut:
        """Return one organisation."""
        row = await people.get_organisation(session, organisation_id)
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
        """Add an organisation; for the programme group."""
        added = await people.create_organisation(session, person, **msgspec.structs.asdict(data))
        out = msgspec.convert(added, OrganisationOut, from_attributes=True)
        return Response(out, headers={"Location": f"/api/v1/organisations/{added.id}"})


class PersonController(Controller):
    """People; a partner sees those of their own organisation."""

    path = "/people"
    tags = ("Organisationer och personer",)

    @get(summary="Lista personer", operation_id="listPeople", responses=shows(Page[PersonOut], page_of(PERSON)))
    async def list_people(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[PersonOut]]:
        """Return the active people that the person sees, in alphabetical order."""
        rows, total = await people.list_people(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[PersonOut], from_attributes=True), total)

    @get("/{person_id:uuid}", summary="Visa en person", operation_id="getPerson", responses=shows(PersonOut, PERSON))
    async def get_person(self, session: Session, person: Person, person_id: FromPath[UUID]) -> PersonOut:
        """Return one person."""
        return msgspec.convert(await people.get_person(session, person, person_id), PersonOut, from_attributes=True)

    @post(
        summary="Lägg till en person",
        operation_id="createPerson",
        responses=shows(PersonOut, PERSON, status=201, description="Tillagd"),
    )
    async def create_person(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewPerson, Body(examples=[Example(value=NEW_PERSON)])],
    ) -> Response[PersonOut]:
        """Add a person without a password; for the programme group."""
        added = await people.create_person(session, person, **msgspec.structs.asdict(data))
        row = await people.get_person(session, person, added.id)
        out = msgspec.convert(row, PersonOut, from_attributes=True)
        return Response(out, headers={"Location": f"/api/v1/people/{added.id}"})
