"""Benefit follow-up: what became of a measure's expected result, year by year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import measures, records, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.measures import LARGEST_NUMBER
from initiatives.past import kept

MISSING = "Uppföljningen finns inte."


class MeasureOutcome(records.Record, Base):
    """What came of a measure in a year: in words, and where it is known in the measure's unit and in kronor.

    `kronor` is what the economy changed by, negative for a saving. What is missing is not zero.
    """

    __tablename__ = "measure_outcome"
    __table_args__ = (UniqueConstraint("measure_id", "year"),)

    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    year: Mapped[int]
    outcome: Mapped[str]
    number: Mapped[Decimal | None] = mapped_column(Numeric())
    kronor: Mapped[int | None] = mapped_column(Kronor)


POLICIES: tuple[str, ...] = protect("measure_outcome", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("measure_outcome", part_of="measure_id"),)
KINDS["measure_outcome"] = Kind(
    word="utfall av åtgärd",
    plural="utfall",
    title=("year", "outcome"),
    labels={
        "measure_id": "Åtgärd",
        "year": "År",
        "outcome": "Utfall",
        "number": "Antal",
        "kronor": "Resultat",
    },
    part_of="measure",
)


class OutcomeFields(TypedDict, total=False):
    """What can be written of an outcome; a change names only what it changes."""

    outcome: str
    number: Decimal | None
    kronor: int | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome as it is shown."""

    id: UUID
    measure_id: UUID
    year: int
    outcome: str
    number: Decimal | None
    kronor: int | None
    created_at: datetime
    updated_at: datetime
    revision: int


async def add(
    session: AsyncSession,
    person: Viewer,
    measure_id: UUID,
    *,
    year: int,
    outcome: str,
    number: Decimal | None = None,
    kronor: int | None = None,
) -> MeasureOutcome:
    """Register what came of a measure in a year.

    Raises `NotFound` for the measure, `AlreadyExists` for a year that is told of already, and `InvalidValue`.
    """
    await measures.get_measure(session, person, measure_id)
    require_writer(person)
    checked = _checked(OutcomeFields(outcome=outcome, number=number, kronor=kronor))
    row = MeasureOutcome(measure_id=measure_id, year=values.year(year, field="year"), **checked)
    taken = AlreadyExists(f"Uppföljningen för {year} finns redan. Ändra den i stället.", field="year")
    await records.add(session, person, row, taken=taken)
    return row


async def revise(
    session: AsyncSession,
    person: Viewer,
    outcome_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[OutcomeFields],
) -> MeasureOutcome:
    """Change the named fields of an outcome; `revision` is the one that the person read."""
    row = await records.lock_to_write(session, person, MeasureOutcome, outcome_id, missing=MISSING)
    await records.change(session, person, row, _checked(fields), read=revision)
    return row


async def remove(session: AsyncSession, person: Viewer, outcome_id: UUID) -> None:
    """Take an outcome away."""
    row = await records.lock_to_write(session, person, MeasureOutcome, outcome_id, missing=MISSING)
    await records.remove(session, person, row)


async def list_outcomes(session: AsyncSession, person: Viewer, measure_id: UUID) -> Sequence[OutcomeRow]:
    """Return what has come of a measure, by year; nothing to a partner."""
    if not sees_all(person):
        return ()
    query = _ROWS.where(MeasureOutcome.measure_id == measure_id).order_by(MeasureOutcome.year)
    return [OutcomeRow(*row) for row in await session.execute(query)]


async def get_outcome(session: AsyncSession, person: Viewer, outcome_id: UUID) -> OutcomeRow:
    """Return one outcome, or raise `NotFound`."""
    query = _ROWS.where(MeasureOutcome.id == outcome_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return OutcomeRow(*row)
    raise NotFound(MISSING)


_ROWS = select(
    MeasureOutcome.id,
    MeasureOutcome.measure_id,
    MeasureOutcome.year,
    MeasureOutcome.outcome,
    MeasureOutcome.number,
    MeasureOutcome.kronor,
    MeasureOutcome.created_at,
    MeasureOutcome.updated_at,
    MeasureOutcome.revision,
)


def _checked(fields: OutcomeFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "outcome" in fields:
        checked["outcome"] = values.line(fields["outcome"], field="outcome", longest=1_000)
    if (number := fields.get("number")) is not None and not abs(number) <= LARGEST_NUMBER:
        raise InvalidValue("Talet är orimligt stort. Kontrollera det.", field="number")
    if (kronor := fields.get("kronor")) is not None:
        values.kronor(abs(kronor), field="kronor")
    return checked
