"""The door for files: who may, what is refused, and what the same bytes or the same name mean."""

import asyncio
import contextlib
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from ingest import intake, jobs
from ingest.errors import RefusedFile
from ingest.intake import Receipt, safe_name
from ingest.jobs import Ingestion, State
from ingest.pipeline import Pipeline, run
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.organisations import Organisation
from retrieval import documents
from retrieval.documents import StoredFile
from tests import factories
from tests.ingest.steps import DECISION, bring_in, count, receive

TABLES = ("stored_file", "ingestion", "pgqueuer", "document")


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_the_programme_group_brings_files_in(session: AsyncSession, role: Role) -> None:
    stranger = Viewer(uuid4(), uuid4(), role, "Någon")
    with pytest.raises(NotAllowed):
        await intake.receive(session, stranger, file_name="a.txt", data=b"text")


@pytest.mark.parametrize(
    ("name", "data"), [("a.txt", b""), ("a.docx", b"PK\x03\x04"), ("a.pdf", b"text"), ("a.txt", b"x" * 11)]
)
async def test_what_is_refused_leaves_nothing_behind(sessions: ScopedSessions, name: str, data: bytes) -> None:
    with pytest.raises(RefusedFile):
        await receive(sessions, name, data, max_bytes=10)
    assert [await count(sessions, table) for table in TABLES] == [0, 0, 0, 0]


async def test_an_unknown_visibility_or_organisation_is_named(sessions: ScopedSessions) -> None:
    with pytest.raises(InvalidValue) as visibility:
        await receive(sessions, "a.txt", DECISION, visibility="alla")
    with pytest.raises(InvalidValue) as shared:
        await receive(sessions, "a.txt", DECISION, shared_with=[uuid4()])
    assert [visibility.value.field, shared.value.field] == ["visibility", "shared_with"]


async def test_bytes_row_and_job_come_together_or_not_at_all(database: Database) -> None:
    async def undone() -> None:
        async with database.scoped(SYSTEM) as session:
            await intake.receive(session, SYSTEM, file_name="a.txt", data=DECISION.encode())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert [await count(database.scoped, table) for table in TABLES] == [0, 0, 0, 0]
    receipt = await receive(database.scoped, "a.txt", DECISION)
    assert [await count(database.scoped, table) for table in TABLES] == [1, 1, 1, 0]
    async with database.scoped(SYSTEM) as session:
        key = await session.scalar(text("SELECT dedupe_key FROM pgqueuer"))
    assert key == str(receipt.ingestion_id)


async def test_the_same_bytes_ten_times_at_once_are_one_document(database: Database, committing: Pipeline) -> None:
    receipts = await asyncio.gather(*(receive(database.scoped, "a.txt", DECISION) for _ in range(10)))
    assert sum(not receipt.unchanged for receipt in receipts) == 1
    assert len({receipt.ingestion_id for receipt in receipts}) == 1
    assert [await count(database.scoped, table) for table in TABLES] == [1, 1, 1, 0]


async def test_the_same_bytes_again_change_nothing(pipeline: Pipeline) -> None:
    first = await bring_in(pipeline, "a.txt", DECISION)
    again = await receive(pipeline.sessions, "a.txt", DECISION)
    renamed = await receive(pipeline.sessions, "b.txt", DECISION)
    assert again == renamed == Receipt(first.id, first.document_id, unchanged=True, pending=False)
    assert await count(pipeline.sessions, "ingestion") == 1


@pytest.mark.parametrize("first", ["En äldre lydelse av beslutet.\n", None])
async def test_what_is_shared_on_its_way_in_is_shared_when_it_is_published(
    pipeline: Pipeline, first: str | None
) -> None:
    async with pipeline.sessions(SYSTEM) as session:
        partner = Organisation(name="Ekby kommun", short_name="Ekby", kind="kommun")
        session.add(partner)
    if first:
        await bring_in(pipeline, "a.txt", first)
    waiting = await receive(pipeline.sessions, "a.txt", DECISION)
    for _ in range(2):
        again = await receive(pipeline.sessions, "a.txt", DECISION, shared_with=[partner.id])
        assert again == replace(waiting, unchanged=True)
    assert await count(pipeline.sessions, "document_share") == 0
    assert waiting.ingestion_id is not None
    await run(pipeline, waiting.ingestion_id)
    assert await count(pipeline.sessions, "document_share") == 1


async def test_the_same_bytes_to_others_are_another_document(pipeline: Pipeline) -> None:
    internal = await bring_in(pipeline, "a.txt", DECISION)
    public = await bring_in(pipeline, "a.txt", DECISION, visibility="public")
    assert internal.document_id != public.document_id
    assert await count(pipeline.sessions, "stored_file") == 1


async def test_a_failed_file_may_come_again(pipeline: Pipeline) -> None:
    failed = await bring_in(pipeline, "a.txt", b"\x01\x02\x03" * 50)
    again = await receive(pipeline.sessions, "a.txt", b"\x01\x02\x03" * 50)
    assert not again.unchanged
    assert again.ingestion_id != failed.id


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/beslut.txt", "beslut.txt"),
        ("C:\\mina\\beslut.txt", "beslut.txt"),
        ("be\r\nslut\0.txt", "be slut .txt"),
        ("\u202etxt.slut\u202c.pdf", "txt.slut .pdf"),
        ("a\u0308rende.txt", "ärende.txt"),
        ("bad\udcff.txt", "bad .txt"),
        ("...", "namnlös"),
        ("", "namnlös"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


BROKEN = b"\x01\x02\x03" * 50


async def partner_in(pipeline: Pipeline) -> Viewer:
    async with pipeline.sessions(SYSTEM) as session:
        return await factories.viewer(session, Role.PARTNER)


async def seen_by(pipeline: Pipeline, person: Viewer) -> int:
    async with pipeline.sessions(person) as session:
        return (await documents.list_documents(session, person))[1]


async def mend(pipeline: Pipeline, ingestion_id: UUID | None) -> None:
    """Let a failed ingestion be one that can be read, and try it again."""
    async with pipeline.sessions(SYSTEM) as session:
        ingestion = await session.get_one(Ingestion, ingestion_id)
        session.add(StoredFile(sha256=b"mended", size=1, data=DECISION.encode()))
        await session.flush()
        ingestion.sha256 = b"mended"
        await jobs.retry(session, SYSTEM, ingestion.id)
    await run(pipeline, ingestion.id)


async def test_shares_of_a_file_that_failed_show_nothing_and_are_kept_until_it_can_be_read(pipeline: Pipeline) -> None:
    partner = await partner_in(pipeline)
    await bring_in(pipeline, "a.txt", "En äldre lydelse, inte delad.\n")
    failed = await bring_in(pipeline, "a.txt", BROKEN, shared_with=[partner.organisation_id])
    assert (failed.state, await seen_by(pipeline, partner)) == (State.FAILED, 0)
    await mend(pipeline, failed.id)
    assert await seen_by(pipeline, partner) == 1


async def test_the_same_file_again_keeps_what_was_promised_and_another_does_not(pipeline: Pipeline) -> None:
    partner = await partner_in(pipeline)
    await bring_in(pipeline, "a.txt", BROKEN, shared_with=[partner.organisation_id])
    again = await receive(pipeline.sessions, "a.txt", BROKEN)
    other = await receive(pipeline.sessions, "a.txt", BROKEN + b"\x04")
    async with pipeline.sessions(SYSTEM) as session:
        kept = await session.get_one(Ingestion, again.ingestion_id)
        apart = await session.get_one(Ingestion, other.ingestion_id)
        assert (kept.shared_with, apart.shared_with) == ([partner.organisation_id], [])


async def test_a_share_that_is_withdrawn_while_the_file_has_failed_is_not_given_later(pipeline: Pipeline) -> None:
    partner = await partner_in(pipeline)
    assert partner.organisation_id is not None
    first = await bring_in(pipeline, "a.txt", "En äldre lydelse, inte delad.\n")
    failed = await bring_in(pipeline, "a.txt", BROKEN, shared_with=[partner.organisation_id])
    assert first.document_id is not None
    for refusal in (contextlib.nullcontext(), pytest.raises(NotFound)):
        async with pipeline.sessions(SYSTEM) as session:
            with refusal:
                await intake.stop_sharing(session, SYSTEM, first.document_id, partner.organisation_id)
    await mend(pipeline, failed.id)
    assert await seen_by(pipeline, partner) == 0
