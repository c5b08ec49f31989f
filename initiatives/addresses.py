"""Addresses on the internet that Närplan may call: which they are, and which lead into somebody's own network."""

import ipaddress
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from initiatives.errors import InvalidValue

LONGEST = 2000
_PORTS = {"https": 443, "http": 80}
_V6_IN_USE = ipaddress.ip_network("2000::/3")
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
"""Private, shared, link-local, loopback, documentation, translation and multicast networks, and clouds' own."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An address to call, taken apart once, so that nobody reads it in another way later."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as it stands in a request, with the port if it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str, *, local: bool = False, field: str = "url") -> Target:
    """Return what a URL leads to; raise `InvalidValue` for one that may not be called.

    It is https; with `local`, http too, to this computer. An address in numbers must be open; one in words is looked up
    when it is called, since it may lead elsewhere by then.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}#'):
        _refuse("Adressen innehåller tecken som inte kan stå där, eller är för lång. Skriv den som https://…", field)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        _refuse("Adressen går inte att läsa. Skriv den som https://kommun.example.se/narplan.", field)
    if not host or "@" in parts.netloc or parts.netloc.endswith(":") or port == 0:
        _refuse("Adressen ska ha en värd och varken namn eller lösenord. Skriv den som https://…", field)
    if parts.scheme != "https" and not (local and parts.scheme == "http" and _is_here(host)):
        _refuse("Adressen ska börja med https://.", field)
    if (number := _number(host)) and not may_call(number, local=local):
        _refuse("Adressen leder in i ett internt nät. Ange en som nås från internet.", field)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host.rstrip("."), port or _PORTS[parts.scheme], path)


def may_call(address: Address, *, local: bool = False) -> bool:
    """Tell whether an address is open to all on the internet, or, with `local`, is this computer's own."""
    if address.is_loopback:
        return local
    if isinstance(address, ipaddress.IPv6Address) and address not in _V6_IN_USE:
        return False
    return not any(address in network for network in _CLOSED)


def _is_here(host: str) -> bool:
    number = _number(host)
    return host == "localhost" or (number is not None and number.is_loopback)


def _number(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse(detail: str, field: str) -> NoReturn:
    raise InvalidValue(detail, field=field)
