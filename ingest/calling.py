"""A call to an address that somebody else has chosen, made so that it can only reach the open internet.

The name is looked up once, every address it has is judged, and the call goes to that very address: what the name leads
to a moment later does not matter. The certificate must still be that of the name. No redirect is followed and no proxy
of the environment is used.
"""

import asyncio
import contextlib
import functools
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

import httpx2

from initiatives.addresses import Address, Target, may_call, target
from initiatives.errors import InvalidValue

SECONDS = 10.0
"""How long may pass between two pieces of an answer."""
CONNECT_SECONDS = 4.0

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


class Closed(Exception):
    """The name leads somewhere that may not be called."""


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a name, as the machine looks it up."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found))


@contextlib.asynccontextmanager
async def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    content: bytes | None = None,
    local: bool = False,
    look_up: Resolve = resolve,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[httpx2.Response]:
    """Give the answer of an address, whose body has not been read yet.

    `local` lets this computer's own addresses be called. `trust` are the certificates to believe, by default the usual.
    Raises what `told` has words for.
    """
    place = target(url, local=local)
    address = await _judged(place, look_up, local=local)
    number = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
    client = httpx2.AsyncClient(
        verify=_usual() if trust is None else trust,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(SECONDS, connect=CONNECT_SECONDS),
    )
    request = client.build_request(
        method,
        f"{place.scheme}://{number}:{place.port}{place.path}",
        content=content,
        headers={"Host": place.authority, "Accept-Encoding": "identity", "Connection": "close", **headers},
        extensions={"sni_hostname": place.host},
    )
    async with client:
        response = await client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()


async def beginning(response: httpx2.Response, most: int) -> bytes:
    """Return at most the first ``most`` bytes of an answer, without waiting for the rest."""
    read = bytearray()
    async with contextlib.aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            read += piece
            if len(read) >= most:
                break
    return bytes(read[:most])


async def _judged(place: Target, look_up: Resolve, *, local: bool) -> Address:
    """Return the address to call; one closed address among several closes them all."""
    found = await look_up(place.host, place.port)
    if not found or not all(may_call(address, local=local) for address in found):
        raise Closed
    return min(found, key=lambda address: address.version)


@functools.cache
def _usual() -> ssl.SSLContext:
    """Return the certificates to believe; to read them takes long enough to hold up everything else."""
    return httpx2.create_ssl_context(trust_env=False)


_TOLD: tuple[tuple[type[BaseException], str], ...] = (
    (Closed, "Namnet leder in i ett internt nät, och anropet gjordes inte."),
    (socket.gaierror, "Namnet i adressen finns inte i DNS."),
    (ssl.SSLCertVerificationError, "{who}s certifikat går inte att lita på."),
    (ssl.SSLError, "Det gick inte att tala TLS med {them}."),
    (httpx2.TimeoutException, "{who} svarade inte i tid."),
    (httpx2.ConnectError, "Det gick inte att ansluta till {them}."),
    (Exception, "{who} bröt anslutningen eller svarade med något som inte är HTTP."),
)


def told(error: Exception, who: str) -> str:
    """Return what went wrong with a call, in Swedish; ``who`` is what the other end is called."""
    if isinstance(error, InvalidValue):
        return error.detail
    causes = _causes(error)
    said = next(said for kind, said in _TOLD if any(isinstance(cause, kind) for cause in causes))
    return said.format(who=who, them=who.lower())


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: BaseException | None = error
    while waiting is not None and waiting not in found:
        found.append(waiting)
        waiting = waiting.__cause__ or waiting.__context__
    return found
