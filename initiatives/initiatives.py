"""Initiatives: what is proposed, decided and done for nära vård, by whom and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import ORGANISATION_SQL, SEES_ALL_SQL, protect
from initiatives.base import Base, new_id, text_enum, utcnow


class Status(StrEnum):
    """How far an initiative has come; a proposal is never called a decision."""

    PROPOSED = "förslag"
    DECIDED = "beslutat"
    ONGOING = "pågår"
    PAUSED = "pausat"
    FINISHED = "avslutat"
    CANCELLED = "avbrutet"


class Initiative(Base):
    """Something that is proposed, decided or done; `revision` grows by one at every change."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        Index(None, "lead_organisation_id"),
        Index(None, "responsible_id"),
        Index(None, "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    status: Mapped[Status] = mapped_column(text_enum(Status, name="status"))
    lead_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    revision: Mapped[int] = mapped_column(default=1)


class InitiativeNode(Base):
    """An initiative stands under a delområde, a strategy or a grundförutsättning."""

    __tablename__ = "initiative_node"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id"), primary_key=True, index=True)


class InitiativeShare(Base):
    """An initiative is shared with an organisation, whose partners then see it (without its money)."""

    __tablename__ = "initiative_share"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


_SHARED_WITH_MINE = f"SELECT s.initiative_id FROM initiative_share s WHERE s.organisation_id = {ORGANISATION_SQL}"

POLICIES: tuple[str, ...] = (
    *protect("initiative_share", read=f"{SEES_ALL_SQL} OR organisation_id = {ORGANISATION_SQL}"),
    *protect("initiative", read=f"{SEES_ALL_SQL} OR id IN ({_SHARED_WITH_MINE})"),
    *protect("initiative_node", read=f"{SEES_ALL_SQL} OR initiative_id IN ({_SHARED_WITH_MINE})"),
)
"""Partners see an initiative, and what it stands under, through the share alone, and only their own share of it."""
