"""Whose word is taken of where a call comes from, at the port as it is served."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.cli.serve import at_the_port
from initiatives.access import ScopedSessions
from initiatives.allowance import Limits

PROXY, PROXIES = "10.0.0.7", "10.0.0.7,10.1.0.0/16"
STRANGER = "203.0.113.9"
ALLOWED = Limits(sign_in=1)
ATTEMPT = {"email": "a@x.example", "password": "fel lösenord"}


@dataclass(frozen=True, slots=True)
class Port:
    """The application as uvicorn has it, behind the proxies that are trusted."""

    app: Any

    async def call(self, peer: str, *forwarded: str, proto: str = "http") -> httpx.Response:
        """Try to sign in from an address, with what stands in `X-Forwarded-For`."""
        headers = [("x-forwarded-for", one) for one in forwarded] + [("x-forwarded-proto", proto)]
        transport = httpx.ASGITransport(self.app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://narplan.example") as client:
            return await client.post("/api/v1/session", json=ATTEMPT, headers=headers)

    async def is_counted_with(self, first: tuple[str, ...], second: tuple[str, ...]) -> bool:
        """Tell whether two callers are counted as one: each is a peer and what it forwards. One attempt is free."""
        assert (await self.call(*first)).status_code == 401
        return (await self.call(*second)).status_code == 429


def served(sessions: ScopedSessions, trusted: str) -> Port:
    config = at_the_port(create_app(sessions, None, allowed=ALLOWED), trusted)
    config.load()
    return Port(config.loaded_app)


@pytest.mark.parametrize("forwarded", ["198.51.100.1", "127.0.0.1", PROXY, "x", ""])
async def test_what_a_stranger_says_of_where_they_are_is_not_believed(sessions: ScopedSessions, forwarded: str) -> None:
    assert await served(sessions, PROXIES).is_counted_with((STRANGER,), (STRANGER, forwarded))


async def test_a_trusted_proxy_tells_callers_apart(sessions: ScopedSessions) -> None:
    port = served(sessions, PROXIES)
    assert not await port.is_counted_with((PROXY, "198.51.100.1"), (PROXY, "198.51.100.2"))


@pytest.mark.parametrize(
    "forged",
    [
        ("192.0.2.1, 198.51.100.1",),
        ("10.0.0.7, 198.51.100.1",),
        ("192.0.2.1", "198.51.100.1"),
        ("192.0.2.1, 198.51.100.1, 10.1.2.3",),
        ("198.51.100.1:4711",),
        ("x,,\t, 198.51.100.1",),
    ],
    ids=["a caller's own line", "a proxy's address in it", "two headers", "two proxies", "a port", "nonsense"],
)
async def test_a_caller_is_the_nearest_that_is_no_proxy_whatever_they_wrote_before(
    sessions: ScopedSessions, forged: tuple[str, ...]
) -> None:
    assert await served(sessions, PROXIES).is_counted_with((PROXY, "198.51.100.1"), (PROXY, *forged))


async def test_a_subscriber_behind_a_proxy_is_one_however_many_addresses_they_have(sessions: ScopedSessions) -> None:
    port = served(sessions, PROXIES)
    assert await port.is_counted_with((PROXY, "2001:db8:1:2::1"), (PROXY, "[2001:db8:1:2:ffff::9]:443"))


async def test_with_a_star_everybody_is_believed_from_the_first_address_on(sessions: ScopedSessions) -> None:
    port = served(sessions, "*")
    assert not await port.is_counted_with((STRANGER, "192.0.2.1, 198.51.100.1"), (STRANGER, "192.0.2.2, 198.51.100.1"))


@pytest.mark.parametrize(("peer", "name"), [(PROXY, "__Host-narplan="), (STRANGER, "narplan=")])
async def test_https_is_believed_of_a_trusted_proxy_only(sessions: ScopedSessions, peer: str, name: str) -> None:
    app = served(sessions, PROXIES).app
    transport = httpx.ASGITransport(app, client=(peer, 1))
    headers = {"x-forwarded-proto": "https", "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://narplan.example", headers=headers) as client:
        cookie = (await client.post("/logga-ut")).headers["set-cookie"]
    assert cookie.startswith(name)
    assert ("secure" in cookie.lower()) is (peer == PROXY)
