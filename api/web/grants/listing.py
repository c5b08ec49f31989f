"""Statsbidrag: a year of grants as the state's own table, what it adds up to, and what does not fit."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.response import Template

from api.dependencies import Person, Session
from api.web import forms
from api.web.findings import SEVERITIES
from api.web.grants.editing import ADDRESS
from api.web.pages import Look, page
from initiatives import swedish
from initiatives.access import sees_all
from initiatives.errors import NotFound
from initiatives.grants import reading, years
from initiatives.grants.date_rules import OURS, when
from initiatives.grants.facts import AmountKind, Grant, Obligation
from initiatives.grants.reconciliation import own
from initiatives.values import FIRST_YEAR, LAST_YEAR
from initiatives.workdays import last_of_month

DONE, LATE = Look("Klart", "check", "good"), Look("Försenat", "warning", "bad")
AMOUNT_WORDS = {
    AmountKind.BUDGET: "Budget",
    AmountKind.FORECAST: "Prognos",
    AmountKind.OUTCOME: "Utfall",
    AmountKind.STATED: "Summa som källan anger",
}


@get(ADDRESS, include_in_schema=False)
async def grants_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the state grants of a year: the newest that has any, unless the address says which."""
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")
    known = await reading.years(session, person)
    year = _year(request, known)
    found = await years.of(session, person, year)
    return page(
        "grants.html",
        year=year,
        years=sorted({*known, year}, reverse=True),
        grants=found.grants,
        general=found.general,
        result=found.result,
        checks=found.checks,
        addresses={one: f"{ADDRESS}/{grant.id}" for grant in found.grants for one in ids_of(grant)},
        shares={one.component_id: one for one in found.shares},
        amount_words=AMOUNT_WORDS,
        parts=lambda grant: [one for one in grant.components if one.year == year],
        **helpers(),
    )


def helpers() -> dict[str, Any]:
    """Return what the templates of state grants work with."""
    return {
        "own_of": lambda parts: sum(own(one) for one in parts),
        "when": when,
        "state": state,
        "severity": SEVERITIES.__getitem__,
        "of_part": of_part,
        "of_whole": lambda grant: of_part(grant, None),
    }


def ids_of(grant: Grant) -> set[UUID]:
    """Return the identifiers of an agreement and of all in it that a rule can be about."""
    return {grant.id, *(one.id for one in grant.components), *(one.id for one in grant.obligations)}


def state(one: Obligation) -> Look | None:
    """Return how a demand stands: done, late, or None for one that is still to come."""
    if one.is_done:
        return DONE
    if one.due_on is None:
        return None
    last = last_of_month(one.due_on) if one.whole_month else one.due_on
    return LATE if last < swedish.today() and one.kind in OURS else None


def of_part(grant: Grant, component_id: object) -> list[Obligation]:
    """Return the demands on one part, or on the whole agreement for None."""
    return [one for one in grant.obligations if one.component_id == component_id]


def _year(request: Request[Any, Any, Any], known: Any) -> int:
    asked = forms.number(request.query_params.get("ar"), largest=LAST_YEAR)
    this = swedish.today().year
    if asked and asked >= FIRST_YEAR:
        return asked
    return this if this in known or not known else int(known[0])


ROUTES = (grants_page,)
