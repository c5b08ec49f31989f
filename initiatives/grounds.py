"""What says that an initiative is decided: a decision in the register, or a quotation from a document.

The room of decisions stands on that of initiatives, so it is asked by the names of its tables.
"""

from uuid import UUID

from sqlalchemy import String, Uuid, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.sources import Source

_LINK = table("decision_link", column("id", Uuid), column("decision_id", Uuid), column("initiative_id", Uuid))
_DECISION = table("decision", column("id", Uuid), column("outcome", String))
_DECIDED = ("beslutat", "delvis bifall")


async def are_there(session: AsyncSession, initiative_id: UUID) -> bool:
    """Tell whether a decision that was made, or a quotation, is tied to an initiative; for one who sees everything."""
    mine = Source.subject_type == "initiative", Source.subject_id == initiative_id
    if await session.scalar(select(Source.id).where(*mine).limit(1)) is not None:
        return True
    decided = select(_LINK.c.id).join(_DECISION, _DECISION.c.id == _LINK.c.decision_id)
    made = _LINK.c.initiative_id == initiative_id, _DECISION.c.outcome.in_(_DECIDED)
    return await session.scalar(decided.where(*made).limit(1)) is not None
