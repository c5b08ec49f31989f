"""Who has opened what is shared, and who has asked what."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import Parameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import ASKED, SEEN, page_of, shows
from initiatives import accesses, values
from initiatives.activity import Filters

PersonId = Annotated[UUID | None, Parameter(description="Bara det som en viss person har gjort.")]
Since = Annotated[datetime | None, Parameter(description="Från och med ett klockslag.")]
Until = Annotated[datetime | None, Parameter(description="Före ett klockslag.")]


class SeenOut(msgspec.Struct, frozen=True):
    """Somebody opened a shared thing on a day; `at` is the first time that day."""

    id: UUID
    at: datetime
    day: date
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    name: str
    organisation: str
    item_type: str
    item_id: UUID
    title: str


class AskedOut(msgspec.Struct, frozen=True):
    """Somebody asked a question."""

    id: UUID
    at: datetime
    person_id: UUID | None
    key_id: UUID | None
    organisation_id: UUID | None
    name: str
    organisation: str
    question: str
    conversation_id: UUID | None
    turn_id: UUID | None


class AccessController(Controller):
    """Who has seen and asked what; only for administrators."""

    path = "/accesses"
    tags = ("Dagbok",)

    @get("/seen", summary="Lista vem som har sett", operation_id="listSeen",
         responses=shows(Page[SeenOut], page_of(SEEN)))  # fmt: skip
    async def list_seen(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        item_type: Annotated[str | None, Parameter(description="Slag av sak: initiative eller document.")] = None,
        item_id: Annotated[UUID | None, Parameter(description="En viss sak.")] = None,
        person_id: PersonId = None,
        since: Since = None,
        until: Until = None,
    ) -> Response[Page[SeenOut]]:
        """Return who opened which shared thing, newest first."""
        kind = None if item_type is None else values.line(item_type, field="item_type")
        filters = Filters(subject_type=kind, subject_id=item_id, person_id=person_id, since=since, until=until)
        rows, total = await accesses.list_seen(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[SeenOut], from_attributes=True), total)

    @get("/asked", summary="Lista vem som har frågat", operation_id="listAsked",
         responses=shows(Page[AskedOut], page_of(ASKED)))  # fmt: skip
    async def list_asked(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        person_id: PersonId = None,
        since: Since = None,
        until: Until = None,
    ) -> Response[Page[AskedOut]]:
        """Return who asked what, newest first."""
        filters = Filters(person_id=person_id, since=since, until=until)
        rows, total = await accesses.list_asked(session, person, filters, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, msgspec.convert(rows, list[AskedOut], from_attributes=True), total)
