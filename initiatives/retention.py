"""How long things are kept, and taking away what has been kept long enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import column, delete, func, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.activity import Activity
from initiatives.base import new_id, utcnow

ACTION, SUBJECT = "gallrade", "retention"
EVERY = timedelta(hours=23)
"""How long must have passed since the last time for `apply_daily` to do it again."""


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days each kind is kept, counted from when it was last used or came to its end."""

    seen_days: int = 365
    asked_days: int = 90
    conversation_days: int = 365
    session_days: int = 30
    gap_days: int = 365


DEFAULT = Retention()


@dataclass(frozen=True, slots=True)
class Kind:
    """What is taken away: its name (Swedish, plural), its table, and the column that its time is counted from."""

    name: str
    words: str
    table: str
    counted_from: str


KINDS: dict[str, Kind] = {
    "seen_days": Kind("seen", "noteringar om vem som har sett", "seen", "at"),
    "asked_days": Kind("asked", "noteringar om vem som har frågat", "asked", "at"),
    "conversation_days": Kind("conversations", "samtal med frågor och svar", "conversation", "updated_at"),
    "session_days": Kind("sessions", "avslutade inloggningar", "login_session", "expires_at"),
    "gap_days": Kind("gaps", "obesvarade frågor", "knowledge_gap", "created_at"),
}
"""By the field of `Retention` that says how long."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of a kind were, or would be, taken away: those from before the instant."""

    kind: Kind
    days: int
    before: datetime
    count: int


async def apply(session: AsyncSession, kept: Retention, *, dry_run: bool = False) -> Sequence[Removed]:
    """Take away what is older than is kept, note the counts in the diary, and return them; wants the system's scope.

    With `dry_run` nothing is taken away or noted.
    """
    now = utcnow()
    removed = [await _remove(session, field, kept, now, dry_run=dry_run) for field in KINDS]
    if not dry_run:
        after = {one.kind.name: one.count for one in removed}
        activity.record(session, SYSTEM, ACTION, SUBJECT, new_id(), after=after)
    return removed


async def apply_daily(sessions: ScopedSessions, kept: Retention) -> Sequence[Removed] | None:
    """Do as `apply` if it has not been done for a day, and return None otherwise; of several workers one does it."""
    async with sessions(SYSTEM) as session:
        if not await session.scalar(_TRY_LOCK):
            return None
        last = await session.scalar(
            select(func.max(Activity.at)).where(Activity.subject_type == SUBJECT, Activity.action == ACTION)
        )
        if last is not None and last > utcnow() - EVERY:
            return None
        return await apply(session, kept)


_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(7306, 8)")


async def _remove(session: AsyncSession, field: str, kept: Retention, now: datetime, *, dry_run: bool) -> Removed:
    kind, days = KINDS[field], getattr(kept, field)
    before = now - timedelta(days=days)
    rows = table(kind.table, column(kind.counted_from))
    old = rows.c[kind.counted_from] < before
    count = await session.scalar(select(func.count()).select_from(rows).where(old)) or 0
    if count and not dry_run:
        await session.execute(delete(rows).where(old))
    return Removed(kind, days, before, count)
