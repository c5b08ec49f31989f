"""Calls to addresses that others have chosen: real servers on this computer, real TLS, and names that lie."""

import asyncio
import ipaddress
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import calling, sending
from ingest.calling import Resolve
from initiatives.addresses import Address
from initiatives.dispatch import Outcome
from tests.receiver import Received, receiving, says

BODY, HEADERS = b'{"type":"test"}', {"webhook-id": "1"}


async def post(url: str, *, local: bool = True, seconds: float = 5, look_up: Resolve = calling.resolve) -> Outcome:
    return await sending.post(url, BODY, HEADERS, local=local, seconds=seconds, look_up=look_up)


def names(*answers: Sequence[str]) -> tuple[Resolve, list[str]]:
    """Return a way to look names up that gives these answers in turn, and the names that it was asked for."""
    asked: list[str] = []

    async def look_up(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ipaddress.ip_address(number) for number in answers[len(asked) - 1]]

    return look_up, asked


async def test_what_is_sent_is_what_arrives() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: says(200, "Tack!")
        outcome = await post(receiver.url)
    (received,) = receiver.requests
    assert (outcome.status, outcome.answer, outcome.problem) == (200, "Tack!", None)
    assert 0 <= outcome.milliseconds < 5000
    assert (received.target, received.body) == ("/narplan?kommun=ekby", BODY)
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["webhook-id"] == "1"
    assert received.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [300, 400, 404, 410, 429, 500, 503])
async def test_only_2xx_is_delivered(status: int) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: says(status, "Nej")
        outcome = await post(receiver.url)
    assert (outcome.status, outcome.answer) == (status, "Nej")
    assert str(status) in (outcome.problem or "")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with receiving() as other, receiving() as receiver:
        receiver.answer = lambda _: says(status, Location=other.url)
        outcome = await post(receiver.url)
    assert outcome.status == status
    assert "Omdirigeringar" in (outcome.problem or "")
    assert other.requests == []


@pytest.mark.parametrize(
    "numbers",
    [("10.0.0.1",), ("127.0.0.1",), ("169.254.169.254",), ("8.8.8.8", "127.0.0.1"), ("::ffff:127.0.0.1",), ()],
)
async def test_a_name_that_leads_into_somebodys_own_network_is_not_called(numbers: Sequence[str]) -> None:
    async with receiving() as receiver:
        look_up, asked = names(numbers)
        outcome = await post(f"https://ekby.example:{receiver.port}/", local=False, look_up=look_up)
    assert asked == ["ekby.example"]
    assert outcome.status is None
    assert "internt nät" in (outcome.problem or "")
    assert receiver.requests == []


async def test_localhost_as_the_machine_looks_it_up_is_not_called() -> None:
    async with receiving() as receiver:
        outcome = await post(f"https://localhost:{receiver.port}/", local=False)
    assert "internt nät" in (outcome.problem or "")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_old_ways_to_write_an_address_lead_no_further(host: str) -> None:
    outcome = await post(f"https://{host}/", local=False)
    assert outcome.status is None
    assert outcome.problem


async def test_a_name_that_changes_its_mind_is_asked_once_and_called_where_it_was_judged() -> None:
    async with receiving() as judged:
        look_up, asked = names(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"])
        outcome = await post(f"http://localhost:{judged.port}/", look_up=look_up)
    assert outcome.problem is None
    assert asked == ["localhost"]
    assert len(judged.requests) == 1


async def test_a_slow_receiver_is_left() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: None
        outcome = await post(receiver.url, seconds=0.5)
    assert outcome.status is None
    assert "0.5 sekunder" in (outcome.problem or "")
    assert 400 < outcome.milliseconds < 3000


async def test_one_that_drips_is_left() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    outcome = await post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", seconds=0.5)
    server.close()
    assert outcome.problem
    assert outcome.milliseconds < 3000


async def test_of_a_large_answer_only_the_beginning_is_read() -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while sent < 100_000_000:
                writer.write(b"\xc3\xa5" * 50_000)
                await writer.drain()
                sent += 100_000
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    outcome = await post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert (outcome.status, outcome.answer, outcome.problem) == (200, "å" * 500, None)
    assert sent < 50_000_000


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000],
    ids=["nothing", "nonsense", "no status", "endless head"],
)
async def test_what_is_not_http_is_an_outcome(answer: bytes) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: answer
        outcome = await post(receiver.url)
    assert outcome.status is None
    assert outcome.problem


async def test_nobody_there() -> None:
    async with receiving() as receiver:
        closed = receiver.url
    assert "ansluta" in ((await post(closed)).problem or "")
    assert "DNS" in ((await post("https://finns-inte.invalid/", local=False)).problem or "")


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await post(receiver.url)).problem is None
    assert proxy.requests == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a certificate for localhost, made on the spot, that nobody knows."""
    if shutil.which("openssl") is None:
        pytest.skip("There is no openssl here to make a certificate with.")
    folder = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("host", "known", "said"),
    [("localhost", True, None), ("localhost", False, "certifikat"), ("127.0.0.1", True, "certifikat")],
)
async def test_the_certificate_is_that_of_the_name_though_the_call_goes_to_the_address(
    certificate: Path, host: str, known: bool, said: str | None
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trust = ssl.create_default_context(cafile=certificate / "cert.pem") if known else None
    async with receiving(server) as receiver:
        outcome = await sending.post(f"https://{host}:{receiver.port}/", BODY, HEADERS, local=True, trust=trust)
    assert (said in (outcome.problem or "")) if said else outcome.problem is None
    assert len(receiver.requests) == (0 if said else 1)


async def test_nul_and_broken_letters_in_an_answer_are_kept_as_text() -> None:
    def answer(_: Received) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x00\xff\xc3a"

    async with receiving() as receiver:
        receiver.answer = answer
        outcome = await post(receiver.url)
    assert outcome.answer == "\0��a"
