"""How well the initiatives cover the taxonomy, and what is missing."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.params import Parameter

from api.dependencies import Person, Session
from api.rest.examples import INITIATIVE, NODE, shows
from api.rest.taxonomies import AREAS, TAXONOMY, DimensionOut, TaxonomyOut
from api.rest.taxonomy import NodeOut
from initiatives import coverage
from initiatives.coverage import Rule


class CoveringOut(msgspec.Struct, frozen=True):
    """An initiative in a cell."""

    id: UUID
    title: str


class CellOut(msgspec.Struct, frozen=True):
    """The initiatives under both nodes: all are counted, the first twelve named."""

    row_id: UUID
    column_id: UUID | None
    count: int
    initiatives: list[CoveringOut]


class GapOut(msgspec.Struct, frozen=True):
    """Something that is missing, in words, and what to do about it."""

    rule: Rule
    node_id: UUID
    node: str
    text: str
    remedy: str


class CoverageOut(msgspec.Struct, frozen=True):
    """The matrix, row by row. `totals` is how many initiatives stand under each node; cancelled ones do not count."""

    taxonomy: TaxonomyOut
    row_dimension: DimensionOut
    column_dimension: DimensionOut | None
    rows: list[NodeOut]
    columns: list[NodeOut]
    cells: list[CellOut]
    totals: dict[UUID, int]
    gaps: list[GapOut]


FOUNDATION = {**NODE, "id": "01976a10-0000-7000-8000-000000000051", "dimension": "grundförutsättning", "code": "G2"}
COVERAGE = {
    "taxonomy": TAXONOMY,
    "row_dimension": AREAS,
    "column_dimension": {"name": "grundförutsättning", "plural": "grundförutsättningar", "axis": "kolumner"},
    "rows": [NODE],
    "columns": [{**FOUNDATION, "name": "Mobila arbetssätt", "prioritised": False}],
    "cells": [
        {
            "row_id": NODE["id"],
            "column_id": FOUNDATION["id"],
            "count": 1,
            "initiatives": [{"id": INITIATIVE["id"], "title": INITIATIVE["title"]}],
        }
    ],
    "totals": {NODE["id"]: 1, FOUNDATION["id"]: 1},
    "gaps": [
        {
            "rule": "utan datum",
            "node_id": NODE["id"],
            "node": NODE["name"],
            "text": "Äldres behov är prioriterat men inget av initiativen har ett datum.",
            "remedy": "Sätt start- eller slutdatum på minst ett av initiativen.",
        }
    ],
}
WHICH = Parameter(description="Taxonomins version; utan den gäller den som gäller i dag.")
ROWS = Parameter(description="Slag av nod på raderna, till exempel delområde.")
COLUMNS = Parameter(description="Slag av nod i kolumnerna, till exempel grundförutsättning.")


class CoverageController(Controller):
    """Coverage; for those who see the whole register."""

    path = "/coverage"
    tags = ("Taxonomi",)

    @get(summary="Visa täckningen", operation_id="getCoverage", responses=shows(CoverageOut, COVERAGE))
    async def coverage(
        self,
        *,
        session: Session,
        person: Person,
        taxonomy_id: Annotated[UUID | None, WHICH] = None,
        rows: Annotated[str | None, ROWS] = None,
        columns: Annotated[str | None, COLUMNS] = None,
    ) -> CoverageOut:
        """Return which initiatives stand under each pair of nodes, and what is missing."""
        found = await coverage.coverage(session, person, taxonomy_id=taxonomy_id, rows=rows, columns=columns)
        return msgspec.convert(found, CoverageOut, from_attributes=True)
