"""Fördelningar: money shared by weights, tried out on the page, carried out, and printed as a protocol."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms, plan_forms
from api.web.pages import page, with_query
from api.web.plan_forms import Draft
from initiatives import funds, swedish
from initiatives.access import Viewer, may_write, require_writer, sees_all
from initiatives.distribution import listings, quotas, runs
from initiatives.distribution.plan import Plan
from initiatives.distribution.rules import month_words
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NarplanError, NotFound

ADDRESS = "/pengar/fordelningar"
PAGE_LENGTH, MOST_LISTINGS, MOST_FUNDS = 20, 100, 200
MORE, CARRY_OUT = "steg", "genomfor"


@get(ADDRESS, include_in_schema=False)
async def distributions_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the distributions that have been carried out, and the numbers that there are to share by."""
    return await _list(session, person, number=forms.page_number(request.query_params.get("sida")))


@post(f"{ADDRESS}/underlag", include_in_schema=False)
async def add_listing(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Keep numbers by unit from a pasted table, or show the form again with every line that is wrong."""
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("tal", "dag", "varifran", "tabell")}
    try:
        rows = listings.read_table(written["tabell"], field="tabell")
        day = swedish.parse_date(written["dag"], field="dag")
        added = await listings.add_snapshot(
            session, person, basis=written["tal"], taken_on=day, rows=rows, origin=written["varifran"]
        )
    except (InvalidValue, AlreadyExists) as problem:
        return await _list(session, person, written=written, problem=problem)
    return Redirect(f"{ADDRESS}/underlag/{added.id}", status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/underlag/{{snapshot_id:uuid}}", include_in_schema=False)
async def listing_page(session: Session, person: Person, snapshot_id: FromPath[UUID]) -> Template:
    """Show the numbers of a day."""
    snapshot, rows = await listings.get_snapshot(session, person, snapshot_id)
    return page("listing.html", one=snapshot, rows=rows, total=sum(row.points for row in rows))


@post(f"{ADDRESS}/underlag/{{snapshot_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_listing(session: Session, person: Person, snapshot_id: FromPath[UUID]) -> Redirect:
    """Take the numbers of a day away."""
    await listings.remove_snapshot(session, person, snapshot_id)
    return Redirect(f"{ADDRESS}#underlag", status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/ny", include_in_schema=False)
async def new_distribution_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the form: empty, with the numbers of a day, or with the distribution that is to be replaced."""
    _require_reader(person)
    query, draft = request.query_params, plan_forms.blank()
    if snapshot_id := forms.uuid(query.get("underlag")):
        snapshot, rows = await listings.get_snapshot(session, person, snapshot_id)
        table = [f"Enhet;{snapshot.basis}", *(f"{row.unit};{swedish.format_number(row.points)}" for row in rows)]
        draft = Draft({**draft.head, "enheter": "\n".join(table)}, draft.stages)
    if replaced := forms.uuid(query.get("ersatter")):
        run = await runs.get_run(session, person, replaced)
        old = plan_forms.of(run.plan, run.row.title)
        fund = str(run.row.fund_id or "")
        draft = Draft({**old.head, "ersatter": str(replaced), "anslag": fund}, old.stages)
    return await _form(session, person, draft)


@post(f"{ADDRESS}/ny", include_in_schema=False)
async def try_or_carry_out(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Show what the plan would give, add a stage to the form, or carry the distribution out."""
    _require_reader(person)
    form = await request.form()
    draft, wish = plan_forms.sent(form), forms.text(form, "gor")
    if wish == MORE:
        return await _form(session, person, draft.with_another())
    try:
        plan = plan_forms.plan(draft)
        if wish != CARRY_OUT:
            return await _form(session, person, draft, plan=plan)
        async with session.begin_nested():
            run_id = await _carry_out(session, person, draft, plan)
    except (InvalidValue, AlreadyExists) as problem:
        return await _form(session, person, draft, problem=problem)
    return Redirect(f"{ADDRESS}/{run_id}", status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/{{run_id:uuid}}", include_in_schema=False)
async def distribution_page(session: Session, person: Person, run_id: FromPath[UUID]) -> Template:
    """Show a distribution as its protocol: what was put in, the rule, every quota, and the result to the krona."""
    run = await runs.get_run(session, person, run_id)
    return page(
        "distribution.html",
        run=run,
        one=run.row,
        rule=quotas.RULE,
        stages=list(zip(run.plan.stages, run.outcome.stages, strict=True)),
        verification=await runs.verify(session, person, run_id),
        month=month_words,
    )


async def _carry_out(session: AsyncSession, person: Viewer, draft: Draft, plan: Plan) -> UUID:
    head = draft.head
    run = await runs.carry_out(
        session,
        person,
        title=head["titel"],
        plan=plan,
        decision_reference=head["beslut"],
        fund_id=forms.uuid(head["anslag"]),
        annuls_id=forms.uuid(head["ersatter"]),
        annuls_reason=head["orsak"],
    )
    return run.id


def _require_reader(person: Viewer) -> None:
    if not sees_all(person):
        raise NotFound("Sidan finns inte.")


async def _list(
    session: AsyncSession,
    person: Viewer,
    *,
    number: int = 1,
    written: dict[str, str] | None = None,
    problem: NarplanError | None = None,
) -> Template:
    _require_reader(person)
    found, total = await runs.list_runs(session, person, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    return page(
        "distributions.html",
        _status(problem),
        runs=found,
        total=total,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, {}, sida=sida),
        listings=(await listings.list_snapshots(session, person, limit=MOST_LISTINGS))[0],
        written=written or {},
        problem=problem,
        wrong=problem.problems if isinstance(problem, InvalidRows) else (),
    )


async def _form(
    session: AsyncSession,
    person: Viewer,
    draft: Draft,
    *,
    plan: Plan | None = None,
    problem: NarplanError | None = None,
) -> Template:
    outcome, checks = (None, ()) if plan is None else runs.simulate(person, plan)
    return page(
        "distribution_form.html",
        _status(problem),
        head=draft.head,
        stages=draft.stages,
        most_stages=plan_forms.MOST_STAGES,
        plan=plan,
        outcome=outcome,
        results=[] if plan is None or outcome is None else list(zip(plan.stages, outcome.stages, strict=True)),
        checks=checks,
        errors={plan_forms.input_of(problem.field): problem.detail} if problem else {},
        problem=problem,
        funds=(await funds.list_funds(session, person, limit=MOST_FUNDS))[0] if may_write(person) else [],
        month=month_words,
    )


def _status(problem: NarplanError | None) -> int:
    if problem is None:
        return HTTP_200_OK
    return HTTP_409_CONFLICT if isinstance(problem, AlreadyExists) else HTTP_422_UNPROCESSABLE_ENTITY


ROUTES = (
    distributions_page,
    add_listing,
    listing_page,
    remove_listing,
    new_distribution_page,
    try_or_carry_out,
    distribution_page,
)
