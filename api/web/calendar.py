"""Årshjul: every date of a year as a wheel and a list, and the calendars that people subscribe to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api import calendars
from api.dependencies import Person, Session, Sessions
from api.web import forms, wheel
from api.web.pages import Look, page, with_query
from initiatives import calendar_feeds, deadlines, kinds, organisations, values
from initiatives.access import SYSTEM, Viewer, may_administer, sees_all
from initiatives.calendar_feeds import TooManyFeeds
from initiatives.deadlines import Deadline, Filters, State
from initiatives.errors import InvalidValue, NarplanError, NotFound
from initiatives.swedish import MONTHS, today

MOST_SHOWN = 500
MOST_IN_FILE = 5_000
LOOKS: Mapping[State, Look] = {
    State.OPEN: Look("Kommer", "ring", "calm"),
    State.LATE: Look("Försenad", "warning", "bad"),
    State.DONE: Look("Klar", "check", "good"),
}
WHOSE = {"": "Allas", "mina": "Mina och min organisations"}


@dataclass(frozen=True, slots=True)
class Month:
    """The dates of one month, as the list shows them."""

    number: int
    name: str
    rows: Sequence[Deadline]


@get("/arshjul", include_in_schema=False)
async def calendar_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show a year: the wheel, the list month by month, and the person's calendars."""
    return await _show(session, person, request.query_params)


@post("/arshjul/kalendrar", include_in_schema=False)
async def create_feed(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Make a calendar and show its address this once, or show what is wrong."""
    form = await request.form()
    try:
        _, token = await calendar_feeds.create(
            session,
            person,
            organisation_id=forms.uuid(forms.text(form, "organisation")),
            days_before=_days(forms.text(form, "dagar")),
        )
    except (InvalidValue, TooManyFeeds) as problem:
        return await _show(session, person, {}, problem=problem, written=forms.text(form, "dagar"))
    return await _show(session, person, {}, address=f"{base_of(request)}/kalender/{token}.ics")


@post("/arshjul/kalendrar/{feed_id:uuid}/ta-bort", include_in_schema=False)
async def remove_feed(session: Session, person: Person, feed_id: FromPath[UUID]) -> Redirect:
    """Take a calendar away."""
    await calendar_feeds.remove(session, person, feed_id)
    return Redirect("/arshjul#kalendrar", status_code=HTTP_303_SEE_OTHER)


@get("/kalender/{name:str}", include_in_schema=False, opt={"public": True})
async def feed(request: Request[Any, Any, Any], sessions: Sessions, name: FromPath[str]) -> Response[bytes]:
    """Return the calendar behind a token, for a calendar program; whatever opens nothing looks the same."""
    async with sessions(SYSTEM) as session:
        opened = await calendar_feeds.open_with(session, name.removesuffix(".ics"))
    if opened is None:
        raise NotFound("Kalendern finns inte. Skapa en ny adress på sidan Årshjul.")
    async with sessions(opened.viewer) as session:
        rows, _ = await deadlines.list_deadlines(session, opened.viewer, opened.filters, limit=MOST_IN_FILE)
    written = calendars.write(opened.name, rows, base=base_of(request), days_before=opened.days_before)
    headers = {"Content-Disposition": 'attachment; filename="narplan.ics"'}
    return Response(written, media_type=calendars.MEDIA_TYPE, headers=headers)


def base_of(request: Request[Any, Any, Any]) -> str:
    """Return the address that Närplan was reached at, without a slash at the end."""
    return str(request.base_url).rstrip("/")


def _days(text: str) -> list[int]:
    written = [forms.number(word.strip(), largest=calendar_feeds.LONGEST_BEFORE) for word in text.split(",") if text]
    if None in written:
        raise InvalidValue("Skriv dagarna som tal med komma emellan, till exempel 14, 3.", field="days_before")
    return [day for day in written if day is not None]


async def _show(
    session: AsyncSession,
    person: Viewer,
    query: Mapping[str, str],
    *,
    problem: NarplanError | None = None,
    written: str = "14, 3",
    address: str = "",
) -> Template:
    year = _year(query.get("ar"))
    wanted = {name: query.get(name, "").strip() for name in ("slag", "lage", "vems", "organisation")}
    chosen = _filters(wanted, person)
    in_year = Filters(**{**_parts(chosen), "from_on": date(year, 1, 1), "to_on": date(year, 12, 31)})
    rows, total = await deadlines.list_deadlines(session, person, in_year, limit=MOST_SHOWN)
    status = HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_201_CREATED if address else HTTP_200_OK
    return page(
        "calendar.html",
        status,
        year=year,
        this_year=today().year,
        wanted=wanted,
        filtered=any(wanted.values()),
        months=_months(rows, year),
        total=total,
        cut=total - len(rows),
        wheel=wheel.of(await deadlines.count_by_month(session, person, year, chosen), year, today()),
        kind_names=await deadlines.list_kinds(session, person),
        states=LOOKS,
        whose=WHOSE,
        organisations=await organisations.list_organisations(session) if sees_all(person) else [],
        place=kinds.address,
        feeds=await calendar_feeds.list_feeds(session, person),
        administers=may_administer(person),
        written=written,
        problem=problem,
        address=address,
        with_query=with_query,
    )


def _parts(filters: Filters) -> dict[str, Any]:
    return {name: getattr(filters, name) for name in filters.__slots__}


def _year(text: str | None) -> int:
    year = forms.number(text, largest=values.LAST_YEAR) or today().year
    return year if year >= values.FIRST_YEAR else today().year


def _filters(wanted: Mapping[str, str], person: Viewer) -> Filters:
    return Filters(
        kinds=(wanted["slag"],) if wanted["slag"] and "\0" not in wanted["slag"] else (),
        states=(State(wanted["lage"]),) if wanted["lage"] in set(State) else (),
        organisation_id=forms.uuid(wanted["organisation"]),
        involving=person if wanted["vems"] == "mina" else None,
    )


def _months(rows: Sequence[Deadline], year: int) -> list[Month]:
    in_year = [row for row in rows if row.last_day.year == year]
    return [
        Month(number, MONTHS[number - 1], list(of_month))
        for number, of_month in groupby(in_year, key=lambda row: row.last_day.month)
    ]


ROUTES = (calendar_page, create_feed, remove_feed, feed)
