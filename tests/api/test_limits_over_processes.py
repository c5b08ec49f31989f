"""Limits over two real processes on one database."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.database import Database
from tests.api.cli.test_serving import free_port

ALLOWED, ASKED, OPEN = 100, 1000, 200


SERVER = """
import sys, uvicorn
from dataclasses import replace
from datetime import timedelta
from api import settings
from api.app import create_app
from api.database import Database

found = settings.load()
app = create_app(Database(found.database_url).scoped, None, allowed=replace(found.limits, window=timedelta(hours=1)))
uvicorn.run(app, port=int(sys.argv[1]), backlog=2048, log_level="warning")
"""


class Served:
    """A server in a process of its own; without the model that answers questions, so that it starts at once."""

    def __init__(self, database: Database, **settings: str) -> None:
        environment = {
            "NARPLAN_DATABASE_URL": database.url.render_as_string(hide_password=False),
            "PATH": os.defpath,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            **settings,
        }
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=environment)

    async def ready(self) -> None:
        """Return when the server answers."""
        async with httpx.AsyncClient() as client, asyncio.timeout(120):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await client.get(f"{self.address}/readyz")
                    return
                await asyncio.sleep(0.1)


@pytest.fixture
async def servers(database: Database) -> AsyncIterator[list[Served]]:
    """Return two servers on one database."""
    started = [Served(database, NARPLAN_LIMIT_READS=str(ALLOWED)) for _ in range(2)]
    try:
        for server in started:
            await server.ready()
        yield started
    finally:
        for server in started:
            server.process.kill()
            server.process.wait()


async def test_of_a_thousand_at_once_over_two_processes_exactly_as_many_as_allowed_are_let_through(
    servers: list[Served],
) -> None:
    async with httpx.AsyncClient(
        timeout=300, limits=httpx.Limits(max_connections=OPEN, max_keepalive_connections=0)
    ) as client:
        paths = [f"{server.address}/api/v1/api-info" for server in servers] * (ASKED // 2)
        answers = await asyncio.gather(*map(client.get, paths))
    assert Counter(answer.status_code for answer in answers) == {200: ALLOWED, 429: ASKED - ALLOWED}
    let_through = Counter(answer.url.port for answer in answers if answer.status_code == 200)
    assert len(let_through) == 2, "both processes must have let some through, or the test shows nothing"
