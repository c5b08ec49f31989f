"""Transfers between funds: read and added, never changed. A partner finds nothing here."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import FUND, page_of, shows
from initiatives import funds

TRANSFER = {
    "id": "01976a10-0000-7000-8000-000000000041",
    "at": "2026-04-14T09:00:00Z",
    "from_fund_id": FUND["id"],
    "from_fund": FUND["name"],
    "from_year": 2026,
    "to_fund_id": "01976a10-0000-7000-8000-000000000042",
    "to_fund": "Omställningsanslaget",
    "to_year": 2026,
    "amount_kronor": 500_000,
    "moved_on": "2026-04-13",
    "decision": "Regionstyrelsen 2026-04-13 § 52",
}


class TransferOut(msgspec.Struct, frozen=True):
    """Money that was moved, in whole kronor; `decision` says by whose word."""

    id: UUID
    at: datetime
    from_fund_id: UUID
    from_fund: str
    from_year: int
    to_fund_id: UUID
    to_fund: str
    to_year: int
    amount_kronor: int
    moved_on: date
    decision: str


class NewTransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to move. What was wrong is moved back by a new transfer."""

    from_fund_id: UUID
    to_fund_id: UUID
    amount_kronor: int
    moved_on: date
    decision: str


NEW = {name: TRANSFER[name] for name in ("from_fund_id", "to_fund_id", "amount_kronor", "moved_on", "decision")}


class FundTransferController(Controller):
    """Transfers."""

    path = "/fund-transfers"
    tags = ("Pengar",)

    @get(
        summary="Lista överföringar",
        operation_id="listFundTransfers",
        responses=shows(Page[TransferOut], page_of(TRANSFER)),
    )
    async def list_transfers(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        fund_id: Annotated[UUID | None, Parameter(description="Bara till och från detta anslag.")] = None,
    ) -> Response[Page[TransferOut]]:
        """Return transfers, newest first."""
        rows, total = await funds.list_transfers(
            session, person, fund_id=fund_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[TransferOut], from_attributes=True), total)

    @get(
        "/{transfer_id:uuid}",
        summary="Visa en överföring",
        operation_id="getFundTransfer",
        responses=shows(TransferOut, TRANSFER),
    )
    async def get_transfer(self, session: Session, person: Person, transfer_id: FromPath[UUID]) -> TransferOut:
        """Return one transfer."""
        row = await funds.get_transfer(session, person, transfer_id)
        return msgspec.convert(row, TransferOut, from_attributes=True)

    @post(
        summary="Flytta pengar mellan anslag",
        operation_id="createFundTransfer",
        responses=shows(TransferOut, TRANSFER, status=201, description="Flyttat"),
    )
    async def transfer(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewTransfer, Body(examples=[Example(value=NEW)])],
    ) -> Response[TransferOut]:
        """Move what is left of one fund to another; for the programme group."""
        added = await funds.transfer(session, person, **msgspec.structs.asdict(data))
        row = await funds.get_transfer(session, person, added.id)
        out = msgspec.convert(row, TransferOut, from_attributes=True)
        return Response(out, status_code=201, headers={"Location": f"/api/v1/fund-transfers/{added.id}"})
