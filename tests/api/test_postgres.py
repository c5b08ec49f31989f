import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
import pytest

from api import postgres
from api.postgres import places

USER = """
import os, sys
from pathlib import Path
from api import postgres
os.setuid(int(sys.argv[2]))
with postgres.running(Path(sys.argv[1]), durable=False) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""
RIGHTS = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that the server's account can reach, also when we are root; pytest's own is closed to others."""
    made = Path(tempfile.mkdtemp(prefix="narplan-postgres-test-"))
    made.chmod(0o755)
    yield made
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("postgres") and made in Path(process.cwd()).parents:
                process.kill()
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """Return a home whose cluster is made and stopped; a copy of it is quicker than a new one."""
    home = Path(tempfile.mkdtemp(prefix="narplan-postgres-made-"))
    home.chmod(0o755)
    with postgres.running(home, durable=False):
        pass
    yield home
    shutil.rmtree(home)


@pytest.fixture
def home(folder: Path, made: Path) -> Path:
    """Return a stopped home."""
    shutil.copytree(made, folder / "home")
    return folder / "home"


class User:
    """Another process that uses the server of `home`; leaves cleanly when its input is closed."""

    def __init__(self, home: Path, account: int | None = None) -> None:
        program = [sys.executable, "-c", USER, str(home), str(os.geteuid() if account is None else account)]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        self.server = int(line) if line else 0

    def leave(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def ask(server: postgres.Server, question: str, role: str = postgres.SUPERUSER) -> object:
    connection = await asyncpg.connect(user=role, database=postgres.DATABASE, host=str(server.places.socket))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_the_application_is_neither_superuser_nor_above_row_level_security(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        for role in (postgres.APPLICATION, postgres.OWNER):
            assert await ask(server, "SELECT current_user::text", role) == role
            assert await ask(server, RIGHTS, role) is False
        assert (
            await ask(server, "SELECT count(*) FROM pg_extension WHERE extname = 'vector'", postgres.APPLICATION) == 1
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(server, "CREATE TABLE mine (id int)", postgres.APPLICATION)


async def test_nobody_else_gets_in_and_nothing_listens_on_the_network(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        assert await ask(server, "SHOW listen_addresses") == ""
        assert server.places.data.stat().st_mode & 0o077 == 0
        assert server.pid
        assert psutil.Process(server.pid).net_connections("inet") == []
        assert (server.places.data / "pg_hba.conf").read_text() == "local all all peer map=narplan\n"
        assert psutil.Process(server.pid).uids().real != 0


async def test_rows_and_identity_survive_a_stop(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        first = server.pid
        await ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
    assert first
    assert not runs(first)
    with postgres.running(home, durable=False) as server:
        assert server.pid != first
        assert await ask(server, "SELECT n FROM kept") == 42


def test_the_last_to_leave_stops_it(home: Path) -> None:
    one, other = User(home), User(home)
    assert one.server == other.server
    one.leave()
    assert runs(other.server)
    other.leave()
    assert not runs(other.server)


def test_those_who_start_at_the_same_time_share_one(folder: Path) -> None:
    with ThreadPoolExecutor() as pool:
        users = list(pool.map(User, [folder] * 3))
    for user in users:
        user.leave()
    assert len({user.server for user in users}) == 1
    assert not runs(users[0].server)


async def test_a_server_whose_users_were_killed_is_taken_over_and_then_stopped(home: Path) -> None:
    one, other = User(home), User(home)
    one.kill()
    other.kill()
    assert runs(one.server)
    with postgres.running(home, durable=False) as server:
        assert server.pid == one.server
        assert await ask(server, "SELECT 1") == 1
    assert not runs(one.server)


async def test_a_killed_server_is_started_again_with_all_that_was_committed(home: Path) -> None:
    with postgres.running(home) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
        killed = server.pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        user = User(home)
        assert user.server not in {0, killed}
        assert await ask(server, "SELECT n FROM kept") == 42
        user.leave()


async def test_everything_killed_at_once_leaves_a_sound_database(home: Path) -> None:
    user = User(home)
    for process in [*psutil.Process(user.server).children(), psutil.Process(user.server)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    user.kill()
    with postgres.running(home, durable=False) as server:
        assert await ask(server, "SELECT 1", postgres.APPLICATION) == 1


@pytest.mark.parametrize("after", [0.02, 0.1, 0.3, 0.6, 0.9])
async def test_killed_while_it_is_made_it_is_made_again(folder: Path, after: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder / "home"), str(os.geteuid())], stdin=subprocess.PIPE
    )
    deadline = time.monotonic() + 10
    while not (folder / "home" / "postgres.lock").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    process.kill()
    process.communicate(timeout=30)
    with postgres.running(folder / "home", durable=False) as server:
        assert await ask(server, "SELECT 1", postgres.APPLICATION) == 1
    assert not list((folder / "home").glob("postgres.new-*"))


async def test_an_old_number_that_now_belongs_to_somebody_else_is_not_believed(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        number = server.places.data / "postmaster.pid"
        lines = number.read_text().splitlines()
    number.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with postgres.running(home, durable=False) as server:
        assert server.pid != os.getpid()
        assert await ask(server, "SELECT 1") == 1


@pytest.mark.parametrize("copied", [False, True])
async def test_a_home_may_be_moved_or_copied(folder: Path, *, copied: bool) -> None:
    with postgres.running(folder / "before", durable=False) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
    if copied:
        shutil.copytree(folder / "before", folder / "after")
    else:
        (folder / "before").rename(folder / "after")
    with postgres.running(folder / "after", durable=False) as server:
        assert server.places.data.is_relative_to(folder / "after")
        assert await ask(server, "SELECT n FROM kept") == 42


async def test_a_home_moved_while_its_killed_server_runs_is_served(folder: Path) -> None:
    user = User(folder / "before")
    user.kill()
    (folder / "before").rename(folder / "after")
    with postgres.running(folder / "after", durable=False) as server:
        assert await ask(server, "SELECT 1") == 1
    assert not runs(user.server)


async def test_a_deep_home_gets_a_short_socket(folder: Path) -> None:
    home = folder / ("ett-namn-som-är-långt-" * 4) / "med mellanslag och 'tecken'"
    with postgres.running(home, durable=False) as server:
        assert not server.places.socket.is_relative_to(home)
        assert server.places.socket.stat().st_mode & 0o077 == 0
        assert await ask(server, "SELECT 1", postgres.APPLICATION) == 1
    with postgres.running(home, durable=False) as server:
        assert await ask(server, "SELECT 1", postgres.APPLICATION) == 1
    shutil.rmtree(server.places.socket)


def test_two_homes_never_meet(folder: Path) -> None:
    with postgres.running(folder / "one", durable=False) as one, postgres.running(folder / "two", durable=False) as two:
        assert one.pid != two.pid
        assert one.url() != two.url()


def test_a_cluster_of_another_version_is_refused_with_what_to_do(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        version = server.places.data / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(postgres.PostgresUnavailable, match="narplan backup"), postgres.running(home):
        pytest.fail("started")


def test_a_damaged_cluster_is_refused_and_names_the_log(home: Path) -> None:
    with postgres.running(home, durable=False) as server:
        control = server.places.data / "global" / "pg_control"
    control.write_bytes(b"")
    with pytest.raises(postgres.PostgresUnavailable, match=r"postgres\.log"), postgres.running(home):
        pytest.fail("started")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be kept out of its own folder by another account")
class TestAsRoot:
    async def test_a_home_that_only_root_reaches_keeps_its_database_when_moved_but_not_when_copied(
        self, folder: Path
    ) -> None:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        kept: set[Path] = set()
        try:
            with postgres.running(closed / "one", durable=False) as server:
                kept.add(server.places.data.parent)
                await ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
            (closed / "one").rename(closed / "two")
            with postgres.running(closed / "two", durable=False) as server:
                kept.add(server.places.data.parent)
                assert await ask(server, "SELECT n FROM kept") == 42
            shutil.copytree(closed / "two", closed / "three")
            with postgres.running(closed / "three", durable=False) as server:
                kept.add(server.places.data.parent)
                assert await ask(server, "SELECT to_regclass('kept')") is None
            assert len(kept) == 2
        finally:
            for made in kept:
                shutil.rmtree(made)

    async def test_a_home_moved_to_where_only_root_reaches_takes_its_database_along(self, folder: Path) -> None:
        with postgres.running(folder / "one", durable=False) as server:
            await ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        (folder / "one").rename(closed / "one")
        with postgres.running(closed / "one", durable=False) as server:
            try:
                assert await ask(server, "SELECT n FROM kept") == 42
            finally:
                shutil.rmtree(server.places.data.parent, ignore_errors=True)

    def test_programs_that_only_root_reaches_are_copied(self, folder: Path, home: Path) -> None:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        wheel = places.find(folder).binaries.parents[1]
        shutil.copytree(wheel, closed / wheel.name)
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs")
        programs = closed / wheel.name / places.INSTALLATION / "bin"
        with postgres.running(home, durable=False, binaries=programs) as server:
            assert not server.places.binaries.is_relative_to(closed)
            assert server.pid

    def test_an_ordinary_user_serves_their_own_home_and_root_may_join(self, folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        account = places.find(folder).account
        os.chown(home, account.pw_uid, account.pw_gid)
        user = User(home, account.pw_uid)
        with postgres.running(home, durable=False) as server:
            assert server.pid == user.server
        user.leave()
        assert not runs(user.server)

    def test_those_who_start_at_the_same_time_on_a_new_computer_make_one_account(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = f"np{uuid4().hex[:8]}"
        monkeypatch.setattr(places, "ACCOUNT", name)
        try:
            with ThreadPoolExecutor(4) as threads:
                made = list(threads.map(lambda _: places._system_account(), range(4)))
            assert {one.pw_name for one in made} == {name}
            assert {pwd.getpwuid(one.pw_uid).pw_name for one in made} == {name}
        finally:
            subprocess.run(["userdel", name], check=False, capture_output=True)
