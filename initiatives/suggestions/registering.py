"""From a draft to the register, by the functions that people's own writing goes through: one for each kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import clauses, decisions, initiatives, matters, milestones
from initiatives.access import Viewer
from initiatives.decisions import Decision, Outcome
from initiatives.errors import InvalidValue
from initiatives.funds import allocations
from initiatives.grants import agreements, components, obligations
from initiatives.grants.components import Component
from initiatives.indicators import register
from initiatives.indicators.tables import Level
from initiatives.periods import PeriodKind
from initiatives.suggestions.drafts import (
    AmountDraft,
    ClauseDraft,
    ComponentDraft,
    DeadlineDraft,
    GrantDraft,
    IndicatorDraft,
    InitiativeDraft,
    Kind,
    MatterDraft,
    ObligationDraft,
)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a draft goes. `under_id` is what it becomes a part of, `organisation_id` whose it is.

    `proposed` tells that the document only proposes it.
    """

    under_id: UUID | None
    organisation_id: UUID | None
    proposed: bool


Became = tuple[str, UUID]
Register = Callable[[AsyncSession, Viewer, Any, Where], Awaitable[Became]]


async def _matter(session: AsyncSession, person: Viewer, draft: MatterDraft, where: Where) -> Became:
    """Write the proposal or decision in a new matter, or in the one that is named; it becomes the decision."""
    if where.proposed and draft.outcome is not Outcome.PROPOSED:
        raise InvalidValue("Handlingen föreslår bara. Lägg till beslutet när det är fattat.", field="outcome")
    matter_id = where.under_id
    if matter_id is None:
        fields = {name: getattr(draft, name) for name in ("title", "organ", "kind", "diary_number", "proposed_by")}
        matter_id = (await matters.create(session, person, organisation_id=where.organisation_id, **fields)).id
    decision = await decisions.create(
        session,
        person,
        matter_id,
        outcome=draft.outcome,
        organ=draft.organ,
        decided_on=draft.decided_on,
        paragraph=draft.paragraph,
    )
    return "decision", decision.id


async def _clause(session: AsyncSession, person: Viewer, draft: ClauseDraft, where: Where) -> Became:
    if where.under_id is None:
        raise InvalidValue(
            "Lägg till ärendet först, eller välj förslaget eller beslutet i registret.", field="under_id"
        )
    decision = await session.get(Decision, where.under_id)
    if decision is not None and where.proposed and decision.outcome != Outcome.PROPOSED:
        raise InvalidValue("Att-satsen är bara föreslagen. Välj förslaget, inte beslutet.", field="under_id")
    fields: dict[str, Any] = msgspec.structs.asdict(draft)
    fields |= {"verb": draft.verb or None, "addressee_organisation_id": where.organisation_id}
    made = await clauses.create(session, person, where.under_id, **fields)
    return "clause", made.id


async def _grant(session: AsyncSession, person: Viewer, draft: GrantDraft, where: Where) -> Became:
    """Write a state grant, or take the one that is named, so that its parts go there."""
    if where.under_id is not None:
        return "grant_agreement", (await agreements.lock(session, person, where.under_id)).id
    owner = where.organisation_id or person.organisation_id
    if owner is None:
        raise InvalidValue("Ange vilken organisation som får pengarna.", field="organisation_id")
    fields: dict[str, Any] = msgspec.structs.asdict(draft)
    return "grant_agreement", (await agreements.create(session, person, organisation_id=owner, **fields)).id


async def _component(session: AsyncSession, person: Viewer, draft: ComponentDraft, where: Where) -> Became:
    fields: dict[str, Any] = msgspec.structs.asdict(draft)
    return "grant_component", (await components.create(session, person, _grant_of(where), **fields)).id


async def _obligation(session: AsyncSession, person: Viewer, draft: ObligationDraft, where: Where) -> Became:
    """Write what a grant demands, of the part with the name in the draft if there is one, else of the whole."""
    grant_id = _grant_of(where)
    fields: dict[str, Any] = msgspec.structs.asdict(draft)
    name = fields.pop("component")
    named = select(Component.id).where(Component.grant_id == grant_id, Component.name == name).order_by(Component.year)
    part = await session.scalar(named.limit(1)) if name else None
    return "grant_obligation", (await obligations.create(session, person, grant_id, component_id=part, **fields)).id


def _grant_of(where: Where) -> UUID:
    if where.under_id is None:
        raise InvalidValue("Lägg till statsbidraget först, eller ange ett som finns.", field="under_id")
    return where.under_id


async def _amount(session: AsyncSession, person: Viewer, draft: AmountDraft, where: Where) -> Became:
    """Give the money from the fund that is named; the receiver is an organisation if one is named, else the words."""
    if where.under_id is None:
        raise InvalidValue("Välj vilket anslag pengarna tas ur.", field="under_id")
    made = await allocations.allocate(
        session,
        person,
        where.under_id,
        amount_kronor=draft.amount_kronor,
        purpose=draft.purpose,
        receiver_id=where.organisation_id,
        receiver="" if where.organisation_id else draft.receiver,
        recurring=draft.recurring,
    )
    return "allocation", made.id


async def _deadline(session: AsyncSession, person: Viewer, draft: DeadlineDraft, where: Where) -> Became:
    if where.under_id is None:
        raise InvalidValue("Välj vilket initiativ dagen hör till.", field="under_id")
    title = draft.title if draft.recipient in draft.title else f"{draft.title} (till {draft.recipient})"
    made = await milestones.add(session, person, where.under_id, title=title, due_on=draft.due_on)
    return "milestone", made.id


async def _initiative(session: AsyncSession, person: Viewer, draft: InitiativeDraft, where: Where) -> Became:
    """Write a new initiative, which is proposed, or let the one that is named rest on the words."""
    if where.under_id is not None:
        return "initiative", (await initiatives.lock(session, person, where.under_id)).id
    lead = where.organisation_id or person.organisation_id
    if lead is None:
        raise InvalidValue("Ange vilken organisation som leder arbetet.", field="organisation_id")
    made = await initiatives.create(
        session, person, title=draft.title, lead_organisation_id=lead, summary=draft.summary, ends_on=draft.ends_on
    )
    return "initiative", made.id


async def _indicator(session: AsyncSession, person: Viewer, draft: IndicatorDraft, where: Where) -> Became:
    """Write a new indicator of a year, for the whole, or let the one that is named rest on the words."""
    if where.under_id is not None:
        return "indicator", (await register.lock(session, person, where.under_id)).id
    owner = where.organisation_id or person.organisation_id
    if owner is None:
        raise InvalidValue("Ange vilken organisation indikatorn gäller.", field="organisation_id")
    fields = {**msgspec.structs.asdict(draft), "level": Level.REGION, "period_kind": PeriodKind.YEAR}
    return "indicator", (await register.add(session, person, {**fields, "organisation_id": owner})).id


REGISTER: Mapping[Kind, Register] = {
    Kind.MATTER: _matter,
    Kind.CLAUSE: _clause,
    Kind.GRANT: _grant,
    Kind.COMPONENT: _component,
    Kind.OBLIGATION: _obligation,
    Kind.AMOUNT: _amount,
    Kind.DEADLINE: _deadline,
    Kind.INITIATIVE: _initiative,
    Kind.INDICATOR: _indicator,
}
