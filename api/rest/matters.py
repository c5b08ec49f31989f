"""Matters (*ärenden*): what an organ deals with; its proposals and decisions stand under it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency, Provide
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import REGION, page_of, shows
from initiatives import matter_overview, matters, removing, values
from initiatives.access import Viewer
from initiatives.decisions import Outcome
from initiatives.matter_overview import MatterFilters
from initiatives.matters import MatterKind

MATTER = {
    "id": "01976a10-0000-7000-8000-000000000040",
    "diary_number": "RS 2026/0148",
    "title": "Riktade omställningsåtgärder 2026–2027",
    "organ": "Regionstyrelsen",
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "kind": "nytt ärende",
    "proposed_by": "Oppositionen",
    "preparation": "Arbetsutskottet",
    "meeting_on": "2026-04-13",
    "note": "",
    "status": "bordlagt",
    "status_on": "2026-04-13",
    "clauses": 4,
    "without_owner": 2,
    "without_due_date": 3,
    "assignments": 0,
    "late": 0,
    "on": "2026-11-30",
    "created_at": "2026-03-30T09:00:00Z",
    "updated_at": "2026-04-14T08:00:00Z",
    "revision": 2,
}
NEW = {name: MATTER[name] for name in ("diary_number", "title", "organ", "organisation_id", "kind", "proposed_by")} | {
    "meeting_on": "2026-04-13"
}
KindText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MatterKind)})]
ON = Parameter(description="Dagen som det ses på; i dag om den utelämnas.")
STATUS = Parameter(description="Vad organet gjorde senast.", schema_extra={"enum": list(Outcome)})


class MatterOut(msgspec.Struct, frozen=True):
    """A matter as it stands on the day `on`.

    `status` is what the organ did last: `förslag` until it has done anything, null when nothing is registered.
    `clauses` are those that hold, or are proposed while nothing is decided; `late` counts clauses and assignments.
    """

    id: UUID
    diary_number: str
    title: str
    organ: str
    organisation_id: UUID | None
    organisation: str | None
    kind: MatterKind
    proposed_by: str
    preparation: str
    meeting_on: date | None
    note: str
    status: Outcome | None
    status_on: date | None
    clauses: int
    without_owner: int
    without_due_date: int
    assignments: int
    late: int
    on: date
    created_at: datetime
    updated_at: datetime
    revision: int


class NewMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A matter to add; a case number stands once at each organ."""

    title: str
    organ: str
    diary_number: str = ""
    organisation_id: UUID | None = None
    kind: KindText = MatterKind.OFFICIAL.value
    proposed_by: str = ""
    preparation: str = ""
    meeting_on: date | None = None
    note: str = ""


class MatterChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    title: str | UnsetType = UNSET
    organ: str | UnsetType = UNSET
    diary_number: str | UnsetType = UNSET
    organisation_id: UUID | UnsetType | None = UNSET
    kind: KindText | UnsetType = UNSET
    proposed_by: str | UnsetType = UNSET
    preparation: str | UnsetType = UNSET
    meeting_on: date | UnsetType | None = UNSET
    note: str | UnsetType = UNSET


def provide_filters(
    *,
    q: Annotated[str, Parameter(description="Ord som alla ska finnas i rubrik eller diarienummer.")] = "",
    organ: Annotated[str, Parameter(description="Organet, som det är skrivet.")] = "",
    year: Annotated[int | None, Parameter(description="Året för ett möte, ett förslag eller ett beslut.")] = None,
    status: Annotated[str | None, STATUS] = None,
    late: Annotated[bool, Parameter(description="Bara där något är försenat.")] = False,
    without_owner: Annotated[bool, Parameter(description="Bara där en att-sats saknar mottagare.")] = False,
    without_due_date: Annotated[bool, Parameter(description="Bara där en att-sats saknar datum.")] = False,
    on: Annotated[date | None, ON] = None,
) -> MatterFilters:
    """Return the filters in the query."""
    return MatterFilters(
        on=on,
        q=q,
        organ=organ,
        year=year,
        status=None if status is None else values.choice(Outcome, status, field="status"),
        late=late,
        without_owner=without_owner,
        without_due_date=without_due_date,
    )


class MatterController(Controller):
    """Matters; for those who see the whole register."""

    path = "/matters"
    tags = ("Beslut",)
    dependencies = {"filters": Provide(provide_filters, sync_to_thread=False)}  # noqa: RUF012

    @get(summary="Lista ärenden", operation_id="listMatters", responses=shows(Page[MatterOut], page_of(MATTER)))
    async def list_matters(
        self,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        filters: NamedDependency[MatterFilters],
    ) -> Response[Page[MatterOut]]:
        """Return matters, those with something late first."""
        rows, total = await matter_overview.list_matters(
            session, person, filters, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[MatterOut], from_attributes=True), total)

    @get(
        "/{matter_id:uuid}",
        summary="Visa ett ärende",
        operation_id="getMatter",
        responses=shows(MatterOut, MATTER, description="Ärendet; versionen står i ETag"),
    )
    async def get_matter(
        self, session: Session, person: Person, matter_id: FromPath[UUID], on: Annotated[date | None, ON] = None
    ) -> Response[MatterOut]:
        """Return one matter as it stands on a day."""
        return await shown(session, person, matter_id, on=on)

    @post(
        summary="Lägg till ett ärende",
        operation_id="createMatter",
        responses=shows(MatterOut, {**MATTER, "status": None, "revision": 1}, status=201, description="Tillagt"),
    )
    async def create_matter(
        self, session: Session, person: Person, data: Annotated[NewMatter, Body(examples=[Example(value=NEW)])]
    ) -> Response[MatterOut]:
        """Add a matter; for the programme group."""
        added = await matters.create(session, person, **msgspec.structs.asdict(data))
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/matters/{added.id}"
        return response

    @patch(
        "/{matter_id:uuid}",
        summary="Ändra ett ärende",
        operation_id="reviseMatter",
        responses=shows(MatterOut, MATTER, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_matter(
        self,
        *,
        session: Session,
        person: Person,
        matter_id: FromPath[UUID],
        data: Annotated[MatterChanges, Body(examples=[Example(value={"preparation": "Arbetsutskottet"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[MatterOut]:
        """Change what is sent; for the programme group. What others have changed since it was read is kept."""
        await matter_overview.get_matter(session, person, matter_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await matters.revise(session, person, matter_id, revision=revision, **changes)
        return await shown(session, person, matter_id)

    @delete("/{matter_id:uuid}", summary="Ta bort ett ärende", operation_id="deleteMatter", status_code=204)
    async def delete_matter(self, session: Session, person: Person, matter_id: FromPath[UUID]) -> None:
        """Remove a matter under which nothing stands; for the programme group."""
        await removing.remove_matter(session, person, matter_id)


async def shown(
    session: AsyncSession, person: Viewer, matter_id: UUID, *, on: date | None = None
) -> Response[MatterOut]:
    """Return a matter with its ETag."""
    row = await matter_overview.get_matter(session, person, matter_id, on=on)
    return Response(msgspec.convert(row, MatterOut, from_attributes=True), headers={"ETag": etag(row.revision)})
