"""Which initiatives wait for which: list, add, remove."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.examples import INITIATIVE, shows
from initiatives import dependencies, overview
from initiatives.workflow import Status

DEPENDENCY = {
    "initiative_id": INITIATIVE["id"],
    "initiative": INITIATIVE["title"],
    "status": "beslutat",
    "starts_on": "2027-02-01",
    "depends_on_id": "01976a10-0000-7000-8000-000000000043",
    "depends_on": "Behovsanalys inför äldremottagningar",
    "depends_on_status": "pågår",
    "depends_on_ends_on": "2026-12-31",
    "clash": False,
}
NEW = {"depends_on_id": DEPENDENCY["depends_on_id"]}


class DependencyOut(msgspec.Struct, frozen=True):
    """An initiative waits until another is finished; `clash` tells that their dates or statuses say otherwise."""

    initiative_id: UUID
    initiative: str
    status: Status
    starts_on: date | None
    depends_on_id: UUID
    depends_on: str
    depends_on_status: Status
    depends_on_ends_on: date | None
    clash: bool


class NewDependency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The initiative to wait for."""

    depends_on_id: UUID


class DependencyController(Controller):
    """What one initiative waits for, and what waits for it."""

    path = "/initiatives/{initiative_id:uuid}/dependencies"
    tags = ("Initiativ",)

    @get(
        summary="Lista beroenden",
        operation_id="listDependencies",
        responses=shows(list[DependencyOut], [DEPENDENCY]),
    )
    async def list_dependencies(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Sequence[DependencyOut]:
        """Return what the initiative waits for, and what waits for it; a partner finds those whose ends they see."""
        await overview.get(session, person, initiative_id)
        rows = await dependencies.list_dependencies(session, person, initiative_id)
        return msgspec.convert(rows, list[DependencyOut], from_attributes=True)

    @post(
        summary="Lägg till ett beroende",
        operation_id="createDependency",
        responses=shows(DependencyOut, DEPENDENCY, status=201, description="Tillagt"),
    )
    async def depend(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewDependency, Body(examples=[Example(value=NEW)])],
    ) -> DependencyOut:
        """Let the initiative wait until another is finished; never in a ring (409). For the programme group."""
        await dependencies.depend(session, person, initiative_id, data.depends_on_id)
        rows = await dependencies.list_dependencies(session, person, initiative_id)
        row = next(one for one in rows if one.depends_on_id == data.depends_on_id)
        return msgspec.convert(row, DependencyOut, from_attributes=True)

    @delete("/{depends_on_id:uuid}", summary="Ta bort ett beroende", operation_id="deleteDependency", status_code=204)
    async def stop_depending(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], depends_on_id: FromPath[UUID]
    ) -> None:
        """Let the initiative no longer wait for the other; for the programme group."""
        await dependencies.stop_depending(session, person, initiative_id, depends_on_id)
