"""The forms about frames for measures, and about what is claimed of measures and frames."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.fund_forms import DECISION
from api.web.measure_forms import measure_to_write
from api.web.measures import ADDRESS, at
from api.web.sheets import As, Input, Sheet
from initiatives import claims, measure_frames
from initiatives.access import Viewer, require_writer
from initiatives.measure_frames import FrameRow


@get(f"{ADDRESS}/{{measure_id:uuid}}/pastaende", include_in_schema=False)
async def claim_page(session: Session, person: Person, measure_id: FromPath[UUID]) -> Template:
    """Show the empty form for a claim about the measure."""
    row = await measure_to_write(session, person, measure_id)
    return sheets.blank(_claim_sheet(at(measure_id), row.title))


@post(f"{ADDRESS}/{{measure_id:uuid}}/pastaende", include_in_schema=False)
async def add_claim(
    request: Request[Any, Any, Any], session: Session, person: Person, measure_id: FromPath[UUID]
) -> Template | Redirect:
    """Register what somebody says about the measure."""
    row = await measure_to_write(session, person, measure_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await claims.add(session, person, measure_id=measure_id, **fields)
        return f"{at(measure_id)}#pastaenden"

    return await sheets.submit(session, _claim_sheet(at(measure_id), row.title), await request.form(), save)


@get("/pengar/ramar/{frame_id:uuid}/pastaende", include_in_schema=False)
async def frame_claim_page(session: Session, person: Person, frame_id: FromPath[UUID]) -> Template:
    """Show the empty form for a claim about all that stands in a frame."""
    frame = await _frame(session, person, frame_id)
    return sheets.blank(_claim_sheet(_in(frame_id), frame.name))


@post("/pengar/ramar/{frame_id:uuid}/pastaende", include_in_schema=False)
async def add_frame_claim(
    request: Request[Any, Any, Any], session: Session, person: Person, frame_id: FromPath[UUID]
) -> Template | Redirect:
    """Register what somebody says about all that stands in a frame."""
    frame = await _frame(session, person, frame_id)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await claims.add(session, person, frame_id=frame_id, **fields)
        return f"{_in(frame_id)}#pastaenden"

    return await sheets.submit(session, _claim_sheet(_in(frame_id), frame.name), await request.form(), save)


@get("/pengar/ramar/ny", include_in_schema=False)
async def new_frame_page(person: Person) -> Template:
    """Show the empty form for a frame."""
    require_writer(person)
    return sheets.blank(_frame_sheet())


@post("/pengar/ramar/ny", include_in_schema=False)
async def add_frame(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Register a frame."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        return _in((await measure_frames.create(session, person, **fields)).id)

    return await sheets.submit(session, _frame_sheet(), await request.form(), save)


@get("/pengar/ramar/{frame_id:uuid}/andra", include_in_schema=False)
async def edit_frame_page(session: Session, person: Person, frame_id: FromPath[UUID]) -> Template:
    """Show the form with the frame as it stands."""
    frame = await _frame(session, person, frame_id)
    return sheets.filled(_frame_sheet(frame), frame)


@post("/pengar/ramar/{frame_id:uuid}/andra", include_in_schema=False)
async def change_frame(
    request: Request[Any, Any, Any], session: Session, person: Person, frame_id: FromPath[UUID]
) -> Template | Redirect:
    """Change the frame."""
    frame = await _frame(session, person, frame_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await measure_frames.revise(session, person, frame_id, revision=revision, **fields)
        return _in(frame_id)

    form = await request.form()
    return await sheets.submit(
        session, _frame_sheet(frame), form, save, lambda: measure_frames.get_frame(session, person, frame_id)
    )


async def _frame(session: AsyncSession, person: Viewer, frame_id: UUID) -> FrameRow:
    frame = await measure_frames.get_frame(session, person, frame_id)
    require_writer(person)
    return frame


def _frame_sheet(frame: FrameRow | None = None) -> Sheet:
    inputs = (
        Input(name="namn", field="name", label="Namn", required=True),
        Input(name="fran", field="first_year", label="Första året", takes=As.YEAR, required=True),
        Input(name="till", field="last_year", label="Sista året", takes=As.YEAR, required=True),
        Input(
            name="tak",
            field="ceiling_kronor",
            label="Tak för alla åtgärder",
            takes=As.AMOUNT,
            hint="Tomt om inget är beslutat: då står det att ram saknas.",
        ),
        DECISION,
    )
    return Sheet(
        title="Ändra ramen" if frame else "Ny ram för åtgärder",
        lead="Vilka år åtgärderna får kosta, och hur mycket tillsammans.",
        button="Spara ramen",
        back=_in(frame.id) if frame else ADDRESS,
        back_name=frame.name if frame else "Åtgärder",
        inputs=inputs,
    )


def _claim_sheet(back: str, name: str) -> Sheet:
    inputs = (
        Input(name="text", field="text", label="Påstående", takes=As.TEXT, required=True),
        Input(name="vem", field="said_by", label="Vem som säger det", required=True),
    )
    return Sheet(
        title="Lägg till ett påstående",
        lead="Det visas alltid med vem som säger det, aldrig som ett faktum.",
        button="Spara påståendet",
        back=back,
        back_name=name,
        inputs=inputs,
    )


def _in(frame_id: UUID) -> str:
    return f"{ADDRESS}?ram={frame_id}"


ROUTES = (
    claim_page,
    add_claim,
    frame_claim_page,
    add_frame_claim,
    new_frame_page,
    add_frame,
    edit_frame_page,
    change_frame,
)
