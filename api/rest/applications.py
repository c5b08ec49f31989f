"""Applications: what units apply for, what they are awarded, and how it went. A partner finds nothing here."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post, put
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import REGION, page_of, shows
from api.rest.patching import IfMatch, sent, tagged
from api.rest.rounds import ROUND
from initiatives import applications
from initiatives.access import Viewer
from initiatives.applications import Verdict

APPLICATION = {
    "id": "01976a10-0000-7000-8000-000000000045",
    "round_id": ROUND["id"],
    "round": ROUND["title"],
    "organisation_id": REGION["id"],
    "applicant": REGION["name"],
    "title": "Samtalsgrupper för unga",
    "description": "Sex träffar i grupp tillsammans med elevhälsan.",
    "amount_kronor": 240_000,
    "received_on": "2026-02-20",
    "awarded_kronor": 200_000,
    "verdict": "delvis beviljad",
    "decided_on": "2026-03-16",
    "decision": "Lokalkostnaden beviljas inte.",
    "report_due_on": "2027-01-31",
    "reported_on": "2026-11-10",
    "method": "Sex gruppträffar med två ledare.",
    "result": "34 unga deltog, 29 skulle rekommendera gruppen.",
    "published": True,
    "created_at": "2026-02-20T09:00:00Z",
    "updated_at": "2026-11-10T14:05:00Z",
    "revision": 3,
}


class ApplicationOut(msgspec.Struct, frozen=True):
    """An application, in whole kronor; `awarded_kronor` is null until it is decided, and 0 when it is refused."""

    id: UUID
    round_id: UUID
    round: str
    organisation_id: UUID | None
    applicant: str
    title: str
    description: str
    amount_kronor: int
    received_on: date
    awarded_kronor: int | None
    verdict: Verdict
    decided_on: date | None
    decision: str
    report_due_on: date | None
    reported_on: date | None
    method: str
    result: str
    published: bool
    created_at: datetime
    updated_at: datetime
    revision: int


class NewApplication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An application that has come in, from an organisation (`organisation_id`) or one named in words (`applicant`)."""

    round_id: UUID
    title: str
    amount_kronor: int
    received_on: date
    organisation_id: UUID | None = None
    applicant: str = ""
    description: str = ""


class ApplicationChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    title: str | UnsetType = UNSET
    amount_kronor: int | UnsetType = UNSET
    received_on: date | UnsetType = UNSET
    organisation_id: UUID | UnsetType | None = UNSET
    applicant: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class Award(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided: all that is applied for, part of it, or 0 for nothing.

    `report_due_on` is when the money shall be reported on; without it the round's day.
    """

    awarded_kronor: int
    decided_on: date
    decision: str = ""
    report_due_on: date | None = None


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the money was used: both how the work was done and what came of it."""

    reported_on: date
    method: str
    result: str
    published: bool = False


NEW = {
    name: APPLICATION[name]
    for name in ("round_id", "organisation_id", "title", "description", "amount_kronor", "received_on")
}
AWARD = {name: APPLICATION[name] for name in ("awarded_kronor", "decided_on", "decision", "report_due_on")}
REPORT = {name: APPLICATION[name] for name in ("reported_on", "method", "result", "published")}


class ApplicationController(Controller):
    """Applications."""

    path = "/applications"
    tags = ("Pengar",)

    @get(
        summary="Lista ansökningar",
        operation_id="listApplications",
        responses=shows(Page[ApplicationOut], page_of(APPLICATION)),
    )
    async def list_applications(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        round_id: Annotated[UUID | None, Parameter(description="Bara i denna utlysning.")] = None,
    ) -> Response[Page[ApplicationOut]]:
        """Return applications in the order in which they came in."""
        rows, total = await applications.list_applications(
            session, person, round_id=round_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[ApplicationOut], from_attributes=True), total)

    @get(
        "/{application_id:uuid}",
        summary="Visa en ansökan",
        operation_id="getApplication",
        responses=shows(ApplicationOut, APPLICATION),
    )
    async def get_application(
        self, session: Session, person: Person, application_id: FromPath[UUID]
    ) -> Response[ApplicationOut]:
        """Return one application."""
        return tagged(await _shown(session, person, application_id))

    @post(
        summary="Registrera en ansökan",
        operation_id="createApplication",
        responses=shows(ApplicationOut, APPLICATION, status=201, description="Registrerad"),
    )
    async def apply(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewApplication, Body(examples=[Example(value=NEW)])],
    ) -> Response[ApplicationOut]:
        """Register an application that came in while the round was open; for the programme group."""
        fields = msgspec.structs.asdict(data)
        added = await applications.apply(session, person, fields.pop("round_id"), **fields)
        return tagged(await _shown(session, person, added.id), made=f"/api/v1/applications/{added.id}")

    @patch(
        "/{application_id:uuid}",
        summary="Ändra en ansökan",
        operation_id="reviseApplication",
        responses=shows(ApplicationOut, APPLICATION),
    )
    async def revise(
        self,
        session: Session,
        person: Person,
        application_id: FromPath[UUID],
        data: Annotated[ApplicationChanges, Body(examples=[Example(value={"amount_kronor": 240_000})])],
        if_match: IfMatch = None,
    ) -> Response[ApplicationOut]:
        """Change what the application says; for the programme group."""
        await applications.get_application(session, person, application_id)
        revision = expected_revision(if_match)
        await applications.revise(session, person, application_id, revision=revision, **sent(data))
        return tagged(await _shown(session, person, application_id))

    @put(
        "/{application_id:uuid}/award",
        summary="Besluta om en ansökan",
        operation_id="awardApplication",
        responses=shows(ApplicationOut, APPLICATION),
    )
    async def decide(
        self,
        session: Session,
        person: Person,
        application_id: FromPath[UUID],
        data: Annotated[Award, Body(examples=[Example(value=AWARD)])],
        if_match: IfMatch = None,
    ) -> Response[ApplicationOut]:
        """Award or refuse; never more than what is left in the round. For the programme group."""
        await applications.get_application(session, person, application_id)
        fields = msgspec.structs.asdict(data)
        await applications.decide(session, person, application_id, revision=expected_revision(if_match), **fields)
        return tagged(await _shown(session, person, application_id))

    @put(
        "/{application_id:uuid}/report",
        summary="Återredovisa en ansökan",
        operation_id="reportApplication",
        responses=shows(ApplicationOut, APPLICATION),
    )
    async def report(
        self,
        session: Session,
        person: Person,
        application_id: FromPath[UUID],
        data: Annotated[Report, Body(examples=[Example(value=REPORT)])],
        if_match: IfMatch = None,
    ) -> Response[ApplicationOut]:
        """Tell how the money was used and with what result; for the programme group."""
        await applications.get_application(session, person, application_id)
        fields = msgspec.structs.asdict(data)
        await applications.report(session, person, application_id, revision=expected_revision(if_match), **fields)
        return tagged(await _shown(session, person, application_id))

    @delete("/{application_id:uuid}", summary="Ta bort en ansökan", operation_id="deleteApplication", status_code=204)
    async def remove(self, session: Session, person: Person, application_id: FromPath[UUID]) -> None:
        """Take away an application that has been given no money; for the programme group."""
        await applications.remove(session, person, application_id)


async def _shown(session: AsyncSession, person: Viewer, application_id: UUID) -> ApplicationOut:
    row = await applications.get_application(session, person, application_id)
    return msgspec.convert(row, ApplicationOut, from_attributes=True)
