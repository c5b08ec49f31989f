"""Initiativ: the list, the board and the timeline, with filters that one can save."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict, MultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import board, forms, timeline
from api.web.filled import NOTHING, Filled, attempt
from api.web.pages import HEALTH_LOOKS, page, with_query
from initiatives import milestones, organisations, overview, saved_filters, swedish, taxonomy
from initiatives.access import Viewer
from initiatives.overview import Filters, InitiativeRow, Sort
from initiatives.reports import Health
from initiatives.saved_filters import VIEWS, FilterRow, Query
from initiatives.workflow import Status

ADDRESS = "/initiativ"
EXPORT = "/tabeller/initiativ"
PAGE_LENGTH, MOST_SHOWN = 20, 500
LIST, BOARD, TIMELINE = VIEWS
VIEW_NAMES = {LIST: "Lista", BOARD: "Tavla", TIMELINE: "Tidslinje"}
SORTS = {
    Sort.TITLE: "Titel, A till Ö",
    Sort.UPDATED_DOWN: "Senast ändrade först",
    Sort.STATUS: "Läge",
    Sort.ENDS: "Slutdatum, närmast först",
    Sort.STARTS_DOWN: "Startdatum, senast först",
}
ALL = "alla"
"""The filter in an address that asks for everything, where the list would else open with one's default."""
LONGEST_QUERY = 200
Wanted = Mapping[str, Any]
"""What an address asks for, by the names that it has there; what it does not ask for is empty."""


@get(ADDRESS, include_in_schema=False)
async def initiatives_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the initiatives that the person sees; without a filter in the address by the person's default one."""
    asked = request.query_params
    mine = await saved_filters.list_filters(session, person)
    default = next((one for one in mine if one.is_default), None) if not asked else None
    wanted = _asked(default.query) if default else _wanted(dict(asked), asked.getall("lage", []))
    return await _show(session, person, wanted, mine, default=default, number=forms.page_number(asked.get("sida")))


@post(f"{ADDRESS}/filter", include_in_schema=False)
async def save_filter(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Keep what the address asks for under a name of one's own."""
    form = await request.form()
    wanted = _wanted({name: forms.text(form, name) for name in form}, _texts(form, "lage"))
    written = {"namn": forms.text(form, "namn"), "forval": forms.text(form, "forval")}

    async def work() -> None:
        name, default = written["namn"], bool(written["forval"])
        await saved_filters.save(session, person, name=name, query=_query(wanted), is_default=default)

    if problem := await attempt(session, work):
        filled = Filled("filter", None, written, {"name": "namn"}, problem)
        mine = await saved_filters.list_filters(session, person)
        return await _show(session, person, wanted, mine, filled=filled)
    return Redirect(_address(wanted), status_code=HTTP_303_SEE_OTHER)


@post(f"{ADDRESS}/filter/{{filter_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_filter(session: Session, person: Person, filter_id: FromPath[UUID]) -> Redirect:
    """Take one of one's own filters away."""
    await saved_filters.remove(session, person, filter_id)
    return Redirect(f"{ADDRESS}?filter={ALL}", status_code=HTTP_303_SEE_OTHER)


async def _show(
    session: AsyncSession,
    person: Viewer,
    wanted: Wanted,
    mine: Sequence[FilterRow],
    *,
    default: FilterRow | None = None,
    number: int = 1,
    filled: Filled = NOTHING,
) -> Template:
    length = PAGE_LENGTH if wanted["vy"] == LIST else MOST_SHOWN
    found, total = await overview.list_initiatives(
        session, person, _filters(wanted), sort=wanted["ordning"], limit=length, offset=(number - 1) * length
    )
    return page(
        "initiatives.html",
        filled.status_code if filled.problem else HTTP_200_OK,
        initiatives=found,
        total=total,
        filters=wanted,
        filtered=any(value for name, value in wanted.items() if name not in {"ordning", "vy"}),
        sorts=SORTS,
        healths=HEALTH_LOOKS,
        views=VIEW_NAMES,
        number=number,
        pages=-(-total // length),
        address=lambda sida=1, **changes: _address({**wanted, **changes}, sida=sida),
        everything=f"{ADDRESS}?filter={ALL}",
        export=lambda form: _address(wanted, vy="", format=form).replace(ADDRESS, EXPORT, 1),
        counts=await overview.count_by_status(session, person),
        nodes=await taxonomy.list_nodes(session),
        organisations=await organisations.list_organisations(session),
        saved=[(one, _address(_asked(one.query))) for one in mine],
        default=default,
        filled=filled,
        may_save=person.person_id is not None,
        today=swedish.today(),
        **(await _drawn(session, person, wanted["vy"], found)),
    )


async def _drawn(session: AsyncSession, person: Viewer, view: str, found: Sequence[InitiativeRow]) -> dict[str, Any]:
    """Return what only the board or only the timeline shows."""
    if view == BOARD:
        return {"columns": board.columns(person, found)}
    if view != TIMELINE:
        return {}
    rows = timeline.dated(found)
    stones = await milestones.list_milestones(session, person, *(one.id for one in rows))
    return {
        "rows": rows,
        "stones": {one.id: [stone for stone in stones if stone.initiative_id == one.id] for one in rows},
        "undated": [one for one in found if one not in rows],
        "drawing": timeline.draw(rows, stones, today=swedish.today()),
    }


def _wanted(query: Mapping[str, str], statuses: Sequence[str]) -> Wanted:
    """Return what an address or a form asks for, without what means nothing."""
    ids = ("delomrade", "organisation", "ansvarig", "delat_med")
    view, health, sort = query.get("vy", ""), query.get("halsa", ""), query.get("ordning", "")
    return {
        "q": query.get("q", "").strip()[:LONGEST_QUERY].replace("\0", ""),
        "lage": [Status(one) for one in statuses if one in set(Status)],
        **{name: forms.uuid(query.get(name, "")) or "" for name in ids},
        "halsa": Health(health) if health in set(Health) else "",
        "ar": _year(query.get("ar", "")),
        "ordning": Sort(sort) if sort in set(Sort) else Sort.TITLE,
        "vy": view if view in VIEWS else LIST,
    }


def asked_for(query: MultiDict[Any]) -> tuple[Filters, Sort]:
    """Return the filters and the order that the query of the list's address asks for."""
    wanted = _wanted(dict(query), query.getall("lage", []))
    return _filters(wanted), wanted["ordning"]


def _year(text: str) -> int | str:
    number = forms.number(text.strip(), largest=2200)
    return number if number and number >= 1900 else ""  # noqa: PLR2004 - the years that dates may have


def _filters(wanted: Wanted) -> Filters:
    return Filters(
        q=wanted["q"],
        statuses=tuple(wanted["lage"]),
        node_ids=(wanted["delomrade"],) if wanted["delomrade"] else (),
        health=wanted["halsa"] or None,
        organisation_id=wanted["organisation"] or None,
        responsible_id=wanted["ansvarig"] or None,
        year=wanted["ar"] or None,
        shared_with=wanted["delat_med"] or None,
    )


def _query(wanted: Wanted) -> Query:
    return Query(
        q=wanted["q"],
        status=tuple(one.value for one in wanted["lage"]),
        node=(wanted["delomrade"],) if wanted["delomrade"] else (),
        health=wanted["halsa"] or None,
        organisation=wanted["organisation"] or None,
        responsible=wanted["ansvarig"] or None,
        year=wanted["ar"] or None,
        shared_with=wanted["delat_med"] or None,
        sort=wanted["ordning"].value,
        view=wanted["vy"],
    )


def _asked(query: Query) -> Wanted:
    return {
        "q": query.q,
        "lage": [Status(one) for one in query.status],
        "delomrade": query.node[0] if query.node else "",
        "organisation": query.organisation or "",
        "ansvarig": query.responsible or "",
        "delat_med": query.shared_with or "",
        "halsa": Health(query.health) if query.health else "",
        "ar": query.year or "",
        "ordning": Sort(query.sort),
        "vy": query.view,
    }


def _address(wanted: Wanted, **changes: object) -> str:
    """Return the address that asks for this; one that asks for nothing says so, or it would mean one's default."""
    plain = {
        "ordning": "" if wanted["ordning"] is Sort.TITLE else wanted["ordning"].value,
        "vy": "" if wanted["vy"] == LIST else wanted["vy"],
        "lage": [one.value for one in wanted["lage"]],
        "halsa": wanted["halsa"].value if wanted["halsa"] else "",
    }
    address = with_query(ADDRESS, {**wanted, **plain}, **changes)
    return address if "?" in address else f"{ADDRESS}?filter={ALL}"


def _texts(form: FormMultiDict, name: str) -> list[str]:
    return [value for value in form.getall(name, []) if isinstance(value, str)]


ROUTES = (initiatives_page, save_filter, remove_filter)
