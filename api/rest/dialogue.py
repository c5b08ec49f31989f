"""Conversations with municipalities and the answers to them; a municipality sees those to which it is party."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter, Parameter
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.paging import Page, Paging, paged
from api.rest.examples import MUNICIPALITY, NODE, page_of, shows
from initiatives import values
from initiatives.access import Viewer
from initiatives.dialogue import answering, entries
from initiatives.dialogue.entries import Fields, Filters, Level

LevelText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Level)})]

PARTY = {"id": MUNICIPALITY["id"], "name": MUNICIPALITY["name"]}
AREA = {"id": NODE["id"], "name": NODE["name"]}
ENTRY: dict[str, Any] = {
    "id": "01976a10-0000-7000-8000-000000000050",
    "held_on": "2026-11-18",
    "level": "tjänstemanna",
    "title": "Direktnummer till läkare",
    "topics": "Hur direktnumret har fungerat de första månaderna.",
    "outcome": "Kommunen är nöjd med svarstiden på vardagar.",
    "next_step": "Pröva direktnumret också på kvällar",
    "next_step_on": "2027-01-31",
    "next_step_organisation": PARTY,
    "next_step_done_on": None,
    "parties": [PARTY],
    "nodes": [AREA],
    "answers": 1,
    "created_at": "2026-11-19T08:00:00Z",
    "updated_at": "2026-11-19T08:00:00Z",
    "revision": 1,
}
NEW = {
    **{name: ENTRY[name] for name in ("held_on", "level", "title", "topics", "outcome", "next_step", "next_step_on")},
    "next_step_organisation_id": PARTY["id"],
    "party_ids": [PARTY["id"]],
    "node_ids": [AREA["id"]],
}
ANSWER = {
    "id": "01976a10-0000-7000-8000-000000000051",
    "organisation_id": PARTY["id"],
    "organisation": PARTY["name"],
    "from_region": False,
    "text": "Vi kan börja i januari.",
    "created_at": "2026-11-20T08:00:00Z",
}


class NamedOut(msgspec.Struct, frozen=True):
    """A thing by name."""

    id: UUID
    name: str


class EntryOut(msgspec.Struct, frozen=True):
    """A conversation; `answers` is how many answers there are for the one who reads."""

    id: UUID
    held_on: date
    level: LevelText
    title: str
    topics: str
    outcome: str
    next_step: str
    next_step_on: date | None
    next_step_organisation: NamedOut | None
    next_step_done_on: date | None
    parties: Sequence[NamedOut]
    nodes: Sequence[NamedOut]
    answers: int
    created_at: datetime
    updated_at: datetime
    revision: int


class NewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation to write down; the parties are municipalities, which see it, beside the region."""

    held_on: date
    level: LevelText
    title: str
    party_ids: tuple[UUID, ...]
    topics: str = ""
    outcome: str = ""
    next_step: str = ""
    next_step_on: date | None = None
    next_step_organisation_id: UUID | None = None
    next_step_done_on: date | None = None
    node_ids: tuple[UUID, ...] = ()


class EntryChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    held_on: date | UnsetType = UNSET
    level: LevelText | UnsetType = UNSET
    title: str | UnsetType = UNSET
    party_ids: tuple[UUID, ...] | UnsetType = UNSET
    topics: str | UnsetType = UNSET
    outcome: str | UnsetType = UNSET
    next_step: str | UnsetType = UNSET
    next_step_on: date | UnsetType | None = UNSET
    next_step_organisation_id: UUID | UnsetType | None = UNSET
    next_step_done_on: date | UnsetType | None = UNSET
    node_ids: tuple[UUID, ...] | UnsetType = UNSET


class AnswerOut(msgspec.Struct, frozen=True):
    """An answer in the name of an organisation; the region's are for all parties, others for the region."""

    id: UUID
    organisation_id: UUID
    organisation: str
    from_region: bool
    text: str
    created_at: datetime


class NewAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to write."""

    text: str


class DialogueController(Controller):
    """Conversations."""

    path = "/dialogue-entries"
    tags = ("Dialog",)

    @get(summary="Lista samtal", operation_id="listDialogueEntries", responses=shows(Page[EntryOut], page_of(ENTRY)))
    async def list_entries(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        organisation_id: Annotated[UUID | None, Parameter(description="Bara samtal med denna part.")] = None,
        node_id: Annotated[UUID | None, Parameter(description="Bara samtal om detta delområde.")] = None,
        level: Annotated[
            str | None, Parameter(description="Bara på denna nivå.", schema_extra={"enum": list(Level)})
        ] = None,
        open_step: Annotated[bool | None, Parameter(description="Har ett nästa steg som inte är klart.")] = None,
    ) -> Response[Page[EntryOut]]:
        """Return the conversations that the person sees, the newest first."""
        filters = Filters(
            organisation_id=organisation_id,
            node_id=node_id,
            level=None if level is None else values.choice(Level, level, field="level"),
            open_step=open_step,
        )
        rows, total = await entries.list_entries(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[EntryOut], from_attributes=True), total)

    @get(
        "/{dialogue_entry_id:uuid}",
        summary="Visa ett samtal",
        operation_id="getDialogueEntry",
        responses=shows(EntryOut, ENTRY, description="Samtalet; versionen står i ETag"),
    )
    async def get_entry(
        self, session: Session, person: Person, dialogue_entry_id: FromPath[UUID]
    ) -> Response[EntryOut]:
        """Return one conversation."""
        return await _shown(session, person, dialogue_entry_id)

    @post(
        summary="Lägg till ett samtal",
        operation_id="createDialogueEntry",
        responses=shows(EntryOut, ENTRY, status=201, description="Tillagt"),
    )
    async def create_entry(
        self, session: Session, person: Person, data: Annotated[NewEntry, Body(examples=[Example(value=NEW)])]
    ) -> Response[EntryOut]:
        """Write down a conversation, which its parties see; for the programme group."""
        added = await entries.create(session, person, **msgspec.structs.asdict(data))
        response = await _shown(session, person, added.id)
        response.headers["Location"] = f"/api/v1/dialogue-entries/{added.id}"
        return response

    @patch(
        "/{dialogue_entry_id:uuid}",
        summary="Ändra ett samtal",
        operation_id="reviseDialogueEntry",
        responses=shows(EntryOut, {**ENTRY, "revision": 2}, description="Ändrat; den nya versionen står i ETag"),
    )
    async def revise_entry(
        self,
        *,
        session: Session,
        person: Person,
        dialogue_entry_id: FromPath[UUID],
        data: Annotated[EntryChanges, Body(examples=[Example(value={"next_step_done_on": "2026-11-30"})])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[EntryOut]:
        """Change what is sent; for the programme group. A field that others have changed too is a conflict (412)."""
        await entries.get_entry(session, person, dialogue_entry_id)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        read = expected_revision(if_match)
        await entries.revise(session, person, dialogue_entry_id, cast("Fields", changes), read=read)
        return await _shown(session, person, dialogue_entry_id)

    @delete(
        "/{dialogue_entry_id:uuid}", summary="Ta bort ett samtal", operation_id="deleteDialogueEntry", status_code=204
    )
    async def remove_entry(self, session: Session, person: Person, dialogue_entry_id: FromPath[UUID]) -> None:
        """Take a conversation away, with its answers; for the programme group."""
        await entries.remove(session, person, dialogue_entry_id)

    @get(
        "/{dialogue_entry_id:uuid}/answers",
        summary="Lista svar på ett samtal",
        operation_id="listDialogueAnswers",
        responses=shows(list[AnswerOut], [ANSWER]),
    )
    async def list_answers(
        self, session: Session, person: Person, dialogue_entry_id: FromPath[UUID]
    ) -> Sequence[AnswerOut]:
        """Return the region's answers and one's own organisation's, the oldest first; all to those who see all."""
        rows = await answering.list_answers(session, person, dialogue_entry_id)
        return msgspec.convert(rows, list[AnswerOut], from_attributes=True)

    @post(
        "/{dialogue_entry_id:uuid}/answers",
        summary="Svara på ett samtal",
        operation_id="createDialogueAnswer",
        responses=shows(AnswerOut, ANSWER, status=201, description="Svarat"),
    )
    async def answer(
        self,
        session: Session,
        person: Person,
        dialogue_entry_id: FromPath[UUID],
        data: Annotated[NewAnswer, Body(examples=[Example(value={"text": ANSWER["text"]})])],
    ) -> AnswerOut:
        """Answer in the name of one's organisation; for partners and the programme group. It cannot be changed."""
        added = await answering.answer(session, person, dialogue_entry_id, text=data.text)
        rows = await answering.list_answers(session, person, dialogue_entry_id)
        return msgspec.convert(next(row for row in rows if row.id == added.id), AnswerOut, from_attributes=True)


async def _shown(session: Session, person: Viewer, entry_id: UUID) -> Response[EntryOut]:
    row = await entries.get_entry(session, person, entry_id)
    out = msgspec.convert(row, EntryOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
