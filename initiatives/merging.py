"""Two people change the same initiative: what does not collide is merged, what does is told field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import revisions
from initiatives.errors import StaleVersion
from initiatives.revisions import Past, plain
from initiatives.sharing import Field

FIELDS: Mapping[str, Field] = {
    "title": Field.TITLE,
    "summary": Field.SUMMARY,
    "status": Field.STATUS,
    "lead_organisation_id": Field.LEAD,
    "responsible_id": Field.RESPONSIBLE,
    "starts_on": Field.STARTS,
    "ends_on": Field.ENDS,
    "decision": Field.DECISION,
    "outcome": Field.OUTCOME,
    "reason": Field.REASON,
    "next_steps": Field.NEXT_STEPS,
    "node_ids": Field.NODES,
    "partner_ids": Field.PARTNERS,
}
"""What is written, and what is then shown otherwise."""


UNKNOWN = Past(value=object(), by=None, at=None)
"""Stands for a past that is not kept: any difference may then be another's change."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two writers gave different values: the one that stands, and who wrote it when, as far as known."""

    field: str
    theirs: Any
    by: str | None
    at: datetime | None


class ConflictingChange(StaleVersion):
    """Somebody else has changed the same fields since they were read; nothing has been saved."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        """Take the fields, in the order that they were sent."""
        names = ", ".join(one.field for one in conflicts)
        who = " och ".join(sorted({one.by for one in conflicts if one.by})) or "Någon annan"
        super().__init__(
            f"{who} har ändrat samma fält sedan du läste: {names}. Inget är sparat. "
            "Läs om, välj vilka värden som ska gälla och skicka dem igen."
        )
        self.conflicts = conflicts


async def merge(
    session: AsyncSession,
    initiative_id: UUID,
    *,
    read: int,
    now: int,
    stands: Mapping[str, object],
    wanted: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what to write of `wanted`, made by one who read revision `read` of what now `stands` at revision `now`.

    A field that the writer left as it was read keeps what others have made of it. Raises `ConflictingChange` for those
    that both changed to different values, and `StaleVersion` for a revision that has not been. Wants the lock.
    """
    if read == now:
        return dict(wanted)
    if read > now:
        raise StaleVersion("Den version som du anger har aldrig funnits. Läs om initiativet och gör ändringen igen.")
    past = await revisions.since_revision(session, initiative_id, read, now)
    merged, conflicts = {}, []
    for name, value in wanted.items():
        mine, theirs = plain(value), plain(stands[name])
        other = UNKNOWN if past is None else past.get(FIELDS[name])
        if other is None or other.value == theirs:
            merged[name] = value
        elif mine not in (other.value, theirs):
            conflicts.append(Conflict(name, theirs, other.by, other.at))
    if conflicts:
        raise ConflictingChange(tuple(conflicts))
    return merged
