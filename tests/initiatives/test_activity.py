import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Role
from tests import factories


async def test_a_partner_reads_nothing_in_the_diary(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    await factories.initiative(session, shared_with=[partner.organisation_id])
    assert await activity.list_activity(session, partner) == ((), 0)


async def test_the_newest_comes_first_page_by_page(session: AsyncSession) -> None:
    first, second = await factories.initiative(session), await factories.initiative(session)
    rows, total = await activity.list_activity(session, SYSTEM, subject_type="initiative", limit=1)
    assert ([row.subject_id for row in rows], total) == ([second.id], 2)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="initiative", limit=1, offset=1)
    assert [row.subject_id for row in rows] == [first.id]


@pytest.mark.parametrize("statement", ["UPDATE activity SET action = 'x'", "DELETE FROM activity"])
async def test_not_even_the_system_rewrites_the_diary(session: AsyncSession, statement: str) -> None:
    await factories.initiative(session)
    await session.flush()
    before = await activity.list_activity(session, SYSTEM)
    try:
        async with session.begin_nested():
            await session.execute(text(statement))
    except DBAPIError:
        pass
    session.expire_all()
    assert await activity.list_activity(session, SYSTEM) == before
