"""Allocations: to whom the money of a fund is given. A partner finds nothing here."""

from datetime import datetime
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
from api.rest.examples import FUND, NODE, REGION, page_of, shows
from api.rest.funds import UnfundedOut
from api.rest.patching import IfMatch, sent, tagged
from initiatives import funds
from initiatives.access import Viewer
from initiatives.clauses import Ruling

ALLOCATION = {
    "id": "01976a10-0000-7000-8000-000000000040",
    "fund_id": FUND["id"],
    "fund": FUND["name"],
    "year": FUND["year"],
    "receiver_id": REGION["id"],
    "receiver": REGION["name"],
    "amount_kronor": 900_000,
    "recurring": True,
    "purpose": "Fortbildning för allmänläkare",
    "clause": "RS 2025/0733, att-sats 2",
    "clause_id": "01976a10-0000-7000-8000-000000000055",
    "clause_text": "att avsätta 0,9 mnkr till fortbildning av allmänläkare",
    "clause_ruling": "bifallen",
    "node_id": NODE["id"],
    "node": NODE["name"],
    "linked_kronor": 0,
    "offered_kronor": 0,
    "unfunded": FUND["unfunded"],
    "created_at": "2025-12-16T09:00:00Z",
    "updated_at": "2025-12-16T09:00:00Z",
    "revision": 1,
}


class AllocationOut(msgspec.Struct, frozen=True):
    """An allocation, in whole kronor.

    `clause_text` is the att-sats that it rests on and `clause_ruling` what became of that.
    `receiver` is the organisation's name, or the words where it is not in the register; `linked_kronor` is what
    initiatives use of the allocation and `offered_kronor` what may be applied for out of it.
    """

    id: UUID
    fund_id: UUID
    fund: str
    year: int
    receiver_id: UUID | None
    receiver: str
    amount_kronor: int
    recurring: bool
    purpose: str
    clause: str
    clause_id: UUID | None
    clause_text: str | None
    clause_ruling: Ruling | None
    node_id: UUID | None
    node: str | None
    linked_kronor: int
    offered_kronor: int
    unfunded: UnfundedOut | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewAllocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to give: to an organisation (`receiver_id`) or to one named in words (`receiver`).

    `recurring` money is to be paid every year. The att-sats is in the register (`clause_id`) or in words (`clause`);
    `node_id` is what the money develops.
    """

    fund_id: UUID
    amount_kronor: int
    purpose: str
    receiver_id: UUID | None = None
    receiver: str = ""
    recurring: bool = False
    clause: str = ""
    clause_id: UUID | None = None
    node_id: UUID | None = None


class AllocationChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. A new receiver of either kind replaces the old one."""

    amount_kronor: int | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    receiver_id: UUID | UnsetType | None = UNSET
    receiver: str | UnsetType = UNSET
    recurring: bool | UnsetType = UNSET
    clause: str | UnsetType = UNSET
    clause_id: UUID | UnsetType | None = UNSET
    node_id: UUID | UnsetType | None = UNSET


NEW = {
    name: ALLOCATION[name]
    for name in ("fund_id", "receiver_id", "amount_kronor", "purpose", "recurring", "clause", "node_id")
}


class AllocationController(Controller):
    """Allocations."""

    path = "/allocations"
    tags = ("Pengar",)

    @get(
        summary="Lista tilldelningar",
        operation_id="listAllocations",
        responses=shows(Page[AllocationOut], page_of(ALLOCATION)),
    )
    async def list_allocations(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        *,
        fund_id: Annotated[UUID | None, Parameter(description="Bara ur detta anslag.")] = None,
        node: Annotated[UUID | None, Parameter(description="Bara för denna nod i taxonomin.")] = None,
        recurring: Annotated[bool | None, Parameter(description="Bara de som ges varje år, eller inte.")] = None,
    ) -> Response[Page[AllocationOut]]:
        """Return allocations, newest year first."""
        rows, total = await funds.list_allocations(
            session,
            person,
            fund_id=fund_id,
            node_id=node,
            recurring=recurring,
            limit=paging.limit,
            offset=paging.offset,
        )
        return paged(request, paging, msgspec.convert(rows, list[AllocationOut], from_attributes=True), total)

    @get(
        "/{allocation_id:uuid}",
        summary="Visa en tilldelning",
        operation_id="getAllocation",
        responses=shows(AllocationOut, ALLOCATION),
    )
    async def get_allocation(
        self, session: Session, person: Person, allocation_id: FromPath[UUID]
    ) -> Response[AllocationOut]:
        """Return one allocation."""
        return tagged(await _shown(session, person, allocation_id))

    @post(
        summary="Lägg till en tilldelning",
        operation_id="createAllocation",
        responses=shows(AllocationOut, ALLOCATION, status=201, description="Tillagd"),
    )
    async def allocate(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewAllocation, Body(examples=[Example(value=NEW)])],
    ) -> Response[AllocationOut]:
        """Give part of a fund; refused when the fund would be overdrawn, with by how much. For the programme group."""
        fields = msgspec.structs.asdict(data)
        added = await funds.allocate(session, person, fields.pop("fund_id"), **fields)
        return tagged(await _shown(session, person, added.id), made=f"/api/v1/allocations/{added.id}")

    @patch(
        "/{allocation_id:uuid}",
        summary="Ändra en tilldelning",
        operation_id="reviseAllocation",
        responses=shows(AllocationOut, ALLOCATION),
    )
    async def reallocate(
        self,
        session: Session,
        person: Person,
        allocation_id: FromPath[UUID],
        data: Annotated[AllocationChanges, Body(examples=[Example(value={"amount_kronor": 2_000_000})])],
        if_match: IfMatch = None,
    ) -> Response[AllocationOut]:
        """Change what is sent; for the programme group."""
        await funds.get_allocation(session, person, allocation_id)
        await funds.reallocate(session, person, allocation_id, revision=expected_revision(if_match), **sent(data))
        return tagged(await _shown(session, person, allocation_id))

    @delete("/{allocation_id:uuid}", summary="Ta bort en tilldelning", operation_id="deleteAllocation", status_code=204)
    async def withdraw(self, session: Session, person: Person, allocation_id: FromPath[UUID]) -> None:
        """Take away an allocation that neither initiatives nor rounds use; for the programme group."""
        await funds.withdraw(session, person, allocation_id)


async def _shown(session: AsyncSession, person: Viewer, allocation_id: UUID) -> AllocationOut:
    row = await funds.get_allocation(session, person, allocation_id)
    return msgspec.convert(row, AllocationOut, from_attributes=True)
