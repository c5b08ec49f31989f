"""The parts of state grants."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.rest.examples import shows
from initiatives.access import Viewer
from initiatives.grants import components, facts, reading
from initiatives.grants.facts import Basis, Whose

GRANT_ID = "01976a10-0000-7000-8000-000000000040"
COMPONENT = {
    "id": "01976a10-0000-7000-8000-000000000041",
    "grant_id": GRANT_ID,
    "position": 1,
    "name": "Standardiserade vårdförlopp",
    "year": 2026,
    "national_kronor": 407_000_000,
    "national_kronor_elsewhere": None,
    "own_kronor": [3_100_000, 3_100_000],
    "own_kronor_elsewhere": None,
    "price_rule": "",
    "price_kronor": None,
    "volume": None,
    "cap_kronor": None,
    "basis": "befolkning",
    "whose": "region",
    "passes_on_to": "",
    "common_obligations": True,
    "settled": False,
    "elsewhere": "",
    "note": "",
    "revision": 1,
}
_SENT = ("name", "year", "national_kronor", "own_kronor", "basis", "whose")
NEW = {name: COMPONENT[name] for name in _SENT}
BasisText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Basis)})]
WhoseText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Whose)})]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")]


class ComponentOut(msgspec.Struct, frozen=True):
    """A part of an agreement in one year, in whole kronor.

    `own_kronor` has one amount for each payment and is empty where a price rule says how much. What `passes_on_to`
    somebody is not own income. What another place of the source says stands in `…_elsewhere`.
    """

    id: UUID
    grant_id: UUID
    position: int
    name: str
    year: int
    national_kronor: int | None
    national_kronor_elsewhere: int | None
    own_kronor: list[int]
    own_kronor_elsewhere: int | None
    price_rule: str
    price_kronor: int | None
    volume: int | None
    cap_kronor: int | None
    basis: Basis
    whose: Whose
    passes_on_to: str
    common_obligations: bool
    settled: bool
    elsewhere: str
    note: str
    revision: int


class ComponentChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    position: int | UnsetType = UNSET
    year: int | UnsetType = UNSET
    national_kronor: int | UnsetType | None = UNSET
    national_kronor_elsewhere: int | UnsetType | None = UNSET
    own_kronor: list[int] | UnsetType = UNSET
    own_kronor_elsewhere: int | UnsetType | None = UNSET
    price_rule: str | UnsetType = UNSET
    price_kronor: int | UnsetType | None = UNSET
    volume: int | UnsetType | None = UNSET
    cap_kronor: int | UnsetType | None = UNSET
    basis: BasisText | UnsetType = UNSET
    whose: WhoseText | UnsetType = UNSET
    passes_on_to: str | UnsetType = UNSET
    common_obligations: bool | UnsetType = UNSET
    settled: bool | UnsetType = UNSET
    elsewhere: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class NewComponent(ComponentChanges, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part to add. Without `year` it is of the agreement's first year, without `position` the last one."""

    name: str


def given(data: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that were sent."""
    return {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}


class ComponentController(Controller):
    """The parts of an agreement; for those who see the whole register."""

    tags = ("Statsbidrag",)

    @post(
        "/grants/{grant_id:uuid}/components",
        summary="Lägg till en del",
        operation_id="createGrantComponent",
        responses=shows(ComponentOut, COMPONENT, status=201, description="Tillagd"),
    )
    async def create_component(
        self,
        session: Session,
        person: Person,
        grant_id: FromPath[UUID],
        data: Annotated[NewComponent, Body(examples=[Example(value=NEW)])],
    ) -> Response[ComponentOut]:
        """Add a part to an agreement; for the programme group."""
        added = await components.create(session, person, grant_id, **given(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/grant-components/{added.id}"
        return response

    @get(
        "/grant-components/{component_id:uuid}",
        summary="Visa en del",
        operation_id="getGrantComponent",
        responses=shows(ComponentOut, COMPONENT, description="Delen; versionen står i ETag"),
    )
    async def get_component(
        self, session: Session, person: Person, component_id: FromPath[UUID]
    ) -> Response[ComponentOut]:
        """Return one part."""
        return await _shown(session, person, component_id)

    @patch(
        "/grant-components/{component_id:uuid}",
        summary="Ändra en del",
        operation_id="reviseGrantComponent",
        responses=shows(ComponentOut, COMPONENT, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise_component(
        self,
        *,
        session: Session,
        person: Person,
        component_id: FromPath[UUID],
        data: Annotated[ComponentChanges, Body(examples=[Example(value={"settled": True})])],
        if_match: IfMatch = None,
    ) -> Response[ComponentOut]:
        """Change what is sent; for the programme group. A field that others changed meanwhile is a conflict (412)."""
        await reading.get_part(session, person, facts.Component, component_id)
        revision = expected_revision(if_match)
        await components.revise(session, person, component_id, revision=revision, **given(data))
        return await _shown(session, person, component_id)

    @delete(
        "/grant-components/{component_id:uuid}",
        summary="Ta bort en del",
        operation_id="deleteGrantComponent",
        status_code=204,
    )
    async def remove_component(self, session: Session, person: Person, component_id: FromPath[UUID]) -> None:
        """Take away a part, with what belongs to it alone; for the programme group."""
        await components.remove(session, person, component_id)


async def _shown(session: AsyncSession, person: Viewer, component_id: UUID) -> Response[ComponentOut]:
    row = await reading.get_part(session, person, facts.Component, component_id)
    return Response(msgspec.convert(row, ComponentOut, from_attributes=True), headers={"ETag": etag(row.revision)})
