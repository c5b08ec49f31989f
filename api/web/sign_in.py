"""Signing in and out."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, get, post
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_401_UNAUTHORIZED, HTTP_429_TOO_MANY_REQUESTS

from api import signing_in
from api.dependencies import Sessions, WaysIn
from api.doors import Doors
from api.oidc.config import LOOPBACK
from api.web import forms
from api.web.pages import home, page, signed_in
from initiatives import people
from initiatives.access import SYSTEM
from initiatives.allowance import Kind
from initiatives.errors import NarplanError, NotFound, SignInFailed
from initiatives.limits import TooOften


@get("/logga-in", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def sign_in_page(request: Request[Any, Any, Any], doors: WaysIn) -> Template | Redirect:
    """Show the form; whoever is signed in already goes on to where they were heading."""
    following = inside(request.query_params.get("nasta", ""))
    if person := signed_in(request):
        return Redirect(following or home(person), status_code=HTTP_303_SEE_OTHER)
    return form_page(doors, following=following)


@post("/logga-in", include_in_schema=False, opt={"public": True, "limit": Kind.SIGN_IN})
async def sign_in(request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn) -> Template | Redirect:
    """Open a session and go to where the person was heading, or show the form again with what went wrong."""
    form = await request.form()
    email, following = forms.text(form, "epost"), inside(forms.text(form, "nasta"))
    try:
        doors.require_passwords()
        person, cookies = await signing_in.sign_in(request, sessions, email, str(form.get("losenord", "")))
    except SignInFailed as problem:
        return form_page(doors, status=HTTP_401_UNAUTHORIZED, problem=problem, following=following, email=email)
    except TooOften as problem:
        shown = form_page(doors, status=HTTP_429_TOO_MANY_REQUESTS, problem=problem, following=following, email=email)
        shown.headers = {**shown.headers, "Retry-After": str(problem.seconds)}
        return shown
    return Redirect(following or home(person), status_code=HTTP_303_SEE_OTHER, cookies=cookies)


@post("/logga-in/exempel", include_in_schema=False, opt={"public": True, "limit": Kind.SIGN_IN})
async def sign_in_as_sample(request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn) -> Redirect:
    """Open a session as one of the sample people that this demo has, from this computer only."""
    form = await request.form()
    email, following = forms.text(form, "epost"), inside(forms.text(form, "nasta"))
    here = urlsplit(f"//{request.headers.get('host', '')}").hostname in LOOPBACK
    if not here or email not in {person.email for person in doors.sample_people}:
        raise NotFound("Exempelpersonen finns inte.")
    async with sessions(SYSTEM) as session:
        found = await people.find_by_email(session, email)
        person, cookie = await signing_in.let_in(request, session, found)
    return Redirect(following or home(person), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@post("/logga-ut", include_in_schema=False, opt={"public": True})
async def sign_out(request: Request[Any, Any, Any], sessions: Sessions) -> Redirect:
    """End the session and show the form for signing in."""
    cookie = await signing_in.sign_out(request, sessions)
    return Redirect("/logga-in", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def form_page(
    doors: Doors,
    *,
    status: int = HTTP_200_OK,
    problem: NarplanError | None = None,
    following: str = "",
    email: str = "",
) -> Template:
    """Return the page with the ways in that there are, and what went wrong with the last try."""
    return page(
        "sign_in.html",
        status,
        problem=problem,
        following=following,
        email=email,
        passwords=doors.passwords,
        sample_people=doors.sample_people,
        account_name=doors.provider.config.name if doors.provider else None,
    )


def inside(address: str) -> str:
    r"""Return the address if it leads to one of our own pages, otherwise nothing.

    Browsers read `//host` and `/\host` as another site, and drop control characters before they look.
    """
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith(("//", "/logga-")) else ""


ROUTES = (sign_in_page, sign_in, sign_in_as_sample, sign_out)
