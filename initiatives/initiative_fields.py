"""What can be written of an initiative, and the check of each field."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import values
from initiatives.errors import InvalidValue
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.taxonomy import TaxonomyNode
from initiatives.workflow import Status

LONGEST_NOTE = 500


class Details(TypedDict, total=False):
    """What an initiative may do without.

    `node_ids` are taxonomy nodes of any dimension, `partner_ids` organisations that take part.
    """

    summary: str
    status: Status | str
    partner_ids: Sequence[UUID]
    responsible_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    decision: str
    outcome: str
    reason: str
    next_steps: str
    node_ids: Sequence[UUID]


class Fields(Details, total=False):
    """What can be written; a change names only what it changes."""

    title: str
    lead_organisation_id: UUID


async def checked(session: AsyncSession, fields: Fields) -> dict[str, Any]:
    """Return the fields as they are kept; raise `InvalidValue` with the name of one that cannot be."""
    kept: dict[str, Any] = dict(fields)
    if "title" in fields:
        kept["title"] = values.line(fields["title"], field="title")
    for name in ("summary", "outcome", "reason", "next_steps"):
        if name in fields:
            kept[name] = values.paragraph(kept[name], field=name)
    if "decision" in fields:
        kept["decision"] = values.paragraph(fields["decision"], field="decision", longest=LONGEST_NOTE)
    if "status" in fields:
        kept["status"] = values.choice(Status, fields["status"], field="status")
    if "lead_organisation_id" in fields:
        await require_known(session, Organisation, [fields["lead_organisation_id"]], field="lead_organisation_id")
    if responsible := fields.get("responsible_id"):
        await require_known(session, Person, [responsible], field="responsible_id")
    lists: dict[str, type[Organisation | TaxonomyNode]] = {"node_ids": TaxonomyNode, "partner_ids": Organisation}
    for name, kind in lists.items():
        if name in fields:
            await require_known(session, kind, kept[name], field=name)
            kept[name] = sorted(set(kept[name]))
    return kept


async def require_known(
    session: AsyncSession, kind: type[Organisation | Person | TaxonomyNode], wanted: Sequence[UUID], *, field: str
) -> None:
    """Raise `InvalidValue` unless there is one of the kind with each of these identifiers."""
    if not wanted:
        return
    known = set(await session.scalars(select(kind.id).where(kind.id.in_(wanted))))
    if unknown := set(wanted) - known:
        raise InvalidValue(f"Det finns {_NONE_SUCH[kind]} med id {min(unknown)}.", field=field)


_NONE_SUCH = {Organisation: "ingen organisation", Person: "ingen person", TaxonomyNode: "ingen nod i taxonomin"}
