"""Expected effects (förväntade effekter): what an initiative shall change for patients, staff or money."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid, and_, column, literal, select, table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import initiatives, records, values
from initiatives.access import Viewer, protect, sees_all
from initiatives.base import Base
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.sharing import Field, shown_with, shown_with_sql

MISSING = "Den förväntade effekten finns inte."
LONGEST = 1_000


class ExpectedEffect(records.Record, Base):
    """What is expected to become otherwise, in words that can be looked back at; an indicator may measure it."""

    __tablename__ = "expected_effect"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    description: Mapped[str]
    indicator_id: Mapped[UUID | None] = mapped_column(ForeignKey("indicator.id", ondelete="SET NULL"), index=True)


POLICIES: tuple[str, ...] = protect("expected_effect", read=shown_with_sql(Field.EFFECTS))
TRIGGERS: tuple[str, ...] = (kept("expected_effect", part_of="initiative_id"),)

KINDS["expected_effect"] = Kind(
    word="förväntad effekt",
    plural="förväntade effekter",
    title=("description",),
    labels={"initiative_id": "Initiativ", "description": "Förväntad effekt", "indicator_id": "Mäts med"},
    part_of="initiative",
)


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An expected effect as it is shown; what measures it is not told to partners."""

    id: UUID
    initiative_id: UUID
    description: str
    indicator_id: UUID | None
    indicator: str | None
    revision: int


class Fields(TypedDict, total=False):
    """What can be written of an expected effect."""

    description: str
    indicator_id: UUID | None


async def add(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    *,
    description: str,
    indicator_id: UUID | None = None,
) -> ExpectedEffect:
    """Say what an initiative is expected to lead to, and what measures it.

    Raises `NotFound`, `NotAllowed`, or `InvalidValue` with the field.
    """
    initiative = await initiatives.lock(session, person, initiative_id)
    given = Fields(description=description, indicator_id=indicator_id)
    row = ExpectedEffect(initiative_id=initiative_id, **await _checked(session, given))
    await records.add(session, person, row, action="lade till förväntad effekt")
    initiatives.touch(session, person, initiative, {Field.EFFECTS: None})
    await session.flush()
    return row


async def change(
    session: AsyncSession,
    person: Viewer,
    initiative_id: UUID,
    effect_id: UUID,
    *,
    revision: int | None,
    **fields: Unpack[Fields],
) -> ExpectedEffect:
    """Write an expected effect otherwise; `revision` is the one that the person read. Raises what `add` does."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, effect_id)
    before = row.description
    wanted = await _checked(session, fields)
    await records.change(session, person, row, wanted, read=revision, action="ändrade förväntad effekt")
    if row.description != before:  # Partners, who see nothing else of it, shall not notice anything else.
        initiatives.touch(session, person, initiative, {Field.EFFECTS: None})
        await session.flush()
    return row


async def remove(session: AsyncSession, person: Viewer, initiative_id: UUID, effect_id: UUID) -> None:
    """Take an expected effect away from an initiative; raise `NotFound` if it has no such effect."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, effect_id)
    await records.remove(session, person, row, action="tog bort förväntad effekt")
    initiatives.touch(session, person, initiative, {Field.EFFECTS: None})
    await session.flush()


async def list_effects(session: AsyncSession, person: Viewer, *initiative_ids: UUID) -> Sequence[EffectRow]:
    """Return what these initiatives are expected to lead to, as far as the person sees it, in the order written."""
    measured = and_(_INDICATOR.c.id == ExpectedEffect.indicator_id, literal(sees_all(person)))
    query = (
        select(ExpectedEffect, _INDICATOR.c.id, _INDICATOR.c.name)
        .outerjoin(_INDICATOR, measured)
        .where(ExpectedEffect.initiative_id.in_(initiative_ids))
        .where(shown_with(person, ExpectedEffect.initiative_id, Field.EFFECTS))
        .order_by(ExpectedEffect.id)
    )
    found = await session.execute(query)
    return [
        EffectRow(one.id, one.initiative_id, one.description, indicator_id, indicator, one.revision)
        for one, indicator_id, indicator in found
    ]


async def get_effect(session: AsyncSession, person: Viewer, initiative_id: UUID, effect_id: UUID) -> EffectRow:
    """Return one expected effect of an initiative, or raise `NotFound`."""
    found = [one for one in await list_effects(session, person, initiative_id) if one.id == effect_id]
    if not found:
        raise NotFound(MISSING)
    return found[0]


async def _lock(session: AsyncSession, initiative_id: UUID, effect_id: UUID) -> ExpectedEffect:
    return await records.lock(
        session, ExpectedEffect, effect_id, ExpectedEffect.initiative_id == initiative_id, missing=MISSING
    )


async def _checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if "description" in fields:
        checked["description"] = values.paragraph(fields["description"], field="description", longest=LONGEST)
        if not checked["description"]:
            raise InvalidValue("Skriv vad som väntas bli annorlunda.", field="description")
    if indicator_id := fields.get("indicator_id"):
        known = select(_INDICATOR.c.id).where(_INDICATOR.c.id == indicator_id)
        if await session.scalar(known) is None:
            raise InvalidValue("Indikatorn finns inte.", field="indicator_id")
    return checked


_INDICATOR = table("indicator", column("id", Uuid), column("name", String))
"""The room of indicators stands on this one, so it is asked by the name of its table."""
