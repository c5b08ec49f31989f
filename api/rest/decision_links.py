"""Which initiatives decisions are about, from both sides."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath

from api.dependencies import Person, Session
from api.rest.clauses import CLAUSE
from api.rest.decisions import DECISION
from api.rest.examples import INITIATIVE, shows
from initiatives import decision_links, decision_overview
from initiatives.decisions import Outcome

LINK = {
    "id": "01976a10-0000-7000-8000-000000000046",
    "decision_id": DECISION["id"],
    "matter_id": DECISION["matter_id"],
    "matter": DECISION["matter"],
    "outcome": DECISION["outcome"],
    "organ": DECISION["organ"],
    "decided_on": DECISION["decided_on"],
    "paragraph": DECISION["paragraph"],
    "clause_id": CLAUSE["id"],
    "clause_number": CLAUSE["number"],
    "clause_text": CLAUSE["text"],
    "initiative_id": INITIATIVE["id"],
    "initiative": INITIATIVE["title"],
}
NEW = {name: LINK[name] for name in ("initiative_id", "clause_id")}


class DecisionLinkOut(msgspec.Struct, frozen=True):
    """A proposal or decision, or one att-sats of it, is about an initiative."""

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


class NewDecisionLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An initiative that a decision is about."""

    initiative_id: UUID
    clause_id: UUID | None = None


class DecisionLinkController(Controller):
    """The initiatives of one decision."""

    path = "/decisions/{decision_id:uuid}/initiatives"
    tags = ("Beslut",)

    @get(
        summary="Lista ett besluts initiativ",
        operation_id="listDecisionInitiatives",
        responses=shows(list[DecisionLinkOut], [LINK]),
    )
    async def list_links(
        self, session: Session, person: Person, decision_id: FromPath[UUID]
    ) -> Sequence[DecisionLinkOut]:
        """Return the initiatives that the decision is about."""
        await decision_overview.get_decision(session, person, decision_id)
        rows = await decision_links.list_links(session, person, decision_ids=[decision_id])
        return msgspec.convert(rows, list[DecisionLinkOut], from_attributes=True)

    @post(
        summary="Koppla ett beslut till ett initiativ",
        operation_id="linkDecision",
        responses=shows(DecisionLinkOut, LINK, status=201, description="Kopplat"),
    )
    async def link(
        self,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[NewDecisionLink, Body(examples=[Example(value=NEW)])],
    ) -> DecisionLinkOut:
        """Say that the decision, or one att-sats of it, is about an initiative; for the programme group."""
        added = await decision_links.link(session, person, decision_id, **msgspec.structs.asdict(data))
        rows = await decision_links.list_links(session, person, decision_ids=[decision_id])
        return msgspec.convert(next(row for row in rows if row.id == added.id), DecisionLinkOut, from_attributes=True)

    @delete(
        "/{initiative_id:uuid}", summary="Ta bort kopplingen till ett initiativ", operation_id="unlinkDecision",
        status_code=204,
    )  # fmt: skip
    async def unlink(
        self, session: Session, person: Person, decision_id: FromPath[UUID], initiative_id: FromPath[UUID]
    ) -> None:
        """Take the link away; for the programme group."""
        await decision_links.unlink(session, person, decision_id, initiative_id)


class InitiativeDecisionController(Controller):
    """The decisions behind one initiative; a partner does not see them."""

    path = "/initiatives/{initiative_id:uuid}/decisions"
    tags = ("Beslut",)

    @get(
        summary="Lista besluten bakom ett initiativ",
        operation_id="listInitiativeDecisions",
        responses=shows(list[DecisionLinkOut], [LINK]),
    )
    async def list_decisions(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Sequence[DecisionLinkOut]:
        """Return proposals and decisions that are about the initiative, the oldest first."""
        await decision_links.require_initiative(session, person, initiative_id)
        rows = await decision_links.list_links(session, person, initiative_id=initiative_id)
        return msgspec.convert(rows, list[DecisionLinkOut], from_attributes=True)
