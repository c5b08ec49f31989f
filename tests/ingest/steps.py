"""What tests do to files, in one line each."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from ingest import intake, pipeline
from ingest.intake import Receipt
from ingest.jobs import Ingestion
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM, ScopedSessions

DECISION = "# Beslut om nära vård\n\nRegionstyrelsen beslutar\n\natt avsätta 2 mnkr för psykisk ohälsa under 2026.\n"


async def receive(sessions: ScopedSessions, name: str, content: str | bytes, **more: Any) -> Receipt:
    """Take in one file in a transaction of its own."""
    data = content.encode() if isinstance(content, str) else content
    async with sessions(SYSTEM) as session:
        return await intake.receive(session, SYSTEM, file_name=name, data=data, **more)


async def bring_in(work: Pipeline, name: str, content: str | bytes, **more: Any) -> Ingestion:
    """Take in one file, do the work, and return how it ended."""
    receipt = await receive(work.sessions, name, content, **more)
    assert receipt.ingestion_id is not None
    await pipeline.run(work, receipt.ingestion_id)
    return await ingestion(work.sessions, receipt.ingestion_id)


async def ingestion(sessions: ScopedSessions, ingestion_id: UUID) -> Ingestion:
    """Return an ingestion as it is now."""
    async with sessions(SYSTEM) as session:
        return await session.get_one(Ingestion, ingestion_id)


async def count(sessions: ScopedSessions, table: str, where: str = "true") -> int:
    """Return how many rows of the table the system sees."""
    async with sessions(SYSTEM) as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table} WHERE {where}"))).scalar_one())
