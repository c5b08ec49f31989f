"""Every date of the register, and calendars to fetch them with."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, Parameter, QueryParameter

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import INITIATIVE, MUNICIPALITY, PERSON, page_of, shows
from initiatives import calendar_feeds, deadlines, values
from initiatives.deadlines import Filters, State

DEADLINE = {
    "kind": "redovisning",
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
    "item_id": "01976a10-0000-7000-8000-000000000031",
    "title": "Redovisa till Socialstyrelsen",
    "due_on": "2027-03-27",
    "whole_month": False,
    "organisation_id": MUNICIPALITY["id"],
    "organisation": MUNICIPALITY["name"],
    "person_id": PERSON["id"],
    "person": PERSON["name"],
    "state": "öppen",
    "last_day": "2027-03-27",
    "warning": "Lördag och påskafton. Sikta på torsdag 25 mars 2027.",
}
FEED = {
    "id": "01976a10-0000-7000-8000-000000000032",
    "name": "Närplan – Åsa Öberg",
    "person_id": PERSON["id"],
    "person": PERSON["name"],
    "organisation_id": MUNICIPALITY["id"],
    "organisation": MUNICIPALITY["name"],
    "days_before": [14, 3],
    "created_at": "2026-11-30T08:00:00Z",
    "last_used_at": None,
}
NEW_FEED = {"days_before": [14, 3]}
CREATED_FEED = {**FEED, "path": "/kalender/vK3b0dJ9s2mXq7uYw1zTfR4nLp8cHg6eAi5oBDkSMxE.ics"}


class DeadlineOut(msgspec.Struct, frozen=True):
    """Something dated. `subject_type` and `subject_id` are what it belongs to, `item_id` is the dated thing itself.

    With `whole_month` it is due some time in the month of `due_on`; `last_day` is when it is late after. `warning`
    tells, of what is not done, that nobody is at work on the last day, and which day to aim for.
    """

    kind: str
    subject_type: str
    subject_id: UUID
    item_id: UUID
    title: str
    due_on: dt.date
    whole_month: bool
    organisation_id: UUID | None
    organisation: str | None
    person_id: UUID | None
    person: str | None
    state: State
    last_day: dt.date
    warning: str | None


class CalendarFeedOut(msgspec.Struct, frozen=True):
    """A calendar that is fetched by its address; without a person it is the organisation's own."""

    id: UUID
    name: str
    person_id: UUID | None
    person: str | None
    organisation_id: UUID
    organisation: str
    days_before: list[int]
    created_at: dt.datetime
    last_used_at: dt.datetime | None


class CreatedCalendarFeedOut(CalendarFeedOut, frozen=True):
    """A new calendar with the path of its address, which is shown this once."""

    path: str


class NewCalendarFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar to make: one's own, or for administrators an organisation's."""

    organisation_id: UUID | None = None
    days_before: tuple[int, ...] = calendar_feeds.DAYS_BEFORE


STATES = QueryParameter(
    name="state", description="Något av dessa lägen.", schema_extra={"items": {"enum": list(State)}}
)
KINDS = Parameter(description="Något av dessa slag, till exempel redovisning eller milstolpe.")


class DeadlineController(Controller):
    """Dates; everyone sees those of what they see."""

    path = "/deadlines"
    tags = ("Årshjul",)

    @get(summary="Lista datum", operation_id="listDeadlines", responses=shows(Page[DeadlineOut], page_of(DEADLINE)))
    async def list_deadlines(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        paging: NamedDependency[Paging],
        from_on: Annotated[dt.date | None, Parameter(description="Från och med dagen.")] = None,
        to_on: Annotated[dt.date | None, Parameter(description="Till och med dagen.")] = None,
        kind: Annotated[list[str] | None, KINDS] = None,
        states: Annotated[list[str] | None, STATES] = None,
        organisation: Annotated[UUID | None, Parameter(description="Organisationen som ska göra det.")] = None,
        responsible: Annotated[UUID | None, Parameter(description="Personen som ska göra det.")] = None,
        mine: Annotated[bool, Parameter(description="Bara det som du eller din organisation ska göra.")] = False,
        q: Annotated[str, Parameter(description="Ord som alla ska finnas i rubriken.")] = "",
        on: Annotated[dt.date | None, Parameter(description="Dagen att se från; i dag om den utelämnas.")] = None,
    ) -> Response[Page[DeadlineOut]]:
        """Return dates, earliest first; lateness is judged by the day `on`."""
        values.period(from_on, to_on, field="to_on")
        filters = Filters(
            from_on=from_on,
            to_on=to_on,
            kinds=tuple(kind or ()),
            states=tuple(values.choice(State, one, field="state") for one in states or ()),
            organisation_id=organisation,
            person_id=responsible,
            involving=person if mine else None,
            q=q,
        )
        rows, total = await deadlines.list_deadlines(
            session, person, filters, on=on, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, msgspec.convert(rows, list[DeadlineOut], from_attributes=True), total)


class CalendarFeedController(Controller):
    """Calendars behind secret addresses; one's own, and for administrators those of organisations."""

    path = "/calendar-feeds"
    tags = ("Årshjul",)

    @get(summary="Lista kalendrar", operation_id="listCalendarFeeds", responses=shows(list[CalendarFeedOut], [FEED]))
    async def list_feeds(self, session: Session, person: Person) -> Sequence[CalendarFeedOut]:
        """Return one's calendars, never their addresses."""
        rows = await calendar_feeds.list_feeds(session, person)
        return msgspec.convert(rows, list[CalendarFeedOut], from_attributes=True)

    @post(
        summary="Skapa en kalender",
        operation_id="createCalendarFeed",
        responses=shows(CreatedCalendarFeedOut, CREATED_FEED, status=201, description="Skapad; adressen visas bara nu"),
    )
    async def create_feed(
        self,
        session: Session,
        person: Person,
        data: Annotated[NewCalendarFeed, Body(examples=[Example(value=NEW_FEED)])],
    ) -> CreatedCalendarFeedOut:
        """Make a calendar; whoever has its address reads it."""
        row, token = await calendar_feeds.create(session, person, **msgspec.structs.asdict(data))
        out = msgspec.convert(row, CalendarFeedOut, from_attributes=True)
        return CreatedCalendarFeedOut(**msgspec.structs.asdict(out), path=f"/kalender/{token}.ics")

    @delete("/{feed_id:uuid}", summary="Ta bort en kalender", operation_id="deleteCalendarFeed", status_code=204)
    async def remove_feed(self, session: Session, person: Person, feed_id: FromPath[UUID]) -> None:
        """Take a calendar away; its address shows nothing from now on."""
        await calendar_feeds.remove(session, person, feed_id)
