"""The forms about measures: register, change, follow up and claim; and the frames that measures have."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.fund_forms import DECISION
from api.web.funds import MOST
from api.web.measures import ADDRESS, STATUSES, at
from api.web.sheets import As, Input, Sheet
from initiatives import funds, measure_frames, measure_outcomes, measures, organisations, swedish
from initiatives.access import Viewer, require_writer
from initiatives.funds import FundKind
from initiatives.measures import MeasureRow, MeasureStatus


@get(f"{ADDRESS}/ny", include_in_schema=False)
async def new_measure_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the empty form for a measure."""
    require_writer(person)
    frame = request.query_params.get("ram", "")
    return sheets.blank(await _measure_sheet(session, person), lage=MeasureStatus.PROPOSED, ram=frame)


@post(f"{ADDRESS}/ny", include_in_schema=False)
async def add_measure(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Register a measure."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return at((await measures.create(session, person, **fields)).id)

    return await sheets.submit(session, await _measure_sheet(session, person), await request.form(), save)


@get(f"{ADDRESS}/{{measure_id:uuid}}/andra", include_in_schema=False)
async def edit_measure_page(session: Session, person: Person, measure_id: FromPath[UUID]) -> Template:
    """Show the form with the measure as it stands."""
    row = await measure_to_write(session, person, measure_id)
    return sheets.filled(await _measure_sheet(session, person, row), row)


@post(f"{ADDRESS}/{{measure_id:uuid}}/andra", include_in_schema=False)
async def change_measure(
    request: Request[Any, Any, Any], session: Session, person: Person, measure_id: FromPath[UUID]
) -> Template | Redirect:
    """Change the measure."""
    row = await measure_to_write(session, person, measure_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await measures.revise(session, person, measure_id, revision=revision, **fields)
        return at(measure_id)

    sheet, form = await _measure_sheet(session, person, row), await request.form()
    return await sheets.submit(session, sheet, form, save, lambda: measures.get_measure(session, person, measure_id))


@get(f"{ADDRESS}/{{measure_id:uuid}}/utfall", include_in_schema=False)
async def outcome_page(session: Session, person: Person, measure_id: FromPath[UUID]) -> Template:
    """Show the empty form for what came of the measure in a year."""
    return sheets.blank(
        _outcome_sheet(await measure_to_write(session, person, measure_id)), ar=str(swedish.today().year)
    )


@post(f"{ADDRESS}/{{measure_id:uuid}}/utfall", include_in_schema=False)
async def add_outcome(
    request: Request[Any, Any, Any], session: Session, person: Person, measure_id: FromPath[UUID]
) -> Template | Redirect:
    """Register what came of the measure in a year."""
    row = await measure_to_write(session, person, measure_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await measure_outcomes.add(session, person, measure_id, **fields)
        return f"{at(measure_id)}#utfall"

    return await sheets.submit(session, _outcome_sheet(row), await request.form(), save)


async def measure_to_write(session: AsyncSession, person: Viewer, measure_id: UUID) -> MeasureRow:
    """Return a measure to one who may write; raise `NotFound` or `NotAllowed`."""
    row = await measures.get_measure(session, person, measure_id)
    require_writer(person)
    return row


async def _measure_sheet(session: AsyncSession, person: Viewer, row: MeasureRow | None = None) -> Sheet:
    owners = [(str(one.id), one.name) for one in await organisations.list_organisations(session)]
    frames = [(str(one.id), one.name) for one in await measure_frames.list_frames(session, person)]
    found, _ = await funds.list_funds(session, person, kind=FundKind.EQUITY, limit=MOST)
    equity = [(str(one.id), f"{one.name} {one.year}") for one in found]
    inputs = (
        Input(name="rubrik", field="title", label="Rubrik", required=True),
        Input(
            name="forvaltning",
            field="organisation_id",
            label="Förvaltning",
            takes=As.THING,
            required=True,
            options=owners,
        ),
        Input(name="ram", field="frame_id", label="Ram", takes=As.THING, options=frames),
        Input(
            name="lage",
            field="status",
            label="Läge",
            takes=As.CHOICE,
            options=[(one, look.word) for one, look in STATUSES.items()],
        ),
        Input(name="beskrivning", field="description", label="Beskrivning", takes=As.TEXT),
        Input(
            name="kostnad",
            field="costs",
            label="Kostnad per år",
            takes=As.COSTS,
            hint="Ett år på varje rad, till exempel 2026: 1,4 mnkr.",
        ),
        Input(name="start", field="starts_on", label="Startdatum", takes=As.DAY),
        Input(name="manader", field="duration_months", label="Tid i månader", takes=As.NUMBER),
        Input(
            name="resultat", field="organisational_result", label="Väntat resultat för organisationen", takes=As.TEXT
        ),
        Input(
            name="antal",
            field="organisational_number",
            label="Väntat antal",
            takes=As.DECIMAL,
            hint="Med minus för färre, till exempel −5.",
        ),
        Input(name="enhet", field="organisational_unit", label="Enhet", hint="Till exempel besök per dag."),
        Input(
            name="per_ar",
            field="yearly_kronor",
            label="Väntat ekonomiskt resultat per år",
            takes=As.AMOUNT,
            hint="Med minus för lägre kostnad, till exempel −1 400 tkr.",
        ),
        Input(name="fran_ar", field="effect_from_year", label="Från år", takes=As.YEAR),
        Input(name="utgangslage", field="baseline", label="Utgångsläge", takes=As.TEXT),
        Input(
            name="i_planen",
            field="in_action_plan",
            label="Ingår redan i handlingsplanen",
            takes=As.TICK,
            hint="Åtgärder ska gå utöver den.",
        ),
        DECISION,
        Input(name="anslag", field="charged_fund_id", label="Belastar eget kapital", takes=As.THING, options=equity),
        Input(
            name="belastar", field="charged_to", label="Belastar annat", hint="Om det inte är ett anslag i registret."
        ),
    )
    return Sheet(
        title="Ändra åtgärden" if row else "Ny åtgärd",
        lead="Som en investering: vad den kostar, hur lång tid den tar och vad den väntas ge.",
        button="Spara åtgärden",
        back=at(row.id) if row else ADDRESS,
        back_name=row.title if row else "Åtgärder",
        inputs=inputs,
    )


def _outcome_sheet(row: MeasureRow) -> Sheet:
    inputs = (
        Input(name="ar", field="year", label="År", takes=As.YEAR, required=True),
        Input(name="utfall", field="outcome", label="Vad det blev", required=True),
        Input(
            name="antal",
            field="number",
            label=f"Antal ({row.organisational_unit})" if row.organisational_unit else "Antal",
            takes=As.DECIMAL,
            hint="Tomt om det inte är känt.",
        ),
        Input(
            name="kronor",
            field="kronor",
            label="Ekonomiskt resultat",
            takes=As.AMOUNT,
            hint="Med minus för lägre kostnad. Tomt om det inte är känt.",
        ),
    )
    return Sheet(
        title="Följ upp nyttan",
        lead=f"Vad {row.title} gav ett visst år, jämfört med det väntade.",
        button="Spara utfallet",
        back=at(row.id),
        back_name=row.title,
        inputs=inputs,
    )


ROUTES = (
    new_measure_page,
    add_measure,
    edit_measure_page,
    change_measure,
    outcome_page,
    add_outcome,
)
