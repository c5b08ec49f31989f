"""The rows of what is measured: indicators, what they belong to, and their values."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import sources
from initiatives.access import SEES_ALL_SQL, protect
from initiatives.base import Base, text_enum
from initiatives.indicators.targets import Direction, Rule
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.periods import PeriodKind
from initiatives.records import Record


class Level(StrEnum):
    """At which level a goal is judged: for the whole, or for each unit or municipality."""

    REGION = "region"
    UNIT = "enhet"
    MUNICIPALITY = "kommun"


class ValueStatus(StrEnum):
    """Whether a value may still change at its source."""

    PRELIMINARY = "preliminär"
    FINAL = "slutlig"


class Indicator(Record, Base):
    """Something that an organisation measures; `organisation_id` is the whole that it is judged for.

    `baseline_on` is the first day of the period that values are compared with, `baseline` the organisation's value then
    where no value is kept for that period. `due_days` after the end of each period its value shall be in.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("(rule IN ('minst', 'högst')) = (target IS NOT NULL) OR rule IS NULL", name="goal"),
        CheckConstraint("rule IS NOT NULL OR (target IS NULL AND target_year IS NULL)", name="rule_of_goal"),
        Index(None, "responsible_id"),
        Index(None, "kolada_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    definition: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    direction: Mapped[Direction] = mapped_column(text_enum(Direction, name="direction"))
    level: Mapped[Level] = mapped_column(text_enum(Level, name="level"))
    period_kind: Mapped[PeriodKind] = mapped_column(text_enum(PeriodKind, name="period_kind"))
    baseline_on: Mapped[date | None]
    baseline: Mapped[Decimal | None] = mapped_column(Numeric())
    rule: Mapped[Rule | None] = mapped_column(text_enum(Rule, name="rule"))
    target: Mapped[Decimal | None] = mapped_column(Numeric())
    target_year: Mapped[int | None]
    due_days: Mapped[int | None]
    source_system: Mapped[str] = mapped_column(default="")
    disaggregation: Mapped[str] = mapped_column(default="")
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kolada_id: Mapped[str | None]


class IndicatorNode(Base):
    """An indicator tells of a node of the taxonomy."""

    __tablename__ = "indicator_node"

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id"), primary_key=True, index=True)


class IndicatorInitiative(Base):
    """An initiative is expected to change an indicator."""

    __tablename__ = "indicator_initiative"

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), primary_key=True)
    initiative_id: Mapped[UUID] = mapped_column(
        ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class IndicatorValue(Record, Base):
    """What was measured for an organisation and period; without a value it is missing, and `reason` says why.

    `part` is what of the whole it counts ("kvinnor"), empty for all of it; `count` how many stand behind it.
    """

    __tablename__ = "indicator_value"
    __table_args__ = (
        UniqueConstraint("indicator_id", "organisation_id", "starts_on", "part"),
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("value IS NULL OR reason = ''", name="reason"),
        Index(None, "organisation_id"),
    )

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    part: Mapped[str] = mapped_column(default="")
    value: Mapped[Decimal | None] = mapped_column(Numeric())
    count: Mapped[int | None]
    status: Mapped[ValueStatus] = mapped_column(text_enum(ValueStatus, name="status"))
    reason: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")


TABLES = ("indicator", "indicator_node", "indicator_initiative", "indicator_value")
POLICIES: tuple[str, ...] = tuple(one for table in TABLES for one in protect(table, read=SEES_ALL_SQL))
TRIGGERS: tuple[str, ...] = (
    kept("indicator"),
    kept("indicator_node", "indicator_id", "node_id", part_of="indicator_id"),
    kept("indicator_initiative", "indicator_id", "initiative_id", part_of="indicator_id"),
    kept("indicator_value", part_of="indicator_id"),
)

KINDS["indicator"] = Kind(
    word="indikator",
    plural="indikatorer",
    title=("name",),
    labels={
        "organisation_id": "Organisation",
        "name": "Namn",
        "definition": "Definition",
        "unit": "Enhet",
        "direction": "Bättre är",
        "level": "Nivå",
        "period_kind": "Mäts varje",
        "baseline_on": "Utgångsläge, period",
        "baseline": "Utgångsläge, värde",
        "rule": "Målregel",
        "target": "Målvärde",
        "target_year": "Målår",
        "due_days": "Dagar till redovisning",
        "source_system": "Källsystem",
        "disaggregation": "Uppdelning",
        "responsible_id": "Ansvarig",
        "kolada_id": "Nyckeltal i Kolada",
    },
    page="/uppfoljning/indikatorer",
)
KINDS["indicator_node"] = Kind(
    word="delområde för indikator",
    plural="delområden",
    title=("node_id",),
    labels={"indicator_id": "Indikator", "node_id": "Nod"},
    part_of="indicator",
)
KINDS["indicator_initiative"] = Kind(
    word="initiativ för indikator",
    plural="initiativ",
    title=("initiative_id",),
    labels={"indicator_id": "Indikator", "initiative_id": "Initiativ"},
    part_of="indicator",
)
KINDS["indicator_value"] = Kind(
    word="värde",
    plural="värden",
    title=("organisation_id", "starts_on", "part"),
    labels={
        "indicator_id": "Indikator",
        "organisation_id": "Organisation",
        "starts_on": "Periodens första dag",
        "part": "Del",
        "value": "Värde",
        "count": "Antal bakom värdet",
        "status": "Status",
        "reason": "Varför värdet saknas",
        "origin": "Källa",
    },
    part_of="indicator",
)

sources.SUBJECTS["indicator"] = "Indikatorn finns inte."
sources.SUBJECTS["indicator_value"] = "Värdet finns inte."
