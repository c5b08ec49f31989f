"""Idempotency-Key: a program that does not know whether its request came through may send it again.

The hooks are given to the API's router, `begin` is called where the request's transaction is opened. A handler that
works outside of it takes no key; one whose answer holds a secret says `opt={"shows_secret": True}`.
"""

import asyncio
import hashlib
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.connection import Request
from sqlalchemy.ext.asyncio import AsyncSession

from api import bodies
from initiatives import once
from initiatives.access import Viewer
from initiatives.errors import InvalidValue
from initiatives.once import Answer

HEADER = "Idempotency-Key"
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')
_NOT_KEPT = frozenset({"content-length", "set-cookie"})


class Replay(Exception):
    """Ends a request that was done before, with its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Attempt:
    """A request with a key, on its way; `session` and `person` from when its transaction is open."""

    request: Request[Any, Any, Any]
    key: str
    body_sha256: bytes
    digest: bytes = b""
    session: AsyncSession | None = None
    person: Viewer | None = None


_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


async def prepare(request: Request[Any, Any, Any]) -> None:
    """Receive the body, note the key and hash what must not hold a transaction up; a hook before every handler."""
    await bodies.receive(request)
    given = request.headers.get(HEADER) if request.method == "POST" else None
    if given is None:
        _attempt.set(None)
        return
    if not (key := _KEY.fullmatch(given)):
        raise InvalidValue("Nyckeln ska vara 1 till 255 synliga ASCII-tecken, till exempel ett UUID.", field=HEADER)
    if "session" not in request.route_handler.parsed_fn_signature.parameters:
        raise InvalidValue("Den här adressen tar ingen Idempotency-Key. Skicka anropet utan.", field=HEADER)
    body, (_, options) = await request.body(), request.content_type
    hashed = await asyncio.to_thread(_hash_body, body, options.get("boundary"))
    _attempt.set(Attempt(request, key[1], hashed))


async def begin(session: AsyncSession, person: Viewer) -> None:
    """Raise `Replay` if the request was done before, or what `initiatives.once.begin` raises; else it is done now."""
    attempt = _attempt.get()
    if attempt is None:
        return
    attempt.digest = _digest(attempt, person)
    if found := await once.begin(session, person, attempt.key, attempt.digest):
        raise Replay(found)
    attempt.session, attempt.person = session, person


async def remember(response: Response[Any]) -> Response[Any]:
    """Keep the answer in the request's own transaction; a hook after every handler of the API."""
    attempt = _attempt.get()
    if attempt is None or attempt.session is None or attempt.person is None:
        return response
    handler = attempt.request.route_handler
    built = response.to_asgi_response(
        app=None, request=attempt.request, status_code=handler.status_code, media_type=handler.media_type
    )
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in built.headers.headers]
    kept = [pair for pair in headers if pair[0].lower() not in _NOT_KEPT]
    body = None if handler.opt.get("shows_secret") else built.body
    once.keep(attempt.session, attempt.person, attempt.key, attempt.digest, Answer(built.status_code, kept, body))
    return response


def to_response(answer: Answer) -> Response[bytes]:
    """Return the answer that was given the first time."""
    headers = {name: value for name, value in answer.headers if name.lower() != "content-type"}
    media_type = next((value for name, value in answer.headers if name.lower() == "content-type"), None)
    return Response(
        answer.body or b"",
        status_code=answer.status,
        media_type=media_type,
        headers={**headers, "Idempotency-Replayed": "true"},
    )


def _hash_body(body: bytes, boundary: str | None) -> bytes:
    """Return the digest of a body; a form with files has a new boundary each time, which is left out."""
    return hashlib.sha256(body.replace(boundary.encode(), b"") if boundary else body).digest()


def _digest(attempt: Attempt, person: Viewer) -> bytes:
    """Return what tells the request from others."""
    request = attempt.request
    kind, _ = request.content_type
    parts = [request.method, request.scope["path"], request.scope["query_string"].decode("latin-1"), kind, person.role]
    told = "\n".join([*parts, str(person.organisation_id)]).encode()
    return hashlib.sha256(hashlib.sha256(told).digest() + attempt.body_sha256).digest()
