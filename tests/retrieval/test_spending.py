"""Who may ask a language model at once, and what it may cost."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from api.database import Database
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.base import new_id
from retrieval import spending
from retrieval.metering import Limits, Meter, ModelFailed, Use
from retrieval.spending import ModelBusy, ModelSpent, metered

ANNA = Viewer(new_id(), new_id(), Role.READER, "Anna")
BO = Viewer(new_id(), new_id(), Role.READER, "Bo")
KEY = Viewer(None, new_id(), Role.READER, "Program", key_id=new_id())


def used(meter: Meter, sent: int, written: int) -> None:
    meter.begin(sent)
    meter.end(sent, written, Use(sent, written))


async def cost(sessions: ScopedSessions) -> int:
    """Return what has been spent today, in öre."""
    async with sessions(SYSTEM) as session:
        return (await spending.spent_today(session))[1]


async def test_nobody_has_more_at_once_than_one_may(sessions: ScopedSessions) -> None:
    limits = Limits(at_once=0, at_once_each=2)
    async with metered(sessions, ANNA, limits), metered(sessions, ANNA, limits):
        with pytest.raises(ModelBusy, match="Du har redan"):
            async with metered(sessions, ANNA, limits):
                pass
        async with metered(sessions, BO, limits), metered(sessions, KEY, limits), metered(sessions, SYSTEM, limits):
            pass
    async with metered(sessions, ANNA, limits):
        pass


async def test_of_many_at_once_exactly_as_many_as_may_get_a_place(database: Database) -> None:
    limits = Limits(at_once=3, at_once_each=0)
    async with AsyncExitStack() as held:
        entering = [held.enter_async_context(metered(database.scoped, ANNA, limits)) for _ in range(9)]
        came = await asyncio.gather(*entering, return_exceptions=True)
        assert sum(isinstance(one, Meter) for one in came) == 3
        assert sum(isinstance(one, ModelBusy) for one in came) == 6


async def test_a_place_comes_back_when_its_process_was_killed(sessions: ScopedSessions) -> None:
    limits = Limits(at_once=1, seconds=5)
    async with metered(sessions, ANNA, limits):
        with pytest.raises(ModelBusy):
            async with metered(sessions, BO, limits):
                pass
        async with sessions(SYSTEM) as session:
            await session.execute(text("UPDATE model_use SET ends_at = clock_timestamp() - interval '1 second'"))
        async with metered(sessions, BO, limits):
            pass


async def test_an_answer_costs_what_the_server_said(sessions: ScopedSessions) -> None:
    limits = Limits(price_sent=10_000, price_written=1_000_000)
    async with metered(sessions, ANNA, limits) as meter:
        used(meter, 1_000, 20)
        used(meter, 2_000, 30)
    assert await cost(sessions) == 10 + 20 + 20 + 30


async def test_an_answer_of_which_nothing_is_said_costs_the_most_that_it_may(sessions: ScopedSessions) -> None:
    limits = Limits(sent=1_000, written=100, price_sent=10_000, price_written=1_000_000)
    async with metered(sessions, ANNA, limits) as meter:
        used(meter, 10, 1)
        meter.begin(10)
        meter.end(10, 1, None)
    assert await cost(sessions) == 10 + 100


async def test_what_the_server_refused_costs_nothing(sessions: ScopedSessions) -> None:
    limits = Limits(price_written=1_000_000)
    async with metered(sessions, ANNA, limits) as meter:
        meter.begin(10)
        meter.refused = True
    async with metered(sessions, ANNA, limits):
        pass
    assert await cost(sessions) == 0


async def test_the_ceilings_hold_for_each_and_for_all(sessions: ScopedSessions) -> None:
    """An answer may cost 40 öre at most, and does."""
    limits = Limits(sent=1_000, written=40, price_written=1_000_000, day=2, day_each=1)
    for person in (ANNA, ANNA, BO, BO):
        async with metered(sessions, person, limits) as meter:
            used(meter, 1, 40)
        assert await cost(sessions) <= 200
    with pytest.raises(ModelSpent, match="dina frågor"):
        async with metered(sessions, ANNA, limits):
            pass
    async with metered(sessions, KEY, limits) as meter:
        used(meter, 1, 40)
    with pytest.raises(ModelSpent, match="den får kosta"):
        async with metered(sessions, KEY, limits):
            pass


async def test_answers_under_way_count_as_spent(sessions: ScopedSessions) -> None:
    limits = Limits(sent=1_000, written=60, price_written=1_000_000, day=1)
    async with metered(sessions, ANNA, limits) as meter:
        with pytest.raises(ModelSpent):
            async with metered(sessions, BO, limits):
                pass
        used(meter, 1, 10)
    async with metered(sessions, BO, limits):
        pass


async def test_yesterday_is_another_day_and_the_day_before_is_forgotten(sessions: ScopedSessions) -> None:
    limits = Limits(sent=1_000, written=60, price_written=1_000_000, day=1)
    async with metered(sessions, ANNA, limits) as meter:
        used(meter, 1, 60)
    async with sessions(SYSTEM) as session:
        await session.execute(text("UPDATE model_use SET begun_at = begun_at - interval '25 hours'"))
    async with metered(sessions, ANNA, limits):
        pass
    async with sessions(SYSTEM) as session:
        await spending.sweep(session)
        assert await session.scalar(text("SELECT count(*) FROM model_use")) == 2
        await session.execute(text("UPDATE model_use SET begun_at = begun_at - interval '25 hours'"))
        await spending.sweep(session)
        assert await session.scalar(text("SELECT count(*) FROM model_use")) == 1


async def test_nobody_but_the_system_reads_who_has_asked(database: Database) -> None:
    async with metered(database.scoped, ANNA, Limits()), database.scoped(ANNA) as session:
        assert await session.scalar(text("SELECT count(*) FROM model_use")) == 0


def test_an_answer_neither_sends_nor_writes_more_than_it_may() -> None:
    meter = Limits(sent=100, written=50).meter()
    meter.begin(60)
    meter.end(60, 50, None)
    with pytest.raises(ModelFailed, match="så mycket som den får"):
        meter.begin(10)
    with pytest.raises(ModelFailed, match="längre än"):
        Limits(sent=100).meter().begin(101)
