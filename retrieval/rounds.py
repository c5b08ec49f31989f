"""A language model's turns: one that only writes, or a few in which it may call tools before it answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec

from initiatives.errors import NarplanError
from retrieval import prompts

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

MOST_CALLS = 3
"""How often a model may call tools for one answer."""
LONGEST_REPLY = 8_000
"""Characters after which a reply counts as endless; the arguments of its calls count too."""
MOST_AT_ONCE = 8
"""How many calls one turn may hold; those after the last that is allowed are refused unread."""
CALLED = frozenset({"tool_calls", "function_call", "stop"})
"""How servers say that a turn with calls is finished."""


class ModelFailed(NarplanError):
    """The language model gave no usable answer; the extractive answer stands."""

    title: ClassVar[str] = "Språkmodellen svarade inte"


class ToolRefused(NarplanError):
    """A call that cannot be done; the detail tells the model what to do instead."""

    title: ClassVar[str] = "Anropet gick inte att göra"


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may call: what it is for, the JSON Schema of what it takes, and what does it.

    ``call`` gets the arguments as the model wrote them and raises `ToolRefused` for those that it cannot use. It reads,
    and changes nothing.
    """

    name: str
    description: str
    takes: dict[str, Any]
    call: Callable[[bytes], Awaitable[str]]

    @property
    def told(self) -> dict[str, Any]:
        """The tool as OpenAI's protocol describes it."""
        function = {"name": self.name, "description": self.description, "parameters": self.takes}
        return {"type": "function", "function": function}


@dataclass(slots=True)
class Call:
    """A call as it comes, piece by piece."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Turn:
    """What a model said in one turn: words, and calls of tools."""

    text: str = ""
    calls: dict[int, Call] = field(default_factory=dict)
    finish: str | None = None

    @property
    def length(self) -> int:
        """Characters of it all."""
        return len(self.text) + sum(len(call.name) + len(call.arguments) for call in self.calls.values())


async def written(chat: BaseChatModel, messages: Sequence[tuple[str, str] | BaseMessage]) -> str:
    """The finished reply of a model that was offered no tools. Raises `ModelFailed`."""
    turn = await _turn(chat, messages)
    if turn.calls:
        raise ModelFailed("Modellen försökte använda ett verktyg i stället för att svara.")
    return turn.text


async def searched(
    chat: BaseChatModel, messages: Sequence[tuple[str, str] | BaseMessage], tools: Sequence[Tool]
) -> str:
    """The finished reply of a model that may call tools first, `MOST_CALLS` times in all. Raises `ModelFailed`.

    What counts as a call is what the protocol says is one, never the words of a reply.
    """
    by_name = {tool.name: tool for tool in tools}
    told = [tool.told for tool in tools]
    said, left = list(messages), MOST_CALLS
    while True:
        offered = chat.bind_tools(told) if left > 0 else chat.bind_tools(told, tool_choice="none")
        turn = await _turn(offered, said)
        if not turn.calls:
            return turn.text
        if left <= 0:
            raise ModelFailed("Modellen sökte utan att komma fram till ett svar.")
        said += await _done(turn, by_name, left)
        left -= len(turn.calls)


async def _turn(chat: Any, messages: Sequence[tuple[str, str] | BaseMessage]) -> Turn:
    """One finished turn. A stream that is cut looks finished, but for its missing reason."""
    turn = Turn()
    async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", chat.astream(messages))) as chunks:
        async for chunk in chunks:
            turn.text += chunk.text
            for piece in chunk.tool_call_chunks:
                _add(turn, piece.get("index"), piece.get("id"), piece.get("name"), piece.get("args"))
            if turn.length > LONGEST_REPLY or len(turn.calls) > MOST_AT_ONCE:
                raise ModelFailed("Modellens svar tog aldrig slut.")
            turn.finish = chunk.response_metadata.get("finish_reason")
            if turn.finish is not None:
                break
    if turn.finish not in (CALLED if turn.calls else {"stop"}):
        raise ModelFailed("Modellens svar bröts innan det var klart.")
    return turn


def _add(turn: Turn, index: int | None, key: str | None, name: str | None, arguments: str | None) -> None:
    """Put a piece of a call where it belongs; servers that number no calls send each whole."""
    call = turn.calls.setdefault(len(turn.calls) if index is None else index, Call())
    call.id = call.id or key or ""
    call.name += name or ""
    call.arguments += arguments or ""


async def _done(turn: Turn, tools: dict[str, Tool], left: int) -> list[BaseMessage]:
    """The model's turn and the answer to each of its calls, of which ``left`` are done."""
    from langchain_core.messages import AIMessage, ToolMessage
    from langchain_core.messages.tool import tool_call

    calls = list(enumerate(turn.calls.values()))
    keys = [call.id or f"anrop-{place}" for place, call in calls]
    asked = [tool_call(name=call.name, args=_as_object(call.arguments), id=keys[place]) for place, call in calls]
    results = [await _result(call, tools) if place < left else prompts.NO_MORE_CALLS for place, call in calls]
    answers = [ToolMessage(content, tool_call_id=key) for key, content in zip(keys, results, strict=True)]
    return [AIMessage("", tool_calls=asked), *answers]


async def _result(call: Call, tools: dict[str, Tool]) -> str:
    tool = tools.get(call.name)
    if tool is None:
        return prompts.NO_SUCH_TOOL.format(names=", ".join(tools))
    try:
        return await tool.call(call.arguments.encode(errors="replace"))
    except ToolRefused as refusal:
        return prompts.inside(refusal.detail)


def _as_object(arguments: str) -> dict[str, Any]:
    """Arguments as they are sent back to the model; those that are no JSON object become an empty one."""
    try:
        return msgspec.json.decode(arguments.encode(errors="replace"), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}
