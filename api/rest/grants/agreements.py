"""Agreements about state grants, with all that belongs to each."""

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
from api.rest.grants.amounts import AMOUNT, AmountOut
from api.rest.grants.components import COMPONENT, GRANT_ID, ComponentOut, IfMatch, given
from api.rest.grants.conditions import CONDITION, ConditionOut
from api.rest.grants.obligations import OBLIGATION, ObligationOut
from initiatives.access import Viewer
from initiatives.grants import agreements, reading

GRANT = {
    "id": GRANT_ID,
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "name": "Cancervård",
    "kind": "överenskommelse",
    "from_year": 2026,
    "to_year": 2027,
    "to_year_elsewhere": None,
    "parties": ["Staten", "Sveriges Kommuner och Regioner"],
    "national_kronor": 447_000_000,
    "to_regions_kronor": 407_000_000,
    "to_skr_kronor": None,
    "parts_kronor": None,
    "elsewhere": "",
    "note": "",
    "revision": 1,
    "components": [COMPONENT],
    "obligations": [OBLIGATION],
    "conditions": [CONDITION],
    "amounts": [AMOUNT],
}
_SENT = ("organisation_id", "name", "kind", "from_year", "to_year", "parties", "national_kronor", "to_regions_kronor")
NEW = {name: GRANT[name] for name in _SENT}


class GrantOut(msgspec.Struct, frozen=True):
    """An agreement with its parts, obligations, conditions and amounts, in whole kronor.

    `national_kronor` is what it gives the whole country in a year, `parts_kronor` what the source says that the parts
    are together, `to_year_elsewhere` a last year that stands in another place of the source.
    """

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    kind: str
    from_year: int
    to_year: int
    to_year_elsewhere: int | None
    parties: list[str]
    national_kronor: int | None
    to_regions_kronor: int | None
    to_skr_kronor: int | None
    parts_kronor: int | None
    elsewhere: str
    note: str
    revision: int
    components: list[ComponentOut]
    obligations: list[ObligationOut]
    conditions: list[ConditionOut]
    amounts: list[AmountOut]


class GrantChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    organisation_id: UUID | UnsetType = UNSET
    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    from_year: int | UnsetType = UNSET
    to_year: int | UnsetType = UNSET
    to_year_elsewhere: int | UnsetType | None = UNSET
    parties: list[str] | UnsetType = UNSET
    national_kronor: int | UnsetType | None = UNSET
    to_regions_kronor: int | UnsetType | None = UNSET
    to_skr_kronor: int | UnsetType | None = UNSET
    parts_kronor: int | UnsetType | None = UNSET
    elsewhere: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class NewGrant(GrantChanges, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An agreement to add. `kind` can be any word; without it, it is an *överenskommelse*."""

    organisation_id: UUID
    name: str
    from_year: int


class GrantController(Controller):
    """Agreements; for those who see the whole register."""

    path = "/grants"
    tags = ("Statsbidrag",)

    @get(summary="Lista statsbidrag", operation_id="listGrants", responses=shows(Page[GrantOut], page_of(GRANT)))
    async def list_grants(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        year: Annotated[int | None, Parameter(description="Bara de som gäller något under året.")] = None,
        kind: Annotated[str | None, Parameter(description="Bara ett slag, till exempel förordning.")] = None,
        organisation_id: Annotated[UUID | None, Parameter(description="Organisationen som får pengarna.")] = None,
    ) -> Response[Page[GrantOut]]:
        """Return agreements with all that belongs to them, by name."""
        rows, total = await reading.list_grants(
            session,
            person,
            year=year,
            kind=kind,
            organisation_id=organisation_id,
            limit=paging.limit,
            offset=paging.offset,
        )
        return paged(request, paging, msgspec.convert(rows, list[GrantOut], from_attributes=True), total)

    @get(
        "/{grant_id:uuid}",
        summary="Visa ett statsbidrag",
        operation_id="getGrant",
        responses=shows(GrantOut, GRANT, description="Statsbidraget; versionen står i ETag"),
    )
    async def get_grant(self, session: Session, person: Person, grant_id: FromPath[UUID]) -> Response[GrantOut]:
        """Return one agreement with all that belongs to it; the ETag is of the agreement itself."""
        return await _shown(session, person, grant_id)

    @post(
        summary="Lägg till ett statsbidrag",
        operation_id="createGrant",
        responses=shows(GrantOut, GRANT, status=201, description="Tillagt"),
    )
    async def create_grant(
        self, session: Session, person: Person, data: Annotated[NewGrant, Body(examples=[Example(value=NEW)])]
    ) -> Response[GrantOut]:
        """Add an agreement; for the programme group."""
        added = await agreements.create(session, person, **given(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/grants/{added.id}"
        return response

    @patch(
        "/{grant_id:uuid}",
        summary="Ändra ett statsbidrag",
        operation_id="reviseGrant",
        responses=shows(GrantOut, GRANT, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_grant(
        self,
        *,
        session: Session,
        person: Person,
        grant_id: FromPath[UUID],
        data: Annotated[GrantChanges, Body(examples=[Example(value={"to_year": 2028})])],
        if_match: IfMatch = None,
    ) -> Response[GrantOut]:
        """Change what is sent; for the programme group. A field that others changed meanwhile is a conflict (412)."""
        await reading.get_grant(session, person, grant_id)
        revision = expected_revision(if_match)
        await agreements.revise(session, person, grant_id, revision=revision, **given(data))
        return await _shown(session, person, grant_id)

    @delete("/{grant_id:uuid}", summary="Ta bort ett statsbidrag", operation_id="deleteGrant", status_code=204)
    async def remove_grant(self, session: Session, person: Person, grant_id: FromPath[UUID]) -> None:
        """Take away an agreement and all that belongs to it; for the programme group."""
        await agreements.remove(session, person, grant_id)


async def _shown(session: AsyncSession, person: Viewer, grant_id: UUID) -> Response[GrantOut]:
    row = await reading.get_grant(session, person, grant_id)
    return Response(msgspec.convert(row, GrantOut, from_attributes=True), headers={"ETag": etag(row.revision)})
