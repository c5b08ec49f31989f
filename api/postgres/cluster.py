"""The cluster on disk: made once, in one move, and given its settings again at every start."""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

import psutil

from api.postgres.places import SOCKET_NAME, Places, PostgresUnavailable

SUPERUSER = "postgres"
OWNER = "narplan_owner"
APPLICATION = "narplan_app"
DATABASE = "narplan"
PORT = 5432

_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath}

_SETTINGS = """\
# Written by Närplan at every start; changes here do not last.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0777
max_connections = 100
shared_buffers = 128MB
jit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_line_prefix = '%m [%p] '
"""

_NOT_DURABLE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
max_locks_per_transaction = 1024
"""
"""Tests undo everything in the end: one transaction may hold thousands of requests, each with locks of its own."""

_SET_UP = """\
SELECT 'CREATE ROLE narplan_owner LOGIN NOSUPERUSER NOBYPASSRLS'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'narplan_owner') \\gexec
SELECT 'CREATE ROLE narplan_app LOGIN NOSUPERUSER NOBYPASSRLS'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'narplan_app') \\gexec
SELECT 'CREATE DATABASE narplan OWNER narplan_owner'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'narplan') \\gexec
\\connect narplan
SELECT 'CREATE EXTENSION vector' WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') \\gexec
SELECT 'ALTER EXTENSION vector UPDATE' WHERE EXISTS (
  SELECT FROM pg_available_extensions WHERE name = 'vector' AND installed_version <> default_version) \\gexec
"""
"""Roles, database and extension; each made only when missing, so a start that was killed half-way is finished."""


def run(places: Places, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's account, apart from our terminal's signals; never raises."""
    is_root = os.geteuid() == 0
    return subprocess.run(
        [places.program(command[0]), *command[1:]],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=_ENVIRONMENT,
        start_new_session=True,
        user=places.account.pw_uid if is_root else None,
        group=places.account.pw_gid if is_root else None,
        extra_groups=() if is_root else None,
    )


def query(places: Places, sql: str) -> subprocess.CompletedProcess[str]:
    """Run a psql script in the maintenance database as the superuser; never raises."""
    return run(
        places, "psql", *address(places), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", text=sql
    )  # fmt: skip


def address(places: Places) -> tuple[str, ...]:
    """Return the options by which PostgreSQL's programs reach the maintenance database as the superuser."""
    return ("--host", str(places.socket), "--username", SUPERUSER, "--dbname", "postgres")


def make(places: Places, *, durable: bool) -> None:
    """Make the cluster if there is none: beside its place, then moved there whole, so that half a one never counts."""
    for leftover in places.data.parent.glob(f"{places.data.name}.new-*"):
        _discard(leftover)
    if not places.data.exists():
        unfinished = places.data.with_name(f"{places.data.name}.new-{os.getpid()}")
        unfinished.mkdir(mode=0o700)
        places.own(unfinished)
        options = () if durable else ("--no-sync",)
        made = run(
            places, "initdb", "--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "peer",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
            *options,
        )  # fmt: skip
        if made.returncode:
            raise PostgresUnavailable(f"Databasen gick inte att skapa i {places.data}: {_last_line(made.stderr)}")
        with (unfinished / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'narplan.conf'\n")
        unfinished.rename(places.data)
    _check_version(places)
    _take_over(places)


def configure(places: Places, *, durable: bool) -> None:
    """Write the settings, who may connect as whom, and the socket's folder; `durable` False is for tests only."""
    if places.socket != places.data:
        _make_socket_folder(places)
    settings = _SETTINGS.format(port=PORT, socket=str(places.socket).replace("'", "''"))
    _write(places, "narplan.conf", settings + ("" if durable else _NOT_DURABLE))
    _write(places, "pg_hba.conf", "local all all peer map=narplan\n")
    names = {places.account.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
    roles = (SUPERUSER, OWNER, APPLICATION)
    _write(places, "pg_ident.conf", "".join(f'narplan "{name}" {role}\n' for name in sorted(names) for role in roles))


def set_up(places: Places) -> None:
    """Make the roles, the database and the extension in the running server where they are missing."""
    done = query(places, _SET_UP)
    if done.returncode:
        raise PostgresUnavailable(f"Databasens konton gick inte att skapa: {_last_line(done.stderr)}")


def _discard(unfinished: Path) -> None:
    """Remove a cluster that was never finished; what made it may still be at it, since a killed parent ends nobody."""
    makers = [process for process in psutil.process_iter() if _makes(process, unfinished)]
    for process in makers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(makers, timeout=5)
    shutil.rmtree(unfinished, ignore_errors=True)


def _makes(process: psutil.Process, cluster: Path) -> bool:
    try:
        return str(cluster) in process.cmdline() or process.cwd() == str(cluster)
    except psutil.Error:
        return False


def _check_version(places: Places) -> None:
    version = (places.data / "PG_VERSION").read_text().strip()
    program = run(places, "postgres", "--version").stdout.split()
    if program and program[-1].split(".")[0] != version:
        raise PostgresUnavailable(
            f"Databasen i {places.data} är gjord med PostgreSQL {version}, men {program[-1]} är installerat. "
            "Installera den tidigare versionen, kör narplan backup, och läs in kopian här med narplan restore."
        )


def _take_over(places: Places) -> None:
    """Give every file to the server's account: a home that root copied belongs to root."""
    owner = places.data.stat().st_uid
    if owner == places.account.pw_uid:
        return
    if os.geteuid():
        raise PostgresUnavailable(
            f"Databasen i {places.data} tillhör en annan användare (nummer {owner}), kanske för att Närplan "
            "har körts som root här. Kör som samma användare, eller välj en annan mapp med NARPLAN_HOME."
        )
    for path in (places.data, *places.data.rglob("*")):
        os.lchown(path, places.account.pw_uid, places.account.pw_gid)
    places.data.chmod(0o700)


def _make_socket_folder(places: Places) -> None:
    places.socket.mkdir(mode=0o700, exist_ok=True)
    status = places.socket.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), places.account.pw_uid}:
        raise PostgresUnavailable(
            f"{places.socket / SOCKET_NAME} behövs för databasen, men mappen tillhör någon annan. Ta bort den."
        )
    places.own(places.socket)


def _write(places: Places, name: str, content: str) -> None:
    path: Path = places.data / name
    path.write_text(content)
    places.own(path)


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "okänt fel"
