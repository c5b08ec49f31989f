"""The past at a glance: how much was there and how much differs, by kind, and when one thing was changed.

Beside `initiatives.history`, which tells what things were, and `initiatives.comparison`, which tells what differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from initiatives import comparison, kinds
from initiatives.access import Viewer, sees_all
from initiatives.history import holding, require_kind
from initiatives.past import Past

HALFWAY = timedelta(seconds=1)
"""Writes that are nearer than this are one to people."""


@dataclass(frozen=True, slots=True)
class KindThen:
    """How many things of a kind there were at an instant, and how many of them have been removed since."""

    kind: str
    count: int
    removed: int


@dataclass(frozen=True, slots=True)
class KindDiffers:
    """How many things of a kind were added, changed and removed between two instants."""

    kind: str
    added: int
    changed: int
    removed: int

    @property
    def total(self) -> int:
        """How many differ."""
        return self.added + self.changed + self.removed


async def begins(session: AsyncSession, person: Viewer) -> datetime | None:
    """Return when the first thing was added; None when nothing has been, or to one who sees a part."""
    return await session.scalar(select(func.min(Past.since))) if sees_all(person) else None


async def kinds_at(session: AsyncSession, person: Viewer, at: datetime) -> Sequence[KindThen]:
    """Return how many things of each kind there were at an instant, by what kinds are called."""
    if not sees_all(person):
        return ()
    now = aliased(Past)
    there = select(now.key).where(now.kind == Past.kind, now.key == Past.key, func.upper_inf(now.during)).exists()
    count, removed = func.count(), func.count().filter(~there)
    found = select(Past.kind, count, removed).where(Past.kind.in_(kinds.listed()), holding(at)).group_by(Past.kind)
    counted = {kind: KindThen(kind, *numbers) for kind, *numbers in await session.execute(found)}
    return [counted[kind] for kind in kinds.listed() if kind in counted]


async def kinds_differing(
    session: AsyncSession, person: Viewer, first: datetime, last: datetime
) -> Sequence[KindDiffers]:
    """Return for each kind how many things differ between two instants, those with none left out.

    Raises `InvalidValue` if the last comes before the first.
    """
    comparison.require_order(first, last)
    if not sees_all(person):
        return ()
    found = await session.execute(union_all(*(comparison.counting(kind, first, last) for kind in kinds.listed())))
    counted = [KindDiffers(*row) for row in found]
    return sorted((one for one in counted if one.total), key=lambda one: kinds.listed().index(one.kind))


async def changed_at(
    session: AsyncSession, person: Viewer, kind: str, identifier: UUID, *, limit: int = 50
) -> Sequence[datetime]:
    """Return when a thing was added and changed, newest first; nothing to one who sees a part.

    What was changed again within `HALFWAY` was on its way to what it became, and is left out.
    """
    require_kind(kind)
    if not sees_all(person):
        return ()
    after = func.lead(Past.since).over(order_by=Past.since)
    states = select(Past.since, after.label("after")).where(Past.kind == kind, Past.key == str(identifier)).subquery()
    lasting = or_(states.c.after.is_(None), states.c.after - states.c.since >= HALFWAY)
    return (
        await session.scalars(select(states.c.since).where(lasting).order_by(states.c.since.desc()).limit(limit))
    ).all()
