"""Measure the API over a large register: `python -m bench.api [--write YYYY-MM-DD] [--home FOLDER] [--seconds N]`.

Each way of reading is asked by eight clients at once, over HTTP, of one process. Then the list of initiatives is asked
as fast as it is answered: of Närplan, of asyncpg with nothing around it, and of FastAPI with SQLAlchemy's ORM. Read the
ratios of one run; milliseconds belong to the machine, the moment, and whatever else runs there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from api import migrations, postgres
from api.database import Database
from bench.api import report
from bench.api.cases import LIST, cases
from bench.api.client import Load, ask, once
from bench.api.data import Ids, Size, fill
from bench.api.data import ids as ids_in
from initiatives import credentials
from initiatives.access import SYSTEM
from initiatives.people import Person

PEERS = {"asyncpg": "asyncpg", "fastapi": "fastapi"}
"""The servers beside Närplan, with the library that must be installed for each."""


@contextlib.asynccontextmanager
async def serving(name: str, url: str) -> AsyncIterator[int]:
    """Run a server in a process of its own and give its port when it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.api.servers", name, url, str(port))
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def measured(port: int, paths: list[str], cookie: str, seconds: float) -> Load:
    """Ask for a while, after having asked for a shorter while."""
    await ask(port, paths, cookie, seconds / 4)
    return await ask(port, paths, cookie, seconds)


async def sign_in(url: str, person_id: str) -> str:
    """Return the cookie of a browser in which somebody is signed in."""
    database = Database(url)
    async with database.scoped(SYSTEM) as session:
        token = await credentials.open_session(session, await session.get_one(Person, UUID(person_id)))
    await database.close()
    return f"narplan={token}"


async def run(url: str, ids: Ids, seconds: float, only: str) -> report.Result:
    """Measure everything whose name holds `only`."""
    cookie = await sign_in(url, ids["person"][0])
    reads: dict[str, Load] = {}
    rates: dict[str, list[Load]] = {}
    async with serving("narplan", url) as port:
        for name, paths in cases(ids).items():
            if only in name:
                reads[name] = await measured(port, paths, cookie, seconds)
                print(report.line(name, reads[name]), flush=True)
    present = [name for name, library in PEERS.items() if importlib.util.find_spec(library)]
    async with contextlib.AsyncExitStack() as stack:
        ports = {name: await stack.enter_async_context(serving(name, url)) for name in ("narplan", *present)}
        sizes = {name: len(await once(port, LIST[0], cookie)) for name, port in ports.items()}
        for _ in range(3):  # In turn, so that a busy moment falls on all of them.
            for name, port in ports.items():
                rates.setdefault(name, []).append(await measured(port, LIST, cookie, seconds))
    for name, loads in rates.items():
        print(report.rate(name, loads, rates["narplan"], sizes[name]), flush=True)
    return report.Result(reads, rates)


def main() -> None:
    """Fill a database, unless the home has one, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", metavar="YYYY-MM-DD", help="keep the figures, dated, in bench/results")
    parser.add_argument("--home", type=Path, help="where the database is, or is filled; without, a temporary place")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each is asked")
    parser.add_argument("--only", default="", metavar="WORD", help="only the reads whose name has this in it")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        home = chosen.home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="narplan-bench-")))
        filled = (home / "filled").exists()
        server = stack.enter_context(postgres.running(home, durable=False))
        asyncio.run(migrations.upgrade(server.url(postgres.OWNER), application_role=postgres.APPLICATION))
        if not filled:
            asyncio.run(fill(server, Size()))
            (home / "filled").write_text(time.strftime("%F"), encoding="utf-8")
        ids = asyncio.run(ids_in(server))
        result = asyncio.run(run(str(server.url()), ids, chosen.seconds, chosen.only))
        if chosen.write:
            report.write(result, chosen.write)


if __name__ == "__main__":
    main()
