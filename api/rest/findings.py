"""Findings: contradictions and gaps in the register and its documents, found by rules or written by people."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter, QueryParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, PERSON, page_of, shows
from initiatives import examination, findings, values
from initiatives.access import Viewer
from initiatives.checks import Severity, Subject
from initiatives.errors import InvalidValue
from initiatives.findings import Filters, State

FINDING = {
    "id": "01976a10-0000-7000-8000-000000000033",
    "rule": "initiative-without-responsible",
    "severity": "medel",
    "title": "Ingen ansvarig",
    "detail": "”Läkarbil i öster” är beslutat eller pågår, men ingen är ansvarig. Utse någon.",
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
    "state": "öppen",
    "owner_id": PERSON["id"],
    "owner": PERSON["name"],
    "resolution": "",
    "found_at": "2026-11-30T06:00:00Z",
    "updated_at": "2026-11-30T06:00:00Z",
    "revision": 1,
}
NEW_FINDING = {
    "title": "Bilagan saknas",
    "detail": "Förslaget hänvisar till en bilaga som inte finns bland dokumenten.",
    "severity": "låg",
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
}
EXAMINED = {"new": 3, "standing": 12, "ceased": 1}


class FindingOut(msgspec.Struct, frozen=True):
    """A contradiction or a gap. `rule` is `egen` for what somebody has written; a subject is what it is about."""

    id: UUID
    rule: str
    severity: Severity
    title: str
    detail: str
    subject_type: str | None
    subject_id: UUID | None
    state: State
    owner_id: UUID | None
    owner: str | None
    resolution: str
    found_at: datetime
    updated_at: datetime
    revision: int


class NewFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding to add."""

    title: str
    detail: str = ""
    severity: str = Severity.MEDIUM.value
    subject_type: str | None = None
    subject_id: UUID | None = None
    owner_id: UUID | None = None


class FindingChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. A rule's words are the rule's."""

    title: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    severity: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    resolution: str | UnsetType = UNSET


class ExaminedOut(msgspec.Struct, frozen=True):
    """How many findings are new or open again, how many stood before, and how many the rules find no more."""

    new: int
    standing: int
    ceased: int


STATES = QueryParameter(
    name="state", description="Något av dessa lägen.", schema_extra={"items": {"enum": list(State)}}
)
SEVERITIES = Parameter(description="Någon av dessa vikter.", schema_extra={"items": {"enum": list(Severity)}})


class FindingController(Controller):
    """Findings; for those who see the whole register."""

    path = "/findings"
    tags = ("Granskning",)

    @get(
        summary="Lista granskningspunkter",
        operation_id="listFindings",
        responses=shows(Page[FindingOut], page_of(FINDING)),
    )
    async def list_findings(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        states: Annotated[list[str] | None, STATES] = None,
        severity: Annotated[list[str] | None, SEVERITIES] = None,
        rule: Annotated[str, Parameter(description="Bara det som regeln har hittat.")] = "",
        owner_id: Annotated[UUID | None, Parameter(description="Den som har hand om punkten.")] = None,
        q: Annotated[str, Parameter(description="Ord som alla ska finnas i texten.")] = "",
    ) -> Response[Page[FindingOut]]:
        """Return findings, open and grave ones first."""
        filters = Filters(
            states=tuple(values.choice(State, one, field="state") for one in states or ()),
            severities=tuple(values.choice(Severity, one, field="severity") for one in severity or ()),
            rule=rule,
            owner_id=owner_id,
            q=q,
        )
        rows, total = await findings.list_findings(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[FindingOut], from_attributes=True), total)

    @get(
        "/{finding_id:uuid}",
        summary="Visa en granskningspunkt",
        operation_id="getFinding",
        responses=shows(FindingOut, FINDING),
    )
    async def get_finding(self, session: Session, person: Person, finding_id: FromPath[UUID]) -> Response[FindingOut]:
        """Return one finding; its version stands in ETag."""
        return await shown(session, person, finding_id)

    @post(
        summary="Lägg till en granskningspunkt",
        operation_id="createFinding",
        responses=shows(FindingOut, FINDING, status=201, description="Tillagd"),
    )
    async def create_finding(
        self, session: Session, person: Person, data: Annotated[NewFinding, Body(examples=[Example(value=NEW_FINDING)])]
    ) -> Response[FindingOut]:
        """Write a finding of one's own; for the programme group."""
        if (data.subject_type is None) != (data.subject_id is None):
            raise InvalidValue("Ange både subject_type och subject_id, eller ingen av dem.", field="subject_id")
        kind = values.line(data.subject_type, field="subject_type") if data.subject_type is not None else ""
        added = await findings.add(
            session,
            person,
            title=data.title,
            detail=data.detail,
            severity=data.severity,
            subject=Subject(kind, data.subject_id) if data.subject_id else None,
            owner_id=data.owner_id,
        )
        response = await shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/findings/{added.id}"
        return response

    @patch(
        "/{finding_id:uuid}",
        summary="Ändra en granskningspunkt",
        operation_id="reviseFinding",
        responses=shows(FindingOut, FINDING, description="Ändrad; den nya versionen står i ETag"),
    )
    async def revise_finding(
        self,
        *,
        session: Session,
        person: Person,
        finding_id: FromPath[UUID],
        data: Annotated[FindingChanges, Body(examples=[Example(value={"state": "åtgärdad", "resolution": "Rättat."})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[FindingOut]:
        """Give it an owner, a state and a resolution; for the programme group. Closing it takes a resolution."""
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await findings.get(session, person, finding_id)
        await findings.revise(session, person, finding_id, revision=expected_revision(if_match), **changes)
        return await shown(session, person, finding_id)

    @delete("/{finding_id:uuid}", summary="Ta bort en granskningspunkt", operation_id="deleteFinding", status_code=204)
    async def remove_finding(self, session: Session, person: Person, finding_id: FromPath[UUID]) -> None:
        """Take away a finding that somebody has written; for the programme group."""
        await findings.remove(session, person, finding_id)

    @post(
        "/examinations",
        summary="Granska registret",
        operation_id="examineRegister",
        responses=shows(ExaminedOut, EXAMINED, status=201, description="Granskat"),
    )
    async def examine(self, session: Session, person: Person) -> ExaminedOut:
        """Run every rule over the register and keep what they find; for the programme group."""
        return msgspec.convert(await examination.examine(session, person), ExaminedOut, from_attributes=True)


async def shown(session: AsyncSession, person: Viewer, finding_id: UUID) -> Response[FindingOut]:
    """Return a finding with its ETag."""
    row = await findings.get(session, person, finding_id)
    out = msgspec.convert(row, FindingOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
