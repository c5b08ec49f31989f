"""A served region for tests of pages: the sample region, read in by the real pipeline, and browsers signed in to it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
from litestar import Litestar

from api import postgres
from api.app import create_app
from api.database import Database
from api.sample import load as sample
from ingest import pipeline
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives.access import Role
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests.conftest import copied

PASSWORD = "korrekt häst batteri"
PROGRAMME = "ragnhild.ek@solmark.example.se"
POLITICIAN = "tor.lindahl@solmark.example.se"
ADMINISTRATOR = "petra.sundin@solmark.example.se"
PARTNER = "elin.havstrom@havsunda.example.se"
PEOPLE = {Role.PROGRAMME_GROUP: PROGRAMME, Role.POLITICIAN: POLITICIAN, Role.PARTNER: PARTNER}


@dataclass(frozen=True, slots=True)
class Site:
    """The application over the sample region, and the database behind it."""

    app: Litestar
    database: Database

    @contextlib.asynccontextmanager
    async def browser(self, email: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Open what a browser without JavaScript is; signed in through the form if there is an address."""
        headers = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}
        transport = httpx.ASGITransport(cast("Any", self.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://narplan.example", headers=headers) as client:
            if email:
                answer = await client.post("/logga-in", data={"epost": email, "losenord": PASSWORD})
                assert answer.status_code == 303, answer.text
            yield client


async def fill(database: Database, embedder: Embedder) -> None:
    """Load the sample region into a fresh database and read its documents."""
    loaded = await sample.load(database.scoped, password=PASSWORD)
    sandbox = Sandbox()
    for ingestion_id in loaded.ingestions:
        await pipeline.run(Pipeline(database.scoped, embedder, sandbox), ingestion_id)
    await sandbox.close()


@contextlib.asynccontextmanager
async def opened(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Site]:
    """Open the application over a copy of the sample region."""
    async with copied(server, sample_region) as name:
        database = Database(server.url(database=name))
        yield Site(create_app(database.scoped, Assistant(database.scoped, embedder, None)), database)
        await database.close()
