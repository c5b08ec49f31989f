"""Of a request that only reads, the sign-in and the handler share a transaction; each of its guarantees stays."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from api.database import CONNECTIONS, Database
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.allowance import Limits
from initiatives.base import utcnow
from tests import factories
from tests.clients import connect

LIST, WRITE = "/api/v1/initiatives", "/api/v1/funds"
END_WAITING = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE 'SELECT initiative.id%'
""")


class Opened:
    """What `Database.scoped` is, and how often it was opened."""

    def __init__(self, database: Database) -> None:
        self.database, self.times = database, 0

    @contextlib.asynccontextmanager
    async def __call__(self, person: Viewer) -> AsyncIterator[AsyncSession]:
        self.times += 1
        async with self.database.scoped(person) as session:
            yield session


@pytest.fixture
async def known(database: Database) -> dict[str, str]:
    """Return what a client sends that acts for a partner, who sees nothing yet, and has been here before."""
    async with database.scoped(SYSTEM) as session:
        return await factories.signed_in(session, await factories.person(session, Role.PARTNER))


@pytest.fixture
def opened(database: Database) -> Opened:
    return Opened(database)


@pytest.fixture
def app(opened: Opened) -> Litestar:
    return create_app(opened, None)


async def ended(database: Database) -> bool:
    """End the connection that waits to read, and tell whether there was one; each look needs its own transaction."""
    async with database.scoped(SYSTEM) as session:
        return bool((await session.scalars(END_WAITING)).all())


async def test_a_list_whose_connection_is_lost_is_asked_to_come_again(
    app: Litestar, database: Database, known: dict[str, str]
) -> None:
    async with connect(app, **known) as client:
        async with database.scoped(SYSTEM) as session, asyncio.timeout(30):
            await session.execute(text("LOCK TABLE initiative IN ACCESS EXCLUSIVE MODE"))
            request = asyncio.ensure_future(client.get(LIST))
            while not await ended(database):
                await asyncio.sleep(0.05)
        assert (await request).status_code == 503
        assert (await client.get(LIST)).status_code == 200


async def test_a_read_opens_one_transaction_and_a_write_two(
    app: Litestar, opened: Opened, known: dict[str, str]
) -> None:
    async with connect(app, **known) as client:
        for ask, times in ((client.get(LIST), 1), (client.post(WRITE, json={}), 2), (client.get("/api/v1/nothing"), 0)):
            opened.times = 0
            await ask
            assert opened.times <= times, times
        opened.times = 0
        assert (await client.get(LIST)).status_code == 200
        assert opened.times == 1


async def test_a_read_sees_with_the_readers_eyes_and_not_with_those_of_the_sign_in(
    app: Litestar, database: Database, known: dict[str, str]
) -> None:
    async with database.scoped(SYSTEM) as session:
        await factories.initiative(session, title="Annans")
    async with connect(app, **known) as client:
        assert (await client.get(LIST)).json()["total"] == 0
        assert (await client.get("/api/v1/activity")).json()["total"] == 0


async def test_what_is_refused_or_fails_leaves_no_connection_behind(
    app: Litestar, database: Database, known: dict[str, str]
) -> None:
    async with connect(app, **known) as client:
        for _ in range(2 * CONNECTIONS):
            answers = [
                await client.get(f"{LIST}?limit=0"),
                await client.get(f"{LIST}/{'0' * 8}-0000-7000-8000-{'0' * 12}"),
                await client.get("/api/v1/coverage"),
            ]
            assert [answer.status_code for answer in answers] == [422, 404, 403]
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_many_more_readers_than_connections_never_wait_for_each_other(
    opened: Opened, database: Database, known: dict[str, str]
) -> None:
    """Counting needs a connection too, and must not be waited for by one who holds another."""
    async with connect(create_app(opened, None, allowed=Limits(reads=10**6)), **known) as client:
        client.timeout = httpx.Timeout(60)
        async with asyncio.timeout(60):
            answers = await asyncio.gather(*(client.get(LIST) for _ in range(6 * CONNECTIONS)))
    assert {answer.status_code for answer in answers} == {200}
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_session_that_is_ended_reads_nothing_more(
    app: Litestar, database: Database, known: dict[str, str]
) -> None:
    async with connect(app, **known) as client:
        assert (await client.get(LIST)).status_code == 200
        async with database.scoped(SYSTEM) as session:
            await session.execute(text("DELETE FROM login_session"))
        assert (await client.get(LIST)).status_code == 401


async def test_use_is_noted_though_the_handler_fails(app: Litestar, database: Database, known: dict[str, str]) -> None:
    long_ago = utcnow() - timedelta(hours=1)
    async with database.scoped(SYSTEM) as session:
        await session.execute(text("UPDATE login_session SET last_seen_at = :then"), {"then": long_ago})
    async with connect(app, **known) as client:
        assert (await client.get(f"{LIST}?sort=fel")).status_code == 422
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(text("SELECT last_seen_at FROM login_session")) > long_ago


async def test_the_transaction_is_over_before_anything_is_sent(
    opened: Opened, database: Database, known: dict[str, str]
) -> None:
    out: list[int] = []
    app = create_app(opened, None)

    async def watching(scope: object, receive: object, send: object) -> None:
        async def noted(message: dict[str, object]) -> None:
            out.append(database.engine.pool.checkedout())  # type: ignore[attr-defined]
            await send(message)  # type: ignore[operator]

        await app(scope, receive, noted)  # type: ignore[arg-type]

    transport = httpx.ASGITransport(watching)
    async with httpx.AsyncClient(transport=transport, base_url="http://narplan.example") as client:
        client.headers.update({name: value for name, value in known.items() if name != "cookie"})
        client.headers["cookie"] = known.get("cookie", "")
        for path in (LIST, f"{LIST}?limit=0", "/api/v1/coverage"):
            await client.get(path)
    assert set(out) == {0}


def test_dependencies_are_found_one_by_one_and_the_session_last_of_those_that_can_be_refused(app: Litestar) -> None:
    found = 0
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for _, wanted in route.route_handler_map.values():
                assert all(len(batch) == 1 for batch in wanted.dependency_batches)
                found += len(wanted.dependency_batches)
    assert found > 500
