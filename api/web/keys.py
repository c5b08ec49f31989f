"""API-nycklar: the page where administrators give organisations' programs a way in, and take it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.pages import ROLE_NAMES, page, with_query
from initiatives import keys, organisations
from initiatives.access import Viewer
from initiatives.base import utcnow
from initiatives.errors import InvalidValue
from initiatives.keys import Scope

PAGE_LENGTH = 30
ADDRESS = "/api-nycklar"
SCOPE_NAMES = {
    Scope.READ: "Läsa dokument, initiativ och register",
    Scope.ASK: "Ställa frågor",
    Scope.WRITE: "Ändra i registret och lägga till dokument",
    Scope.FOLLOW: "Följa ändringar",
}
DAYS = {30: "30 dagar", 90: "90 dagar", 365: "ett år", 1095: "tre år"}
FIELDS = {"organisation_id": "organisation", "name": "namn", "role": "roll", "scopes": "far", "expires_at": "dagar"}


@get(ADDRESS, include_in_schema=False)
async def keys_page(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """List the keys, and offer to make one."""
    return await _show(session, person, number=forms.page_number(request.query_params.get("sida")))


@post(ADDRESS, include_in_schema=False)
async def create_key(request: Request[Any, Any, Any], session: Session, person: Person) -> Template:
    """Make a key and show it this once, or show the form again with what is wrong."""
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("organisation", "namn", "roll", "dagar")}
    wanted = [scope for scope in form.getall("far", []) if isinstance(scope, str)]
    try:
        days = forms.number(written["dagar"], largest=keys.LONGEST_LIFETIME.days) or keys.LIFETIME.days
        _, secret = await keys.create_key(
            session,
            person,
            organisation_id=_organisation(written["organisation"]),
            name=written["namn"],
            role=written["roll"],
            scopes=wanted,
            lifetime=timedelta(days=days),
        )
    except InvalidValue as problem:
        return await _show(session, person, written=written, wanted=wanted, problem=problem)
    return await _show(session, person, secret=secret)


@post(f"{ADDRESS}/{{key_id:uuid}}/sparra", include_in_schema=False)
async def revoke_key(session: Session, person: Person, key_id: FromPath[UUID]) -> Redirect:
    """Make a key useless from the next request on."""
    await keys.revoke_key(session, person, key_id)
    return Redirect(ADDRESS, status_code=HTTP_303_SEE_OTHER)


def _organisation(written: str) -> UUID:
    found = forms.uuid(written)
    if found is None:
        raise InvalidValue("Välj en organisation.", field="organisation_id")
    return found


async def _show(
    session: AsyncSession,
    person: Viewer,
    *,
    number: int = 1,
    secret: str = "",
    written: dict[str, str] | None = None,
    wanted: list[str] | None = None,
    problem: InvalidValue | None = None,
) -> Template:
    found, total = await keys.list_keys(session, person, limit=PAGE_LENGTH, offset=(number - 1) * PAGE_LENGTH)
    status = HTTP_422_UNPROCESSABLE_ENTITY if problem else HTTP_201_CREATED if secret else HTTP_200_OK
    return page(
        "keys.html",
        status,
        keys=found,
        total=total,
        number=number,
        pages=-(-total // PAGE_LENGTH),
        address=lambda sida: with_query(ADDRESS, {}, sida=sida),
        now=utcnow(),
        secret=secret,
        problem=problem,
        errors={FIELDS.get(problem.field or "", ""): problem.detail} if problem else {},
        written=written or {"dagar": str(keys.LIFETIME.days)},
        wanted=wanted if wanted is not None else [Scope.READ, Scope.ASK],
        organisations=await organisations.list_organisations(session),
        roles=[(role.value, ROLE_NAMES[role]) for role in keys.ROLES],
        scopes=list(SCOPE_NAMES.items()),
        scope_name=SCOPE_NAMES.__getitem__,
        days=list(DAYS.items()),
    )


ROUTES = (keys_page, create_key, revoke_key)
