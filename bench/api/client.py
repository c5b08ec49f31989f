"""Clients that ask over HTTP as quickly as they are answered: connections kept open, nothing parsed but the length."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

CLIENTS = 8
HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Load:
    """What came of asking: milliseconds of each answer, and how many a second all clients got together."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: int) -> float:
        """Milliseconds within which so many per cent were answered."""
        return float(np.percentile(self.milliseconds, share))


async def ask(port: int, paths: Sequence[str], cookie: str, seconds: float, clients: int = CLIENTS) -> Load:
    """Let clients ask for the paths, in turn and over again, until the time is up; raise if an answer is not 200."""
    load, turns = Load(), itertools.cycle(paths)
    begun = time.perf_counter()
    await asyncio.gather(*(_client(port, turns, cookie, begun + seconds, load) for _ in range(clients)))
    load.seconds = time.perf_counter() - begun
    return load


async def once(port: int, path: str, cookie: str) -> bytes:
    """Return the body of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request(path, cookie))
    body = await _answer(reader, path)
    writer.close()
    return body


async def _client(port: int, turns: Iterator[str], cookie: str, end: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (begun := time.perf_counter()) < end:
        path = next(turns)
        writer.write(_request(path, cookie))
        await _answer(reader, path)
        load.milliseconds.append(1000 * (time.perf_counter() - begun))
    writer.close()


def _request(path: str, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


async def _answer(reader: asyncio.StreamReader, path: str) -> bytes:
    head = (await reader.readuntil(HEAD_END)).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head[:20]:
        raise AssertionError((path, head, body[:500]))
    return body
