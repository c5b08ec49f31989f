"""Funds: made, changed and removed, and listed with what is left of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.base import Kronor
from initiatives.errors import AlreadyExists, InUse, InvalidValue, NotFound
from initiatives.funds import room
from initiatives.funds.recurring import Unfunded, unfunded_after
from initiatives.funds.tables import Allocation, BudgetLink, Fund, FundKind, FundTransfer
from initiatives.organisations import Organisation
from initiatives.swedish import sort_key_sql

MISSING = "Anslaget finns inte."


class FundFields(TypedDict, total=False):
    """What can be written of a fund; a change names only what it changes."""

    name: str
    kind: FundKind | str
    organisation_id: UUID
    year: int
    frame_kronor: int
    decision: str


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund as it is shown, in kronor.

    `transferred_kronor` is what other funds have given less what it has given them, `allocated_kronor` the sum of its
    allocations, `linked_kronor` what initiatives use beside them, `used_kronor` both. `left_kronor` is what is left of
    frame and transfers. `recurring_kronor` is the part of the allocations that is to be paid every year.
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
    allocated_kronor: int
    linked_kronor: int
    recurring_kronor: int
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def used_kronor(self) -> int:
        """What is drawn on the fund."""
        return self.allocated_kronor + self.linked_kronor

    @property
    def available_kronor(self) -> int:
        """What there is to use in all: the frame and what has been moved."""
        return self.frame_kronor + self.transferred_kronor

    @property
    def left_kronor(self) -> int:
        """What is left."""
        return self.available_kronor - self.used_kronor

    @property
    def unfunded(self) -> Unfunded | None:
        """What its recurring allocations cost when its year is over, which nothing here pays for."""
        return unfunded_after(self.year, [self.recurring_kronor])


async def create_fund(
    session: AsyncSession,
    person: Viewer,
    *,
    name: str,
    organisation_id: UUID,
    year: int,
    frame_kronor: int,
    kind: FundKind | str = FundKind.APPROPRIATION,
    decision: str = "",
) -> Fund:
    """Set aside a sum for a year. Raises `AlreadyExists` if the organisation has a fund of that name that year."""
    require_writer(person)
    fields = FundFields(
        name=name, kind=kind, organisation_id=organisation_id, year=year, frame_kronor=frame_kronor, decision=decision
    )
    fund = Fund(**await _checked(session, fields))
    await records.add(session, person, fund, taken=_taken(fund.name, fund.year))
    return fund


async def revise_fund(
    session: AsyncSession, person: Viewer, fund_id: UUID, *, revision: int | None = None, **fields: Unpack[FundFields]
) -> Fund:
    """Change the named fields of a fund; `revision` is the one that the person read.

    Raises `FundOverdrawn` for a frame below what is used, `AlreadyExists`, `InvalidValue`, and as `records.change`.
    """
    fund = await records.lock_to_write(session, person, Fund, fund_id, missing=MISSING)
    wanted = await _checked(session, fields)
    await _require_free(session, fund, wanted)
    await records.change(session, person, fund, wanted, read=revision)
    await room.require_room(
        session, fund, field="frame_kronor", remedy="Sätt en högre ram, eller minska först det som använder anslaget."
    )
    return fund


async def remove_fund(session: AsyncSession, person: Viewer, fund_id: UUID) -> None:
    """Take a fund away; raise `InUse` if anything draws on it or has been moved to or from it."""
    fund = await records.lock_to_write(session, person, Fund, fund_id, missing=MISSING)
    uses = (
        select(Allocation.id).where(Allocation.fund_id == fund_id),
        select(BudgetLink.id).where(BudgetLink.fund_id == fund_id),
        select(FundTransfer.id).where(or_(FundTransfer.from_fund_id == fund_id, FundTransfer.to_fund_id == fund_id)),
    )
    for use in uses:
        if await session.scalar(use.limit(1)):
            raise InUse(
                f"Anslaget {fund.name} {fund.year} har tilldelningar, initiativ eller överföringar och kan inte tas "
                "bort. Ta först bort det som använder det."
            )
    await records.remove(session, person, fund)


async def list_funds(
    session: AsyncSession,
    person: Viewer,
    *,
    year: int | None = None,
    kind: FundKind | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[FundRow], int]:
    """Return funds, newest year first and then by name, and how many there are in all; none to a partner."""
    if not sees_all(person):
        return (), 0
    where = [] if year is None else [Fund.year == values.year(year, field="year")]
    where += [] if kind is None else [Fund.kind == kind]
    total = await session.scalar(select(func.count()).select_from(Fund).where(*where))
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Fund.id)
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [FundRow(*row) for row in rows], total or 0


async def list_years(session: AsyncSession, person: Viewer) -> list[int]:
    """Return the years that there are funds for, newest first; none to a partner."""
    if not sees_all(person):
        return []
    return list(await session.scalars(select(Fund.year).distinct().order_by(Fund.year.desc())))


async def get_fund(session: AsyncSession, person: Viewer, fund_id: UUID) -> FundRow:
    """Return one fund, or raise `NotFound`."""
    if sees_all(person) and (row := (await session.execute(_rows().where(Fund.id == fund_id))).one_or_none()):
        return FundRow(*row)
    raise NotFound(MISSING)


async def _checked(session: AsyncSession, fields: FundFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "name" in fields:
        checked["name"] = values.line(fields["name"], field="name")
    if "kind" in fields:
        checked["kind"] = values.choice(FundKind, fields["kind"], field="kind")
    if "organisation_id" in fields and await session.get(Organisation, fields["organisation_id"]) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    if "year" in fields:
        checked["year"] = values.year(fields["year"], field="year")
    if "frame_kronor" in fields:
        checked["frame_kronor"] = values.kronor(fields["frame_kronor"], field="frame_kronor")
    if "decision" in fields:
        checked["decision"] = values.paragraph(fields["decision"], field="decision", longest=500)
    return checked


async def _require_free(session: AsyncSession, fund: Fund, wanted: Mapping[str, Any]) -> None:
    """Return if no other fund has the identity that this one will have."""
    name, year, owner = (wanted.get(key, getattr(fund, key)) for key in ("name", "year", "organisation_id"))
    same = (Fund.name == name, Fund.year == year, Fund.organisation_id == owner, Fund.id != fund.id)
    if await session.scalar(select(Fund.id).where(*same)):
        raise _taken(name, year)


def _taken(name: str, year: int) -> AlreadyExists:
    return AlreadyExists(f"Anslaget {name} finns redan för {year}.", field="name")


def _rows() -> Select[*tuple[Any, ...]]:
    every_year: ColumnElement[int] = (
        select(func.coalesce(func.sum(Allocation.amount_kronor), 0).cast(Kronor))
        .where(Allocation.fund_id == Fund.id, Allocation.recurring)
        .scalar_subquery()
    )
    return select(
        Fund.id,
        Fund.name,
        Fund.kind,
        Fund.organisation_id,
        Organisation.name,
        Fund.year,
        Fund.frame_kronor,
        Fund.decision,
        room.RECEIVED - room.GIVEN,
        room.ALLOCATED,
        room.LINKED,
        every_year,
        Fund.created_at,
        Fund.updated_at,
        Fund.revision,
    ).join(Organisation, Organisation.id == Fund.organisation_id)
