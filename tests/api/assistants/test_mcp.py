"""The official client of the Model Context Protocol, in both revisions, and raw messages that it never sends."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from api.app import create_app
from api.assistants.protocol import NEWEST, OF_CLIENT, OF_REVISION, REVISIONS, WITH_HANDSHAKE
from initiatives.access import Role
from initiatives.allowance import Limits
from initiatives.keys import Scope
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests import site
from tests.api.assistants.conftest import MUNICIPALITY, Served
from tests.clients import connect

QUESTION = "Vem reserverade sig mot beslutet om centrum för nära vård?"
NAMES = ["search", "ask", "list_initiatives", "get_initiative", "list_deadlines"]
MODES = {"legacy": WITH_HANDSHAKE[0], "auto": NEWEST, NEWEST: NEWEST}

each_mode = pytest.mark.parametrize("mode", MODES)


@asynccontextmanager
async def connected(served: Served, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    """Open the official client with a key."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http:
        transport = streamable_http_client(f"{served.address}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


def request(method: str, number: int | None = 1, **params: Any) -> dict[str, Any]:
    """Return a message as the revisions with a handshake have it."""
    known = {} if number is None else {"id": number}
    return {"jsonrpc": "2.0", **known, "method": method, "params": params}


def enveloped(method: str, **params: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a message as the newest revision has it, with its headers."""
    told = request(method, **params, _meta={OF_REVISION: NEWEST, OF_CLIENT: {}})
    named = {"Mcp-Name": params["name"]} if "name" in params else {}
    return told, {"MCP-Protocol-Version": NEWEST, "Mcp-Method": method, **named}


async def call(client: httpx.AsyncClient, name: str, **arguments: Any) -> Any:
    """Return what a tool gives by a raw call."""
    answer = await client.post("/mcp", json=request("tools/call", name=name, arguments=arguments))
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


@each_mode
async def test_the_official_client_finds_every_tool_and_what_it_takes(served: Served, key: str, mode: str) -> None:
    async with connected(served, key, mode) as client:
        assert client.session.protocol_version == MODES[mode]
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert tool.annotations
        assert tool.annotations.read_only_hint is True
        assert tool.input_schema["type"] == "object"
        assert tool.output_schema
        assert tool.output_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        assert all("description" in one for one in tool.input_schema["properties"].values())


@each_mode
async def test_each_tool_gives_what_its_schema_says(served: Served, key: str, mode: str) -> None:
    """The client itself holds what is structured to the schema."""
    async with connected(served, key, mode) as client:
        answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        assert answer
        assert "Maj-Britt Sandell" in answer["answer"]
        [source] = answer["sources"]
        found = (await client.call_tool("search", {"query": QUESTION, "limit": 3})).structured_content
        assert found
        assert len(found["passages"]) == 3
        for one in (source, *found["passages"]):
            assert one["address"].startswith(f"{served.address}/dokument/")
        initiatives = (await client.call_tool("list_initiatives", {"limit": 2})).structured_content
        assert initiatives
        assert len(initiatives["items"]) == 2 < initiatives["total"]
        first = initiatives["items"][0]
        one = (await client.call_tool("get_initiative", {"id": first["id"]})).structured_content
        assert one == first
        dates = (await client.call_tool("list_deadlines", {"from_on": "2026-01-01", "limit": 5})).structured_content
        assert dates
        assert len(dates["items"]) == 5
        told = await client.call_tool("list_deadlines", {"from_on": "2026-02-01", "to_on": "2026-01-01"})
        assert told.is_error
        asked = {"question": "Vilka initiativ saknar slutdatum?"}
        answer = (await client.call_tool("ask", asked)).structured_content
        assert answer
        assert answer["answered_by"] == "register"
        assert {row["kind"] for row in answer["register"]["rows"]} == {"initiative"}


async def test_what_a_tool_gives_is_what_the_api_gives(caller: httpx.AsyncClient) -> None:
    for name, path, most in (("list_initiatives", "initiatives", 100), ("list_deadlines", "deadlines", 100)):
        given = (await call(caller, name, limit=most))["structuredContent"]
        listed = (await caller.get(f"/api/v1/{path}", params={"limit": most})).json()
        assert [{k: v for k, v in item.items() if k != "address"} for item in given["items"]] == listed["items"]
        assert given["total"] == listed["total"]


async def test_a_key_finds_only_the_tools_that_it_may_use(served: Served) -> None:
    async with served.client(await served.key(Scope.ASK)) as asking:
        tools = (await asking.post("/mcp", json=request("tools/list"))).json()["result"]["tools"]
        assert [tool["name"] for tool in tools] == ["search", "ask"]
        refused = await call(asking, "list_initiatives")
    assert refused["isError"] is True
    assert "read" in refused["content"][0]["text"]


async def test_a_municipality_sees_what_is_shared_with_it_and_no_more(
    served: Served, caller: httpx.AsyncClient
) -> None:
    everything = (await call(caller, "list_initiatives", limit=100))["structuredContent"]
    secret = await served.key(Scope.READ, Scope.ASK, role=Role.PARTNER, owner=MUNICIPALITY)
    async with served.client(secret) as partner:
        shared = (await call(partner, "list_initiatives", limit=100))["structuredContent"]
        assert 0 < shared["total"] < everything["total"]
        seen = {item["id"] for item in shared["items"]}
        hidden = next(item["id"] for item in everything["items"] if item["id"] not in seen)
        foreign = await call(partner, "get_initiative", id=hidden)
        assert foreign == await call(partner, "get_initiative", id="01976a10-0000-7000-8000-00000000000a")
        overview = [item for item in shared["items"] if item["profile"] == "översikt"]
        assert all(item["summary"] is None and item["budget_kronor"] is None for item in overview)


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("ask", {}, "Fältet saknas"),
        ("ask", {"question": " "}, "question: "),
        ("ask", {"question": "x" * 2001}, "högst 2000"),
        ("ask", {"question": "Hej", "svara": "ja"}, "Fältet finns inte"),
        ("search", {"query": "vård", "limit": 1000}, "limit: Talet är för stort"),
        ("list_initiatives", {"status": ["kanske"]}, "status"),
        ("list_initiatives", {"q": "a\0b"}, ""),
        ("get_initiative", {"id": "1"}, "id: Ange ett id"),
        ("list_deadlines", {"from_on": "i morgon"}, "from_on: Ange ett datum"),
    ],
)
async def test_wrong_arguments_are_told_to_the_assistant(
    caller: httpx.AsyncClient, name: str, arguments: dict[str, Any], word: str
) -> None:
    told = await call(caller, name, **arguments)
    assert told["isError"] is True
    assert word in told["content"][0]["text"]


async def test_there_is_no_stream_to_open_and_no_session_to_end(caller: httpx.AsyncClient) -> None:
    for method in ("GET", "DELETE"):
        answer = await caller.request(method, "/mcp", headers={"Accept": "text/event-stream"})
        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]


async def test_only_a_key_opens_it_and_no_other_site_may_lead_a_browser_here(served: Served, key: str) -> None:
    listing = request("tools/list")
    async with served.client(None) as nobody:
        refused = await nobody.post("/mcp", json=listing)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert refused.json()["error"]["message"].endswith(".")
    async with served.client("np_00000000_finns-inte") as stranger:
        assert (await stranger.post("/mcp", json=listing)).status_code == 401
    async with served.site.browser(site.PROGRAMME) as browser:
        assert (await browser.post("/mcp", json=listing)).status_code == 401
    async with served.client(key) as client:
        for origin, status in (("https://evil.example", 403), ("null", 403), (served.address, 200)):
            assert (await client.post("/mcp", json=listing, headers={"Origin": origin})).status_code == status


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", -32700),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": ' + b"[" * 200_000, -32700),
        (b"\xff", -32700),
        (b"[]", -32600),
        (json.dumps([request("ping")]).encode(), -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "result": {}}', -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600),
    ],
)
async def test_what_is_no_message_is_refused(caller: httpx.AsyncClient, content: bytes, code: int) -> None:
    answer = await caller.post("/mcp", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (400, code, None)


async def test_a_handshake_settles_on_a_revision_that_both_speak(caller: httpx.AsyncClient) -> None:
    for wanted, settled in ((WITH_HANDSHAKE[1], WITH_HANDSHAKE[1]), ("2024-11-05", WITH_HANDSHAKE[0])):
        given = (await caller.post("/mcp", json=request("initialize", protocolVersion=wanted))).json()["result"]
        assert (given["protocolVersion"], given["serverInfo"]["name"]) == (settled, "narplan")
    greeted = await caller.post("/mcp", json=request("notifications/initialized", None))
    assert (greeted.status_code, greeted.content) == (202, b"")
    headers = {"MCP-Protocol-Version": WITH_HANDSHAKE[0]}
    assert (await caller.post("/mcp", json=request("ping"), headers=headers)).json()["result"] == {}
    unknown = await caller.post("/mcp", json=request("resources/list"), headers=headers)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (200, -32601)


async def test_a_revision_that_is_not_spoken_is_answered_with_those_that_are(caller: httpx.AsyncClient) -> None:
    answer = await caller.post("/mcp", json=request("ping"), headers={"MCP-Protocol-Version": "2031-01-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32022)
    assert answer.json()["error"]["data"] == {"supported": list(REVISIONS), "requested": "2031-01-01"}


async def test_in_the_newest_revision_headers_and_content_must_agree(caller: httpx.AsyncClient) -> None:
    told, headers = enveloped("tools/call", name="list_initiatives", arguments={"limit": 1})
    right = await caller.post("/mcp", json=told, headers=headers)
    assert right.json()["result"]["resultType"] == "complete"
    wrapped = "=?base64?" + base64.b64encode(b"list_initiatives").decode() + "?="
    assert (await caller.post("/mcp", json=told, headers={**headers, "Mcp-Name": wrapped})).status_code == 200
    for wrong in ({"Mcp-Method": "tools/list"}, {"Mcp-Name": "ask"}, {"MCP-Protocol-Version": WITH_HANDSHAKE[0]}):
        refused = await caller.post("/mcp", json=told, headers={**headers, **wrong})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
    bare = await caller.post("/mcp", json=request("tools/list"), headers=headers)
    assert (bare.status_code, bare.json()["error"]["code"]) == (400, -32602)
    unknown, unknown_headers = enveloped("resources/list")
    missing = await caller.post("/mcp", json=unknown, headers=unknown_headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, -32601)


async def test_questions_are_counted_as_questions_wherever_they_are_asked(served: Served, embedder: Embedder) -> None:
    database = served.site.database
    app = create_app(database.scoped, Assistant(database.scoped, embedder, None), allowed=Limits(questions=2))
    secret = await served.key(Scope.READ, Scope.ASK)
    async with connect(app, Authorization=f"Bearer {secret}") as client:
        await call(client, "ask", question=QUESTION)
        asked = {"messages": [{"role": "user", "content": QUESTION}]}
        assert (await client.post("/v1/chat/completions", json=asked)).status_code == 200
        for refused in (
            await client.post("/v1/chat/completions", json=asked),
            await client.post("/mcp", json=request("tools/call", name="search", arguments={"query": "vård"})),
        ):
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0
            assert "Vänta" in refused.json()["error"]["message"]
        assert (await call(client, "list_initiatives"))["isError"] is False
