"""Transfers: money moved from one fund to another. Rows are added and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import activity, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.base import new_id, utcnow
from initiatives.errors import InvalidValue, NotFound
from initiatives.funds import room
from initiatives.funds.tables import Fund, FundTransfer


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as it is shown, with the funds' names and years."""

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


async def transfer(
    session: AsyncSession,
    person: Viewer,
    *,
    from_fund_id: UUID,
    to_fund_id: UUID,
    amount_kronor: int,
    moved_on: date,
    decision: str,
) -> FundTransfer:
    """Move money between two funds, in whole kronor; `decision` says by whose word.

    Both funds are locked in the order of their identifiers. Raises `NotAllowed`, `FundOverdrawn` if the first has not
    that much left, or `InvalidValue`.
    """
    require_writer(person)
    if from_fund_id == to_fund_id:
        raise InvalidValue("Välj två olika anslag att flytta pengar mellan.", field="to_fund_id")
    if values.kronor(amount_kronor, field="amount_kronor") == 0:
        raise InvalidValue("Beloppet ska vara större än noll.", field="amount_kronor")
    values.period(moved_on, None, field="moved_on")
    row = FundTransfer(
        id=new_id(),
        at=utcnow(),
        from_fund_id=from_fund_id,
        to_fund_id=to_fund_id,
        amount_kronor=amount_kronor,
        moved_on=moved_on,
        decision=values.line(decision, field="decision", longest=500),
    )
    locked = {fund.id: fund for fund in await _both(session, from_fund_id, to_fund_id)}
    session.add(row)
    await session.flush()
    await room.require_room(
        session, locked[from_fund_id], field="amount_kronor", remedy="Flytta högst det som är kvar."
    )
    told = {
        "from_fund_id": from_fund_id,
        "to_fund_id": to_fund_id,
        "amount_kronor": amount_kronor,
        "moved_on": moved_on,
    }
    for fund_id, action in ((from_fund_id, "flyttade pengar från"), (to_fund_id, "flyttade pengar till")):
        activity.record(session, person, action, "fund", fund_id, after=told)
    return row


async def list_transfers(
    session: AsyncSession, person: Viewer, *, fund_id: UUID | None = None, limit: int = 20, offset: int = 0
) -> tuple[Sequence[TransferRow], int]:
    """Return transfers, all of them or those from and to one fund, newest first, and how many there are in all."""
    if not sees_all(person):
        return (), 0
    where: list[ColumnElement[bool]] = []
    if fund_id is not None:
        where = [or_(FundTransfer.from_fund_id == fund_id, FundTransfer.to_fund_id == fund_id)]
    total = await session.scalar(select(func.count()).select_from(FundTransfer).where(*where))
    order = (FundTransfer.moved_on.desc(), FundTransfer.id.desc())
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [TransferRow(*row) for row in rows], total or 0


async def get_transfer(session: AsyncSession, person: Viewer, transfer_id: UUID) -> TransferRow:
    """Return one transfer, or raise `NotFound`."""
    query = _rows().where(FundTransfer.id == transfer_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return TransferRow(*row)
    raise NotFound("Överföringen finns inte.")


async def _both(session: AsyncSession, from_fund_id: UUID, to_fund_id: UUID) -> Sequence[Fund]:
    if await session.get(Fund, from_fund_id) is None:
        raise InvalidValue("Anslaget som pengarna ska tas ur finns inte.", field="from_fund_id")
    return await room.lock(session, [from_fund_id, to_fund_id], field="to_fund_id")


def _rows() -> Select[*tuple[Any, ...]]:
    giving, taking = aliased(Fund), aliased(Fund)
    return (
        select(
            FundTransfer.id,
            FundTransfer.at,
            FundTransfer.from_fund_id,
            giving.name,
            giving.year,
            FundTransfer.to_fund_id,
            taking.name,
            taking.year,
            FundTransfer.amount_kronor,
            FundTransfer.moved_on,
            FundTransfer.decision,
        )
        .join(giving, giving.id == FundTransfer.from_fund_id)
        .join(taking, taking.id == FundTransfer.to_fund_id)
    )
