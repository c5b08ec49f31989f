"""Att-satser: all of them with filters, one with what came of it, and a decision's text pasted and taken apart."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import citing, forms, sheets
from api.web.decision_looks import choices, closing_options, grouped, named, show
from api.web.matters import LACKS, PAGE_LENGTH, to_matter, year_in
from api.web.pages import with_query
from api.web.sheets import As, Input, Sheet
from initiatives import (
    assignment_overview,
    clause_overview,
    clauses,
    closing,
    decision_overview,
    matter_overview,
    organisations,
    removing,
    sources,
)
from initiatives.access import Viewer, may_write, require_writer
from initiatives.clause_overview import ClauseFilters, ClauseRow
from initiatives.clauses import Ruling
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.standing import DueKind, Status


@get("/beslut/att-satser", include_in_schema=False)
async def clauses_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List att-satser of all matters, with filters: which lack a time limit, an addressee, or are late."""
    query = request.query_params
    wanted = {name: query.get(name, "").strip()[:200] for name in ("organ", "ar", "lage", "brist")}
    number = forms.page_number(query.get("sida"))
    rows, total = await clause_overview.list_clauses(
        session, person, _filters(wanted), limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    return show(
        "clauses.html",
        clauses=rows,
        total=total,
        wanted=wanted,
        filtered=any(wanted.values()),
        organs=await matter_overview.list_organs(session, person),
        lacks=LACKS,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query("/beslut/att-satser", wanted, sida=sida),
    )


@get("/beslut/att-satser/{clause_id:uuid}", include_in_schema=False)
async def clause_page(session: Session, person: Person, clause_id: FromPath[UUID]) -> Template:
    """Show an att-sats: what the organ did with it, who shall do what, what it rests on, and what closes it."""
    return await _clause(session, person, clause_id)


@get("/beslut/att-satser/{clause_id:uuid}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, clause_id: FromPath[UUID]) -> Template:
    """Show the form with an att-sats as it stands."""
    clause = await clause_overview.get_clause(session, person, clause_id)
    require_writer(person)
    return sheets.filled(await _sheet(session, clause), clause)


@post("/beslut/att-satser/{clause_id:uuid}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, clause_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""
    clause = await clause_overview.get_clause(session, person, clause_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await clauses.revise(session, person, clause_id, revision=revision, **fields)
        return f"/beslut/att-satser/{clause_id}"

    sheet, form = await _sheet(session, clause), await request.form()
    return await sheets.submit(
        session, sheet, form, save, lambda: clause_overview.get_clause(session, person, clause_id)
    )


@post("/beslut/att-satser/{clause_id:uuid}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, clause_id: FromPath[UUID]) -> Template | Redirect:
    """Remove an att-sats that no assignment came out of."""
    clause = await clause_overview.get_clause(session, person, clause_id)
    try:
        await removing.remove_clause(session, person, clause_id)
    except removing.StillNeeded as problem:
        return await _clause(session, person, clause_id, problem=problem)
    return to_matter(clause.matter_id, clause.decision_id)


@post("/beslut/att-satser/{clause_id:uuid}/avsluta", include_in_schema=False)
async def close(
    request: Request[Any, Any, Any], session: Session, person: Person, clause_id: FromPath[UUID]
) -> Template | Redirect:
    """Let a decision close an att-sats, or say all that is missing."""
    decision_id = forms.uuid(forms.text(await request.form(), "beslut"))
    try:
        async with session.begin_nested():
            await closing.close_clause(session, person, clause_id, decision_id)
    except (NotFound, NotAllowed):
        raise
    except NarplanError as problem:
        return await _clause(session, person, clause_id, problem=problem)
    return _to_clause(clause_id)


@post("/beslut/att-satser/{clause_id:uuid}/oppna", include_in_schema=False)
async def reopen(session: Session, person: Person, clause_id: FromPath[UUID]) -> Redirect:
    """Open an att-sats again."""
    await closing.reopen_clause(session, person, clause_id)
    return _to_clause(clause_id)


@post("/beslut/att-satser/{clause_id:uuid}/kalla", include_in_schema=False)
async def cite(
    request: Request[Any, Any, Any], session: Session, person: Person, clause_id: FromPath[UUID]
) -> Template | Redirect:
    """Let an att-sats rest on a quotation, or show the form again with what is wrong."""
    written = citing.written(await request.form())
    try:
        await citing.attach(session, person, "clause", clause_id, written)
    except InvalidValue as problem:
        return await _clause(session, person, clause_id, problem=problem, citation=written)
    return _to_clause(clause_id)


@post("/beslut/att-satser/{clause_id:uuid}/kalla/{source_id:uuid}/ta-bort", include_in_schema=False)
async def uncite(session: Session, person: Person, clause_id: FromPath[UUID], source_id: FromPath[UUID]) -> Redirect:
    """Take a quotation away."""
    await sources.detach(session, person, source_id)
    return _to_clause(clause_id)


async def _clause(
    session: AsyncSession,
    person: Viewer,
    clause_id: UUID,
    *,
    problem: NarplanError | None = None,
    citation: Mapping[str, str] | None = None,
) -> Template:
    clause = await clause_overview.get_clause(session, person, clause_id)
    step = await decision_overview.get_decision(session, person, clause.decision_id)
    rows = await assignment_overview.of_decisions(session, person, [clause.decision_id])
    mine = [row for row in rows if row.clause_id == clause_id]
    chains = {**grouped([row for row in mine if row.parent_id], "parent_id")}
    writes = may_write(person)
    status = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT
    return show(
        "clause.html",
        status if problem else 200,
        clause=clause,
        step=step,
        children={**chains, clause_id: [row for row in mine if row.parent_id is None]},
        sources=await sources.list_sources(session, person, "clause", [clause_id]),
        documents=await citing.documents(session, person) if writes else [],
        closers=await closing_options(session, person, but=clause.decision_id) if writes else [],
        closer=await decision_overview.get_decision(session, person, clause.closed_by_id)
        if clause.closed_by_id
        else None,
        problem=problem,
        citation=citation or {},
        follows=step.outcome != Outcome.PROPOSED,
    )


def _filters(wanted: Mapping[str, str]) -> ClauseFilters:
    return ClauseFilters(
        organ=wanted["organ"].replace("\0", ""),
        year=year_in(wanted["ar"]),
        status=Status(wanted["lage"]) if wanted["lage"] in set(Status) else None,
        late=wanted["brist"] == "forsenat",
        without_owner=wanted["brist"] == "mottagare",
        without_due_date=wanted["brist"] == "datum",
    )


def _to_clause(clause_id: UUID) -> Redirect:
    return Redirect(f"/beslut/att-satser/{clause_id}", status_code=HTTP_303_SEE_OTHER)


def due_inputs() -> tuple[Input, ...]:
    """Return the inputs for when something is due."""
    return (
        Input(name="tid", field="due_kind", label="Tid", takes=As.CHOICE, required=True, options=choices(DueKind)),
        Input(name="senast", field="due_on", label="Senast", takes=As.DAY, hint="När tiden är ett datum."),
        Input(name="tid_ord", field="due_note", label="Tiden som den står i texten", hint="Till exempel årligen."),
    )


async def _sheet(session: AsyncSession, clause: ClauseRow) -> Sheet:
    known = named(await organisations.list_organisations(session))
    proposed = clause.outcome == Outcome.PROPOSED
    rulings = [one for one in choices(Ruling) if (one[0] == Ruling.PROPOSED) == proposed]
    return Sheet(
        title="Ändra att-satsen",
        lead=f"Att-sats {clause.number} i ärendet {clause.matter}.",
        back=f"/beslut/att-satser/{clause.id}",
        back_name="Till att-satsen",
        button="Spara att-satsen",
        inputs=(
            Input(name="text", field="text", label="Text", takes=As.TEXT, required=True),
            Input(name="nr", field="number", label="Nummer", takes=As.NUMBER, required=True),
            Input(name="verb", field="verb", label="Verb", hint="Läses ur texten; rätta det om det blev fel."),
            Input(
                name="gjorde",
                field="ruling",
                label="Vad organet gjorde",
                takes=As.CHOICE,
                required=True,
                options=rulings,
            ),
            Input(
                name="pa_vilket_satt",
                field="ruling_note",
                label="På vilket sätt",
                takes=As.TEXT,
                hint="Vid delvis bifall.",
            ),
            Input(name="mottagare", field="addressee", label="Riktar sig till", hint="I ord, som i texten."),
            Input(
                name="organisation",
                field="addressee_organisation_id",
                label="Organisation",
                takes=As.THING,
                options=known,
                blank="Ingen vald",
            ),
            *due_inputs(),
            Input(
                name="belopp",
                field="amount_kronor",
                label="Belopp",
                takes=As.AMOUNT,
                hint="Till exempel 900 tkr. Minus för pengar som tas ur en källa.",
            ),
            Input(name="kalla", field="funding_source", label="Pengarna tas ur"),
        ),
    )


ROUTES = (clauses_page, clause_page, edit_page, revise, remove, close, reopen, cite, uncite)
