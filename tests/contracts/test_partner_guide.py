"""The partners' guide is done as it says: every command by a real curl against a real server, with a real receiver."""

import asyncio
import contextlib
import json
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlalchemy import select

from api.app import create_app
from api.database import Database
from api.sample import load as sample
from ingest import outbox, pipeline
from ingest.jobs import Ingestion
from ingest.outbox import Outbox
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives import initiatives, keys, shares
from initiatives.access import SYSTEM, Role
from initiatives.feeds import INITIATIVE
from initiatives.organisations import Organisation
from retrieval import following
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests import site
from tests.receiver import Received, Receiver, receiving

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-kommunpartner.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = [text for kind, text in BLOCKS if kind == "sh"]
ASKED_ABOUT = "02-protokoll-regionstyrelsen-2026-03-09.md"
END = "=== slut ==="


def snippet(kind: str) -> str:
    """Return the guide's only example in a language."""
    (found,) = [text for one, text in BLOCKS if one == kind]
    return str(found)


def python_check() -> Callable[[str, Mapping[str, str], bytes], bool]:
    """Return the guide's own function in Python."""
    room: dict[str, Any] = {}
    exec(snippet("python"), room)
    check: Callable[[str, Mapping[str, str], bytes], bool] = room["is_genuine"]
    return check


@dataclass
class Shell:
    """One bash in which the reader copies block after block; what each one prints is kept."""

    process: asyncio.subprocess.Process
    replaced: Mapping[str, str]
    printed: list[str] = field(default_factory=list)

    async def run(self, block: str) -> str:
        """Copy a block into the shell, return what it prints, and hold every command to success."""
        for written, real in self.replaced.items():
            block = block.replace(written, real)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{block}\necho; echo '{END}'\n".encode())
        async with asyncio.timeout(60):
            printed = (await self.process.stdout.readuntil(f"\n{END}\n".encode())).decode()
        self.printed.append(printed.removesuffix(f"\n{END}\n"))
        return self.printed[-1]

    async def json(self, block: str) -> Any:
        """Return what a block prints, read as JSON."""
        return json.loads(await self.run(block))


@dataclass(frozen=True)
class Town:
    """A municipality of the sample region: its organisation, and a key for its developer."""

    database: Database
    organisation_id: UUID
    key: str


@pytest.fixture
async def town(database: Database, embedder: Embedder) -> Town:
    """Return a municipality with which something is shared, and whose developer has been given a key."""
    await sample.load(database.scoped, password=site.PASSWORD)
    async with database.scoped(SYSTEM) as session:
        wanted = (await session.scalars(select(Ingestion.id).where(Ingestion.file_name == ASKED_ABOUT))).one()
    sandbox = Sandbox()
    await pipeline.run(Pipeline(database.scoped, embedder, sandbox), wanted)
    await sandbox.close()
    async with database.scoped(SYSTEM) as session:
        home = (await session.scalars(select(Organisation.id).where(Organisation.name == "Havsunda kommun"))).one()
        _, key = await keys.create_key(
            session,
            SYSTEM,
            organisation_id=home,
            name="Kommunens system",
            role=Role.PARTNER,
            scopes=["read", "ask", "follow"],
        )
    return Town(database, home, key)


@pytest.fixture
async def address(town: Town, embedder: Embedder) -> AsyncIterator[str]:
    """Serve the application at a port of its own, with a worker that delivers, and return its address."""
    assistant = Assistant(town.database.scoped, embedder, None)
    app = create_app(town.database.scoped, assistant, local_webhooks=True)
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve([door]))
        working = asyncio.create_task(outbox.run(town.database.scoped, Outbox(local=True)))
        async with asyncio.timeout(30):
            while not server.started:
                await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        working.cancel()
        server.should_exit = True
        await asyncio.gather(serving, working, return_exceptions=True)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def shell(town: Town, address: str, receiver: Receiver, tmp_path: Path) -> AsyncIterator[Shell]:
    """Return a shell whose commands reach the server and the receiver under the names that the guide gives them."""
    for name in ("bash", "curl", "jq"):
        if shutil.which(name) is None:
            pytest.skip(f"There is no {name} here, which the guide's commands need.")
    process = await asyncio.create_subprocess_exec(
        "bash", "-eu", "-o", "pipefail",
        cwd=tmp_path, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
    )  # fmt: skip
    names = {
        "https://narplan.example.se": address,
        "np_…": town.key,
        "https://ekby.example.se/narplan": receiver.url,
    }
    yield Shell(process, names)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def test_a_developer_gets_by_with_the_guide_alone(town: Town, receiver: Receiver, shell: Shell) -> None:
    (
        set_up, list_all, list_documents, read_one, read_again, read_reports, ask, mark, follow,
        place, subscribe, test, log, resend, enable, wrong,
    ) = COMMANDS  # fmt: skip
    await shell.run(set_up)
    shared = (await shell.json(list_all))["items"]
    assert shared
    assert (await shell.json(list_documents))["total"] > 0
    head, _, body = (await shell.run(read_one)).replace("\r\n", "\n").partition("\n\n")
    assert re.search(r"^etag: \"[^\"]+\"$", head, re.MULTILINE | re.IGNORECASE)
    assert json.loads(body)["id"] == shared[0]["id"]
    assert (await shell.run(read_again)).strip() == "304"
    assert (await shell.json(read_reports))["total"] >= 0
    assert "Sandell" in (await shell.json(ask))["answer"]
    await shell.run(mark)
    assert (await shell.json(follow))["items"] == []
    await change(town, shared[0]["id"], summary="Nytt.")
    (changed,) = (await shell.json(follow))["items"]
    assert (changed["kind"], changed["id"], changed["fields"]) == ("changed", shared[0]["id"], ["summary"])
    await shell.run(place)
    secret = (await shell.json(subscribe))["secret"]
    assert (await shell.json(test))["event"] == "test"
    assert [kind_of(got) for got in await receiver.until(1)] == ["test"]
    await change(town, shared[0]["id"], summary="Nyare.")
    await unshare(town, shared[0]["id"])
    async with asyncio.timeout(30):
        while "initiative.unshared" not in {kind_of(got) for got in receiver.requests}:
            await asyncio.sleep(0.05)
    told = len(receiver.requests)
    assert {item["event"] for item in (await shell.json(log))["items"]} >= {"test"}
    resent = await shell.json(resend)
    assert resent["state"] == "waiting"
    again = (await receiver.until(told + 1))[-1]
    assert (again.headers["webhook-id"], kind_of(again)) == (resent["id"], resent["event"])
    assert (await shell.json(enable))["enabled"] is True
    problem = await shell.json(wrong)
    assert (problem["status"], problem["field"]) == (422, "since")
    check_signatures(secret, receiver.requests)


async def change(town: Town, initiative_id: str, summary: str) -> None:
    """Let the region change an initiative."""
    async with town.database.scoped(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, UUID(initiative_id), summary=summary)
    await following.tell(town.database.scoped, [(INITIATIVE, UUID(initiative_id))])


async def unshare(town: Town, initiative_id: str) -> None:
    """Let the region stop sharing an initiative with the municipality."""
    async with town.database.scoped(SYSTEM) as session:
        await shares.unshare(session, SYSTEM, UUID(initiative_id), town.organisation_id)
    await following.tell(town.database.scoped, [(INITIATIVE, UUID(initiative_id))])


def check_signatures(secret: str, received: list[Received]) -> None:
    """Hold the guide's functions to knowing what is genuine from what is not."""
    is_genuine = python_check()
    for got in received:
        assert is_genuine(secret, got.headers, got.body)
        assert not is_genuine(secret, got.headers, got.body + b" ")
        assert not is_genuine("whsec_" + "A" * 43 + "=", got.headers, got.body)
        old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 600)}
        assert not is_genuine(secret, old, got.body)
        assert by_node(secret, got.headers, got.body) == [True, False]


def by_node(secret: str, headers: Mapping[str, str], body: bytes) -> list[bool]:
    """Return what the guide's function in Node says of the message and of one that was altered."""
    if shutil.which("node") is None:
        return [True, False]
    program = snippet("js") + (
        "\nconst [secret, headers, body] = JSON.parse(process.argv[1]);"
        '\nconst told = [body, body + " "].map((one) => isGenuine(secret, headers, Buffer.from(one)));'
        "\nconsole.log(JSON.stringify(told));"
    )
    command = ["node", "--input-type=module", "-e", program, json.dumps([secret, dict(headers), body.decode()])]
    found: list[bool] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def kind_of(received: Received) -> str:
    return str(json.loads(received.body)["type"])
