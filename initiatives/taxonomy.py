"""The taxonomy of nära vård: strategies, delområden and grundförutsättningar, as data that each region loads itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, values
from initiatives.access import Viewer, require_writer
from initiatives.base import Base, new_id, text_enum
from initiatives.errors import InvalidValue, NotFound
from initiatives.swedish import today


class Dimension(StrEnum):
    """The kinds of node that an initiative is sorted under."""

    STRATEGY = "strategi"
    AREA = "delområde"
    FOUNDATION = "grundförutsättning"


class Taxonomy(Base):
    """One version of an organisation's taxonomy, with the days from and to which it holds."""

    __tablename__ = "taxonomy"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class TaxonomyNode(Base):
    """One strategy, delområde or grundförutsättning; `code` is unique within its taxonomy."""

    __tablename__ = "taxonomy_node"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"))
    dimension: Mapped[Dimension] = mapped_column(text_enum(Dimension, name="dimension"))
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    position: Mapped[int]
    prioritised: Mapped[bool] = mapped_column(default=False)


POLICIES: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeData:
    """One node as it is loaded."""

    dimension: Dimension
    code: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    prioritised: bool = False


@dataclass(frozen=True, slots=True)
class TaxonomyData:
    """A whole taxonomy as it is loaded; nodes keep the order they are given in."""

    name: str
    nodes: tuple[NodeData, ...]
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node as it is shown."""

    id: UUID
    taxonomy_id: UUID
    dimension: Dimension
    code: str
    name: str
    description: str
    aliases: tuple[str, ...]
    prioritised: bool


async def load(session: AsyncSession, person: Viewer, organisation_id: UUID, data: TaxonomyData) -> Taxonomy:
    """Write an organisation's taxonomy, or bring the one with the same name up to date, node by node, by code.

    Loading the same data twice changes nothing. A node that is missing from the data stays, since initiatives may
    stand under it. Raises `InvalidValue` if a code occurs twice or the period ends before it starts.
    """
    require_writer(person)
    values.period(data.valid_from, data.valid_to, field="valid_to")
    if len({node.code for node in data.nodes}) < len(data.nodes):
        raise InvalidValue("Samma kod står på flera rader i taxonomin.", field="code")
    taxonomy = await _taxonomy(session, person, organisation_id, data)
    known = {
        node.code: node
        for node in await session.scalars(select(TaxonomyNode).where(TaxonomyNode.taxonomy_id == taxonomy.id))
    }
    for position, node in enumerate(data.nodes, start=1):
        target = known.get(node.code)
        if target is None:
            target = TaxonomyNode(id=new_id(), taxonomy_id=taxonomy.id, code=values.line(node.code, field="code"))
            session.add(target)
        for name, value in _columns(node, position).items():
            if getattr(target, name) != value:
                setattr(target, name, value)
    await session.flush()
    return taxonomy


async def list_nodes(session: AsyncSession, *, dimension: Dimension | None = None) -> Sequence[Node]:
    """Return the nodes of every taxonomy that holds today, by dimension (strategies first) and then in loaded order."""
    day = today()
    query = (
        select(TaxonomyNode)
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .where(or_(Taxonomy.valid_from.is_(None), Taxonomy.valid_from <= day))
        .where(or_(Taxonomy.valid_to.is_(None), Taxonomy.valid_to >= day))
    )
    if dimension is not None:
        query = query.where(TaxonomyNode.dimension == dimension)
    order = list(Dimension)
    nodes = await session.scalars(query.order_by(TaxonomyNode.taxonomy_id, TaxonomyNode.position))
    return sorted((_node(node) for node in nodes), key=lambda node: order.index(node.dimension))


async def get_node(session: AsyncSession, node_id: UUID) -> Node:
    """Return one node or raise `NotFound`."""
    node = await session.get(TaxonomyNode, node_id)
    if node is None:
        raise NotFound("Noden finns inte i taxonomin.")
    return _node(node)


async def _taxonomy(session: AsyncSession, person: Viewer, organisation_id: UUID, data: TaxonomyData) -> Taxonomy:
    name = values.line(data.name, field="name")
    found = await session.scalar(
        select(Taxonomy).where(Taxonomy.organisation_id == organisation_id, Taxonomy.name == name)
    )
    taxonomy = found or Taxonomy(id=new_id(), organisation_id=organisation_id, name=name)
    taxonomy.valid_from, taxonomy.valid_to = data.valid_from, data.valid_to
    if found is None:
        session.add(taxonomy)
        await session.flush()
        after = {"name": name, "organisation_id": organisation_id, "nodes": [node.code for node in data.nodes]}
        activity.record(session, person, "skapade", "taxonomy", taxonomy.id, after=after)
    return taxonomy


def _columns(node: NodeData, position: int) -> dict[str, object]:
    return {
        "dimension": node.dimension,
        "name": values.line(node.name, field="name"),
        "description": values.paragraph(node.description, field="description"),
        "aliases": list(node.aliases),
        "position": position,
        "prioritised": node.prioritised,
    }


def _node(node: TaxonomyNode) -> Node:
    return Node(
        id=node.id,
        taxonomy_id=node.taxonomy_id,
        dimension=node.dimension,
        code=node.code,
        name=node.name,
        description=node.description,
        aliases=tuple(node.aliases),
        prioritised=node.prioritised,
    )
