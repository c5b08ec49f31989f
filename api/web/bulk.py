"""Many initiatives changed at once: chosen in the list, looked at, and then all of them saved or none."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict, MultiDict
from litestar.response import Template
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.initiative_form import MOST_PEOPLE
from api.web.pages import page
from initiatives import organisations, overview, people, swedish
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidRows, InvalidValue
from initiatives.exchange import bulk
from initiatives.exchange.bulk import BulkRow
from initiatives.exchange.outcome import Outcome
from initiatives.workflow import Status

ADDRESS = "/initiativ/flera"
EMPTY = "ingen"
TEXTS = {"beslut": "decision", "skal": "reason", "utfall": "outcome", "nasta_steg": "next_steps"}
DAYS = {"start": "starts_on", "slut": "ends_on"}
FIELDS = ("lage", "leds_av", "ansvarig", *DAYS, *(f"{name}_tom" for name in DAYS), *TEXTS)
"""What the form has besides which initiatives it is about."""
LABELS = {"beslut": "Beslut", "skal": "Skäl", "utfall": "Utfall", "nasta_steg": "Nästa steg"}
DAY_LABELS = {"start": "Startdatum", "slut": "Slutdatum"}
Wanted = Mapping[UUID, int | None]


@get(ADDRESS, include_in_schema=False)
async def bulk_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the form for the initiatives that were marked in the list."""
    require_writer(person)
    return await _page(session, person, _marked(request.query_params), {})


@post(ADDRESS, include_in_schema=False)
async def revise_many(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show what the form would change of each initiative, or change them, as the button says."""
    require_writer(person)
    form = await request.form()
    wanted, written = _marked(form), {name: forms.text(form, name) for name in FIELDS}
    save = forms.text(form, "gor") == "spara"
    try:
        changes = _changes(written)
        found = await bulk.revise_many(session, person, wanted, changes, dry_run=not save)
    except InvalidRows:  # Somebody else was quicker: show what is wrong now.
        found = await bulk.revise_many(session, person, wanted, changes, dry_run=True)
        return await _page(session, person, wanted, written, found=found)
    except InvalidValue as problem:
        return await _page(session, person, wanted, written, problem=problem)
    return await _page(session, person, wanted, written, found=found, saved=save)


def _marked(form: FormMultiDict | MultiDict[Any]) -> Wanted:
    """Return the initiatives that are marked, each with the revision that the list showed."""
    found: dict[UUID, int | None] = {}
    for one in form.getall("id", []):
        identifier, _, revision = str(one).partition(".")
        if known := forms.uuid(identifier):
            found[known] = forms.number(revision)
    return found


def _changes(written: Mapping[str, str]) -> dict[str, Any]:
    """Return the changes that the form asks for: what is left as it was asks for nothing."""
    changes: dict[str, Any] = {}
    if written["lage"]:
        changes["status"] = written["lage"]
    if lead := forms.uuid(written["leds_av"]):
        changes["lead_organisation_id"] = lead
    if written["ansvarig"]:
        changes["responsible_id"] = forms.uuid(written["ansvarig"])
    for name, field in DAYS.items():
        if written[f"{name}_tom"]:
            changes[field] = None
        elif written[name]:
            changes[field] = swedish.parse_date(written[name], field=field)
    changes |= {field: written[name] for name, field in TEXTS.items() if written[name]}
    return changes


async def _page(
    session: AsyncSession,
    person: Viewer,
    wanted: Wanted,
    written: Mapping[str, str],
    *,
    found: Sequence[BulkRow] = (),
    saved: bool = False,
    problem: InvalidValue | None = None,
) -> Template:
    colleagues, _ = await people.list_people(session, person, limit=MOST_PEOPLE)
    listed, _ = await overview.list_initiatives(session, person, limit=bulk.MOST)
    wrong = problem or any(one.errors for one in found)
    return page(
        "initiatives_many.html",
        HTTP_422_UNPROCESSABLE_ENTITY if wrong else HTTP_200_OK,
        chosen=[one for one in listed if one.id in wanted],
        marked=[f"{identifier}.{revision or ''}" for identifier, revision in wanted.items()],
        written=written,
        found=found,
        wrong=sum(bool(one.errors) for one in found),
        changed=sum(one.outcome is Outcome.CHANGED for one in found),
        saved=saved,
        problem=problem,
        statuses=Status,
        organisations=await organisations.list_organisations(session),
        colleagues=colleagues,
        texts=LABELS,
        days=DAY_LABELS,
        nobody=EMPTY,
    )


ROUTES = (bulk_page, revise_many)
