"""The guide for other assistants is done as it says: each example is copied out and run against a real server."""

import asyncio
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from api.assistants.protocol import REVISIONS
from api.assistants.tools import TOOLS
from initiatives.access import Role
from initiatives.keys import Scope
from tests.api.assistants.conftest import Served, served

__all__ = ["served"]

GUIDE = (Path(__file__).parents[2] / "docs" / "andra-assistenter.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)
ADDRESS, KEY = "https://narplan.example.se", "np_…"
ANSWER = "Maj-Britt Sandell"


def blocks(kind: str) -> list[str]:
    """Return the guide's examples in a language."""
    return [text for one, text in BLOCKS if one == kind]


@pytest.fixture(scope="module")
async def secret(served: Served) -> str:
    """Return a key as the guide makes it."""
    role, scopes = re.findall(r"--role (\w+)", GUIDE)[0], re.findall(r"--scope (\w+)", GUIDE)
    return await served.key(*map(Scope, scopes), role=Role(role))


async def run(served: Served, secret: str, *command: str, program: str) -> str:
    """Give a program the text of an example with the real address and key in it, and return what it prints."""
    text = program.replace(ADDRESS, served.address).replace(KEY, secret)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        printed, wrong = await process.communicate(text.encode())
    assert process.returncode == 0, wrong.decode()
    return printed.decode()


async def test_the_calls_of_curl(served: Served, secret: str) -> None:
    for name in ("bash", "curl"):
        if shutil.which(name) is None:
            pytest.skip(f"There is no {name} here, which the guide's commands need.")
    set_up, models, whole, pieces = blocks("sh")
    end = "\necho; echo '=== slut ==='\n"
    printed = await run(served, secret, "bash", "-eu", program=set_up + end.join((models, whole, pieces)))
    listed, answered, streamed = printed.split("=== slut ===")
    assert [one["id"] for one in json.loads(listed)["data"]] == ["narplan"]
    assert ANSWER in json.loads(answered)["choices"][0]["message"]["content"]
    assert streamed.rstrip().endswith("data: [DONE]")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, (ANSWER, "Källor:", "model_not_found Det finns ingen modell som heter så.")),
        (1, (*TOOLS, ANSWER)),
        (2, (ANSWER, "Källor:")),
        (3, ("Protokoll från regionstyrelsen", f"{ANSWER} reserverar sig", "[1] ")),
    ],
    ids=["openai", "mcp", "langchain-model", "langchain-retriever-and-tool"],
)
async def test_the_programs_in_python(served: Served, secret: str, number: int, words: tuple[str, ...]) -> None:
    printed = await run(served, secret, sys.executable, "-", program=blocks("python")[number])
    assert [word for word in words if word not in printed] == [], printed


def test_the_settings_of_a_client_are_json_with_the_address_and_the_key() -> None:
    [text] = blocks("json")
    [settings] = json.loads(text)["mcpServers"].values()
    assert settings == {"type": "http", "url": f"{ADDRESS}/mcp", "headers": {"Authorization": f"Bearer {KEY}"}}


def test_every_tool_and_revision_is_told() -> None:
    rows: dict[str, Any] = dict(re.findall(r"^\| `(\w+)` \| .+ \| `(\w+)` \|$", GUIDE, re.MULTILINE))
    assert rows == {name: tool.scope for name, tool in TOOLS.items()}
    assert [word for word in REVISIONS if word not in GUIDE] == []
