"""The whole application over the tests' database, and people to call it; a `conftest.py` imports what it offers."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any, ClassVar, cast

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from tests import factories


@pytest.fixture
def service(sessions: ScopedSessions) -> Litestar:
    """Return the application without an assistant; it is made once, and works in the transaction of each test."""
    _Current.sessions = sessions
    return _application()


class _Current:
    sessions: ClassVar[ScopedSessions]

    @classmethod
    def scoped(cls, person: Viewer) -> AbstractAsyncContextManager[AsyncSession]:
        return cls.sessions(person)


@cache
def _application() -> Litestar:
    return create_app(_Current.scoped, None)


def connect(app: Litestar, **headers: str) -> httpx.AsyncClient:
    """Return a client as a program would have it; what goes wrong inside comes out as a response."""
    asgi = cast("Any", app)
    transport = httpx.ASGITransport(asgi, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://narplan.example", headers=headers)


@pytest.fixture
async def anonymous(service: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that has not signed in."""
    async with connect(service) as client:
        yield client


async def _signed_in(service: Litestar, sessions: ScopedSessions, role: Role) -> httpx.AsyncClient:
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session, role))
    return connect(service, **known)


@pytest.fixture
async def administrator(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that sees to people, organisations and keys."""
    async with await _signed_in(service, sessions, Role.ADMINISTRATOR) as client:
        yield client


@pytest.fixture
async def writer(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the programme group."""
    async with await _signed_in(service, sessions, Role.PROGRAMME_GROUP) as client:
        yield client


@pytest.fixture
async def politician(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that reads everything and writes nothing."""
    async with await _signed_in(service, sessions, Role.POLITICIAN) as client:
        yield client


@pytest.fixture
async def partner(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a municipality with which nothing is shared yet."""
    async with await _signed_in(service, sessions, Role.PARTNER) as client:
        yield client
