"""Money: funds, with what is used of them and what is left. A partner finds nothing here."""

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
from api.rest.examples import FUND, page_of, shows
from api.rest.patching import IfMatch, sent, tagged
from initiatives import funds, values
from initiatives.access import Viewer
from initiatives.funds import FundKind

KindText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(FundKind)})]
KINDS = Parameter(description="Bara anslag av detta slag.", schema_extra={"enum": list(FundKind)})


class UnfundedOut(msgspec.Struct, frozen=True):
    """What nothing pays for when the fund's year is over."""

    from_year: int
    kronor_per_year: int
    note: str


class FundOut(msgspec.Struct, frozen=True):
    """A fund, in whole kronor: what there is of it, what is used and what is left.

    `available_kronor` is the frame with what has been moved to and from the fund (`transferred_kronor`);
    `used_kronor` is `allocated_kronor` and what initiatives use beside the allocations, `linked_kronor`.
    """

    id: UUID
    name: str
    kind: FundKind
    organisation_id: UUID
    organisation: str
    year: int
    frame_kronor: int
    decision: str
    transferred_kronor: int
    available_kronor: int
    allocated_kronor: int
    linked_kronor: int
    used_kronor: int
    left_kronor: int
    recurring_kronor: int
    unfunded: UnfundedOut | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewFund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fund to add; `decision` says in words what the frame rests on."""

    name: str
    organisation_id: UUID
    year: int
    frame_kronor: int
    kind: KindText = FundKind.APPROPRIATION.value
    decision: str = ""


class FundChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    organisation_id: UUID | UnsetType = UNSET
    year: int | UnsetType = UNSET
    frame_kronor: int | UnsetType = UNSET
    kind: KindText | UnsetType = UNSET
    decision: str | UnsetType = UNSET


NEW_FUND = {name: FUND[name] for name in ("name", "kind", "organisation_id", "year", "frame_kronor", "decision")}


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
        *,
        year: Annotated[int | None, Parameter(description="Bara anslag för detta år.")] = None,
        kind: Annotated[str | None, KINDS] = None,
    ) -> Response[Page[FundOut]]:
        """Return funds, newest year first."""
        wanted = None if kind is None else values.choice(FundKind, kind, field="kind")
        rows, total = await funds.list_funds(
            session, person, year=year, kind=wanted, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[FundOut], from_attributes=True), total)

    @get("/{fund_id:uuid}", summary="Visa ett anslag", operation_id="getFund", responses=shows(FundOut, FUND))
    async def get_fund(self, session: Session, person: Person, fund_id: FromPath[UUID]) -> Response[FundOut]:
        """Return one fund."""
        return tagged(await _shown(session, person, fund_id))

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
        return tagged(await _shown(session, person, added.id), made=f"/api/v1/funds/{added.id}")

    @patch(
        "/{fund_id:uuid}",
        summary="Ändra ett anslag",
        operation_id="reviseFund",
        responses=shows(FundOut, FUND),
    )
    async def revise_fund(
        self,
        session: Session,
        person: Person,
        fund_id: FromPath[UUID],
        data: Annotated[FundChanges, Body(examples=[Example(value={"frame_kronor": 20_000_000})])],
        if_match: IfMatch = None,
    ) -> Response[FundOut]:
        """Change what is sent; the frame cannot be less than what is used. For the programme group."""
        await funds.get_fund(session, person, fund_id)
        await funds.revise_fund(session, person, fund_id, revision=expected_revision(if_match), **sent(data))
        return tagged(await _shown(session, person, fund_id))

    @delete("/{fund_id:uuid}", summary="Ta bort ett anslag", operation_id="deleteFund", status_code=204)
    async def remove_fund(self, session: Session, person: Person, fund_id: FromPath[UUID]) -> None:
        """Take away a fund that nothing draws on; for the programme group."""
        await funds.remove_fund(session, person, fund_id)


async def _shown(session: AsyncSession, person: Viewer, fund_id: UUID) -> FundOut:
    return msgspec.convert(await funds.get_fund(session, person, fund_id), FundOut, from_attributes=True)
