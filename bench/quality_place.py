"""A fresh installation in a folder that is gone afterwards, with documents brought in as the command line does it."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from sqlalchemy import select

from api import logs, settings
from api.cli.bringing import FAILED, bring_in
from api.cli.files import find
from api.installation import Installation, opened
from bench.quality_vectors import Recalled
from initiatives.access import SYSTEM
from retrieval.answering import warm
from retrieval.documents import INTERNAL, Passage
from retrieval.embedding import Embedder, Vectors
from retrieval.views import Library


@dataclass(frozen=True, slots=True)
class Place:
    """An installation, what it holds, and how many seconds it took to bring that in."""

    installation: Installation
    library: Library
    ingest_seconds: float

    async def vectors(self) -> dict[tuple[object, int], Vectors]:
        """The stored vectors of all units, by version and position."""
        async with self.installation.database.scoped(SYSTEM) as session:
            rows = await session.execute(select(Passage.version_id, Passage.position, Passage.embedding))
            return {(row[0], row[1]): np.asarray(row[2], dtype=np.float32) for row in rows}


@contextlib.asynccontextmanager
async def filled(paths: Sequence[Path], recalled: Recalled | None = None) -> AsyncIterator[Place]:
    """Open a fresh installation that holds the documents; the model's unpacked weights are those of the usual home.

    With ``recalled``, vectors that it has made before are not made again.
    """
    logs.configure("error")
    usual = settings.load()
    with fresh_home() as home:
        chosen = replace(usual, home=home, database_url=None, owner_database_url=None)
        async with opened(chosen) as own:
            installation = own if recalled is None else replace(own, embedder=cast("Embedder", recalled))
            await installation.embedder.warm()
            begun = time.perf_counter()
            outcomes = await bring_in(installation, find(paths), INTERNAL, lambda _done: None)
            spent = time.perf_counter() - begun
            lost = [f"{outcome.file}: {outcome.reason}" for outcome in outcomes if outcome.state == FAILED]
            if lost:
                raise RuntimeError(f"not read: {', '.join(lost)}")
            await warm(installation.assistant)
            async with installation.database.scoped(SYSTEM) as session:
                library = await installation.assistant.shelf.library(session, SYSTEM)
            yield Place(installation, library, spent)


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    """A folder that the database's own account can enter too."""
    with tempfile.TemporaryDirectory(prefix="narplan-bench-") as name:
        home = Path(name)
        home.chmod(0o755)
        yield home
