from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import saved_filters
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.errors import AlreadyExists, InvalidValue, NotAllowed, NotFound
from initiatives.saved_filters import MOST, Query, SavedFilter
from tests import factories


@pytest.fixture
async def asa(session: AsyncSession) -> Viewer:
    someone = await factories.viewer(session, Role.PARTNER)
    await set_scope(session, someone)
    return someone


async def test_a_key_has_no_filters(session: AsyncSession) -> None:
    with pytest.raises(NotAllowed):
        await saved_filters.save(session, SYSTEM, name="Mitt", query=Query())
    assert await saved_filters.list_filters(session, SYSTEM) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("q", "x" * 201), ("status", ("klart",)), ("year", 12), ("sort", "slump"), ("view", "karta")],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, asa: Viewer, field: str, value: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        await saved_filters.save(session, asa, name="Mitt", query=Query(**{field: value}))
    assert refused.value.field == field
    with pytest.raises(InvalidValue):
        await saved_filters.save(session, asa, name=" ", query=Query())


async def test_a_filter_is_kept_whole_and_replaced_by_its_name(session: AsyncSession, asa: Viewer) -> None:
    asked = Query(
        q="äldre",
        status=("pågår", "pausat"),
        node=(new_id(),),
        organisation=new_id(),
        responsible=new_id(),
        year=2026,
        shared_with=new_id(),
        sort="-updated_at",
        view="tavla",
    )
    first = await saved_filters.save(session, asa, name="  Mitt ", query=asked, is_default=True)
    assert await saved_filters.list_filters(session, asa) == [first]
    assert (first.name, first.query, first.is_default) == ("Mitt", asked, True)
    again = await saved_filters.save(session, asa, name="Mitt", query=replace(asked, q=""))
    assert (again.id, again.query.q, again.is_default) == (first.id, "", False)


async def test_only_one_is_the_default(session: AsyncSession, asa: Viewer) -> None:
    for name in ("A", "B", "A"):
        await saved_filters.save(session, asa, name=name, query=Query(), is_default=True)
    found = await saved_filters.list_filters(session, asa)
    assert [(one.name, one.is_default) for one in found] == [("A", True), ("B", False)]


async def test_they_are_ones_own_alone(session: AsyncSession, asa: Viewer) -> None:
    mine = await saved_filters.save(session, asa, name="Mitt", query=Query())
    await set_scope(session, SYSTEM)
    other = await factories.viewer(session, Role.ADMINISTRATOR)
    await set_scope(session, other)
    assert (await session.scalars(select(SavedFilter))).all() == []
    assert await saved_filters.list_filters(session, other) == []
    with pytest.raises(NotFound):
        await saved_filters.remove(session, other, mine.id)
    await set_scope(session, asa)
    await saved_filters.remove(session, asa, mine.id)
    assert await saved_filters.list_filters(session, asa) == []


async def test_there_is_an_end_to_how_many(session: AsyncSession, asa: Viewer) -> None:
    for number in range(MOST):
        await saved_filters.save(session, asa, name=f"{number}", query=Query())
    with pytest.raises(AlreadyExists):
        await saved_filters.save(session, asa, name="Ett till", query=Query())
    await saved_filters.save(session, asa, name="0", query=Query(q="nytt"))
