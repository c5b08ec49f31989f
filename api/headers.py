"""Headers that every answer leaves with, whatever made it: pages, API, files, errors and what was not found."""

from litestar.types import Message, Scope

HSTS = "max-age=31536000"
"""A year, for this host alone: others under the same name may not have TLS."""
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""What anything but a page may do if a browser shows it: a file that somebody put in, an answer of the API."""
DEFAULTS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "private, no-store",
}
"""What is said unless the answer says something else; pages state their own content security policy."""
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in DEFAULTS.items())
_HSTS = (b"strict-transport-security", HSTS.encode())


async def protect(message: Message, scope: Scope) -> None:
    """Fill in the headers that are missing; a hook before everything that is sent."""
    if message["type"] != "http.response.start":
        return
    headers = list(message.get("headers", ()))
    said = {name.lower() for name, _ in headers}
    headers += [header for header in _RAW if header[0] not in said]
    if scope["scheme"] == "https" and _HSTS[0] not in said:
        headers.append(_HSTS)
    message["headers"] = headers
