"""Agreements with municipalities: one of them, and the form that makes and changes it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import dialogue_forms
from api.web.dialogue_forms import Blank, Paper, Takes
from api.web.pages import page
from initiatives import sources, swedish
from initiatives.access import require_writer
from initiatives.dialogue import agreements
from initiatives.dialogue.agreements import AgreementRow

AGREED = "/dialog/avtal"
BACK = "/dialog#avtal"


@get(f"{AGREED}/{{agreement_id:uuid}}", include_in_schema=False)
async def agreement_page(session: Session, person: Person, agreement_id: FromPath[UUID]) -> Template:
    """Show an agreement."""
    row = await agreements.get_agreement(session, person, agreement_id)
    quoted = await sources.list_sources(session, person, "municipal_agreement", [agreement_id])
    return page("dialogue_agreement.html", one=row, sources=quoted, today=swedish.today())


@get(f"{AGREED}/nytt", include_in_schema=False)
async def new_agreement_page(session: Session, person: Person) -> Template:
    """Show the empty form for an agreement."""
    require_writer(person)
    return dialogue_forms.empty(await _paper(session))


@post(f"{AGREED}/nytt", include_in_schema=False)
async def add_agreement(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write down an agreement."""
    require_writer(person)

    async def save(fields: dict[str, Any], _: int) -> str:
        return f"{AGREED}/{(await agreements.create(session, person, **fields)).id}"

    return await dialogue_forms.submit(session, await _paper(session), await request.form(), save)


@get(f"{AGREED}/{{agreement_id:uuid}}/andra", include_in_schema=False)
async def edit_agreement_page(session: Session, person: Person, agreement_id: FromPath[UUID]) -> Template:
    """Show the form with the agreement as it stands."""
    row = await agreements.get_agreement(session, person, agreement_id)
    require_writer(person)
    return dialogue_forms.filled(await _paper(session, row), _values(row))


@post(f"{AGREED}/{{agreement_id:uuid}}/andra", include_in_schema=False)
async def revise_agreement(
    request: Request[Any, Any, Any], session: Session, person: Person, agreement_id: FromPath[UUID]
) -> Template | Redirect:
    """Change an agreement; when somebody else was quicker, show both values and lose neither."""
    row = await agreements.get_agreement(session, person, agreement_id)
    require_writer(person)

    async def save(fields: dict[str, Any], read: int) -> str:
        changes = agreements.Fields(**fields)  # type: ignore[typeddict-item]
        await agreements.revise(session, person, agreement_id, changes, read=read)
        return f"{AGREED}/{agreement_id}"

    async def saved() -> tuple[int, Mapping[str, Any]]:
        now = await agreements.get_agreement(session, person, agreement_id)
        return now.revision, _values(now)

    paper = await _paper(session, row)
    return await dialogue_forms.submit(session, paper, await request.form(), save, saved)


@post(f"{AGREED}/{{agreement_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_agreement(session: Session, person: Person, agreement_id: FromPath[UUID]) -> Redirect:
    """Take an agreement away."""
    await agreements.remove(session, person, agreement_id)
    return Redirect(BACK, status_code=HTTP_303_SEE_OTHER)


async def _paper(session: AsyncSession, row: AgreementRow | None = None) -> Paper:
    return Paper(
        title="Ändra avtalet" if row else "Nytt avtal",
        lead="Kommunerna som är parter ser avtalet. Sista dagen att säga upp det kommer med i årshjulet.",
        button="Spara avtalet",
        back=f"{AGREED}/{row.id}" if row else BACK,
        blanks=await _blanks(session),
        revision=row.revision if row else 0,
    )


async def _blanks(session: AsyncSession) -> tuple[Blank, ...]:
    settled = "När ni har bestämt om avtalet ska sägas upp."
    return (
        Blank("titel", "title", "Titel", required=True),
        Blank("galler", "subject", "Vad avtalet gäller", Takes.TEXT),
        Blank("fran", "starts_on", "Gäller från", Takes.DAY, required=True),
        Blank("till", "ends_on", "Gäller till", Takes.DAY, hint="Tomt om det gäller tills vidare."),
        *await dialogue_forms.parties_and_areas(session, "De ser avtalet. Regionen är alltid part."),
        Blank("uppsagning", "notice", "Hur det sägs upp", Takes.TEXT),
        Blank("uppsagning_senast", "notice_on", "Sägs upp senast", Takes.DAY),
        Blank("uppsagning_avgjord", "notice_settled_on", "Uppsägningen avgjord", Takes.DAY, hint=settled),
    )


def _values(row: AgreementRow) -> Mapping[str, Any]:
    """Return what an agreement says, by the fields that are written."""
    parties, nodes = ([one.id for one in named] for named in (row.parties, row.nodes))
    return {**asdict(row), "party_ids": parties, "node_ids": nodes}


ROUTES = (
    new_agreement_page,
    add_agreement,
    agreement_page,
    edit_agreement_page,
    revise_agreement,
    remove_agreement,
)
