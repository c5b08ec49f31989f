import asyncio
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import dependencies, shares
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.dependencies import CircularDependency, DependencyRow
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative
from initiatives.workflow import Status
from tests import factories


@pytest.fixture
async def three(session: AsyncSession) -> list[Initiative]:
    return [await factories.initiative(session, title=title) for title in ("Analys", "Beslut", "Centrum")]


async def test_only_writers_write_and_only_about_what_is_there(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    mine = await factories.initiative(session, shared_with=[partner.organisation_id])
    with pytest.raises(NotAllowed):
        await dependencies.depend(session, partner, mine.id, new_id())
    with pytest.raises(InvalidValue) as refused:
        await dependencies.depend(session, SYSTEM, mine.id, new_id())
    assert refused.value.field == "depends_on_id"
    with pytest.raises(NotFound):
        await dependencies.stop_depending(session, SYSTEM, mine.id, new_id())


async def test_a_ring_is_refused_and_the_way_is_named(session: AsyncSession, three: list[Initiative]) -> None:
    first, second, third = three
    await dependencies.depend(session, SYSTEM, third.id, second.id)
    await dependencies.depend(session, SYSTEM, second.id, first.id)
    await dependencies.depend(session, SYSTEM, third.id, first.id)
    await dependencies.depend(session, SYSTEM, third.id, first.id)
    with pytest.raises(CircularDependency, match="”Analys” → ”Centrum” → ”Analys”"):
        await dependencies.depend(session, SYSTEM, first.id, third.id)
    await dependencies.stop_depending(session, SYSTEM, third.id, first.id)
    with pytest.raises(CircularDependency, match="”Analys” → ”Centrum” → ”Beslut” → ”Analys”"):
        await dependencies.depend(session, SYSTEM, first.id, third.id)
    with pytest.raises(CircularDependency, match="”Analys” → ”Analys”"):
        await dependencies.depend(session, SYSTEM, first.id, first.id)
    assert len(await dependencies.list_dependencies(session, SYSTEM, second.id)) == 2


async def test_two_at_once_cannot_close_a_ring(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        one, other = [await factories.initiative(session, title=title) for title in ("A", "B")]

    async def depend(waits: Initiative, on: Initiative) -> bool:
        try:
            async with database.scoped(SYSTEM) as session:
                await dependencies.depend(session, SYSTEM, waits.id, on.id)
        except CircularDependency:
            return False
        return True

    assert sorted(await asyncio.gather(depend(one, other), depend(other, one))) == [False, True]


@pytest.mark.parametrize(
    ("starts_on", "status", "ends_on", "first", "clash"),
    [
        (date(2026, 5, 1), Status.DECIDED, date(2026, 4, 30), Status.ONGOING, False),
        (date(2026, 5, 1), Status.DECIDED, date(2026, 5, 1), Status.ONGOING, True),
        (date(2026, 5, 1), Status.DECIDED, date(2026, 5, 1), Status.FINISHED, False),
        (None, Status.ONGOING, None, Status.PAUSED, True),
        (None, Status.DECIDED, None, Status.PAUSED, False),
        (date(2026, 5, 1), Status.FINISHED, date(2026, 5, 1), Status.ONGOING, False),
    ],
)
def test_one_that_begins_before_the_other_is_finished_clashes(
    *, starts_on: date | None, status: Status, ends_on: date | None, first: Status, clash: bool
) -> None:
    assert DependencyRow(new_id(), "B", status, starts_on, new_id(), "A", first, ends_on).clash is clash


async def seen(session: AsyncSession, person: Viewer, initiative: Initiative) -> list[str]:
    await set_scope(session, person)
    rows = await dependencies.list_dependencies(session, person, initiative.id)
    await set_scope(session, SYSTEM)
    return [row.depends_on for row in rows]


async def test_a_partner_sees_a_dependency_only_with_both_its_ends(
    session: AsyncSession, three: list[Initiative]
) -> None:
    first, second, _ = three
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    await dependencies.depend(session, SYSTEM, second.id, first.id)
    await shares.share(session, SYSTEM, second.id, partner.organisation_id)
    assert await seen(session, partner, second) == []
    await shares.share(session, SYSTEM, first.id, partner.organisation_id, profile="översikt")
    assert await seen(session, partner, second) == ["Analys"]
    await shares.share(session, SYSTEM, second.id, partner.organisation_id, profile="översikt")
    assert await seen(session, partner, second) == []
