"""How most tables are read, added to and changed: as the functions of their own rooms do it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, sees_all
from initiatives.exchange.columns import Add, Fields, Revise, Rows
from initiatives.records import Record, shown

Seen = Callable[[Viewer], ColumnElement[bool]]


def whole(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on rows that only those see who see the whole register."""
    return true() if sees_all(person) else false()


def listed(model: type[Record], seen: Seen, *order: Any) -> Rows:
    """Return how to list the rows of a model that a person sees."""

    async def rows(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
        return [shown(row) for row in await session.scalars(select(model).where(seen(person)).order_by(*order))]

    return rows


def added(create: Callable[..., Awaitable[Any]], *places: str) -> Add:
    """Return how to add a row with a room's own function, which takes the fields in `places` first, in that order."""

    async def add(session: AsyncSession, person: Viewer, given: dict[str, Any]) -> UUID:
        first = [given.pop(name) for name in places]
        made: UUID = (await create(session, person, *first, **given)).id
        return made

    return add


def revised(revise: Callable[..., Awaitable[object]]) -> Revise:
    """Return how to change a row with a room's own function, which takes the changed fields by name."""

    async def change(
        session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
    ) -> object:
        return await revise(session, person, identifier, revision=revision, **given)

    return change
