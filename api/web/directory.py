"""Signing in with an account at the organisation's identity provider: off to it, and back."""

from typing import Any

from litestar import Request, get
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER

from api import cookies, signing_in
from api.dependencies import Sessions, WaysIn
from api.errors import describe
from api.oidc import flow
from api.oidc.config import CALLBACK, memberships
from api.oidc.errors import ProviderUnavailable
from api.oidc.provider import Provider
from api.web.pages import home
from api.web.sign_in import form_page, inside
from initiatives import directory
from initiatives.access import SYSTEM
from initiatives.allowance import Kind
from initiatives.directory import Account
from initiatives.errors import NotFound, SignInFailed

NO_ROLE = "Ditt konto har ingen roll i Närplan. Be den som sköter Närplan om en."
LIFETIME_SECONDS = int(directory.LIFETIME.total_seconds())


@get("/logga-in/konto", include_in_schema=False, opt={"public": True, "limit": Kind.SIGN_IN})
async def begin(request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn) -> Template | Redirect:
    """Send the browser to the provider, with a cookie that it must bring back."""
    provider = _provider(doors.provider)
    following = inside(request.query_params.get("nasta", ""))
    try:
        address, browser = await flow.begin(sessions, provider, following)
    except ProviderUnavailable as problem:
        return form_page(doors, status=describe(problem, "").status, problem=problem, following=following)
    cookie = cookies.browser_cookie(request, browser, LIFETIME_SECONDS)
    return Redirect(address, status_code=HTTP_303_SEE_OTHER, cookies=[cookie], headers={"Cache-Control": "no-store"})


@get(CALLBACK, include_in_schema=False, opt={"public": True, "limit": Kind.SIGN_IN})
async def finish(request: Request[Any, Any, Any], sessions: Sessions, doors: WaysIn) -> Template | Redirect:
    """Sign in whom the provider vouches for and go to where they were heading, or say what went wrong."""
    provider = _provider(doors.provider)
    browser = request.cookies.get(cookies.browser_cookie_name(request), "")
    try:
        claimed, following = await flow.finish(sessions, provider, request.query_params, browser)
        account = Account(provider.config.issuer, claimed.subject, claimed.email, claimed.name)
        async with sessions(SYSTEM) as session:
            person = await directory.admit(session, account, memberships(provider.config.rules, claimed.groups))
            let_in = await signing_in.let_in(request, session, person) if person else None
    except (ProviderUnavailable, SignInFailed) as problem:
        return form_page(doors, status=describe(problem, "").status, problem=problem)
    if let_in is None:
        refusal = SignInFailed(NO_ROLE)
        return form_page(doors, status=describe(refusal, "").status, problem=refusal)
    viewer, cookie = let_in
    both = [cookie, cookies.browser_cookie(request, "", 0)]
    return Redirect(following or home(viewer), status_code=HTTP_303_SEE_OTHER, cookies=both)


def _provider(provider: Provider | None) -> Provider:
    if provider is None:
        raise NotFound("Här loggar man in med lösenord.")
    return provider


ROUTES = (begin, finish)
