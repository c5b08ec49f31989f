"""`narplan serve` and `narplan worker`: the processes that run for long."""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import click
import uvicorn
import uvloop
from litestar import Litestar

from api import doors, logs, settings
from api.app import create_app
from api.cli.protocol import BoundedHttp
from api.doors import Doors
from api.installation import Installation, opened
from api.readings import BadSetting
from api.settings import Settings
from ingest import worker as ingest_worker
from ingest.collecting import Collecting
from ingest.outbox import Outbox
from ingest.pipeline import Pipeline
from initiatives.errors import NarplanError
from retrieval import answering, ripening

log = logging.getLogger(__name__)
GRACE_SECONDS = 3
SHARE_SECONDS = 0.0005
"""How long a thread that thinks may keep the one that serves pages waiting, each time: a tenth of Python's usual."""
RIPENED_EACH = 30
"""Seconds between two looks for documents that nobody has asked about yet."""
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - told apart here, not bound to


class PortTaken(NarplanError):
    """Another program listens where Närplan should."""

    title: ClassVar[str] = "Adressen går inte att använda"


class Web(uvicorn.Server):
    """Uvicorn, with a word when it is up, and leaving the signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: the signals belong to the whole process."""
        yield


@click.command()
@click.option("--host", help="Nätverksadress att lyssna på, i stället för NARPLAN_HOST.")
@click.option(
    "--port", metavar="PORT", type=click.IntRange(1, 65535), help="Port att lyssna på, i stället för NARPLAN_PORT."
)
@click.option("--no-worker", is_flag=True, help="Bara webbplats och API; dokument läses in av narplan worker.")
def serve(host: str | None, port: int | None, *, no_worker: bool) -> None:
    """Starta webbplatsen, API:et och inläsningen av dokument i en process."""
    chosen = settings.load()
    chosen = replace(chosen, host=host or chosen.host, port=port or chosen.port)
    logs.configure(chosen.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(chosen, with_worker=not no_worker))


@click.command()
def worker() -> None:
    """Läs in dokument ur kön tills processen avslutas."""
    chosen = settings.load()
    logs.configure(chosen.log_level)
    asyncio.run(_work(chosen))


async def _serve(chosen: Settings, *, with_worker: bool) -> None:
    with listening(chosen.host, chosen.port) as door:
        async with opened(chosen) as installation:
            address = address_of(chosen.host, door)
            await run(installation, door, with_worker=with_worker, on_ready=lambda: click.echo(f"Närplan: {address}"))


async def _work(chosen: Settings) -> None:
    async with opened(chosen) as installation, stopping() as stop, installation.pipeline() as pipeline:
        click.echo("Närplan läser in dokument ur kön.")
        await _working(installation, pipeline, stop)


async def _working(installation: Installation, pipeline: Pipeline, stop: asyncio.Event) -> None:
    chosen = installation.settings
    outbox = Outbox(chosen.oidc.public_address or "", local=chosen.local_webhooks)
    collected = Collecting(chosen.watch, timedelta(hours=chosen.fetch_hours), local=chosen.local_webhooks)
    engine = installation.database.engine
    await ingest_worker.run(engine, pipeline, stop, posting=outbox, kept=chosen.retention, collected=collected)


async def run(
    installation: Installation,
    door: socket.socket,
    *,
    with_worker: bool,
    on_ready: Callable[[], None],
    ways_in: Doors | None = None,
) -> None:
    """Serve at the open `door` until a signal ends the process; the worker, if there is one, ends with it.

    `ways_in` are those of the settings when None.
    """
    chosen = installation.settings
    sys.setswitchinterval(SHARE_SECONDS)
    app = create_app(
        installation.database.scoped,
        installation.assistant,
        ways_in or doors.of(chosen),
        chosen.limits,
        chosen.disclosure,
        local_webhooks=chosen.local_webhooks,
    )
    web = Web(at_the_port(app, chosen.trusted_proxies), on_ready)
    async with stopping() as stop, asyncio.TaskGroup() as tasks:
        tasks.create_task(_end(web, stop))
        tasks.create_task(_warm(installation, stop))
        if with_worker:
            tasks.create_task(_read(installation, stop))
        await web.serve([door])
        stop.set()


def at_the_port(app: Litestar, trusted_proxies: str) -> uvicorn.Config:
    """Return how the application is served: what callers may send it, and whose word is taken of where they are.

    `X-Forwarded-For` and `X-Forwarded-Proto` count only from `trusted_proxies`. The caller is the address nearest to us
    that is no trusted proxy, since what stands before it anybody can have written; with "*" it is the first one.
    """
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _warm(installation: Installation, stop: asyncio.Event) -> None:
    """Make the first questions quick, also those about documents that come in while others are asked.

    What fails here is told to whoever asks, and the register needs none of it.
    """
    await _quietly(answering.warm(installation.assistant))
    while not stop.is_set():
        await _quietly(ripening.ripen(installation.assistant, lambda: not stop.is_set()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RIPENED_EACH)


async def _quietly(preparing: Awaitable[object]) -> None:
    try:
        await preparing
    except Exception:
        log.warning("could not prepare for the first question", exc_info=True)


async def _read(installation: Installation, stop: asyncio.Event) -> None:
    async with installation.pipeline() as pipeline:
        await _working(installation, pipeline, stop)


async def _end(web: Web, stop: asyncio.Event) -> None:
    await stop.wait()
    web.should_exit = True


@contextlib.asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Give an event that is set by Ctrl-C, TERM and HUP, once; the second time they end the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def once() -> None:
        stop.set()
        for end in ENDS:
            loop.remove_signal_handler(end)

    for end in ENDS:
        loop.add_signal_handler(end, once)
    try:
        yield stop
    finally:
        for end in ENDS:
            loop.remove_signal_handler(end)


@contextlib.contextmanager
def listening(host: str, port: int, attempts: int = 1) -> Iterator[socket.socket]:
    """Open the port, or the first free one of `attempts` from it on; raises `PortTaken` or `BadSetting`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + attempts):
        try:
            with socket.create_server((host, candidate), family=family, backlog=2048) as door:
                yield door
                return
        except socket.gaierror as error:
            raise BadSetting(f"{host} är ingen adress på den här datorn.", field="NARPLAN_HOST") from error
        except OSError as error:
            if candidate == port + attempts - 1:
                raise PortTaken(_why_closed(host, port, error.errno)) from error


def _why_closed(host: str, port: int, number: int | None) -> str:
    choose = "Välj en annan port med --port eller NARPLAN_PORT."
    match number:
        case errno.EADDRINUSE:
            return (
                f"Port {port} på {host} används redan. Är Närplan redan igång? Annars: {choose[0].lower()}{choose[1:]}"
            )
        case errno.EACCES:
            return f"Port {port} får bara öppnas av datorns administratör. {choose}"
        case errno.EADDRNOTAVAIL:
            return f"{host} är ingen adress på den här datorn. Ändra --host eller NARPLAN_HOST."
        case _:
            return f"Port {port} på {host} går inte att öppna. {choose}"


def address_of(host: str, door: socket.socket) -> str:
    """Return the address to write in a browser."""
    name = ANYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{door.getsockname()[1]}"
