"""Documents that come by themselves: every change once, trouble told, and nothing that is still being written."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest import collecting, origins
from ingest.collecting import Collecting
from ingest.jobs import Ingestion, Priority
from ingest.origins import Origin, OriginKind
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import utcnow
from initiatives.errors import AlreadyExists, InvalidValue
from tests.ingest.steps import DECISION, count
from tests.receiver import Receiver, receiving, says

LONG_AGO = time.time() - 60


def put(path: Path, content: str | bytes) -> Path:
    """Write a file that has been left alone for a while."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


async def the_origins(sessions: ScopedSessions) -> list[Origin]:
    async with sessions(SYSTEM) as session:
        return list((await origins.list_origins(session, SYSTEM, limit=100))[0])


async def names(sessions: ScopedSessions) -> list[str]:
    async with sessions(SYSTEM) as session:
        return list(await session.scalars(select(Ingestion.file_name).order_by(Ingestion.id)))


async def test_files_of_the_folder_come_in_once_and_again_when_they_change(
    sessions: ScopedSessions, tmp_path: Path
) -> None:
    chosen = Collecting(tmp_path)
    put(tmp_path / "beslut.md", DECISION)
    put(tmp_path / "2026" / "maj" / "beslut.md", f"{DECISION}\nI maj.\n")
    put(tmp_path / ".dolt.md", "Dolt.")
    put(tmp_path / ".mapp" / "dolt.md", "Dolt.")
    (tmp_path / "lank.md").symlink_to(tmp_path / "beslut.md")
    (tmp_path / "skrivs.md").write_text("Halv", encoding="utf-8")
    assert await collecting.collect(sessions, chosen) == 2
    assert await names(sessions) == ["beslut (2026 maj).md", "beslut.md"]
    assert await collecting.collect(sessions, chosen) == 0
    put(tmp_path / "beslut.md", DECISION.replace("2 mnkr", "3 mnkr"))
    os.utime(tmp_path / "beslut.md", (LONG_AGO + 1, LONG_AGO + 1))
    assert await collecting.collect(sessions, chosen) == 1
    assert (await names(sessions))[2:] == ["beslut.md"]
    async with sessions(SYSTEM) as session:
        assert set(await session.scalars(select(Ingestion.priority))) == {Priority.LOW}
        assert set(await session.scalars(select(Ingestion.visibility))) == {"internal"}


async def test_a_name_in_another_encoding_stops_no_other_file(sessions: ScopedSessions, tmp_path: Path) -> None:
    put(tmp_path / os.fsdecode("från kommunen.md".encode("latin-1")), DECISION)
    put(tmp_path / "i tid.md", f"{DECISION}\nI tid.\n")
    assert await collecting.collect(sessions, Collecting(tmp_path)) == 2
    assert await names(sessions) == ["fr n kommunen.md", "i tid.md"]
    assert await collecting.collect(sessions, Collecting(tmp_path)) == 0


async def test_a_file_that_is_refused_is_told_once(sessions: ScopedSessions, tmp_path: Path) -> None:
    put(tmp_path / "program.exe", b"MZ\x90\0")
    assert await collecting.collect(sessions, Collecting(tmp_path)) == 0
    (refused,) = await the_origins(sessions)
    assert (refused.kind, refused.address) == (OriginKind.FILE, "program.exe")
    assert refused.problem
    checked = refused.checked_at
    await collecting.collect(sessions, Collecting(tmp_path))
    assert [one.checked_at for one in await the_origins(sessions)] == [checked]


async def add(sessions: ScopedSessions, receiver: Receiver) -> Origin:
    async with sessions(SYSTEM) as session:
        address = f"http://127.0.0.1:{receiver.port}/regelbok.md"
        return await origins.add(session, SYSTEM, address=address, visibility="public", local=True)


async def test_an_address_is_looked_at_when_its_time_has_come(sessions: ScopedSessions) -> None:
    chosen = Collecting(every=timedelta(hours=6), local=True)
    async with receiving() as receiver:
        receiver.answer = lambda _: says(200, DECISION, ETag='"1"')
        origin = await add(sessions, receiver)
        assert await collecting.collect(sessions, chosen) == 1
        assert await collecting.collect(sessions, chosen) == 0
        assert len(receiver.requests) == 1
        (seen,) = await the_origins(sessions)
        assert (seen.etag, seen.problem) == ('"1"', None)
        assert seen.due_at is not None
        assert timedelta(hours=5) < seen.due_at - utcnow() < timedelta(hours=7)
        receiver.answer = lambda _: says(404)
        async with sessions(SYSTEM) as session:
            await origins.check_now(session, SYSTEM, origin.id)
        assert await collecting.collect(sessions, chosen) == 0
        assert receiver.requests[1].headers["if-none-match"] == '"1"'
    (lost,) = await the_origins(sessions)
    assert lost.due_at is not None
    assert lost.due_at - utcnow() < timedelta(hours=2)
    assert "finns inte längre" in (lost.problem or "")
    assert await count(sessions, "ingestion", "visibility = 'public'") == 1


async def test_an_address_that_is_taken_away_meanwhile_brings_nothing(sessions: ScopedSessions) -> None:
    async with receiving() as receiver:
        origin = await add(sessions, receiver)
        async with sessions(SYSTEM) as session:
            await origins.remove(session, SYSTEM, origin.id)
        assert await collecting.collect(sessions, Collecting(local=True)) == 0
    assert receiver.requests == []


@pytest.mark.parametrize("address", ["http://solmark.example/a.pdf", "https://10.0.0.1/a.pdf", "fil.pdf", ""])
async def test_addresses_that_may_not_be_called_are_refused(sessions: ScopedSessions, address: str) -> None:
    async with sessions(SYSTEM) as session:
        with pytest.raises(InvalidValue) as refused:
            await origins.add(session, SYSTEM, address=address)
    assert refused.value.field == "address"


async def test_an_address_is_there_once(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await origins.add(session, SYSTEM, address="https://solmark.example/a.pdf")
        with pytest.raises(AlreadyExists):
            await origins.add(session, SYSTEM, address=" https://solmark.example/a.pdf ")
