"""Start, share and stop the embedded server.

Every process that uses a home holds a shared lock on `postgres.users`; the system takes it back however the process
ends. Starting and stopping happen under `postgres.lock`. Whoever leaves and finds nobody else stops the server. A
server whose users were all killed runs on and is taken over by the next process.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from api.postgres import cluster
from api.postgres.cluster import APPLICATION, DATABASE, OWNER, SUPERUSER
from api.postgres.places import SOCKET_NAME, Places, PostgresUnavailable, find

__all__ = ["APPLICATION", "DATABASE", "OWNER", "SUPERUSER", "Server", "running"]

START_SECONDS = 60
SILENT_SECONDS = 5
STOP_SECONDS = 20
ORPHAN_SECONDS = 5
LOG_BYTES = 1_000_000
IS_STARTING = 1
"""Exit status of pg_isready while the server starts, recovers or stops; 2 means that nobody listens."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where its socket is and how to reach it."""

    places: Places

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        """Return the SQLAlchemy address for `role`."""
        return f"postgresql+asyncpg://{role}@/{database}?host={quote(str(self.places.socket), safe='/')}"

    @property
    def pid(self) -> int | None:
        """The process number of the server, or None when it does not run."""
        process = _postmaster(self.places)
        return process.pid if process else None


@contextlib.contextmanager
def running(home: Path, *, durable: bool = True, binaries: Path | None = None) -> Iterator[Server]:
    """Keep the server of `home` running for as long as the block runs; raises `PostgresUnavailable` with what to do.

    `durable` False trades safety against power failure for speed, for tests; `binaries` replaces the wheel's programs.
    """
    home.mkdir(parents=True, exist_ok=True)
    home = home.resolve()
    with _opened(home / "postgres.users") as users:
        with _alone(home):
            fcntl.flock(users, fcntl.LOCK_SH)
            places = find(home, binaries)
            try:
                _start(places, durable=durable)
            except BaseException:
                _leave(places, users)
                raise
        try:
            yield Server(places)
        finally:
            with _alone(home):
                _leave(places, users)


def _leave(places: Places, users: int) -> None:
    """Stop the server if nobody else uses it; the caller holds the home alone."""
    try:
        # Trading the shared lock for an exclusive one succeeds only for the last user.
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    stop = ("pg_ctl", "stop", "--wait", f"--timeout={STOP_SECONDS}", "--silent", "--pgdata", str(places.data))
    if _postmaster(places) and cluster.run(places, *stop, "--mode=fast").returncode:
        _clear_leftovers(places)


def _start(places: Places, *, durable: bool) -> None:
    cluster.make(places, durable=durable)
    if not _answers(places):
        _clear_leftovers(places)
        cluster.configure(places, durable=durable)
        _prepare_log(places)
        started = cluster.run(
            places, "pg_ctl", "start", "--wait", f"--timeout={START_SECONDS}", "--silent",
            "--pgdata", str(places.data), "--log", str(places.log),
        )  # fmt: skip
        if started.returncode or not _answers(places):
            raise PostgresUnavailable(f"Databasen startade inte. Orsaken står sist i {places.log}.")
    cluster.set_up(places)


def _answers(places: Places) -> bool:
    """Tell whether this cluster's own server answers a question; a process number alone proves nothing."""
    begun = time.monotonic()
    while _postmaster(places):
        ready = cluster.run(places, "pg_isready", "--quiet", "--timeout=3", *cluster.address(places)).returncode
        if ready == 0:
            return cluster.query(places, "SELECT 1").returncode == 0
        if time.monotonic() - begun > (START_SECONDS if ready == IS_STARTING else SILENT_SECONDS):
            return False
        time.sleep(0.05)
    return False


def _clear_leftovers(places: Places) -> None:
    """End every process that still has this cluster open, then remove the marks that the last server left.

    PostgreSQL itself believes in a mark as long as its process number is taken, be it by a zombie or by a stranger.
    """
    family = [process for process in psutil.process_iter() if _serves(process, places)]
    for end, patience in ((signal.SIGINT, ORPHAN_SECONDS), (signal.SIGKILL, ORPHAN_SECONDS)):
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(end)
        _, family = psutil.wait_procs(family, timeout=patience)
    for mark in (places.data / "postmaster.pid", places.socket / f"{SOCKET_NAME}.lock"):
        mark.unlink(missing_ok=True)


def _postmaster(places: Places) -> psutil.Process | None:
    """Return the living server process of this cluster: not a zombie, not somebody who was given its old number."""
    try:
        process = psutil.Process(int((places.data / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _serves(process, places) else None


def _serves(process: psutil.Process, places: Places) -> bool:
    try:
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name().startswith("postgres")
            and Path(process.cwd()) == places.data
        )
    except psutil.Error:
        return False


def _prepare_log(places: Places) -> None:
    if places.log.exists() and places.log.stat().st_size > LOG_BYTES:
        places.log.replace(places.log.with_suffix(".log.1"))
    places.log.touch(mode=0o600)
    places.own(places.log)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server of `home`."""
    with _opened(home / "postgres.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
