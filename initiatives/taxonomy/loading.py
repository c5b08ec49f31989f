"""Bringing a whole taxonomy in: a new version, or an existing one up to date, node by node, by code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue
from initiatives.taxonomy.tables import (
    Axis,
    Dimension,
    ItemKind,
    Taxonomy,
    TaxonomyDimension,
    TaxonomyItem,
    TaxonomyNode,
    TaxonomySuccession,
)


@dataclass(frozen=True, slots=True)
class DimensionData:
    """A kind of node as it is loaded; without a plural the name is used."""

    name: str
    plural: str = ""
    axis: Axis | None = None


@dataclass(frozen=True, slots=True)
class ItemData:
    """Something that a node can come to mean, or an example of today, as it is loaded."""

    kind: ItemKind
    text: str


@dataclass(frozen=True, slots=True)
class NodeData:
    """One node as it is loaded.

    `parent` is the code of the node that it belongs under, `replaces` the codes in the version before whose place it
    takes (None: the one with the same code), `items` what it can mean (None leaves what is there).
    """

    dimension: str
    code: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    prioritised: bool = False
    parent: str | None = None
    start_order: str = ""
    replaces: tuple[str, ...] | None = None
    items: tuple[ItemData, ...] | None = None


@dataclass(frozen=True, slots=True)
class TaxonomyData:
    """A whole taxonomy as it is loaded; kinds and nodes keep the order they are given in.

    `replaces` is the name of the organisation's version before this one; that one ends the day before this begins.
    """

    name: str
    nodes: tuple[NodeData, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    dimensions: tuple[DimensionData, ...] = ()
    replaces: str | None = None


DEFAULT_DIMENSIONS: tuple[DimensionData, ...] = (
    DimensionData(Dimension.STRATEGY, "strategier"),
    DimensionData(Dimension.AREA, "delområden", Axis.ROWS),
    DimensionData(Dimension.FOUNDATION, "grundförutsättningar", Axis.COLUMNS),
)
"""What the Swedish words are known to mean where the data does not say."""


async def load(session: AsyncSession, person: Viewer, organisation_id: UUID, data: TaxonomyData) -> Taxonomy:
    """Write an organisation's taxonomy, or bring the one with the same name up to date.

    Loading the same data twice changes nothing. A node that is missing from the data stays, since initiatives may
    stand under it. Raises `InvalidValue` naming the field for a code that occurs twice, a kind, parent or replaced
    node that is not there, a node under itself, or a period that ends before it starts.
    """
    require_writer(person)
    values.period(data.valid_from, data.valid_to, field="valid_to")
    dimensions = _dimensions(data)
    _check(data.nodes, {one.name for one in dimensions})
    before = await _version(session, organisation_id, data.replaces) if data.replaces else None
    taxonomy = await _taxonomy(session, person, organisation_id, data, before)
    await _write_dimensions(session, taxonomy.id, dimensions)
    nodes = await _write_nodes(session, person, taxonomy.id, data.nodes)
    for node in data.nodes:
        if node.items is not None:
            await _write_items(session, person, nodes[node.code], node.items)
    if before is not None:
        await _write_successions(session, nodes, data.nodes, before)
        await _end(session, person, before, data.valid_from)
    return taxonomy


def _dimensions(data: TaxonomyData) -> Sequence[DimensionData]:
    """Return the kinds that the data names, or those that its nodes are of."""
    if data.dimensions:
        if len({one.name for one in data.dimensions}) < len(data.dimensions):
            raise InvalidValue("Samma slag av nod står två gånger.", field="dimensions")
        for axis in Axis:
            if sum(one.axis is axis for one in data.dimensions) > 1:
                raise InvalidValue(f"Bara ett slag av nod kan vara {axis} i matrisen.", field="dimensions")
        return data.dimensions
    used = dict.fromkeys(values.line(node.dimension, field="dimension", longest=60) for node in data.nodes)
    known = [one for one in DEFAULT_DIMENSIONS if one.name in used]
    return [*known, *(DimensionData(name) for name in used if name not in {one.name for one in known})]


def _check(nodes: Sequence[NodeData], dimensions: set[str]) -> None:
    parents = {node.code: node.parent for node in nodes}
    if len(parents) < len(nodes):
        raise InvalidValue("Samma kod står på flera rader i taxonomin.", field="code")
    for node in nodes:
        if node.dimension not in dimensions:
            allowed = ", ".join(sorted(dimensions))
            text = f"{node.code} är av slaget ”{node.dimension}”, som inte finns bland {allowed}."
            raise InvalidValue(text, field="dimension")
        if node.parent is not None and node.parent not in parents:
            raise InvalidValue(f"{node.code} hör till ”{node.parent}”, men ingen rad har den koden.", field="parent")
        _require_no_circle(node.code, parents)


def _require_no_circle(code: str, parents: Mapping[str, str | None]) -> None:
    above, passed = parents[code], [code]
    while above is not None:
        passed.append(above)
        if above == code or len(passed) > len(parents):
            raise InvalidValue(f"Noderna hör till varandra i en ring: {' → '.join(passed)}.", field="parent")
        above = parents.get(above)


async def _version(session: AsyncSession, organisation_id: UUID, name: str) -> Taxonomy:
    query = select(Taxonomy).where(Taxonomy.organisation_id == organisation_id, Taxonomy.name == name.strip())
    found = await session.scalar(query)
    if found is None:
        raise InvalidValue(f"Organisationen har ingen taxonomi som heter ”{name[:60]}”.", field="replaces")
    return found


async def _taxonomy(
    session: AsyncSession, person: Viewer, organisation_id: UUID, data: TaxonomyData, before: Taxonomy | None
) -> Taxonomy:
    name = values.line(data.name, field="name")
    if before is not None and before.name == name:
        raise InvalidValue("En taxonomi kan inte ersätta sig själv. Ge den nya ett eget namn.", field="replaces")
    query = select(Taxonomy).where(Taxonomy.organisation_id == organisation_id, Taxonomy.name == name)
    taxonomy = await session.scalar(query.with_for_update())
    said: dict[str, Any] = {"valid_from": data.valid_from, "valid_to": data.valid_to}
    if before is not None:
        said["replaces_id"] = before.id
    if taxonomy is None:
        taxonomy = Taxonomy(organisation_id=organisation_id, name=name, **said)
        await records.add(session, person, taxonomy, nodes=[node.code for node in data.nodes])
    else:
        await records.change(session, person, taxonomy, said, read=None)
    return taxonomy


async def _write_dimensions(session: AsyncSession, taxonomy_id: UUID, dimensions: Sequence[DimensionData]) -> None:
    of_it = select(TaxonomyDimension).where(TaxonomyDimension.taxonomy_id == taxonomy_id)
    known = {one.name: one for one in await session.scalars(of_it)}
    for position, one in enumerate(dimensions, start=1):
        plural = values.line(one.plural or one.name, field="plural", longest=60)
        row = known.get(one.name) or TaxonomyDimension(taxonomy_id=taxonomy_id, name=one.name)
        row.plural, row.position, row.axis = plural, position, one.axis
        session.add(row)
    await session.flush()


async def _write_nodes(
    session: AsyncSession, person: Viewer, taxonomy_id: UUID, nodes: Sequence[NodeData]
) -> dict[str, TaxonomyNode]:
    of_it = select(TaxonomyNode).where(TaxonomyNode.taxonomy_id == taxonomy_id)
    known = {node.code: node for node in await session.scalars(of_it)}
    for position, node in enumerate(nodes, start=1):
        wanted = _columns(node, position)
        if node.code in known:
            await records.change(session, person, known[node.code], wanted, read=None)
        else:
            code = values.line(node.code, field="code", longest=40)
            known[code] = TaxonomyNode(taxonomy_id=taxonomy_id, code=code, **wanted)
            await records.add(session, person, known[code])
    for node in nodes:
        parent_id = known[node.parent].id if node.parent is not None else None
        await records.change(session, person, known[node.code], {"parent_id": parent_id}, read=None)
    return known


async def _write_items(session: AsyncSession, person: Viewer, node: TaxonomyNode, items: Sequence[ItemData]) -> None:
    of_it = select(TaxonomyItem).where(TaxonomyItem.node_id == node.id)
    known = {(one.kind, one.text): one for one in await session.scalars(of_it)}
    wanted = {(one.kind, values.line(one.text, field="items", longest=500)): None for one in items}
    for key, row in known.items():
        if key not in wanted:
            await records.remove(session, person, row)
    for position, (kind, text) in enumerate(wanted, start=1):
        if (kind, text) in known:
            await records.change(session, person, known[kind, text], {"position": position}, read=None)
        else:
            added = TaxonomyItem(node_id=node.id, kind=kind, text=text, position=position)
            await records.add(session, person, added)


async def _write_successions(
    session: AsyncSession, nodes: Mapping[str, TaxonomyNode], data: Sequence[NodeData], before: Taxonomy
) -> None:
    old = select(TaxonomyNode.code, TaxonomyNode.id).where(TaxonomyNode.taxonomy_id == before.id)
    earlier = dict((await session.execute(old)).all())
    wanted: set[tuple[UUID, UUID]] = set()
    for node in data:
        for code in node.replaces if node.replaces is not None else (node.code,):
            if code in earlier:
                wanted.add((nodes[node.code].id, earlier[code]))
            elif node.replaces is not None:
                raise InvalidValue(f"{node.code} ersätter ”{code}”, som inte finns i {before.name}.", field="replaces")
    ours = TaxonomySuccession.node_id.in_([node.id for node in nodes.values()])
    rows = await session.execute(select(TaxonomySuccession.node_id, TaxonomySuccession.replaces_id).where(ours))
    known = {(node_id, replaces_id) for node_id, replaces_id in rows}
    for node_id, replaces_id in known - wanted:
        pair = TaxonomySuccession.node_id == node_id, TaxonomySuccession.replaces_id == replaces_id
        await session.execute(delete(TaxonomySuccession).where(*pair))
    session.add_all(TaxonomySuccession(node_id=one, replaces_id=other) for one, other in sorted(wanted - known))
    await session.flush()


async def _end(session: AsyncSession, person: Viewer, before: Taxonomy, valid_from: date | None) -> None:
    """Let the version before end the day before the new one begins, unless it has a last day already."""
    if valid_from is None or before.valid_to is not None:
        return
    last = valid_from - timedelta(days=1)
    if before.valid_from and last < before.valid_from:
        text = f"Den nya versionen börjar {valid_from}, innan {before.name} har börjat."
        raise InvalidValue(text, field="valid_from")
    await records.change(session, person, before, {"valid_to": last}, read=None)


def _columns(node: NodeData, position: int) -> dict[str, object]:
    return {
        "dimension": node.dimension,
        "name": values.line(node.name, field="name"),
        "description": values.paragraph(node.description, field="description"),
        "aliases": [values.line(alias, field="aliases") for alias in node.aliases],
        "position": position,
        "prioritised": node.prioritised,
        "start_order": values.paragraph(node.start_order, field="start_order", longest=200),
    }
