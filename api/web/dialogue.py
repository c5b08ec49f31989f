"""Dialog: how far the talks with the municipalities have come, what was said, and what is agreed.

A municipality sees its own conversations and agreements here, and answers them.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import dialogue_forms, forms
from api.web.dialogue_forms import Blank, Paper, Takes
from api.web.pages import Look, page, with_query
from initiatives import organisations, sources, swedish
from initiatives.access import Viewer, require_writer, sees_all
from initiatives.dialogue import agreements, answering, entries, follow_up
from initiatives.dialogue.answers import may_answer
from initiatives.dialogue.entries import EntryRow, Filters, Level
from initiatives.dialogue.follow_up import State
from initiatives.errors import InvalidValue, NarplanError, NotFound
from initiatives.organisations import OrganisationRow

ADDRESS = "/dialog"
TALKS, CELLS = f"{ADDRESS}/samtal", f"{ADDRESS}/lage"
PAGE_LENGTH = 20
MOST_AGREEMENTS = 100
LEVELS: Mapping[Level, str] = {
    Level.POLITICAL: "Politisk nivå",
    Level.OFFICIAL: "Tjänstemannanivå",
    Level.LEADERSHIP: "Ledningsnivå",
    Level.OPERATIVE: "Operativ nivå",
}
STATES: Mapping[State, Look] = {
    State.NOT_BEGUN: Look("Inte påbörjad", "dotted", "plain"),
    State.ONGOING: Look("Pågår", "half", "accent"),
    State.DONE: Look("Klar", "check", "good"),
}


@get(ADDRESS, include_in_schema=False)
async def dialogue_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the table of all delområden and municipalities, the conversations and the agreements that one sees."""
    query = request.query_params
    wanted = {name: query.get(name, "").strip() for name in ("kommun", "delomrade", "niva", "steg")}
    number = forms.page_number(query.get("sida"))
    found, total = await entries.list_entries(
        session, person, _filters(wanted), limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH
    )
    agreed, _ = await agreements.list_agreements(session, person, limit=MOST_AGREEMENTS)
    table = await follow_up.follow_up(session, person)
    return page(
        "dialogue.html",
        table=table,
        states=STATES,
        entries=found,
        total=total,
        wanted=wanted,
        filtered=any(wanted.values()),
        levels=LEVELS,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, wanted, sida=sida),
        agreements=agreed,
        organisation=await _own(session, person),
        today=swedish.today(),
    )


@get(f"{TALKS}/{{entry_id:uuid}}", include_in_schema=False)
async def entry_page(session: Session, person: Person, entry_id: FromPath[UUID]) -> Template:
    """Show a conversation with its answers."""
    return await _entry(session, person, entry_id)


@post(f"{TALKS}/{{entry_id:uuid}}/svar", include_in_schema=False)
async def answer(
    request: Request[Any, Any, Any], session: Session, person: Person, entry_id: FromPath[UUID]
) -> Template | Redirect:
    """Answer a conversation, or show the form again with what is wrong."""
    text = forms.text(await request.form(), "svar")
    try:
        await answering.answer(session, person, entry_id, text=text)
    except InvalidValue as problem:
        return await _entry(session, person, entry_id, written=text, problem=problem)
    return Redirect(f"{TALKS}/{entry_id}#svar", status_code=HTTP_303_SEE_OTHER)


@get(f"{TALKS}/nytt", include_in_schema=False)
async def new_entry_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the empty form for a conversation; the address may say with whom and about what."""
    require_writer(person)
    query = request.query_params
    about = {"party_ids": query.get("kommun"), "node_ids": query.get("delomrade")}
    known = {name: [found] for name, text in about.items() if (found := forms.uuid(text))}
    return dialogue_forms.empty(await _entry_paper(session), held_on=swedish.today(), **known)


@post(f"{TALKS}/nytt", include_in_schema=False)
async def add_entry(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write down a conversation."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int) -> str:
        return f"{TALKS}/{(await entries.create(session, person, **fields)).id}"

    return await dialogue_forms.submit(session, await _entry_paper(session), await request.form(), save)


@get(f"{TALKS}/{{entry_id:uuid}}/andra", include_in_schema=False)
async def edit_entry_page(session: Session, person: Person, entry_id: FromPath[UUID]) -> Template:
    """Show the form with the conversation as it stands."""
    row = await entries.get_entry(session, person, entry_id)
    require_writer(person)
    return dialogue_forms.filled(await _entry_paper(session, row), _values(row))


@post(f"{TALKS}/{{entry_id:uuid}}/andra", include_in_schema=False)
async def revise_entry(
    request: Request[Any, Any, Any], session: Session, person: Person, entry_id: FromPath[UUID]
) -> Template | Redirect:
    """Change a conversation; when somebody else was quicker, show both values and lose neither."""
    row = await entries.get_entry(session, person, entry_id)
    require_writer(person)

    async def save(fields: dict[str, Any], read: int) -> str:
        await entries.revise(session, person, entry_id, entries.Fields(**fields), read=read)  # type: ignore[typeddict-item]
        return f"{TALKS}/{entry_id}"

    async def saved() -> tuple[int, Mapping[str, Any]]:
        now = await entries.get_entry(session, person, entry_id)
        return now.revision, _values(now)

    return await dialogue_forms.submit(session, await _entry_paper(session, row), await request.form(), save, saved)


@post(f"{TALKS}/{{entry_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_entry(session: Session, person: Person, entry_id: FromPath[UUID]) -> Redirect:
    """Take a conversation away."""
    await entries.remove(session, person, entry_id)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


@get(f"{CELLS}/{{node_id:uuid}}/{{organisation_id:uuid}}", include_in_schema=False)
async def cell_page(
    session: Session, person: Person, node_id: FromPath[UUID], organisation_id: FromPath[UUID]
) -> Template:
    """Show a delområde and a municipality: how far it has come, and on what that rests."""
    return await _cell(session, person, node_id, organisation_id)


@post(f"{CELLS}/{{node_id:uuid}}/{{organisation_id:uuid}}", include_in_schema=False)
async def say(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    node_id: FromPath[UUID],
    organisation_id: FromPath[UUID],
) -> Template | Redirect:
    """Say how far it has come, or let it be worked out again."""
    form = await request.form()
    state, note = forms.text(form, "lage"), forms.text(form, "anteckning")
    try:
        await follow_up.say(session, person, node_id, organisation_id, state=state or None, note=note)
    except InvalidValue as problem:
        return await _cell(session, person, node_id, organisation_id, problem=problem, note=note)
    return Redirect(f"{CELLS}/{node_id}/{organisation_id}", status_code=HTTP_303_SEE_OTHER)


def _filters(wanted: Mapping[str, str]) -> Filters:
    return Filters(
        organisation_id=forms.uuid(wanted["kommun"]),
        node_id=forms.uuid(wanted["delomrade"]),
        level=Level(wanted["niva"]) if wanted["niva"] in set(Level) else None,
        open_step=True if wanted["steg"] == "kvar" else None,
    )


async def _own(session: AsyncSession, person: Viewer) -> OrganisationRow | None:
    """Return the organisation of one who sees only its own part."""
    if sees_all(person) or person.organisation_id is None:
        return None
    return await organisations.get_organisation(session, person.organisation_id)


async def _entry(
    session: AsyncSession,
    person: Viewer,
    entry_id: UUID,
    *,
    written: str = "",
    problem: NarplanError | None = None,
) -> Template:
    row = await entries.get_entry(session, person, entry_id)
    return page(
        "dialogue_entry.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_200_OK,
        one=row,
        levels=LEVELS,
        answers=await answering.list_answers(session, person, entry_id),
        may_answer=may_answer(person),
        sources=await sources.list_sources(session, person, "dialogue_entry", [entry_id]),
        written=written,
        problem=problem,
        today=swedish.today(),
    )


async def _cell(
    session: AsyncSession,
    person: Viewer,
    node_id: UUID,
    organisation_id: UUID,
    *,
    problem: NarplanError | None = None,
    note: str | None = None,
) -> Template:
    table = await follow_up.follow_up(session, person)
    if (cell := table.cell(node_id, organisation_id)) is None:
        raise NotFound("Rutan finns inte.")
    about = Filters(organisation_id=organisation_id, node_id=node_id)
    found, _ = await entries.list_entries(session, person, about, limit=PAGE_LENGTH)
    agreed, _ = await agreements.list_agreements(
        session, person, organisation_id=organisation_id, on=swedish.today(), limit=MOST_AGREEMENTS
    )
    return page(
        "dialogue_cell.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_200_OK,
        cell=cell,
        node=next(one for one in table.nodes if one.id == node_id),
        town=next(one for one in table.municipalities if one.id == organisation_id),
        states=STATES,
        levels=LEVELS,
        entries=found,
        agreements=[one for one in agreed if node_id in {node.id for node in one.nodes}],
        note=cell.note if note is None else note,
        problem=problem,
        today=swedish.today(),
    )


def _values(row: EntryRow) -> Mapping[str, Any]:
    """Return what a conversation says, by the fields that are written."""
    return {
        **asdict(row),
        "party_ids": [party.id for party in row.parties],
        "node_ids": [node.id for node in row.nodes],
        "next_step_organisation_id": row.next_step_organisation.id if row.next_step_organisation else None,
    }


async def _entry_paper(session: AsyncSession, row: EntryRow | None = None) -> Paper:
    return Paper(
        title="Ändra samtalet" if row else "Nytt samtal",
        lead="Kommunerna som är parter ser det du skriver här, och kan svara. Andra kommuner ser det inte.",
        button="Spara samtalet",
        back=f"{TALKS}/{row.id}" if row else ADDRESS,
        blanks=await _blanks(session),
        revision=row.revision if row else 0,
    )


async def _blanks(session: AsyncSession) -> tuple[Blank, ...]:
    levels = [(one.value, word) for one, word in LEVELS.items()]
    who = [(str(one.id), one.name) for one in await organisations.list_organisations(session)]
    return (
        Blank("amne", "title", "Ämne", required=True),
        Blank("dag", "held_on", "Dag", Takes.DAY, required=True),
        Blank("niva", "level", "Nivå", Takes.ONE, required=True, options=levels),
        *await dialogue_forms.parties_and_areas(session, "De ser samtalet. Regionen är alltid part."),
        Blank("talade_om", "topics", "Vad ni talade om", Takes.TEXT),
        Blank("kom_fram_till", "outcome", "Vad ni kom fram till", Takes.TEXT),
        Blank("steg", "next_step", "Nästa steg"),
        Blank("steg_senast", "next_step_on", "Nästa steg senast", Takes.DAY),
        Blank("steg_av", "next_step_organisation_id", "Vem gör nästa steg", Takes.ONE, options=who),
        Blank("steg_klart", "next_step_done_on", "Nästa steg klart", Takes.DAY, hint="Tomt tills det är gjort."),
    )


ROUTES = (
    dialogue_page,
    new_entry_page,
    add_entry,
    entry_page,
    answer,
    edit_entry_page,
    revise_entry,
    remove_entry,
    cell_page,
    say,
)
