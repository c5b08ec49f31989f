"""Hämtställen: addresses and watched files that documents come from by themselves."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import page, with_query
from ingest import origins
from initiatives.access import Viewer, require_writer
from initiatives.errors import InvalidValue, NarplanError
from retrieval.documents import INTERNAL

ALL = "/dokument/hamtstallen"
PAGE_LENGTH = 50


@get(ALL, include_in_schema=False)
async def origins_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the places with what came of them the last time."""
    return await _list(request, session, person)


@post(ALL, include_in_schema=False)
async def add(
    request: Request[Any, Any, Any], session: Session, person: Person, local_webhooks: NamedDependency[bool]
) -> Redirect | Template:
    """Add an address; one that cannot be used is shown with what is wrong with it."""
    require_writer(person)
    form = await request.form()
    address, visibility = forms.text(form, "adress"), forms.text(form, "synlighet") or INTERNAL
    try:
        await origins.add(session, person, address=address, visibility=visibility, local=local_webhooks)
    except InvalidValue as problem:
        return await _list(request, session, person, address=address, problem=problem)
    return _back()


@post(ALL + "/{origin_id:uuid}/nu", include_in_schema=False)
async def check(session: Session, person: Person, origin_id: FromPath[UUID]) -> Redirect:
    """Let an address be looked at within a minute."""
    await origins.check_now(session, person, origin_id)
    return _back()


@post(ALL + "/{origin_id:uuid}/ta-bort", include_in_schema=False)
async def remove(session: Session, person: Person, origin_id: FromPath[UUID]) -> Redirect:
    """Fetch from the place no more."""
    await origins.remove(session, person, origin_id)
    return _back()


async def _list(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    person: Viewer,
    *,
    address: str = "",
    problem: NarplanError | None = None,
) -> Template:
    number = forms.page_number(request.query_params.get("sida"))
    found, total = await origins.list_origins(session, person, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    return page(
        "origins.html",
        HTTP_422_UNPROCESSABLE_ENTITY if problem else 200,
        origins=found,
        total=total,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        at=lambda sida: with_query(ALL, {}, sida=sida),
        address=address,
        problem=problem,
    )


def _back() -> Redirect:
    return Redirect(ALL, status_code=HTTP_303_SEE_OTHER)


ROUTES = (origins_page, add, check, remove)
