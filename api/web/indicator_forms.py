"""The forms of indicators: the indicator itself, its values, and tables of values that are tried before saving."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import follow, forms
from api.web.follow import INDICATORS
from api.web.indicators import show
from api.web.pages import page
from initiatives import organisations, overview, people, swedish, taxonomy
from initiatives.access import Viewer, require_writer
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NarplanError, NotFound, StaleVersion
from initiatives.indicators import importing, measured, register, standing
from initiatives.indicators.importing import Report
from initiatives.indicators.standing import IndicatorRow
from initiatives.indicators.targets import Direction
from initiatives.organisations import OrganisationKind
from initiatives.periods import Period, PeriodKind, parse

MOST = 1_000
FIELDS = {
    "name": "namn",
    "organisation_id": "organisation",
    "definition": "definition",
    "unit": "enhet",
    "direction": "riktning",
    "level": "niva",
    "period_kind": "period",
    "baseline_on": "utgangsperiod",
    "baseline": "utgangsvarde",
    "rule": "regel",
    "target": "malvarde",
    "target_year": "malar",
    "due_days": "dagar",
    "source_system": "kallsystem",
    "disaggregation": "uppdelning",
    "responsible_id": "ansvarig",
    "kolada_id": "kolada",
    "node_ids": "noder",
    "initiative_ids": "initiativ",
}
"""The fields of an indicator and what they are called in the form."""
VALUE_FIELDS = {
    "organisation_id": "organisation",
    "period": "period",
    "value": "varde",
    "count": "antal",
    "status": "status",
    "reason": "orsak",
    "origin": "kalla",
    "part": "del",
}
Refused = (InvalidValue, AlreadyExists, StaleVersion)


@get(f"{INDICATORS}/ny", include_in_schema=False)
async def new_page(session: Session, person: Person) -> Template:
    """Show the empty form for an indicator."""
    require_writer(person)
    regions = await organisations.list_organisations(session, kind=OrganisationKind.REGION)
    usual = {"organisation": [str(regions[0].id)] if regions else [""], "riktning": [Direction.UP.value]}
    return await _form(session, person, None, usual)


@post(f"{INDICATORS}/ny", include_in_schema=False)
async def create(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Add an indicator, or show the form again with what is wrong."""
    require_writer(person)
    form = await request.form()
    try:
        async with session.begin_nested():
            added = await register.add(session, person, _fields(form))
    except Refused as problem:
        return await _form(session, person, None, _written(form), problem=problem)
    return Redirect(f"{INDICATORS}/{added.id}", status_code=HTTP_303_SEE_OTHER)


@get(f"{INDICATORS}/{{indicator_id:uuid}}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, indicator_id: FromPath[UUID]) -> Template:
    """Show the form with the indicator as it stands."""
    row = await standing.get_indicator(session, person, indicator_id)
    require_writer(person)
    return await _form(session, person, row, _as_written(row))


@post(f"{INDICATORS}/{{indicator_id:uuid}}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, indicator_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form; what somebody else has changed meanwhile is shown beside what is written, and neither is lost."""
    form = await request.form()
    row = await standing.get_indicator(session, person, indicator_id)
    require_writer(person)
    revision = forms.number(forms.text(form, "version")) or 0
    try:
        async with session.begin_nested():
            await register.revise(session, person, indicator_id, _fields(form), revision=revision)
    except Refused as problem:
        return await _form(session, person, row, _written(form), problem=problem)
    return Redirect(f"{INDICATORS}/{indicator_id}", status_code=HTTP_303_SEE_OTHER)


@post(f"{INDICATORS}/{{indicator_id:uuid}}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, indicator_id: FromPath[UUID]) -> Redirect:
    """Take an indicator and its values away."""
    await register.remove(session, person, indicator_id)
    return Redirect("/uppfoljning", status_code=HTTP_303_SEE_OTHER)


@post(f"{INDICATORS}/{{indicator_id:uuid}}/varden", include_in_schema=False)
async def add_value(
    request: Request[Any, Any, Any], session: Session, person: Person, indicator_id: FromPath[UUID]
) -> Template | Redirect:
    """Write a value down, or correct the one that is there; or show the form again with what is wrong."""
    row = await standing.get_indicator(session, person, indicator_id)
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in VALUE_FIELDS.values()}
    try:
        async with session.begin_nested():
            await _keep_value(session, person, row, written)
    except Refused as problem:
        told = _named(problem, VALUE_FIELDS)
        status = HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT
        return await show(session, person, indicator_id, written=written, problem=told, status_code=status)
    return Redirect(f"{INDICATORS}/{indicator_id}#varden", status_code=HTTP_303_SEE_OTHER)


@post(f"{INDICATORS}/{{indicator_id:uuid}}/varden/{{value_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_value(
    session: Session, person: Person, indicator_id: FromPath[UUID], value_id: FromPath[UUID]
) -> Redirect:
    """Take a value away that should never have been there."""
    if (await measured.get_value(session, person, value_id)).indicator_id != indicator_id:
        raise NotFound(measured.NO_VALUE)
    await measured.remove(session, person, value_id)
    return Redirect(f"{INDICATORS}/{indicator_id}#varden", status_code=HTTP_303_SEE_OTHER)


@get(f"{INDICATORS}/las-in", include_in_schema=False)
async def import_page(session: Session, person: Person) -> Template:
    """Show the form for a table of values."""
    require_writer(person)
    return await _import(session, person, "")


@post(f"{INDICATORS}/las-in", include_in_schema=False)
async def import_table(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Try a table, or take it in, as the button says; every fault is told with its row."""
    require_writer(person)
    form = await request.form()
    content, dry_run = forms.text(form, "tabell"), forms.text(form, "gor") != "spara"
    try:
        report = await importing.bring_in_csv(session, person, content, dry_run=dry_run)
    except InvalidRows as refused:
        return await _import(session, person, content, problem=refused)
    return await _import(session, person, content if dry_run else "", report=report)


async def _keep_value(session: AsyncSession, person: Viewer, row: IndicatorRow, written: Mapping[str, str]) -> None:
    organisation_id = forms.uuid(written["organisation"])
    if organisation_id is None:
        raise InvalidValue("Välj vem värdet gäller.", field="organisation_id")
    period = parse(written["period"], row.period_kind, field="period")
    given = {
        "value": swedish.parse_number(written["varde"], field="value") if written["varde"] else None,
        "count": _whole(written["antal"], "count"),
        "status": written["status"],
        "reason": written["orsak"],
        "origin": written["kalla"],
    }
    part = written["del"].lower()
    there, _ = await measured.list_values(session, person, row.id, organisation_id=organisation_id, part=part)
    if same := next((one for one in there if one.starts_on == period.starts_on), None):
        await measured.revise(session, person, same.id, given, revision=None)
        return
    await measured.add(session, person, row.id, organisation_id=organisation_id, period=period.code, part=part, **given)


def _fields(form: FormMultiDict) -> dict[str, Any]:
    text = {field: forms.text(form, name) for field, name in FIELDS.items()}
    if (owner := forms.uuid(text["organisation_id"])) is None:
        raise InvalidValue("Välj vem indikatorn mäts för.", field="organisation_id")
    period = PeriodKind(text["period_kind"]) if text["period_kind"] in set(PeriodKind) else PeriodKind.YEAR
    start = text["baseline_on"]
    return {
        **{name: text[name] for name in ("name", "definition", "unit", "direction", "level", "period_kind")},
        **{name: text[name] for name in ("source_system", "disaggregation")},
        "organisation_id": owner,
        "baseline_on": parse(start, period, field="baseline_on").starts_on if start else None,
        "baseline": _decimal(text["baseline"], "baseline"),
        "rule": text["rule"] or None,
        "target": _decimal(text["target"], "target"),
        "target_year": _whole(text["target_year"], "target_year"),
        "due_days": _whole(text["due_days"], "due_days"),
        "responsible_id": forms.uuid(text["responsible_id"]),
        "kolada_id": text["kolada_id"] or None,
        "node_ids": _several(form, "noder"),
        "initiative_ids": _several(form, "initiativ"),
    }


def _several(form: FormMultiDict, name: str) -> list[UUID]:
    return [found for value in form.getall(name, []) if (found := forms.uuid(value))]


def _decimal(text: str, field: str) -> Decimal | None:
    return swedish.parse_number(text, field=field) if text else None


def _whole(text: str, field: str) -> int | None:
    if not text:
        return None
    if (found := forms.number(text.replace(" ", "").replace(swedish.NBSP, ""), largest=2**31 - 1)) is None:
        raise InvalidValue("Skriv ett heltal, till exempel 45.", field=field)
    return found


def _written(form: FormMultiDict) -> dict[str, list[str]]:
    names = FIELDS.values()
    return {name: [value for value in form.getall(name, []) if isinstance(value, str)] for name in names}


def _as_written(row: IndicatorRow) -> dict[str, list[str]]:
    plain: dict[str, object] = {
        "namn": row.name,
        "organisation": row.organisation.id,
        "definition": row.definition,
        "enhet": row.unit,
        "riktning": row.direction.value,
        "niva": row.level.value,
        "period": row.period_kind.value,
        "utgangsperiod": Period(row.baseline_on, row.period_kind).code if row.baseline_on else "",
        "utgangsvarde": "" if row.baseline is None else swedish.format_number(row.baseline),
        "regel": row.rule.value if row.rule else "",
        "malvarde": "" if row.target is None else swedish.format_number(row.target),
        "malar": row.target_year or "",
        "dagar": "" if row.due_days is None else row.due_days,
        "kallsystem": row.source_system,
        "uppdelning": row.disaggregation,
        "ansvarig": row.responsible.id if row.responsible else "",
        "kolada": row.kolada_id or "",
    }
    written = {name: [str(value)] for name, value in plain.items()}
    written["noder"] = [str(node.id) for node in row.nodes]
    written["initiativ"] = [str(one.id) for one in row.initiatives]
    return written


def _named(problem: NarplanError, names: Mapping[str, str]) -> NarplanError:
    """Return the problem with the name that its field has in the form."""
    problem.field = names.get(problem.field or "", problem.field)
    return problem


async def _form(
    session: AsyncSession,
    person: Viewer,
    row: IndicatorRow | None,
    written: Mapping[str, list[str]],
    *,
    problem: NarplanError | None = None,
) -> Template:
    status = 200 if problem is None else HTTP_422_UNPROCESSABLE_ENTITY
    told = _named(problem, FIELDS) if problem else None
    initiatives, _ = await overview.list_initiatives(session, person, limit=MOST)
    return page(
        "indicator_form.html",
        HTTP_409_CONFLICT if isinstance(problem, (AlreadyExists, StaleVersion)) else status,
        indicator=row,
        written=written,
        problem=told,
        conflicts=getattr(problem, "conflicts", ()),
        labels=FIELDS,
        organisations=await organisations.list_organisations(session),
        people=(await people.list_people(session, person, limit=MOST))[0],
        nodes=await taxonomy.choices(session, [node.id for node in row.nodes] if row else ()),
        initiatives=initiatives,
        directions=follow.DIRECTIONS,
        levels=follow.LEVELS,
        periods=follow.PERIODS,
        rules=follow.RULES,
        words=lambda choices: [(one.value, word) for one, word in choices.items()],
        named=lambda rows: [(one.id, one.name) for one in rows],
    )


async def _import(
    session: AsyncSession,
    person: Viewer,
    content: str,
    *,
    report: Report | None = None,
    problem: InvalidRows | None = None,
) -> Template:
    found, _ = await standing.list_indicators(session, person, limit=1)
    example = found[0].name if found else "Samordnade individuella planer"
    return page(
        "indicator_import.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else 200,
        content=content,
        report=report,
        problem=problem,
        columns=importing.COLUMNS,
        example=example,
    )


ROUTES = (
    new_page,
    create,
    import_page,
    import_table,
    edit_page,
    revise,
    remove,
    add_value,
    remove_value,
)
