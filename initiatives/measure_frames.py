"""Frames for measures: which years they may cost, and how much in all if that has been decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, Uuid, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor
from initiatives.errors import InUse, InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.swedish import sort_key_sql

MISSING = "Ramen finns inte."
NO_CEILING = "ram saknas"
"""What is said, and shown, where no ceiling has been decided: it is not zero and not endless."""

_MEASURE = table("measure", column("frame_id", Uuid))
"""Measures stand above their frames."""


class MeasureFrame(records.Record, Base):
    """The years in which measures may cost, and the ceiling of all of them together; None where none is decided."""

    __tablename__ = "measure_frame"
    __table_args__ = (
        CheckConstraint("last_year >= first_year", name="years"),
        CheckConstraint("ceiling_kronor >= 0", name="ceiling"),
    )

    name: Mapped[str]
    first_year: Mapped[int]
    last_year: Mapped[int]
    ceiling_kronor: Mapped[int | None] = mapped_column(Kronor)
    decision: Mapped[str] = mapped_column(default="")


POLICIES: tuple[str, ...] = protect("measure_frame", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("measure_frame"),)
sources.SUBJECTS["measure_frame"] = MISSING
KINDS["measure_frame"] = Kind(
    word="ram för åtgärder",
    plural="ramar för åtgärder",
    title=("name",),
    labels={
        "name": "Namn",
        "first_year": "Första året",
        "last_year": "Sista året",
        "ceiling_kronor": "Tak",
        "decision": "Beslut",
    },
)


class FrameFields(TypedDict, total=False):
    """What can be written of a frame; a change names only what it changes."""

    name: str
    first_year: int
    last_year: int
    ceiling_kronor: int | None
    decision: str


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A frame as it is shown; `ceiling_kronor` is None where none is decided."""

    id: UUID
    name: str
    first_year: int
    last_year: int
    ceiling_kronor: int | None
    decision: str
    created_at: datetime
    updated_at: datetime
    revision: int


async def create(
    session: AsyncSession,
    person: Viewer,
    *,
    name: str,
    first_year: int,
    last_year: int,
    ceiling_kronor: int | None = None,
    decision: str = "",
) -> MeasureFrame:
    """Register a frame. Raises `NotAllowed`, or `InvalidValue` that names the field."""
    require_writer(person)
    fields = FrameFields(
        name=name, first_year=first_year, last_year=last_year, ceiling_kronor=ceiling_kronor, decision=decision
    )
    frame = MeasureFrame(**_checked(fields))
    _require_order(frame.first_year, frame.last_year)
    await records.add(session, person, frame)
    return frame


async def revise(
    session: AsyncSession, person: Viewer, frame_id: UUID, *, revision: int | None = None, **fields: Unpack[FrameFields]
) -> MeasureFrame:
    """Change the named fields of a frame; `revision` is the one that the person read."""
    frame = await records.lock_to_write(session, person, MeasureFrame, frame_id, missing=MISSING)
    wanted = _checked(fields)
    _require_order(*(wanted.get(name, getattr(frame, name)) for name in ("first_year", "last_year")))
    await records.change(session, person, frame, wanted, read=revision)
    return frame


async def remove(session: AsyncSession, person: Viewer, frame_id: UUID) -> None:
    """Take a frame away; raise `InUse` if it holds measures."""
    frame = await records.lock_to_write(session, person, MeasureFrame, frame_id, missing=MISSING)
    if await session.scalar(select(_MEASURE.c.frame_id).where(_MEASURE.c.frame_id == frame_id).limit(1)):
        raise InUse("Ramen har åtgärder och kan inte tas bort. Flytta dem till en annan ram först.")
    await records.remove(session, person, frame)


async def list_frames(session: AsyncSession, person: Viewer) -> Sequence[FrameRow]:
    """Return all frames, newest years first; none to a partner."""
    if not sees_all(person):
        return ()
    order = (MeasureFrame.first_year.desc(), sort_key_sql(MeasureFrame.name), MeasureFrame.id)
    return [FrameRow(*row) for row in await session.execute(_ROWS.order_by(*order))]


async def get_frame(session: AsyncSession, person: Viewer, frame_id: UUID) -> FrameRow:
    """Return one frame, or raise `NotFound`."""
    query = _ROWS.where(MeasureFrame.id == frame_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return FrameRow(*row)
    raise NotFound(MISSING)


_ROWS = select(
    MeasureFrame.id,
    MeasureFrame.name,
    MeasureFrame.first_year,
    MeasureFrame.last_year,
    MeasureFrame.ceiling_kronor,
    MeasureFrame.decision,
    MeasureFrame.created_at,
    MeasureFrame.updated_at,
    MeasureFrame.revision,
)


def _checked(fields: FrameFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "name" in fields:
        checked["name"] = values.line(fields["name"], field="name")
    if "decision" in fields:
        checked["decision"] = values.paragraph(fields["decision"], field="decision", longest=500)
    for name in ("first_year", "last_year"):
        if name in checked:
            values.year(checked[name], field=name)
    if (ceiling := fields.get("ceiling_kronor")) is not None:
        values.kronor(ceiling, field="ceiling_kronor")
    return checked


def _require_order(first_year: int, last_year: int) -> None:
    if last_year < first_year:
        raise InvalidValue(f"Sista året {last_year} kommer före första året {first_year}.", field="last_year")
