"""Secrets that are sent to a real server, which logs all it can, are neither in its log nor in what it answers."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, get, post
from sqlalchemy import text

from api.app import create_app
from api.database import Database
from api.dependencies import Sessions
from initiatives.access import SYSTEM, Role
from tests import factories
from tests.api.cli.test_serving import free_port

SERVER = """
import sys, uvicorn
from api import logs, settings
from tests.api.test_secrets import broken
from api.database import Database

found = settings.load()
logs.configure(found.log_level)
config = uvicorn.Config(broken(Database(found.database_url)), port=int(sys.argv[1]), log_config=None)
uvicorn.Server(config).run()
"""
CANARY = "kanariefågel-0123456789abcdef".replace("å", "a")
HTML = {"accept": "text/html"}


@get("/api/v1/test/duplicate", opt={"public": True})
async def duplicate(sessions: Sessions, name: str) -> None:
    """Fail in the database with the secret among the values of the statement."""
    async with sessions(SYSTEM) as session:
        await session.execute(text("SELECT 1 FROM nowhere WHERE name = :name"), {"name": name})


@post("/api/v1/test/boom", opt={"public": True})
async def boom(data: dict[str, str]) -> None:
    """Fail with the body among what the traceback could show."""
    raise RuntimeError(f"token={data['token']} password: '{data['password']}'")


def broken(database: Database) -> Litestar:
    """Return the application with handlers that fail."""
    app = create_app(database.scoped, None)
    for handler in (duplicate, boom):
        app.register(handler)
    return app


@contextlib.contextmanager
def logged(database: Database, folder: Path) -> Iterator[tuple[str, Path]]:
    """Run the server in a process of its own at the chattiest level; give its address and the file of its log."""
    environment = {
        "NARPLAN_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "NARPLAN_LOG_LEVEL": "debug",
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    port, log = free_port(), folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(port)], env=environment, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.kill()
        process.wait()


@pytest.fixture
async def caller(database: Database, tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Path]]:
    with logged(database, tmp_path) as (address, log):
        async with httpx.AsyncClient(base_url=address, timeout=60) as client, asyncio.timeout(120):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await client.get("/healthz")
                    break
                await asyncio.sleep(0.1)
            yield client, log


async def test_no_secret_that_is_sent_is_written_or_sent_back(
    database: Database, caller: tuple[httpx.AsyncClient, Path]
) -> None:
    client, log = caller
    async with database.scoped(SYSTEM) as session:
        await factories.person(session, Role.PROGRAMME_GROUP, email="a@x.example", password=f"{CANARY}-right")
        _, key = await factories.key(session, Role.PROGRAMME_GROUP)
    answers = [
        await client.post("/api/v1/session", json={"email": "a@x.example", "password": f"{CANARY}-wrong"}),
        await client.post("/api/v1/session", json={"email": f"{CANARY}@x.example", "password": [CANARY]}),
        await client.post("/api/v1/session", content=f'{{"email": "a", "password": "{CANARY}"'),
        await client.post("/logga-in", data={"epost": "a@x.example", "losenord": CANARY}, headers=HTML),
        *[
            await client.get(path, headers={**HTML, "authorization": f"{kind} {CANARY}"})
            for kind in ("Bearer", "Basic")
            for path in ("/", "/api/v1/initiatives", "/finns-inte", "/api/v1/test/duplicate?name=x")
        ],
        await client.get("/api/v1/session", headers={"cookie": f"narplan={CANARY}; narplan-kand={CANARY}"}),
        await client.post("/api/v1/funds", json={}, headers={"cookie": f"narplan={CANARY}"}),
        await client.get(f"/api/v1/initiatives?q={CANARY}&token={CANARY}&limit=x"),
        await client.get(f"/logga-in/konto/klart?code={CANARY}&state={CANARY}", headers=HTML),
        await client.get(f"/api/v1/test/duplicate?name={CANARY}"),
        await client.post("/api/v1/test/boom", json={"token": CANARY, "password": CANARY}),
        await client.post("/api/v1/funds", json={"name": CANARY}, headers={"authorization": f"Bearer {key}"}),
        await client.get(f"/inbjudan/{CANARY}", headers=HTML),
    ]
    right = await client.post("/api/v1/session", json={"email": "a@x.example", "password": f"{CANARY}-right"})
    assert right.status_code == 201
    written = log.read_text()
    assert [answer.status_code for answer in answers].count(500) == 2
    assert written.count("Traceback") >= 2, "the log has what went wrong"
    cookies = [cookie.partition("=")[2].partition(";")[0] for cookie in right.headers.get_list("set-cookie")]
    for secret in (CANARY, key.rpartition("_")[2], *cookies):
        assert secret not in written, re.findall(rf".*{re.escape(secret)}.*", written)[:3]
    for answer in answers:
        assert CANARY not in answer.text, answer.request.url
