"""Initiatives: list, read, write. They are never deleted: cancel one by giving it the status `avbrutet`."""

from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, etag_of, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, MUNICIPALITY, NODE, PERSON, REGION, page_of, shows
from initiatives import accesses, initiatives, overview, values
from initiatives.access import Viewer
from initiatives.overview import Filters, Sort
from initiatives.reports import Health
from initiatives.sharing import Profile
from initiatives.workflow import Status

StatusText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Status)})]
STATUSES = Parameter(description="Någon av dessa statusar.", schema_extra={"items": {"enum": list(Status)}})
HEALTHS = Parameter(description="Vad den senaste lägesrapporten säger.", schema_extra={"enum": list(Health)})
NODES = Parameter(description="Ligger under alla dessa noder, eller noder under dem eller som de har ersatt.")
SORTS = Parameter(description="Ordning; minus vänder på den.", schema_extra={"enum": list(Sort)})


class Reference(msgspec.Struct, frozen=True):
    """Something referred to, with its name."""

    id: UUID
    name: str


class NodeReference(msgspec.Struct, frozen=True):
    """A taxonomy node referred to; `valid_to` is the last day of the version that it belongs to, if there is one."""

    id: UUID
    dimension: str
    code: str
    name: str
    valid_to: date | None


class SharedWithOut(msgspec.Struct, frozen=True):
    """An organisation that it is shared with now or from a coming day, and how much."""

    id: UUID
    name: str
    profile: Profile
    from_on: date
    to_on: date | None


class InitiativeOut(msgspec.Struct, frozen=True):
    """An initiative. `profile` is null for those who see all of it.

    To others it names how much is shared with them: `översikt` shows title, status, dates and who leads; `plan` also
    everything else but the money; `ekonomi` also budget_kronor and the budget links. What is not shown is null, and so
    are created_at and revision; updated_at is when something last changed that is shown, and shared_with has only
    one's own organisation. `health` is what the newest progress report says, of the day `reported_on`.
    """

    id: UUID
    title: str
    summary: str | None
    status: Status
    lead_organisation: Reference
    responsible: Reference | None
    starts_on: date | None
    ends_on: date | None
    nodes: list[NodeReference] | None
    partners: list[Reference] | None
    decision: str | None
    outcome: str | None
    reason: str | None
    next_steps: str | None
    health: Health | None
    reported_on: date | None
    shared_with: list[SharedWithOut]
    budget_kronor: int | None
    created_at: datetime | None
    updated_at: datetime
    revision: int | None
    profile: Profile | None


class NewInitiative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An initiative to add; GET /statuses tells what each status needs."""

    title: str
    lead_organisation_id: UUID
    status: StatusText = Status.PROPOSED.value
    summary: str = ""
    responsible_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    decision: str = ""
    outcome: str = ""
    reason: str = ""
    next_steps: str = ""
    node_ids: tuple[UUID, ...] = ()
    partner_ids: tuple[UUID, ...] = ()
    shared_with: tuple[UUID, ...] = ()


class InitiativeChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. GET /statuses tells which moves there are."""

    title: str | UnsetType = UNSET
    lead_organisation_id: UUID | UnsetType = UNSET
    status: StatusText | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    responsible_id: UUID | UnsetType | None = UNSET
    starts_on: date | UnsetType | None = UNSET
    ends_on: date | UnsetType | None = UNSET
    decision: str | UnsetType = UNSET
    outcome: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    next_steps: str | UnsetType = UNSET
    node_ids: tuple[UUID, ...] | UnsetType = UNSET
    partner_ids: tuple[UUID, ...] | UnsetType = UNSET


DECIDED = {"status": "beslutat", "decision": "Regionstyrelsen 2025-12-08 § 112"}
NEW = {
    "title": INITIATIVE["title"],
    "summary": INITIATIVE["summary"],
    "status": "förslag",
    "lead_organisation_id": REGION["id"],
    "responsible_id": PERSON["id"],
    "starts_on": "2026-01-01",
    "node_ids": [NODE["id"]],
    "partner_ids": [MUNICIPALITY["id"]],
    "shared_with": [MUNICIPALITY["id"]],
}


def provide_filters(
    *,
    q: Annotated[str, Parameter(description="Ord som alla ska finnas i rubrik eller sammanfattning.")] = "",
    status: Annotated[list[str] | None, STATUSES] = None,
    node: Annotated[list[UUID] | None, NODES] = None,
    health: Annotated[str | None, HEALTHS] = None,
    organisation: Annotated[UUID | None, Parameter(description="Organisationen som leder.")] = None,
    responsible: Annotated[UUID | None, Parameter(description="Personen som ansvarar.")] = None,
    year: Annotated[int | None, Parameter(description="Pågår någon gång under året.")] = None,
    shared_with: Annotated[UUID | None, Parameter(description="Delat med organisationen.")] = None,
) -> Filters:
    """Return the filters in the query, for handlers that take `filters`."""
    return Filters(
        q=q,
        statuses=tuple(values.choice(Status, one, field="status") for one in status or ()),
        node_ids=tuple(node or ()),
        health=None if health is None else values.choice(Health, health, field="health"),
        organisation_id=organisation,
        responsible_id=responsible,
        year=year,
        shared_with=shared_with,
    )


class InitiativeController(Controller):
    """Initiatives; a partner sees those that are shared with their organisation."""

    path = "/initiatives"
    tags = ("Initiativ",)

    @get(
        summary="Lista initiativ",
        operation_id="listInitiatives",
        responses=shows(Page[InitiativeOut], page_of(INITIATIVE)),
    )
    async def list_initiatives(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        filters: NamedDependency[Filters],
        sort: Annotated[str, SORTS] = Sort.TITLE.value,
    ) -> Response[Page[InitiativeOut]]:
        """Return the initiatives that the person sees and the filters let through."""
        rows, total = await overview.listed(
            session,
            person,
            filters,
            sort=values.choice(Sort, sort, field="sort"),
            limit=paging.limit,
            offset=paging.offset,
        )
        await accesses.seen(session, person, "initiative", [row["id"] for row in rows])
        return paged(request, paging, cast("list[InitiativeOut]", rows), total)

    @get(
        "/{initiative_id:uuid}",
        summary="Visa ett initiativ",
        operation_id="getInitiative",
        responses=shows(InitiativeOut, INITIATIVE, description="Initiativet; versionen står i ETag"),
    )
    async def get_initiative(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Response[InitiativeOut]:
        """Return one initiative."""
        return await shown(session, person, initiative_id)

    @post(
        summary="Lägg till ett initiativ",
        operation_id="createInitiative",
        responses=shows(InitiativeOut, {**INITIATIVE, "revision": 1}, status=201, description="Tillagt"),
    )
    async def create_initiative(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewInitiative, Body(examples=[Example(value=NEW)])],
    ) -> Response[InitiativeOut]:
        """Add an initiative; for the programme group."""
        added = await initiatives.create(session, person, **msgspec.structs.asdict(data))
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/initiatives/{added.id}"
        return response

    @patch(
        "/{initiative_id:uuid}",
        summary="Ändra ett initiativ",
        operation_id="reviseInitiative",
        responses=shows(InitiativeOut, INITIATIVE, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_initiative(
        self,
        *,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[InitiativeChanges, Body(examples=[Example(value=DECIDED)])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[InitiativeOut]:
        """Change what is sent; for the programme group.

        A new status must be a step that GET /statuses has (409), and the initiative have what it needs (422, with each
        missing field in `errors`).

        What somebody else has changed since the initiative was read is kept. Only a field that both have changed is a
        conflict (412): nothing is saved then, and `conflicts` tells what stands in each such field, by whom and when.
        """
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await overview.get(session, person, initiative_id)
        revision = expected_revision(if_match)
        await initiatives.revise(session, person, initiative_id, revision=revision, **changes)
        return await shown(session, person, initiative_id)


async def shown(session: AsyncSession, person: Viewer, initiative_id: UUID) -> Response[InitiativeOut]:
    """Return an initiative as the person sees it, with the ETag of just that."""
    row = await overview.get(session, person, initiative_id)
    out = msgspec.convert(row, InitiativeOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision) if row.revision else etag_of(out)})
