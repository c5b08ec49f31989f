from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import coverage, overview, taxonomy
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.coverage import Rule
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.organisations import OrganisationKind
from initiatives.overview import Filters
from initiatives.taxonomy import ItemData, ItemKind, NodeData, TaxonomyData
from tests import factories


async def loaded(session: AsyncSession, *nodes: NodeData, name: str = "T") -> dict[str, UUID]:
    owner = await factories.organisation(session, kind=OrganisationKind.REGION)
    made = await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData(name, nodes))
    return {node.code: node.id for node in await taxonomy.list_nodes(session, taxonomy_id=made.id)}


def area(code: str, **more: object) -> NodeData:
    return NodeData("delområde", code, f"Delområde {code}", **more)  # type: ignore[arg-type]


def foundation(code: str) -> NodeData:
    return NodeData("grundförutsättning", code, f"Grund {code}")


def said(found: coverage.Coverage) -> list[tuple[Rule, str]]:
    return [(gap.rule, gap.node.removeprefix("Delområde ")) for gap in found.gaps]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.READER])
async def test_who_sees_a_part_is_shown_no_coverage(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    await factories.nodes(session)
    with pytest.raises(NotAllowed):
        await coverage.coverage(session, someone)


async def test_without_a_taxonomy_there_is_nothing_to_cover(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match="Läs in en"):
        await coverage.coverage(session, SYSTEM)
    with pytest.raises(NotFound):
        await coverage.coverage(session, SYSTEM, taxonomy_id=new_id())
    await loaded(session)
    with pytest.raises(NotFound, match="inga noder"):
        await coverage.coverage(session, SYSTEM)


async def test_cells_count_and_name_what_stands_under_both_nodes_and_is_not_cancelled(session: AsyncSession) -> None:
    ids = await loaded(session, area("1"), area("2"), foundation("A"), foundation("B"))
    both = [ids["1"], ids["A"], ids["B"]]
    await factories.initiative(session, title="Ö", node_ids=both, status="pågår")
    await factories.initiative(session, title="Å", node_ids=both[:2])
    await factories.initiative(session, title="Avbrutet", node_ids=both, status="avbrutet")
    await factories.initiative(session, title="Bara grund", node_ids=[ids["B"]])
    found = await coverage.coverage(session, SYSTEM)
    cells = {(cell.row_id, cell.column_id): cell for cell in found.cells}
    assert [(cell.row_id, cell.column_id) for cell in found.cells] == [
        (ids[row], ids[column]) for row in "12" for column in "AB"
    ]
    assert [one.title for one in cells[ids["1"], ids["A"]].initiatives] == ["Å", "Ö"]
    assert [cells[ids["1"], ids["B"]].count, cells[ids["2"], ids["A"]].count] == [1, 0]
    assert [found.totals[ids[code]] for code in "12AB"] == [2, 0, 2, 2]
    counted = Filters(node_ids=(ids["1"], ids["A"]), statuses=coverage.COVERING)
    assert (await overview.list_initiatives(session, SYSTEM, counted))[1] == 2


async def test_many_are_counted_and_the_first_named(session: AsyncSession) -> None:
    ids = await loaded(session, area("1"), foundation("A"))
    for number in range(coverage.MOST_NAMED + 2):
        await factories.initiative(session, title=f"Nummer {number:02}", node_ids=list(ids.values()))
    [cell] = (await coverage.coverage(session, SYSTEM)).cells
    assert cell.count == coverage.MOST_NAMED + 2
    assert [one.title for one in cell.initiatives] == [f"Nummer {one:02}" for one in range(coverage.MOST_NAMED)]


async def test_what_stands_below_or_under_a_replaced_node_counts(session: AsyncSession) -> None:
    owner = await factories.organisation(session, kind=OrganisationKind.REGION)
    await taxonomy.load(session, SYSTEM, owner.id, TaxonomyData("Förr", (area("1"), area("2"))))
    old = {node.code: node.id for node in await taxonomy.list_nodes(session)}
    new = TaxonomyData(
        "Nu",
        (
            NodeData("mål", "M", "Målet"),
            NodeData("inriktning", "I1", "Ett", parent="M", replaces=("1", "2")),
            NodeData("inriktning", "I2", "Två", parent="M", replaces=()),
        ),
        valid_from=date(2026, 1, 1),
        replaces="Förr",
    )
    await taxonomy.load(session, SYSTEM, owner.id, new)
    await factories.initiative(session, title="Kvar", node_ids=[old["1"], old["2"]])
    found = await coverage.coverage(session, SYSTEM)
    assert (found.taxonomy.name, found.row_dimension.name, found.column_dimension) == ("Nu", "inriktning", None)
    assert [(cell.column_id, cell.count) for cell in found.cells] == [(None, 1), (None, 0)]
    assert list(found.totals.values()) == [1, 1, 0]
    across = await coverage.coverage(session, SYSTEM, rows="inriktning", columns="mål")
    assert [cell.count for cell in across.cells] == [1, 0]
    with pytest.raises(InvalidValue) as refused:
        await coverage.coverage(session, SYSTEM, columns="delområde")
    assert refused.value.field == "columns"


async def test_a_prioritised_node_wants_an_initiative_with_somebody_and_a_date(session: AsyncSession) -> None:
    ids = await loaded(session, *(area(code, prioritised=True) for code in "1234"), area("5"))
    someone = await factories.person(session)
    await factories.initiative(session, node_ids=[ids["2"]])
    await factories.initiative(session, node_ids=[ids["3"]], responsible_id=someone.id)
    await factories.initiative(session, node_ids=[ids["3"], ids["4"]], ends_on=date(2026, 12, 31))
    await factories.initiative(session, node_ids=[ids["4"]], responsible_id=someone.id)
    await factories.initiative(session, node_ids=[ids["1"]], responsible_id=someone.id, status="avbrutet")
    found = await coverage.coverage(session, SYSTEM)
    assert said(found) == [(Rule.INITIATIVE, "1"), (Rule.RESPONSIBLE, "2"), (Rule.DATE, "2")]
    assert found.gaps[0].text == "Delområde 1 är prioriterat men har inget initiativ."
    assert all(gap.remedy.endswith(".") for gap in found.gaps)


async def test_examples_and_start_orders_are_missed_where_others_have_them(session: AsyncSession) -> None:
    example, idea = ItemData(ItemKind.EXAMPLE, "Finns"), ItemData(ItemKind.IDEA, "Kan bli")
    ids = await loaded(
        session,
        area("1", items=(example,), start_order="snarast"),
        area("2", items=(idea,)),
        area("3", items=(idea,)),
        area("4"),
    )
    await factories.initiative(session, node_ids=[ids["3"]], status="pågår")
    found = await coverage.coverage(session, SYSTEM)
    assert said(found) == [
        (Rule.EXAMPLE, "2"),
        (Rule.EXAMPLE, "4"),
        *((Rule.START, code) for code in "234"),
    ]


async def test_a_taxonomy_that_says_nothing_of_examples_or_starts_misses_none(session: AsyncSession) -> None:
    await loaded(session, area("1"), area("2"))
    assert (await coverage.coverage(session, SYSTEM)).gaps == []
