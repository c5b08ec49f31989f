"""Rounds of applications: money that units apply for. A partner finds nothing here."""

from datetime import date, datetime
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
from api.etags import expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import FUND, page_of, shows
from api.rest.patching import IfMatch, sent, tagged
from initiatives import rounds
from initiatives.access import Viewer
from initiatives.rounds import RoundState

ROUND = {
    "id": "01976a10-0000-7000-8000-000000000043",
    "allocation_id": "01976a10-0000-7000-8000-000000000044",
    "allocation": "Utvecklingsprojekt inom psykisk ohälsa",
    "fund_id": FUND["id"],
    "fund": FUND["name"],
    "year": FUND["year"],
    "title": "Utvecklingsprojekt inom psykisk ohälsa",
    "criteria": "Nya arbetssätt som andra kan ta efter.",
    "total_kronor": 500_000,
    "most_kronor": 250_000,
    "opens_on": "2026-01-12",
    "closes_on": "2026-02-27",
    "report_due_on": "2027-01-31",
    "applications": 3,
    "applied_kronor": 620_000,
    "awarded_kronor": 430_000,
    "left_kronor": 70_000,
    "undecided": 0,
    "unreported": 2,
    "state": "beslutad",
    "created_at": "2025-12-18T09:00:00Z",
    "updated_at": "2025-12-18T09:00:00Z",
    "revision": 1,
}


class RoundOut(msgspec.Struct, frozen=True):
    """A round, in whole kronor.

    `undecided` is how many applications wait for a decision, `unreported` how many that were given money have not told
    how it went.
    """

    id: UUID
    allocation_id: UUID
    allocation: str
    fund_id: UUID
    fund: str
    year: int
    title: str
    criteria: str
    total_kronor: int
    most_kronor: int | None
    opens_on: date
    closes_on: date
    report_due_on: date | None
    applications: int
    applied_kronor: int
    awarded_kronor: int
    left_kronor: int
    undecided: int
    unreported: int
    state: RoundState
    created_at: datetime
    updated_at: datetime
    revision: int


class NewRound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round to open, out of an allocation or straight out of a fund: name one of them.

    `most_kronor` is what one application may be given at most, `report_due_on` when money shall be reported on.
    """

    title: str
    total_kronor: int
    opens_on: date
    closes_on: date
    allocation_id: UUID | None = None
    fund_id: UUID | None = None
    criteria: str = ""
    most_kronor: int | None = None
    report_due_on: date | None = None


class RoundChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    title: str | UnsetType = UNSET
    total_kronor: int | UnsetType = UNSET
    opens_on: date | UnsetType = UNSET
    closes_on: date | UnsetType = UNSET
    criteria: str | UnsetType = UNSET
    most_kronor: int | UnsetType | None = UNSET
    report_due_on: date | UnsetType | None = UNSET


NEW = {
    name: ROUND[name]
    for name in ("allocation_id", "title", "criteria", "total_kronor", "most_kronor", "opens_on", "closes_on")
}


class RoundController(Controller):
    """Rounds of applications."""

    path = "/application-rounds"
    tags = ("Pengar",)

    @get(
        summary="Lista utlysningar",
        operation_id="listApplicationRounds",
        responses=shows(Page[RoundOut], page_of(ROUND)),
    )
    async def list_rounds(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        fund_id: Annotated[UUID | None, Parameter(description="Bara ur detta anslag.")] = None,
    ) -> Response[Page[RoundOut]]:
        """Return rounds, the one that closes last first."""
        rows, total = await rounds.list_rounds(
            session, person, fund_id=fund_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[RoundOut], from_attributes=True), total)

    @get(
        "/{round_id:uuid}",
        summary="Visa en utlysning",
        operation_id="getApplicationRound",
        responses=shows(RoundOut, ROUND),
    )
    async def get_round(self, session: Session, person: Person, round_id: FromPath[UUID]) -> Response[RoundOut]:
        """Return one round."""
        return tagged(await _shown(session, person, round_id))

    @post(
        summary="Öppna en utlysning",
        operation_id="createApplicationRound",
        responses=shows(RoundOut, ROUND, status=201, description="Tillagd"),
    )
    async def open_round(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewRound, Body(examples=[Example(value=NEW)])],
    ) -> Response[RoundOut]:
        """Announce money to apply for; out of a fund an allocation is made for it. For the programme group."""
        added = await rounds.open_round(session, person, **msgspec.structs.asdict(data))
        return tagged(await _shown(session, person, added.id), made=f"/api/v1/application-rounds/{added.id}")

    @patch(
        "/{round_id:uuid}",
        summary="Ändra en utlysning",
        operation_id="reviseApplicationRound",
        responses=shows(RoundOut, ROUND),
    )
    async def revise_round(
        self,
        session: Session,
        person: Person,
        round_id: FromPath[UUID],
        data: Annotated[RoundChanges, Body(examples=[Example(value={"closes_on": "2026-03-06"})])],
        if_match: IfMatch = None,
    ) -> Response[RoundOut]:
        """Change what is sent; for the programme group."""
        await rounds.get_round(session, person, round_id)
        await rounds.revise_round(session, person, round_id, revision=expected_revision(if_match), **sent(data))
        return tagged(await _shown(session, person, round_id))

    @delete("/{round_id:uuid}", summary="Ta bort en utlysning", operation_id="deleteApplicationRound", status_code=204)
    async def remove_round(self, session: Session, person: Person, round_id: FromPath[UUID]) -> None:
        """Take away a round that nobody has applied in; for the programme group."""
        await rounds.remove_round(session, person, round_id)


async def _shown(session: AsyncSession, person: Viewer, round_id: UUID) -> RoundOut:
    return msgspec.convert(await rounds.get_round(session, person, round_id), RoundOut, from_attributes=True)
