"""The conditions of a state grant: what must be fulfilled, with a threshold where there is one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import records, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect
from initiatives.base import Base
from initiatives.grants import agreements, components, writing
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept

MISSING = "Villkoret finns inte."
LONGEST = 2_000


class Condition(records.Record, Base):
    """A condition of an agreement or of one of its parts; `initiatives.grants.facts` tells of the fields."""

    __tablename__ = "grant_condition"
    __table_args__ = (Index(None, "grant_id"), Index(None, "component_id"))

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grant_agreement.id", ondelete="CASCADE"))
    component_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_component.id", ondelete="CASCADE"))
    kind: Mapped[str]
    text: Mapped[str]
    threshold: Mapped[Decimal | None] = mapped_column(Numeric)
    unit: Mapped[str]
    is_met: Mapped[bool | None]
    note: Mapped[str]


POLICIES: tuple[str, ...] = protect("grant_condition", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("grant_condition", part_of="grant_id"),)
sources.SUBJECTS["grant_condition"] = MISSING
KINDS["grant_condition"] = Kind(
    word="villkor i statsbidrag",
    plural="Villkor",
    title=("text",),
    labels={
        "grant_id": "Statsbidrag",
        "component_id": "Del",
        "kind": "Slag",
        "text": "Vad som ska vara uppfyllt",
        "threshold": "Gräns",
        "unit": "Enhet",
        "is_met": "Uppfyllt",
        "note": "Anteckning",
    },
    part_of="grant_agreement",
)


class Fields(TypedDict, total=False):
    """What can be written of a condition; a change names only what it changes."""

    component_id: UUID | None
    kind: str
    text: str
    threshold: Decimal | None
    unit: str
    is_met: bool | None
    note: str


_BLANK: Fields = {"component_id": None, "kind": "", "threshold": None, "unit": "", "is_met": None, "note": ""}


async def create(session: AsyncSession, person: Viewer, grant_id: UUID, **given: Unpack[Fields]) -> Condition:
    """Write a condition of an agreement, or of one of its parts; `text` is required.

    Raises `NotFound` for the agreement, `NotAllowed` or `InvalidValue`.
    """
    await agreements.lock(session, person, grant_id)
    wanted = writing.checked(_CHECKS, {**_BLANK, **given})
    await components.require_of(session, grant_id, wanted["component_id"])
    row = Condition(grant_id=grant_id, **wanted)
    await records.add(session, person, row)
    return row


async def lock(session: AsyncSession, person: Viewer, condition_id: UUID) -> Condition:
    """Return a condition to change; raise `NotFound` if it is not there for the person, or `NotAllowed`."""
    return await agreements.lock_part(session, person, Condition, condition_id, missing=MISSING)


async def revise(
    session: AsyncSession, person: Viewer, condition_id: UUID, *, revision: int | None, **given: Unpack[Fields]
) -> bool:
    """Change what is given, and tell whether anything changed; errors are those of `agreements.revise`."""
    row = await lock(session, person, condition_id)
    wanted = writing.checked(_CHECKS, given)
    await components.require_of(session, row.grant_id, wanted.get("component_id"))
    return await records.change(session, person, row, wanted, read=revision)


async def remove(session: AsyncSession, person: Viewer, condition_id: UUID) -> None:
    """Take away a condition; raise `NotFound` or `NotAllowed`."""
    await records.remove(session, person, await lock(session, person, condition_id))


def _text(value: str, *, field: str) -> str:
    return values.line(value, field=field, longest=LONGEST)


_CHECKS: Mapping[str, writing.Check] = {
    "component_id": writing.kept,
    "kind": writing.short,
    "text": _text,
    "threshold": writing.optional(writing.number),
    "unit": writing.short,
    "is_met": writing.kept,
    "note": values.paragraph,
}
