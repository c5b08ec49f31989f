"""Snapshots of numbers by unit, such as listing points, to share money by."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import page_of, shows
from initiatives.access import Viewer
from initiatives.distribution import listings

SNAPSHOT: dict[str, Any] = {
    "id": "01976a10-0000-7000-8000-000000000041",
    "basis": "listningspoäng",
    "taken_on": "2026-10-31",
    "origin": "Listningssystemet",
    "units": 2,
    "points": "16124.75",
    "created_at": "2026-11-02T08:00:00Z",
}
ROWS = [{"unit": "Vårdcentralen Ek", "points": "9120.5"}, {"unit": "Vårdcentralen Gran", "points": "7004.25"}]
WHOLE = {**{name: SNAPSHOT[name] for name in ("id", "basis", "taken_on", "origin", "created_at")}, "rows": ROWS}
NEW = {
    **{name: SNAPSHOT[name] for name in ("basis", "taken_on", "origin")},
    "table": "Enhet;Poäng\nVårdcentralen Ek;9 120,50\nVårdcentralen Gran;7 004,25\n",
}


class SnapshotRow(msgspec.Struct, frozen=True):
    """The numbers of a day, in a list: how many units, and their sum."""

    id: UUID
    basis: str
    taken_on: date
    origin: str
    units: int
    points: Decimal
    created_at: datetime


class PointsOut(msgspec.Struct, frozen=True):
    """The number of one unit."""

    unit: str
    points: Decimal


class SnapshotOut(msgspec.Struct, frozen=True):
    """The numbers of a day, in the order in which they were brought in."""

    id: UUID
    basis: str
    taken_on: date
    origin: str
    created_at: datetime
    rows: Sequence[PointsOut]


class NewSnapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers to bring in. `table` has a unit and a number on each line, parted by semicolon or tab."""

    basis: str
    taken_on: date
    table: str
    origin: str = ""


class ListingController(Controller):
    """Snapshots; for those who see the whole register."""

    path = "/listing-snapshots"
    tags = ("Fördelning",)

    @get(
        summary="Lista underlag",
        operation_id="listListingSnapshots",
        responses=shows(Page[SnapshotRow], page_of(SNAPSHOT)),
    )
    async def list_snapshots(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[SnapshotRow]]:
        """Return snapshots, the newest day first."""
        rows, total = await listings.list_snapshots(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[SnapshotRow], from_attributes=True), total)

    @post(
        summary="Läs in ett underlag",
        operation_id="createListingSnapshot",
        responses=shows(SnapshotOut, WHOLE, status=201, description="Inläst"),
    )
    async def add_snapshot(
        self, session: Session, person: Person, data: Annotated[NewSnapshot, Body(examples=[Example(value=NEW)])]
    ) -> Response[SnapshotOut]:
        """Bring in the numbers of a day. Everything that is wrong is told, line by line, and nothing saved then."""
        added = await listings.add_snapshot(
            session,
            person,
            basis=data.basis,
            taken_on=data.taken_on,
            origin=data.origin,
            rows=listings.read_table(data.table),
        )
        out = await _shown(session, person, added.id)
        return Response(out, headers={"Location": f"/api/v1/listing-snapshots/{added.id}"})

    @get(
        "/{snapshot_id:uuid}",
        summary="Visa ett underlag",
        operation_id="getListingSnapshot",
        responses=shows(SnapshotOut, WHOLE),
    )
    async def get_snapshot(self, session: Session, person: Person, snapshot_id: FromPath[UUID]) -> SnapshotOut:
        """Return the numbers of a day."""
        return await _shown(session, person, snapshot_id)

    @delete(
        "/{snapshot_id:uuid}", summary="Ta bort ett underlag", operation_id="deleteListingSnapshot", status_code=204
    )
    async def remove_snapshot(self, session: Session, person: Person, snapshot_id: FromPath[UUID]) -> None:
        """Take a snapshot away; distributions that used it keep their numbers. For the programme group."""
        await listings.remove_snapshot(session, person, snapshot_id)


async def _shown(session: Session, person: Viewer, snapshot_id: UUID) -> SnapshotOut:
    snapshot, rows = await listings.get_snapshot(session, person, snapshot_id)
    return SnapshotOut(
        snapshot.id,
        snapshot.basis,
        snapshot.taken_on,
        snapshot.origin,
        snapshot.created_at,
        msgspec.convert(rows, list[PointsOut], from_attributes=True),
    )
