"""Att-satser: the numbered sentences of proposals and decisions, how far each has come, and what closed it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post, put
from litestar.connection import Request
from litestar.di import NamedDependency, Provide
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.decisions import DECISION, OUTCOME
from api.rest.examples import page_of, shows
from api.rest.matters import MATTER, ON
from initiatives import clause_overview, clauses, closing, decision_overview, decisions, removing, values, wording
from initiatives.access import Viewer
from initiatives.clause_overview import ClauseFilters
from initiatives.clauses import Ruling
from initiatives.decisions import Outcome
from initiatives.standing import DueKind, Status

CLAUSE = {
    "id": "01976a10-0000-7000-8000-000000000042",
    "matter_id": MATTER["id"],
    "matter": MATTER["title"],
    "diary_number": MATTER["diary_number"],
    "decision_id": DECISION["id"],
    "outcome": "beslutat",
    "organ": "Regionstyrelsen",
    "decided_on": "2026-06-08",
    "number": 3,
    "verb": "lägga fram",
    "text": "att regiondirektören ska lägga fram en samlad lista senast 2026-12-07",
    "ruling": "bifallen",
    "ruling_note": "",
    "addressee_organisation_id": None,
    "addressee_organisation": None,
    "addressee": "regiondirektören",
    "due_kind": "datum",
    "due_on": "2026-12-07",
    "due_note": "",
    "amount_kronor": None,
    "funding_source": "",
    "closed_by_id": None,
    "closed_on": None,
    "assignments": 4,
    "assignments_done": 1,
    "on": "2026-11-30",
    "status": "pågår",
    "warning": True,
    "days_late": 0,
    "days_left": 7,
    "words": "pågår, 7 dagar kvar",
    "created_at": "2026-06-09T09:00:00Z",
    "updated_at": "2026-06-09T09:00:00Z",
    "revision": 1,
}
NEW = {name: CLAUSE[name] for name in ("text", "addressee", "due_on")}
DRAFT = {name: CLAUSE[name] for name in ("number", "verb", "text", "amount_kronor", "due_kind", "due_on")} | {
    "quote": "att regiondirektören ska lägga fram en samlad lista\nsenast 2026-12-07."
}
PASTED = {"text": "Regionstyrelsen beslutar\n\natt avsätta 2 mnkr för psykisk ohälsa,\n\natt genast inleda arbetet."}
DueText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(DueKind)})]
RulingText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Ruling)})]
CLAUSE_STATUSES = [one for one in Status if one is not Status.GIVEN]


class ClauseOut(msgspec.Struct, frozen=True):
    """An att-sats as it stands on the day `on`.

    A negative `amount_kronor` is taken out of `funding_source`. `status` follows from the decision and from what came
    of it; `warning` tells that the time is soon out, and `words` says it all to people ("försenad 1 dag").
    """

    id: UUID
    matter_id: UUID
    matter: str
    diary_number: str
    decision_id: UUID
    outcome: Outcome
    organ: str
    decided_on: date | None
    number: int
    verb: str
    text: str
    ruling: Ruling
    ruling_note: str
    addressee_organisation_id: UUID | None
    addressee_organisation: str | None
    addressee: str
    due_kind: DueKind
    due_on: date | None
    due_note: str
    amount_kronor: int | None
    funding_source: str
    closed_by_id: UUID | None
    closed_on: date | None
    assignments: int
    assignments_done: int
    on: date
    status: Status
    warning: bool
    days_late: int
    days_left: int | None
    words: str
    created_at: datetime
    updated_at: datetime
    revision: int


class NewClause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An att-sats to add. Number, verb and ruling are read from the text and the decision unless they are said.

    The time is a day, `snarast`, or `ingen tid angiven`; `due_note` keeps the words of the source ("årligen").
    """

    text: str
    number: int | None = None
    verb: str | None = None
    ruling: RulingText | None = None
    ruling_note: str = ""
    addressee_organisation_id: UUID | None = None
    addressee: str = ""
    due_kind: DueText | None = None
    due_on: date | None = None
    due_note: str = ""
    amount_kronor: int | None = None
    funding_source: str = ""


class ClauseChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    text: str | UnsetType = UNSET
    number: int | UnsetType = UNSET
    verb: str | UnsetType = UNSET
    ruling: RulingText | UnsetType = UNSET
    ruling_note: str | UnsetType = UNSET
    addressee_organisation_id: UUID | UnsetType | None = UNSET
    addressee: str | UnsetType = UNSET
    due_kind: DueText | UnsetType = UNSET
    due_on: date | UnsetType | None = UNSET
    due_note: str | UnsetType = UNSET
    amount_kronor: int | UnsetType | None = UNSET
    funding_source: str | UnsetType = UNSET


class Pasted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operative text of a decision."""

    text: str


class DraftOut(msgspec.Struct, frozen=True):
    """An att-sats as it could be registered; `quote` is its words as they stood in the text."""

    number: int
    verb: str
    text: str
    quote: str
    amount_kronor: int | None
    due_kind: DueKind
    due_on: date | None


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision that closes; without one the answer names all that is missing."""

    decision_id: UUID | None = None


def provide_filters(
    *,
    organ: Annotated[str, Parameter(description="Organet, som det är skrivet.")] = "",
    year: Annotated[int | None, Parameter(description="Beslutets eller förslagets år.")] = None,
    outcome: Annotated[str | None, OUTCOME] = None,
    status: Annotated[
        str | None, Parameter(description="Hur långt den har kommit.", schema_extra={"enum": CLAUSE_STATUSES})
    ] = None,
    late: Annotated[bool, Parameter(description="Bara försenade.")] = False,
    without_owner: Annotated[bool, Parameter(description="Bara utan mottagare.")] = False,
    without_due_date: Annotated[bool, Parameter(description="Bara utan datum: snarast, eller ingen tid alls.")] = False,
    matter: Annotated[UUID | None, Parameter(description="Bara i det här ärendet.")] = None,
    decision: Annotated[UUID | None, Parameter(description="Bara i det här beslutet.")] = None,
    organisation: Annotated[UUID | None, Parameter(description="Organisationen som den riktar sig till.")] = None,
    on: Annotated[date | None, ON] = None,
) -> ClauseFilters:
    """Return the filters in the query."""
    return ClauseFilters(
        on=on,
        late=late,
        without_owner=without_owner,
        without_due_date=without_due_date,
        organ=organ,
        year=year,
        outcome=None if outcome is None else values.choice(Outcome, outcome, field="outcome"),
        status=None if status is None else values.choice(Status, status, field="status"),
        matter_id=matter,
        decision_id=decision,
        organisation_id=organisation,
    )


class DecisionClauseController(Controller):
    """The att-satser of one proposal or decision."""

    path = "/decisions/{decision_id:uuid}"
    tags = ("Beslut",)

    @get(
        "/clauses",
        summary="Lista ett besluts att-satser",
        operation_id="listDecisionClauses",
        responses=shows(list[ClauseOut], [CLAUSE]),
    )
    async def list_clauses(
        self, session: Session, person: Person, decision_id: FromPath[UUID], on: Annotated[date | None, ON] = None
    ) -> Sequence[ClauseOut]:
        """Return the att-satser in the order of their numbers."""
        await decision_overview.get_decision(session, person, decision_id)
        rows = await clause_overview.of_decisions(session, person, [decision_id], on=on)
        return msgspec.convert(rows, list[ClauseOut], from_attributes=True)

    @post(
        "/clauses",
        summary="Lägg till en att-sats",
        operation_id="createClause",
        responses=shows(ClauseOut, CLAUSE, status=201, description="Tillagd"),
    )
    async def create_clause(
        self,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[NewClause, Body(examples=[Example(value=NEW)])],
    ) -> Response[ClauseOut]:
        """Add an att-sats; for the programme group."""
        added = await clauses.create(session, person, decision_id, **msgspec.structs.asdict(data))
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/clauses/{added.id}"
        return response

    @post(
        "/clause-drafts",
        summary="Dela upp en beslutstext i att-satser",
        operation_id="draftClauses",
        status_code=200,
        responses=shows(list[DraftOut], [DRAFT]),
    )
    async def draft_clauses(
        self,
        session: Session,
        person: Person,
        decision_id: FromPath[UUID],
        data: Annotated[Pasted, Body(examples=[Example(value=PASTED)])],
    ) -> Sequence[DraftOut]:
        """Return a draft for each line of the text that begins with *att*; nothing is saved."""
        await decisions.lock(session, person, decision_id)
        first = await clauses.next_number(session, decision_id)
        return msgspec.convert(wording.drafts(data.text, first=first), list[DraftOut], from_attributes=True)


class ClauseController(Controller):
    """Att-satser of all proposals and decisions."""

    path = "/clauses"
    tags = ("Beslut",)
    dependencies = {"filters": Provide(provide_filters, sync_to_thread=False)}  # noqa: RUF012

    @get(summary="Lista att-satser", operation_id="listClauses", responses=shows(Page[ClauseOut], page_of(CLAUSE)))
    async def list_clauses(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        filters: NamedDependency[ClauseFilters],
    ) -> Response[Page[ClauseOut]]:
        """Return att-satser, the newest decision first."""
        rows, total = await clause_overview.list_clauses(
            session, person, filters, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[ClauseOut], from_attributes=True), total)

    @get(
        "/{clause_id:uuid}",
        summary="Visa en att-sats",
        operation_id="getClause",
        responses=shows(ClauseOut, CLAUSE, description="Att-satsen; versionen står i ETag"),
    )
    async def get_clause(
        self, session: Session, person: Person, clause_id: FromPath[UUID], on: Annotated[date | None, ON] = None
    ) -> Response[ClauseOut]:
        """Return one att-sats as it stands on a day."""
        return await shown(session, person, clause_id, on=on)

    @patch(
        "/{clause_id:uuid}",
        summary="Ändra en att-sats",
        operation_id="reviseClause",
        responses=shows(ClauseOut, CLAUSE, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise_clause(
        self,
        *,
        session: Session,
        person: Person,
        clause_id: FromPath[UUID],
        data: Annotated[ClauseChanges, Body(examples=[Example(value={"due_on": "2026-12-07"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[ClauseOut]:
        """Change what is sent; for the programme group. A closed one must be opened first (409)."""
        await clause_overview.get_clause(session, person, clause_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await clauses.revise(session, person, clause_id, revision=revision, **changes)
        return await shown(session, person, clause_id)

    @delete("/{clause_id:uuid}", summary="Ta bort en att-sats", operation_id="deleteClause", status_code=204)
    async def delete_clause(self, session: Session, person: Person, clause_id: FromPath[UUID]) -> None:
        """Remove an att-sats that no assignment came out of; for the programme group."""
        await removing.remove_clause(session, person, clause_id)

    @put(
        "/{clause_id:uuid}/closing",
        summary="Avsluta en att-sats",
        operation_id="closeClause",
        responses=shows(ClauseOut, {**CLAUSE, "status": "avslutad"}, description="Avslutad"),
    )
    async def close_clause(
        self,
        session: Session,
        person: Person,
        clause_id: FromPath[UUID],
        data: Annotated[Closing, Body(examples=[Example(value={"decision_id": DECISION["id"]})])],
    ) -> Response[ClauseOut]:
        """Let a decision close it with its assignments; 409 names every assignment that is not reported."""
        await closing.close_clause(session, person, clause_id, data.decision_id)
        return await shown(session, person, clause_id)

    @delete("/{clause_id:uuid}/closing", summary="Öppna en att-sats igen", operation_id="reopenClause", status_code=204)
    async def reopen_clause(self, session: Session, person: Person, clause_id: FromPath[UUID]) -> None:
        """Open it again, with the assignments that were closed with it; for the programme group."""
        await closing.reopen_clause(session, person, clause_id)


async def shown(
    session: AsyncSession, person: Viewer, clause_id: UUID, *, on: date | None = None
) -> Response[ClauseOut]:
    """Return an att-sats with its ETag."""
    row = await clause_overview.get_clause(session, person, clause_id, on=on)
    return Response(msgspec.convert(row, ClauseOut, from_attributes=True), headers={"ETag": etag(row.revision)})
