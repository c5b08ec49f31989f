"""How well the initiatives cover the taxonomy: a matrix of two kinds of node, and in words what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer, sees_all
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.initiatives import Initiative, InitiativeNode
from initiatives.kept import kept
from initiatives.swedish import sort_key
from initiatives.taxonomy.nodes import DimensionRow, Node, list_dimensions, list_nodes, within
from initiatives.taxonomy.tables import Axis, ItemKind, TaxonomyItem, TaxonomyNode
from initiatives.taxonomy.versions import TaxonomyRow, current, get_taxonomy
from initiatives.workflow import Status

COVERING = tuple(status for status in Status if status is not Status.CANCELLED)
"""What is cancelled covers nothing."""
MOST_NAMED = 12
"""How many initiatives are named in a cell; all are counted."""


class Rule(StrEnum):
    """What can be missing for a node."""

    INITIATIVE = "utan initiativ"
    RESPONSIBLE = "utan ansvarig"
    DATE = "utan datum"
    EXAMPLE = "utan pågående exempel"
    START = "utan startbesked"


@dataclass(frozen=True, slots=True)
class NamedInitiative:
    """An initiative in a cell."""

    id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The initiatives that stand under both nodes; `column_id` is None where the matrix has one column."""

    row_id: UUID
    column_id: UUID | None
    count: int
    initiatives: tuple[NamedInitiative, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing for a node, in words, and what to do about it."""

    rule: Rule
    node_id: UUID
    node: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix: `cells` row by row, `totals` how many initiatives stand under each node, `gaps` what is missing."""

    taxonomy: TaxonomyRow
    row_dimension: DimensionRow
    column_dimension: DimensionRow | None
    rows: Sequence[Node]
    columns: Sequence[Node]
    cells: Sequence[Cell]
    totals: Mapping[UUID, int]
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of all that stands under a node."""

    initiatives: int = 0
    ongoing: int = 0
    with_responsible: int = 0
    with_date: int = 0


async def coverage(
    session: AsyncSession,
    person: Viewer,
    *,
    taxonomy_id: UUID | None = None,
    rows: str | None = None,
    columns: str | None = None,
) -> Coverage:
    """Return how the initiatives cover a version of the taxonomy, the one that holds today unless it is given.

    `rows` and `columns` are kinds of node; without them the taxonomy's own. Initiatives that stand under a node below,
    or under one that the node has replaced, count for it. Raises `NotAllowed` for one who sees only a part of the
    register, `NotFound` if there is no such version, and `InvalidValue` for a kind that it does not have.
    """
    if not sees_all(person):
        raise NotAllowed("Täckningen visas bara för den som ser hela registret. Fråga programgruppen.")
    made = partial(_made, session, taxonomy_id, rows, columns)
    return await kept(session, person, ("coverage", taxonomy_id, rows, columns), made)


async def _made(session: AsyncSession, taxonomy_id: UUID | None, rows: str | None, columns: str | None) -> Coverage:
    taxonomy = await _chosen(session, taxonomy_id)
    dimensions = await list_dimensions(session, taxonomy.id)
    nodes = await list_nodes(session, taxonomy_id=taxonomy.id)
    across = _axis(dimensions, columns, Axis.COLUMNS, "columns")
    down = _axis(dimensions, rows, Axis.ROWS, "rows") or _largest(dimensions, nodes, across)
    if down is None:
        raise NotFound("Taxonomin har inga noder. Läs in dem först.")
    across = None if across == down else across
    facts = await _facts(session, taxonomy.id)
    row_nodes = [node for node in nodes if node.dimension == down.name]
    column_nodes = [node for node in nodes if across and node.dimension == across.name]
    return Coverage(
        taxonomy=taxonomy,
        row_dimension=down,
        column_dimension=across,
        rows=row_nodes,
        columns=column_nodes,
        cells=await _cells(session, taxonomy.id, row_nodes, column_nodes),
        totals={node.id: facts.get(node.id, _Facts()).initiatives for node in nodes},
        gaps=await _gaps(session, nodes, row_nodes, facts),
    )


async def _chosen(session: AsyncSession, taxonomy_id: UUID | None) -> TaxonomyRow:
    if taxonomy_id is not None:
        return await get_taxonomy(session, taxonomy_id)
    if (found := await current(session)) is None:
        raise NotFound("Ingen taxonomi gäller i dag. Läs in en, eller ändra när en av dem gäller.")
    return found


def _axis(dimensions: Sequence[DimensionRow], wanted: str | None, axis: Axis, field: str) -> DimensionRow | None:
    if wanted is None:
        return next((one for one in dimensions if one.axis is axis), None)
    if found := next((one for one in dimensions if one.name == wanted), None):
        return found
    allowed = ", ".join(one.name for one in dimensions)
    raise InvalidValue(f"Taxonomin har inget slag ”{wanted[:40]}”. Välj bland: {allowed}.", field=field)


def _largest(
    dimensions: Sequence[DimensionRow], nodes: Sequence[Node], other_than: DimensionRow | None
) -> DimensionRow | None:
    """Return the kind with most nodes: the most detailed one, where the taxonomy does not say what to show."""
    left = [one for one in dimensions if one != other_than]
    return max(left, key=lambda one: sum(node.dimension == one.name for node in nodes), default=None)


def _placed(taxonomy_id: UUID) -> Select[UUID, UUID]:
    """Return pairs of a node of the taxonomy and an initiative that covers it."""
    members = within(select(TaxonomyNode.id).where(TaxonomyNode.taxonomy_id == taxonomy_id)).subquery()
    return (
        select(members.c.root.label("node_id"), InitiativeNode.initiative_id)
        .join(InitiativeNode, InitiativeNode.node_id == members.c.member)
        .join(Initiative, Initiative.id == InitiativeNode.initiative_id)
        .where(Initiative.status.in_(COVERING))
        .distinct()
    )


async def _facts(session: AsyncSession, taxonomy_id: UUID) -> dict[UUID, _Facts]:
    placed = _placed(taxonomy_id).subquery()
    dated = or_(Initiative.starts_on.is_not(None), Initiative.ends_on.is_not(None))
    query = (
        select(
            placed.c.node_id,
            func.count(),
            func.count().filter(Initiative.status == Status.ONGOING),
            func.count().filter(Initiative.responsible_id.is_not(None)),
            func.count().filter(dated),
        )
        .join(Initiative, Initiative.id == placed.c.initiative_id)
        .group_by(placed.c.node_id)
    )
    return {node_id: _Facts(*counts) for node_id, *counts in await session.execute(query)}


async def _cells(
    session: AsyncSession, taxonomy_id: UUID, rows: Sequence[Node], columns: Sequence[Node]
) -> Sequence[Cell]:
    counts = _cell_counts(taxonomy_id, [node.id for node in rows], [node.id for node in columns])
    found = {(row, column): (count, named) for row, column, count, named in await session.execute(counts)}
    titles = await _titles(session, {one for _, named in found.values() for one in named})
    empty: tuple[int, Sequence[str]] = (0, ())
    across: list[UUID | None] = [node.id for node in columns] or [None]
    cells = []
    for row in rows:
        for column in across:
            count, named = found.get((row.id, column), empty)
            cells.append(Cell(row.id, column, count, _named(named, titles)))
    return cells


def _cell_counts(taxonomy_id: UUID, rows: Sequence[UUID], columns: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    placed = _placed(taxonomy_id).cte("placed")
    down, across = placed.alias("down"), placed.alias("across")
    each = cast(down.c.initiative_id, Text)
    named = func.array_agg(aggregate_order_by(each, down.c.initiative_id), type_=ARRAY(Text()))[1:MOST_NAMED]
    query = select(down.c.node_id, func.count(), named).where(down.c.node_id.in_(rows))
    if not columns:
        one = query.with_only_columns(down.c.node_id, literal(None), func.count(), named)
        return one.group_by(down.c.node_id)
    return (
        query.with_only_columns(down.c.node_id, across.c.node_id, func.count(), named)
        .join(across, across.c.initiative_id == down.c.initiative_id)
        .where(across.c.node_id.in_(columns))
        .group_by(down.c.node_id, across.c.node_id)
    )


async def _titles(session: AsyncSession, wanted: set[str]) -> dict[str, str]:
    query = select(Initiative.id, Initiative.title).where(Initiative.id.in_([UUID(one) for one in wanted]))
    return {str(identifier): title for identifier, title in await session.execute(query)} if wanted else {}


def _named(identifiers: Sequence[str], titles: Mapping[str, str]) -> tuple[NamedInitiative, ...]:
    found = [NamedInitiative(UUID(one), titles[one]) for one in identifiers]
    return tuple(sorted(found, key=lambda one: sort_key(one.title)))


async def _gaps(
    session: AsyncSession, nodes: Sequence[Node], rows: Sequence[Node], facts: Mapping[UUID, _Facts]
) -> Sequence[Gap]:
    gaps = [gap for node in nodes if node.prioritised for gap in _of_prioritised(node, facts.get(node.id, _Facts()))]
    of_them = TaxonomyItem.node_id.in_([node.id for node in nodes])
    items = await session.execute(select(TaxonomyItem.node_id, TaxonomyItem.kind).where(of_them))
    kinds = items.all()
    shown = {node_id for node_id, kind in kinds if kind is ItemKind.EXAMPLE}
    shown |= {node_id for node_id, known in facts.items() if known.ongoing}
    if kinds:
        gaps += [_gap(Rule.EXAMPLE, node) for node in rows if node.id not in shown]
    if any(node.start_order for node in rows):
        gaps += [_gap(Rule.START, node) for node in rows if not node.start_order]
    return gaps


def _of_prioritised(node: Node, facts: _Facts) -> list[Gap]:
    if not facts.initiatives:
        return [_gap(Rule.INITIATIVE, node)]
    missing = {Rule.RESPONSIBLE: not facts.with_responsible, Rule.DATE: not facts.with_date}
    return [_gap(rule, node) for rule, holds in missing.items() if holds]


def _gap(rule: Rule, node: Node) -> Gap:
    text, remedy = _WORDS[rule]
    return Gap(rule, node.id, node.name, text.format(node=node.name), remedy)


_WORDS = {
    Rule.INITIATIVE: (
        "{node} är prioriterat men har inget initiativ.",
        "Lägg till ett initiativ, eller låt ett som finns höra dit.",
    ),
    Rule.RESPONSIBLE: (
        "{node} är prioriterat men inget av initiativen har en ansvarig.",
        "Utse en ansvarig för minst ett av initiativen.",
    ),
    Rule.DATE: (
        "{node} är prioriterat men inget av initiativen har ett datum.",
        "Sätt start- eller slutdatum på minst ett av initiativen.",
    ),
    Rule.EXAMPLE: (
        "{node} har varken ett exempel i dag eller ett pågående initiativ.",
        "Starta ett initiativ, eller skriv ett exempel på det som redan görs.",
    ),
    Rule.START: (
        "{node} saknar besked om när arbetet ska börja.",
        "Be om ett besked, och skriv det hos noden i taxonomin.",
    ),
}
