"""What answers take of a language model: who may ask it at once, how much is sent and written, and what it costs.

Counted in the database, so that a limit is the same however many processes there are.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import uuid
from collections.abc import AsyncIterator
from typing import ClassVar

from sqlalchemy import BigInteger, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives.access import IS_SYSTEM_SQL, SYSTEM, ScopedSessions, Viewer, protect
from initiatives.base import Base, new_id
from initiatives.swedish import STOCKHOLM, today
from retrieval.metering import Limits, Meter, ModelFailed

KRONA = 100 * 1_000_000
"""What a krona is in millionths of an öre, which costs are counted in: a token's share of the price of a million."""
GRACE = dt.timedelta(seconds=5)
"""How long after its deadline an answer whose process was killed keeps its place."""
KEPT = dt.timedelta(days=2)


class ModelUse(Base):
    """One answer that a language model was asked for: whose, and what it cost or may at most have cost.

    It has a place among those under way until it is ``done``, or until ``ends_at`` when nobody says that it is.
    """

    __tablename__ = "model_use"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    who: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[dt.datetime] = mapped_column(index=True)
    ends_at: Mapped[dt.datetime]
    done: Mapped[bool]
    cost: Mapped[int] = mapped_column(BigInteger)


POLICIES: tuple[str, ...] = protect("model_use", read=IS_SYSTEM_SQL, write=IS_SYSTEM_SQL)


class ModelBusy(ModelFailed):
    """As many as may ask the language model at once are asking it."""

    title: ClassVar[str] = "Språkmodellen har fullt upp"


class ModelSpent(ModelFailed):
    """What the language model may cost in a day has been spent."""

    title: ClassVar[str] = "Språkmodellens pengar är slut för i dag"


_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('model_use'))")
_STANDS = text("""
    SELECT
        count(*) FILTER (WHERE under_way), count(*) FILTER (WHERE under_way AND who = :who),
        coalesce(sum(cost), 0)::bigint, coalesce(sum(cost) FILTER (WHERE who = :who), 0)::bigint
    FROM (
        SELECT who, cost * (begun_at >= :midnight)::int AS cost, NOT done AND ends_at > clock_timestamp() AS under_way
        FROM model_use WHERE begun_at >= :oldest
    ) AS used
""")
_BEGIN = text("""
    INSERT INTO model_use (id, who, begun_at, ends_at, done, cost)
    VALUES (:id, :who, clock_timestamp(), clock_timestamp() + :lasts, false, :cost)
""")
_END = text("UPDATE model_use SET done = true, cost = :cost WHERE id = :id")
_SWEEP = text("DELETE FROM model_use WHERE begun_at < clock_timestamp() - CAST(:kept AS interval)")


@contextlib.asynccontextmanager
async def metered(sessions: ScopedSessions, person: Viewer, limits: Limits) -> AsyncIterator[Meter]:
    """Take a place for one answer, and note what it cost when the block ends.

    Raises `ModelBusy` and `ModelSpent` at once; nobody waits. What an answer may at most cost counts as spent while it
    is under way, so that the ceilings hold however many are. The system itself counts as nobody.
    """
    key, meter = new_id(), limits.meter()
    async with sessions(SYSTEM) as session:
        await _begin(session, key, _who(person), limits)
    try:
        yield meter
    finally:
        async with sessions(SYSTEM) as session:
            await session.execute(_END, {"id": key, "cost": limits.cost(meter)})


async def _begin(session: AsyncSession, key: uuid.UUID, who: str, limits: Limits) -> None:
    await session.execute(_LOCK)
    midnight = dt.datetime.combine(today(), dt.time(), STOCKHOLM)
    lasts = dt.timedelta(seconds=math.ceil(limits.seconds)) + GRACE
    values = {"who": who, "midnight": midnight, "oldest": midnight - lasts}
    at_once, at_once_each, spent, spent_each = (await session.execute(_STANDS, values)).one()
    if limits.at_once_each and who and at_once_each >= limits.at_once_each:
        raise ModelBusy("Du har redan frågor hos den. Vänta tills de är besvarade om du vill ha dess ord.")
    if limits.at_once and at_once >= limits.at_once:
        raise ModelBusy("Den har fullt upp med andras frågor just nu.")
    if limits.day_each and who and spent_each + limits.most > limits.day_each * KRONA:
        raise ModelSpent("Det som dina frågor får kosta i dag är slut. I morgon går det igen.")
    if limits.day and spent + limits.most > limits.day * KRONA:
        raise ModelSpent("Det som den får kosta i dag är slut. I morgon går det igen.")
    await session.execute(_BEGIN, {"id": key, "who": who, "lasts": lasts, "cost": limits.most})


def _who(person: Viewer) -> str:
    """Whose answers count together: a key's or a person's; empty for the system."""
    return f"key {person.key_id}" if person.key_id else f"person {person.person_id}" if person.person_id else ""


async def spent_today(session: AsyncSession) -> tuple[int, int]:
    """How many answers a model has been asked for today, and their cost in öre; wants the system's scope."""
    midnight = dt.datetime.combine(today(), dt.time(), STOCKHOLM)
    query = text("SELECT count(*), coalesce(sum(cost), 0)::bigint FROM model_use WHERE begun_at >= :midnight")
    number, cost = (await session.execute(query, {"midnight": midnight})).one()
    return number, math.ceil(cost / 1_000_000)


async def sweep(session: AsyncSession) -> None:
    """Remove what was used before yesterday; wants the system's scope."""
    await session.execute(_SWEEP, {"kept": KEPT})
