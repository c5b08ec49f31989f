"""Frames for measures. A partner finds none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.etags import expected_revision
from api.rest.examples import shows
from api.rest.patching import IfMatch, sent, tagged
from initiatives import measure_frames

FRAME = {
    "id": "01976a10-0000-7000-8000-000000000051",
    "name": "Omställningsåtgärder 2018–2019",
    "first_year": 2018,
    "last_year": 2019,
    "ceiling_kronor": None,
    "decision": "",
    "created_at": "2018-03-27T09:00:00Z",
    "updated_at": "2018-03-27T09:00:00Z",
    "revision": 1,
}


class FrameOut(msgspec.Struct, frozen=True):
    """The years in which measures may cost, and the ceiling in whole kronor: null where none is decided, never 0."""

    id: UUID
    name: str
    first_year: int
    last_year: int
    ceiling_kronor: int | None
    decision: str
    created_at: datetime
    updated_at: datetime
    revision: int


class NewFrame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A frame to register; without a ceiling it is said everywhere that there is none."""

    name: str
    first_year: int
    last_year: int
    ceiling_kronor: int | None = None
    decision: str = ""


class FrameChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    first_year: int | UnsetType = UNSET
    last_year: int | UnsetType = UNSET
    ceiling_kronor: int | UnsetType | None = UNSET
    decision: str | UnsetType = UNSET


NEW = {name: FRAME[name] for name in NewFrame.__struct_fields__}


class MeasureFrameController(Controller):
    """Frames."""

    path = "/measure-frames"
    tags = ("Åtgärder",)

    @get(summary="Lista ramar", operation_id="listMeasureFrames", responses=shows(list[FrameOut], [FRAME]))
    async def list_frames(self, session: Session, person: Person) -> Sequence[FrameOut]:
        """Return all frames, newest years first."""
        rows = await measure_frames.list_frames(session, person)
        return msgspec.convert(rows, list[FrameOut], from_attributes=True)

    @get("/{frame_id:uuid}", summary="Visa en ram", operation_id="getMeasureFrame", responses=shows(FrameOut, FRAME))
    async def get_frame(self, session: Session, person: Person, frame_id: FromPath[UUID]) -> Response[FrameOut]:
        """Return one frame."""
        row = await measure_frames.get_frame(session, person, frame_id)
        return tagged(msgspec.convert(row, FrameOut, from_attributes=True))

    @post(
        summary="Lägg till en ram",
        operation_id="createMeasureFrame",
        responses=shows(FrameOut, FRAME, status=201, description="Tillagd"),
    )
    async def create(
        self, session: Session, person: Person, data: Annotated[NewFrame, Body(examples=[Example(value=NEW)])]
    ) -> Response[FrameOut]:
        """Register a frame; for the programme group."""
        added = await measure_frames.create(session, person, **msgspec.structs.asdict(data))
        out = msgspec.convert(added, FrameOut, from_attributes=True)
        return tagged(out, made=f"/api/v1/measure-frames/{added.id}")

    @patch(
        "/{frame_id:uuid}", summary="Ändra en ram", operation_id="reviseMeasureFrame", responses=shows(FrameOut, FRAME)
    )
    async def revise(
        self,
        session: Session,
        person: Person,
        frame_id: FromPath[UUID],
        data: Annotated[FrameChanges, Body(examples=[Example(value={"ceiling_kronor": 40_000_000})])],
        if_match: IfMatch = None,
    ) -> Response[FrameOut]:
        """Change what is sent; for the programme group."""
        await measure_frames.get_frame(session, person, frame_id)
        revision = expected_revision(if_match)
        row = await measure_frames.revise(session, person, frame_id, revision=revision, **sent(data))
        return tagged(msgspec.convert(row, FrameOut, from_attributes=True))

    @delete("/{frame_id:uuid}", summary="Ta bort en ram", operation_id="deleteMeasureFrame", status_code=204)
    async def remove(self, session: Session, person: Person, frame_id: FromPath[UUID]) -> None:
        """Take away a frame that holds no measures; for the programme group."""
        await measure_frames.remove(session, person, frame_id)
