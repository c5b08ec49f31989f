"""Assignments (*uppdrag*): who shall do what because of a decision, whom they pass it on to, and what was reported."""

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
from api.rest.clauses import CLAUSE, Closing, DueText
from api.rest.decisions import DECISION
from api.rest.examples import page_of, shows
from api.rest.matters import MATTER, ON
from initiatives import assignment_overview, assignments, closing, removing, values
from initiatives.access import Viewer
from initiatives.assignment_overview import AssignmentFilters
from initiatives.assignments import Receiver
from initiatives.decisions import Outcome
from initiatives.standing import DueKind, Status

ASSIGNMENT = {
    "id": "01976a10-0000-7000-8000-000000000043",
    "matter_id": MATTER["id"],
    "matter": MATTER["title"],
    "decision_id": DECISION["id"],
    "outcome": "beslutat",
    "organ": "Regionstyrelsen",
    "clause_id": CLAUSE["id"],
    "clause_number": 3,
    "parent_id": None,
    "embedded": False,
    "title": "Lägga fram en samlad lista över åtgärder",
    "receiver_organisation_id": None,
    "receiver_organisation": None,
    "receiver_person_id": None,
    "receiver_person": None,
    "receiver": "regiondirektören",
    "given_on": "2026-06-08",
    "begun_on": "2026-08-17",
    "due_kind": "datum",
    "due_on": "2026-12-07",
    "due_note": "",
    "given_days": 182,
    "report": "",
    "reported_on": None,
    "closed_by_id": None,
    "closed_on": None,
    "children": 3,
    "children_reported": 1,
    "on": "2026-11-30",
    "status": "pågår",
    "warning": True,
    "days_late": 0,
    "days_left": 7,
    "words": "pågår, 7 dagar kvar",
    "created_at": "2026-06-09T09:00:00Z",
    "updated_at": "2026-08-17T09:00:00Z",
    "revision": 2,
}
NEW = {name: ASSIGNMENT[name] for name in ("clause_id", "title", "receiver", "due_on")}
DELEGATED = {"receivers": [{"receiver": "chefen för psykiatrin"}, {"receiver": "chefen för sjukhuset"}]}
REPORTED = {"report": "Listan lades fram för styrelsen.", "reported_on": "2026-11-27"}
ASSIGNMENT_STATUSES = [one for one in Status if one is not Status.DECIDED]


class AssignmentOut(msgspec.Struct, frozen=True):
    """An assignment as it stands on the day `on`; only a decision makes it `avslutad`.

    `embedded`: it stands in the running text, in no att-sats. `given_days` is how many days it was given.
    `children` is to how many it was delegated, `children_reported` how many of them had reported by the day.
    """

    id: UUID
    matter_id: UUID
    matter: str
    decision_id: UUID
    outcome: Outcome
    organ: str
    clause_id: UUID | None
    clause_number: int | None
    parent_id: UUID | None
    embedded: bool
    title: str
    receiver_organisation_id: UUID | None
    receiver_organisation: str | None
    receiver_person_id: UUID | None
    receiver_person: str | None
    receiver: str
    given_on: date | None
    begun_on: date | None
    due_kind: DueKind
    due_on: date | None
    due_note: str
    given_days: int | None
    report: str
    reported_on: date | None
    closed_by_id: UUID | None
    closed_on: date | None
    children: int
    children_reported: int
    on: date
    status: Status
    warning: bool
    days_late: int
    days_left: int | None
    words: str
    created_at: datetime
    updated_at: datetime
    revision: int


class NewAssignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assignment to add: it comes out of an att-sats (`clause_id`) or out of the running text (`decision_id`).

    It is given on the day of the decision unless another is said.
    """

    title: str
    clause_id: UUID | None = None
    decision_id: UUID | None = None
    receiver: str = ""
    receiver_organisation_id: UUID | None = None
    receiver_person_id: UUID | None = None
    given_on: date | UnsetType = UNSET
    begun_on: date | None = None
    due_kind: DueText | None = None
    due_on: date | None = None
    due_note: str = ""


class AssignmentChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. A report is its words and its day."""

    title: str | UnsetType = UNSET
    receiver: str | UnsetType = UNSET
    receiver_organisation_id: UUID | UnsetType | None = UNSET
    receiver_person_id: UUID | UnsetType | None = UNSET
    given_on: date | UnsetType | None = UNSET
    begun_on: date | UnsetType | None = UNSET
    due_kind: DueText | UnsetType = UNSET
    due_on: date | UnsetType | None = UNSET
    due_note: str | UnsetType = UNSET
    report: str | UnsetType = UNSET
    reported_on: date | UnsetType | None = UNSET


class ReceiverIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom it is passed on: in words, or an organisation or person of the register."""

    receiver: str = ""
    receiver_organisation_id: UUID | None = None
    receiver_person_id: UUID | None = None


class Delegation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To pass an assignment on, to each receiver one of their own; what is left out is as in the one passed on."""

    receivers: tuple[ReceiverIn, ...]
    title: str | UnsetType = UNSET
    given_on: date | UnsetType = UNSET
    due_on: date | UnsetType = UNSET


def provide_filters(
    *,
    organ: Annotated[str, Parameter(description="Organet som beslutade, som det är skrivet.")] = "",
    year: Annotated[int | None, Parameter(description="Beslutets år.")] = None,
    status: Annotated[
        str | None, Parameter(description="Hur långt det har kommit.", schema_extra={"enum": ASSIGNMENT_STATUSES})
    ] = None,
    late: Annotated[bool, Parameter(description="Bara försenade.")] = False,
    without_owner: Annotated[bool, Parameter(description="Bara utan mottagare.")] = False,
    without_due_date: Annotated[bool, Parameter(description="Bara utan datum.")] = False,
    matter: Annotated[UUID | None, Parameter(description="Bara i det här ärendet.")] = None,
    decision: Annotated[UUID | None, Parameter(description="Bara ur det här beslutet.")] = None,
    clause: Annotated[UUID | None, Parameter(description="Bara ur den här att-satsen.")] = None,
    parent: Annotated[UUID | None, Parameter(description="Bara delegerade från det här uppdraget.")] = None,
    organisation: Annotated[UUID | None, Parameter(description="Organisationen som har uppdraget.")] = None,
    responsible: Annotated[UUID | None, Parameter(description="Personen som har uppdraget.")] = None,
    on: Annotated[date | None, ON] = None,
) -> AssignmentFilters:
    """Return the filters in the query."""
    return AssignmentFilters(
        on=on,
        late=late,
        without_owner=without_owner,
        without_due_date=without_due_date,
        organ=organ,
        year=year,
        status=None if status is None else values.choice(Status, status, field="status"),
        matter_id=matter,
        decision_id=decision,
        clause_id=clause,
        parent_id=parent,
        organisation_id=organisation,
        person_id=responsible,
    )


class AssignmentController(Controller):
    """Assignments; for those who see the whole register."""

    path = "/assignments"
    tags = ("Beslut",)
    dependencies = {"filters": Provide(provide_filters, sync_to_thread=False)}  # noqa: RUF012

    @get(
        summary="Lista uppdrag",
        operation_id="listAssignments",
        responses=shows(Page[AssignmentOut], page_of(ASSIGNMENT)),
    )
    async def list_assignments(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        filters: NamedDependency[AssignmentFilters],
    ) -> Response[Page[AssignmentOut]]:
        """Return assignments, the nearest due date first."""
        rows, total = await assignment_overview.list_assignments(
            session, person, filters, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[AssignmentOut], from_attributes=True), total)

    @get(
        "/{assignment_id:uuid}",
        summary="Visa ett uppdrag",
        operation_id="getAssignment",
        responses=shows(AssignmentOut, ASSIGNMENT, description="Uppdraget; versionen står i ETag"),
    )
    async def get_assignment(
        self, session: Session, person: Person, assignment_id: FromPath[UUID], on: Annotated[date | None, ON] = None
    ) -> Response[AssignmentOut]:
        """Return one assignment as it stands on a day."""
        return await shown(session, person, assignment_id, on=on)

    @post(
        summary="Lägg till ett uppdrag",
        operation_id="createAssignment",
        responses=shows(AssignmentOut, ASSIGNMENT, status=201, description="Tillagt"),
    )
    async def create_assignment(
        self, session: Session, person: Person, data: Annotated[NewAssignment, Body(examples=[Example(value=NEW)])]
    ) -> Response[AssignmentOut]:
        """Add an assignment; out of a proposal it is only proposed. For the programme group."""
        given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        added = await assignments.create(session, person, **given)
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/assignments/{added.id}"
        return response

    @patch(
        "/{assignment_id:uuid}",
        summary="Ändra eller rapportera ett uppdrag",
        operation_id="reviseAssignment",
        responses=shows(AssignmentOut, ASSIGNMENT, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_assignment(
        self,
        *,
        session: Session,
        person: Person,
        assignment_id: FromPath[UUID],
        data: Annotated[AssignmentChanges, Body(examples=[Example(value=REPORTED)])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[AssignmentOut]:
        """Change what is sent, or write what was reported; for the programme group. Nothing here closes it."""
        await assignment_overview.get_assignment(session, person, assignment_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await assignments.revise(session, person, assignment_id, revision=revision, **changes)
        return await shown(session, person, assignment_id)

    @delete("/{assignment_id:uuid}", summary="Ta bort ett uppdrag", operation_id="deleteAssignment", status_code=204)
    async def delete_assignment(self, session: Session, person: Person, assignment_id: FromPath[UUID]) -> None:
        """Remove one that was registered by mistake and that nothing was delegated from."""
        await removing.remove_assignment(session, person, assignment_id)

    @post(
        "/{assignment_id:uuid}/delegations",
        summary="Delegera ett uppdrag",
        operation_id="delegateAssignment",
        responses=shows(
            list[AssignmentOut], [{**ASSIGNMENT, "parent_id": ASSIGNMENT["id"]}], status=201, description="Delegerat"
        ),
    )
    async def delegate_assignment(
        self,
        session: Session,
        person: Person,
        assignment_id: FromPath[UUID],
        data: Annotated[Delegation, Body(examples=[Example(value=DELEGATED)])],
    ) -> Sequence[AssignmentOut]:
        """Pass it on to one or several, who each get an assignment of their own; for the programme group."""
        given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        receivers = [Receiver(**msgspec.structs.asdict(one)) for one in given.pop("receivers")]
        made = await assignments.delegate(session, person, assignment_id, receivers, **given)
        rows = [await assignment_overview.get_assignment(session, person, one.id) for one in made]
        return msgspec.convert(rows, list[AssignmentOut], from_attributes=True)

    @put(
        "/{assignment_id:uuid}/closing",
        summary="Avsluta ett uppdrag",
        operation_id="closeAssignment",
        responses=shows(AssignmentOut, {**ASSIGNMENT, "status": "avslutad"}, description="Avslutat"),
    )
    async def close_assignment(
        self,
        session: Session,
        person: Person,
        assignment_id: FromPath[UUID],
        data: Annotated[Closing, Body(examples=[Example(value={"decision_id": DECISION["id"]})])],
    ) -> Response[AssignmentOut]:
        """Let a decision close it with all that was delegated; 409 names every part that is not reported."""
        await closing.close_assignment(session, person, assignment_id, data.decision_id)
        return await shown(session, person, assignment_id)

    @delete(
        "/{assignment_id:uuid}/closing",
        summary="Öppna ett uppdrag igen",
        operation_id="reopenAssignment",
        status_code=204,
    )
    async def reopen_assignment(self, session: Session, person: Person, assignment_id: FromPath[UUID]) -> None:
        """Open it again, with what was closed with it; for the programme group."""
        await closing.reopen_assignment(session, person, assignment_id)


async def shown(
    session: AsyncSession, person: Viewer, assignment_id: UUID, *, on: date | None = None
) -> Response[AssignmentOut]:
    """Return an assignment with its ETag."""
    row = await assignment_overview.get_assignment(session, person, assignment_id, on=on)
    return Response(msgspec.convert(row, AssignmentOut, from_attributes=True), headers={"ETag": etag(row.revision)})
