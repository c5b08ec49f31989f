"""Zip archives: each file in one comes in by itself; what must stay outside is named, and stops none of the others."""

import pytest

from ingest import intake
from ingest.archives import unpack
from ingest.errors import RefusedFile
from initiatives.access import SYSTEM, ScopedSessions
from tests.ingest.office import word, zipped
from tests.ingest.steps import DECISION, count


def test_files_of_one_name_are_told_apart_and_furniture_is_left_out() -> None:
    files = {
        "mars/protokoll.txt": "a",
        "april/protokoll.txt": "b",
        "__MACOSX/._x.txt": "",
        ".DS_Store": "",
        "b.md": "c",
    }
    assert [(one.name, one.data) for one in unpack(zipped(files), 100)] == [
        ("protokoll (mars).txt", b"a"),
        ("protokoll (april).txt", b"b"),
        ("b.md", b"c"),
    ]


def test_what_is_not_read_is_refused_by_name() -> None:
    members = list(unpack(zipped({"i.zip": zipped({"a.txt": "a"}), "b.gif": "GIF", "lång.txt": "x" * 101}), 100))
    assert [(one.name, str(one.refused)[:20]) for one in members] == [
        ("i.zip", "Filen är ett zip-ark"),
        ("b.gif", "Filtypen .gif läses "),
        ("lång.txt", "Filen är för stor. L"),
    ]
    with pytest.raises(RefusedFile, match="inga filer"):
        list(unpack(zipped({}), 100))


async def test_each_file_becomes_an_ingestion_of_its_own(sessions: ScopedSessions) -> None:
    archive = zipped({"beslut.md": DECISION, "plan.docx": word(), "bild.gif": b"GIF", "fel.docx": b"text"})
    async with sessions(SYSTEM) as session:
        outcomes = await intake.receive_all(session, SYSTEM, archive, visibility="public")
    assert [(one.file_name, one.refused is None) for one in outcomes] == [
        ("beslut.md", True),
        ("plan.docx", True),
        ("bild.gif", False),
        ("fel.docx", False),
    ]
    assert await count(sessions, "ingestion", "visibility = 'public'") == 2
    assert await count(sessions, "stored_file") == 2


async def test_an_archive_where_nothing_is_read_is_refused_whole(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        with pytest.raises(RefusedFile, match=r"bild\.gif"):
            await intake.receive_all(session, SYSTEM, zipped({"bild.gif": b"GIF"}))
        with pytest.raises(RefusedFile, match="tas inte emot här"):
            await intake.receive(session, SYSTEM, file_name="a.zip", data=zipped({"a.txt": "a"}))
    assert await count(sessions, "stored_file") == 0
