"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from litestar.types import Scope

_IPV6_NETWORK = 64


def address_of(scope: Scope) -> str:
    """Return the caller's address; of IPv6 the network that one subscriber has, since they choose the rest.

    The server has put it there: what `X-Forwarded-For` says counts only from a trusted proxy.
    """
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, _IPV6_NETWORK), strict=False))
