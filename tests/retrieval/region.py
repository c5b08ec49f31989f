"""A few documents of the sample region, read by the real pipeline into a database of their own."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from api import postgres, sample
from api.database import Database
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests.conftest import copied
from tests.ingest.steps import bring_in

DOCUMENTS = Path(sample.__file__).parent / "documents"
PROPOSAL = "03-forfogandeanslag-2026-forslag.txt"
DECISION = "04-forfogandeanslag-2026-beslut.txt"
LETTER = "07-informationsbrev-lakarstod-aldre.txt"


@contextlib.asynccontextmanager
async def reading(server: postgres.Server, embedder: Embedder, **visibility: str) -> AsyncIterator[Assistant]:
    """Open an assistant without a language model, over the three documents; `letter="public"` opens the letter."""
    async with copied(server) as name:
        database, sandbox = Database(server.url(database=name)), Sandbox()
        pipeline = Pipeline(database.scoped, embedder, sandbox)
        for file_name, shown in (
            (PROPOSAL, "internal"),
            (DECISION, "internal"),
            (LETTER, visibility.get("letter", "internal")),
        ):
            await bring_in(pipeline, file_name, (DOCUMENTS / file_name).read_bytes(), visibility=shown)
        await sandbox.close()
        yield Assistant(database.scoped, embedder)
        await database.close()
