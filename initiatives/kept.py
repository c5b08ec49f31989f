"""What is worked out of the whole register is kept until somebody writes; the newest line of the diary tells.

Every write leaves a line in the diary in its own transaction, in the order of the commits, so the hash of the newest
one, those of new documents aside, stands for the state of the register. It is read in the transaction that asks,
together with the settings that the policies read and the day: the same of all that, and of what is asked for, is the
same answer.
"""

from collections.abc import Awaitable, Callable, Hashable
from functools import cache
from typing import TypeVar

from sqlalchemy import Text, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, quick
from initiatives.access import KEPT, Viewer, sees_all
from initiatives.quick import Statement
from initiatives.swedish import today

MOST = 250
"""Answers that a process keeps at once."""
Found = TypeVar("Found")


async def kept(session: AsyncSession, person: Viewer, asked: Hashable, make: Callable[[], Awaitable[Found]]) -> Found:
    """Return what `make` returns, made once for each state of the register, reader and day.

    `asked` is a name and all else that the answer depends on. What is returned is shared: it must not be changed.
    Nothing is kept of what those see who see a part of the register, nor in a transaction that has written something,
    which sees what nobody else does and may be undone.
    """
    store = session.info.get(KEPT)
    if store is None or not sees_all(person):
        return await make()
    [standing] = await quick.rows(session, _standing())
    if standing["head"] is None:
        return await make()
    key = (*standing, today(), person, asked)
    if key not in store:
        found = await make()
        remember(store, key, found)
        return found
    known: Found = store[key]
    return known


def remember(store: dict[Hashable, object], key: Hashable, found: object) -> None:
    """Keep something, and forget what has been kept longest if there is too much."""
    while len(store) >= MOST:
        store.pop(next(iter(store)))
    store[key] = found


@cache
def _standing() -> Statement:
    scope = (func.current_setting(f"narplan.{name}", true()) for name in ("role", "person", "organisation", "key"))
    return quick.statement(select(activity.head().label("head"), cast(func.narplan_today(), Text), *scope))
