"""Thinking that takes a while, away from the event loop and one thing at a time.

Python runs one thread at a time. Were every question read in a thread of its own, a page that somebody opens meanwhile
would wait for all of them, again and again; now it waits for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def think(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the function comes to, in its turn."""
    return await asyncio.get_running_loop().run_in_executor(_thinker(), partial(work, *args, **kwargs))


@cache
def _thinker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="tanke")
