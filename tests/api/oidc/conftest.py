"""The application with an identity provider beside it, and a browser between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select

from api.app import create_app
from api.doors import Doors
from api.oidc.config import OidcConfig, Rule
from api.oidc.provider import Provider
from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.credentials import LoginSession
from initiatives.organisations import OrganisationKind
from tests import factories
from tests import identity_provider as providers
from tests.clients import connect
from tests.identity_provider import CLIENT, SECRET, IdentityProvider

HOME = "http://narplan.example"
REGION = "Region Solmark"
MUNICIPALITY = "Havsunda kommun"
OWN_PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}
ANNA: dict[str, Any] = {
    "sub": "a-1",
    "email": "anna.alm@region.example",
    "email_verified": True,
    "name": "Anna Alm",
    "groups": ["narplan-programgrupp", "alla"],
}


@dataclass
class Door:
    """What a test of a sign-in holds: the browser, the provider and the database."""

    browser: httpx.AsyncClient
    provider: IdentityProvider
    ours: Provider
    app: Litestar
    sessions: ScopedSessions

    async def leave(self, **query: str) -> str:
        """Go to the provider and back; return the address that it sends the browser to, not yet visited."""
        away = await self.browser.get("/logga-in/konto", params=query)
        assert away.status_code == 303, away.text
        async with httpx.AsyncClient(verify=False) as outside:
            back = await outside.get(away.headers["location"])
        assert back.status_code == 302
        return str(back.headers["location"])

    async def sign_in(self, **query: str) -> httpx.Response:
        """Do all of it."""
        return await self.browser.get(await self.leave(**query))

    async def open_sessions(self) -> int:
        """Return how many sessions there are in the database."""
        async with self.sessions(SYSTEM) as session:
            return await session.scalar(select(func.count()).select_from(LoginSession)) or 0

    async def me(self) -> dict[str, Any] | None:
        """Return who is signed in in the browser."""
        answer = await self.browser.get("/api/v1/session")
        return answer.json() if answer.status_code == 200 else None


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    """Return a provider at which Anna, of the programme group, is signed in."""
    async with providers.running(f"{HOME}/logga-in/svar") as running:
        running.person = dict(ANNA)
        yield running


@pytest.fixture
def config(provider: IdentityProvider) -> OidcConfig:
    """Return a configuration that knows the provider and a rule for each of three groups."""
    return OidcConfig(
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        public_address=HOME,
        name="Solmarkskontot",
        rules=(
            Rule("narplan-programgrupp", REGION, Role.PROGRAMME_GROUP),
            Rule("narplan-politiker", REGION, Role.POLITICIAN),
            Rule("narplan-havsunda", MUNICIPALITY, Role.PARTNER),
        ),
    )


@pytest.fixture
async def door(config: OidcConfig, provider: IdentityProvider, sessions: ScopedSessions) -> AsyncIterator[Door]:
    """Return the application with both ways in."""
    async with sessions(SYSTEM) as session:
        await factories.organisation(session, REGION, OrganisationKind.REGION)
        await factories.organisation(session, MUNICIPALITY)
    ours = Provider(config)
    app = create_app(sessions, None, Doors(provider=ours))
    async with connect(app, **OWN_PAGE) as browser:
        yield Door(browser, provider, ours, app, sessions)
