"""Historik: one thing, or the lists, as they were on another day, and what differs between two days."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_ENTITY

from api.dependencies import Person, Session
from api.web import forms, instants
from api.web.follow import require_follower
from api.web.instants import When
from api.web.pages import Look, page, with_query
from initiatives import comparison, history, history_overview, kinds, swedish
from initiatives.comparison import Difference
from initiatives.errors import InvalidValue, NotFound
from initiatives.history import Filters
from initiatives.kinds import KINDS

ADDRESS = "/historik"
COMPARISON = f"{ADDRESS}/jamforelse"
PAGE_LENGTH = 30
SHOWN_OF_EACH = 5
Thing = tuple[str, UUID]
"""A thing: the table that it stands in, and its identifier."""
DIFFERENCES = {
    Difference.ADDED: Look("Nytt", "check", "good"),
    Difference.CHANGED: Look("Ändrat", "half", "calm"),
    Difference.REMOVED: Look("Borttaget", "cross", "bad"),
}


@get(ADDRESS, include_in_schema=False)
async def history_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show what there was on a day: how many of each kind, or the list of one kind."""
    require_follower(person)
    query = request.query_params
    wanted = {name: query.get(name, "").strip() for name in ("datum", "tid", "slag", "q")}
    shown: dict[str, Any] = {"wanted": wanted, "kinds": KINDS, "listed": kinds.listed(), "today": swedish.today()}
    try:
        when = instants.asked(wanted, instants.month_before(swedish.today()))
    except InvalidValue as problem:
        return page("history.html", HTTP_422_UNPROCESSABLE_ENTITY, problem=problem, when=None, **shown)
    wanted["datum"] = when.day
    kind = wanted["slag"] if wanted["slag"] in shown["listed"] else ""
    number = forms.page_number(query.get("sida"))
    filters, offset = Filters(q=wanted["q"][:200].replace("\0", "")), (number - 1) * PAGE_LENGTH
    lines, total = (
        await history.list_at(session, person, kind, when.at, filters, limit=PAGE_LENGTH, offset=offset)
        if kind
        else ((), 0)
    )
    return page(
        "history.html",
        problem=None,
        when=when,
        kind=kind,
        counts=() if kind else await history_overview.kinds_at(session, person, when.at),
        lines=lines,
        total=total,
        begins=await history_overview.begins(session, person),
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, wanted, sida=sida),
        at=lambda key: moment_address(kind, key, when),
        **shown,
    )


@get(COMPARISON, include_in_schema=False)
async def comparison_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show what was added, changed and removed between two days: the last month, unless others are asked for."""
    require_follower(person)
    query, today = request.query_params, swedish.today()
    wanted = {name: query.get(name, "").strip() for name in ("fran", "till", "slag")}
    shown: dict[str, Any] = {"wanted": wanted, "kinds": KINDS, "listed": kinds.listed(), "today": today}
    try:
        last = instants.day_asked(wanted, "till", today)
        first = instants.day_asked(wanted, "fran", instants.month_before(last.at.astimezone(swedish.STOCKHOLM).date()))
        counts = await history_overview.kinds_differing(session, person, first.at, last.at)
    except InvalidValue as problem:
        return page("history_comparison.html", HTTP_422_UNPROCESSABLE_ENTITY, problem=problem, **shown)
    wanted |= {"fran": first.day, "till": last.day}
    kind = wanted["slag"] if wanted["slag"] in shown["listed"] else ""
    number, length = forms.page_number(query.get("sida")) if kind else 1, PAGE_LENGTH if kind else SHOWN_OF_EACH
    chosen = [one for one in counts if kind in ("", one.kind)]
    changes = {
        one.kind: await comparison.compare(
            session, person, one.kind, first.at, last.at, limit=length, offset=(number - 1) * length
        )
        for one in chosen
    }
    return page(
        "history_comparison.html",
        problem=None,
        first=first,
        last=last,
        kind=kind,
        counts=chosen,
        changes=changes,
        looks=DIFFERENCES,
        number=number,
        pages=-(-sum(one.total for one in chosen) // PAGE_LENGTH) if kind else 1,
        address=lambda sida, slag=kind: with_query(COMPARISON, wanted, slag=slag, sida=sida),
        at=lambda of, one: moment_address(of, one.id, first if one.difference is Difference.REMOVED else last),
        **shown,
    )


@get(f"{ADDRESS}/{{kind:str}}/{{subject_id:uuid}}", include_in_schema=False)
async def moment_page(
    request: Request[Any, Any, Any], session: Session, person: Person, kind: FromPath[str], subject_id: FromPath[UUID]
) -> Template:
    """Show one thing as it was at an instant, now unless another is asked for."""
    require_follower(person)
    if kind not in KINDS:
        raise NotFound("Sidan finns inte. Kontrollera adressen.")
    changed = await history_overview.changed_at(session, person, kind, subject_id)
    if not changed:
        raise NotFound("Det du söker finns inte.")
    wanted = {name: request.query_params.get(name, "").strip() for name in ("datum", "tid")}
    try:
        when = instants.asked(wanted, swedish.today())
        moment = await history.get(session, person, kind, subject_id, when.at)
    except (InvalidValue, NotFound) as problem:
        status = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_404_NOT_FOUND
        named = await history.names_of_rows(session, [(kind, str(subject_id))])
        title = next(iter(named.values()), "")
        return _moment((kind, subject_id), changed, status, title=title, wanted=wanted, problem=problem)
    return _moment(
        (kind, subject_id),
        changed,
        title=moment.title,
        wanted=wanted,
        moment=moment,
        when=when if wanted["datum"] else None,
        earlier=next((one for one in changed if one < moment.since), None),
        later=next((one for one in reversed(changed) if one > moment.since), None),
        at=lambda of, key: moment_address(of, key, when),
        alone=lambda of: kinds.has_id(of) and KINDS[of].part_of != kinds.ANYTHING,
    )


def moment_address(kind: str, key: object, when: When) -> str:
    """Return the address of a thing as it was."""
    return with_query(f"{ADDRESS}/{kind}/{key}", when.query)


def _moment(thing: Thing, changed: Sequence[datetime], status: int = HTTP_200_OK, **context: Any) -> Template:
    kind, identifier = thing
    here = f"{ADDRESS}/{kind}/{identifier}"
    given = {"moment": None, "when": None, "problem": None, "earlier": None, "later": None, **context}
    return page(
        "moment.html",
        status,
        here=here,
        kind=KINDS[kind],
        page_now=kinds.address(kind, identifier),
        changed=changed,
        then=lambda instant: with_query(here, {"datum": instant.isoformat()}),
        **given,
    )


ROUTES = (history_page, comparison_page, moment_page)
