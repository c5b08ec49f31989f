"""Changing single nodes of a taxonomy, and what they can mean; the whole is brought in by `loading`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import records, values
from initiatives.access import Viewer, require_writer
from initiatives.errors import AlreadyExists
from initiatives.taxonomy.tables import ItemKind, TaxonomyItem, TaxonomyNode

NO_NODE, NO_ITEM = "Noden finns inte i taxonomin.", "Raden finns inte i taxonomin."
LONGEST_ITEM, LONGEST_ORDER = 500, 200


async def revise_node(
    session: AsyncSession, person: Viewer, node_id: UUID, wanted: Mapping[str, Any], *, revision: int | None
) -> None:
    """Change a node's name, description, aliases, priority or start order; its code and kind stay as they are.

    Raises `NotAllowed`, `NotFound`, and as `records.change`.
    """
    require_writer(person)
    row = await records.lock(session, TaxonomyNode, node_id, missing=NO_NODE)
    given = dict(wanted)
    if "name" in given:
        given["name"] = values.line(given["name"], field="name")
    if "description" in given:
        given["description"] = values.paragraph(given["description"], field="description")
    if "aliases" in given:
        given["aliases"] = [values.line(one, field="aliases") for one in given["aliases"]]
    if "start_order" in given:
        given["start_order"] = values.paragraph(given["start_order"], field="start_order", longest=LONGEST_ORDER)
    await records.change(session, person, row, given, read=revision)


async def add_item(
    session: AsyncSession, person: Viewer, node_id: UUID, *, kind: ItemKind | str, text: str
) -> TaxonomyItem:
    """Add something that a node can mean, last. Raises `NotAllowed`, `NotFound`, `InvalidValue` or `AlreadyExists`."""
    require_writer(person)
    await records.lock(session, TaxonomyNode, node_id, missing=NO_NODE)
    last = await session.scalar(select(func.max(TaxonomyItem.position)).where(TaxonomyItem.node_id == node_id))
    item = TaxonomyItem(
        node_id=node_id,
        kind=values.choice(ItemKind, kind, field="kind"),
        text=values.line(text, field="text", longest=LONGEST_ITEM),
        position=(last or 0) + 1,
    )
    await records.add(session, person, item, taken=AlreadyExists("Noden har redan den raden.", field="text"))
    return item


async def remove_item(session: AsyncSession, person: Viewer, item_id: UUID) -> None:
    """Take something away that a node could mean. Raises `NotAllowed` or `NotFound`."""
    require_writer(person)
    await records.remove(session, person, await records.lock(session, TaxonomyItem, item_id, missing=NO_ITEM))
