"""Server-sent events: how they are written, and how a stream stays open while nothing happens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

Item = TypeVar("Item")

KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": kvar\n\n"
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Proxies must neither keep, compress nor buffer a stream."""


def event(data: str, name: str | None = None) -> bytes:
    """Return one event; every line of `data` becomes a data line of its own."""
    lines = [f"event: {name}"] if name else []
    lines += [f"data: {line}" for line in data.splitlines() or [""]]
    return ("\n".join(lines) + "\n\n").encode()


async def with_pauses(
    items: AsyncIterator[Item], every: float = KEEP_ALIVE_SECONDS
) -> AsyncGenerator[Item | None, None]:
    """Yield the items as they come, and None each time that `every` seconds pass without one.

    The iterator is closed when the reader goes away, whatever it was waiting for.
    """
    upcoming: asyncio.Future[Item] = asyncio.ensure_future(_next(items))
    try:
        while True:
            done, _ = await asyncio.wait({upcoming}, timeout=every)
            if not done:
                yield None
                continue
            try:
                item = upcoming.result()
            except StopAsyncIteration:
                return
            yield item
            upcoming = asyncio.ensure_future(_next(items))
    finally:
        upcoming.cancel()


async def _next(items: AsyncIterator[Item]) -> Item:
    return await anext(items)
