"""A receiver of webhooks on this computer: keeps what it is sent and answers as it is told to."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Received:
    """One request; names of headers in lower case."""

    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Listens at `port`. `answer` gives the bytes to send back, or None to say nothing at all."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    answer: Callable[[Received], bytes | None] = lambda _: OK
    seconds: float = 0.0
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/narplan?kommun=ekby"

    async def until(self, number: int, seconds: float = 30) -> list[Received]:
        """Wait for so many requests."""
        async with asyncio.timeout(seconds):
            while len(self.requests) < number:
                await asyncio.sleep(0.02)
        return self.requests

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            received = Received(head[0].split()[1], headers, body)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(self.seconds)
            self.at_once -= 1
            self.requests.append(received)
            if (said := self.answer(received)) is None:
                await reader.read()
            else:
                writer.write(said)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def receiving(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Open a receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver._serve, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


def says(status: int, text: str = "", **headers: str) -> bytes:
    """Return an answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(text.encode())}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", text]).encode()
