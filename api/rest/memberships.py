"""Memberships: what people are in which organisations."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, MEMBERSHIP, MUNICIPALITY, page_of, shows
from api.rest.people import GIVEN_ROLES, MembershipOut, ToHandOver, to_hand_over
from initiatives import memberships
from initiatives.access import Role

OF_ORGANISATION = Parameter(description="Bara medlemskap i den här organisationen.")
OF_PERSON = Parameter(description="Bara den här personens medlemskap.")
ENDED_TOO = Parameter(description="Ta med avslutade medlemskap.")


class NewMembership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to make somebody in one more organisation."""

    person_id: UUID
    organisation_id: UUID
    role: Annotated[str, GIVEN_ROLES]


class NewRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to make somebody instead of what they are."""

    role: Annotated[str, GIVEN_ROLES]


class EndedMembership(msgspec.Struct, frozen=True):
    """A membership that is over, and what the person still answers for."""

    membership: MembershipOut
    to_hand_over: list[ToHandOver]


NEW = {"person_id": MEMBERSHIP["person_id"], "organisation_id": MUNICIPALITY["id"], "role": "läsare"}
ENDED = {
    "membership": {**MEMBERSHIP, "left_at": "2026-11-20T14:05:00Z"},
    "to_hand_over": [{"id": INITIATIVE["id"], "title": INITIATIVE["title"]}],
}


class MembershipController(Controller):
    """Memberships; whoever does not see everything sees their own and those of their colleagues."""

    path = "/memberships"
    tags = ("Organisationer och personer",)

    @get(
        summary="Lista medlemskap",
        operation_id="listMemberships",
        responses=shows(Page[MembershipOut], page_of(MEMBERSHIP)),
    )
    async def list_memberships(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        *,
        organisation_id: Annotated[UUID | None, OF_ORGANISATION] = None,
        person_id: Annotated[UUID | None, OF_PERSON] = None,
        ended: Annotated[bool, ENDED_TOO] = False,
    ) -> Response[Page[MembershipOut]]:
        """Return the memberships that the person sees, by the names of the people."""
        rows, total = await memberships.list_memberships(
            session,
            person,
            organisation_id=organisation_id,
            person_id=person_id,
            open_only=not ended,
            limit=paging.limit,
            offset=paging.offset,
        )
        return paged(request, paging, msgspec.convert(rows, list[MembershipOut], from_attributes=True), total)

    @post(
        summary="Gör en person till medlem",
        operation_id="createMembership",
        responses=shows(MembershipOut, MEMBERSHIP, status=201, description="Tillagt"),
    )
    async def create_membership(
        self, session: Session, person: Person, data: Annotated[NewMembership, Body(examples=[Example(value=NEW)])]
    ) -> MembershipOut:
        """Make somebody a member of one more organisation; for administrators."""
        added = await memberships.add(session, person, **msgspec.structs.asdict(data))
        return msgspec.convert(added, MembershipOut, from_attributes=True)

    @patch(
        "/{membership_id:uuid}",
        summary="Ändra rollen i ett medlemskap",
        operation_id="changeRole",
        responses=shows(MembershipOut, MEMBERSHIP),
    )
    async def change_role(
        self,
        session: Session,
        person: Person,
        membership_id: FromPath[UUID],
        data: Annotated[NewRole, Body(examples=[Example(value={"role": Role.READER.value})])],
    ) -> MembershipOut:
        """Give somebody another role, which holds from their next request; for administrators."""
        changed = await memberships.change_role(session, person, membership_id, data.role)
        return msgspec.convert(changed, MembershipOut, from_attributes=True)

    @delete(
        "/{membership_id:uuid}",
        summary="Avsluta ett medlemskap",
        operation_id="endMembership",
        status_code=200,
        responses=shows(EndedMembership, ENDED),
    )
    async def end_membership(self, session: Session, person: Person, membership_id: FromPath[UUID]) -> EndedMembership:
        """End a membership with its sessions, and tell what is left to hand over.

        For administrators, and for whoever leaves.
        """
        ended = await memberships.leave(session, person, membership_id)
        left = await to_hand_over(session, person, ended.person_id)
        return EndedMembership(msgspec.convert(ended, MembershipOut, from_attributes=True), left)
