"""The world of the proofs, made once for each file."""

from collections.abc import AsyncIterator

import pytest

from api.database import Database
from retrieval.embedding import Embedder
from tests.access import bench as benches
from tests.access.bench import Bench


@pytest.fixture(scope="module")
async def bench(shared_database: Database, embedder: Embedder) -> AsyncIterator[Bench]:
    """Return the world, gone again when all of the file has been tried."""
    async with benches.opened(shared_database, embedder) as made:
        yield made
