"""What state grants demand, and when."""

from datetime import date
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
from api.rest.examples import PERSON, shows
from api.rest.grants.components import COMPONENT, GRANT_ID, IfMatch, given
from initiatives.access import Viewer
from initiatives.grants import facts, obligations, reading
from initiatives.grants.facts import ObligationKind

OBLIGATION = {
    "id": "01976a10-0000-7000-8000-000000000042",
    "grant_id": GRANT_ID,
    "component_id": COMPONENT["id"],
    "kind": "redovisning",
    "due_on": "2026-10-01",
    "whole_month": True,
    "due_text": "",
    "due_on_elsewhere": "2026-11-01",
    "is_done": False,
    "done_on": None,
    "recipient": "Socialdepartementet",
    "recipient_elsewhere": "",
    "decided_by": "Regionstyrelsen",
    "responsible_id": PERSON["id"],
    "responsible": PERSON["name"],
    "elsewhere": "avsnittet om uppföljning",
    "note": "",
    "revision": 1,
}
_SENT = ("component_id", "kind", "due_on", "whole_month", "due_on_elsewhere", "recipient", "responsible_id")
NEW = {name: OBLIGATION[name] for name in _SENT}
KindText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ObligationKind)})]


class ObligationOut(msgspec.Struct, frozen=True):
    """Something that a grant demands or gives on a day, or some time in a month (`whole_month`).

    Without `component_id` it is of the whole agreement. `due_text` is how the source writes a day that is not a date.
    """

    id: UUID
    grant_id: UUID
    component_id: UUID | None
    kind: ObligationKind
    due_on: date | None
    whole_month: bool
    due_text: str
    due_on_elsewhere: date | None
    is_done: bool
    done_on: date | None
    recipient: str
    recipient_elsewhere: str
    decided_by: str
    responsible_id: UUID | None
    responsible: str | None
    elsewhere: str
    note: str
    revision: int


class ObligationChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    kind: KindText | UnsetType = UNSET
    component_id: UUID | UnsetType | None = UNSET
    due_on: date | UnsetType | None = UNSET
    whole_month: bool | UnsetType = UNSET
    due_text: str | UnsetType = UNSET
    due_on_elsewhere: date | UnsetType | None = UNSET
    is_done: bool | UnsetType = UNSET
    done_on: date | UnsetType | None = UNSET
    recipient: str | UnsetType = UNSET
    recipient_elsewhere: str | UnsetType = UNSET
    decided_by: str | UnsetType = UNSET
    responsible_id: UUID | UnsetType | None = UNSET
    elsewhere: str | UnsetType = UNSET
    note: str | UnsetType = UNSET


class NewObligation(ObligationChanges, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An obligation to add."""

    kind: KindText


class ObligationController(Controller):
    """The obligations of an agreement; for those who see the whole register."""

    tags = ("Statsbidrag",)

    @post(
        "/grants/{grant_id:uuid}/obligations",
        summary="Lägg till ett krav",
        operation_id="createGrantObligation",
        responses=shows(ObligationOut, OBLIGATION, status=201, description="Tillagt"),
    )
    async def create_obligation(
        self,
        session: Session,
        person: Person,
        grant_id: FromPath[UUID],
        data: Annotated[NewObligation, Body(examples=[Example(value=NEW)])],
    ) -> Response[ObligationOut]:
        """Add what an agreement, or one of its parts, demands; for the programme group."""
        added = await obligations.create(session, person, grant_id, **given(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/grant-obligations/{added.id}"
        return response

    @get(
        "/grant-obligations/{obligation_id:uuid}",
        summary="Visa ett krav",
        operation_id="getGrantObligation",
        responses=shows(ObligationOut, OBLIGATION, description="Kravet; versionen står i ETag"),
    )
    async def get_obligation(
        self, session: Session, person: Person, obligation_id: FromPath[UUID]
    ) -> Response[ObligationOut]:
        """Return one obligation."""
        return await _shown(session, person, obligation_id)

    @patch(
        "/grant-obligations/{obligation_id:uuid}",
        summary="Ändra ett krav",
        operation_id="reviseGrantObligation",
        responses=shows(ObligationOut, OBLIGATION, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_obligation(
        self,
        *,
        session: Session,
        person: Person,
        obligation_id: FromPath[UUID],
        data: Annotated[ObligationChanges, Body(examples=[Example(value={"done_on": "2026-10-20"})])],
        if_match: IfMatch = None,
    ) -> Response[ObligationOut]:
        """Change what is sent; for the programme group. A field that others changed meanwhile is a conflict (412)."""
        await reading.get_part(session, person, facts.Obligation, obligation_id)
        revision = expected_revision(if_match)
        await obligations.revise(session, person, obligation_id, revision=revision, **given(data))
        return await _shown(session, person, obligation_id)

    @delete(
        "/grant-obligations/{obligation_id:uuid}",
        summary="Ta bort ett krav",
        operation_id="deleteGrantObligation",
        status_code=204,
    )
    async def remove_obligation(self, session: Session, person: Person, obligation_id: FromPath[UUID]) -> None:
        """Take away an obligation; for the programme group."""
        await obligations.remove(session, person, obligation_id)


async def _shown(session: AsyncSession, person: Viewer, obligation_id: UUID) -> Response[ObligationOut]:
    row = await reading.get_part(session, person, facts.Obligation, obligation_id)
    return Response(msgspec.convert(row, ObligationOut, from_attributes=True), headers={"ETag": etag(row.revision)})
