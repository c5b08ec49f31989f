import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from api.cli.protocol import LARGEST_HEAD
from api.cli.serve import at_the_port


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Answer everything, when it has been read, with the length of the path and the names of the headers."""
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        body = b" ".join([str(len(scope["path"])).encode(), *sorted(name for name, _ in scope["headers"])])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve it as Närplan is served."""
    config = at_the_port(answer, "127.0.0.1")  # type: ignore[arg-type]
    config.lifespan = "off"
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([door]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield door.getsockname()[1]
        server.should_exit = True
        await running


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection and close it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def ask(port: int, *parts: bytes) -> bytes:
    """Send the parts one by one and return what comes back first."""
    async with connected(port) as (reader, writer):
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.02)
        return await asyncio.wait_for(reader.read(65_536), 10)


async def test_a_request_is_answered_and_the_next_on_the_same_connection(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(b"GET /abc HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(len(b"4 host x")) == b"4 host x"


@pytest.mark.parametrize("whole", [True, False])
async def test_a_head_that_is_too_long_is_refused(port: int, *, whole: bool) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (LARGEST_HEAD + 1)
    parts = (head + b"\r\n\r\n",) if whole else (head[:9_000], head[9_000:], b"x")
    assert (await ask(port, *parts)).startswith(b"HTTP/1.1 400 ")


async def test_many_small_headers_are_a_long_head_too(port: int) -> None:
    many = b"".join(b"X-%d: y\r\n" % number for number in range(5_000))
    assert (await ask(port, b"GET / HTTP/1.1\r\nHost: a\r\n", many)).startswith(b"HTTP/1.1 400 ")


async def test_what_is_no_http_is_refused(port: int) -> None:
    assert (await ask(port, b"\x16\x03\x01 hello\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_what_comes_after_the_body_is_no_header(port: int) -> None:
    head = b"POST /abc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = await ask(port, head, b"1\r\nx\r\n", b"0\r\nCookie: narplan=x\r\n\r\n")
    assert found.endswith(b"4 host transfer-encoding")
