"""Money: funds with a frame, and the budget links by which initiatives use them. Partners see none of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import SEES_ALL_SQL, protect
from initiatives.base import Base, Kronor, new_id


class Fund(Base):
    """A sum that an organisation has set aside for one year; `frame_kronor` is how much there is in all."""

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "year"),
        CheckConstraint("frame_kronor >= 0", name="frame"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
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


POLICIES: tuple[str, ...] = (
    *protect("fund", read=SEES_ALL_SQL),
    *protect("budget_link", read=SEES_ALL_SQL),
)
