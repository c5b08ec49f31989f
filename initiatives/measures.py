"""Restructuring measures (*åtgärder*) presented as investments: what they cost, how long they take, what they give."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, RowMapping, Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor, text_enum
from initiatives.errors import InvalidValue, NotFound
from initiatives.funds import Fund, FundKind
from initiatives.kinds import KINDS, Kind
from initiatives.measure_frames import MeasureFrame
from initiatives.organisations import Organisation
from initiatives.past import kept
from initiatives.swedish import sort_key

MISSING = "Åtgärden finns inte."
LONGEST_MONTHS = 240
MOST_YEARS = 30
LARGEST_NUMBER = Decimal(10) ** 12
TENTH = Decimal("0.1")


class MeasureStatus(StrEnum):
    """How far a measure has come; a proposal is never called a decision."""

    PROPOSED = "förslag"
    DECIDED = "beslutad"
    ONGOING = "pågår"
    FINISHED = "genomförd"
    CANCELLED = "avbruten"


class Measure(records.Record, Base):
    """Something that costs in the beginning and is expected to pay later.

    `costs` are kronor by year, `yearly_kronor` what the economy is expected to change by each year from and including
    `effect_from_year` (negative is a saving). `in_action_plan` marks what is in the action plan already, where measures
    must go beyond it. It is charged to a fund of equity, or to what `charged_to` says.
    """

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("duration_months > 0", name="duration"),
        CheckConstraint("(yearly_kronor IS NULL) = (effect_from_year IS NULL)", name="effect"),
        Index(None, "organisation_id"),
        Index(None, "frame_id"),
        Index(None, "charged_fund_id"),
    )

    title: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    frame_id: Mapped[UUID | None] = mapped_column(ForeignKey("measure_frame.id"))
    status: Mapped[MeasureStatus] = mapped_column(text_enum(MeasureStatus, name="status"))
    description: Mapped[str] = mapped_column(default="")
    costs: Mapped[dict[str, Any]]
    starts_on: Mapped[date | None]
    duration_months: Mapped[int | None]
    organisational_result: Mapped[str] = mapped_column(default="")
    organisational_number: Mapped[Decimal | None] = mapped_column(Numeric())
    organisational_unit: Mapped[str] = mapped_column(default="")
    yearly_kronor: Mapped[int | None] = mapped_column(Kronor)
    effect_from_year: Mapped[int | None]
    baseline: Mapped[str] = mapped_column(default="")
    in_action_plan: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(default="")
    charged_fund_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund.id"))
    charged_to: Mapped[str] = mapped_column(default="")


POLICIES: tuple[str, ...] = protect("measure", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("measure"),)
sources.SUBJECTS["measure"] = MISSING
KINDS["measure"] = Kind(
    word="åtgärd",
    plural="åtgärder",
    title=("title",),
    labels={
        "title": "Rubrik",
        "organisation_id": "Förvaltning",
        "frame_id": "Ram",
        "status": "Läge",
        "description": "Beskrivning",
        "costs": "Kostnad per år",
        "starts_on": "Startdatum",
        "duration_months": "Tid i månader",
        "organisational_result": "Väntat resultat för organisationen",
        "organisational_number": "Väntat antal",
        "organisational_unit": "Enhet",
        "yearly_kronor": "Väntat resultat per år",
        "effect_from_year": "Från år",
        "baseline": "Utgångsläge",
        "in_action_plan": "Ingår i handlingsplanen",
        "decision": "Beslut",
        "charged_fund_id": "Belastar anslag",
        "charged_to": "Belastar",
    },
    page="/pengar/atgarder",
    kronor_by_year="costs",
)


class MeasureFields(TypedDict, total=False):
    """What can be written of a measure; a change names only what it changes. `costs` replaces all years."""

    title: str
    organisation_id: UUID
    frame_id: UUID | None
    status: MeasureStatus | str
    description: str
    costs: Mapping[int, int]
    starts_on: date | None
    duration_months: int | None
    organisational_result: str
    organisational_number: Decimal | None
    organisational_unit: str
    yearly_kronor: int | None
    effect_from_year: int | None
    baseline: str
    in_action_plan: bool
    decision: str
    charged_fund_id: UUID | None
    charged_to: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure as it is shown, with the names of what it refers to; `costs` by year, in order."""

    id: UUID
    title: str
    organisation_id: UUID
    organisation: str
    frame_id: UUID | None
    frame: str | None
    status: MeasureStatus
    description: str
    costs: Mapping[int, int]
    starts_on: date | None
    duration_months: int | None
    organisational_result: str
    organisational_number: Decimal | None
    organisational_unit: str
    yearly_kronor: int | None
    effect_from_year: int | None
    baseline: str
    in_action_plan: bool
    decision: str
    charged_fund_id: UUID | None
    charged_fund: str | None
    charged_to: str
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def cost_kronor(self) -> int:
        """What it costs in all."""
        return sum(self.costs.values())

    @property
    def payback_years(self) -> Decimal | None:
        """In how many years it has paid back."""
        return payback_years(self.cost_kronor, self.yearly_kronor)


class MeasureSort(StrEnum):
    """In which order measures are listed; what is missing comes last."""

    TITLE = "title"
    ORGANISATION = "organisation"
    COST = "cost"
    EFFECT = "effect"
    PAYBACK = "payback"
    STATUS = "status"


def payback_years(cost_kronor: int, yearly_kronor: int | None) -> Decimal | None:
    """Return in how many years a saving of `yearly_kronor` (negative) has paid the cost, to one decimal.

    None where nothing is saved: then it is never paid back.
    """
    if yearly_kronor is None or yearly_kronor >= 0:
        return None
    return (Decimal(cost_kronor) / -yearly_kronor).quantize(TENTH, ROUND_HALF_UP)


async def create(session: AsyncSession, person: Viewer, **fields: Unpack[MeasureFields]) -> Measure:
    """Register a measure: title and organisation are needed, the rest may be told later.

    Raises `NotAllowed`, or `InvalidValue` that names the field.
    """
    require_writer(person)
    given = {**_BLANK, **await _checked(session, fields)}
    if not given["title"] or given["organisation_id"] is None:
        raise InvalidValue("Fyll i rubrik och förvaltning.", field="title" if not given["title"] else "organisation_id")
    _require_whole(given)
    measure = Measure(**given)
    await records.add(session, person, measure)
    return measure


async def revise(
    session: AsyncSession,
    person: Viewer,
    measure_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[MeasureFields],
) -> Measure:
    """Change the named fields of a measure; `revision` is the one that the person read.

    Raises as `create` and `records.change`.
    """
    measure = await records.lock_to_write(session, person, Measure, measure_id, missing=MISSING)
    wanted = await _checked(session, fields)
    _require_whole({**records.fields(measure), **wanted})
    await records.change(session, person, measure, wanted, read=revision)
    return measure


async def remove(session: AsyncSession, person: Viewer, measure_id: UUID) -> None:
    """Take a measure away, with what has been followed up and claimed of it."""
    measure = await records.lock_to_write(session, person, Measure, measure_id, missing=MISSING)
    await records.remove(session, person, measure)


async def list_measures(
    session: AsyncSession,
    person: Viewer,
    *,
    frame_id: UUID | None = None,
    status: MeasureStatus | None = None,
    sort: MeasureSort = MeasureSort.TITLE,
) -> Sequence[MeasureRow]:
    """Return all measures, or those in a frame or with a status; none to a partner. They are some dozens."""
    if not sees_all(person):
        return ()
    query = _rows() if frame_id is None else _rows().where(Measure.frame_id == frame_id)
    query = query if status is None else query.where(Measure.status == status)
    return in_order([_row(row) for row in (await session.execute(query)).mappings()], sort)


async def get_measure(session: AsyncSession, person: Viewer, measure_id: UUID) -> MeasureRow:
    """Return one measure, or raise `NotFound`."""
    query = _rows().where(Measure.id == measure_id)
    if sees_all(person) and (row := (await session.execute(query)).mappings().one_or_none()):
        return _row(row)
    raise NotFound(MISSING)


def in_order(rows: Sequence[MeasureRow], sort: MeasureSort) -> list[MeasureRow]:
    """Return measures in an order: the largest cost and saving first, the quickest pay-back first, else as words go."""

    def key(row: MeasureRow) -> tuple[Any, ...]:
        match sort:
            case MeasureSort.TITLE:
                first: Any = sort_key(row.title)
            case MeasureSort.ORGANISATION:
                first = sort_key(row.organisation)
            case MeasureSort.COST:
                first = -row.cost_kronor
            case MeasureSort.EFFECT:
                first = _last(row.yearly_kronor)
            case MeasureSort.PAYBACK:
                first = _last(row.payback_years)
            case MeasureSort.STATUS:
                first = tuple(MeasureStatus).index(row.status)
        return first, sort_key(row.title), row.id

    return sorted(rows, key=key)


def _last(value: int | Decimal | None) -> tuple[bool, int | Decimal]:
    return value is None, value or 0


_TEXTS = (
    "description",
    "organisational_result",
    "organisational_unit",
    "baseline",
    "decision",
    "charged_to",
)
_BLANK: Mapping[str, Any] = {
    **dict.fromkeys(_TEXTS, ""),
    "title": "",
    "organisation_id": None,
    "frame_id": None,
    "status": MeasureStatus.PROPOSED,
    "costs": {},
    "starts_on": None,
    "duration_months": None,
    "organisational_number": None,
    "yearly_kronor": None,
    "effect_from_year": None,
    "in_action_plan": False,
    "charged_fund_id": None,
}
"""A measure of which nothing is told."""


async def _checked(session: AsyncSession, fields: MeasureFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    if "status" in fields:
        checked["status"] = values.choice(MeasureStatus, fields["status"], field="status")
    if "costs" in fields:
        checked["costs"] = _costs(fields["costs"])
    for name in _TEXTS:
        if name in checked:
            checked[name] = values.paragraph(checked[name], field=name)
    await _require_known(session, fields)
    values.period(fields.get("starts_on"), None, field="starts_on")
    months = fields.get("duration_months")
    if months is not None and not 0 < months <= LONGEST_MONTHS:
        raise InvalidValue(f"Ange tiden i hela månader, från 1 till {LONGEST_MONTHS}.", field="duration_months")
    if (number := fields.get("organisational_number")) is not None and not abs(number) <= LARGEST_NUMBER:
        raise InvalidValue("Talet är orimligt stort. Kontrollera det.", field="organisational_number")
    if (yearly := fields.get("yearly_kronor")) is not None:
        values.kronor(abs(yearly), field="yearly_kronor")
    if (year := fields.get("effect_from_year")) is not None:
        values.year(year, field="effect_from_year")
    return checked


async def _require_known(session: AsyncSession, fields: MeasureFields) -> None:
    if "organisation_id" in fields and await session.get(Organisation, fields["organisation_id"]) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    if (frame_id := fields.get("frame_id")) and await session.get(MeasureFrame, frame_id) is None:
        raise InvalidValue("Ramen finns inte.", field="frame_id")
    if fund_id := fields.get("charged_fund_id"):
        fund = await session.get(Fund, fund_id)
        if fund is None or fund.kind is not FundKind.EQUITY:
            raise InvalidValue("Välj ett anslag av slaget eget kapital.", field="charged_fund_id")


def _costs(costs: Mapping[int, int]) -> dict[str, int]:
    if len(costs) > MOST_YEARS:
        raise InvalidValue(f"Ange kostnaden för högst {MOST_YEARS} år.", field="costs")
    return {
        str(values.year(year, field="costs")): values.kronor(kronor, field="costs")
        for year, kronor in sorted(costs.items())
    }


def _require_whole(fields: Mapping[str, Any]) -> None:
    """Return if fields that need each other are there together."""
    if (fields["yearly_kronor"] is None) != (fields["effect_from_year"] is None):
        missing = "effect_from_year" if fields["effect_from_year"] is None else "yearly_kronor"
        raise InvalidValue("Ange både belopp per år och från vilket år det gäller.", field=missing)
    if fields["status"] is not MeasureStatus.PROPOSED and not fields["decision"]:
        raise InvalidValue("Ange beslutet som åtgärden vilar på, eller låt den vara ett förslag.", field="decision")
    if fields["charged_fund_id"] and fields["charged_to"]:
        raise InvalidValue("Ange antingen ett anslag eller en egen text, inte båda.", field="charged_to")


def _row(values_by_name: RowMapping) -> MeasureRow:
    found = dict(values_by_name)
    costs = {int(year): int(kronor) for year, kronor in sorted(found.pop("costs").items())}
    return MeasureRow(**found, costs=costs)


def _rows() -> Select[*tuple[Any, ...]]:
    joined = {
        "organisation": Organisation.name,
        "frame": MeasureFrame.name,
        "charged_fund": Fund.name + " " + cast(Fund.year, Text),
    }
    own = [getattr(Measure, one.name) for one in dataclasses.fields(MeasureRow) if one.name not in joined]
    return (
        select(*own, *(column.label(name) for name, column in joined.items()))
        .join(Organisation, Organisation.id == Measure.organisation_id)
        .outerjoin(MeasureFrame, MeasureFrame.id == Measure.frame_id)
        .outerjoin(Fund, Fund.id == Measure.charged_fund_id)
    )
