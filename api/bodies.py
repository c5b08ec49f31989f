"""How a request's body comes in: within its size and its time, and before anything is held for the request."""

import asyncio
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import ClientException
from litestar.handlers import BaseRouteHandler

from api.auth import SAFE_METHODS, provide_person
from initiatives.access import require_writer

LARGEST_BODY = 1024 * 1024
"""Of JSON and forms, in bytes; what takes files says so itself."""
SLOWEST = 128 * 1024
"""Bytes a second that a body must come in with, on top of `PATIENCE` seconds."""
PATIENCE = 20.0


class TooSlow(ClientException):
    """The body did not come in time."""

    status_code = 408


async def receive(request: Request[Any, Any, Any]) -> None:
    """Read the whole body, or raise `TooSlow`; a hook before every handler.

    Without it a handler that reads a form would hold its transaction while a slow sender takes its time.
    """
    if request.method in SAFE_METHODS:
        return
    largest = request.route_handler.resolve_request_max_body_size() or LARGEST_BODY
    try:
        async with asyncio.timeout(PATIENCE + largest / SLOWEST):
            await request.body()
    except TimeoutError:
        raise TooSlow from None


def writers_only(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Raise `NotAllowed` before a large body is read, unless it is sent by somebody who may write; a guard."""
    require_writer(provide_person(Request(connection.scope)))
