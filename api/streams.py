"""Server-sent events: how they are written, and how a stream stays open while nothing happens."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

Item = TypeVar("Item")

KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = b": kvar\n\n"
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Proxies must neither keep, compress nor buffer a stream."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the stream of an answer: after its event `number`, counted from 1; the last event is `LAST`."""

    answer_id: UUID
    number: int

    def __str__(self) -> str:
        """As the id of an event."""
        return f"{self.answer_id}.{_END if self.number == LAST else self.number}"


LAST = sys.maxsize
_END = "end"


def place(text: str) -> Place | None:
    """Return the place that a `Last-Event-ID` names; None when it names none."""
    answer_id, _, number = text.partition(".")
    if number != _END and not (number.isascii() and number.isdecimal() and len(number) <= len("999999")):
        return None
    try:
        return Place(UUID(answer_id), LAST if number == _END else int(number))
    except ValueError:
        return None


def event(data: str, name: str | None = None, at: Place | None = None) -> bytes:
    """Return one event; every line of `data` becomes a data line of its own. `at` is its id, to go on from."""
    lines = [f"id: {at}"] if at else []
    lines += [f"event: {name}"] if name else []
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
