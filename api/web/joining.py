"""Tacka ja: the page that a link leads to, and the header's switch between memberships."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_401_UNAUTHORIZED, HTTP_422_UNPROCESSABLE_ENTITY

from api import joining, signing_in
from api.dependencies import Sessions, WaysIn
from api.doors import Doors
from api.web import forms
from api.web.pages import home, page, signed_in
from initiatives import credentials, invitations
from initiatives.access import SYSTEM, Viewer
from initiatives.errors import InvalidValue, NarplanError, NotFound, SignInFailed
from initiatives.invitations import Offer


@get("/inbjudan/{token:str}", include_in_schema=False, opt={"public": True})
async def offer_page(
    request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn, token: FromPath[str]
) -> Template:
    """Show what the link offers and how to accept; every link that does not hold looks the same."""
    offered, same = await _offer(sessions, token, signed_in(request))
    return _page(doors, offered, same=same)


@post("/inbjudan/{token:str}", include_in_schema=False, opt={"public": True})
async def accept(
    request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn, token: FromPath[str]
) -> Template | Redirect:
    """Accept as the one who is signed in, or with a password; then go to the first page."""
    form = await request.form()
    viewer = signed_in(request)
    offered, same = await _offer(sessions, token, viewer)
    name, password = forms.text(form, "namn"), str(form.get("losenord", ""))
    try:
        if viewer is not None and same:
            person, cookie = await joining.accept_signed_in(request, sessions, token, viewer)
            cookies = [cookie]
        else:
            doors.require_passwords()
            person, cookies = await joining.accept(request, sessions, token, name=name, password=password)
    except (InvalidValue, SignInFailed) as problem:
        return _page(doors, offered, same=same, name=name, problem=problem)
    return Redirect(home(person), status_code=HTTP_303_SEE_OTHER, cookies=cookies)


@post("/byt", include_in_schema=False)
async def switch(request: Request[Any, Any, Any], sessions: Sessions) -> Redirect:
    """Act in another membership from now on, and go to its first page."""
    chosen = forms.uuid(forms.text(await request.form(), "medlemskap"))
    if chosen is None:
        raise NotFound("Medlemskapet finns inte.")
    person, cookie = await signing_in.switch(request, sessions, chosen)
    return Redirect(home(person), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


async def _offer(sessions: Sessions, token: str, viewer: Viewer | None) -> tuple[Offer, bool]:
    """Return what the link offers, and whether the one who is signed in is the one who is invited."""
    async with sessions(SYSTEM) as session:
        offered = await invitations.offer(session, token)
        owner = await credentials.with_address(session, offered.email)
    return offered, owner is not None and viewer is not None and owner.id == viewer.person_id


def _page(doors: Doors, offered: Offer, *, same: bool, name: str = "", problem: NarplanError | None = None) -> Template:
    statuses = {type(None): 200, SignInFailed: HTTP_401_UNAUTHORIZED}
    return page(
        "join.html",
        statuses.get(type(problem), HTTP_422_UNPROCESSABLE_ENTITY),
        offered=offered,
        same=same,
        passwords=doors.passwords,
        written=name,
        problem=problem,
    )


ROUTES = (offer_page, accept, switch)
