"""What tests of answers stand on: the sample region, and where models are unpacked once and kept between runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api import postgres
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests import site as sites


@pytest.fixture(scope="session")
def models(pytestconfig: pytest.Config) -> Path:
    """Return the folder of unpacked models; several test processes may fill it at once."""
    cache = pytestconfig.cache
    assert cache is not None
    return Path(cache.mkdir("models"))


@pytest.fixture(scope="session")
async def solmark(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Assistant]:
    """Return an assistant without a language model over the whole sample region, with its people."""
    async with sites.opened(server, sample_region, embedder) as site:
        yield Assistant(site.database.scoped, embedder)
