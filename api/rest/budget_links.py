"""Budget links: the money of one initiative."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.examples import BUDGET_LINK, shows
from initiatives import funds, overview


class BudgetLinkOut(msgspec.Struct, frozen=True):
    """What an initiative uses of a fund, and of which allocation of it, if any."""

    id: UUID
    initiative_id: UUID
    initiative: str
    fund_id: UUID
    fund: str
    amount_kronor: int
    year: int
    allocation_id: UUID | None
    allocation: str | None


class NewBudgetLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money for an initiative; with `allocation_id` it is part of that allocation, and not counted once more."""

    fund_id: UUID
    amount_kronor: int
    year: int
    allocation_id: UUID | None = None


NEW_LINK = {name: BUDGET_LINK[name] for name in ("fund_id", "amount_kronor", "year")}


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
