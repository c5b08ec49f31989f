"""What others notice while broken and hostile files are read: `python -m bench.hostile [--seconds N] [--together]`.

The sample region is served by `narplan serve` with a worker in a process of its own (or in the same, ``--together``).
A few users read lists, search and open pages at their own pace: while nothing else happens, then while the files of
`tests/ingest/corpus/hostile.py` are uploaded over and over and read, then while nothing else happens again. What came
in makes lists longer, so "idle" is both calm times together. Read the ratio of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
from sqlalchemy import func, select

from api import logs, settings
from api.installation import Installation, opened
from api.sample import load as sample
from bench.api.client import once
from ingest.jobs import FINISHED, Ingestion
from initiatives import credentials
from initiatives.access import SYSTEM
from initiatives.people import Person

CASES = {
    "list": ("/api/v1/initiatives", "/api/v1/matters", "/api/v1/deadlines"),
    "search": ("/api/v1/initiatives?q=team", "/api/v1/documents?q=beslut", "/initiativ?q=primärvård"),
    "page": ("/initiativ", "/dokument", "/pengar", "/uppfoljning"),
}
USERS = 4
UNLIMITED = {"NARPLAN_LIMIT_READS": "0", "NARPLAN_LIMIT_WRITES": "0"}
"""One person signs in for all the users; what is measured is not when they are told to wait."""
PAUSE = 0.1
"""Seconds that a user thinks between two requests, on average."""
MOST = 1.5
"""How many times as long as otherwise 95 of 100 answers may take while hostile files are read."""
SERVER_ERRORS = 500
Times = dict[str, list[float]]


@contextlib.asynccontextmanager
async def product(home: Path, *, together: bool) -> AsyncIterator[tuple[int, str, Installation]]:
    """Serve the sample region from a home; yields the port, the cookie of the programme group and the installation."""
    logs.configure("error")
    chosen = replace(settings.load(), home=home, database_url=None, owner_database_url=None)
    async with opened(chosen) as installation:
        loaded = await sample.load(installation.database.scoped, password=os.urandom(12).hex())
        member = next(one.email for one in loaded.people if one.role == "programgrupp")
        async with installation.database.scoped(SYSTEM) as session:
            person = (await session.scalars(select(Person).where(Person.email == member))).one()
            token = await credentials.open_session(session, person)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        commands = [["serve", "--port", str(port), *([] if together else ["--no-worker"])]]
        commands += [] if together else [["worker"]]
        environment = os.environ | {"NARPLAN_HOME": str(home), "NARPLAN_LOG_LEVEL": "error", **UNLIMITED}
        async with contextlib.AsyncExitStack() as stack:
            for command in commands:
                await stack.enter_async_context(running(command, environment))
            await until(lambda: answers(port))
            await until(lambda: idle(installation))
            yield port, f"narplan={token}", installation


@contextlib.asynccontextmanager
async def running(command: list[str], environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Run a command of Närplan's for as long as the block runs."""
    program = (sys.executable, "-W", "ignore", "-m", "api.cli.main")
    process = await asyncio.create_subprocess_exec(
        *program, *command, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 300) -> None:
    """Wait until something is so; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.2)


async def answers(port: int) -> bool:
    """Whether the server is up."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


async def idle(installation: Installation) -> bool:
    """Whether nothing waits to be read."""
    async with installation.database.scoped(SYSTEM) as session:
        return not await session.scalar(
            select(func.count()).select_from(Ingestion).where(Ingestion.state.not_in(FINISHED))
        )


async def used(port: int, cookie: str, seconds: float) -> Times:
    """Let users read for a while; milliseconds of each answer, by what was asked for."""
    times: Times = {name: [] for name in CASES}
    end = time.perf_counter() + seconds

    async def user(number: int) -> None:
        chance = random.Random(number)
        while time.perf_counter() < end:
            name = chance.choice(list(CASES))
            begun = time.perf_counter()
            await once(port, str(httpx.URL(chance.choice(CASES[name]))), cookie)
            times[name].append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE))

    await asyncio.gather(*(user(number) for number in range(USERS)))
    return times


def upload(port: int, cookie: str, done: multiprocessing.synchronize.Event) -> None:
    """Bring the hostile files in, over and over, until told to stop; raises when one of them breaks the server."""
    from tests.ingest.corpus.hostile import CASES as FILES

    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # Whoever uploads is on another machine.
    files = [(name, make()) for name, (_, make, _) in FILES.items()]
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, headers={"Cookie": cookie, "Origin": address}, timeout=60) as client:
        while not done.is_set():
            for name, data in files:
                if done.is_set():
                    return
                # The bytes differ each time, or they would be known already and not read.
                sent = data + os.urandom(4) if data.startswith((b"%PDF", b"<", b"ord ", b"a;b")) else data
                answer = client.post("/api/v1/documents", files={"file": (f"{os.urandom(4).hex()} {name}", sent)})
                if answer.status_code >= SERVER_ERRORS:
                    raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:200]}")


async def measured(home: Path, seconds: float, *, together: bool) -> tuple[Times, Times, int]:
    """Milliseconds while nothing else happens, before and after, and while hostile files are read; how many were."""
    async with product(home, together=together) as (port, cookie, installation):
        await used(port, cookie, seconds / 4)
        before = await used(port, cookie, seconds)
        context = multiprocessing.get_context("spawn")
        done = context.Event()
        bringing = context.Process(target=upload, args=(port, cookie, done))
        bringing.start()
        try:
            await until(lambda: begun(installation))
            during = await used(port, cookie, seconds)
        finally:
            done.set()
            await asyncio.to_thread(bringing.join)
        if bringing.exitcode:
            raise RuntimeError("The files could not be brought in.")
        await until(lambda: idle(installation))
        after = await used(port, cookie, seconds)
        async with installation.database.scoped(SYSTEM) as session:
            read = await session.scalar(
                select(func.count()).select_from(Ingestion).where(Ingestion.state.in_(FINISHED))
            )
        return {name: [*times, *after[name]] for name, times in before.items()}, during, int(read or 0)


async def begun(installation: Installation) -> bool:
    """Whether something waits to be read, or is being read."""
    return not await idle(installation)


def line(name: str, before: list[float], during: list[float]) -> str:
    """One kind of request on one line."""
    calm, busy = (np.percentile(times, (50, 95)) for times in (before, during))
    return (
        f"{name:8} idle p50 {calm[0]:6.1f} p95 {calm[1]:6.1f} ms ({len(before)})   "
        f"busy p50 {busy[0]:6.1f} p95 {busy[1]:6.1f} ms ({len(during)})   ×{busy[1] / calm[1]:.2f}"
    )


def main() -> None:
    """Measure and print; ends with 1 when others notice more than they may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long users read, each time")
    parser.add_argument("--together", action="store_true", help="the worker in the process of the web")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narplan-bench-") as name:
        home = Path(name)
        home.chmod(0o755)
        before, during, read = asyncio.run(measured(home, arguments.seconds, together=arguments.together))
    for kind in CASES:
        print(line(kind, before[kind], during[kind]))
    calm, busy = ([one for some in times.values() for one in some] for times in (before, during))
    ratio = float(np.percentile(busy, 95) / np.percentile(calm, 95))
    print(line("all", calm, busy))
    print(f"{read} files read; p95 ×{ratio:.2f} (at most {MOST})")
    raise SystemExit(ratio > MOST)


if __name__ == "__main__":
    main()
