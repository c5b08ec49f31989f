"""Expected effects (förväntade effekter): what an initiative shall change for patients, staff or money."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, initiatives, records, values
from initiatives.access import Viewer, protect
from initiatives.base import Base
from initiatives.errors import InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.sharing import Field, shown_with, shown_with_sql

MISSING = "Den förväntade effekten finns inte."
LONGEST = 1_000


class ExpectedEffect(records.Record, Base):
    """What is expected to become otherwise, in words that can be looked back at."""

    __tablename__ = "expected_effect"

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    description: Mapped[str]


POLICIES: tuple[str, ...] = protect("expected_effect", read=shown_with_sql(Field.EFFECTS))
TRIGGERS: tuple[str, ...] = (kept("expected_effect", part_of="initiative_id"),)

KINDS["expected_effect"] = Kind(
    word="förväntad effekt",
    plural="förväntade effekter",
    title=("description",),
    labels={"initiative_id": "Initiativ", "description": "Förväntad effekt"},
    part_of="initiative",
)


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An expected effect as it is shown."""

    id: UUID
    initiative_id: UUID
    description: str
    revision: int


async def add(session: AsyncSession, person: Viewer, initiative_id: UUID, *, description: str) -> ExpectedEffect:
    """Say what an initiative is expected to lead to. Raises `NotFound`, `NotAllowed` or `InvalidValue`."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = ExpectedEffect(initiative_id=initiative_id, description=_checked(description))
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
    description: str,
) -> ExpectedEffect:
    """Write an expected effect otherwise; `revision` is the one that the person read. Raises what `add` does."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, effect_id)
    wanted = {"description": _checked(description)}
    if await records.change(session, person, row, wanted, read=revision, action="ändrade förväntad effekt"):
        initiatives.touch(session, person, initiative, {Field.EFFECTS: None})
        await session.flush()
    return row


async def remove(session: AsyncSession, person: Viewer, initiative_id: UUID, effect_id: UUID) -> None:
    """Take an expected effect away from an initiative; raise `NotFound` if it has no such effect."""
    initiative = await initiatives.lock(session, person, initiative_id)
    row = await _lock(session, initiative_id, effect_id)
    activity.record(
        session, person, "tog bort förväntad effekt", "initiative", initiative_id, before=records.fields(row)
    )
    await session.delete(row)
    initiatives.touch(session, person, initiative, {Field.EFFECTS: None})
    await session.flush()


async def list_effects(session: AsyncSession, person: Viewer, *initiative_ids: UUID) -> Sequence[EffectRow]:
    """Return what these initiatives are expected to lead to, as far as the person sees it, in the order written."""
    query = (
        select(ExpectedEffect)
        .where(ExpectedEffect.initiative_id.in_(initiative_ids))
        .where(shown_with(person, ExpectedEffect.initiative_id, Field.EFFECTS))
        .order_by(ExpectedEffect.id)
    )
    found = await session.scalars(query)
    return [EffectRow(one.id, one.initiative_id, one.description, one.revision) for one in found]


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


def _checked(description: str) -> str:
    text = values.paragraph(description, field="description", longest=LONGEST)
    if not text:
        raise InvalidValue("Skriv vad som väntas bli annorlunda.", field="description")
    return text
