"""The form that makes and changes an initiative; nothing is lost when two people change it at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import INITIATIVE_LOOKS, page
from initiatives import initiatives as register
from initiatives import organisations, overview, people, swedish, taxonomy, workflow
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue, StaleVersion
from initiatives.initiative_fields import Fields
from initiatives.merging import ConflictingChange
from initiatives.overview import InitiativeRow
from initiatives.workflow import MissingForStatus, MoveNotPossible, Status

MOST_PEOPLE = 200
LABELS = {
    "titel": "Titel",
    "beskrivning": "Beskrivning",
    "lage": "Läge",
    "leds_av": "Leds av",
    "medverkar": "Medverkar",
    "ansvarig": "Ansvarig",
    "start": "Startdatum",
    "slut": "Slutdatum",
    "beslut": "Beslut",
    "skal": "Skäl",
    "utfall": "Utfall",
    "nasta_steg": "Nästa steg",
    "under": "Hör till",
}
FORM_NAMES = {
    "title": "titel",
    "summary": "beskrivning",
    "status": "lage",
    "lead_organisation_id": "leds_av",
    "partner_ids": "medverkar",
    "responsible_id": "ansvarig",
    "starts_on": "start",
    "ends_on": "slut",
    "decision": "beslut",
    "reason": "skal",
    "outcome": "utfall",
    "next_steps": "nasta_steg",
    "node_ids": "under",
}
"""The fields of the register and what they are called in the form."""

Written = Mapping[str, list[str]]
"""What stands in the form, field by field, as text: also what cannot be saved, so that nothing is written twice."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile: their value and this person's, in words; who and when, if known."""

    name: str
    label: str
    saved: str
    written: str
    by: str | None
    at: datetime | None


@get("/initiativ/nytt", include_in_schema=False)
async def new_page(session: Session, person: Person) -> Template:
    """Show the empty form for a new initiative."""
    require_writer(person)
    return await _form(session, person, None, {"lage": [Status.PROPOSED.value]})


@post("/initiativ/nytt", include_in_schema=False)
async def create(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write a new initiative, or show the form again with everything that was filled in."""
    require_writer(person)
    form = await request.form()
    try:
        async with session.begin_nested():
            initiative = await register.create(session, person, **_fields(form))
    except InvalidValue as problem:
        return await _form(session, person, None, _written(form), problem=problem)
    return Redirect(f"/initiativ/{initiative.id}", status_code=HTTP_303_SEE_OTHER)


@get("/initiativ/{initiative_id:uuid}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, initiative_id: FromPath[UUID]) -> Template:
    """Show the form with the initiative as it stands."""
    initiative = await overview.get(session, person, initiative_id)
    require_writer(person)
    return await _form(session, person, initiative, _as_written(initiative))


@post("/initiativ/{initiative_id:uuid}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, initiative_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form; when somebody else was quicker, show both their values and these, and lose neither."""
    form = await request.form()
    initiative = await overview.get(session, person, initiative_id)
    require_writer(person)
    revision = forms.number(forms.text(form, "revision")) or 0
    try:
        async with session.begin_nested():
            await register.revise(session, person, initiative_id, revision=revision, **_chosen(form))
    except StaleVersion as problem:
        return await _conflict(session, person, initiative_id, form, problem)
    except (InvalidValue, MoveNotPossible) as problem:
        kept = {name: _as_written(initiative)[name] for name in LABELS if _keeps_saved(form, name)}
        return await _form(session, person, initiative, {**_written(form), **kept}, problem=problem, form=form)
    return Redirect(f"/initiativ/{initiative_id}", status_code=HTTP_303_SEE_OTHER)


def _written(form: FormMultiDict) -> Written:
    return {name: [value for value in form.getall(name, []) if isinstance(value, str)] for name in LABELS}


def _as_written(initiative: InitiativeRow) -> Written:
    return {
        "titel": [initiative.title],
        "beskrivning": [initiative.summary or ""],
        "lage": [initiative.status.value],
        "leds_av": [str(initiative.lead_organisation.id)],
        "medverkar": [str(one.id) for one in initiative.partners or ()],
        "ansvarig": [str(initiative.responsible.id if initiative.responsible else "")],
        "start": [str(initiative.starts_on or "")],
        "slut": [str(initiative.ends_on or "")],
        "beslut": [initiative.decision or ""],
        "skal": [initiative.reason or ""],
        "utfall": [initiative.outcome or ""],
        "nasta_steg": [initiative.next_steps or ""],
        "under": [str(node.id) for node in initiative.nodes or ()],
    }


def _fields(form: FormMultiDict) -> Fields:
    lead = forms.uuid(forms.text(form, "leds_av"))
    if lead is None:
        raise InvalidValue("Välj vem som leder initiativet.", field="lead_organisation_id")
    return Fields(
        title=forms.text(form, "titel"),
        summary=forms.text(form, "beskrivning"),
        status=forms.text(form, "lage"),
        lead_organisation_id=lead,
        partner_ids=_chosen_ids(form, "medverkar"),
        responsible_id=forms.uuid(forms.text(form, "ansvarig")),
        starts_on=_day(form, "start", "starts_on"),
        ends_on=_day(form, "slut", "ends_on"),
        decision=forms.text(form, "beslut"),
        reason=forms.text(form, "skal"),
        outcome=forms.text(form, "utfall"),
        next_steps=forms.text(form, "nasta_steg"),
        node_ids=_chosen_ids(form, "under"),
    )


def _chosen_ids(form: FormMultiDict, name: str) -> list[UUID]:
    return [identifier for value in form.getall(name, []) if (identifier := forms.uuid(value))]


def _chosen(form: FormMultiDict) -> Fields:
    """Return what the form holds, apart from fields where the person chose to keep what somebody else has saved."""
    kept = {field for field, name in FORM_NAMES.items() if _keeps_saved(form, name)}
    return cast("Fields", {field: value for field, value in _fields(form).items() if field not in kept})


def _keeps_saved(form: FormMultiDict, name: str) -> bool:
    return forms.text(form, f"valj_{name}") == "sparat"


def _day(form: FormMultiDict, name: str, field: str) -> date | None:
    text = forms.text(form, name)
    return swedish.parse_date(text, field=field) if text else None


async def _form(
    session: AsyncSession,
    person: Viewer,
    initiative: InitiativeRow | None,
    written: Written,
    *,
    problem: InvalidValue | MoveNotPossible | None = None,
    form: FormMultiDict | None = None,
    differences: list[Difference] | None = None,
) -> Template:
    """Return the form; a form that is shown again after a problem keeps the revision and the start that it had."""
    status = HTTP_409_CONFLICT if differences is not None else HTTP_422_UNPROCESSABLE_ENTITY if problem else 200
    colleagues, _ = await people.list_people(session, person, limit=MOST_PEOPLE)
    revision = str(initiative.revision) if initiative else ""
    before = json.dumps(_as_written(initiative)) if initiative else ""
    return page(
        "initiative_form.html",
        status,
        initiative=initiative,
        written=written,
        errors=_errors(problem) if problem else {},
        problem=problem,
        revision=forms.text(form, "revision") if form else revision,
        before=forms.text(form, "fore") if form else before,
        differences=differences,
        statuses=(initiative.status, *workflow.moves(person, initiative.status)) if initiative else tuple(Status),
        organisations=await organisations.list_organisations(session),
        people=colleagues,
        nodes=await taxonomy.choices(session, [node.id for node in initiative.nodes or ()] if initiative else ()),
    )


def _errors(problem: InvalidValue | MoveNotPossible) -> dict[str, str]:
    """Return what is wrong with each field of the form."""
    if isinstance(problem, MissingForStatus):
        return {FORM_NAMES[field]: remedy for field, remedy in problem.problems}
    return {FORM_NAMES.get(problem.field or "", ""): problem.detail}


async def _conflict(
    session: AsyncSession, person: Viewer, initiative_id: UUID, form: FormMultiDict, problem: StaleVersion
) -> Template:
    """Show the form with what both have changed in it, and let the person choose where they changed the same."""
    saved_now = await overview.get(session, person, initiative_id)
    saved, mine, before = _as_written(saved_now), _written(form), _before(form)
    differing = [name for name in LABELS if sorted(saved[name]) != sorted(mine[name])]
    known = {FORM_NAMES[one.field]: one for one in problem.conflicts} if isinstance(problem, ConflictingChange) else {}
    words = await _words(session, person, saved_now)
    differences = [
        Difference(
            name,
            LABELS[name],
            _in_words(saved[name], words),
            _in_words(mine[name], words),
            known[name].by if name in known else None,
            known[name].at if name in known else None,
        )
        for name in (known or differing)
    ]
    merged = {name: saved[name] if mine[name] == before.get(name) else mine[name] for name in LABELS}
    return await _form(session, person, saved_now, merged, differences=differences)


def _before(form: FormMultiDict) -> Written:
    """Return what the form showed when it was opened; nothing if the browser sent something else."""
    try:
        found = json.loads(forms.text(form, "fore"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def _words(session: AsyncSession, person: Viewer, initiative: InitiativeRow) -> dict[str, str]:
    """Return the names behind the identifiers and values of the form."""
    colleagues, _ = await people.list_people(session, person, limit=MOST_PEOPLE)
    words = {str(one.id): one.name for one in await organisations.list_organisations(session)}
    words |= {str(one.id): one.name for one in colleagues}
    words |= {
        str(one.id): one.name for one in await taxonomy.choices(session, [node.id for node in initiative.nodes or ()])
    }
    return words | {status.value: look.word for status, look in INITIATIVE_LOOKS.items()}


def _in_words(values: list[str], words: Mapping[str, str]) -> str:
    return ", ".join(words.get(value, value) for value in values if value) or "(tomt)"


ROUTES = (new_page, create, edit_page, revise)
