"""Questions that were refused: noted for anyone, read by the programme group."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Role, set_scope
from initiatives.errors import NotAllowed
from retrieval import gaps
from tests import factories


async def test_gaps_are_noted_for_everyone_and_read_newest_first(session: AsyncSession) -> None:
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    asker = await factories.viewer(session, Role.PARTNER)
    await set_scope(session, asker)
    for number in range(3):
        await gaps.note(session, asker, f"Fråga {number}?", 0.1 * number)
    await set_scope(session, writer)
    rows, total = await gaps.list_gaps(session, writer, limit=2)
    assert ([row.question for row in rows], total) == (["Fråga 2?", "Fråga 1?"], 3)
    rest, _ = await gaps.list_gaps(session, writer, limit=2, offset=2)
    assert [row.question for row in rest] == ["Fråga 0?"]


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_the_programme_group_reads_gaps(session: AsyncSession, role: Role) -> None:
    person = await factories.viewer(session, role)
    await set_scope(session, person)
    with pytest.raises(NotAllowed):
        await gaps.list_gaps(session, person)
