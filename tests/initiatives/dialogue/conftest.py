"""Two municipalities and their people, and a conversation with one of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, Role, Viewer
from initiatives.dialogue import entries
from initiatives.dialogue.entries import DialogueEntry
from tests import factories

DAY = date(2026, 11, 18)


@dataclass(frozen=True, slots=True)
class Towns:
    """Ekby is party to `entry`, Alby is not."""

    ekby: UUID
    alby: UUID
    ekby_partner: Viewer
    alby_partner: Viewer
    entry: DialogueEntry


async def entry(session: AsyncSession, *parties: UUID, **fields: Any) -> DialogueEntry:
    return await entries.create(
        session,
        SYSTEM,
        **{"held_on": DAY, "level": "tjänstemanna", "title": "Direktnummer", "party_ids": parties, **fields},
    )


@pytest.fixture
async def towns(session: AsyncSession) -> Towns:
    ekby, alby = [(await factories.organisation(session, name)).id for name in ("Ekby kommun", "Alby kommun")]
    people = [await factories.viewer(session, Role.PARTNER, organisation_id=one) for one in (ekby, alby)]
    return Towns(ekby, alby, people[0], people[1], await entry(session, ekby))
