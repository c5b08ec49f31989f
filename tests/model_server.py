"""A model server that speaks OpenAI's chat protocol as it should, and in all the ways that servers go wrong."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

END = b"data: [DONE]\n\n"
STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@dataclass
class Caller:
    """One connection: what was asked, and the way back."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: str | bytes) -> None:
        """Send, and wait until it is on its way."""
        self.writer.write(data if isinstance(data, bytes) else data.encode())
        await self.writer.drain()


Behaviour = Callable[[Caller], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: request line, headers by lower-case name, and body."""

    line: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class ModelServer:
    """A running server; `behaviour` answers the next request, `requests` holds those that came."""

    base_url: str = ""
    behaviour: Behaviour | None = None
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    _open: set[int] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it."""
        caller = Caller(reader, writer)
        key = id(caller)
        self._open.add(key)
        self.most_at_once = max(self.most_at_once, len(self._open))
        try:
            self.requests.append(await _request(reader))
            if self.behaviour is not None:
                await self.behaviour(caller)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(key)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    @property
    def open(self) -> int:
        """How many connections are being answered."""
        return len(self._open)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[ModelServer]:
    """Serve on a free port of this machine."""
    model = ModelServer()
    listening = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    model.base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    async with listening:
        yield model


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    is_json = headers.get("content-type") == "application/json" and not headers.get("content-encoding")
    return Request(head[0], headers, json.loads(body) if is_json else {})


def piece(text: str | None = None, finish: str | None = None, **delta: Any) -> str:
    """Return one event of the stream."""
    choice = {
        "index": 0,
        "delta": {**({"content": text} if text is not None else {}), **delta},
        "finish_reason": finish,
    }
    event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\n"


def says(answer: str, finish: str | None = "stop", use: tuple[int, int] | None = None) -> Behaviour:
    """Answer word by word, and end as a server should unless told otherwise; ``use`` is told as what it took."""

    async def behave(caller: Caller) -> None:
        await caller.send(STREAM + piece("", role="assistant"))
        for word in answer.split(" "):
            await caller.send(piece(f"{word} "))
        await caller.send((piece(finish=finish) if finish else "").encode() + (took(*use) if use else b"") + END)

    return behave


def took(sent: int, written: int) -> bytes:
    """Return the event that says what an answer took."""
    use = {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}
    event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": use}
    return f"data: {json.dumps(event)}\n\n".encode()


def status(code: int, body: str = '{"error": {"message": "nej"}}', kind: str = "application/json") -> Behaviour:
    """Answer with a status and a body."""
    data = body.encode()

    async def behave(caller: Caller) -> None:
        head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
        await caller.send(head.encode() + data)

    return behave


def sends(raw: str | bytes) -> Behaviour:
    """Begin a stream, send these bytes as they are, and close."""

    async def behave(caller: Caller) -> None:
        await caller.send(STREAM)
        await caller.send(raw)

    return behave


def repeats(raw: str | bytes, pause: float = 0.0) -> Behaviour:
    """Begin a stream and send the same bytes for ever, with a pause (seconds) after each."""

    async def behave(caller: Caller) -> None:
        await caller.send(STREAM)
        while not caller.writer.is_closing():
            await caller.send(raw)
            await asyncio.sleep(pause)

    return behave


async def hangs(caller: Caller) -> None:
    """Take the question and never say a word."""
    await caller.reader.read()


async def resets(caller: Caller) -> None:
    """Break the connection in the middle of a word."""
    await caller.send(STREAM + piece("Regionen avsät"))
    await asyncio.sleep(0.02)
    caller.writer.transport.abort()


async def finishes_and_hangs(caller: Caller) -> None:
    """Say everything, and then keep the connection open."""
    await caller.send(STREAM + piece("Styrelsen avsätter 2 mnkr för psykisk ohälsa [1].") + piece(finish="stop"))
    await caller.reader.read()


def calls_tool(name: str, arguments: str = "{}", finish: str | None = "tool_calls") -> Behaviour:
    """Call a tool, its arguments in pieces as servers send them."""
    first = {"index": 0, "id": "t", "type": "function", "function": {"name": name, "arguments": ""}}
    parts = [arguments[place : place + 7] for place in range(0, len(arguments), 7)]
    rest = [piece(tool_calls=[{"index": 0, "function": {"arguments": part}}]) for part in parts]
    end = (piece(finish=finish) if finish else "") + END.decode()
    return sends(piece(tool_calls=[first]) + "".join(rest) + end)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Answer each request in its own way, and those after the last as the last."""
    left = list(behaviours)

    async def behave(caller: Caller) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(caller)

    return behave
