"""The forms for amounts of all state grants together in a year: the budget, and the sum that the source states."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web.grants import fields, showing
from api.web.grants.editing import ADDRESS, chosen, organisation, organisation_options, read
from api.web.grants.fields import FORMS, Form, FormField, Widget
from api.web.grants.parts import given
from api.web.grants.showing import Shown
from api.web.pages import with_query
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue, NotFound, StaleVersion
from initiatives.grants import amounts, facts, reading
from initiatives.grants.columns import RowKind


@get(f"{ADDRESS}/belopp/nytt", include_in_schema=False)
async def new_amount_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Show the empty form for an amount of all grants together."""
    require_writer(person)
    year = request.query_params.get("ar", "")
    return showing.opened(await _general(session, None, year))


@post(f"{ADDRESS}/belopp/nytt", include_in_schema=False)
async def create_amount(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write an amount of all grants together, or show the form again with what is wrong."""
    require_writer(person)
    sent, shown = await request.form(), await _general(session, None, "")
    filled = fields.written(shown.form, sent)
    try:
        async with session.begin_nested():
            wanted = given(shown.form, filled, new=True)
            owner = organisation(filled)
            made = await amounts.create(session, person, organisation_id=owner, **wanted)
    except InvalidValue as problem:
        return showing.refused(shown, sent, filled, problem)
    return _to_year(made.year)


@get(f"{ADDRESS}/belopp/{{amount_id:uuid}}/andra", include_in_schema=False)
async def edit_amount_page(session: Session, person: Person, amount_id: FromPath[UUID]) -> Template:
    """Show the form with an amount of all grants together."""
    row = await _general_amount(session, person, amount_id)
    require_writer(person)
    return showing.opened(await _general(session, row, ""))


@post(f"{ADDRESS}/belopp/{{amount_id:uuid}}/andra", include_in_schema=False)
async def revise_amount(
    request: Request[Any, Any, Any], session: Session, person: Person, amount_id: FromPath[UUID]
) -> Template | Redirect:
    """Save an amount of all grants together."""
    row, sent = await _general_amount(session, person, amount_id), await request.form()
    require_writer(person)
    shown = await _general(session, row, "")
    filled = fields.written(shown.form, sent)
    try:
        async with session.begin_nested():
            wanted = chosen(shown.form, given(shown.form, filled, new=False), sent)
            await amounts.revise(session, person, amount_id, revision=read(sent), **wanted)
    except StaleVersion as problem:
        return showing.conflicting(shown, sent, filled, problem)
    except InvalidValue as problem:
        return showing.refused(shown, sent, filled, problem)
    return _to_year(wanted.get("year", row.year))


@post(f"{ADDRESS}/belopp/{{amount_id:uuid}}/ta-bort", include_in_schema=False)
async def remove_amount(session: Session, person: Person, amount_id: FromPath[UUID]) -> Redirect:
    """Take away an amount of all grants together."""
    row = await _general_amount(session, person, amount_id)
    await amounts.remove(session, person, amount_id)
    return _to_year(row.year)


async def _general_amount(session: AsyncSession, person: Viewer, amount_id: UUID) -> facts.Amount:
    row = await reading.get_part(session, person, facts.Amount, amount_id)
    if row.grant_id is not None:
        raise NotFound(amounts.MISSING)
    return row


async def _general(session: AsyncSession, row: facts.Amount | None, year: str) -> Shown:
    """Return the form for an amount of all grants of an organisation together."""
    form = FORMS[RowKind.AMOUNT]
    owner = FormField("organisation", "Vem som får pengarna", widget=Widget.MENU, required=True)
    own = Form(
        form.kind,
        "Nytt belopp för alla statsbidrag",
        form.change,
        form.save,
        (*(() if row else (owner,)), *(one for one in form.fields if one.name != "del")),
        form.names,
    )
    back = (with_query(ADDRESS, {"ar": year or (str(row.year) if row else "")}), "Statsbidrag")
    options = {"organisation": await organisation_options(session)}
    if row is None:
        return showing.with_form(own, {"år": year}, back=back, options=options)
    filled = fields.as_written(own, row, år=str(row.year))
    return showing.with_form(own, filled, back=back, options=options, revision=row.revision)


def _to_year(year: int) -> Redirect:
    return Redirect(f"{ADDRESS}?ar={year}", status_code=HTTP_303_SEE_OTHER)


ROUTES = (new_amount_page, create_amount, edit_amount_page, revise_amount, remove_amount)
