"""Kinds of node as data, versions that replace each other, and files of all three forms."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, overview, taxonomy
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NotAllowed, NotFound, StaleVersion
from initiatives.organisations import OrganisationKind
from initiatives.overview import Filters
from initiatives.taxonomy import (
    Axis,
    Dimension,
    DimensionData,
    ItemData,
    ItemKind,
    NodeData,
    TaxonomyData,
    editing,
    files,
    versions,
)
from tests import factories

OLD = TaxonomyData(
    "Plan 2025",
    (NodeData(Dimension.AREA, "D1", "Samverkan"), NodeData(Dimension.AREA, "D2", "Egenvård")),
    valid_from=date(2025, 1, 1),
)
NEW = TaxonomyData(
    "Plan 2026",
    (
        NodeData(Dimension.AREA, "D1", "Samverkan med kommunerna"),
        NodeData(Dimension.AREA, "D9", "Hälsa hemma", replaces=("D2",)),
        NodeData(Dimension.AREA, "D10", "Digitalt", replaces=()),
    ),
    valid_from=date(2026, 1, 1),
    replaces="Plan 2025",
)


async def region(session: AsyncSession) -> Any:
    return (await factories.organisation(session, kind=OrganisationKind.REGION)).id


async def test_another_regions_plan_has_its_own_kinds_of_node(session: AsyncSession) -> None:
    """Five target areas with eighteen directions under them, loaded like any other plan."""
    targets = [NodeData("målområde", f"M{one}", f"Mål {one}") for one in range(1, 6)]
    directions = [NodeData("inriktning", f"I{one}", f"Inriktning {one}", parent=f"M{one % 5 + 1}") for one in range(18)]
    kinds = (DimensionData("målområde", "målområden", Axis.COLUMNS), DimensionData("inriktning", "inriktningar"))
    loaded = await taxonomy.load(
        session, SYSTEM, await region(session), TaxonomyData("Storstad", (*targets, *directions), dimensions=kinds)
    )
    nodes = await taxonomy.list_nodes(session, taxonomy_id=loaded.id)
    assert [node.dimension for node in nodes] == ["målområde"] * 5 + ["inriktning"] * 18
    assert [(one.plural, one.axis) for one in await taxonomy.list_dimensions(session, loaded.id)] == [
        ("målområden", Axis.COLUMNS),
        ("inriktningar", None),
    ]
    ids = {node.code: node.id for node in nodes}
    assert [node.parent_id for node in nodes if node.code == "I0"] == [ids["M1"]]
    assert len(await taxonomy.list_nodes(session, dimension="inriktning")) == 18
    with pytest.raises(InvalidValue, match="inget slag ”delmål”"):
        await taxonomy.list_nodes(session, dimension="delmål")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("dimension", {"nodes": (NodeData("mål", "1", "A"),), "dimensions": (DimensionData("delmål"),)}),
        ("dimensions", {"nodes": (), "dimensions": (DimensionData("mål"), DimensionData("mål"))}),
        ("dimensions", {"nodes": (), "dimensions": tuple(DimensionData(one, "", Axis.ROWS) for one in "ab")}),
        ("parent", {"nodes": (NodeData("mål", "1", "A", parent="2"),)}),
        ("parent", {"nodes": (NodeData("mål", "1", "A", parent="2"), NodeData("mål", "2", "B", parent="1"))}),
        ("code", {"nodes": (NodeData("mål", "1", "A"), NodeData("mål", "1", "B"))}),
        ("replaces", {"nodes": (), "replaces": "Finns inte"}),
        ("replaces", {"nodes": (), "replaces": "Plan 2025", "name": "Plan 2025"}),
        ("replaces", {"nodes": (NodeData("mål", "1", "A", replaces=("D7",)),), "replaces": "Plan 2025"}),
        ("valid_from", {"nodes": (), "replaces": "Plan 2025", "valid_from": date(2024, 1, 1)}),
    ],
)
async def test_what_cannot_be_loaded_names_its_field(session: AsyncSession, field: str, wrong: dict[str, Any]) -> None:
    owner = await region(session)
    await taxonomy.load(session, SYSTEM, owner, OLD)
    with pytest.raises(InvalidValue) as refused:
        await taxonomy.load(session, SYSTEM, owner, TaxonomyData(**{"name": "T", **wrong}))
    assert refused.value.field == field


async def test_a_new_version_maps_the_nodes_of_the_old_and_ends_it(session: AsyncSession) -> None:
    owner = await region(session)
    old = await taxonomy.load(session, SYSTEM, owner, OLD)
    before = {node.code: node.id for node in await taxonomy.list_nodes(session, taxonomy_id=old.id)}
    new = await taxonomy.load(session, SYSTEM, owner, NEW)
    after = {node.code: node.id for node in await taxonomy.list_nodes(session, taxonomy_id=new.id)}
    whole = await versions.get_whole(session, new.id)
    assert set(whole.replaced) == {(after["D1"], before["D1"]), (after["D9"], before["D2"])}
    assert [(one.replaces_id, one.name) for one in await taxonomy.successors(session, [before["D2"]])] == [
        (before["D2"], "Hälsa hemma")
    ]
    assert (await versions.get_taxonomy(session, old.id)).valid_to == date(2025, 12, 31)
    assert [(row.name, row.holds, row.nodes) for row in await versions.list_taxonomies(session)] == [
        ("Plan 2026", True, 3),
        ("Plan 2025", False, 2),
    ]
    current = await versions.current(session)
    assert current is not None
    assert (current.id, current.replaces_id) == (new.id, old.id)


async def test_an_initiative_keeps_its_node_and_is_found_under_the_one_that_replaces_it(session: AsyncSession) -> None:
    owner = await region(session)
    old = await taxonomy.load(session, SYSTEM, owner, OLD)
    before = {node.code: node.id for node in await taxonomy.list_nodes(session, taxonomy_id=old.id)}
    initiative = await factories.initiative(session, node_ids=[before["D2"]])
    new = await taxonomy.load(session, SYSTEM, owner, NEW)
    after = {node.code: node.id for node in await taxonomy.list_nodes(session, taxonomy_id=new.id)}
    [node] = (await overview.get(session, SYSTEM, initiative.id)).nodes or ()
    assert (node.id, node.valid_to) == (before["D2"], date(2025, 12, 31))
    for code, expected in {"D9": 1, "D1": 0, "D10": 0}.items():
        _, total = await overview.list_initiatives(session, SYSTEM, Filters(node_ids=(after[code],)))
        assert total == expected, code


async def test_loading_twice_changes_nothing_also_of_items_and_successions(session: AsyncSession) -> None:
    owner = await region(session)
    await taxonomy.load(session, SYSTEM, owner, OLD)
    items = (ItemData(ItemKind.IDEA, "Gemensam jour"), ItemData(ItemKind.EXAMPLE, "Avtal om jour"))
    data = TaxonomyData(
        "Plan 2026", (NodeData("delområde", "D1", "Samverkan", items=items),), date(2026, 1, 1), replaces="Plan 2025"
    )
    loaded = await taxonomy.load(session, SYSTEM, owner, data)
    whole = await versions.get_whole(session, loaded.id)
    rows = await activity.head_number(session)
    await taxonomy.load(session, SYSTEM, owner, data)
    assert await versions.get_whole(session, loaded.id) == whole
    assert await activity.head_number(session) == rows
    assert [(item.kind, item.text) for item in whole.items] == [
        (ItemKind.IDEA, "Gemensam jour"),
        (ItemKind.EXAMPLE, "Avtal om jour"),
    ]
    fewer = NodeData("delområde", "D1", "Samverkan", items=items[1:])
    await taxonomy.load(session, SYSTEM, owner, TaxonomyData("Plan 2026", (fewer,), date(2026, 1, 1)))
    left = await versions.list_items(session, [whole.nodes[0].id])
    assert [(item.id, item.text) for item in left] == [(whole.items[1].id, "Avtal om jour")]


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_change_a_taxonomy(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    [node, *_] = await factories.nodes(session)
    for change in (
        versions.revise(session, someone, node.taxonomy_id, {"valid_to": None}, revision=None),
        editing.revise_node(session, someone, node.id, {"name": "B"}, revision=None),
        editing.add_item(session, someone, node.id, kind="idé", text="A"),
        editing.remove_item(session, someone, new_id()),
    ):
        with pytest.raises(NotAllowed):
            await change


async def test_validity_and_nodes_are_changed_by_those_who_read_the_newest(session: AsyncSession) -> None:
    owner = await region(session)
    [node, *_] = await factories.nodes(session, owner)
    other = await taxonomy.load(session, SYSTEM, owner, OLD)
    await versions.revise(session, SYSTEM, other.id, {"valid_to": date(2025, 6, 30)}, revision=1)
    assert (await versions.get_taxonomy(session, other.id)).valid_to == date(2025, 6, 30)
    with pytest.raises(InvalidValue):
        await versions.revise(session, SYSTEM, other.id, {"valid_to": date(2024, 6, 30)}, revision=2)
    name = (await versions.get_taxonomy(session, node.taxonomy_id)).name
    with pytest.raises(AlreadyExists):
        await versions.revise(session, SYSTEM, other.id, {"name": name}, revision=2)
    with pytest.raises(StaleVersion):
        await versions.revise(session, SYSTEM, other.id, {"name": "C"}, revision=7)
    with pytest.raises(NotFound):
        await versions.revise(session, SYSTEM, new_id(), {"name": "C"}, revision=None)
    await editing.revise_node(session, SYSTEM, node.id, {"start_order": "snarast", "aliases": ["b", "a"]}, revision=1)
    changed = await taxonomy.get_node(session, node.id)
    assert (changed.start_order, changed.aliases, changed.revision) == ("snarast", ("b", "a"), 2)


async def test_what_a_node_can_mean_is_added_once_and_taken_away(session: AsyncSession) -> None:
    [node, *_] = await factories.nodes(session)
    item = await editing.add_item(session, SYSTEM, node.id, kind="exempel", text="  Läkarbil  ")
    assert (item.text, item.position) == ("Läkarbil", 1)
    with pytest.raises(AlreadyExists):
        await editing.add_item(session, SYSTEM, node.id, kind="exempel", text="Läkarbil")
    assert (await editing.add_item(session, SYSTEM, node.id, kind="idé", text="Läkarbil")).position == 2
    with pytest.raises(InvalidValue):
        await editing.add_item(session, SYSTEM, node.id, kind="tanke", text="Läkarbil")
    await editing.remove_item(session, SYSTEM, item.id)
    with pytest.raises(NotFound):
        await editing.remove_item(session, SYSTEM, item.id)


CSV = """\
Slag;Kod;Namn;Beskrivning;Alias;Prioriterad;Hör till;Start;Ersätter;Idéer;Exempel
delmål;1;Trygghet;"Lång; text";trygg|säker;ja;;snarast;D1|D2;Ett|Två;Tre
delmål;2;Tillgänglighet;;;nej;1;;;;
"""
TOML = """
name = "Fem delmål"
[[nodes]]
dimension = "delmål"
code = "1"
name = "Trygghet"
description = "Lång; text"
aliases = ["trygg", "säker"]
prioritised = true
start_order = "snarast"
replaces = ["D1", "D2"]
items = [{kind = "idé", text = "Ett"}, {kind = "idé", text = "Två"}, {kind = "exempel", text = "Tre"}]
[[nodes]]
dimension = "delmål"
code = "2"
name = "Tillgänglighet"
parent = "1"
items = []
"""


def test_the_three_forms_of_file_say_the_same() -> None:
    from_csv = files.read(CSV, "csv", {"name": "Fem delmål"})
    from_toml = files.read(TOML, "toml", {})
    as_json = json.dumps(
        {
            "name": "Ett annat namn",
            "nodes": [
                {
                    "dimension": "delmål",
                    "code": "1",
                    "name": "Trygghet",
                    "description": "Lång; text",
                    "aliases": ["trygg", "säker"],
                    "prioritised": True,
                    "start_order": "snarast",
                    "replaces": ["D1", "D2"],
                    "items": [
                        {"kind": "idé", "text": "Ett"},
                        {"kind": "idé", "text": "Två"},
                        {"kind": "exempel", "text": "Tre"},
                    ],
                },
                {"dimension": "delmål", "code": "2", "name": "Tillgänglighet", "parent": "1", "items": []},
            ],
        }
    )
    assert from_csv == from_toml == files.read(as_json, "json", {"name": "Fem delmål"})


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_whatever_parts_its_columns(mark: str, delimiter: str) -> None:
    text = mark + "slag;kod;namn\r\nmål;1;Ett\r\n;;\r\nmål;2;Två\r\n".replace(";", delimiter)
    assert [node.name for node in files.read(text, "csv", {"name": "A"}).nodes] == ["Ett", "Två"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("slag;kod\nmål;1\n", ["rad 1, namn"]),
        ("slag;kod;namn;färg\nmål;1;A;röd\n", ["rad 1, färg"]),
        ("slag;kod;namn;kod\nmål;1;A;2\n", ["rad 1, kod"]),
        ("slag;kod;namn\n", ["rad 2"]),
        ("", ["rad 1, slag", "rad 1, kod", "rad 1, namn"]),
        ("slag;kod;namn;prioriterad\nmål;1;;kanske\nmål;1;B;\nmål;2;C;;extra\n",
         ["rad 2, namn", "rad 2, prioriterad", "rad 3, kod", "rad 4"]),
        ('slag;kod;namn\nmål;1;"A\n', ["rad 1"]),
    ],
)  # fmt: skip
def test_every_wrong_cell_of_a_table_is_told_at_once(text: str, problems: list[str]) -> None:
    with pytest.raises(InvalidRows) as refused:
        files.read(text, "csv", {"name": "A"})
    assert [where for where, _ in refused.value.problems] == problems
    assert all(detail.endswith(".") for _, detail in refused.value.problems)


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [
        ("csv", CSV, "name"),
        ("json", "[" * 100_000, "content"),
        ("json", "[]", "content"),
        ("json", "{}", "nodes"),
        ("toml", "name = ", "content"),
        ("xml", "<a/>", "format"),
        ("json", '{"nodes": [], "dimensions": [{"name": "mål", "axis": "höjd"}]}', "content"),
    ],
)
def test_a_file_of_another_kind_is_refused(kind: str, text: str, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        files.read(text, kind, {})
    assert refused.value.field == field


def test_every_wrong_node_of_an_object_is_told() -> None:
    with pytest.raises(InvalidRows) as refused:
        files.read('{"nodes": [{"dimension": "mål", "code": 1, "name": "A"}, {"code": "2"}]}', "json", {"name": "A"})
    assert [where for where, _ in refused.value.problems] == ["rad 1, code", "rad 2"]


async def test_a_dry_run_tells_what_would_change_and_changes_nothing(session: AsyncSession) -> None:
    owner = await region(session)
    new = await files.bring_in(session, SYSTEM, owner, OLD, dry_run=True)
    assert (new.created, new.taxonomy_id, new.added) == (True, None, ("D1", "D2"))
    assert await session.scalar(select(taxonomy.Taxonomy.id)) is None
    done = await files.bring_in(session, SYSTEM, owner, OLD)
    assert (done.created, done.added, done.changed) == (True, ("D1", "D2"), ())
    other = TaxonomyData("Plan 2025", (NodeData("delområde", "D2", "Hälsa"), NodeData("delområde", "D3", "Ny")))
    again = await files.bring_in(session, SYSTEM, owner, other, dry_run=True)
    assert (again.created, again.added, again.changed, again.left) == (False, ("D3",), ("D2",), ("D1",))
    assert [node.name for node in await taxonomy.list_nodes(session)] == ["Samverkan", "Egenvård"]
