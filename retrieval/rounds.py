"""A language model's turns: one that only writes, or a few in which it may call tools before it answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec

from initiatives.errors import NarplanError
from retrieval import prompts
from retrieval.metering import Meter, ModelFailed, Use, tokens

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

MOST_CALLS = 3
"""How often a model may call tools for one answer."""
LONGEST_REPLY = 8_000
"""Characters after which a reply counts as endless; the arguments of its calls count too."""
LONGEST_RESULT = 6_000
"""Characters of what one call gives, cut at the end of a line."""
USE_SECONDS = 1.0
"""How long a finished answer waits for a server to say what it took."""
MOST_AT_ONCE = 8
"""How many calls one turn may hold; those after the last that is allowed are refused unread."""
CALLED = frozenset({"tool_calls", "function_call", "stop"})
"""How servers say that a turn with calls is finished."""


class ToolRefused(NarplanError):
    """A call that cannot be done; the detail tells the model what to do instead."""

    title: ClassVar[str] = "Anropet gick inte att göra"


log = logging.getLogger(__name__)


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
    """What a model said in one turn: words, and calls of tools; ``use`` is what it took to read and write, if told."""

    text: str = ""
    calls: dict[int, Call] = field(default_factory=dict)
    finish: str | None = None
    use: Use | None = None

    @property
    def length(self) -> int:
        """Characters of it all."""
        return len(self.text) + sum(len(call.name) + len(call.arguments) for call in self.calls.values())


async def written(chat: BaseChatModel, messages: Sequence[tuple[str, str]], meter: Meter) -> str:
    """The finished reply of a model that was offered no tools. Raises `ModelFailed`."""
    turn = await _turn(chat, messages, (), meter)
    if turn.calls:
        raise ModelFailed("Modellen försökte använda ett verktyg i stället för att svara.")
    return turn.text


async def searched(
    chat: BaseChatModel, messages: Sequence[tuple[str, str]], tools: Sequence[Tool], meter: Meter
) -> str:
    """The finished reply of a model that may call tools first, `MOST_CALLS` times in all. Raises `ModelFailed`.

    What counts as a call is what the protocol says is one, never the words of a reply.
    """
    by_name = {tool.name: tool for tool in tools}
    said: list[tuple[str, str] | BaseMessage] = list(messages)
    left = MOST_CALLS
    while True:
        turn = await _turn(chat, said, tools, meter, may_call=left > 0)
        if not turn.calls:
            return turn.text
        if left <= 0:
            raise ModelFailed("Modellen sökte utan att komma fram till ett svar.")
        said += await _done(turn, by_name, left)
        left -= len(turn.calls)


async def _turn(
    chat: BaseChatModel,
    messages: Sequence[tuple[str, str] | BaseMessage],
    tools: Sequence[Tool],
    meter: Meter,
    *,
    may_call: bool = True,
) -> Turn:
    """One finished turn within what the meter lets through."""
    told = [tool.told for tool in tools]
    sent = tokens(len(msgspec.json.encode(told)) + sum(map(_length, messages)))
    meter.begin(sent)
    settings: dict[str, Any] = {"extra_body": {"max_tokens": meter.left_to_write}, "stream_usage": meter.ask_for_use}
    if told:  # Not by `bind_tools`: nobody would close the stream inside what that returns.
        settings |= {"tools": told} if may_call else {"tools": told, "tool_choice": "none"}
    turn = Turn()
    try:
        await _read(chat.astream(messages, **settings), turn, meter)
    finally:
        meter.end(sent, tokens(turn.length), turn.use)
    if turn.finish not in (CALLED if turn.calls else {"stop"}):
        raise ModelFailed("Modellens svar bröts innan det var klart.")
    return turn


async def _read(stream: object, turn: Turn, meter: Meter) -> None:
    """Read a turn until it is finished. A stream that is cut looks finished, but for its missing reason."""
    try:
        async with (
            aclosing(cast("AsyncGenerator[AIMessageChunk, None]", stream)) as chunks,
            asyncio.timeout(None) as patience,
        ):
            async for chunk in chunks:
                _take(turn, chunk)
                if turn.finish is not None and (turn.use is not None or not meter.ask_for_use):
                    return
                if turn.finish is not None and patience.when() is None:
                    patience.reschedule(asyncio.get_running_loop().time() + USE_SECONDS)
    except TimeoutError:
        if turn.finish is None:
            raise


def _take(turn: Turn, chunk: AIMessageChunk) -> None:
    turn.text += chunk.text
    for piece in chunk.tool_call_chunks:
        _add(turn, piece.get("index"), piece.get("id"), piece.get("name"), piece.get("args"))
    if turn.length > LONGEST_REPLY or len(turn.calls) > MOST_AT_ONCE:
        raise ModelFailed("Modellens svar tog aldrig slut.")
    turn.finish = turn.finish or chunk.response_metadata.get("finish_reason")
    if use := chunk.usage_metadata:
        turn.use = Use(max(0, use["input_tokens"]), max(0, use["output_tokens"]))


def _length(message: tuple[str, str] | BaseMessage) -> int:
    """Characters of a message, with its calls."""
    if isinstance(message, tuple):
        return len(message[1])
    return len(message.text) + len(str(getattr(message, "tool_calls", "")))


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
        return _short(await tool.call(call.arguments.encode(errors="replace")))
    except ToolRefused as refusal:
        return prompts.inside(refusal.detail)
    except Exception as error:
        log.warning("A search for the language model failed", exc_info=True)
        raise ModelFailed("Närplans egen sökning åt den gick inte att göra.") from error


def _short(result: str) -> str:
    if len(result) <= LONGEST_RESULT:
        return result
    end = result.rfind("\n", 0, LONGEST_RESULT)
    return f"{result[: end if end > 0 else LONGEST_RESULT]}\n{prompts.CUT_SHORT}\n{prompts.END}"


def _as_object(arguments: str) -> dict[str, Any]:
    """Arguments as they are sent back to the model; those that are no JSON object become an empty one."""
    try:
        return msgspec.json.decode(arguments.encode(errors="replace"), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}
