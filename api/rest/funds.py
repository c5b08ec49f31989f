"""Money: funds, and what initiatives use of them. A partner finds nothing here."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import BUDGET_LINK, FUND, page_of, shows
from initiatives import funds, overview


class FundOut(msgspec.Struct, frozen=True):
    """A fund, how much of it is used, and what is left, in whole kronor."""

    id: UUID
    name: str
    organisation_id: UUID
    organisation: str
    year: int
    frame_kronor: int
    used_kronor: int
    left_kronor: int


class NewFund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fund to add."""

    name: str
    organisation_id: UUID
    year: int
    frame_kronor: int


class BudgetLinkOut(msgspec.Struct, frozen=True):
    """What an initiative uses of a fund."""

    id: UUID
    initiative_id: UUID
    initiative: str
    fund_id: UUID
    fund: str
    amount_kronor: int
    year: int


class NewBudgetLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money for an initiative."""

    fund_id: UUID
    amount_kronor: int
    year: int


NEW_FUND = {name: FUND[name] for name in ("name", "organisation_id", "year", "frame_kronor")}
NEW_LINK = {name: BUDGET_LINK[name] for name in ("fund_id", "amount_kronor", "year")}


class FundController(Controller):
    """Funds."""

    path = "/funds"
    tags = ("Pengar",)

    @get(summary="Lista anslag", operation_id="listFunds", responses=shows(Page[FundOut], page_of(FUND)))
    async def list_funds(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        year: Annotated[int | None, Parameter(description="Bara anslag för detta år.")] = None,
    ) -> Response[Page[FundOut]]:
        """Return funds, newest year first."""
        rows, total = await funds.list_funds(session, person, year=year, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[FundOut], from_attributes=True), total)

    @get("/{fund_id:uuid}", summary="Visa ett anslag", operation_id="getFund", responses=shows(FundOut, FUND))
    async def get_fund(self, session: Session, person: Person, fund_id: FromPath[UUID]) -> FundOut:
        """Return one fund."""
        return msgspec.convert(await funds.get_fund(session, person, fund_id), FundOut, from_attributes=True)

    @post(
        summary="Lägg till ett anslag",
        operation_id="createFund",
        responses=shows(FundOut, FUND, status=201, description="Tillagt"),
    )
    async def create_fund(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewFund, Body(examples=[Example(value=NEW_FUND)])],
    ) -> Response[FundOut]:
        """Set aside a sum for a year; for the programme group."""
        added = await funds.create_fund(session, person, **msgspec.structs.asdict(data))
        row = await funds.get_fund(session, person, added.id)
        out = msgspec.convert(row, FundOut, from_attributes=True)
        return Response(out, headers={"Location": f"/api/v1/funds/{added.id}"})


class BudgetLinkController(Controller):
    """The money of one initiative."""

    path = "/initiatives/{initiative_id:uuid}/budget-links"
    tags = ("Pengar",)

    @get(
        summary="Lista ett initiativs pengar",
        operation_id="listBudgetLinks",
        responses=shows(list[BudgetLinkOut], [BUDGET_LINK]),
    )
    async def list_links(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Sequence[BudgetLinkOut]:
        """Return what the initiative uses of which funds."""
        await overview.get(session, person, initiative_id)
        rows = await funds.list_links(session, person, initiative_id=initiative_id)
        return msgspec.convert(rows, list[BudgetLinkOut], from_attributes=True)

    @post(
        summary="Lägg till pengar",
        operation_id="createBudgetLink",
        responses=shows(BudgetLinkOut, BUDGET_LINK, status=201, description="Tillagt"),
    )
    async def link(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewBudgetLink, Body(examples=[Example(value=NEW_LINK)])],
    ) -> BudgetLinkOut:
        """Let the initiative use part of a fund; refused when the fund would be overdrawn. For the programme group."""
        added = await funds.link(session, person, initiative_id, **msgspec.structs.asdict(data))
        rows = await funds.list_links(session, person, initiative_id=initiative_id)
        row = next(row for row in rows if row.id == added.id)
        return msgspec.convert(row, BudgetLinkOut, from_attributes=True)

    @delete("/{link_id:uuid}", summary="Ta bort pengar", operation_id="deleteBudgetLink", status_code=204)
    async def unlink(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], link_id: FromPath[UUID]
    ) -> None:
        """Take the money away from the initiative; for the programme group."""
        await funds.unlink(session, person, initiative_id, link_id)
