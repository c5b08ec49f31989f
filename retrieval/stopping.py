"""A question that has been put: the id that its answer will have, and whether who asked has stopped it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from initiatives.base import new_id

Result = TypeVar("Result")


class Stopped(Exception):
    """Who asked has had enough."""


@dataclass(frozen=True, eq=False)
class Ticket:
    """What ties an answer under way to who waits for it."""

    id: uuid.UUID = field(default_factory=new_id)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    def stop(self) -> None:
        """End the work; what has been found and verified by then becomes the answer, marked as not complete."""
        self._stopped.set()

    async def unless_stopped(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work comes to; where this raises `Stopped` it was never begun, or has been cancelled and is over."""
        if self._stopped.is_set():
            work.close()
            raise Stopped
        doing, stopping = asyncio.create_task(work), asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise Stopped
            return doing.result()
        finally:
            for one in (doing, stopping):
                one.cancel()
            await asyncio.gather(doing, stopping, return_exceptions=True)
