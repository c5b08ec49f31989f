"""Suggestions to the register, read out of documents by rules, for the programme group to accept or reject."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter, QueryParameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.decisions import DECISION
from api.rest.examples import PERSON, page_of, shows
from initiatives import values
from initiatives.suggestions import judging, listing
from initiatives.suggestions.drafts import Confidence, Draft, Kind
from initiatives.suggestions.listing import Filters, SuggestionRow
from initiatives.suggestions.tables import State

SUGGESTION: dict[str, Any] = {
    "id": "01976a10-0000-7000-8000-000000000046",
    "document_id": "01976a10-0000-7000-8000-00000000000a",
    "document": "Förstärkt budget för primärvården",
    "version_id": "01976a10-0000-7000-8000-00000000000b",
    "parent_id": "01976a10-0000-7000-8000-000000000047",
    "kind": "clause",
    "draft": {
        "type": "clause",
        "number": 1,
        "text": "att avsätta 2 mnkr för psykisk ohälsa",
        "verb": "avsätta",
        "addressee": "",
        "due_kind": "ingen tid angiven",
        "due_note": "",
        "amount_kronor": 2000000,
        "funding_source": "",
    },
    "confidence": "säker",
    "rule": "att-sats",
    "start": 24,
    "end": 61,
    "page": 1,
    "quote": "att avsätta 2 mnkr för psykisk ohälsa",
    "state": "tillagt",
    "decided_by": PERSON["name"],
    "decided_at": "2026-11-30T08:00:00Z",
    "reason": "",
    "became_type": "clause",
    "became_id": "01976a10-0000-7000-8000-000000000048",
    "waiting": 0,
}
REJECTED: dict[str, Any] = {**SUGGESTION, "state": "avvisat", "reason": "Står redan i ett annat ärende."}
REJECTED |= {"became_type": None, "became_id": None}
OPEN: dict[str, Any] = {**REJECTED, "state": "öppet", "reason": "", "decided_by": None, "decided_at": None}
ACCEPTANCE = {"fields": {"addressee": "Vårddirektören"}, "under_id": DECISION["id"]}


class SuggestionOut(msgspec.Struct, frozen=True):
    """A draft that `rule` read out of characters `start` to `end` of the document's version, with the words there.

    `draft` has the fields of the kind. `parent_id` is the suggestion that it is a part of, `waiting` how many open
    parts it has itself. `became_type` and `became_id` are the row of the register that it became.
    """

    id: UUID
    document_id: UUID
    document: str
    version_id: UUID
    parent_id: UUID | None
    kind: Kind
    draft: dict[str, Any]
    confidence: Confidence
    rule: str
    start: int
    end: int
    page: int | None
    quote: str
    state: State
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    became_type: str | None
    became_id: UUID | None
    waiting: int


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to add. `fields` are those of the draft that you change; the others are added as they stand.

    `under_id` is what it becomes a part of, when that is not what its own whole became: the matter of a proposal or
    decision, the decision of an att-sats. With `parts` all open parts are added too, or nothing.
    """

    fields: dict[str, Any] = {}
    under_id: UUID | None = None
    organisation_id: UUID | None = None
    parts: bool = False


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is not to be added, if you want to say."""

    reason: str = ""


STATES = QueryParameter(
    name="state", description="Något av dessa lägen.", schema_extra={"items": {"enum": list(State)}}
)
KINDS = Parameter(description="Något av dessa slag.", schema_extra={"items": {"enum": list(Kind)}})


class SuggestionController(Controller):
    """Suggestions; for the programme group and administrators."""

    path = "/suggestions"
    tags = ("Förslag till registret",)

    @get(
        summary="Lista förslag till registret",
        operation_id="listSuggestions",
        responses=shows(Page[SuggestionOut], page_of(SUGGESTION)),
    )
    async def list_suggestions(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        states: Annotated[list[str] | None, STATES] = None,
        kind: Annotated[list[str] | None, KINDS] = None,
        document_id: Annotated[UUID | None, Parameter(description="Dokumentet som de är lästa ur.")] = None,
    ) -> Response[Page[SuggestionOut]]:
        """Return suggestions, the newest document first and each in reading order."""
        filters = Filters(
            document_id=document_id,
            kinds=tuple(values.choice(Kind, one, field="kind") for one in kind or ()),
            states=tuple(values.choice(State, one, field="state") for one in states or ()),
        )
        rows, total = await listing.list_suggestions(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, [_out(row) for row in rows], total)

    @get(
        "/{suggestion_id:uuid}",
        summary="Visa ett förslag till registret",
        operation_id="getSuggestion",
        responses=shows(SuggestionOut, OPEN),
    )
    async def get_suggestion(self, session: Session, person: Person, suggestion_id: FromPath[UUID]) -> SuggestionOut:
        """Return one suggestion."""
        return _out(await listing.get(session, person, suggestion_id))

    @post(
        "/{suggestion_id:uuid}/accept",
        summary="Lägg till ett förslag i registret",
        operation_id="acceptSuggestion",
        status_code=200,
        responses=shows(SuggestionOut, SUGGESTION, description="Tillagt"),
    )
    async def accept(
        self,
        session: Session,
        person: Person,
        suggestion_id: FromPath[UUID],
        data: Annotated[Acceptance, Body(examples=[Example(value=ACCEPTANCE)])],
    ) -> SuggestionOut:
        """Add it to the register with your changes, resting on its words in the document."""
        await judging.accept(session, person, suggestion_id, **msgspec.structs.asdict(data))
        return _out(await listing.get(session, person, suggestion_id))

    @post(
        "/{suggestion_id:uuid}/reject",
        summary="Avvisa ett förslag till registret",
        operation_id="rejectSuggestion",
        status_code=200,
        responses=shows(SuggestionOut, REJECTED, description="Avvisat"),
    )
    async def reject(
        self,
        session: Session,
        person: Person,
        suggestion_id: FromPath[UUID],
        data: Annotated[Rejection, Body(examples=[Example(value={"reason": REJECTED["reason"]})])],
    ) -> SuggestionOut:
        """Put it aside with its open parts; it does not come back when the document is read again."""
        await judging.reject(session, person, suggestion_id, reason=data.reason)
        return _out(await listing.get(session, person, suggestion_id))

    @post(
        "/{suggestion_id:uuid}/reopen",
        summary="Öppna ett förslag till registret igen",
        operation_id="reopenSuggestion",
        status_code=200,
        responses=shows(SuggestionOut, OPEN, description="Öppet igen"),
    )
    async def reopen(self, session: Session, person: Person, suggestion_id: FromPath[UUID]) -> SuggestionOut:
        """Undo a rejection, or an acceptance whose thing has been removed from the register."""
        await judging.reopen(session, person, suggestion_id)
        return _out(await listing.get(session, person, suggestion_id))


def _out(row: SuggestionRow) -> SuggestionOut:
    shown = {name: getattr(row, name) for name in SuggestionOut.__struct_fields__}
    return SuggestionOut(**{**shown, "draft": _plain(row.draft)})


def _plain(draft: Draft) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(draft)
    return plain
