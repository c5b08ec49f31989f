"""How much one person, key or address may do in a while, counted in one place for every process."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import IS_SYSTEM_SQL, protect
from initiatives.allowance import WINDOW, Kind
from initiatives.base import Base
from initiatives.errors import NarplanError


class RequestWindow(Base):
    """How many requests of a kind somebody has made since the first of them; lost without harm if the server falls."""

    __tablename__ = "request_window"
    __table_args__ = (Index(None, "ends_at"), {"prefixes": ["UNLOGGED"]})

    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int]
    ends_at: Mapped[datetime]


POLICIES: tuple[str, ...] = protect("request_window", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL)


@dataclass(frozen=True, slots=True)
class Count:
    """How much of `allowed` is used in the window that ends in `seconds`, or, unrounded, `ends_in`."""

    kind: Kind
    allowed: int
    used: int
    seconds: int
    window: timedelta
    ends_in: float = 0.0

    @property
    def exceeded(self) -> bool:
        """Tell whether this request is one too many."""
        return self.used > self.allowed

    @property
    def remaining(self) -> int:
        """Return how many more are let through before the window ends."""
        return max(0, self.allowed - self.used)


class TooOften(NarplanError):
    """So much has been asked in a short while that the rest must wait `seconds`; `count` is how it stands, if known."""

    title: ClassVar[str] = "För många anrop"

    def __init__(self, detail: str, *, seconds: int, count: Count | None = None) -> None:
        super().__init__(detail)
        self.seconds = seconds
        self.count = count


_COUNT = text("""
    INSERT INTO request_window AS found (kind, who, used, ends_at)
    VALUES (:kind, :who, :many, clock_timestamp() + :window)
    ON CONFLICT (kind, who) DO UPDATE SET
        used = CASE WHEN found.ends_at <= clock_timestamp() THEN :many ELSE LEAST(found.used, :allowed) + :many END,
        ends_at = CASE WHEN found.ends_at <= clock_timestamp() THEN excluded.ends_at ELSE found.ends_at END
    RETURNING used, extract(epoch FROM ends_at - clock_timestamp())::float8
""")
_SWEEP = text("""
    DELETE FROM request_window WHERE (kind, who) IN (
        SELECT kind, who FROM request_window WHERE ends_at < clock_timestamp() LIMIT 10000 FOR UPDATE SKIP LOCKED
    )
""")


async def count(
    session: AsyncSession, kind: Kind, who: str, allowed: int, window: timedelta = WINDOW, *, many: int = 1
) -> Count:
    """Count one more request, or `many` at once, and return how it then stands.

    Wants the system's scope and a transaction of its own. One statement, so that however many processes count at once,
    exactly `allowed` are let through in a window. A window begins with the first request in it.
    """
    values = {"kind": kind, "who": who, "allowed": allowed, "window": window, "many": many}
    used, left = (await session.execute(_COUNT, values)).one()
    return Count(kind, allowed, used, max(1, math.ceil(left)), window, left)


async def sweep(session: AsyncSession) -> None:
    """Remove windows that have ended; wants the system's scope. Never waits for a row that somebody counts in."""
    await session.execute(_SWEEP)
