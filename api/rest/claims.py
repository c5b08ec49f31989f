"""Claims: what somebody says about a measure or a frame, always with who says it. A partner finds none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.etags import expected_revision
from api.rest.examples import shows
from api.rest.measure_frames import FRAME
from api.rest.patching import IfMatch, sent, tagged
from initiatives import claims

CLAIM = {
    "id": "01976a10-0000-7000-8000-000000000053",
    "measure_id": None,
    "frame_id": FRAME["id"],
    "text": "15–20 procent av dem som vårdas på akutmottagningen hade kunnat få hjälp på vårdcentral.",
    "said_by": "Oppositionen",
    "created_at": "2018-03-27T09:00:00Z",
    "updated_at": "2018-03-27T09:00:00Z",
    "revision": 1,
}


class ClaimOut(msgspec.Struct, frozen=True):
    """What somebody says, and who; about a measure or about all that stands in a frame."""

    id: UUID
    measure_id: UUID | None
    frame_id: UUID | None
    text: str
    said_by: str
    created_at: datetime
    updated_at: datetime
    revision: int


class NewClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A claim to register, about a measure or a frame: name one of them."""

    text: str
    said_by: str
    measure_id: UUID | None = None
    frame_id: UUID | None = None


class ClaimChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    text: str | UnsetType = UNSET
    said_by: str | UnsetType = UNSET


NEW = {name: CLAIM[name] for name in ("frame_id", "text", "said_by")}


class ClaimController(Controller):
    """Claims."""

    path = "/claims"
    tags = ("Åtgärder",)

    @get(summary="Lista påståenden", operation_id="listClaims", responses=shows(list[ClaimOut], [CLAIM]))
    async def list_claims(
        self,
        session: Session,
        person: Person,
        measure_id: Annotated[UUID | None, Parameter(description="Bara om denna åtgärd.")] = None,
        frame_id: Annotated[UUID | None, Parameter(description="Bara om denna ram.")] = None,
    ) -> Sequence[ClaimOut]:
        """Return what is said."""
        rows = await claims.list_claims(session, person, measure_id=measure_id, frame_id=frame_id)
        return msgspec.convert(rows, list[ClaimOut], from_attributes=True)

    @get("/{claim_id:uuid}", summary="Visa ett påstående", operation_id="getClaim", responses=shows(ClaimOut, CLAIM))
    async def get_claim(self, session: Session, person: Person, claim_id: FromPath[UUID]) -> Response[ClaimOut]:
        """Return one claim."""
        row = await claims.get_claim(session, person, claim_id)
        return tagged(msgspec.convert(row, ClaimOut, from_attributes=True))

    @post(
        summary="Lägg till ett påstående",
        operation_id="createClaim",
        responses=shows(ClaimOut, CLAIM, status=201, description="Tillagt"),
    )
    async def add(
        self, session: Session, person: Person, data: Annotated[NewClaim, Body(examples=[Example(value=NEW)])]
    ) -> Response[ClaimOut]:
        """Register what somebody says; for the programme group."""
        added = await claims.add(session, person, **msgspec.structs.asdict(data))
        return tagged(msgspec.convert(added, ClaimOut, from_attributes=True), made=f"/api/v1/claims/{added.id}")

    @patch(
        "/{claim_id:uuid}", summary="Ändra ett påstående", operation_id="reviseClaim", responses=shows(ClaimOut, CLAIM)
    )
    async def revise(
        self,
        session: Session,
        person: Person,
        claim_id: FromPath[UUID],
        data: Annotated[ClaimChanges, Body(examples=[Example(value={"said_by": "Oppositionen"})])],
        if_match: IfMatch = None,
    ) -> Response[ClaimOut]:
        """Change what is sent; for the programme group."""
        await claims.get_claim(session, person, claim_id)
        row = await claims.revise(session, person, claim_id, revision=expected_revision(if_match), **sent(data))
        return tagged(msgspec.convert(row, ClaimOut, from_attributes=True))

    @delete("/{claim_id:uuid}", summary="Ta bort ett påstående", operation_id="deleteClaim", status_code=204)
    async def remove(self, session: Session, person: Person, claim_id: FromPath[UUID]) -> None:
        """Take a claim away; for the programme group."""
        await claims.remove(session, person, claim_id)
