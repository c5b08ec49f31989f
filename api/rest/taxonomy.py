"""The taxonomy that holds today, as a list of nodes, and one way to load a whole one."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, put
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.rest.examples import NODE, shows
from initiatives import organisations, taxonomy
from initiatives.taxonomy import Axis, DimensionData, ItemData, ItemKind, NodeData, TaxonomyData

DIMENSIONS = Parameter(description="Bara noder av detta slag, till exempel delområde.")


class NodeOut(msgspec.Struct, frozen=True):
    """One strategy, delområde, target or the like.

    `start_order` is what has been said of when to begin, in the words of the decision.
    """

    id: UUID
    taxonomy_id: UUID
    dimension: str
    code: str
    name: str
    description: str
    aliases: list[str]
    prioritised: bool
    parent_id: UUID | None
    start_order: str
    revision: int


class ItemIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a node can come to mean, or an example of today."""

    kind: ItemKind
    text: str


class NodeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One node to load; `code` tells which node it is the next time.

    `parent` is the code of the node that it belongs under, `replaces` the codes in the version before (without it: the
    same code), `items` what it can mean (without it: what is there stays).
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
    items: tuple[ItemIn, ...] | None = None


class DimensionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of node, and where its nodes stand in the coverage matrix."""

    name: str
    plural: str = ""
    axis: Axis | None = None


class TaxonomyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole taxonomy to load; `replaces` is the name of the version before, which ends the day before this begins."""

    name: str
    nodes: tuple[NodeIn, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    dimensions: tuple[DimensionIn, ...] = ()
    replaces: str | None = None


LOADED = ("dimension", "code", "name", "description", "aliases", "prioritised", "start_order")
EXAMPLE = {
    "name": "Nära vård 2026",
    "valid_from": "2026-01-01",
    "nodes": [
        {
            **{name: NODE[name] for name in LOADED},
            "items": [{"kind": "exempel", "text": "Äldremottagning vid vårdcentralen i Ekby"}],
        }
    ],
}


class TaxonomyController(Controller):
    """The taxonomy that holds today."""

    path = "/"
    tags = ("Taxonomi",)

    @get(
        "/taxonomy",
        summary="Lista taxonomins noder",
        operation_id="listTaxonomyNodes",
        responses=shows(list[NodeOut], [NODE]),
    )
    async def list_nodes(
        self, session: Session, dimension: Annotated[str | None, DIMENSIONS] = None
    ) -> Sequence[NodeOut]:
        """Return the nodes in their own order."""
        rows = await taxonomy.list_nodes(session, dimension=dimension)
        return msgspec.convert(rows, list[NodeOut], from_attributes=True)

    @put(
        "/organisations/{organisation_id:uuid}/taxonomy",
        summary="Läs in en taxonomi",
        operation_id="loadTaxonomy",
        responses=shows(list[NodeOut], [NODE], description="Alla noder efter inläsningen"),
    )
    async def load(
        self,
        session: Session,
        person: Person,
        organisation_id: FromPath[UUID],
        data: Annotated[TaxonomyIn, Body(examples=[Example(value=EXAMPLE)])],
    ) -> Sequence[NodeOut]:
        """Load an organisation's taxonomy, node by node by code; for the programme group."""
        await organisations.get_organisation(session, organisation_id)
        loaded = await taxonomy.load(session, person, organisation_id, _data(data))
        rows = await taxonomy.list_nodes(session, taxonomy_id=loaded.id)
        return msgspec.convert(rows, list[NodeOut], from_attributes=True)


def _data(data: TaxonomyIn) -> TaxonomyData:
    fields = msgspec.structs.asdict(data)
    nodes = tuple(_node(node) for node in data.nodes)
    dimensions = tuple(DimensionData(one.name, one.plural, one.axis) for one in data.dimensions)
    return TaxonomyData(**{**fields, "nodes": nodes, "dimensions": dimensions})


def _node(node: NodeIn) -> NodeData:
    items = None if node.items is None else tuple(ItemData(one.kind, one.text) for one in node.items)
    return NodeData(**{**msgspec.structs.asdict(node), "items": items})
