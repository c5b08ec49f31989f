"""Who is party to a conversation or an agreement with the region; those, and no other municipalities, see it.

The parties stand in the row itself, so that one policy decides it without asking another table. The region is always a
party and is not written down: what the region's own readers see is not decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Uuid, exists, false, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import values
from initiatives.access import ORGANISATION_SQL, SEES_ALL_SQL, Viewer, sees_all
from initiatives.errors import InvalidValue
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.taxonomy import Axis, TaxonomyDimension, TaxonomyNode

PARTY_SQL = f"{SEES_ALL_SQL} OR {ORGANISATION_SQL} = ANY (party_ids)"
"""Who reads a row that has parties, in words for policies."""

MOST_PARTIES, MOST_NODES = 100, 50


REFERS = {"party_ids": "organisation", "node_ids": "taxonomy_node"}
"""The lists of identifiers, and whose they are."""


class WithParties:
    """Columns of what has parties and is about delområden."""

    party_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    node_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that is referred to by name."""

    id: UUID
    name: str


def visible_to(person: Viewer, kind: type[WithParties]) -> ColumnElement[bool]:
    """Return the condition for what the person sees: everything, or that to which their own organisation is party."""
    if sees_all(person):
        return true()
    if person.organisation_id is None:
        return false()
    return kind.party_ids.contains([person.organisation_id])


async def checked_parties(session: AsyncSession, party_ids: Sequence[UUID]) -> list[UUID]:
    """Return the parties, each once: municipalities or units of them. Raises `InvalidValue`."""
    wanted = list(dict.fromkeys(party_ids))
    if not 1 <= len(wanted) <= MOST_PARTIES:
        raise InvalidValue(
            f"Ange minst en kommun och högst {MOST_PARTIES} parter. Regionen är alltid part.", field="party_ids"
        )
    parent = aliased(Organisation)
    of_municipalities = (Organisation.kind == OrganisationKind.MUNICIPALITY) | (
        parent.kind == OrganisationKind.MUNICIPALITY
    )
    query = select(Organisation.id).outerjoin(parent, parent.id == Organisation.parent_id)
    known = set(await session.scalars(query.where(Organisation.id.in_(wanted), of_municipalities)))
    if any(one not in known for one in wanted):
        raise InvalidValue(
            "Parter är kommuner, eller enheter i en kommun. Regionen är alltid part och anges inte.", field="party_ids"
        )
    return wanted


async def checked_nodes(session: AsyncSession, node_ids: Sequence[UUID]) -> list[UUID]:
    """Return the delområden, each once. Raises `InvalidValue`."""
    wanted = list(dict.fromkeys(node_ids))
    if len(wanted) > MOST_NODES:
        raise InvalidValue(f"Ange högst {MOST_NODES} delområden.", field="node_ids")
    known = set(await session.scalars(select(TaxonomyNode.id).where(TaxonomyNode.id.in_(wanted), is_area())))
    if len(known) < len(wanted):
        raise InvalidValue("Ange delområden som finns i taxonomin.", field="node_ids")
    return wanted


def is_area() -> ColumnElement[bool]:
    """Return the condition on `TaxonomyNode` for what is followed up: the kind of node that is rows of the matrix."""
    of_node = (
        TaxonomyDimension.taxonomy_id == TaxonomyNode.taxonomy_id,
        TaxonomyDimension.name == TaxonomyNode.dimension,
    )
    return exists().where(*of_node, TaxonomyDimension.axis == Axis.ROWS)


async def checked(
    session: AsyncSession, fields: Mapping[str, Any], *, days: Sequence[str], paragraphs: Sequence[str]
) -> dict[str, Any]:
    """Return what was written, tidied: the title, the named days and paragraphs, the parties and the delområden.

    Only what is there is looked at. Raises `InvalidValue` with the field.
    """
    given = dict(fields)
    for name in given.keys() & set(days):
        values.period(given[name], None, field=name)
    for name in given.keys() & set(paragraphs):
        given[name] = values.paragraph(given[name], field=name)
    if "title" in given:
        given["title"] = values.line(given["title"], field="title")
    if "party_ids" in given:
        given["party_ids"] = await checked_parties(session, given["party_ids"])
    if "node_ids" in given:
        given["node_ids"] = await checked_nodes(session, given["node_ids"])
    return given


async def names(session: AsyncSession, rows: Sequence[RowMapping]) -> Mapping[UUID, Named]:
    """Return the names of all parties and delområden of the rows, in two queries however many rows there are."""
    found: dict[UUID, Named] = {}
    for kind, column in ((Organisation, "party_ids"), (TaxonomyNode, "node_ids")):
        wanted = {one for row in rows for one in row[column]}
        if column == "party_ids":
            wanted |= {row["next_step_organisation_id"] for row in rows if row.get("next_step_organisation_id")}
        query = select(kind.id, kind.name).where(kind.id.in_(wanted))
        found |= {identifier: Named(identifier, name) for identifier, name in await session.execute(query)}
    return found
