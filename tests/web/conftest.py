"""The sample region, loaded and read once for all tests of pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from api import postgres
from api.app import create_app
from api.database import Database
from initiatives.access import SYSTEM, Role, ScopedSessions
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests import factories
from tests import site as sites
from tests.clients import connect, service
from tests.site import Site

__all__ = ["service"]


@pytest.fixture(scope="session")
async def site(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Site]:
    """Return the application over the sample region, shared by every test of a page."""
    async with sites.opened(server, sample_region, embedder) as made:
        yield made


@pytest.fixture
async def anonymous(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser in which nobody is signed in."""
    async with site.browser() as client:
        yield client


@pytest.fixture
async def programme(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of the programme group."""
    async with site.browser(sites.PROGRAMME) as client:
        yield client


@pytest.fixture
async def politician(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of a politician."""
    async with site.browser(sites.POLITICIAN) as client:
        yield client


@pytest.fixture
async def partner(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of a municipality's official."""
    async with site.browser(sites.PARTNER) as client:
        yield client


@pytest.fixture
async def empty(database: Database, embedder: Embedder) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of the programme group where nothing has been put in yet."""
    bare = Site(create_app(database.scoped, Assistant(database.scoped, embedder, None)), database)
    async with database.scoped(SYSTEM) as session:
        await factories.person(session, email=sites.PROGRAMME, password=sites.PASSWORD)
    async with bare.browser(sites.PROGRAMME) as client:
        yield client


@pytest.fixture
async def editor(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of the programme group where the test puts in what there is, and all is undone."""
    async with await _browser(service, sessions, Role.PROGRAMME_GROUP) as client:
        yield client


@pytest.fixture
async def reader(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of a politician there."""
    async with await _browser(service, sessions, Role.POLITICIAN) as client:
        yield client


@pytest.fixture
async def outsider(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of a municipality's official with whom nothing is shared there."""
    async with await _browser(service, sessions, Role.PARTNER) as client:
        yield client


async def _browser(service: Litestar, sessions: ScopedSessions, role: Role) -> httpx.AsyncClient:
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session, role))
    return connect(service, accept="text/html", **known)
