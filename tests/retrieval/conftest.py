"""The embedding model for the tests of this room: the real one, unpacked once and kept between runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from retrieval import embedding
from retrieval.embedding import Embedder, EmbeddingConfig


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
