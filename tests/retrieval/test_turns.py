import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, ScopedSessions, Viewer
from retrieval.answering import AT_ONCE, IN_TURN, Assistant, ask, stream
from retrieval.answers import Done, Status
from retrieval.turns import think

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
    assert 0 < max(at_once) <= AT_ONCE


async def test_who_waits_for_others_is_told_so(solmark: Assistant) -> None:
    taken = replace(solmark, turns=asyncio.Semaphore(1))
    async with asyncio.timeout(60):
        await taken.turns.acquire()
        told = stream(taken, SYSTEM, QUESTIONS[0], keep=False)
        assert isinstance(await anext(told), Status)
        assert await anext(told) == Status(IN_TURN)
        taken.turns.release()
        last = [event async for event in told][-1]
    assert isinstance(last, Done)
    assert not last.answer.abstained
