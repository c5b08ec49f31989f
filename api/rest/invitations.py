"""Invitations: links that somebody comes in by."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api import joining
from api.dependencies import Person, Session, Sessions, WaysIn
from api.paging import Page, Paging, paged
from api.rest.examples import MEMBERSHIP, MUNICIPALITY, PERSON, page_of, shows
from api.rest.people import GIVEN_ROLES
from api.rest.session import EXAMPLE, Me
from initiatives import invitations
from initiatives.access import Role
from initiatives.allowance import Kind


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite where, as what."""

    email: str
    organisation_id: UUID
    role: Annotated[str, GIVEN_ROLES]


class InvitationOut(msgspec.Struct, frozen=True):
    """An invitation; open until it is accepted, withdrawn or too old. `invited_by` is a name."""

    id: UUID
    email: str
    organisation_id: UUID
    organisation: str
    role: Role
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


class Invited(msgspec.Struct, frozen=True):
    """A new invitation, with the address to send to the one who is invited; it is shown only now."""

    invitation: InvitationOut
    link: str


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a link, with name and password for an account; `name` is left out by one who has an account."""

    token: str
    password: str
    name: str = ""


INVITATION = {
    "id": "01976a10-0000-7000-8000-000000000012",
    "email": "bo.ek@ekby.example",
    "organisation_id": MUNICIPALITY["id"],
    "organisation": MUNICIPALITY["name"],
    "role": "kommunpartner",
    "invited_by": PERSON["name"],
    "created_at": "2026-11-20T14:05:00Z",
    "expires_at": "2026-12-04T14:05:00Z",
    "accepted_at": None,
    "withdrawn_at": None,
}
NEW = {name: INVITATION[name] for name in ("email", "organisation_id", "role")}
INVITED = {"invitation": INVITATION, "link": "https://narplan.example/inbjudan/q5R0…"}
ACCEPTANCE = {"token": "q5R0…", "name": "Bo Ek", "password": "korrekt häst batteri"}
ACCEPTED = {**EXAMPLE, "membership_id": MEMBERSHIP["id"]}


class InvitationController(Controller):
    """Invitations; for administrators, and for the programme group to municipalities."""

    path = "/invitations"
    tags = ("Organisationer och personer",)

    @get(
        summary="Lista öppna inbjudningar",
        operation_id="listInvitations",
        responses=shows(Page[InvitationOut], page_of(INVITATION)),
    )
    async def list_invitations(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[InvitationOut]]:
        """Return the open invitations, the newest first."""
        rows, total = await invitations.list_invitations(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[InvitationOut], from_attributes=True), total)

    @post(
        summary="Bjud in någon",
        opt={"shows_secret": True},
        operation_id="createInvitation",
        responses=shows(Invited, INVITED, status=201, description="Inbjuden; skicka länken, den visas bara nu"),
    )
    async def create_invitation(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        data: Annotated[NewInvitation, Body(examples=[Example(value=NEW)])],
    ) -> Invited:
        """Invite somebody and return the link, which holds for 14 days; Närplan sends no mail."""
        row, token = await invitations.invite(session, person, **msgspec.structs.asdict(data))
        return Invited(msgspec.convert(row, InvitationOut, from_attributes=True), joining.link(request, token))

    @delete(
        "/{invitation_id:uuid}", summary="Återkalla en inbjudan", operation_id="withdrawInvitation", status_code=204
    )
    async def withdraw_invitation(self, session: Session, person: Person, invitation_id: FromPath[UUID]) -> None:
        """Make the link of an open invitation useless."""
        await invitations.withdraw(session, person, invitation_id)

    @post(
        "/accept",
        summary="Tacka ja till en inbjudan",
        operation_id="acceptInvitation",
        opt={"public": True, "limit": Kind.SIGN_IN},
        security=[{}],
        responses=shows(Me, ACCEPTED, status=201, description="Inloggad; kakan följer med i Set-Cookie"),
    )
    async def accept_invitation(
        self,
        request: Request[Any, Any, Any],
        sessions: Sessions,
        doors: WaysIn,
        data: Annotated[Acceptance, Body(examples=[Example(value=ACCEPTANCE)])],
    ) -> Response[Me]:
        """Make an account, or add to the one that the address has, and sign in to what the link offers."""
        doors.require_passwords()
        person, cookies = await joining.accept(request, sessions, data.token, name=data.name, password=data.password)
        return Response(msgspec.convert(person, Me, from_attributes=True), cookies=cookies)
