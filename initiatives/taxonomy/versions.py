"""The versions of the taxonomies: which there are, when each holds, and one of them with everything in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer
from initiatives.errors import AlreadyExists, NotFound
from initiatives.organisations import Organisation
from initiatives.swedish import sort_key_sql, today
from initiatives.taxonomy.nodes import DimensionRow, Node, Successor, holds, list_dimensions, list_nodes, successors
from initiatives.taxonomy.tables import ItemKind, Taxonomy, TaxonomyItem, TaxonomyNode, TaxonomySuccession

MISSING = "Taxonomin finns inte."


@dataclass(frozen=True, slots=True)
class TaxonomyRow:
    """A version as it is listed; `holds` tells whether it holds today, `nodes` how many nodes it has."""

    id: UUID
    organisation_id: UUID
    organisation: str
    name: str
    valid_from: date | None
    valid_to: date | None
    replaces_id: UUID | None
    nodes: int
    holds: bool
    revision: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """Something that a node can mean, as it is shown."""

    id: UUID
    node_id: UUID
    kind: ItemKind
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A version with everything in it. `replaced` are pairs of a node and the one before whose place it has taken."""

    taxonomy: TaxonomyRow
    dimensions: Sequence[DimensionRow]
    nodes: Sequence[Node]
    items: Sequence[ItemRow]
    replaced: Sequence[tuple[UUID, UUID]]
    successors: Sequence[Successor]


async def list_taxonomies(session: AsyncSession) -> Sequence[TaxonomyRow]:
    """Return all versions: those that hold today first, then by organisation and the newest first."""
    rows = await session.execute(_rows().order_by(*_ORDER))
    return [TaxonomyRow(*row) for row in rows]


async def get_taxonomy(session: AsyncSession, taxonomy_id: UUID) -> TaxonomyRow:
    """Return one version or raise `NotFound`."""
    row = (await session.execute(_rows().where(Taxonomy.id == taxonomy_id))).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    return TaxonomyRow(*row)


async def current(session: AsyncSession) -> TaxonomyRow | None:
    """Return the version that holds today; where several do, the first of the list."""
    row = (await session.execute(_rows().where(holds(today())).order_by(*_ORDER).limit(1))).one_or_none()
    return None if row is None else TaxonomyRow(*row)


async def get_whole(session: AsyncSession, taxonomy_id: UUID) -> Whole:
    """Return a version with its kinds, nodes and items, or raise `NotFound`."""
    taxonomy = await get_taxonomy(session, taxonomy_id)
    nodes = await list_nodes(session, taxonomy_id=taxonomy_id)
    of_it = select(TaxonomyNode.id).where(TaxonomyNode.taxonomy_id == taxonomy_id)
    pairs = select(TaxonomySuccession.node_id, TaxonomySuccession.replaces_id)
    return Whole(
        taxonomy=taxonomy,
        dimensions=await list_dimensions(session, taxonomy_id),
        nodes=nodes,
        items=await list_items(session, [node.id for node in nodes]),
        replaced=[(new, old) for new, old in await session.execute(pairs.where(TaxonomySuccession.node_id.in_(of_it)))],
        successors=await successors(session, [node.id for node in nodes]),
    )


async def list_items(session: AsyncSession, node_ids: Sequence[UUID]) -> Sequence[ItemRow]:
    """Return what the nodes can mean, in their own order."""
    columns = (TaxonomyItem.id, TaxonomyItem.node_id, TaxonomyItem.kind, TaxonomyItem.text)
    query = select(*columns).where(TaxonomyItem.node_id.in_(node_ids))
    return [ItemRow(*row) for row in await session.execute(query.order_by(TaxonomyItem.position, TaxonomyItem.id))]


async def revise(
    session: AsyncSession, person: Viewer, taxonomy_id: UUID, wanted: Mapping[str, Any], *, revision: int | None
) -> None:
    """Change the name of a version, or its first or last day. Raises as `records.change`, and `AlreadyExists`."""
    require_writer(person)
    row = await records.lock(session, Taxonomy, taxonomy_id, missing=MISSING)
    given = dict(wanted)
    if "name" in given:
        given["name"] = values.line(given["name"], field="name")
        same = Taxonomy.organisation_id == row.organisation_id, Taxonomy.name == given["name"], Taxonomy.id != row.id
        if await session.scalar(select(Taxonomy.id).where(*same)):
            raise AlreadyExists(f"Organisationen har redan en taxonomi som heter {given['name']}.", field="name")
    values.period(*(given.get(name, getattr(row, name)) for name in ("valid_from", "valid_to")), field="valid_to")
    await records.change(session, person, row, given, read=revision)


_ORDER = (
    Taxonomy.valid_to.is_not(None),
    Organisation.kind != "region",
    sort_key_sql(Organisation.name),
    Taxonomy.valid_from.desc().nulls_last(),
    Taxonomy.id,
)


def _rows() -> Select[*tuple[Any, ...]]:
    nodes = select(func.count()).where(TaxonomyNode.taxonomy_id == Taxonomy.id).scalar_subquery()
    return select(
        Taxonomy.id,
        Taxonomy.organisation_id,
        Organisation.name,
        Taxonomy.name,
        Taxonomy.valid_from,
        Taxonomy.valid_to,
        Taxonomy.replaces_id,
        nodes,
        holds(today()),
        Taxonomy.revision,
    ).join(Organisation, Organisation.id == Taxonomy.organisation_id)
