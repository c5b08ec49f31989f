"""Documents fetched from real servers on this computer: once, again when they have changed, and never from inside."""

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Any

import pytest

from ingest.fetching import Fetched, Known, fetch
from initiatives.addresses import Address
from tests.receiver import Received, Receiver, receiving, says

TEXT = "Regionstyrelsen beslutar att inrätta ett centrum för nära vård."


async def at(receiver: Receiver, path: str = "/regelbok.txt", known: Known | None = None, **more: Any) -> Fetched:
    return await fetch(f"http://127.0.0.1:{receiver.port}{path}", known or Known(), local=True, **more)


async def test_a_document_comes_with_its_name_and_what_tells_whether_it_changes() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: says(200, TEXT, ETag='"ett"', **{"Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"})
        fetched = await at(receiver, "/handlingar/Regelbok%20n%C3%A4ra%20v%C3%A5rd.txt?v=2")
    assert (fetched.name, fetched.data, fetched.problem) == ("Regelbok nära vård.txt", TEXT.encode(), None)
    assert fetched.known == Known('"ett"', "Mon, 02 Mar 2026 08:00:00 GMT")


async def test_what_has_not_changed_is_not_sent_again() -> None:
    def answer(received: Received) -> bytes:
        same = received.headers.get("if-none-match") == '"ett"' and received.headers["if-modified-since"] == "igen"
        return says(304) if same else says(200, TEXT)

    async with receiving() as receiver:
        receiver.answer = answer
        assert await at(receiver, known=Known('"ett"', "igen")) == Fetched(known=Known('"ett"', "igen"))
        assert (await at(receiver, known=Known('"2"', "igen"))).data == TEXT.encode()


@pytest.mark.parametrize(
    ("headers", "path", "name"),
    [
        ({"Content-Disposition": "attachment; filename*=UTF-8''pl%C3%A5n.pdf"}, "/hamta?id=7", "plån.pdf"),
        ({"Content-Disposition": 'inline; filename="../../plan.md"'}, "/x", "../../plan.md"),
        ({"Content-Type": "text/html; charset=utf-8"}, "/regelbok", "regelbok.html"),
        ({"Content-Type": "application/pdf"}, "/", "127.0.0.1"),
        ({}, "/regelbok", "regelbok"),
    ],
)
async def test_the_name_is_the_servers_or_the_addresss(headers: dict[str, str], path: str, name: str) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: says(200, TEXT, **headers)
        assert (await at(receiver, path)).name == name


async def test_an_address_may_lead_on_a_few_times() -> None:
    def answer(received: Received) -> bytes:
        step = int(received.target.rpartition("/")[2])
        return says(200, TEXT) if step == 0 else says(302, "", Location=f"./{step - 1}")

    async with receiving() as receiver:
        receiver.answer = answer
        assert (await at(receiver, "/steg/3")).data == TEXT.encode()
        assert "för många gånger" in ((await at(receiver, "/steg/4")).problem or "")


async def test_no_redirect_leads_inside() -> None:
    asked: list[str] = []

    async def look_up(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ipaddress.ip_address("127.0.0.1" if host == "localhost" else "10.0.0.7")]

    async with receiving() as receiver:
        receiver.answer = lambda _: says(302, "", Location="https://intranat.example.se/")
        fetched = await fetch(f"http://localhost:{receiver.port}/", local=True, look_up=look_up)
    assert "internt nät" in (fetched.problem or "")
    assert asked == ["localhost", "intranat.example.se"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(404), "finns inte längre"),
        (says(410), "finns inte längre"),
        (says(401), "kräver inloggning"),
        (says(403), "kräver inloggning"),
        (says(500), "svarade 500"),
        (says(204), "svarade 204"),
        (says(200, "x" * 3000), "större än gränsen"),
        (says(200, "x", **{"Content-Encoding": "gzip"}), "packat"),
        (b"SSH-2.0-x\r\n\r\n", "inte är HTTP"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\nkort", "inte är HTTP"),
    ],
)
async def test_what_goes_wrong_is_told(answer: bytes, words: str) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: answer
        fetched = await at(receiver, most=2000)
    assert fetched.data is None
    assert words in (fetched.problem or "")


async def test_a_server_that_never_ends_is_left() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: None
        async with asyncio.timeout(5):
            assert "hann inte" in ((await at(receiver, seconds=1)).problem or "")
