"""The doors for other assistants show a key what it may see, and nothing of what is foreign to it.

They stand outside the description of the API, and therefore outside the matrix: these are their rows and canaries.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.keys import Scope
from tests import factories
from tests.access.bench import Bench, _over
from tests.access.world import Actor

CHAT, MCP, MODELS = "/v1/chat/completions", "/mcp", "/v1/models"
Request = Mapping[str, Any]


def chat(text: str, *, stream: bool = False) -> Request:
    """Return a question as OpenAI's clients ask it."""
    said = {"model": "narplan", "messages": [{"role": "user", "content": text}], "stream": stream}
    return {"method": "POST", "url": CHAT, "json": said}


def tool(name: str, **arguments: object) -> Request:
    """Return a call of a tool."""
    params = {"name": name, "arguments": arguments}
    return {"method": "POST", "url": MCP, "json": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}}


def everything(word: str, initiative: object) -> list[Request]:
    """Return a request to each surface that could show something about a word or an initiative."""
    return [
        chat(f"Vad beslutades om {word}?"),
        chat(f"Vad beslutades om {word}?", stream=True),
        tool("ask", question=f"Vad beslutades om {word}?"),
        tool("search", query=word, limit=12),
        tool("list_initiatives", limit=100),
        tool("list_initiatives", q=word),
        tool("get_initiative", id=str(initiative)),
        tool("list_deadlines", limit=100),
        tool("list_deadlines", q=word),
    ]


@pytest.fixture(scope="module")
async def keyed(bench: Bench) -> Mapping[str, Actor]:
    """Return keys: of the region for all of it, and of either municipality for what is shared with it."""
    made = {}
    for name, role, side in (("region", Role.POLITICIAN, 0), ("A", Role.PARTNER, 0), ("B", Role.PARTNER, 1)):
        actor = bench.world.actors["politiker" if name == "region" else f"partner {name}"]
        assert actor.viewer
        async with _over(bench.connection)(SYSTEM) as session:
            home = actor.viewer.organisation_id
            _, secret = await factories.key(session, role, Scope.READ, Scope.ASK, organisation_id=home)
        headers = {"Authorization": f"Bearer {secret}"}
        made[name] = Actor(name, headers, actor.viewer, bench.world.sides[side].ids, bench.world.sides[1 - side].ids)
    return made


@pytest.mark.parametrize("side", [0, 1])
async def test_a_municipality_finds_its_own_words_and_never_those_of_another(
    bench: Bench, keyed: Mapping[str, Actor], side: int
) -> None:
    own, foreign = bench.world.sides[side], bench.world.sides[1 - side]
    actor = keyed["AB"[side]]
    found = ""
    for word, initiative in ((own.canary, own.ids["initiative"]), ("vård", foreign.ids["initiative"])):
        for request in everything(word, initiative):
            answer = await bench.send(actor, request)
            assert answer.status_code == 200, (request, answer.text)
            assert foreign.canary not in answer.text, request
            found += answer.text
    assert own.canary in found


async def test_who_sees_the_whole_register_finds_both(bench: Bench, keyed: Mapping[str, Actor]) -> None:
    answer = await bench.send(keyed["region"], tool("list_initiatives", limit=100))
    assert all(side.canary in answer.text for side in bench.world.sides)


async def test_what_is_foreign_cannot_be_told_from_nothing(bench: Bench, keyed: Mapping[str, Actor]) -> None:
    for actor in (keyed["A"], keyed["B"]):
        foreign, absent = actor.foreign["initiative"], str(new_id())
        theirs, nobodys = [
            blank(await bench.send(actor, tool("get_initiative", id=one)), one) for one in (foreign, absent)
        ]
        assert theirs == nobodys
        own = await bench.send(actor, tool("get_initiative", id=actor.own["initiative"]))
        assert own.json()["result"]["isError"] is False


def blank(answer: httpx.Response, asked: str) -> tuple[int, str]:
    """Return what an answer tells, with a blank for what was asked for."""
    return answer.status_code, answer.text.replace(asked, "…")


async def test_nobody_gets_in_but_with_a_key_that_holds(bench: Bench) -> None:
    """Cookies open nothing here, whoever they belong to; a revoked key is refused in the shape of the protocol."""
    requests = [{"method": "GET", "url": MODELS}, *everything("vård", new_id())]
    for actor in bench.world.actors.values():
        for request in requests:
            answer = await bench.send(actor, request)
            assert answer.status_code == 401, (actor.name, request, answer.text)
            error = answer.json()["error"]
            assert error["message"].endswith(".") or "Bearer" in error["message"]
            if request["url"] != MCP:
                assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
