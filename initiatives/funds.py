"""Money: funds with a frame, and the budget links by which initiatives use them.

A partner sees the budget links of what is shared with the profile for them, with the names of their funds, no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, UniqueConstraint, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, initiatives, records, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor, new_id
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.sharing import Field, seen, seen_sql
from initiatives.swedish import format_amount, sort_key_sql


class FundOverdrawn(NarplanError):
    """The budget links of a fund would sum to more than its frame."""

    title: ClassVar[str] = "Anslaget räcker inte"


class Fund(records.Record, Base):
    """A sum that an organisation has set aside for one year; `frame_kronor` is how much there is in all."""

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "year"),
        CheckConstraint("frame_kronor >= 0", name="frame"),
    )

    name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    frame_kronor: Mapped[int] = mapped_column(Kronor)


class BudgetLink(Base):
    """An initiative uses part of a fund; `year` is when the money is used."""

    __tablename__ = "budget_link"
    __table_args__ = (
        CheckConstraint("amount_kronor >= 0", name="amount"),
        Index(None, "initiative_id"),
        Index(None, "fund_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    amount_kronor: Mapped[int] = mapped_column(Kronor)
    year: Mapped[int]


_OF_LINKS = "id IN (SELECT fund_id FROM budget_link)"

POLICIES: tuple[str, ...] = (
    *protect("fund", read=f"{SEES_ALL_SQL} OR {_OF_LINKS}"),
    *protect("budget_link", read=f"{SEES_ALL_SQL} OR initiative_id IN ({seen_sql(Field.BUDGET)})"),
)

KINDS["fund"] = Kind(
    word="anslag",
    plural="anslag",
    title=("name", "year"),
    labels={"name": "Namn", "organisation_id": "Organisation", "year": "År", "frame_kronor": "Ram"},
)
KINDS["budget_link"] = Kind(
    word="budgetrad",
    plural="pengar",
    title=("fund_id", "year", "amount_kronor"),
    labels={"initiative_id": "Initiativ", "fund_id": "Anslag", "amount_kronor": "Belopp", "year": "År"},
    part_of="initiative",
)


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund as it is shown; `used_kronor` is the sum of its budget links, `left_kronor` what is left of the frame."""

    id: UUID
    name: str
    organisation_id: UUID
    organisation: str
    year: int
    frame_kronor: int
    used_kronor: int
    left_kronor: int


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget link as it is shown, with the names at both its ends."""

    id: UUID
    initiative_id: UUID
    initiative: str
    fund_id: UUID
    fund: str
    amount_kronor: int
    year: int


async def create_fund(
    session: AsyncSession, person: Viewer, *, name: str, organisation_id: UUID, year: int, frame_kronor: int
) -> Fund:
    """Set aside a sum for a year. Raises `AlreadyExists` if the organisation has a fund of that name that year."""
    require_writer(person)
    if await session.get(Organisation, organisation_id) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    fund = Fund(
        name=values.line(name, field="name"),
        organisation_id=organisation_id,
        year=values.year(year, field="year"),
        frame_kronor=values.kronor(frame_kronor, field="frame_kronor"),
    )
    taken = AlreadyExists(f"Anslaget {fund.name} finns redan för {year}.", field="name")
    await records.add(session, person, fund, taken=taken)
    return fund


async def list_funds(
    session: AsyncSession, person: Viewer, *, year: int | None = None, limit: int = 20, offset: int = 0
) -> tuple[Sequence[FundRow], int]:
    """Return funds, newest year first and then by name, and how many there are in all; none to a partner."""
    if not sees_all(person):
        return (), 0
    where = [] if year is None else [Fund.year == values.year(year, field="year")]
    total = await session.scalar(select(func.count()).select_from(Fund).where(*where))
    order = (Fund.year.desc(), sort_key_sql(Fund.name), Fund.id)
    rows = await session.execute(_fund_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [FundRow(*row) for row in rows], total or 0


async def get_fund(session: AsyncSession, person: Viewer, fund_id: UUID) -> FundRow:
    """Return one fund, or raise `NotFound`."""
    if sees_all(person) and (row := (await session.execute(_fund_rows().where(Fund.id == fund_id))).one_or_none()):
        return FundRow(*row)
    raise NotFound("Anslaget finns inte.")


async def list_links(
    session: AsyncSession, person: Viewer, *, initiative_id: UUID | None = None, fund_id: UUID | None = None
) -> Sequence[BudgetRow]:
    """Return the budget links of an initiative or of a fund that the person sees, by year and fund."""
    query = _link_rows().where(visible_to(person))
    if initiative_id is not None:
        query = query.where(BudgetLink.initiative_id == initiative_id)
    if fund_id is not None:
        query = query.where(BudgetLink.fund_id == fund_id)
    rows = await session.execute(query.order_by(BudgetLink.year, sort_key_sql(Fund.name), BudgetLink.id))
    return [BudgetRow(*row) for row in rows]


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `BudgetLink` for those that the person sees."""
    return true() if sees_all(person) else BudgetLink.initiative_id.in_(seen(person, Field.BUDGET))


async def link(
    session: AsyncSession, person: Viewer, initiative_id: UUID, *, fund_id: UUID, amount_kronor: int, year: int
) -> BudgetLink:
    """Let an initiative use part of a fund, in whole kronor.

    Raises `FundOverdrawn` (the fund is locked first, so two at once cannot both take the last kronor), `InvalidValue`,
    or `NotFound` if the initiative is not there for the person.
    """
    initiative = await initiatives.lock(session, person, initiative_id)
    fund = await _lock(session, fund_id)
    budget = BudgetLink(
        id=new_id(),
        initiative_id=initiative_id,
        fund_id=fund_id,
        amount_kronor=values.kronor(amount_kronor, field="amount_kronor"),
        year=values.year(year, field="year"),
    )
    session.add(budget)
    await session.flush()
    await _require_room(session, fund, field="amount_kronor")
    initiatives.touch(session, person, initiative, {Field.BUDGET: None})
    after = {"fund": fund.name, "fund_id": fund_id, "amount_kronor": amount_kronor, "year": year}
    activity.record(session, person, "lade till pengar", "initiative", initiative_id, after=after)
    await session.flush()
    return budget


async def unlink(session: AsyncSession, person: Viewer, initiative_id: UUID, link_id: UUID) -> None:
    """Take away a budget link from an initiative; raise `NotFound` if it has no such link."""
    initiative = await initiatives.lock(session, person, initiative_id)
    budget = await session.get(BudgetLink, link_id)
    if budget is None or budget.initiative_id != initiative_id:
        raise NotFound("Initiativet har ingen sådan budgetrad.")
    await session.delete(budget)
    initiatives.touch(session, person, initiative, {Field.BUDGET: None})
    before = {"fund_id": budget.fund_id, "amount_kronor": budget.amount_kronor, "year": budget.year}
    activity.record(session, person, "tog bort pengar", "initiative", initiative_id, before=before)
    await session.flush()


async def _lock(session: AsyncSession, fund_id: UUID) -> Fund:
    query = select(Fund).where(Fund.id == fund_id).with_for_update()
    fund = await session.scalar(query.execution_options(populate_existing=True))
    if fund is None:
        raise InvalidValue("Anslaget finns inte.", field="fund_id")
    return fund


async def _require_room(session: AsyncSession, fund: Fund, *, field: str) -> None:
    used = await session.scalar(select(func.sum(BudgetLink.amount_kronor)).where(BudgetLink.fund_id == fund.id))
    if (over := int(used or 0) - fund.frame_kronor) > 0:
        raise FundOverdrawn(
            f"Anslaget {fund.name} {fund.year} överskrids med {format_amount(over)}. "
            "Minska beloppet eller välj ett annat anslag.",
            field=field,
        )


def _fund_rows() -> Select[UUID, str, UUID, str, int, int, int, int]:
    amounts = select(func.coalesce(func.sum(BudgetLink.amount_kronor), 0).cast(Kronor))
    used = amounts.where(BudgetLink.fund_id == Fund.id).scalar_subquery()
    return select(
        Fund.id,
        Fund.name,
        Fund.organisation_id,
        Organisation.name,
        Fund.year,
        Fund.frame_kronor,
        used,
        Fund.frame_kronor - used,
    ).join(Organisation, Organisation.id == Fund.organisation_id)


def _link_rows() -> Select[UUID, UUID, str, UUID, str, int, int]:
    return (
        select(
            BudgetLink.id,
            BudgetLink.initiative_id,
            initiatives.Initiative.title,
            BudgetLink.fund_id,
            Fund.name,
            BudgetLink.amount_kronor,
            BudgetLink.year,
        )
        .join(Fund, Fund.id == BudgetLink.fund_id)
        .join(initiatives.Initiative, initiatives.Initiative.id == BudgetLink.initiative_id)
    )
