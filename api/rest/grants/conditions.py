"""The conditions of state grants."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.rest.examples import shows
from api.rest.grants.components import COMPONENT, GRANT_ID, IfMatch, given
from initiatives.access import Viewer
from initiatives.grants import conditions, facts, reading

CONDITION = {
    "id": "01976a10-0000-7000-8000-000000000043",
    "grant_id": GRANT_ID,
    "component_id": COMPONENT["id"],
    "kind": "antal",
    "text": "Fem nya vårdförlopp införs under året.",
    "threshold": 5,
    "unit": "vårdförlopp",
    "is_met": None,
    "note": "",
    "revision": 1,
}
NEW = {name: CONDITION[name] for name in ("component_id", "kind", "text", "threshold", "unit")}


class ConditionOut(msgspec.Struct, frozen=True):
    """What must be fulfilled; `is_met` is null as long as nobody knows."""

    id: UUID
    grant_id: UUID
    component_id: UUID | None
    kind: str
    text: str
    threshold: float | None
    unit: str
    is_met: bool | None
    note: str
    revision: int


class ConditionChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    text: str | UnsetType = UNSET
    component_id: UUID | UnsetType | None = UNSET
    kind: str | UnsetType = UNSET
    threshold: Decimal | UnsetType | None = UNSET
    unit: str | UnsetType = UNSET
    is_met: bool | UnsetType | None = UNSET
    note: str | UnsetType = UNSET


class NewCondition(ConditionChanges, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A condition to add."""

    text: str


class ConditionController(Controller):
    """The conditions of an agreement; for those who see the whole register."""

    tags = ("Statsbidrag",)

    @post(
        "/grants/{grant_id:uuid}/conditions",
        summary="Lägg till ett villkor",
        operation_id="createGrantCondition",
        responses=shows(ConditionOut, CONDITION, status=201, description="Tillagt"),
    )
    async def create_condition(
        self,
        session: Session,
        person: Person,
        grant_id: FromPath[UUID],
        data: Annotated[NewCondition, Body(examples=[Example(value=NEW)])],
    ) -> Response[ConditionOut]:
        """Add a condition of an agreement, or of one of its parts; for the programme group."""
        added = await conditions.create(session, person, grant_id, **given(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/grant-conditions/{added.id}"
        return response

    @get(
        "/grant-conditions/{condition_id:uuid}",
        summary="Visa ett villkor",
        operation_id="getGrantCondition",
        responses=shows(ConditionOut, CONDITION, description="Villkoret; versionen står i ETag"),
    )
    async def get_condition(
        self, session: Session, person: Person, condition_id: FromPath[UUID]
    ) -> Response[ConditionOut]:
        """Return one condition."""
        return await _shown(session, person, condition_id)

    @patch(
        "/grant-conditions/{condition_id:uuid}",
        summary="Ändra ett villkor",
        operation_id="reviseGrantCondition",
        responses=shows(ConditionOut, CONDITION, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_condition(
        self,
        *,
        session: Session,
        person: Person,
        condition_id: FromPath[UUID],
        data: Annotated[ConditionChanges, Body(examples=[Example(value={"is_met": True})])],
        if_match: IfMatch = None,
    ) -> Response[ConditionOut]:
        """Change what is sent; for the programme group. A field that others changed meanwhile is a conflict (412)."""
        await reading.get_part(session, person, facts.Condition, condition_id)
        revision = expected_revision(if_match)
        await conditions.revise(session, person, condition_id, revision=revision, **given(data))
        return await _shown(session, person, condition_id)

    @delete(
        "/grant-conditions/{condition_id:uuid}",
        summary="Ta bort ett villkor",
        operation_id="deleteGrantCondition",
        status_code=204,
    )
    async def remove_condition(self, session: Session, person: Person, condition_id: FromPath[UUID]) -> None:
        """Take away a condition; for the programme group."""
        await conditions.remove(session, person, condition_id)


async def _shown(session: AsyncSession, person: Viewer, condition_id: UUID) -> Response[ConditionOut]:
    row = await reading.get_part(session, person, facts.Condition, condition_id)
    return Response(msgspec.convert(row, ConditionOut, from_attributes=True), headers={"ETag": etag(row.revision)})
