"""Claims: what somebody says about a measure or a frame. Shown with who says it, never as a fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.measure_frames import MeasureFrame
from initiatives.measures import Measure
from initiatives.past import kept

MISSING = "Påståendet finns inte."


class Claim(records.Record, Base):
    """A statement about a measure, or about all that stands in a frame, and whose it is."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("(measure_id IS NULL) <> (frame_id IS NULL)", name="about"),
        Index(None, "measure_id"),
        Index(None, "frame_id"),
    )

    measure_id: Mapped[UUID | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    frame_id: Mapped[UUID | None] = mapped_column(ForeignKey("measure_frame.id", ondelete="CASCADE"))
    text: Mapped[str]
    said_by: Mapped[str]


POLICIES: tuple[str, ...] = protect("claim", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("claim", part_of="measure_id"),)
sources.SUBJECTS["claim"] = MISSING
KINDS["claim"] = Kind(
    word="påstående",
    plural="påståenden",
    title=("text",),
    labels={"measure_id": "Åtgärd", "frame_id": "Ram", "text": "Påstående", "said_by": "Vem som säger det"},
    part_of="measure",
)


class ClaimFields(TypedDict, total=False):
    """What can be written of a claim; a change names only what it changes."""

    text: str
    said_by: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim as it is shown."""

    id: UUID
    measure_id: UUID | None
    frame_id: UUID | None
    text: str
    said_by: str
    created_at: datetime
    updated_at: datetime
    revision: int


async def add(
    session: AsyncSession,
    person: Viewer,
    *,
    text: str,
    said_by: str,
    measure_id: UUID | None = None,
    frame_id: UUID | None = None,
) -> Claim:
    """Register what somebody says about a measure or a frame: one of them. Raises `NotAllowed` or `InvalidValue`."""
    require_writer(person)
    if (measure_id is None) == (frame_id is None):
        raise InvalidValue("Ange vad påståendet gäller: antingen en åtgärd eller en ram.", field="measure_id")
    if measure_id is not None and await session.get(Measure, measure_id) is None:
        raise InvalidValue("Åtgärden finns inte.", field="measure_id")
    if frame_id is not None and await session.get(MeasureFrame, frame_id) is None:
        raise InvalidValue("Ramen finns inte.", field="frame_id")
    claim = Claim(measure_id=measure_id, frame_id=frame_id, **_checked(ClaimFields(text=text, said_by=said_by)))
    await records.add(session, person, claim)
    return claim


async def revise(
    session: AsyncSession, person: Viewer, claim_id: UUID, *, revision: int | None = None, **fields: Unpack[ClaimFields]
) -> Claim:
    """Change the named fields of a claim; `revision` is the one that the person read."""
    claim = await records.lock_to_write(session, person, Claim, claim_id, missing=MISSING)
    await records.change(session, person, claim, _checked(fields), read=revision)
    return claim


async def remove(session: AsyncSession, person: Viewer, claim_id: UUID) -> None:
    """Take a claim away."""
    await records.remove(
        session, person, await records.lock_to_write(session, person, Claim, claim_id, missing=MISSING)
    )


async def list_claims(
    session: AsyncSession, person: Viewer, *, measure_id: UUID | None = None, frame_id: UUID | None = None
) -> Sequence[ClaimRow]:
    """Return what is said about a measure or a frame, or everything; nothing to a partner."""
    if not sees_all(person):
        return ()
    query = _ROWS if measure_id is None else _ROWS.where(Claim.measure_id == measure_id)
    query = query if frame_id is None else query.where(Claim.frame_id == frame_id)
    return [ClaimRow(*row) for row in await session.execute(query.order_by(Claim.id))]


async def get_claim(session: AsyncSession, person: Viewer, claim_id: UUID) -> ClaimRow:
    """Return one claim, or raise `NotFound`."""
    if sees_all(person) and (row := (await session.execute(_ROWS.where(Claim.id == claim_id))).one_or_none()):
        return ClaimRow(*row)
    raise NotFound(MISSING)


_ROWS = select(
    Claim.id,
    Claim.measure_id,
    Claim.frame_id,
    Claim.text,
    Claim.said_by,
    Claim.created_at,
    Claim.updated_at,
    Claim.revision,
)


def _checked(fields: ClaimFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "text" in fields:
        checked["text"] = values.line(fields["text"], field="text", longest=1_000)
    if "said_by" in fields:
        checked["said_by"] = values.line(fields["said_by"], field="said_by")
    return checked
