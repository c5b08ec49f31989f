"""Milestones of one initiative: list, add, change, remove."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.rest.examples import INITIATIVE, PERSON, shows
from initiatives import milestones, overview
from initiatives.access import Viewer

MILESTONE = {
    "id": "01976a10-0000-7000-8000-000000000041",
    "initiative_id": INITIATIVE["id"],
    "title": "Fjärde mottagningen öppen",
    "due_on": "2026-12-15",
    "done_on": None,
    "responsible_id": PERSON["id"],
    "responsible": PERSON["name"],
    "late": False,
    "revision": 1,
}
NEW = {name: MILESTONE[name] for name in ("title", "due_on", "responsible_id")}


class MilestoneOut(msgspec.Struct, frozen=True):
    """A milestone; `late` tells that its day has passed and it is not done. To partners, responsible is null."""

    id: UUID
    initiative_id: UUID
    title: str
    due_on: date
    done_on: date | None
    responsible_id: UUID | None
    responsible: str | None
    late: bool
    revision: int


class NewMilestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A milestone to add."""

    title: str
    due_on: date
    done_on: date | None = None
    responsible_id: UUID | None = None


class MilestoneChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    title: str | UnsetType = UNSET
    due_on: date | UnsetType = UNSET
    done_on: date | UnsetType | None = UNSET
    responsible_id: UUID | UnsetType | None = UNSET


class MilestoneController(Controller):
    """The milestones of one initiative."""

    path = "/initiatives/{initiative_id:uuid}/milestones"
    tags = ("Initiativ",)

    @get(
        summary="Lista milstolpar",
        operation_id="listMilestones",
        responses=shows(list[MilestoneOut], [MILESTONE]),
    )
    async def list_milestones(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Sequence[MilestoneOut]:
        """Return the milestones, by day."""
        await overview.get(session, person, initiative_id)
        rows = await milestones.list_milestones(session, person, initiative_id)
        return msgspec.convert(rows, list[MilestoneOut], from_attributes=True)

    @post(
        summary="Lägg till en milstolpe",
        operation_id="createMilestone",
        responses=shows(MilestoneOut, MILESTONE, status=201, description="Tillagd"),
    )
    async def add(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewMilestone, Body(examples=[Example(value=NEW)])],
    ) -> Response[MilestoneOut]:
        """Say what shall be done by which day; for the programme group."""
        added = await milestones.add(session, person, initiative_id, **msgspec.structs.asdict(data))
        response = await _shown(session, person, initiative_id, added.id)
        response.headers["Location"] = f"/api/v1/initiatives/{initiative_id}/milestones/{added.id}"
        return response

    @get(
        "/{milestone_id:uuid}",
        summary="Visa en milstolpe",
        operation_id="getMilestone",
        responses=shows(MilestoneOut, MILESTONE),
    )
    async def get_milestone(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], milestone_id: FromPath[UUID]
    ) -> Response[MilestoneOut]:
        """Return one milestone."""
        return await _shown(session, person, initiative_id, milestone_id)

    @patch(
        "/{milestone_id:uuid}",
        summary="Ändra en milstolpe",
        operation_id="changeMilestone",
        responses=shows(MilestoneOut, {**MILESTONE, "done_on": "2026-11-28", "revision": 2}, description="Ändrad"),
    )
    async def change(
        self,
        *,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        milestone_id: FromPath[UUID],
        data: Annotated[MilestoneChanges, Body(examples=[Example(value={"done_on": "2026-11-28"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[MilestoneOut]:
        """Change what is sent, such as the day on which it was done; for the programme group."""
        await _shown(session, person, initiative_id, milestone_id)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        revision = expected_revision(if_match)
        await milestones.change(session, person, initiative_id, milestone_id, revision=revision, **changes)
        return await _shown(session, person, initiative_id, milestone_id)

    @delete("/{milestone_id:uuid}", summary="Ta bort en milstolpe", operation_id="deleteMilestone", status_code=204)
    async def remove(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], milestone_id: FromPath[UUID]
    ) -> None:
        """Take the milestone away; for the programme group."""
        await milestones.remove(session, person, initiative_id, milestone_id)


async def _shown(
    session: AsyncSession, person: Viewer, initiative_id: UUID, milestone_id: UUID
) -> Response[MilestoneOut]:
    row = await milestones.get_milestone(session, person, initiative_id, milestone_id)
    out = msgspec.convert(row, MilestoneOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
