"""Taxonomies as files: JSON and TOML with the fields of `TaxonomyData`, or CSV with one row for each node."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.access import Viewer
from initiatives.errors import InvalidValue
from initiatives.rows import Row, RowProblem, attempt, read_csv, require_none
from initiatives.taxonomy.loading import ItemData, NodeData, TaxonomyData, load
from initiatives.taxonomy.tables import ItemKind, Taxonomy, TaxonomyNode


class Format(StrEnum):
    """How a file is written."""

    JSON = "json"
    TOML = "toml"
    CSV = "csv"


COLUMNS = (
    "slag", "kod", "namn", "beskrivning", "alias", "prioriterad", "hör till", "start", "ersätter", "idéer", "exempel",
)  # fmt: skip
"""The columns of a CSV file. Several values in a cell are parted by `|`; prioriterad is ja or empty."""
REQUIRED = ("slag", "kod", "namn")
_YES_NO = {"ja": True, "x": True, "1": True, "nej": False, "0": False}
_HEAD = ("name", "valid_from", "valid_to", "replaces")


@dataclass(frozen=True, slots=True)
class Report:
    """What bringing in a taxonomy did, or would do if it is a dry run; nodes by their codes.

    `left` are the nodes that the file does not have: they stay, since initiatives may stand under them.
    """

    dry_run: bool
    created: bool
    taxonomy_id: UUID | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


def read(content: str, kind: Format | str, head: Mapping[str, Any]) -> TaxonomyData:
    """Return the taxonomy that a file describes.

    `head` has what is said beside the file (`name`, `valid_from`, `valid_to`, `replaces`); what is not None there goes
    before what the file says. Raises `InvalidRows` with every row that cannot be read, and `InvalidValue`.
    """
    chosen = values.choice(Format, kind, field="format")
    said = {name: value for name in _HEAD if (value := head.get(name)) is not None}
    if chosen is Format.CSV:
        if not said.get("name"):
            raise InvalidValue("En CSV-fil har inget namn på taxonomin. Ange det bredvid filen.", field="name")
        return TaxonomyData(nodes=_nodes(content), **said)
    found = _parsed(content, chosen)
    if isinstance(found.get("taxonomy"), dict):  # A file may hold other things beside it.
        found = found["taxonomy"]
    return replace(_converted({"name": "", **found}), **said)


def _parsed(content: str, kind: Format) -> dict[str, Any]:
    try:
        found = json.loads(content) if kind is Format.JSON else tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        place = f" ({error})" if isinstance(error, ValueError) else ""
        raise InvalidValue(f"Filen går inte att läsa som {kind.upper()}{place}.", field="content") from None
    if not isinstance(found, dict):
        raise InvalidValue("Filen ska innehålla ett objekt med name och nodes.", field="content")
    return found


def _converted(found: dict[str, Any]) -> TaxonomyData:
    """Return the object as a taxonomy, having tried each node by itself so that all problems are told at once."""
    nodes = found.get("nodes")
    if not isinstance(nodes, list):
        raise InvalidValue("Filen ska ha en lista nodes med minst en nod.", field="nodes")
    problems = [RowProblem(number, *problem) for number, one in enumerate(nodes, 1) if (problem := _wrong(one))]
    require_none(problems)
    try:
        return msgspec.convert(found, TaxonomyData)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"Filen går inte att läsa: {error}.", field="content") from None


def _wrong(node: object) -> tuple[str, str] | None:
    try:
        msgspec.convert(node, NodeData)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        return where.strip("`.").split("[")[0], f"Noden går inte att läsa: {what}."
    return None


def _nodes(content: str) -> tuple[NodeData, ...]:
    rows, problems = read_csv(content, columns=COLUMNS, required=REQUIRED)
    nodes = [_node(row) for row in rows]
    _note_repeated(rows)
    require_none(problems)
    return tuple(nodes)


def _node(row: Row) -> NodeData:
    def text(column: str) -> str:
        return row.require(column, lambda written: values.line(written, field=column)) or ""

    items = [(ItemKind.IDEA, one) for one in _several(row.get("idéer"))]
    items += [(ItemKind.EXAMPLE, one) for one in _several(row.get("exempel"))]
    return NodeData(
        dimension=text("slag"),
        code=text("kod"),
        name=text("namn"),
        description=row.get("beskrivning"),
        aliases=_several(row.get("alias")),
        prioritised=row.read("prioriterad", _yes_or_no) or False,
        parent=row.get("hör till") or None,
        start_order=row.get("start"),
        replaces=_several(row.get("ersätter")) or None,
        items=tuple(ItemData(kind, one) for kind, one in items) if {"idéer", "exempel"} & row.cells.keys() else None,
    )


def _note_repeated(rows: Sequence[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if (code := row.get("kod")) and first.setdefault(code, row.number) != row.number:
            row.note("kod", f"Koden {code} står redan på rad {first[code]}.")


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _yes_or_no(text: str) -> bool:
    if text.lower() not in _YES_NO:
        raise InvalidValue(f"”{text[:40]}” är varken ja eller nej.", field="prioriterad")
    return _YES_NO[text.lower()]


async def bring_in(
    session: AsyncSession, person: Viewer, organisation_id: UUID, data: TaxonomyData, *, dry_run: bool = False
) -> Report:
    """Load a taxonomy that was read from a file, or only tell what that would change. Raises as `load`."""
    known = select(TaxonomyNode.code, TaxonomyNode.revision).join(Taxonomy).order_by(TaxonomyNode.position)
    of_it = Taxonomy.organisation_id == organisation_id, Taxonomy.name == data.name.strip()
    before = dict((await session.execute(known.where(*of_it))).all())
    created = await session.scalar(select(Taxonomy.id).where(*of_it)) is None
    async with attempt(session, dry_run=dry_run):
        taxonomy = await load(session, person, organisation_id, data)
        taxonomy_id = taxonomy.id
        after = dict((await session.execute(known.where(*of_it))).all())
    return Report(
        dry_run=dry_run,
        created=created,
        taxonomy_id=None if dry_run and created else taxonomy_id,
        added=tuple(code for code in after if code not in before),
        changed=tuple(code for code in after if code in before and after[code] != before[code]),
        left=tuple(code for code in before if code not in {node.code for node in data.nodes}),
    )
