"""The taxonomy: strategies, delområden and grundförutsättningar."""

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
from initiatives import organisations, taxonomy, values
from initiatives.taxonomy import Dimension, NodeData, TaxonomyData

DIMENSIONS = Parameter(description="Bara noder av detta slag.", schema_extra={"enum": list(Dimension)})


class NodeOut(msgspec.Struct, frozen=True):
    """One strategy, delområde or grundförutsättning."""

    id: UUID
    taxonomy_id: UUID
    dimension: Dimension
    code: str
    name: str
    description: str
    aliases: list[str]
    prioritised: bool


class NodeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One node to load; `code` tells which node it is the next time."""

    dimension: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Dimension)})]
    code: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    prioritised: bool = False


class TaxonomyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole taxonomy to load."""

    name: str
    nodes: tuple[NodeIn, ...]
    valid_from: date | None = None
    valid_to: date | None = None


EXAMPLE = {
    "name": "Nära vård 2026",
    "valid_from": "2026-01-01",
    "nodes": [{name: NODE[name] for name in ("dimension", "code", "name", "description", "aliases", "prioritised")}],
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
        wanted = None if dimension is None else values.choice(Dimension, dimension, field="dimension")
        rows = await taxonomy.list_nodes(session, dimension=wanted)
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
        nodes = tuple(_node(node) for node in data.nodes)
        loaded = TaxonomyData(data.name, nodes, valid_from=data.valid_from, valid_to=data.valid_to)
        await taxonomy.load(session, person, organisation_id, loaded)
        return msgspec.convert(await taxonomy.list_nodes(session), list[NodeOut], from_attributes=True)


def _node(node: NodeIn) -> NodeData:
    fields = msgspec.structs.asdict(node)
    return NodeData(**{**fields, "dimension": values.choice(Dimension, node.dimension, field="dimension")})
