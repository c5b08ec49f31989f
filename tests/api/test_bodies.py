"""Bodies: how large, how slow and how odd they may be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api import bodies
from initiatives.access import Viewer
from tests.clients import _Current

NEW, JSON = "/api/v1/initiatives", {"content-type": "application/json"}
MEGABYTE = 1024 * 1024


async def slowly() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.sleep(5)
    yield b"}"


async def endlessly() -> AsyncIterator[bytes]:
    while True:
        yield b" " * MEGABYTE


@pytest.mark.parametrize("path", [NEW, "/api/v1/session", "/logga-in", "/initiativ/nytt"])
async def test_a_body_without_an_end_is_refused_where_it_passes_the_limit(writer: httpx.AsyncClient, path: str) -> None:
    answer = await writer.post(path, content=endlessly(), headers=JSON)
    assert answer.status_code == 413


async def test_a_file_may_be_larger_but_only_from_those_who_may_put_it_in(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    file = {"file": ("stor.txt", b"Beslut om budget.\n" * 120_000)}
    assert (await writer.post("/api/v1/documents", files=file)).status_code == 202
    for client in (politician, partner):
        for path in ("/api/v1/documents", "/dokument"):
            answer = await client.post(path, content=endlessly(), headers={"content-type": "multipart/form-data"})
            assert answer.status_code == 403, "refused before the body was read, which has no end"


@pytest.mark.parametrize("path", [NEW, "/logga-in"])
async def test_a_body_that_does_not_come_in_time_is_given_up(
    writer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", -7.9)
    answer = await writer.post(path, content=slowly(), headers={**JSON, "accept": "application/json"})
    assert answer.status_code == 408
    assert answer.json()["title"] == "Det tog för lång tid"


async def test_nothing_is_opened_in_the_database_before_the_body_has_come(
    writer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = _Current.sessions

    def noted(person: Viewer) -> AbstractAsyncContextManager[AsyncSession]:
        opened.append(person.name)
        return real(person)

    monkeypatch.setattr(_Current, "sessions", noted)
    arrived: list[list[str]] = []

    async def body() -> AsyncIterator[bytes]:
        arrived.append(list(opened))
        yield b"titel=x"

    writer.headers["content-type"] = "application/x-www-form-urlencoded"
    await writer.post("/initiativ/nytt", content=body())
    assert set(arrived[0]) == {"Närplan"}, "only the door has looked in the database"
    assert "Åsa Öberg" in opened


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"question": "' + b"\\ud800" * 1000 + b'"}', 400),
        (b'{"a": [' + b"1," * 600_000 + b"1]}", 413),
        (b'{"a": [' + b"1," * 200_000 + b"1]}", 422),
        (b'{"title": 1e400}', 400),
        (b'{"title": ' + b"9" * 100_000 + b"}", 400),
        (b"{" + b'"a": 1, ' * 50_000 + b'"b": 1}', 422),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"title": NaN}', 400),
    ],
)
async def test_odd_json_is_the_callers_error(writer: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await writer.post(NEW, content=body, headers=JSON)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
