"""The taxonomy of nära vård: strategies, delområden and grundförutsättningar, as data that each region loads itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.base import Base, new_id, text_enum


class Dimension(StrEnum):
    """The kinds of node that an initiative is sorted under."""

    STRATEGY = "strategi"
    AREA = "delområde"
    FOUNDATION = "grundförutsättning"


class Taxonomy(Base):
    """One version of an organisation's taxonomy, with the days from and to which it holds."""

    __tablename__ = "taxonomy"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class TaxonomyNode(Base):
    """One strategy, delområde or grundförutsättning; `code` is unique within its taxonomy."""

    __tablename__ = "taxonomy_node"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"))
    dimension: Mapped[Dimension] = mapped_column(text_enum(Dimension, name="dimension"))
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    position: Mapped[int]
    prioritised: Mapped[bool] = mapped_column(default=False)


POLICIES: tuple[str, ...] = ()
