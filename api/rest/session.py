"""Signing in and out with a cookie, and who is signed in."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post, put
from litestar.connection import Request
from litestar.openapi.spec import Example
from litestar.params import Body

from api import signing_in
from api.dependencies import Person, Sessions, WaysIn
from api.rest.examples import MEMBERSHIP, PERSON, shows
from initiatives.access import Role, Viewer
from initiatives.allowance import Kind


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to sign in with."""

    email: str
    password: str


class Acting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The membership to act in."""

    membership_id: UUID


class Me(msgspec.Struct, frozen=True):
    """The person who is signed in, and the membership that they act in."""

    person_id: UUID | None
    name: str
    role: Role
    organisation_id: UUID | None
    membership_id: UUID | None


EXAMPLE = {
    "person_id": PERSON["id"],
    "name": PERSON["name"],
    "role": MEMBERSHIP["role"],
    "organisation_id": MEMBERSHIP["organisation_id"],
    "membership_id": MEMBERSHIP["id"],
}


class SessionController(Controller):
    """The browser's session."""

    path = "/session"
    tags = ("Inloggning",)

    @post(
        summary="Logga in",
        operation_id="signIn",
        opt={"public": True, "limit": Kind.SIGN_IN},
        security=[{}],
        responses=shows(Me, EXAMPLE, status=201, description="Inloggad; kakan följer med i Set-Cookie"),
    )
    async def sign_in(
        self,
        request: Request[Any, Any, Any],
        sessions: Sessions,
        doors: WaysIn,
        data: Annotated[
            SignIn, Body(examples=[Example(value={"email": PERSON["email"], "password": "korrekt häst batteri"})])
        ],
    ) -> Response[Me]:
        """Return who signed in, with a new session cookie."""
        doors.require_passwords()
        person, cookies = await signing_in.sign_in(request, sessions, data.email, data.password)
        return Response(_me(person), cookies=cookies)

    @get(summary="Vem är inloggad", operation_id="getSession", responses=shows(Me, EXAMPLE), sync_to_thread=False)
    def me(self, person: Person) -> Me:
        """Return the person behind the cookie or the key."""
        return _me(person)

    @put(
        "/membership",
        summary="Byt organisation",
        operation_id="switchMembership",
        responses=shows(Me, EXAMPLE, description="Bytt; en ny kaka följer med i Set-Cookie"),
    )
    async def switch(
        self,
        request: Request[Any, Any, Any],
        sessions: Sessions,
        data: Annotated[Acting, Body(examples=[Example(value={"membership_id": MEMBERSHIP["id"]})])],
    ) -> Response[Me]:
        """Act in another of one's memberships from now on; for browsers, as a key has only one."""
        person, cookie = await signing_in.switch(request, sessions, data.membership_id)
        return Response(_me(person), cookies=[cookie])

    @delete(summary="Logga ut", operation_id="signOut", opt={"public": True}, security=[{}], status_code=204)
    async def sign_out(self, request: Request[Any, Any, Any], sessions: Sessions) -> Response[None]:
        """End the browser's session."""
        return Response(None, cookies=[await signing_in.sign_out(request, sessions)])


def _me(person: Viewer) -> Me:
    return msgspec.convert(person, Me, from_attributes=True)
