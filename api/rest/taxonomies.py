"""The versions of the taxonomies: list, read, bring in from a file, and change when they hold and what nodes mean."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.errors import FieldProblem
from api.etags import etag, expected_revision
from api.rest.examples import NODE, REGION, shows
from api.rest.taxonomy import NodeOut
from initiatives import organisations
from initiatives.access import require_writer
from initiatives.errors import InvalidRows
from initiatives.taxonomy import Axis, ItemKind, editing, files, nodes, versions
from initiatives.taxonomy.files import Format

TAXONOMY = {
    "id": NODE["taxonomy_id"],
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "name": "Nära vård 2026",
    "valid_from": "2026-01-01",
    "valid_to": None,
    "replaces_id": None,
    "nodes": 16,
    "holds": True,
    "revision": 1,
}
ITEM = {
    "id": "01976a10-0000-7000-8000-000000000050",
    "node_id": NODE["id"],
    "kind": "exempel",
    "text": "Äldremottagning vid vårdcentralen i Ekby",
}
AREAS = {"name": "delområde", "plural": "delområden", "axis": "rader"}
WHOLE = {
    "taxonomy": TAXONOMY,
    "dimensions": [AREAS],
    "nodes": [NODE],
    "items": [ITEM],
    "replaced": [],
    "successors": [],
}
CSV = "slag;kod;namn;prioriterad;start;exempel\ndelområde;D7;Äldres behov;ja;snarast;Äldremottagning|Läkarbil\n"
IMPORT = {"organisation_id": REGION["id"], "format": "csv", "content": CSV, "name": "Nära vård 2026", "dry_run": True}
REPORT = {
    "dry_run": True,
    "created": True,
    "taxonomy_id": None,
    "added": ["D7"],
    "changed": [],
    "left": [],
    "errors": [],
}

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")]


class TaxonomyOut(msgspec.Struct, frozen=True):
    """A version of a taxonomy; `holds` tells whether it holds today."""

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


class DimensionOut(msgspec.Struct, frozen=True):
    """A kind of node."""

    name: str
    plural: str
    axis: Axis | None


class ItemOut(msgspec.Struct, frozen=True):
    """Something that a node can come to mean (idé), or an example of today."""

    id: UUID
    node_id: UUID
    kind: ItemKind
    text: str


class SuccessorOut(msgspec.Struct, frozen=True):
    """A node of a later version that has taken the place of a node."""

    replaces_id: UUID
    id: UUID
    name: str


class WholeOut(msgspec.Struct, frozen=True):
    """A version with everything in it; `replaced` are pairs of a node and the one before whose place it has taken."""

    taxonomy: TaxonomyOut
    dimensions: list[DimensionOut]
    nodes: list[NodeOut]
    items: list[ItemOut]
    replaced: list[tuple[UUID, UUID]]
    successors: list[SuccessorOut]


class TaxonomyChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    valid_from: date | UnsetType | None = UNSET
    valid_to: date | UnsetType | None = UNSET


class NodeChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    aliases: tuple[str, ...] | UnsetType = UNSET
    prioritised: bool | UnsetType = UNSET
    start_order: str | UnsetType = UNSET


class NewItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a node can mean, to add."""

    kind: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ItemKind)})]
    text: str


class TaxonomyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file to bring in as it is written; what is said beside it goes before what the file says."""

    organisation_id: UUID
    format: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Format)})]
    content: str
    name: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str | None = None
    dry_run: bool = False


class ReportOut(msgspec.Struct, frozen=True):
    """What was done, or in a dry run would be; nodes by code. With `errors` nothing would be saved."""

    dry_run: bool
    created: bool
    taxonomy_id: UUID | None
    added: list[str]
    changed: list[str]
    left: list[str]
    errors: list[FieldProblem] = []


class TaxonomiesController(Controller):
    """The versions."""

    path = "/taxonomies"
    tags = ("Taxonomi",)

    @get(summary="Lista taxonomier", operation_id="listTaxonomies", responses=shows(list[TaxonomyOut], [TAXONOMY]))
    async def list_taxonomies(self, session: Session) -> Sequence[TaxonomyOut]:
        """Return all versions, those that hold today first."""
        return msgspec.convert(await versions.list_taxonomies(session), list[TaxonomyOut], from_attributes=True)

    @get(
        "/{taxonomy_id:uuid}",
        summary="Visa en taxonomi",
        operation_id="getTaxonomy",
        responses=shows(WholeOut, WHOLE, description="Taxonomin; versionen står i ETag"),
    )
    async def get_taxonomy(self, session: Session, taxonomy_id: FromPath[UUID]) -> Response[WholeOut]:
        """Return a version with its kinds, nodes and what they can mean."""
        return await _whole(session, taxonomy_id)

    @patch(
        "/{taxonomy_id:uuid}",
        summary="Ändra en taxonomi",
        operation_id="reviseTaxonomy",
        responses=shows(WholeOut, WHOLE, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise(
        self,
        *,
        session: Session,
        person: Person,
        taxonomy_id: FromPath[UUID],
        data: Annotated[TaxonomyChanges, Body(examples=[Example(value={"valid_to": "2026-12-31"})])],
        if_match: IfMatch = None,
    ) -> Response[WholeOut]:
        """Change the name, or from and to when it holds; for the programme group."""
        require_writer(person)
        await versions.get_taxonomy(session, taxonomy_id)
        await versions.revise(session, person, taxonomy_id, _given(data), revision=expected_revision(if_match))
        return await _whole(session, taxonomy_id)

    @post(
        "/import",
        summary="Läs in en taxonomi från en fil",
        operation_id="importTaxonomy",
        responses=shows(ReportOut, REPORT),
        status_code=200,
    )
    async def import_file(
        self,
        session: Session,
        person: Person,
        data: Annotated[TaxonomyFile, Body(examples=[Example(value=IMPORT)])],
    ) -> ReportOut:
        """Bring in a file (JSON, TOML or CSV), or only tell what that would do; for the programme group.

        A file with an error changes nothing: the answer is 422 with every row, or 200 with `errors` in a dry run.
        """
        require_writer(person)
        owner = await organisations.get_organisation(session, data.organisation_id)
        try:
            read = files.read(data.content, data.format, msgspec.structs.asdict(data))
            report = await files.bring_in(session, person, owner.id, read, dry_run=data.dry_run)
        except InvalidRows as refused:
            if not data.dry_run:
                raise
            problems = [FieldProblem(*one) for one in refused.problems]
            return ReportOut(True, False, None, [], [], [], problems)  # noqa: FBT003
        return msgspec.convert(report, ReportOut, from_attributes=True)


class TaxonomyNodeController(Controller):
    """Single nodes, and what they can mean."""

    path = "/"
    tags = ("Taxonomi",)

    @get(
        "/taxonomy-nodes/{node_id:uuid}",
        summary="Visa en nod",
        operation_id="getTaxonomyNode",
        responses=shows(NodeOut, NODE, description="Noden; versionen står i ETag"),
    )
    async def get_node(self, session: Session, node_id: FromPath[UUID]) -> Response[NodeOut]:
        """Return one node."""
        return await _node(session, node_id)

    @patch(
        "/taxonomy-nodes/{node_id:uuid}",
        summary="Ändra en nod",
        operation_id="reviseTaxonomyNode",
        responses=shows(NodeOut, NODE, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise(
        self,
        *,
        session: Session,
        person: Person,
        node_id: FromPath[UUID],
        data: Annotated[NodeChanges, Body(examples=[Example(value={"prioritised": True, "start_order": "snarast"})])],
        if_match: IfMatch = None,
    ) -> Response[NodeOut]:
        """Change name, description, aliases, priority or start order; for the programme group."""
        require_writer(person)
        await nodes.get_node(session, node_id)
        await editing.revise_node(session, person, node_id, _given(data), revision=expected_revision(if_match))
        return await _node(session, node_id)

    @post(
        "/taxonomy-nodes/{node_id:uuid}/items",
        summary="Lägg till vad en nod kan innebära",
        operation_id="addTaxonomyItem",
        responses=shows(ItemOut, ITEM, status=201, description="Tillagt"),
    )
    async def add_item(
        self,
        session: Session,
        person: Person,
        node_id: FromPath[UUID],
        data: Annotated[NewItem, Body(examples=[Example(value={"kind": ITEM["kind"], "text": ITEM["text"]})])],
    ) -> ItemOut:
        """Add an idea or an example; for the programme group."""
        added = await editing.add_item(session, person, node_id, kind=data.kind, text=data.text)
        return msgspec.convert(added, ItemOut, from_attributes=True)

    @delete(
        "/taxonomy-items/{taxonomy_item_id:uuid}",
        summary="Ta bort något som en nod kan innebära",
        operation_id="removeTaxonomyItem",
        status_code=204,
    )
    async def remove_item(self, session: Session, person: Person, taxonomy_item_id: FromPath[UUID]) -> None:
        """Take an idea or an example away; for the programme group."""
        await editing.remove_item(session, person, taxonomy_item_id)


async def _whole(session: AsyncSession, taxonomy_id: UUID) -> Response[WholeOut]:
    found = await versions.get_whole(session, taxonomy_id)
    out = msgspec.convert(found, WholeOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(found.taxonomy.revision)})


async def _node(session: AsyncSession, node_id: UUID) -> Response[NodeOut]:
    node = await nodes.get_node(session, node_id)
    return Response(msgspec.convert(node, NodeOut, from_attributes=True), headers={"ETag": etag(node.revision)})


def _given(data: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
