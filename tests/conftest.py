"""What tests stand on: a real PostgreSQL made by the real migrations, and the real application on top.

`sessions` (a `ScopedSessions`) and `session` undo everything afterwards; `database` is a database of its own, for tests
where commits must be real: notifications, workers, several connections, the whole application.
"""

import asyncio
import contextlib
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.pool import NullPool

from api import migrations, postgres
from api.database import Database
from api.settings import Settings
from api.settings import load as load_settings
from initiatives import passwords
from initiatives.access import SYSTEM, ScopedSessions, Viewer, set_scope
from retrieval import embedding
from retrieval.embedding import Embedder

HOMES = "narplan-test-"
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PRODUCTION = passwords._hasher
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let those who must see the browser tests run say so, and those who measure answers name what with."""
    parser.addoption("--require-browser", action="store_true", help="fail, not skip, where there is no Chromium")
    parser.addoption("--evaluation", type=Path, metavar="FOLDER", help="question files, and folders of their documents")
    parser.addoption("--papers", type=Path, metavar="FOLDER", help="papers to measure what rules read out of them")
    parser.addoption("--steps", type=int, default=2_000, help="how far the random walks of tests/access go")
    parser.addoption("--examples", type=int, default=8, help="wrong and right requests for each operation")
    parser.addoption("--kills", type=int, default=0, help="how often workers are killed in tests/ingest/test_endurance")
    parser.addoption("--seed", type=int, default=20_261_122, help="where the random walks of tests/access begin")
    parser.addoption("--write-baseline", action="store_true", help="write down the measures instead of guarding them")


def pytest_configure() -> None:
    """Let torch compute in one thread, before it is loaded: on small things many threads only wait for each other."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep random identifiers out of the names of tests: every process must give a test the same name."""
    return IDENTIFIER.sub("id", val) if isinstance(val, str) and IDENTIFIER.search(val) else None


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """Return the path of the machine's Chromium; without one the test is skipped, or fails if it was required."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    if request.config.getoption("--require-browser"):
        pytest.fail("There is no Chromium here (apt-get install chromium).")
    pytest.skip("There is no Chromium here (apt-get install chromium).")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords as in production but at a small cost; `production_passwords` brings back the right one."""
    with _hashing(PasswordHasher(time_cost=1, memory_cost=64)):
        yield


@pytest.fixture
def production_passwords() -> Iterator[None]:
    """Hash passwords at the cost that they have in production."""
    with _hashing(_PRODUCTION):
        yield


@contextlib.contextmanager
def _hashing(hasher: PasswordHasher) -> Iterator[None]:
    before = passwords._hasher
    passwords._hasher = hasher
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._hasher = before
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Return a `NARPLAN_HOME` for the whole session; what killed test runs left behind is cleaned away first."""
    for old in Path(tempfile.gettempdir()).glob(f"{HOMES}*"):
        _clean(old)
    folder = Path(tempfile.mkdtemp(prefix=HOMES))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[postgres.Server]:
    """Return the embedded server, whose database `narplan` is migrated and is the template of all others."""
    with postgres.running(home, durable=False) as running:
        asyncio.run(migrations.upgrade(running.url(postgres.OWNER), application_role=postgres.APPLICATION))
        yield running


@pytest.fixture
async def database(server: postgres.Server) -> AsyncIterator[Database]:
    """Return a fresh, migrated, empty database of the test's own, reached as the application's role."""
    async with copied(server) as name:
        fresh = Database(server.url(database=name))
        yield fresh
        await fresh.close()


@pytest.fixture(scope="session")
async def shared_database(server: postgres.Server) -> AsyncIterator[Database]:
    """Return the database that the tests which undo everything share."""
    async with copied(server) as name:
        shared = Database(server.url(database=name))
        yield shared
        await shared.close()


@pytest.fixture
async def connection(shared_database: Database) -> AsyncIterator[AsyncConnection]:
    """Return a connection inside a transaction that is rolled back after the test."""
    async with shared_database.engine.connect() as opened:
        transaction = await opened.begin()
        yield opened
        await transaction.rollback()


@pytest.fixture
def sessions(connection: AsyncConnection) -> ScopedSessions:
    """Return what `Database.scoped` is, over one connection: each block is a savepoint; all is undone in the end."""

    @contextlib.asynccontextmanager
    async def scoped(person: Viewer) -> AsyncIterator[AsyncSession]:
        async with (
            AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            await set_scope(session, person)
            yield session

    return scoped


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """Return a session with the system's scope; `set_scope(session, person)` makes it somebody else's."""
    async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as opened:
        await set_scope(opened, SYSTEM)
        yield opened


@pytest.fixture(scope="session")
def settings(home: Path, server: postgres.Server) -> Settings:
    """Return settings of an installation of the tests' own; the model's unpacked weights are those of the clone."""
    cache = load_settings({}).embedding.cache
    own = load_settings({"NARPLAN_HOME": str(home), "NARPLAN_EMBEDDING_CACHE": str(cache)})
    return replace(own, database_url=server.url(), owner_database_url=server.url(postgres.OWNER))


@pytest.fixture(scope="session")
def embedder(settings: Settings) -> Iterator[Embedder]:
    """Return the real embedding model, loaded once."""
    made = embedding.create(settings.embedding)
    yield made
    made.close()


@pytest.fixture(scope="session")
async def sample_region(server: postgres.Server, embedder: Embedder) -> AsyncIterator[str]:
    """Return the name of a database with the sample region, read in once by the real pipeline, to be copied."""
    from tests import site

    async with copied(server) as name:
        database = Database(server.url(database=name))
        await site.fill(database, embedder)
        await database.close()
        yield name


@pytest.fixture
def app(database: Database, embedder: Embedder) -> Litestar:
    """Return the real application on a database of its own, answering without a language model."""
    from api.app import create_app
    from retrieval.answering import Assistant

    return create_app(database.scoped, Assistant(database.scoped, embedder, None))


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the application; it keeps cookies and does not follow redirects.

    The application keeps nothing between start and stop, so there is no lifespan to run.
    """
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        yield opened


@contextlib.asynccontextmanager
async def copied(server: postgres.Server, template: str = "narplan") -> AsyncIterator[str]:
    """Make a copy of the migrated template, or of another database that nobody uses, and drop it afterwards."""
    name = f"test_{uuid4().hex}"
    superuser = Database(server.url(postgres.SUPERUSER, "postgres"), pool=NullPool)
    autocommit = superuser.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as maintenance:
        await maintenance.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} OWNER narplan_owner"))
    try:
        yield name
    finally:
        async with autocommit.connect() as maintenance:
            await maintenance.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        await superuser.close()


def _clean(home: Path) -> None:
    """Stop and remove what a killed test run left in `home`, unless somebody still uses it."""
    with contextlib.suppress(OSError, postgres.PostgresUnavailable):
        users = os.open(home / "postgres.users", os.O_RDONLY)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(users, fcntl.LOCK_UN)
            with postgres.running(home, durable=False):
                pass
            shutil.rmtree(home, ignore_errors=True)
        finally:
            os.close(users)
