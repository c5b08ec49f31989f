"""The forms that make, change and remove what belongs to an agreement: parts, obligations, conditions and amounts.

The same pages serve all four; the address says which.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.grants import fields, showing
from api.web.grants.editing import ADDRESS, chosen, read
from api.web.grants.fields import FORMS, Form, Written
from api.web.grants.showing import Shown
from initiatives import people, swedish
from initiatives.access import Viewer, require_writer
from initiatives.errors import AlreadyExists, InvalidValue, NotFound, StaleVersion
from initiatives.grants import agreements, amounts, components, conditions, facts, obligations, reading
from initiatives.grants.columns import RowKind
from initiatives.grants.facts import Grant

MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Part:
    """What is done with one kind of thing: how it is read, made, changed and removed."""

    kind: RowKind
    shape: type[Any]
    create: Callable[..., Awaitable[Any]]
    revise: Callable[..., Awaitable[bool]]
    remove: Callable[..., Awaitable[None]]


PARTS: Mapping[str, Part] = {
    "delar": Part(RowKind.COMPONENT, facts.Component, components.create, components.revise, components.remove),
    "krav": Part(RowKind.OBLIGATION, facts.Obligation, obligations.create, obligations.revise, obligations.remove),
    "villkor": Part(RowKind.CONDITION, facts.Condition, conditions.create, conditions.revise, conditions.remove),
    "belopp": Part(RowKind.AMOUNT, facts.Amount, amounts.create, amounts.revise, amounts.remove),
}
OF_GRANT = f"{ADDRESS}/{{grant_id:uuid}}"
NEW = [f"{OF_GRANT}/{word}/ny" for word in PARTS]
CHANGE = [f"{OF_GRANT}/{word}/{{part_id:uuid}}/andra" for word in PARTS]
REMOVE = [f"{OF_GRANT}/{word}/{{part_id:uuid}}/ta-bort" for word in PARTS]


@get(NEW, include_in_schema=False)
async def new_page(
    request: Request[Any, Any, Any], session: Session, person: Person, grant_id: FromPath[UUID]
) -> Template:
    """Show the empty form."""
    grant = await reading.get_grant(session, person, grant_id)
    require_writer(person)
    return showing.opened(await _shown(session, person, _word(request), grant, None))


@post(NEW, include_in_schema=False)
async def create(
    request: Request[Any, Any, Any], session: Session, person: Person, grant_id: FromPath[UUID]
) -> Template | Redirect:
    """Write a new one, or show the form again with what is wrong."""
    grant = await reading.get_grant(session, person, grant_id)
    require_writer(person)
    word, sent = _word(request), await request.form()
    form = FORMS[PARTS[word].kind]
    filled = fields.written(form, sent)
    try:
        async with session.begin_nested():
            wanted = given(form, filled, new=True)
            if form.kind is RowKind.AMOUNT:
                await amounts.create(session, person, grant_id=grant_id, **wanted)
            else:
                await PARTS[word].create(session, person, grant_id, **wanted)
    except (InvalidValue, AlreadyExists) as problem:
        return showing.refused(await _shown(session, person, word, grant, None), sent, filled, problem)
    return _back(grant_id, word)


@get(CHANGE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    grant_id: FromPath[UUID],
    part_id: FromPath[UUID],
) -> Template:
    """Show the form with what stands."""
    word = _word(request)
    grant, row = await _found(session, person, word, grant_id, part_id)
    require_writer(person)
    return showing.opened(await _shown(session, person, word, grant, row))


@post(CHANGE, include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    grant_id: FromPath[UUID],
    part_id: FromPath[UUID],
) -> Template | Redirect:
    """Save the form; when somebody else was quicker, show both their values and these, and lose neither."""
    word, sent = _word(request), await request.form()
    grant, row = await _found(session, person, word, grant_id, part_id)
    require_writer(person)
    form = FORMS[PARTS[word].kind]
    filled = fields.written(form, sent)
    try:
        async with session.begin_nested():
            wanted = chosen(form, given(form, filled, new=False), sent)
            await PARTS[word].revise(session, person, part_id, revision=read(sent), **wanted)
    except StaleVersion as problem:
        return showing.conflicting(await _shown(session, person, word, grant, row), sent, filled, problem)
    except (InvalidValue, AlreadyExists) as problem:
        return showing.refused(await _shown(session, person, word, grant, row), sent, filled, problem)
    return _back(grant_id, word)


@post(REMOVE, include_in_schema=False)
async def remove(
    request: Request[Any, Any, Any],
    session: Session,
    person: Person,
    grant_id: FromPath[UUID],
    part_id: FromPath[UUID],
) -> Redirect:
    """Take it away."""
    word = _word(request)
    await _found(session, person, word, grant_id, part_id)
    await PARTS[word].remove(session, person, part_id)
    return _back(grant_id, word)


@post(f"{OF_GRANT}/krav/{{part_id:uuid}}/klart", include_in_schema=False)
async def mark_done(session: Session, person: Person, grant_id: FromPath[UUID], part_id: FromPath[UUID]) -> Redirect:
    """Say that an obligation became done today."""
    await _found(session, person, "krav", grant_id, part_id)
    await obligations.revise(session, person, part_id, revision=None, is_done=True, done_on=swedish.today())
    return _back(grant_id, "krav")


def _word(request: Request[Any, Any, Any]) -> str:
    """Return which list of the agreement the address is in."""
    return str(request.url.path.split("/")[4])


async def _found(session: AsyncSession, person: Viewer, word: str, grant_id: UUID, part_id: UUID) -> tuple[Grant, Any]:
    grant = await reading.get_grant(session, person, grant_id)
    row = await reading.get_part(session, person, PARTS[word].shape, part_id)
    if row.grant_id != grant_id:
        raise NotFound(agreements.MISSING)
    return grant, row


def given(form: Form, filled: Written, *, new: bool) -> dict[str, Any]:
    """Return the values of the fields, those that are no columns of their own among them."""
    wanted = fields.given(form, filled, new=new)
    if form.kind is RowKind.COMPONENT:
        wanted["name"] = filled["del"]
    elif "del" in filled:
        wanted["component_id"] = forms.uuid(filled["del"])
    if "år" in filled:
        wanted["year"] = fields.year(filled, "år")
    if "ansvarig" in filled:
        wanted["responsible_id"] = forms.uuid(filled["ansvarig"])
    return wanted


async def _shown(session: AsyncSession, person: Viewer, word: str, grant: Grant, row: Any) -> Shown:
    part, options = PARTS[word], {}
    form = FORMS[part.kind]
    back = (f"{ADDRESS}/{grant.id}#{word}", grant.name)
    if part.kind is not RowKind.COMPONENT:
        parts = [(str(one.id), f"{one.name} {one.year}") for one in grant.components]
        options["del"] = [("", "Hela överenskommelsen"), *parts]
    if part.kind is RowKind.OBLIGATION:
        colleagues, _ = await people.list_people(session, person, limit=MOST_PEOPLE)
        options["ansvarig"] = [("", "Ingen utsedd"), *((str(one.id), one.name) for one in colleagues)]
    if row is None:
        return showing.of(part.kind, {"år": str(grant.from_year), "gemensamma_krav": "ja"}, back=back, options=options)
    filled = fields.as_written(form, row, **_places(part.kind, row))
    return showing.of(part.kind, filled, back=back, options=options, revision=row.revision)


def _places(kind: RowKind, row: Any) -> dict[str, str]:
    match kind:
        case RowKind.COMPONENT:
            return {"del": row.name, "år": str(row.year)}
        case RowKind.OBLIGATION:
            return {"del": str(row.component_id or ""), "ansvarig": str(row.responsible_id or "")}
        case RowKind.AMOUNT:
            return {"del": str(row.component_id or ""), "år": str(row.year)}
        case _:
            return {"del": str(row.component_id or "")}


def _back(grant_id: UUID, word: str) -> Redirect:
    return Redirect(f"{ADDRESS}/{grant_id}#{word}", status_code=HTTP_303_SEE_OTHER)


ROUTES = (new_page, create, edit_page, revise, remove, mark_done)
