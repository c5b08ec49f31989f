"""The application on a real port, served as in production, for tests that need a connection that can break."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import uvicorn

from tests.site import Site


@dataclass(frozen=True, slots=True)
class Served:
    """The application on a port of this machine."""

    site: Site
    address: str


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


@contextlib.asynccontextmanager
async def serve(site: Site) -> AsyncIterator[Served]:
    """Serve an application on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(site.app, log_level="warning", timeout_graceful_shutdown=1, timeout_keep_alive=1)
    running = _Server(config)
    task = asyncio.create_task(running.serve(sockets=[listener]))
    yield Served(site, f"http://127.0.0.1:{listener.getsockname()[1]}")
    running.should_exit = True
    await task
