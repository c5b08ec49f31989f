"""The tables of money: funds, and what draws on them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources
from initiatives.access import MAY_WRITE_SQL, SEES_ALL_SQL, protect
from initiatives.base import Base, Kronor, new_id, text_enum, utcnow
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.sharing import Field, seen_sql


class FundKind(StrEnum):
    """What sort of money a fund is: budgeted for a purpose, for a board to distribute, or the organisation's equity."""

    APPROPRIATION = "anslag"
    DISCRETIONARY = "förfogandeanslag"
    EQUITY = "eget kapital"


class Fund(records.Record, Base):
    """A sum that an organisation has set aside for one year; `frame_kronor` is how much there is in all.

    `decision` says in words what the frame rests on.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "year"),
        CheckConstraint("frame_kronor >= 0", name="frame"),
    )

    name: Mapped[str]
    kind: Mapped[FundKind] = mapped_column(text_enum(FundKind, name="kind"), default=FundKind.APPROPRIATION)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    frame_kronor: Mapped[int] = mapped_column(Kronor)
    decision: Mapped[str] = mapped_column(default="")


class Allocation(records.Record, Base):
    """Part of a fund that is given to a receiver for a purpose, once or, if it is `recurring`, every year.

    The receiver is an organisation in the register or, as `receiver`, named in words; the att-sats that it rests on is
    in the register too (`clause_id`) or named in words (`clause`).
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_kronor > 0", name="amount"),
        CheckConstraint("(receiver_id IS NULL) = (receiver <> '')", name="receiver"),
        Index(None, "fund_id"),
        Index(None, "receiver_id"),
        Index(None, "clause_id"),
        Index(None, "node_id"),
    )

    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    receiver_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    receiver: Mapped[str] = mapped_column(default="")
    amount_kronor: Mapped[int] = mapped_column(Kronor)
    recurring: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str]
    clause: Mapped[str] = mapped_column(default="")
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id", ondelete="SET NULL"))
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_node.id"))


class BudgetLink(Base):
    """An initiative uses part of a fund; `year` is when the money is used.

    With an `allocation_id` the money is part of that allocation and not counted once more against the frame.
    """

    __tablename__ = "budget_link"
    __table_args__ = (
        CheckConstraint("amount_kronor >= 0", name="amount"),
        Index(None, "initiative_id"),
        Index(None, "fund_id"),
        Index(None, "allocation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    allocation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allocation.id"))
    amount_kronor: Mapped[int] = mapped_column(Kronor)
    year: Mapped[int]


class FundTransfer(Base):
    """Money moved from one fund to another on a day. A row is never changed: what was wrong is moved back."""

    __tablename__ = "fund_transfer"
    __table_args__ = (
        CheckConstraint("amount_kronor > 0", name="amount"),
        CheckConstraint("from_fund_id <> to_fund_id", name="ends"),
        Index(None, "from_fund_id"),
        Index(None, "to_fund_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    from_fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    to_fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    amount_kronor: Mapped[int] = mapped_column(Kronor)
    moved_on: Mapped[date]
    decision: Mapped[str]


_OF_LINKS = "id IN (SELECT fund_id FROM budget_link)"

POLICIES: tuple[str, ...] = (
    *protect("fund", read=f"{SEES_ALL_SQL} OR {_OF_LINKS}"),
    *protect("budget_link", read=f"{SEES_ALL_SQL} OR initiative_id IN ({seen_sql(Field.BUDGET)})"),
    *protect("allocation", read=SEES_ALL_SQL),
    "ALTER TABLE fund_transfer ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE fund_transfer FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY fund_transfer_read ON fund_transfer FOR SELECT USING ({SEES_ALL_SQL})",
    f"CREATE POLICY fund_transfer_insert ON fund_transfer FOR INSERT WITH CHECK ({MAY_WRITE_SQL})",
)
"""Transfers are read and added: without policies for it nobody changes or removes one."""

TRIGGERS: tuple[str, ...] = (kept("allocation", part_of="fund_id"), kept("fund_transfer"))

KINDS["fund"] = Kind(
    word="anslag",
    plural="anslag",
    title=("name", "year"),
    labels={
        "name": "Namn",
        "kind": "Slag",
        "organisation_id": "Organisation",
        "year": "År",
        "frame_kronor": "Ram",
        "decision": "Beslut",
    },
    page="/pengar/anslag",
)
KINDS["allocation"] = Kind(
    word="tilldelning",
    plural="tilldelningar",
    title=("purpose", "amount_kronor"),
    labels={
        "fund_id": "Anslag",
        "receiver_id": "Organisation",
        "receiver": "Mottagare",
        "amount_kronor": "Belopp",
        "recurring": "Varje år",
        "purpose": "Ändamål",
        "clause": "Att-sats i ord",
        "clause_id": "Att-sats",
        "node_id": "Delområde",
    },
    part_of="fund",
)
KINDS["budget_link"] = Kind(
    word="budgetrad",
    plural="pengar",
    title=("fund_id", "year", "amount_kronor"),
    labels={
        "initiative_id": "Initiativ",
        "fund_id": "Anslag",
        "allocation_id": "Tilldelning",
        "amount_kronor": "Belopp",
        "year": "År",
    },
    part_of="initiative",
)
KINDS["fund_transfer"] = Kind(
    word="överföring",
    plural="överföringar",
    title=("from_fund_id", "to_fund_id", "amount_kronor"),
    labels={
        "at": "Registrerad",
        "from_fund_id": "Från anslag",
        "to_fund_id": "Till anslag",
        "amount_kronor": "Belopp",
        "moved_on": "Flyttat den",
        "decision": "Beslut",
    },
)

sources.SUBJECTS["fund"] = "Anslaget finns inte."
sources.SUBJECTS["allocation"] = "Tilldelningen finns inte."
