"""Beslut: the list of matters, late first, and one matter with all that was proposed, decided and given to do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms, sheets
from api.web.decision_looks import choices, grouped, named, show
from api.web.pages import with_query
from api.web.sheets import As, Input, Sheet
from initiatives import (
    assignment_overview,
    clause_overview,
    decision_links,
    decision_overview,
    matter_overview,
    matters,
    organisations,
    remark_overview,
    removing,
    sources,
    swedish,
)
from initiatives.access import Viewer, require_writer
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue, NarplanError
from initiatives.matter_overview import MatterFilters
from initiatives.matters import MatterKind
from initiatives.removing import StillNeeded

PAGE_LENGTH = 20
LAST_YEAR = 2200
LACKS = {"forsenat": "Något är försenat", "mottagare": "Mottagare saknas", "datum": "Datum saknas"}
"""What a list may be narrowed to, and what it is called."""


@get("/beslut", include_in_schema=False)
async def matters_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List matters, those with something late first, with filters and pages."""
    query = request.query_params
    wanted = {name: query.get(name, "").strip()[:200] for name in ("q", "organ", "ar", "lage", "brist")}
    number = forms.page_number(query.get("sida"))
    rows, total = await matter_overview.list_matters(
        session, person, _filters(wanted), limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return show(
        "matters.html",
        matters=rows,
        total=total,
        wanted=wanted,
        filtered=any(wanted.values()),
        counts=await matter_overview.count_by_status(session, person),
        organs=await matter_overview.list_organs(session, person),
        lacks=LACKS,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/beslut", wanted, sida=sida),
    )


@get("/beslut/nytt", include_in_schema=False)
async def new_page(session: Session, person: Person) -> Template:
    """Show the empty form for a new matter."""
    require_writer(person)
    return sheets.blank(await _sheet(session))


@post("/beslut/nytt", include_in_schema=False)
async def create(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write a new matter, or show the form again with what is wrong."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return at_matter((await matters.create(session, person, **fields)).id)

    return await sheets.submit(session, await _sheet(session), await request.form(), save)


@get("/beslut/{matter_id:uuid}", include_in_schema=False)
async def matter_page(
    request: Request[Any, Any, Any], session: Session, person: Person, matter_id: FromPath[UUID]
) -> Template:
    """Show a matter with its decisions, att-satser and assignments as they stand today, or on another day."""
    return await show_matter(session, person, matter_id, on=day_in(request))


@get("/beslut/{matter_id:uuid}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, matter_id: FromPath[UUID]) -> Template:
    """Show the form with the matter as it stands."""
    row = await matter_overview.get_matter(session, person, matter_id)
    require_writer(person)
    return sheets.filled(await _sheet(session, matter_id), row)


@post("/beslut/{matter_id:uuid}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, matter_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await matters.revise(session, person, matter_id, revision=revision, **fields)
        return at_matter(matter_id)

    sheet, form = await _sheet(session, matter_id), await request.form()
    return await sheets.submit(
        session, sheet, form, save, lambda: matter_overview.get_matter(session, person, matter_id)
    )


@post("/beslut/{matter_id:uuid}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, matter_id: FromPath[UUID]) -> Template | Redirect:
    """Remove a matter under which nothing stands."""
    try:
        await removing.remove_matter(session, person, matter_id)
    except StillNeeded as problem:
        return await show_matter(session, person, matter_id, problem=problem)
    return Redirect("/beslut", status_code=HTTP_303_SEE_OTHER)


async def show_matter(
    session: AsyncSession,
    person: Viewer,
    matter_id: UUID,
    *,
    on: date | None = None,
    problem: NarplanError | None = None,
) -> Template:
    """Return the page of a matter as it stands on a day; `problem` is what could not be done."""
    day = on or swedish.today()
    matter = await matter_overview.get_matter(session, person, matter_id, on=day)
    steps = await decision_overview.of_matter(session, person, matter_id)
    ids = [step.id for step in steps]
    clauses = await clause_overview.of_decisions(session, person, ids, on=day)
    assignments = await assignment_overview.of_decisions(session, person, ids, on=day)
    quoted = await sources.list_sources(session, person, "decision", ids)
    return show(
        "matter.html",
        HTTP_409_CONFLICT if problem else 200,
        matter=matter,
        decisions=steps,
        clauses=grouped(clauses, "decision_id"),
        children=_chains(assignments),
        reservations=grouped(await remark_overview.list_reservations(session, person, ids), "decision_id"),
        notes=grouped(await remark_overview.list_authority_notes(session, person, ids), "decision_id"),
        links=grouped(await decision_links.list_links(session, person, decision_ids=ids), "decision_id"),
        sources=grouped(quoted, "subject_id"),
        on=day,
        today=swedish.today(),
        problem=problem,
    )


def at_matter(matter_id: UUID, step: UUID | None = None) -> str:
    """Return the address of a matter, and of a proposal or decision in it."""
    return f"/beslut/{matter_id}{f'#steg-{step}' if step else ''}"


def to_matter(matter_id: UUID, step: UUID | None = None) -> Redirect:
    """Return the way to a matter, and to a proposal or decision in it."""
    return Redirect(at_matter(matter_id, step), status_code=HTTP_303_SEE_OTHER)


def day_in(request: Request[Any, Any, Any]) -> date | None:
    """Return the day that the address asks for; None when it asks for none, or for something that is no day."""
    try:
        return swedish.parse_date(request.query_params.get("dag", ""))
    except InvalidValue:
        return None


def _chains(rows: Sequence[assignment_overview.AssignmentRow]) -> Mapping[UUID, Sequence[Any]]:
    """Return assignments by what they came out of: another assignment, a clause, or the text of a decision."""
    chains: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        chains[row.parent_id or row.clause_id or row.decision_id].append(row)
    return dict(chains)


def _filters(wanted: Mapping[str, str]) -> MatterFilters:
    return MatterFilters(
        q=wanted["q"].replace("\0", ""),
        organ=wanted["organ"].replace("\0", ""),
        year=year_in(wanted["ar"]),
        status=Outcome(wanted["lage"]) if wanted["lage"] in set(Outcome) else None,
        late=wanted["brist"] == "forsenat",
        without_owner=wanted["brist"] == "mottagare",
        without_due_date=wanted["brist"] == "datum",
    )


def year_in(text: str) -> int | None:
    """Return the year that is written, None for what is none."""
    year = forms.number(text, largest=LAST_YEAR)
    return year if year and year >= 1900 else None  # noqa: PLR2004


async def _sheet(session: AsyncSession, matter_id: UUID | None = None) -> Sheet:
    known = named(await organisations.list_organisations(session))
    return Sheet(
        title="Ändra ärendet" if matter_id else "Nytt ärende",
        lead="Ett ärende är det som ett organ tar ställning till. Förslaget och beslutet lägger du till under ärendet.",
        back=f"/beslut/{matter_id}" if matter_id else "/beslut",
        back_name="Till ärendet" if matter_id else "Alla ärenden",
        button="Spara ärendet",
        inputs=(
            Input(name="rubrik", field="title", label="Rubrik", required=True),
            Input(name="organ", field="organ", label="Organ", required=True, hint="Till exempel Regionstyrelsen."),
            Input(name="dnr", field="diary_number", label="Diarienummer", hint="Tomt går bra."),
            Input(name="slag", field="kind", label="Slag", takes=As.CHOICE, required=True, options=choices(MatterKind)),
            Input(name="mote", field="meeting_on", label="Sammanträde", takes=As.DAY),
            Input(name="foreslagen", field="proposed_by", label="Föreslaget av"),
            Input(name="beredning", field="preparation", label="Beredning", hint="Vem som har berett ärendet."),
            Input(
                name="organisation",
                field="organisation_id",
                label="Organisation",
                takes=As.THING,
                options=known,
                blank="Ingen vald",
            ),
            Input(name="anteckning", field="note", label="Anteckning", takes=As.TEXT),
        ),
    )


ROUTES = (matters_page, new_page, create, matter_page, edit_page, revise, remove)
