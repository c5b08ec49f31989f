from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import taxonomy
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.taxonomy import Dimension, NodeData, TaxonomyData
from tests import factories

AREA = NodeData(Dimension.AREA, "D1", "Samverkan", prioritised=True)


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_load_a_taxonomy(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    with pytest.raises(NotAllowed):
        await taxonomy.load(session, someone, new_id(), TaxonomyData("T", (AREA,)))


async def test_a_code_is_given_once_and_a_period_runs_forwards(session: AsyncSession) -> None:
    owner = await factories.organisation(session)
    with pytest.raises(InvalidValue):
        await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("T", (AREA, AREA)))
    backwards = TaxonomyData("T", (AREA,), valid_from=date(2026, 1, 1), valid_to=date(2025, 1, 1))
    with pytest.raises(InvalidValue):
        await taxonomy.load(session, SYSTEM, owner.id, backwards)


async def test_nodes_come_by_dimension_and_then_in_loaded_order(session: AsyncSession) -> None:
    nodes = await factories.nodes(session)
    assert [node.code for node in nodes] == ["S1", "D1", "D7", "G1"]
    areas = await taxonomy.list_nodes(session, dimension=Dimension.AREA)
    assert [(node.name, node.prioritised) for node in areas] == [("Samverkan", True), ("Äldres behov", False)]
    assert areas[1].aliases == ("äldre",)


async def test_loading_again_keeps_identities_and_changes_only_what_differs(session: AsyncSession) -> None:
    owner = await factories.organisation(session)
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("T", (AREA,)))
    before = await taxonomy.list_nodes(session)
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("T", (AREA,)))
    assert await taxonomy.list_nodes(session) == before
    renamed = NodeData(Dimension.AREA, "D1", "Samverkan med kommunerna")
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("T", (renamed,)))
    [node] = await taxonomy.list_nodes(session)
    assert (node.id, node.name, node.prioritised) == (before[0].id, "Samverkan med kommunerna", False)


async def test_only_the_taxonomy_that_holds_today_is_listed(session: AsyncSession) -> None:
    owner = await factories.organisation(session)
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("Förr", (AREA,), valid_to=date(2001, 1, 1)))
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("Sen", (AREA,), valid_from=date(2199, 1, 1)))
    assert await taxonomy.list_nodes(session) == []


async def test_a_node_that_is_not_there_is_not_found(session: AsyncSession) -> None:
    [node, *_] = await factories.nodes(session)
    assert await taxonomy.get_node(session, node.id) == node
    with pytest.raises(NotFound):
        await taxonomy.get_node(session, new_id())
