"""Idempotency-Key through the whole application."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.database import Database
from api.rest.description import DONE_AGAIN
from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.clients import connect

END_WAITING = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE 'INSERT INTO kept_answer%'
""")
NEW, KEY = "/api/v1/initiatives", {"idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture
async def body(sessions: ScopedSessions) -> dict[str, str]:
    async with sessions(SYSTEM) as session:
        return {"title": "Läkarbil", "lead_organisation_id": str((await factories.organisation(session)).id)}


async def rows(sessions: ScopedSessions, table: str) -> int:
    async with sessions(SYSTEM) as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(
    writer: httpx.AsyncClient, sessions: ScopedSessions, body: dict[str, str]
) -> None:
    first = await writer.post(NEW, json=body, headers=KEY)
    written = await rows(sessions, "activity")
    again = await writer.post(NEW, json=body, headers={"idempotency-key": f'"{KEY["idempotency-key"]}"'})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    for name in ("location", "etag", "content-type", "cache-control"):
        assert first.headers[name] == again.headers[name]
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert await rows(sessions, "initiative") == 1
    assert await rows(sessions, "activity") == written


async def test_another_request_with_the_same_key_is_refused(writer: httpx.AsyncClient, body: dict[str, str]) -> None:
    await writer.post(NEW, json=body, headers=KEY)
    for path, other in ((NEW, {**body, "title": "Annan"}), (f"{NEW}?x=1", body), ("/api/v1/funds", body)):
        answer = await writer.post(path, json=other, headers=KEY)
        assert answer.status_code == 422
        assert answer.json()["field"] == "Idempotency-Key"


async def test_what_was_refused_may_be_put_right_with_the_same_key(
    writer: httpx.AsyncClient, body: dict[str, str]
) -> None:
    assert (await writer.post(NEW, json={**body, "title": ""}, headers=KEY)).status_code == 422
    assert (await writer.post(NEW, json=body, headers=KEY)).status_code == 201


async def test_two_people_may_use_the_same_key(
    writer: httpx.AsyncClient, sessions: ScopedSessions, body: dict[str, str]
) -> None:
    async with sessions(SYSTEM) as session:
        _, key = await factories.key(session, Role.PROGRAMME_GROUP)
    async with connect(writer._transport.app, authorization=f"Bearer {key}") as other:  # type: ignore[attr-defined]
        answers = [await client.post(NEW, json=body, headers=KEY) for client in (writer, other)]
    assert len({answer.json()["id"] for answer in answers}) == 2


async def test_a_file_that_is_sent_again_has_another_boundary_and_is_the_same(writer: httpx.AsyncClient) -> None:
    async def send(text: bytes) -> httpx.Response:
        return await writer.post("/api/v1/documents", files={"file": ("beslut.txt", text)}, headers=KEY)

    first, again = await send(b"Beslut om budget."), await send(b"Beslut om budget.")
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (first.status_code, first.content) == (202, again.content)
    assert first.headers["location"] == again.headers["location"]
    assert (await send(b"Ett annat beslut.")).status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 256, "två ord".encode("latin-1"), "a b"])
async def test_a_key_that_is_none_is_refused(writer: httpx.AsyncClient, body: dict[str, str], key: Any) -> None:
    answer = await writer.post(NEW, json=body, headers={"idempotency-key": key})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


async def test_where_no_write_is_kept_with_it_the_key_is_refused_rather_than_ignored(
    writer: httpx.AsyncClient,
) -> None:
    for path in ("/api/v1/questions", "/api/v1/session"):
        answer = await writer.post(path, json={}, headers=KEY)
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


async def test_other_methods_take_no_notice(writer: httpx.AsyncClient, body: dict[str, str]) -> None:
    await writer.post(NEW, json=body, headers=KEY)
    assert (await writer.get(NEW, headers=KEY)).status_code == 200


@pytest.fixture
async def caller(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of an application whose commits are real."""
    async with database.scoped(SYSTEM) as session:
        _, key = await factories.key(session, Role.PROGRAMME_GROUP)
    app = create_app(database.scoped, None)
    async with connect(app, authorization=f"Bearer {key}") as client:
        yield client


async def test_of_many_at_once_one_is_done_and_in_the_end_all_have_its_answer(
    caller: httpx.AsyncClient, database: Database
) -> None:
    async with database.scoped(SYSTEM) as session:
        lead = str((await factories.organisation(session)).id)
    body = {"title": "Läkarbil", "lead_organisation_id": lead}

    async def insist() -> list[httpx.Response]:
        answers = [await caller.post(NEW, json=body, headers=KEY)]
        while answers[-1].status_code == 409:
            assert answers[-1].headers["retry-after"] == "1"
            await asyncio.sleep(0.05)
            answers.append(await caller.post(NEW, json=body, headers=KEY))
        return answers

    ends = [answers[-1] for answers in await asyncio.gather(*(insist() for _ in range(20)))]
    assert {end.status_code for end in ends} == {201}
    assert len({end.content for end in ends}) == 1
    assert Counter("idempotency-replayed" in end.headers for end in ends) == {True: 19, False: 1}
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(text("SELECT count(*) FROM initiative")) == 1


async def ended(database: Database) -> bool:
    """End the connection that waits to write its answer, and tell whether there was one."""
    async with database.scoped(SYSTEM) as session:
        return bool((await session.scalars(END_WAITING)).all())


async def test_if_the_server_falls_when_all_but_the_commit_is_done_neither_write_nor_answer_is_kept(
    database: Database, caller: httpx.AsyncClient
) -> None:
    async with database.scoped(SYSTEM) as session:
        lead = str((await factories.organisation(session)).id)
    body = {"title": "Läkarbil", "lead_organisation_id": lead}
    async with database.scoped(SYSTEM) as session, asyncio.timeout(30):
        await session.execute(text("LOCK TABLE kept_answer IN SHARE MODE"))
        request = asyncio.ensure_future(caller.post(NEW, json=body, headers=KEY))
        while not await ended(database):
            await asyncio.sleep(0.05)
    assert (await request).status_code == 503
    async with database.scoped(SYSTEM) as session:
        assert await session.scalar(text("SELECT count(*) FROM initiative")) == 0
    assert (await caller.post(NEW, json=body, headers=KEY)).status_code == 201


def test_the_description_says_which_requests_take_a_key() -> None:
    app = create_app(Database("postgresql://nowhere").scoped, None)
    takes = {
        handler.operation_id: "session" in handler.parsed_fn_signature.parameters
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if "POST" in handler.http_methods and str(route.path).startswith("/api/")
    }
    assert {name for name, keyed in takes.items() if not keyed} == DONE_AGAIN
