"""Steps of programs that come by the doors for other assistants: they find what the API shows them, and no more."""

from typing import Any

import httpx

from initiatives.keys import Scope
from tests.access.model import Scoped
from tests.access.steps.questions import is_latest
from tests.access.walk import Step, Walk, viewer_of
from tests.access.world import Actor


async def ask_as_chat(walk: Walk) -> None:
    """Ask about a document by OpenAI's protocol: who sees it is answered from it."""
    programs = walk.programs(Scope.ASK)
    if programs:
        actor, thing = walk.random.choice(programs), walk.thing(walk.model.documents)
        word = walk.random.choice(sorted(thing.words))
        said = [{"role": "user", "content": f"Hur mycket avsätts till {word} under 2026?"}]
        body: dict[str, Any] = {"messages": said, "stream": walk.random.random() < 0.3}
        answer = await walk.call(actor, "POST", "/v1/chat/completions", json=body, status={200})
        if thing.seen_by(viewer_of(actor)) and is_latest(thing, word):
            walk.has(answer, {word})


async def read_by_tool(walk: Walk) -> None:
    """Search for an initiative and read it by tools: found by those who see it, else as if it were not there."""
    programs = walk.programs(Scope.READ)
    if programs:
        actor, thing = walk.random.choice(programs), walk.thing(walk.model.initiatives)
        await _read(walk, actor, thing)


async def _read(walk: Walk, actor: Actor, thing: Scoped) -> None:
    shown, word = thing.words_for(viewer_of(actor)), walk.random.choice(sorted(thing.words | thing.details))
    found = (await _call(walk, actor, "list_initiatives", q=word)).json()["result"]["structuredContent"]
    walk.expect(found["total"], int(word in shown), f"{actor.name} lists {word}")
    answer = await _call(walk, actor, "get_initiative", id=thing.id)
    walk.expect(answer.json()["result"]["isError"], not thing.seen_by(viewer_of(actor)), f"{actor.name} reads {word}")
    walk.has(answer, shown if thing.seen_by(viewer_of(actor)) else set())


async def _call(walk: Walk, actor: Actor, name: str, **arguments: object) -> httpx.Response:
    params = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return await walk.call(actor, "POST", "/mcp", json=body, status={200})


STEPS: dict[str, tuple[float, Step]] = {"ask_as_chat": (0.4, ask_as_chat), "read_by_tool": (2, read_by_tool)}
