"""Application rounds (*utlysningar*): part of an allocation that units apply for, between two days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    Uuid,
    column,
    false,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import due as dates
from initiatives import funds, records, sources, swedish, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor
from initiatives.errors import InUse, InvalidValue, NotFound
from initiatives.funds import Allocation, Fund, FundOverdrawn
from initiatives.funds.allocations import require_room_for_rounds
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.swedish import format_amount

MISSING = "Utlysningen finns inte."
FOR_APPLICANTS = "Sökande i utlysningen"
"""Who receives the allocation that is made for a round when it is opened straight out of a fund."""


class RoundState(StrEnum):
    """How far a round has come: not open yet, open, closed with applications to decide, or all decided."""

    COMING = "kommande"
    OPEN = "öppen"
    TO_DECIDE = "att besluta"
    DECIDED = "beslutad"


class ApplicationRound(records.Record, Base):
    """Money of an allocation that may be applied for from `opens_on` to and including `closes_on`.

    `most_kronor` is what one application may be given at most, `report_due_on` when those who are given money shall
    tell how it went, unless something else is decided for one of them.
    """

    __tablename__ = "application_round"
    __table_args__ = (
        CheckConstraint("total_kronor > 0 AND most_kronor > 0", name="amounts"),
        CheckConstraint("closes_on >= opens_on", name="period"),
        Index(None, "allocation_id"),
    )

    allocation_id: Mapped[UUID] = mapped_column(ForeignKey("allocation.id"))
    title: Mapped[str]
    criteria: Mapped[str] = mapped_column(default="")
    total_kronor: Mapped[int] = mapped_column(Kronor)
    most_kronor: Mapped[int | None] = mapped_column(Kronor)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    report_due_on: Mapped[date | None]


POLICIES: tuple[str, ...] = protect("application_round", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("application_round"),)
sources.SUBJECTS["application_round"] = MISSING
KINDS["application_round"] = Kind(
    word="utlysning",
    plural="utlysningar",
    title=("title",),
    labels={
        "allocation_id": "Tilldelning",
        "title": "Rubrik",
        "criteria": "Villkor",
        "total_kronor": "Summa",
        "most_kronor": "Högst per ansökan",
        "opens_on": "Öppnar",
        "closes_on": "Sista ansökningsdag",
        "report_due_on": "Återredovisas senast",
    },
    page="/pengar/utlysningar",
)

_APPLICATION = table(
    "application",
    column("round_id", Uuid),
    column("amount_kronor", Kronor),
    column("awarded_kronor", Kronor),
    column("reported_on", Date),
)
"""Applications stand above their rounds."""


class RoundFields(TypedDict, total=False):
    """What can be written of a round; a change names only what it changes."""

    title: str
    criteria: str
    total_kronor: int
    most_kronor: int | None
    opens_on: date
    closes_on: date
    report_due_on: date | None


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as it is shown, in kronor: what is applied for, awarded and left, and what is still to be done."""

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
    undecided: int
    unreported: int
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def left_kronor(self) -> int:
        """What is left to award."""
        return self.total_kronor - self.awarded_kronor

    @property
    def state(self) -> RoundState:
        """How far the round has come today."""
        return state_on(self, swedish.today())


def state_on(row: RoundRow, day: date) -> RoundState:
    """Return how far a round has come on a day, as to the applications that are there now."""
    if day < row.opens_on:
        return RoundState.COMING
    if day <= row.closes_on:
        return RoundState.OPEN
    return RoundState.TO_DECIDE if row.undecided else RoundState.DECIDED


async def open_round(
    session: AsyncSession,
    person: Viewer,
    *,
    title: str,
    total_kronor: int,
    opens_on: date,
    closes_on: date,
    allocation_id: UUID | None = None,
    fund_id: UUID | None = None,
    criteria: str = "",
    most_kronor: int | None = None,
    report_due_on: date | None = None,
) -> ApplicationRound:
    """Announce money to apply for, out of an allocation or straight out of a fund, which then gets an allocation.

    Raises `NotAllowed`, `FundOverdrawn` if there is not that much, or `InvalidValue`.
    """
    require_writer(person)
    fields = _checked(
        RoundFields(
            title=title,
            criteria=criteria,
            total_kronor=total_kronor,
            most_kronor=most_kronor,
            opens_on=opens_on,
            closes_on=closes_on,
            report_due_on=report_due_on,
        )
    )
    _require_order(fields["opens_on"], fields["closes_on"], fields["report_due_on"])
    if (allocation_id is None) == (fund_id is None):
        raise InvalidValue("Välj antingen en tilldelning eller ett anslag att ta pengarna ur.", field="allocation_id")
    if fund_id is not None:
        made = await _allocate(session, person, fund_id, title=title, total_kronor=total_kronor)
        allocation_id = made.id
    allocation = await _lock_allocation(session, allocation_id)
    row = ApplicationRound(allocation_id=allocation.id, **fields)
    await records.add(session, person, row)
    await require_room_for_rounds(session, allocation, field="total_kronor")
    return row


async def revise_round(
    session: AsyncSession, person: Viewer, round_id: UUID, *, revision: int | None = None, **fields: Unpack[RoundFields]
) -> ApplicationRound:
    """Change the named fields of a round; `revision` is the one that the person read.

    Raises as `open_round` and `records.change`; the total cannot be less than what is awarded.
    """
    found = await session.get(ApplicationRound, round_id) if sees_all(person) else None
    if found is None:
        raise NotFound(MISSING)
    require_writer(person)
    allocation = await _lock_allocation(session, found.allocation_id)
    row = await lock(session, round_id)
    wanted = _checked(fields)
    _require_order(*(wanted.get(name, getattr(row, name)) for name in ("opens_on", "closes_on", "report_due_on")))
    await records.change(session, person, row, wanted, read=revision)
    await require_room_for_rounds(session, allocation, field="total_kronor")
    await require_room_for_awards(session, row, field="total_kronor")
    return row


async def remove_round(session: AsyncSession, person: Viewer, round_id: UUID) -> None:
    """Take a round away; raise `InUse` if anybody has applied. The allocation stays."""
    row = await records.lock_to_write(session, person, ApplicationRound, round_id, missing=MISSING)
    if await session.scalar(select(_APPLICATION.c.round_id).where(_APPLICATION.c.round_id == round_id).limit(1)):
        raise InUse("Utlysningen har ansökningar och kan inte tas bort. Ta bort ansökningarna först.")
    await records.remove(session, person, row)


async def list_rounds(
    session: AsyncSession, person: Viewer, *, fund_id: UUID | None = None, limit: int = 20, offset: int = 0
) -> tuple[Sequence[RoundRow], int]:
    """Return rounds, the one that closes last first, and how many there are in all; none to a partner."""
    if not sees_all(person):
        return (), 0
    where: list[ColumnElement[bool]] = [] if fund_id is None else [Allocation.fund_id == fund_id]
    count = select(func.count()).select_from(ApplicationRound)
    total = await session.scalar(count.join(Allocation, Allocation.id == ApplicationRound.allocation_id).where(*where))
    order = (ApplicationRound.closes_on.desc(), ApplicationRound.id.desc())
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [RoundRow(*row) for row in rows], total or 0


async def get_round(session: AsyncSession, person: Viewer, round_id: UUID) -> RoundRow:
    """Return one round, or raise `NotFound`."""
    query = _rows().where(ApplicationRound.id == round_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return RoundRow(*row)
    raise NotFound(MISSING)


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return the last days of rounds to apply in, for the calendar; a round that has closed is done."""
    query = dates.rows(
        "ansökan",
        subject_type="application_round",
        subject_id=ApplicationRound.id,
        item_id=ApplicationRound.id,
        title=ApplicationRound.title,
        on=ApplicationRound.closes_on,
        done=ApplicationRound.closes_on < literal(swedish.today()),
    )
    return query if sees_all(person) else query.where(false())


async def lock(session: AsyncSession, round_id: UUID) -> ApplicationRound:
    """Return a round locked until the transaction ends, so that awards are counted one at a time."""
    return await records.lock(session, ApplicationRound, round_id, missing=MISSING)


async def require_room_for_awards(session: AsyncSession, row: ApplicationRound, *, field: str) -> None:
    """Return if no more is awarded than the total of a locked round, or raise `FundOverdrawn`."""
    awarded = select(func.sum(_APPLICATION.c.awarded_kronor)).where(_APPLICATION.c.round_id == row.id)
    if (over := int(await session.scalar(awarded) or 0) - row.total_kronor) > 0:
        raise FundOverdrawn(
            f"Utlysningen ”{row.title}” överskrids med {format_amount(over)}. "
            "Bevilja ett mindre belopp eller höj utlysningens summa.",
            field=field,
        )


async def _allocate(
    session: AsyncSession, person: Viewer, fund_id: UUID, *, title: str, total_kronor: int
) -> Allocation:
    try:
        return await funds.allocate(
            session, person, fund_id, amount_kronor=total_kronor, purpose=title, receiver=FOR_APPLICANTS
        )
    except FundOverdrawn as problem:
        raise FundOverdrawn(problem.detail, field="total_kronor") from problem


async def _lock_allocation(session: AsyncSession, allocation_id: UUID | None) -> Allocation:
    query = select(Allocation).where(Allocation.id == allocation_id).with_for_update()
    allocation = await session.scalar(query.execution_options(populate_existing=True))
    if allocation is None:
        raise InvalidValue("Tilldelningen finns inte.", field="allocation_id")
    return allocation


def _checked(fields: RoundFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    if "criteria" in fields:
        checked["criteria"] = values.paragraph(fields["criteria"], field="criteria")
    for name in ("total_kronor", "most_kronor"):
        if checked.get(name) is not None and values.kronor(checked[name], field=name) == 0:
            raise InvalidValue("Beloppet ska vara större än noll.", field=name)
    return checked


def _require_order(opens_on: date, closes_on: date, report_due_on: date | None) -> None:
    values.period(opens_on, closes_on, field="closes_on")
    values.period(closes_on, report_due_on, field="report_due_on")


def _rows() -> Select[*tuple[Any, ...]]:
    of_it = _APPLICATION.c.round_id == ApplicationRound.id
    given = _APPLICATION.c.awarded_kronor > 0

    def total(amount: ColumnElement[Any]) -> ColumnElement[int]:
        return select(func.coalesce(func.sum(amount), 0).cast(Kronor)).where(of_it).scalar_subquery()

    def count(*where: ColumnElement[bool]) -> ColumnElement[int]:
        return select(func.count()).select_from(_APPLICATION).where(of_it, *where).scalar_subquery()

    return (
        select(
            ApplicationRound.id,
            ApplicationRound.allocation_id,
            Allocation.purpose,
            Allocation.fund_id,
            Fund.name,
            Fund.year,
            ApplicationRound.title,
            ApplicationRound.criteria,
            ApplicationRound.total_kronor,
            ApplicationRound.most_kronor,
            ApplicationRound.opens_on,
            ApplicationRound.closes_on,
            ApplicationRound.report_due_on,
            count(),
            total(_APPLICATION.c.amount_kronor),
            total(_APPLICATION.c.awarded_kronor),
            count(_APPLICATION.c.awarded_kronor.is_(None)),
            count(given, _APPLICATION.c.reported_on.is_(None)),
            ApplicationRound.created_at,
            ApplicationRound.updated_at,
            ApplicationRound.revision,
        )
        .join(Allocation, Allocation.id == ApplicationRound.allocation_id)
        .join(Fund, Fund.id == Allocation.fund_id)
    )
