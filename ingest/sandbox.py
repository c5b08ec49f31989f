"""The parent's side of reading: a few child processes with limits, handed one file at a time."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

import msgspec

from ingest import conversion
from ingest.child import ADDRESS_SPACE, Request
from ingest.confined import NICENESS
from ingest.errors import Stage, UnreadableFile
from ingest.parsing import Message, Parsed, Picture, Progress, Source, Trouble, Words
from ingest.readers.words import Box, PageWords

_ROOT = Path(__file__).resolve().parent.parent
_OUTPUT_LIMIT = 128 * 1024 * 1024
_FILES_PER_CHILD = 500
_FULL = 0.7
"""The share of its address space from which a child is not used again; what it has held it seldom gives back."""
_GROWN = 200 * 1024 * 1024
"""Bytes in memory, those it shares with others too, with which a child does not wait for the next file."""

OnStage = Callable[[Stage], Awaitable[None]]
Answer = Parsed | Words | Picture


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Limits for reading one file, in seconds, and how many children may work at the same time."""

    wall_seconds: float = 180.0
    processor_seconds: int = 120
    children: int = 2


@dataclass(slots=True)
class _Child:
    process: asyncio.subprocess.Process
    files: int = 0


@dataclass(slots=True)
class Sandbox:
    """Children that read files. Made at once; a child starts when it is first needed and is used again.

    A child that crashes, hangs or talks too much takes only its own file with it.
    """

    config: SandboxConfig = field(default_factory=SandboxConfig)
    _idle: list[_Child] = field(default_factory=list, init=False)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.config.children)

    async def parse(self, source: Source, data: bytes, on_stage: OnStage) -> Parsed:
        """Read one file in a child. Raises `UnreadableFile`; ``on_stage`` is awaited at each stage."""
        async with self._places:
            if source.media_type in conversion.INTO:
                await on_stage(Stage.READING)
                made, data = await conversion.convert(source.media_type, data, self.config.wall_seconds)
                source = msgspec.structs.replace(source, made_of=source.media_type, media_type=made)
            answer = await self._answer(Request(source, len(data), self.config.processor_seconds), data, on_stage)
            if not isinstance(answer, Parsed):
                raise TypeError("A child that is asked to read a file answers with what it has read.")
            return answer

    async def words(self, source: Source, data: bytes, pages: Sequence[int]) -> tuple[PageWords, ...]:
        """Return where the words of some pages of a PDF stand, read in a child. Raises `UnreadableFile`."""
        async with self._places:
            request = Request(source, len(data), self.config.processor_seconds, tuple(pages))
            answer = await self._answer(request, data, _unheard)
            if not isinstance(answer, Words):
                raise TypeError("A child that is asked for words answers with words.")
            return answer.pages

    async def picture(self, source: Source, data: bytes, number: int, marked: Sequence[Box]) -> bytes:
        """Return a page of a PDF as PNG with boxes marked, drawn in a child. Raises `UnreadableFile`."""
        async with self._places:
            request = Request(source, len(data), self.config.processor_seconds, (number,), tuple(marked))
            answer = await self._answer(request, data, _unheard)
            if not isinstance(answer, Picture):
                raise TypeError("A child that is asked for a picture answers with one.")
            return answer.data

    async def _answer(self, request: Request, data: bytes, on_stage: OnStage) -> Answer:
        child = await self._take()
        try:
            answer = await self._read(child, request, data, on_stage)
        except BaseException as error:
            if isinstance(error, UnreadableFile) and child.process.returncode is None:
                await self._put_back(child)
            else:
                await _end(child)
            raise
        await self._put_back(child)
        return answer

    async def close(self) -> None:
        """End all children that are not at work."""
        while self._idle:
            await _end(self._idle.pop())

    async def _take(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            if child.process.returncode is None and child.files < _FILES_PER_CHILD:
                return child
            await _end(child)
        return _Child(await _start())

    async def _put_back(self, child: _Child) -> None:
        """Keep the child for the next file, unless this one has left it with too little room."""
        child.files += 1
        if await asyncio.to_thread(_is_full, child.process.pid):
            await _end(child)
        else:
            self._idle.append(child)

    async def _read(self, child: _Child, request: Request, data: bytes, on_stage: OnStage) -> Answer:
        stage = Stage.READING
        limit = asyncio.timeout(self.config.wall_seconds)
        try:
            async with limit:
                await _send(child, request, data)
                while True:
                    message = await _receive(child, stage)
                    match message:
                        case Progress():
                            stage = message.stage
                            await on_stage(stage)
                        case Parsed() | Words() | Picture():
                            return message
                        case Trouble():
                            raise message.error()
                        case _:
                            assert_never(message)
        except TimeoutError as error:
            if not limit.expired():  # Somebody else's, such as the database's in `on_stage`: no verdict on the file.
                raise
            await _end(child)
            raise _too_slow(stage) from error


async def _unheard(_stage: Stage) -> None:
    return


async def _send(child: _Child, request: Request, data: bytes) -> None:
    stdin = child.process.stdin
    if stdin is None:
        raise RuntimeError("The child was started without a standard input.")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # Then the answer tells how the child died.
        stdin.write(msgspec.json.encode(request) + b"\n")
        stdin.write(data)
        await stdin.drain()


def _is_full(pid: int) -> bool:
    """Whether a process holds so much that another file might not find room in it, or that it should not idle so."""
    try:
        pages, resident = map(int, Path(f"/proc/{pid}/statm").read_text().split()[:2])
    except (OSError, ValueError):  # No such thing here, or the process is gone; then the next file is told.
        return False
    page = resource.getpagesize()
    return pages * page > ADDRESS_SPACE * _FULL or resident * page > _GROWN


async def _start() -> asyncio.subprocess.Process:
    # Nothing of the parent's environment reaches the child: passwords and keys live there.
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ingest.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"},
        limit=_OUTPUT_LIMIT,
    )
    with contextlib.suppress(ProcessLookupError):  # Loading itself takes a processor a good while.
        _yield_to_others(child.pid)
    return child


def _yield_to_others(process: int) -> None:
    """Let those who answer people go before a process, and never be interrupted by it."""
    if os.getpriority(os.PRIO_PROCESS, process) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, process, NICENESS)
    with contextlib.suppress(AttributeError, PermissionError):
        os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


async def _end(child: _Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.process.kill()
    await child.process.wait()
    if child.process.stdin is not None:
        child.process.stdin.close()


async def _receive(child: _Child, stage: Stage) -> Message:
    stdout = child.process.stdout
    if stdout is None:
        raise RuntimeError("The child was started without a standard output.")
    try:
        line = await stdout.readline()
    except ValueError as error:
        await _end(child)
        raise UnreadableFile("Filen ger mer text än vad som får plats.", "Dela upp filen.", stage=stage) from error
    if not line.endswith(b"\n"):
        raise _crash(await child.process.wait(), stage)
    message: Message = msgspec.json.decode(line, type=Message)
    return message


def _crash(returncode: int, stage: Stage) -> UnreadableFile:
    if returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return _too_slow(stage)
    return UnreadableFile(
        "Filen fick läsaren att krascha. Den kan vara skadad eller elakartad.",
        "Spara eller exportera dokumentet på nytt och lägg in det igen.",
        stage=stage,
    )


def _too_slow(stage: Stage) -> UnreadableFile:
    return UnreadableFile(
        "Läsningen tog för lång tid och avbröts.", "Dela upp filen eller spara den i en enklare form.", stage=stage
    )
