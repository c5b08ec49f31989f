"""The child process: what it reads comes back whole, and what goes wrong in it stays there."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from ingest.child import ADDRESS_SPACE
from ingest.confined import NICENESS
from ingest.errors import Stage, UnreadableFile
from ingest.parsing import Source
from ingest.readers import PDF, PLAIN
from ingest.sandbox import Sandbox, SandboxConfig, _start
from tests.ingest.pdfs import bomb, pdf

TEXT = Source("a.txt", PLAIN)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    opened = Sandbox(SandboxConfig(children=1))
    yield opened
    await opened.close()


async def silent(_: Stage) -> None: ...


def process(sandbox: Sandbox) -> int:
    return sandbox._idle[0].process.pid


async def test_a_file_comes_back_with_units_whose_offsets_hold(sandbox: Sandbox) -> None:
    stages: list[Stage] = []

    async def on_stage(stage: Stage) -> None:
        stages.append(stage)

    data = "Beslut\n\nRegionstyrelsen beslutar\n\natt avsätta 2 mnkr för psykisk ohälsa.\n".encode()
    parsed = await sandbox.parse(TEXT, data, on_stage)
    assert stages == [Stage.READING, Stage.STRUCTURING]
    assert parsed.text.encode() == data
    assert "att avsätta 2 mnkr för psykisk ohälsa." in [parsed.text[unit.start : unit.end] for unit in parsed.units]
    assert parsed.lexicon


async def test_one_child_reads_many_files(sandbox: Sandbox) -> None:
    await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    first = process(sandbox)
    with pytest.raises(UnreadableFile):
        await sandbox.parse(Source("b.pdf", PDF), b"%PDF-1.7 and no more", silent)
    await sandbox.parse(Source("c.pdf", PDF), pdf(["ett beslut om budget"]), silent)
    assert process(sandbox) == first


async def test_a_killed_child_fails_its_file_alone(sandbox: Sandbox) -> None:
    async def kill(_: Stage) -> None:
        for child in children():
            os.kill(child, signal.SIGSEGV)

    await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    with pytest.raises(UnreadableFile, match="krascha"):
        await sandbox.parse(TEXT, b"ord " * 500_000, kill)
    parsed = await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    assert parsed.text == "ett beslut om budget"


async def test_those_who_answer_people_go_before_the_child(sandbox: Sandbox) -> None:
    await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    child = sandbox._idle[-1].process.pid
    assert os.getpriority(os.PRIO_PROCESS, child) >= NICENESS
    assert os.sched_getscheduler(child) == os.SCHED_BATCH


async def test_a_child_goes_last_while_it_starts_too() -> None:
    started = await _start()
    try:
        assert os.getpriority(os.PRIO_PROCESS, started.pid) == NICENESS
    finally:
        started.kill()
        await started.wait()


async def test_a_decompression_bomb_is_a_verdict(sandbox: Sandbox) -> None:
    with pytest.raises(UnreadableFile):
        await sandbox.parse(Source("bomb.pdf", PDF), bomb(), silent)
    assert (await sandbox.parse(TEXT, b"ett beslut om budget", silent)).units


async def test_reading_that_takes_too_long_is_cut_off() -> None:
    slow = Sandbox(SandboxConfig(wall_seconds=0.05, children=1))
    with pytest.raises(UnreadableFile, match="för lång tid"):
        await slow.parse(TEXT, b"ord " * 1_000_000, silent)
    await slow.close()


async def test_a_database_that_takes_too_long_is_no_verdict_on_the_file(sandbox: Sandbox) -> None:
    async def stuck(_: Stage) -> None:
        raise TimeoutError("databasen")

    with pytest.raises(TimeoutError, match="databasen"):
        await sandbox.parse(TEXT, b"ett beslut om budget", stuck)
    assert (await sandbox.parse(TEXT, b"ett beslut om budget", silent)).units


async def test_processor_time_ends(sandbox: Sandbox) -> None:
    busy = Sandbox(SandboxConfig(processor_seconds=0, children=1))
    with pytest.raises(UnreadableFile, match="för lång tid"):
        await busy.parse(TEXT, b"".join(b"ord%d ny%d text. " % (n, n) for n in range(200_000)), silent)
    await busy.close()


async def test_the_child_has_limits_and_nothing_of_our_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARPLAN_DATABASE_URL", "postgresql://hemlig@plats/db")
    await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    place = f"/proc/{process(sandbox)}"
    limits = read(f"{place}/limits")
    assert str(ADDRESS_SPACE) in next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert "hemlig" not in read(f"{place}/environ")
    assert "torch" not in read(f"{place}/maps")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is always permitted to give the network up")
async def test_the_child_has_no_network(sandbox: Sandbox) -> None:
    await sandbox.parse(TEXT, b"ett beslut om budget", silent)
    interfaces = read(f"/proc/{process(sandbox)}/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]


async def test_closing_ends_the_children(sandbox: Sandbox) -> None:
    await asyncio.gather(*(sandbox.parse(TEXT, b"ett beslut om budget", silent) for _ in range(3)))
    pid = process(sandbox)
    await sandbox.close()
    assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110 - /proc is no ordinary path


def children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 - as above
        return [int(pid) for pid in file.read().split() if "ingest.child" in read(f"/proc/{pid}/cmdline")]


def read(path: str) -> str:
    with open(path, errors="replace") as file:  # noqa: PTH123 - as above
        return file.read()
