import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, ScopedSessions, Viewer
from retrieval.answering import IN_TURN, Assistant, ask, stream
from retrieval.answers import Done, Status
from retrieval.turns import PATIENCE, REST, Turns, give_way, goes_first, is_done, think

CROWD = 20
QUESTIONS = ("Hur lång är uppsägningstiden i samverkansavtalet?", "Vem vann fotbolls-VM?")


async def test_work_is_done_one_at_a_time_and_in_turn() -> None:
    busy, order, met = threading.Lock(), list[int](), list[bool]()

    def work(number: int) -> int:
        met.append(busy.acquire(blocking=False))
        order.append(number)
        busy.release()
        return number

    assert await asyncio.gather(*(think(work, number) for number in range(CROWD))) == list(range(CROWD))
    assert order == list(range(CROWD))
    assert all(met)


async def test_thinking_pauses_while_a_page_is_made_and_goes_on_when_it_is() -> None:
    order: list[str] = []

    def work() -> None:
        give_way()
        order.append("thought")

    claim = goes_first()
    thinking = asyncio.create_task(think(work))
    await asyncio.sleep(0.02)
    order.append("page")
    is_done(claim)
    await thinking
    assert order == ["page", "thought"]


async def test_thinking_does_not_wait_for_what_takes_long_nor_for_ever() -> None:
    def work() -> int:
        for _ in range(1000):
            claims.append(goes_first())
            give_way()
        return len(claims)

    claims = [goes_first()]
    try:
        async with asyncio.timeout(20 * PATIENCE):
            assert await think(work) == 1001
            await think(give_way)
    finally:
        for claim in claims:
            is_done(claim)


def test_what_is_not_thinking_gives_way_to_nobody() -> None:
    claim = goes_first()
    try:
        begun = time.monotonic()
        give_way()
        assert time.monotonic() - begun < PATIENCE
    finally:
        is_done(claim)


async def test_a_queue_rests_between_turns_and_nobody_rests_who_is_alone() -> None:
    turns, ends, begins = Turns(), list[float](), list[float]()

    async def turn() -> None:
        async with turns:
            begins.append(time.monotonic())
            await asyncio.sleep(0.05)
            ends.append(time.monotonic())

    await asyncio.gather(turn(), turn())
    assert begins[1] - ends[0] >= REST * 0.045
    await turn()
    assert not turns.taken


async def test_who_gives_up_in_the_queue_or_the_rest_leaves_it_to_the_next() -> None:
    turns = Turns()
    await turns.__aenter__()
    waiting = [asyncio.create_task(turns.__aenter__()) for _ in range(2)]
    await asyncio.sleep(0.02)
    waiting[0].cancel()
    await turns.__aexit__()
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(1), turns:
        assert turns.taken


def noted(sessions: ScopedSessions, at_once: list[int]) -> ScopedSessions:
    """Note how many are open at once, but for the first of each task, which sees what there is to search."""
    opened, now = Counter[asyncio.Task[object] | None](), 0

    @contextlib.asynccontextmanager
    async def scoped(person: Viewer) -> AsyncIterator[AsyncSession]:
        nonlocal now
        task = asyncio.current_task()
        opened[task] += 1
        looked_into = opened[task] > 1
        now += looked_into
        at_once.append(now)
        async with sessions(person) as session:
            yield session
        now -= looked_into

    return scoped


async def test_a_crowd_gets_the_answers_that_each_would_get_alone_and_leaves_the_database_to_others(
    solmark: Assistant,
) -> None:
    alone = [(await ask(solmark, SYSTEM, question, keep=False)).answer for question in QUESTIONS]
    at_once: list[int] = []
    crowded = replace(solmark, sessions=noted(solmark.sessions, at_once))
    asked = [ask(crowded, SYSTEM, QUESTIONS[number % 2], keep=False) for number in range(CROWD)]
    answers = await asyncio.gather(*asked)
    assert [answer.answer for answer in answers] == [alone[number % 2] for number in range(CROWD)]
    assert max(at_once) == 1


async def test_who_waits_for_others_is_told_so(solmark: Assistant) -> None:
    taken = replace(solmark, turns=Turns())
    async with asyncio.timeout(60):
        await taken.turns.__aenter__()
        told = stream(taken, SYSTEM, QUESTIONS[0], keep=False)
        assert isinstance(await anext(told), Status)
        assert await anext(told) == Status(IN_TURN)
        await taken.turns.__aexit__()
        last = [event async for event in told][-1]
    assert isinstance(last, Done)
    assert not last.answer.abstained
