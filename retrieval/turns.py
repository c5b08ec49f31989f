"""Thinking that takes a while, away from the event loop, one thing at a time and after the pages that people wait for.

Python runs one thread at a time. Were every question read in a thread of its own, a page that somebody opens meanwhile
would wait for all of them, again and again; now it waits for one. That one pauses at `give_way` while a page is made,
which takes some milliseconds: both would otherwise take turns at every half millisecond, and the page twice as long.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
FIRST_FOR = 0.1
"""Seconds that a request goes first: one that has taken longer waits for something else than the processor."""
PATIENCE = 0.2
"""Seconds that one piece of thinking pauses at most in all, however many requests come."""
PAUSE = 0.001
REST = 0.5
"""For how long nobody thinks after a turn while others queue, as a share of how long it took."""

_first: dict[object, float] = {}
_mine = threading.local()


async def think(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function comes to, in its turn."""
    return await asyncio.get_running_loop().run_in_executor(_thinker(), _patient, partial(work, *args, **kwargs))


class Turns:
    """A queue for what takes the machine a while: one at a time, with a rest in between while others wait.

    A crowd gets its answers somewhat later, and whoever only opens a page does not notice that there is one.
    """

    def __init__(self) -> None:
        self._one = asyncio.Lock()
        self._waiting = 0
        self._begun = self._rested = 0.0

    @property
    def taken(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._one.locked()

    async def __aenter__(self) -> None:
        """Wait for one's turn, and for the rest after the one before."""
        self._waiting += 1
        try:
            await self._one.acquire()
        finally:
            self._waiting -= 1
        try:
            await asyncio.sleep(max(0.0, self._rested - time.monotonic()))
        except BaseException:
            self._one.release()
            raise
        self._begun = time.monotonic()

    async def __aexit__(self, *_: object) -> None:
        """Let the next one come."""
        now = time.monotonic()
        self._rested = now + REST * (now - self._begun) if self._waiting else now
        self._one.release()


def goes_first() -> object:
    """Let thinking pause for what begins now; returns what ends that when it is handed to `is_done`."""
    claim = object()
    _first[claim] = time.monotonic()
    return claim


def is_done(claim: object) -> None:
    """End a claim, which may have ended already."""
    _first.pop(claim, None)


def give_way() -> None:
    """Pause while a request goes first. Does nothing outside `think`, nor when that has paused enough."""
    left = getattr(_mine, "left", 0.0)
    while left > 0 and any(time.monotonic() - begun < FIRST_FOR for begun in tuple(_first.values())):
        paused = time.monotonic()
        time.sleep(PAUSE)
        left -= time.monotonic() - paused
        _mine.left = left


def _patient(work: Callable[[], T]) -> T:
    _mine.left = PATIENCE
    return work()


@cache
def _thinker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="tanke")
