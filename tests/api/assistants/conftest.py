"""The sample region served at a port of its own, with keys to it: what programs of others meet."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from api import postgres
from initiatives import keys
from initiatives.access import SYSTEM, Role
from initiatives.keys import Scope
from initiatives.organisations import Organisation
from retrieval.embedding import Embedder
from tests import site
from tests.site import Site

REGION, MUNICIPALITY = "Region Solmark", "Havsunda kommun"


@dataclass(frozen=True, slots=True)
class Served:
    """Where the region is served, and how to make keys to it."""

    site: Site
    address: str

    async def key(self, *scopes: Scope, role: Role = Role.PROGRAMME_GROUP, owner: str = REGION) -> str:
        """Return a new key of an organisation."""
        async with self.site.database.scoped(SYSTEM) as session:
            home = (await session.scalars(select(Organisation.id).where(Organisation.name == owner))).one()
            _, key = await keys.create_key(
                session, SYSTEM, organisation_id=home, name="Assistent", role=role, scopes=list(scopes)
            )
        return key

    def client(self, key: str | None) -> httpx.AsyncClient:
        """Return a client that sends the key."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(base_url=self.address, headers=headers, timeout=60)


@pytest.fixture(scope="module")
async def served(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Served]:
    """Serve the sample region to real clients until the file is done."""
    async with site.opened(server, sample_region, embedder) as opened:
        with socket.create_server(("127.0.0.1", 0)) as door:
            running = uvicorn.Server(uvicorn.Config(opened.app, log_config=None, access_log=False, lifespan="off"))
            serving = asyncio.create_task(running.serve([door]))
            async with asyncio.timeout(60):
                while not running.started:
                    await asyncio.sleep(0.02)
            yield Served(opened, f"http://127.0.0.1:{door.getsockname()[1]}")
            running.should_exit = True
            await serving


@pytest.fixture(scope="module")
async def key(served: Served) -> str:
    """Return a key that reads and asks for the whole region."""
    return await served.key(Scope.READ, Scope.ASK)


@pytest.fixture
async def caller(served: Served, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client with that key."""
    async with served.client(key) as client:
        yield client
