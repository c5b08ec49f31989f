"""Allocations (*tilldelningar*): to whom a fund's money is given, for what, and whether it is given every year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.base import Kronor
from initiatives.checks import Check, Severity, Subject
from initiatives.clauses import Clause, Ruling
from initiatives.errors import InUse, InvalidValue, NotFound
from initiatives.funds import room
from initiatives.funds.recurring import Unfunded, unfunded_after
from initiatives.funds.tables import Allocation, BudgetLink, Fund
from initiatives.organisations import Organisation
from initiatives.swedish import format_amount, sort_key_sql
from initiatives.taxonomy import TaxonomyNode

MISSING = "Tilldelningen finns inte."

_ROUND = table("application_round", column("allocation_id", Uuid), column("total_kronor", Kronor))
"""Application rounds stand above the funds that they hand out."""


class AllocationFields(TypedDict, total=False):
    """What can be written of an allocation; a change names only what it changes."""

    receiver_id: UUID | None
    receiver: str
    amount_kronor: int
    recurring: bool
    purpose: str
    clause: str
    clause_id: UUID | None
    node_id: UUID | None


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """An allocation as it is shown, in kronor.

    `receiver` is the organisation's name or what was written; `clause_text` the words of the att-sats and
    `clause_ruling` what became of it, so that a proposal is seen to be one. `linked_kronor` is what initiatives use of
    the allocation, and `offered_kronor` what rounds of applications hand out of it.
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
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def unfunded(self) -> Unfunded | None:
        """What is unfunded of it when the fund's year is over."""
        return unfunded_after(self.year, [self.amount_kronor] if self.recurring else [])

    @property
    def unnamed(self) -> "AllocationRow":
        """The same with the receiver as it was written: an organisation has no words of its own."""
        return replace(self, receiver="") if self.receiver_id else self


async def allocate(
    session: AsyncSession,
    person: Viewer,
    fund_id: UUID,
    *,
    amount_kronor: int,
    purpose: str,
    receiver_id: UUID | None = None,
    receiver: str = "",
    recurring: bool = False,
    clause: str = "",
    clause_id: UUID | None = None,
    node_id: UUID | None = None,
) -> Allocation:
    """Give part of a fund to a receiver; the fund is locked first, so that it is never overdrawn.

    Raises `NotAllowed`, `FundOverdrawn`, which says by how much, or `InvalidValue`.
    """
    require_writer(person)
    fields = AllocationFields(
        receiver_id=receiver_id,
        receiver=receiver,
        amount_kronor=amount_kronor,
        recurring=recurring,
        purpose=purpose,
        clause=clause,
        clause_id=clause_id,
        node_id=node_id,
    )
    checked = await _checked(session, fields)
    _require_one_receiver(checked["receiver_id"], checked["receiver"])
    [fund] = await room.lock(session, [fund_id], field="fund_id")
    allocation = Allocation(fund_id=fund_id, **checked)
    await records.add(session, person, allocation)
    await room.require_room(session, fund, field="amount_kronor", remedy="Minska beloppet eller välj ett annat anslag.")
    return allocation


async def reallocate(
    session: AsyncSession,
    person: Viewer,
    allocation_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[AllocationFields],
) -> Allocation:
    """Change the named fields of an allocation; `revision` is the one that the person read.

    Raises as `allocate` and `records.change`; the amount cannot be less than what initiatives and rounds have of it.
    """
    fund = await _lock_fund(session, person, allocation_id)
    allocation = await records.lock(session, Allocation, allocation_id, missing=MISSING)
    wanted = await _checked(session, fields)
    _require_one_receiver(*(wanted.get(name, getattr(allocation, name)) for name in ("receiver_id", "receiver")))
    await records.change(session, person, allocation, wanted, read=revision)
    await room.require_room(session, fund, field="amount_kronor", remedy="Minska beloppet.")
    await room.require_room_in_allocation(session, allocation, field="amount_kronor")
    await require_room_for_rounds(session, allocation, field="amount_kronor")
    return allocation


async def withdraw(session: AsyncSession, person: Viewer, allocation_id: UUID) -> None:
    """Take an allocation away; raise `InUse` if initiatives or rounds have part of it."""
    await _lock_fund(session, person, allocation_id)
    allocation = await records.lock(session, Allocation, allocation_id, missing=MISSING)
    links = select(BudgetLink.id).where(BudgetLink.allocation_id == allocation_id).limit(1)
    rounds = select(_ROUND.c.allocation_id).where(_ROUND.c.allocation_id == allocation_id).limit(1)
    if await session.scalar(links) or await session.scalar(rounds):
        raise InUse("Initiativ eller utlysningar använder tilldelningen. Ta bort dem först.")
    await records.remove(session, person, allocation)


async def list_allocations(
    session: AsyncSession,
    person: Viewer,
    *,
    fund_id: UUID | None = None,
    node_id: UUID | None = None,
    recurring: bool | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Sequence[AllocationRow], int]:
    """Return allocations, newest year first and in the order they were made, and how many there are in all."""
    if not sees_all(person):
        return (), 0
    where: list[ColumnElement[bool]] = [] if fund_id is None else [Allocation.fund_id == fund_id]
    where += [] if node_id is None else [Allocation.node_id == node_id]
    where += [] if recurring is None else [Allocation.recurring.is_(recurring)]
    total = await session.scalar(select(func.count()).select_from(Allocation).where(*where))
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Fund.id, Allocation.id)
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [AllocationRow(*row) for row in rows], total or 0


async def get_allocation(session: AsyncSession, person: Viewer, allocation_id: UUID) -> AllocationRow:
    """Return one allocation, or raise `NotFound`."""
    query = _rows().where(Allocation.id == allocation_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return AllocationRow(*row)
    raise NotFound(MISSING)


async def check(session: AsyncSession, person: Viewer) -> list[Check]:
    """Return the allocations that are promised every year by a fund that is there for one year."""
    if not sees_all(person):
        return []
    query = _rows().where(Allocation.recurring).order_by(Fund.year, Allocation.id)
    return [_unfunded(AllocationRow(*row)) for row in await session.execute(query)]


async def require_room_for_rounds(session: AsyncSession, allocation: Allocation, *, field: str) -> None:
    """Return if the rounds of a locked allocation hand out no more than its amount, or raise `FundOverdrawn`."""
    offered = await session.scalar(
        select(func.sum(_ROUND.c.total_kronor)).where(_ROUND.c.allocation_id == allocation.id)
    )
    if (over := int(offered or 0) - allocation.amount_kronor) > 0:
        raise room.FundOverdrawn(
            f"Tilldelningen ”{allocation.purpose}” överskrids med {format_amount(over)} av det som lyses ut. "
            "Minska utlysningen eller höj tilldelningen.",
            field=field,
        )


def _unfunded(row: AllocationRow) -> Check:
    note = row.unfunded.note if row.unfunded else ""
    detail = (
        f"”{row.purpose}” ges varje år, men {row.fund} finns bara för {row.year}: {note}. "
        "Ange vad som betalar sedan, eller ändra tilldelningen till en gång."
    )
    title = "Varje år, men anslaget gäller ett år"
    return Check("recurring-from-one-year-fund", Severity.MEDIUM, title, detail, Subject("allocation", row.id))


async def _lock_fund(session: AsyncSession, person: Viewer, allocation_id: UUID) -> Fund:
    """Lock the fund of an allocation, always before the allocation itself, so that nobody waits in a ring."""
    found = await session.get(Allocation, allocation_id) if sees_all(person) else None
    if found is None:
        raise NotFound(MISSING)
    require_writer(person)
    [fund] = await room.lock(session, [found.fund_id], field="fund_id")
    return fund


async def _checked(session: AsyncSession, fields: AllocationFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if (receiver_id := fields.get("receiver_id")) and await session.get(Organisation, receiver_id) is None:
        raise InvalidValue("Organisationen finns inte.", field="receiver_id")
    if (node_id := fields.get("node_id")) and await session.get(TaxonomyNode, node_id) is None:
        raise InvalidValue("Delområdet finns inte.", field="node_id")
    if (clause_id := fields.get("clause_id")) and await session.get(Clause, clause_id) is None:
        raise InvalidValue("Att-satsen finns inte.", field="clause_id")
    if "receiver" in fields:
        checked["receiver"] = " ".join(values.paragraph(fields["receiver"], field="receiver", longest=200).split())
    if "purpose" in fields:
        checked["purpose"] = values.line(fields["purpose"], field="purpose")
    if "clause" in fields:
        checked["clause"] = values.paragraph(fields["clause"], field="clause", longest=500)
    if "amount_kronor" in fields and values.kronor(fields["amount_kronor"], field="amount_kronor") == 0:
        raise InvalidValue("Beloppet ska vara större än noll.", field="amount_kronor")
    if checked.get("receiver_id"):
        checked.setdefault("receiver", "")
    elif checked.get("receiver"):
        checked.setdefault("receiver_id", None)
    return checked


def _require_one_receiver(receiver_id: UUID | None, receiver: str) -> None:
    if (receiver_id is None) == (not receiver):
        raise InvalidValue(
            "Ange vem som får pengarna: antingen en organisation eller en egen text, inte båda.", field="receiver"
        )


def _rows() -> Select[*tuple[Any, ...]]:
    offered = select(func.coalesce(func.sum(_ROUND.c.total_kronor), 0).cast(Kronor))
    return (
        select(
            Allocation.id,
            Allocation.fund_id,
            Fund.name,
            Fund.year,
            Allocation.receiver_id,
            func.coalesce(Organisation.name, Allocation.receiver),
            Allocation.amount_kronor,
            Allocation.recurring,
            Allocation.purpose,
            Allocation.clause,
            Allocation.clause_id,
            Clause.text,
            Clause.ruling,
            Allocation.node_id,
            TaxonomyNode.name,
            room.IN_ALLOCATION,
            offered.where(_ROUND.c.allocation_id == Allocation.id).scalar_subquery(),
            Allocation.created_at,
            Allocation.updated_at,
            Allocation.revision,
        )
        .join(Fund, Fund.id == Allocation.fund_id)
        .outerjoin(Organisation, Organisation.id == Allocation.receiver_id)
        .outerjoin(Clause, Clause.id == Allocation.clause_id)
        .outerjoin(TaxonomyNode, TaxonomyNode.id == Allocation.node_id)
    )
