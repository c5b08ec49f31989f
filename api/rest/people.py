"""People and what they are where."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, MUNICIPALITY, PERSON, page_of, shows
from initiatives import leaving, people
from initiatives.access import Role, Viewer

GIVEN_ROLES = msgspec.Meta(extra_json_schema={"enum": [role for role in Role if role is not Role.SYSTEM]})


class MembershipOut(msgspec.Struct, frozen=True):
    """What a person is in an organisation; it is over if there is a `left_at`."""

    id: UUID
    person_id: UUID
    person: str
    organisation_id: UUID
    organisation: str
    role: Role
    joined_at: datetime
    left_at: datetime | None


class PersonOut(msgspec.Struct, frozen=True):
    """A person; never their password. Of what they are where, what the one who asks may see."""

    id: UUID
    name: str
    email: str
    active: bool
    memberships: list[MembershipOut]


class ToHandOver(msgspec.Struct, frozen=True):
    """An initiative that somebody who leaves answers for; nothing happens to it until somebody else is chosen."""

    id: UUID
    title: str


class ClosedAccount(msgspec.Struct, frozen=True):
    """A person who can no longer sign in, and what they still answer for."""

    person: PersonOut
    to_hand_over: list[ToHandOver]


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to add; they sign in once they have been given a password with `narplan user password`."""

    name: str
    email: str
    organisation_id: UUID
    role: Annotated[str, GIVEN_ROLES]


NEW_PERSON = {
    "name": "Bo Ek",
    "email": "bo.ek@ekby.example",
    "organisation_id": MUNICIPALITY["id"],
    "role": "kommunpartner",
}


CLOSED = {
    "person": {**PERSON, "active": False},
    "to_hand_over": [{"id": INITIATIVE["id"], "title": INITIATIVE["title"]}],
}


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
        """Add a person without a password; for administrators."""
        added = await people.create_person(session, person, **msgspec.structs.asdict(data))
        row = await people.get_person(session, person, added.id)
        out = msgspec.convert(row, PersonOut, from_attributes=True)
        return Response(out, headers={"Location": f"/api/v1/people/{added.id}"})

    @post(
        "/{person_id:uuid}/close",
        summary="Stäng ett konto",
        operation_id="closeAccount",
        status_code=200,
        responses=shows(ClosedAccount, CLOSED),
    )
    async def close_account(self, session: Session, person: Person, person_id: FromPath[UUID]) -> ClosedAccount:
        """Stop somebody from signing in, and tell what is left to hand over; for administrators.

        Sessions end for good; what the person has done is kept. Keys belong to organisations and open while anybody
        is in them.
        """
        await leaving.close_account(session, person, person_id)
        row = await people.get_person(session, person, person_id)
        left = await to_hand_over(session, person, person_id)
        return ClosedAccount(msgspec.convert(row, PersonOut, from_attributes=True), left)

    @post(
        "/{person_id:uuid}/reopen",
        summary="Öppna ett stängt konto",
        operation_id="reopenAccount",
        status_code=200,
        responses=shows(PersonOut, PERSON),
    )
    async def reopen_account(self, session: Session, person: Person, person_id: FromPath[UUID]) -> PersonOut:
        """Let somebody sign in again, without the sessions that they had; for administrators."""
        await leaving.reopen_account(session, person, person_id)
        return msgspec.convert(await people.get_person(session, person, person_id), PersonOut, from_attributes=True)


async def to_hand_over(session: AsyncSession, person: Viewer, person_id: UUID) -> list[ToHandOver]:
    """Return what somebody who leaves answers for, as it is shown."""
    rows = await leaving.to_hand_over(session, person, person_id)
    return [ToHandOver(row.id, row.title) for row in rows]
