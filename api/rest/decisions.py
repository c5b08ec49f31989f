"""What organs propose and decide. A proposal never becomes a decision: the decision is one of its own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import page_of, shows
from api.rest.matters import MATTER
from initiatives import clauses, decision_overview, decisions, matter_overview, removing, values
from initiatives.access import Viewer
from initiatives.decision_overview import DecisionFilters
from initiatives.decisions import Outcome, Replacing

DECISION = {
    "id": "01976a10-0000-7000-8000-000000000041",
    "matter_id": MATTER["id"],
    "matter": MATTER["title"],
    "diary_number": MATTER["diary_number"],
    "outcome": "beslutat",
    "organ": "Regionstyrelsen",
    "decided_on": "2026-06-08",
    "paragraph": "§ 61",
    "note": "",
    "replaces_id": None,
    "replaces_how": None,
    "replaced_by_id": None,
    "replaced_on": None,
    "in_force": True,
    "authority_flag": "Beslutat av ett organ som enligt anteckningen inte får besluta.",
    "clauses": 4,
    "set_aside_kronor": 2_000_000,
    "taken_kronor": 2_000_000,
    "created_at": "2026-06-09T09:00:00Z",
    "updated_at": "2026-06-09T09:00:00Z",
    "revision": 1,
}
NEW = {name: DECISION[name] for name in ("outcome", "organ", "decided_on", "paragraph")}
OutcomeText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Outcome)})]
ReplacingText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Replacing)})]
OUTCOME = Parameter(description="Vad organet gjorde.", schema_extra={"enum": list(Outcome)})


class DecisionOut(msgspec.Struct, frozen=True):
    """A proposal (`outcome` is `förslag`) or what an organ did on a day.

    `in_force` tells whether it holds today. `set_aside_kronor` sums what its clauses set aside, `taken_kronor` what
    they take out of some source. `authority_flag` is set when a note says that another organ may decide.
    """

    id: UUID
    matter_id: UUID
    matter: str
    diary_number: str
    outcome: Outcome
    organ: str
    decided_on: date | None
    paragraph: str
    note: str
    replaces_id: UUID | None
    replaces_how: Replacing | None
    replaced_by_id: UUID | None
    replaced_on: date | None
    in_force: bool
    authority_flag: str | None
    clauses: int
    set_aside_kronor: int
    taken_kronor: int
    created_at: datetime
    updated_at: datetime
    revision: int


class NewDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proposal or a decision to add. The organ is the matter's unless it is said; all but a proposal has a day.

    `clauses_from_id` copies the clauses of another one, mostly the proposal, to go on from.
    """

    outcome: OutcomeText
    organ: str | None = None
    decided_on: date | None = None
    paragraph: str = ""
    note: str = ""
    replaces_id: UUID | None = None
    replaces_how: ReplacingText | None = None
    clauses_from_id: UUID | None = None


class DecisionChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    outcome: OutcomeText | UnsetType = UNSET
    organ: str | UnsetType = UNSET
    decided_on: date | UnsetType | None = UNSET
    paragraph: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    replaces_id: UUID | UnsetType | None = UNSET
    replaces_how: ReplacingText | UnsetType | None = UNSET


class MatterDecisionController(Controller):
    """The proposals and decisions of one matter."""

    path = "/matters/{matter_id:uuid}/decisions"
    tags = ("Beslut",)

    @get(
        summary="Lista ett ärendes beslut",
        operation_id="listMatterDecisions",
        responses=shows(list[DecisionOut], [DECISION]),
    )
    async def list_decisions(
        self, session: Session, person: Person, matter_id: FromPath[UUID]
    ) -> Sequence[DecisionOut]:
        """Return what was proposed and decided, in the order in which it happened."""
        await matter_overview.get_matter(session, person, matter_id)
        rows = await decision_overview.of_matter(session, person, matter_id)
        return msgspec.convert(rows, list[DecisionOut], from_attributes=True)

    @post(
        summary="Lägg till ett förslag eller beslut",
        operation_id="createDecision",
        responses=shows(DecisionOut, DECISION, status=201, description="Tillagt"),
    )
    async def create_decision(
        self,
        session: Session,
        person: Person,
        matter_id: FromPath[UUID],
        data: Annotated[NewDecision, Body(examples=[Example(value=NEW)])],
    ) -> Response[DecisionOut]:
        """Add what the organ proposes or has done; for the programme group."""
        given = msgspec.structs.asdict(data)
        clauses_from = given.pop("clauses_from_id")
        if given["organ"] is None:
            del given["organ"]
        added = await decisions.create(session, person, matter_id, **given)
        if clauses_from is not None:
            await clauses.copy(session, person, added.id, clauses_from)
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/decisions/{added.id}"
        return response


class DecisionController(Controller):
    """Proposals and decisions of all matters."""

    path = "/decisions"
    tags = ("Beslut",)

    @get(summary="Lista beslut", operation_id="listDecisions", responses=shows(Page[DecisionOut], page_of(DECISION)))
    async def list_decisions(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        organ: Annotated[str, Parameter(description="Organet, som det är skrivet.")] = "",
        year: Annotated[int | None, Parameter(description="Beslutets eller förslagets år.")] = None,
        outcome: Annotated[str | None, OUTCOME] = None,
        deciding: Annotated[bool, Parameter(description="Bara beslut, inga förslag eller avslag.")] = False,
    ) -> Response[Page[DecisionOut]]:
        """Return proposals and decisions, the newest first."""
        filters = DecisionFilters(
            organ=organ,
            year=year,
            outcome=None if outcome is None else values.choice(Outcome, outcome, field="outcome"),
            deciding=deciding,
        )
        rows, total = await decision_overview.list_decisions(
            session, person, filters, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[DecisionOut], from_attributes=True), total)

    @get(
        "/{decision_id:uuid}",
        summary="Visa ett beslut",
        operation_id="getDecision",
        responses=shows(DecisionOut, DECISION, description="Beslutet; versionen står i ETag"),
    )
    async def get_decision(
        self, session: Session, person: Person, decision_id: FromPath[UUID]
    ) -> Response[DecisionOut]:
        """Return one proposal or decision."""
        return await shown(session, person, decision_id)

    @patch(
        "/{decision_id:uuid}",
        summary="Ändra ett beslut",
        operation_id="reviseDecision",
        responses=shows(DecisionOut, DECISION, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_decision(
        self,
        *,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[DecisionChanges, Body(examples=[Example(value={"paragraph": "§ 61"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[DecisionOut]:
        """Change what is sent; for the programme group. A proposal does not become a decision this way (409)."""
        await decision_overview.get_decision(session, person, decision_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await decisions.revise(session, person, decision_id, revision=revision, **changes)
        return await shown(session, person, decision_id)

    @delete("/{decision_id:uuid}", summary="Ta bort ett beslut", operation_id="deleteDecision", status_code=204)
    async def delete_decision(self, session: Session, person: Person, decision_id: FromPath[UUID]) -> None:
        """Remove one that was registered by mistake, with its clauses; refused while assignments rest on it."""
        await removing.remove_decision(session, person, decision_id)


async def shown(session: AsyncSession, person: Viewer, decision_id: UUID) -> Response[DecisionOut]:
    """Return a decision with its ETag."""
    row = await decision_overview.get_decision(session, person, decision_id)
    return Response(msgspec.convert(row, DecisionOut, from_attributes=True), headers={"ETag": etag(row.revision)})
