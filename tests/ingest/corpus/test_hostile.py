"""Broken and hostile files: each ends in a clear verdict, soon, with little memory, and the next file is read."""

import re
import time
from collections.abc import AsyncIterator

import pytest

from ingest import archives, intake, readers
from ingest.errors import RefusedFile, Stage, UnreadableFile
from ingest.jobs import State
from ingest.parsing import Source
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox, SandboxConfig
from tests.ingest.corpus.hostile import CASES, REFUSED
from tests.ingest.office import word
from tests.ingest.steps import bring_in

SECONDS = 20.0
MOST_MEMORY = 1024**3
NAMES = ("\u202eexe.fdp.docx", "a\0b.docx", "a\r\nSet-Cookie: x.docx", "å" * 1000 + ".docx", "../../a.docx", "  .docx")


@pytest.fixture(scope="module")
async def alone() -> AsyncIterator[Sandbox]:
    """Return a sandbox of one child, which has the time that a verdict may take."""
    opened = Sandbox(SandboxConfig(children=1, wall_seconds=SECONDS, processor_seconds=int(SECONDS)))
    yield opened
    await opened.close()


async def silent(_: Stage) -> None: ...


def peak(sandbox: Sandbox) -> int:
    """Return the most memory that the child has had, in bytes; none when it is gone."""
    if not sandbox._idle:
        return 0
    with open(f"/proc/{sandbox._idle[0].process.pid}/status") as file:  # noqa: PTH123 - /proc is no ordinary path
        found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
    return int(found.group(1)) * 1024 if found else 0


async def verdict(sandbox: Sandbox, name: str, data: bytes) -> str:
    """Return what is said of a file: why it is refused or cannot be read, with the remedy; else warnings and text."""
    try:
        if intake.is_archive(data):
            members = archives.unpack(data, intake.MAX_BYTES)
            raise next(one.refused for one in members if one.refused)
        parsed = await sandbox.parse(Source(name, readers.recognise(name, data)), data, silent)
    except (RefusedFile, UnreadableFile) as error:
        return f"{type(error).__name__}: {error.reason} · {error.remedy}"
    return f"{' '.join(parsed.warnings)}\n{parsed.text}"


def test_there_are_hostile_files_enough() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", CASES)
async def test_every_file_has_its_verdict_and_the_next_one_is_read(alone: Sandbox, name: str) -> None:
    pattern, make, text = CASES[name]
    data = make()
    begun = time.monotonic()
    said = await verdict(alone, name, data)
    assert time.monotonic() - begun < SECONDS
    assert peak(alone) <= MOST_MEMORY
    assert re.search(pattern, said, re.DOTALL), said[:300]
    if text in {REFUSED, ""}:
        assert re.match(rf"{'RefusedFile' if text else 'UnreadableFile'}: .+ · .+", said), said[:300]
    else:
        assert text in said
    assert (await alone.parse(Source("a.docx", readers.DOCX), word(), silent)).units


async def test_the_work_goes_on_after_them(pipeline: Pipeline) -> None:
    bad = await bring_in(pipeline, "elak.docx", CASES["laughs.docx"][1]())
    assert (bad.state, bad.stage) == (State.FAILED, Stage.READING)
    assert "DTD" in (bad.reason or "")
    assert bad.remedy
    assert (await bring_in(pipeline, "snäll.docx", word())).state is State.PUBLISHED


@pytest.mark.parametrize("name", NAMES)
def test_names_are_harmless_when_they_are_kept(name: str) -> None:
    kept = intake.safe_name(name)
    assert 0 < len(kept) <= 200
    assert not re.search(r"[\r\n\0\u202e/\\]", kept)
