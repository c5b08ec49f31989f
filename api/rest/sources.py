"""Sources: which place in which document something in the register rests on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter

from api.dependencies import Person, Session
from api.rest.examples import INITIATIVE, shows
from initiatives import sources

SOURCE = {
    "id": "01976a10-0000-7000-8000-000000000030",
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
    "document_id": "01976a10-0000-7000-8000-00000000000a",
    "version_id": "01976a10-0000-7000-8000-00000000000b",
    "title": "Förstärkt budget för primärvården",
    "start": 24,
    "end": 59,
    "page": 1,
    "quote": "att avsätta 2 mnkr för psykisk ohälsa",
    "current": True,
    "created_at": "2026-03-10T08:00:00Z",
}
NEW = {name: SOURCE[name] for name in ("subject_type", "subject_id", "document_id", "quote")}


class SourceOut(msgspec.Struct, frozen=True):
    """A quotation, and characters `start` to `end` of the document's text where it stands.

    `document_id` and `version_id` are null when the document has been removed; the quotation stays. `current` tells
    whether it stands in the version of the document that answers now; a new version takes its quotations along.
    """

    id: UUID
    subject_type: str
    subject_id: UUID
    document_id: UUID | None
    version_id: UUID | None
    title: str
    start: int
    end: int
    page: int | None
    quote: str
    current: bool
    created_at: datetime


class NewSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quotation to rest on; without `start` its first place in the text is looked up."""

    subject_type: str
    subject_id: UUID
    document_id: UUID
    quote: str
    version_id: UUID | None = None
    start: int | None = None


KIND = Parameter(description="Slag av sak.", examples=[Example(value="initiative")])


class SourceController(Controller):
    """Sources; for those who see the whole register."""

    path = "/sources"
    tags = ("Källor",)

    @get(summary="Lista källor", operation_id="listSources", responses=shows(list[SourceOut], [SOURCE]))
    async def list_sources(
        self,
        session: Session,
        person: Person,
        subject_type: Annotated[str, KIND],
        subject_id: Annotated[UUID, Parameter(description="Saken som vilar på källorna.")],
    ) -> Sequence[SourceOut]:
        """Return what a thing in the register rests on."""
        rows = await sources.list_sources(session, person, subject_type, [subject_id])
        return msgspec.convert(rows, list[SourceOut], from_attributes=True)

    @post(
        summary="Knyt en källa",
        operation_id="createSource",
        responses=shows(SourceOut, SOURCE, status=201, description="Knuten"),
    )
    async def attach(
        self, session: Session, person: Person, data: Annotated[NewSource, Body(examples=[Example(value=NEW)])]
    ) -> SourceOut:
        """Let something rest on a quotation that stands word for word in a document; for the programme group."""
        added = await sources.attach(session, person, **msgspec.structs.asdict(data))
        return msgspec.convert(added, SourceOut, from_attributes=True)

    @delete("/{source_id:uuid}", summary="Ta bort en källa", operation_id="deleteSource", status_code=204)
    async def detach(self, session: Session, person: Person, source_id: FromPath[UUID]) -> None:
        """Take the source away from what rests on it; for the programme group."""
        await sources.detach(session, person, source_id)
