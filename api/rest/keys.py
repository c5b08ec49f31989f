"""API keys of organisations; for administrators."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import API_KEY, NEW_API_KEY, page_of, shows
from initiatives import keys
from initiatives.access import Role
from initiatives.base import utcnow
from initiatives.errors import InvalidValue
from initiatives.keys import Scope

OF = Parameter(description="Bara denna organisations nycklar.")


class ApiKeyOut(msgspec.Struct, frozen=True):
    """An API key; `prefix` is how it begins, and the rest is known only to whoever was shown it."""

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    role: Role
    scopes: list[Scope]
    prefix: str
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make. It acts with `role` within `scopes`, until `expires_at`: a year from now unless it is given."""

    organisation_id: UUID
    name: str
    role: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(keys.ROLES)})]
    scopes: list[Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Scope)})]]
    expires_at: datetime | None = None


class ApiKeyMade(msgspec.Struct, frozen=True):
    """A key that has just been made; `key` is shown this once."""

    id: UUID
    prefix: str
    key: str
    expires_at: datetime


class ApiKeyController(Controller):
    """How organisations' programs come in; for administrators, and never for a program."""

    path = "/api-keys"
    tags = ("API-nycklar",)

    @get(summary="Lista API-nycklar", operation_id="listApiKeys", responses=shows(Page[ApiKeyOut], page_of(API_KEY)))
    async def list_keys(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        organisation_id: Annotated[UUID | None, OF] = None,
    ) -> Response[Page[ApiKeyOut]]:
        """Return keys, revoked ones too, the newest first."""
        rows, total = await keys.list_keys(
            session, person, organisation_id=organisation_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[ApiKeyOut], from_attributes=True), total)

    @get("/{key_id:uuid}", summary="Visa en API-nyckel", operation_id="getApiKey", responses=shows(ApiKeyOut, API_KEY))
    async def get_key(self, session: Session, person: Person, key_id: FromPath[UUID]) -> ApiKeyOut:
        """Return one key, without what opens."""
        return msgspec.convert(await keys.get_key(session, person, key_id), ApiKeyOut, from_attributes=True)

    @post(
        summary="Skapa en API-nyckel",
        opt={"shows_secret": True},
        operation_id="createApiKey",
        responses=shows(
            ApiKeyMade,
            {**{name: API_KEY[name] for name in ("id", "prefix", "expires_at")}, "key": f"{API_KEY['prefix']}_…"},
            status=201,
            description="Skapad; nyckeln visas bara nu",
        ),
    )
    async def create_key(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewApiKey, Body(examples=[Example(value=NEW_API_KEY)])],
    ) -> Response[ApiKeyMade]:
        """Make a key for an organisation."""
        lifetime = keys.LIFETIME
        if data.expires_at is not None:
            if data.expires_at.tzinfo is None:
                raise InvalidValue("Ange tiden med tidszon, till exempel 2027-11-21T12:00:00Z.", field="expires_at")
            lifetime = data.expires_at - utcnow()
        made, secret = await keys.create_key(
            session,
            person,
            organisation_id=data.organisation_id,
            name=data.name,
            role=data.role,
            scopes=data.scopes,
            lifetime=lifetime,
        )
        out = ApiKeyMade(made.id, made.prefix, secret, made.expires_at)
        return Response(out, headers={"Location": f"/api/v1/api-keys/{made.id}"})

    @delete("/{key_id:uuid}", summary="Spärra en API-nyckel", operation_id="revokeApiKey", status_code=204)
    async def revoke_key(self, session: Session, person: Person, key_id: FromPath[UUID]) -> None:
        """Make a key useless from the next request on; it stays in the list."""
        await keys.revoke_key(session, person, key_id)
