"""What is proposed and decided in a matter: added, changed, tied to initiatives; reservations and who may decide."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import sheets
from api.web.decision_looks import choices, titled
from api.web.matters import at_matter, show_matter, to_matter
from api.web.sheets import As, Input, Sheet
from initiatives import (
    clause_overview,
    clauses,
    decision_links,
    decision_overview,
    decisions,
    matter_overview,
    overview,
    removing,
)
from initiatives.access import Viewer, require_writer
from initiatives.decision_overview import DecisionFilters, DecisionRow
from initiatives.decisions import Outcome, Replacing
from initiatives.removing import StillNeeded

MOST = 100
MOST_INITIATIVES = 500


@get("/beslut/{matter_id:uuid}/nytt", include_in_schema=False)
async def new_page(session: Session, person: Person, matter_id: FromPath[UUID]) -> Template:
    """Show the empty form for a proposal or decision in a matter."""
    matter = await matter_overview.get_matter(session, person, matter_id)
    require_writer(person)
    steps = await decision_overview.of_matter(session, person, matter_id)
    outcome = Outcome.DECIDED if steps else Outcome.PROPOSED
    day = str(matter.meeting_on or "") if steps else ""
    sheet = await _sheet(session, person, matter_id)
    return sheets.blank(sheet, organ=matter.organ, lage=outcome, dag=day, hur=Replacing.SUPERSEDES)


@post("/beslut/{matter_id:uuid}/nytt", include_in_schema=False)
async def create(
    request: Request[Any, Any, Any], session: Session, person: Person, matter_id: FromPath[UUID]
) -> Template | Redirect:
    """Write a proposal or decision, and go on to its att-satser if they are not copied."""
    await matter_overview.get_matter(session, person, matter_id)
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        copied = fields.pop("clauses_from_id")
        made = await decisions.create(session, person, matter_id, **fields)
        if copied is None:
            return f"/beslut/steg/{made.id}/att-satser"
        await clauses.copy(session, person, made.id, copied)
        return at_matter(matter_id, made.id)

    return await sheets.submit(session, await _sheet(session, person, matter_id), await request.form(), save)


@get("/beslut/steg/{decision_id:uuid}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show the form with a proposal or decision as it stands."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    return sheets.filled(await _sheet(session, person, step.matter_id, step), step)


@post("/beslut/steg/{decision_id:uuid}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form, or show it again with what is wrong or what somebody else has changed."""
    step = await decision_overview.get_decision(session, person, decision_id)

    async def save(fields: dict[str, Any], revision: int | None) -> str:
        await decisions.revise(session, person, decision_id, revision=revision, **fields)
        return at_matter(step.matter_id, decision_id)

    sheet, form = await _sheet(session, person, step.matter_id, step), await request.form()
    return await sheets.submit(
        session, sheet, form, save, lambda: decision_overview.get_decision(session, person, decision_id)
    )


@post("/beslut/steg/{decision_id:uuid}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template | Redirect:
    """Remove what was registered by mistake, or say what rests on it."""
    step = await decision_overview.get_decision(session, person, decision_id)
    try:
        await removing.remove_decision(session, person, decision_id)
    except StillNeeded as problem:
        return await show_matter(session, person, step.matter_id, problem=problem)
    return to_matter(step.matter_id)


@get("/beslut/steg/{decision_id:uuid}/initiativ", include_in_schema=False)
async def link_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show the form that ties a decision to an initiative."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    return sheets.blank(await _link_sheet(session, person, step))


@post("/beslut/steg/{decision_id:uuid}/initiativ", include_in_schema=False)
async def link(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Tie a decision to an initiative, or show the form again with what is wrong."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)

    async def save(fields: dict[str, Any], _: int | None) -> str:
        await decision_links.link(session, person, decision_id, **fields)
        return at_matter(step.matter_id, decision_id)

    return await sheets.submit(session, await _link_sheet(session, person, step), await request.form(), save)


@post("/beslut/steg/{decision_id:uuid}/initiativ/{initiative_id:uuid}/ta-bort", include_in_schema=False)
async def unlink(
    session: Session, person: Person, decision_id: FromPath[UUID], initiative_id: FromPath[UUID]
) -> Redirect:
    """Take the tie between a decision and an initiative away."""
    step = await decision_overview.get_decision(session, person, decision_id)
    await decision_links.unlink(session, person, decision_id, initiative_id)
    return to_matter(step.matter_id, decision_id)


async def clause_options(session: AsyncSession, person: Viewer, decision_id: UUID) -> list[tuple[str, str]]:
    """Return the att-satser of a proposal or decision as options."""
    rows = await clause_overview.of_decisions(session, person, [decision_id])
    return [(str(one.id), f"{one.number}. {one.text[:90]}") for one in rows]


async def _link_sheet(session: AsyncSession, person: Viewer, step: DecisionRow) -> Sheet:
    rows, _ = await overview.list_initiatives(session, person, limit=MOST_INITIATIVES)
    known = [(str(one.id), one.title) for one in rows]
    return Sheet(
        title="Koppla till ett initiativ",
        lead=f"{titled(step)}. Kopplingen syns på båda sidorna.",
        back=f"/beslut/{step.matter_id}#steg-{step.id}",
        back_name="Till ärendet",
        button="Koppla",
        inputs=(
            Input(
                name="initiativ",
                field="initiative_id",
                label="Initiativ",
                takes=As.THING,
                required=True,
                options=known,
                blank="Välj initiativ",
            ),
            Input(
                name="att_sats",
                field="clause_id",
                label="Att-sats",
                takes=As.THING,
                hint="Om det är en av dem som gäller initiativet.",
                options=await clause_options(session, person, step.id),
                blank="Hela beslutet",
            ),
        ),
    )


async def _sheet(session: AsyncSession, person: Viewer, matter_id: UUID, step: DecisionRow | None = None) -> Sheet:
    rows = await decision_overview.of_matter(session, person, matter_id)
    others, _ = await decision_overview.list_decisions(session, person, DecisionFilters(deciding=True), limit=MOST)
    elsewhere = [one for one in others if one.matter_id != matter_id]
    replaceable = [(str(one.id), titled(one)) for one in rows if step is None or one.id != step.id]
    replaceable += [(str(one.id), f"{titled(one)}: {one.matter}") for one in elsewhere]
    inputs = [
        Input(
            name="lage",
            field="outcome",
            label="Vad organet gjorde",
            takes=As.CHOICE,
            required=True,
            options=choices(Outcome),
            hint="Ett förslag förblir ett förslag. Beslutet lägger du till som ett eget.",
        ),
        Input(name="dag", field="decided_on", label="Dag", takes=As.DAY, hint="Behövs för allt utom förslag."),
        Input(name="organ", field="organ", label="Organ", required=True),
        Input(name="paragraf", field="paragraph", label="Paragraf", hint="Till exempel § 32."),
        Input(
            name="anteckning",
            field="note",
            label="Anteckning",
            takes=As.TEXT,
            hint="Till exempel motivering, yrkanden eller röster.",
        ),
        Input(
            name="ersatter",
            field="replaces_id",
            label="Gäller i stället för",
            takes=As.THING,
            options=replaceable,
            blank="Inget tidigare",
        ),
        Input(
            name="hur",
            field="replaces_how",
            label="Hur det förhåller sig till det tidigare",
            takes=As.CHOICE,
            options=choices(Replacing),
        ),
    ]
    if step is None:
        copied = [(str(one.id), titled(one)) for one in rows if one.clauses]
        inputs.append(
            Input(
                name="utga_fran",
                field="clauses_from_id",
                label="Utgå från att-satserna i",
                takes=As.THING,
                options=copied,
                blank="Klistra in beslutets text i nästa steg",
                hint="De kopieras, och du ändrar det som blev annorlunda.",
            )
        )
    return Sheet(
        title="Ändra" if step else "Lägg till förslag eller beslut",
        lead=titled(step) if step else "Vad organet föreslogs göra, eller gjorde. Att-satserna kommer i nästa steg.",
        back=f"/beslut/{matter_id}",
        back_name="Till ärendet",
        button="Spara",
        inputs=tuple(inputs),
    )


ROUTES = (new_page, create, edit_page, revise, remove, link_page, link, unlink)
