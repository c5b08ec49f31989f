"""The forms that make, change and remove an agreement about state grants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.grants import fields, showing
from api.web.grants.fields import FORMS
from api.web.grants.showing import Shown
from initiatives import organisations, swedish
from initiatives.access import require_writer
from initiatives.errors import AlreadyExists, InvalidValue, StaleVersion
from initiatives.grants import agreements, reading
from initiatives.grants.columns import RowKind
from initiatives.grants.facts import Grant

ADDRESS = "/pengar/statsbidrag"
FORM = FORMS[RowKind.AGREEMENT]


@get(f"{ADDRESS}/nytt", include_in_schema=False)
async def new_page(session: Session, person: Person) -> Template:
    """Show the empty form for a new agreement."""
    require_writer(person)
    return showing.opened(await _shown(session, None))


@post(f"{ADDRESS}/nytt", include_in_schema=False)
async def create(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Write a new agreement, or show the form again with what is wrong."""
    require_writer(person)
    sent = await request.form()
    filled = fields.written(FORM, sent)
    try:
        async with session.begin_nested():
            made = await agreements.create(session, person, **_given(filled, new=True))
    except (InvalidValue, AlreadyExists) as problem:
        return showing.refused(await _shown(session, None), sent, filled, problem)
    return _to(made.id)


@get(f"{ADDRESS}/{{grant_id:uuid}}/andra", include_in_schema=False)
async def edit_page(session: Session, person: Person, grant_id: FromPath[UUID]) -> Template:
    """Show the form with the agreement as it stands."""
    grant = await reading.get_grant(session, person, grant_id)
    require_writer(person)
    return showing.opened(await _shown(session, grant))


@post(f"{ADDRESS}/{{grant_id:uuid}}/andra", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, grant_id: FromPath[UUID]
) -> Template | Redirect:
    """Save the form; when somebody else was quicker, show both their values and these, and lose neither."""
    sent = await request.form()
    grant = await reading.get_grant(session, person, grant_id)
    require_writer(person)
    filled = fields.written(FORM, sent)
    try:
        async with session.begin_nested():
            wanted = chosen(fields.FORMS[RowKind.AGREEMENT], _given(filled, new=False), sent)
            await agreements.revise(session, person, grant_id, revision=read(sent), **wanted)
    except StaleVersion as problem:
        return showing.conflicting(await _shown(session, grant), sent, filled, problem)
    except (InvalidValue, AlreadyExists) as problem:
        return showing.refused(await _shown(session, grant), sent, filled, problem)
    return _to(grant_id)


@post(f"{ADDRESS}/{{grant_id:uuid}}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, grant_id: FromPath[UUID]) -> Redirect:
    """Take away an agreement and all that belongs to it."""
    await agreements.remove(session, person, grant_id)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


def read(sent: FormMultiDict) -> int:
    """Return the revision that the form was opened with."""
    return forms.number(forms.text(sent, "version")) or 0


def chosen(form: fields.Form, wanted: dict[str, Any], sent: FormMultiDict) -> dict[str, Any]:
    """Return the values apart from those where the person chose to keep what somebody else has saved."""
    return {name: value for name, value in wanted.items() if not showing.keeps_saved(sent, fields.field_of(form, name))}


async def organisation_options(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Return the organisations to choose among."""
    return [(str(one.id), one.name) for one in await organisations.list_organisations(session)]


def organisation(filled: fields.Written) -> UUID:
    """Return the organisation that was chosen, or raise `InvalidValue`."""
    found = forms.uuid(filled["organisation"])
    if found is None:
        raise InvalidValue("Välj vem som får pengarna.", field="organisation")
    return found


def _given(filled: fields.Written, *, new: bool) -> dict[str, Any]:
    given = fields.given(FORM, filled, new=new)
    owner, first = organisation(filled), fields.year(filled, "från")
    return {**given, "name": filled["överenskommelse"], "organisation_id": owner, "from_year": first}


async def _shown(session: AsyncSession, grant: Grant | None) -> Shown:
    options = {"organisation": await organisation_options(session)}
    if grant is None:
        year = str(swedish.today().year)
        filled = {"från": year, "slag": "överenskommelse"}
        return showing.of(RowKind.AGREEMENT, filled, back=(ADDRESS, "Statsbidrag"), options=options)
    places = {"överenskommelse": grant.name, "organisation": str(grant.organisation_id), "från": str(grant.from_year)}
    return showing.of(
        RowKind.AGREEMENT,
        fields.as_written(FORM, grant, **places),
        back=(f"{ADDRESS}/{grant.id}", grant.name),
        options=options,
        revision=grant.revision,
    )


def _to(grant_id: UUID) -> Redirect:
    return Redirect(f"{ADDRESS}/{grant_id}", status_code=HTTP_303_SEE_OTHER)


ROUTES = (new_page, create, edit_page, revise, remove)
