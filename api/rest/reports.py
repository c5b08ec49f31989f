"""Progress reports of one initiative: told, read, put right within a day, never removed."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, PERSON, page_of, shows
from initiatives import overview, reports
from initiatives.access import Viewer
from initiatives.reports import Health

REPORT = {
    "id": "01976a10-0000-7000-8000-000000000040",
    "initiative_id": INITIATIVE["id"],
    "reported_on": "2026-11-16",
    "health": "enligt plan",
    "done": "Tre av fyra mottagningar är öppna.",
    "next": "Den fjärde öppnar i december.",
    "obstacles": "",
    "written_by": PERSON["name"],
    "created_at": "2026-11-16T14:05:00Z",
    "revision": 1,
    "correctable": True,
}
NEW = {name: REPORT[name] for name in ("reported_on", "health", "done", "next", "obstacles")}
HealthText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Health)})]


class ReportOut(msgspec.Struct, frozen=True):
    """A progress report. `correctable` tells whether you may still put it right; `written_by` is null to partners."""

    id: UUID
    initiative_id: UUID
    reported_on: date
    health: Health
    done: str
    next: str
    obstacles: str
    written_by: str | None
    created_at: datetime
    revision: int
    correctable: bool


class NewReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report to add, of today unless another day is given."""

    health: HealthText
    done: str
    next: str = ""
    obstacles: str = ""
    reported_on: date | None = None


class ReportChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to put right; a field that is left out stays as it is."""

    health: HealthText | UnsetType = UNSET
    done: str | UnsetType = UNSET
    next: str | UnsetType = UNSET
    obstacles: str | UnsetType = UNSET
    reported_on: date | UnsetType = UNSET


class ReportController(Controller):
    """The progress reports of one initiative."""

    path = "/initiatives/{initiative_id:uuid}/reports"
    tags = ("Initiativ",)

    @get(
        summary="Lista lägesrapporter",
        operation_id="listReports",
        responses=shows(Page[ReportOut], page_of(REPORT)),
    )
    async def list_reports(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        initiative_id: FromPath[UUID],
    ) -> Response[Page[ReportOut]]:
        """Return the reports, newest first."""
        await overview.get(session, person, initiative_id)
        rows, total = await reports.list_reports(
            session, person, initiative_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[ReportOut], from_attributes=True), total)

    @post(
        summary="Skriv en lägesrapport",
        operation_id="createReport",
        responses=shows(ReportOut, REPORT, status=201, description="Skriven"),
    )
    async def report(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewReport, Body(examples=[Example(value=NEW)])],
    ) -> Response[ReportOut]:
        """Tell how the initiative is doing; for the programme group."""
        added = await reports.report(session, person, initiative_id, **msgspec.structs.asdict(data))
        response = await _shown(session, person, initiative_id, added.id)
        response.headers["Location"] = f"/api/v1/initiatives/{initiative_id}/reports/{added.id}"
        return response

    @get(
        "/{report_id:uuid}",
        summary="Visa en lägesrapport",
        operation_id="getReport",
        responses=shows(ReportOut, REPORT),
    )
    async def get_report(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], report_id: FromPath[UUID]
    ) -> Response[ReportOut]:
        """Return one report."""
        return await _shown(session, person, initiative_id, report_id)

    @patch(
        "/{report_id:uuid}",
        summary="Rätta en lägesrapport",
        operation_id="correctReport",
        responses=shows(ReportOut, REPORT, description="Rättad"),
    )
    async def correct(
        self,
        *,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        report_id: FromPath[UUID],
        data: Annotated[ReportChanges, Body(examples=[Example(value={"health": "risk"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[ReportOut]:
        """Put right what you wrote within the last 24 hours; after that a new report tells it better."""
        await _shown(session, person, initiative_id, report_id)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        revision = expected_revision(if_match)
        await reports.correct(session, person, initiative_id, report_id, revision=revision, **changes)
        return await _shown(session, person, initiative_id, report_id)


async def _shown(session: AsyncSession, person: Viewer, initiative_id: UUID, report_id: UUID) -> Response[ReportOut]:
    row = await reports.get_report(session, person, initiative_id, report_id)
    out = msgspec.convert(row, ReportOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
