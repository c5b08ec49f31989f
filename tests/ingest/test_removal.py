"""A document that is taken away leaves a receipt, the register's quotations, and nothing else."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text

from api.database import Database
from ingest import intake, removal
from ingest.pipeline import Pipeline
from initiatives import sources
from initiatives.access import SYSTEM
from initiatives.activity import Activity
from initiatives.errors import NotFound
from initiatives.sources import Source
from retrieval.conversations import Conversation, Turn
from tests import factories
from tests.ingest.steps import DECISION, bring_in, count, receive

WORDS = "att avsätta 2 mnkr för psykisk ohälsa under 2026."
TABLES = ("document", "document_version", "section", "passage", "stored_file", "ingestion")


async def test_everything_of_it_goes_but_what_the_register_quotes(pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, "beslut.md", DECISION)
    await bring_in(pipeline, "beslut.md", DECISION.replace("2026", "2027"))
    await receive(pipeline.sessions, "beslut.md", DECISION.replace("2026", "2028"))
    assert done.document_id is not None
    async with pipeline.sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
        quote = WORDS.replace("2026", "2027")
        await sources.attach(session, SYSTEM, "initiative", initiative.id, document_id=done.document_id, quote=quote)
        person = await factories.person(session)
        conversation = Conversation(person_id=person.id, title="Hur mycket avsätts?")
        session.add(conversation)
        await session.flush()
        said = {"answer": WORDS, "citations": [{"document_id": str(done.document_id)}], "passages": []}
        other = {"answer": "Något annat.", "citations": [{"document_id": str(conversation.id)}], "passages": []}
        session.add_all(Turn(conversation_id=conversation.id, question="?", answer=answer) for answer in (said, other))
        await session.flush()
        receipt = await removal.remove(session, SYSTEM, done.document_id)
        kept = (await session.scalars(select(Source))).one()
        await session.refresh(kept)
        noted = (await session.scalars(select(Activity).where(Activity.action == "tog bort"))).one()
        answers = set(await session.scalars(select(Turn.answer["answer"].astext)))
    assert (receipt.versions, receipt.ingestions, receipt.answers, receipt.sources) == (2, 3, 1, 1)
    assert receipt.passages > 0
    assert [(file.name, file.kept) for file in receipt.files] == [("beslut.md", False)] * 3
    assert (kept.document_id, kept.version_id, kept.quote) == (None, None, quote)
    assert noted.subject_id == done.document_id
    assert answers == {"Svaret byggde på ett dokument som har tagits bort. Ställ frågan igen.", "Något annat."}
    assert [await count(pipeline.sessions, table) for table in TABLES] == [0] * len(TABLES)


async def test_a_file_that_another_document_has_too_stays(pipeline: Pipeline) -> None:
    inside = await bring_in(pipeline, "beslut.md", DECISION)
    outside = await bring_in(pipeline, "beslut.md", DECISION, visibility="public")
    assert inside.document_id is not None
    assert inside.document_id != outside.document_id
    async with pipeline.sessions(SYSTEM) as session:
        receipt = await removal.remove(session, SYSTEM, inside.document_id)
        with pytest.raises(NotFound):
            await removal.remove(session, SYSTEM, inside.document_id)
    assert [file.kept for file in receipt.files] == [True]
    assert await count(pipeline.sessions, "stored_file") == 1
    assert await count(pipeline.sessions, "passage") > 0


async def test_a_file_that_comes_in_elsewhere_meanwhile_stays(database: Database, committing: Pipeline) -> None:
    document_id = (await bring_in(committing, "beslut.md", DECISION)).document_id
    assert document_id is not None

    async def remove(document_id: UUID) -> removal.Removal:
        async with database.scoped(SYSTEM) as session:
            return await removal.remove(session, SYSTEM, document_id)

    async with database.scoped(SYSTEM) as session:
        await intake.receive(session, SYSTEM, file_name="beslut.md", data=DECISION.encode(), visibility="public")
        removing = asyncio.create_task(remove(document_id))
        async with asyncio.timeout(60):
            while not await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                await asyncio.sleep(0.01)
    assert [file.kept for file in (await removing).files] == [True]
    assert await count(database.scoped, "stored_file") == 1
    assert await count(database.scoped, "document") == 0
