"""The nodes of the taxonomies as they are read: which hold on a day, and what each takes in and was replaced by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.errors import InvalidValue, NotFound
from initiatives.swedish import today
from initiatives.taxonomy.tables import Axis, Dimension, Taxonomy, TaxonomyDimension, TaxonomyNode, TaxonomySuccession


@dataclass(frozen=True, slots=True)
class Node:
    """One node as it is shown."""

    id: UUID
    taxonomy_id: UUID
    dimension: str
    code: str
    name: str
    description: str
    aliases: tuple[str, ...]
    prioritised: bool
    parent_id: UUID | None
    start_order: str
    revision: int


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A kind of node as it is shown: its name, its plural, and where its nodes stand in the matrix."""

    name: str
    plural: str
    axis: Axis | None


@dataclass(frozen=True, slots=True)
class Successor:
    """A node of a later version that has taken the place of `replaces_id`."""

    replaces_id: UUID
    id: UUID
    name: str


def holds(on: date) -> ColumnElement[bool]:
    """Return the condition on `Taxonomy` for the versions that hold on a day."""
    return and_(
        or_(Taxonomy.valid_from.is_(None), Taxonomy.valid_from <= on),
        or_(Taxonomy.valid_to.is_(None), Taxonomy.valid_to >= on),
    )


async def list_nodes(
    session: AsyncSession, *, dimension: str | None = None, on: date | None = None, taxonomy_id: UUID | None = None
) -> Sequence[Node]:
    """Return the nodes of one taxonomy, or of all that hold on a day (today), kind by kind and in loaded order.

    Raises `InvalidValue` for a kind that no taxonomy has.
    """
    query = (
        select(TaxonomyNode)
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .join(
            TaxonomyDimension,
            and_(
                TaxonomyDimension.taxonomy_id == TaxonomyNode.taxonomy_id,
                TaxonomyDimension.name == TaxonomyNode.dimension,
            ),
        )
        .where(holds(on or today()) if taxonomy_id is None else Taxonomy.id == taxonomy_id)
        .order_by(TaxonomyDimension.position, TaxonomyNode.taxonomy_id, TaxonomyNode.position)
    )
    if dimension is not None:
        await _require_dimension(session, dimension)
        query = query.where(TaxonomyNode.dimension == dimension)
    return [shown(node) for node in await session.scalars(query)]


async def choices(session: AsyncSession, also: Sequence[UUID] = ()) -> Sequence[Node]:
    """Return the nodes that hold today, and those of other versions that something has, so that it keeps them."""
    nodes = await list_nodes(session)
    others = set(also) - {node.id for node in nodes}
    older = await session.scalars(select(TaxonomyNode).where(TaxonomyNode.id.in_(others))) if others else ()
    return [*nodes, *(shown(node) for node in older)]


async def list_dimensions(session: AsyncSession, taxonomy_id: UUID) -> Sequence[DimensionRow]:
    """Return the kinds of node of a taxonomy, in their own order."""
    columns = (TaxonomyDimension.name, TaxonomyDimension.plural, TaxonomyDimension.axis)
    query = select(*columns).where(TaxonomyDimension.taxonomy_id == taxonomy_id)
    return [DimensionRow(*row) for row in await session.execute(query.order_by(TaxonomyDimension.position))]


async def get_node(session: AsyncSession, node_id: UUID) -> Node:
    """Return one node or raise `NotFound`."""
    node = await session.get(TaxonomyNode, node_id)
    if node is None:
        raise NotFound("Noden finns inte i taxonomin.")
    return shown(node)


async def successors(session: AsyncSession, node_ids: Sequence[UUID]) -> Sequence[Successor]:
    """Return the nodes of later versions that have taken the place of these."""
    query = (
        select(TaxonomySuccession.replaces_id, TaxonomyNode.id, TaxonomyNode.name)
        .join(TaxonomyNode, TaxonomyNode.id == TaxonomySuccession.node_id)
        .where(TaxonomySuccession.replaces_id.in_(node_ids))
        .order_by(TaxonomyNode.position)
    )
    return [Successor(*row) for row in await session.execute(query)] if node_ids else []


def within(roots: Select[UUID]) -> Select[UUID, UUID]:
    """Return pairs (`root`, `member`): each of the nodes with itself, those below it, and all that these replace.

    What stands under a member stands under the root, so an initiative keeps its node and is counted in the new version.
    """
    each = roots.subquery()
    closure = select(each.c[0].label("root"), each.c[0].label("member")).cte(recursive=True)
    below = select(TaxonomyNode.parent_id.label("above"), TaxonomyNode.id).where(TaxonomyNode.parent_id.is_not(None))
    steps = union_all(below, select(TaxonomySuccession.node_id, TaxonomySuccession.replaces_id)).subquery()
    step = select(closure.c.root, steps.c.id).join(steps, steps.c.above == closure.c.member)
    closure = closure.union(step)
    return select(closure.c.root, closure.c.member)


def shown(node: TaxonomyNode) -> Node:
    """Return a node as it is shown."""
    return Node(
        id=node.id,
        taxonomy_id=node.taxonomy_id,
        dimension=node.dimension,
        code=node.code,
        name=node.name,
        description=node.description,
        aliases=tuple(node.aliases),
        prioritised=node.prioritised,
        parent_id=node.parent_id,
        start_order=node.start_order,
        revision=node.revision,
    )


async def _require_dimension(session: AsyncSession, dimension: str) -> None:
    known = {*Dimension, *await session.scalars(select(TaxonomyDimension.name).distinct())}
    if dimension not in known:
        allowed = ", ".join(sorted(known))
        raise InvalidValue(f"Det finns inget slag ”{dimension[:40]}”. Välj bland: {allowed}.", field="dimension")
