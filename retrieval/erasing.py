"""Erasing a person from everything: the register's own rows, and the kept answers that name them."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import personal_data
from initiatives.access import Viewer
from initiatives.people import Person
from initiatives.personal_data import Erasure
from retrieval import conversations


async def erase(
    session: AsyncSession, person: Viewer, person_id: uuid.UUID, *, confirm: str, hand_over_to: uuid.UUID | None = None
) -> Erasure:
    """Do what `personal_data.erase` does, and take from everybody's conversations what the register said of the person.

    Wants a session with the system's scope. Raises as `personal_data.erase`.
    """
    found = await session.get(Person, person_id)
    name = found.name if found is not None else ""
    done = await personal_data.erase(session, person, person_id, confirm=confirm, hand_over_to=hand_over_to)
    if name:
        await conversations.forget_name(session, name)
    return done
