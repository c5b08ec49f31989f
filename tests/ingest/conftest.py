"""What tests of ingest share: the children that read, and the pipeline over the tests' database."""

from collections.abc import AsyncIterator

import pytest

from api.database import Database
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives.access import ScopedSessions
from retrieval.embedding import Embedder


@pytest.fixture(scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = Sandbox()
    yield opened
    await opened.close()


@pytest.fixture
def pipeline(sessions: ScopedSessions, embedder: Embedder, sandbox: Sandbox) -> Pipeline:
    """Return a pipeline whose work is undone after the test."""
    return Pipeline(sessions, embedder, sandbox)


@pytest.fixture
def committing(database: Database, embedder: Embedder, sandbox: Sandbox) -> Pipeline:
    """Return a pipeline over a database of the test's own."""
    return Pipeline(database.scoped, embedder, sandbox)
