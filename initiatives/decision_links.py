"""Which initiatives a decision is about: many decisions to many initiatives, shown on the pages of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import activity, decisions, initiatives, records
from initiatives.access import SEES_ALL_SQL, Viewer, protect, sees_all
from initiatives.base import Base
from initiatives.clauses import Clause
from initiatives.decisions import Decision, Outcome
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.initiatives import Initiative
from initiatives.kinds import KINDS, Kind
from initiatives.matters import Matter, visible_to
from initiatives.past import kept
from initiatives.swedish import sort_key_sql

MISSING = "Beslutet är inte kopplat till initiativet."


class DecisionLink(records.Record, Base):
    """A decision, or one clause of it, is about an initiative."""

    __tablename__ = "decision_link"
    __table_args__ = (
        UniqueConstraint("decision_id", "initiative_id"),
        Index(None, "initiative_id"),
        Index(None, "clause_id"),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    clause_id: Mapped[UUID | None] = mapped_column(ForeignKey("clause.id", ondelete="SET NULL"))
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))


POLICIES: tuple[str, ...] = protect("decision_link", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("decision_link", part_of="decision_id"),)
KINDS["decision_link"] = Kind(
    word="koppling till initiativ",
    plural="initiativ som det gäller",
    title=("initiative_id", "clause_id"),
    labels={"decision_id": "Beslut", "clause_id": "Att-sats", "initiative_id": "Initiativ"},
    part_of="decision",
)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as it is shown, with the names at both ends; the text is that of the clause, if it is about one."""

    id: UUID
    decision_id: UUID
    matter_id: UUID
    matter: str
    outcome: Outcome
    organ: str
    decided_on: date | None
    paragraph: str
    clause_id: UUID | None
    clause_number: int | None
    clause_text: str | None
    initiative_id: UUID
    initiative: str


async def link(
    session: AsyncSession, person: Viewer, decision_id: UUID, *, initiative_id: UUID, clause_id: UUID | None = None
) -> DecisionLink:
    """Say that a decision is about an initiative.

    Raises `NotAllowed`, `NotFound` for the decision, `AlreadyExists`, or `InvalidValue` for an unknown initiative or a
    clause of another decision.
    """
    decision = await decisions.lock(session, person, decision_id)
    if await session.get(Initiative, initiative_id) is None:
        raise InvalidValue("Initiativet finns inte.", field="initiative_id")
    if clause_id is not None:
        clause = await session.get(Clause, clause_id)
        if clause is None or clause.decision_id != decision_id:
            raise InvalidValue("Att-satsen hör inte till beslutet.", field="clause_id")
    made = DecisionLink(decision_id=decision_id, clause_id=clause_id, initiative_id=initiative_id)
    taken = AlreadyExists("Beslutet är redan kopplat till initiativet.", field="initiative_id")
    await records.add(session, person, made, taken=taken)
    after = {"decision_id": decision_id, "outcome": decision.outcome}
    activity.record(session, person, "kopplade till beslut", "initiative", initiative_id, after=after)
    return made


async def unlink(session: AsyncSession, person: Viewer, decision_id: UUID, initiative_id: UUID) -> None:
    """Take the link between a decision and an initiative away; raise `NotFound` if there is none."""
    both = DecisionLink.decision_id == decision_id, DecisionLink.initiative_id == initiative_id
    link_id = await session.scalar(select(DecisionLink.id).where(*both, visible_to(person)))
    if link_id is None:
        raise NotFound(MISSING)
    found = await records.lock_to_write(session, person, DecisionLink, link_id, missing=MISSING)
    await records.remove(session, person, found)
    before = {"decision_id": decision_id}
    activity.record(session, person, "tog bort koppling till beslut", "initiative", initiative_id, before=before)


async def list_links(
    session: AsyncSession, person: Viewer, *, decision_ids: Sequence[UUID] = (), initiative_id: UUID | None = None
) -> Sequence[LinkRow]:
    """Return the links of decisions, or of an initiative, decisions by day and initiatives by title."""
    if not sees_all(person):
        return ()
    query = _ROWS.where(
        DecisionLink.decision_id.in_(decision_ids)
        if initiative_id is None
        else DecisionLink.initiative_id == initiative_id
    )
    order = (Decision.decided_on.nulls_last(), sort_key_sql(Initiative.title), DecisionLink.id)
    return [LinkRow(*row) for row in await session.execute(query.order_by(*order))]


async def require_initiative(session: AsyncSession, person: Viewer, initiative_id: UUID) -> None:
    """Return if the person sees the initiative, raise `NotFound` otherwise."""
    query = select(Initiative.id).where(initiatives.visible_to(person), Initiative.id == initiative_id)
    if await session.scalar(query) is None:
        raise NotFound("Initiativet finns inte.")


_ROWS: Select[*tuple[Any, ...]] = (
    select(
        DecisionLink.id,
        DecisionLink.decision_id,
        Decision.matter_id,
        Matter.title,
        Decision.outcome,
        Decision.organ,
        Decision.decided_on,
        Decision.paragraph,
        DecisionLink.clause_id,
        Clause.number,
        Clause.text,
        DecisionLink.initiative_id,
        Initiative.title,
    )
    .join(Decision, Decision.id == DecisionLink.decision_id)
    .join(Matter, Matter.id == Decision.matter_id)
    .join(Initiative, Initiative.id == DecisionLink.initiative_id)
    .outerjoin(Clause, Clause.id == DecisionLink.clause_id)
)
