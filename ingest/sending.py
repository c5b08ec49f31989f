"""A call to an address that somebody else has chosen, made so that it can only reach the open internet.

The name is looked up once, every address it has is judged, and the call goes to that very address: what the name leads
to a moment later does not matter. The certificate must still be that of the name. No redirect is followed, no proxy of
the environment is used, and neither the answer's size nor its time is the receiver's to choose.
"""

import asyncio
import contextlib
import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx2

from initiatives.addresses import Address, Target, may_call, target
from initiatives.dispatch import ANSWER_LENGTH, Outcome
from initiatives.errors import InvalidValue

SECONDS = 10.0
"""How long one try may take, all in all."""
CONNECT_SECONDS = 4.0
LARGEST_ANSWER = 16 * 1024
"""How many bytes of an answer are read at most."""
_FIRST_FAILURE = 300

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


class Closed(Exception):
    """The name leads somewhere that may not be called."""


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a name, as the machine looks it up."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found))


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    local: bool = False,
    look_up: Resolve = resolve,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Outcome:
    """Send the body and return how it went; whatever goes wrong is an outcome too.

    `local` lets this computer's own addresses be called. `trust` are the certificates to believe, by default the usual.
    """
    begun = time.monotonic()
    status, answer, problem = None, "", None
    try:
        async with asyncio.timeout(seconds):
            place = target(url, local=local)
            address = await _judged(place, look_up, local=local)
            status, answer = await _post(place, address, body, headers, trust)
    except TimeoutError:
        problem = f"Mottagaren svarade inte inom {seconds:g} sekunder."
    except Exception as error:  # noqa: BLE001 - a receiver may break in any way, and must break nothing here
        problem = _told(error)
    if status is not None and problem is None and not httpx2.codes.is_success(status):
        moved = " Omdirigeringar följs inte: ange den slutliga adressen." if httpx2.codes.is_redirect(status) else ""
        problem = f"Mottagaren svarade {status}, och bara 2xx räknas som mottaget.{moved}"
    return Outcome(status, round((time.monotonic() - begun) * 1000), answer, problem)


async def _judged(place: Target, look_up: Resolve, *, local: bool) -> Address:
    """Return the address to call; one closed address among several closes them all."""
    found = await look_up(place.host, place.port)
    if not found or not all(may_call(address, local=local) for address in found):
        raise Closed
    return min(found, key=lambda address: address.version)


async def _post(
    place: Target, address: Address, body: bytes, headers: Mapping[str, str], trust: ssl.SSLContext | None
) -> tuple[int, str]:
    number = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
    sent = {
        "Host": place.authority,
        "Content-Type": "application/json",
        "User-Agent": "Narplan-Webhook/1",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    client = httpx2.AsyncClient(
        verify=_usual() if trust is None else trust,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(SECONDS, connect=CONNECT_SECONDS),
    )
    request = client.build_request(
        "POST",
        f"{place.scheme}://{number}:{place.port}{place.path}",
        content=body,
        headers=sent,
        extensions={"sni_hostname": place.host},
    )
    async with client:
        response = await client.send(request, stream=True)
        try:
            return response.status_code, await _beginning(response)
        finally:
            await response.aclose()


@functools.cache
def _usual() -> ssl.SSLContext:
    """Return the certificates to believe; to read them takes long enough to hold up everything else."""
    return httpx2.create_ssl_context(trust_env=False)


async def _beginning(response: httpx2.Response) -> str:
    """Return the first characters of an answer, without waiting for the rest."""
    read = bytearray()
    async with contextlib.aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            read += piece
            if len(read) >= LARGEST_ANSWER:
                break
    return bytes(read[:LARGEST_ANSWER]).decode("utf-8", "replace")[:ANSWER_LENGTH]


_TOLD: tuple[tuple[type[BaseException], str], ...] = (
    (Closed, "Namnet leder in i ett internt nät, och anropet gjordes inte."),
    (socket.gaierror, "Namnet i adressen finns inte i DNS."),
    (ssl.SSLCertVerificationError, "Mottagarens certifikat går inte att lita på."),
    (ssl.SSLError, "Det gick inte att tala TLS med mottagaren."),
    (httpx2.TimeoutException, "Mottagaren svarade inte i tid."),
    (httpx2.ConnectError, "Det gick inte att ansluta till mottagaren."),
    (Exception, "Mottagaren bröt anslutningen eller svarade med något som inte är HTTP."),
)


def _told(error: Exception) -> str:
    if isinstance(error, InvalidValue):
        return error.detail
    causes = _causes(error)
    return next(said for kind, said in _TOLD if any(isinstance(cause, kind) for cause in causes))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: BaseException | None = error
    while waiting is not None and waiting not in found:
        found.append(waiting)
        waiting = waiting.__cause__ or waiting.__context__
    return found
