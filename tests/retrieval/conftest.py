"""The embedding model for the tests of this room: the real one, unpacked once and kept between runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api import postgres
from api.database import Database
from retrieval import embedding
from retrieval.answering import Assistant
from retrieval.embedding import Embedder, EmbeddingConfig
from tests import site as sites
from tests.conftest import copied


@pytest.fixture(scope="session")
def models(pytestconfig: pytest.Config) -> Path:
    """Return the folder of unpacked models; several test processes may fill it at once."""
    cache = pytestconfig.cache
    assert cache is not None
    return Path(cache.mkdir("models"))


@pytest.fixture(scope="session")
async def embedder(models: Path) -> AsyncIterator[Embedder]:
    """Return the bundled model as an installation without settings runs it."""
    made = embedding.create(EmbeddingConfig(cache=models))
    yield made
    made.close()


@pytest.fixture(scope="session")
async def solmark(server: postgres.Server, embedder: Embedder) -> AsyncIterator[Assistant]:
    """Return an assistant without a language model over the whole sample region, with its people."""
    async with copied(server) as name:
        database = Database(server.url(database=name))
        await sites.build(database, embedder)
        yield Assistant(database.scoped, embedder)
        await database.close()
