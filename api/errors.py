"""Every error leaves in one shape: problem+json (RFC 9457), a page for a browser, or what another protocol wants."""

import errno
import logging
import re
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from api import foreign_shapes, once
from api.auth import FOR_PROGRAMS
from api.etags import PreconditionMissing
from api.limits import headers_of
from api.oidc.errors import ProviderUnavailable
from api.once import Replay
from initiatives import errors as domain
from initiatives.calendar_feeds import TooManyFeeds
from initiatives.changes import CursorTooOld
from initiatives.clauses import AlreadyClosed
from initiatives.closing import NotYet
from initiatives.decisions import OnlyProposed
from initiatives.dependencies import CircularDependency
from initiatives.funds import FundOverdrawn
from initiatives.limits import TooOften
from initiatives.memberships import LastAdministrator
from initiatives.merging import ConflictingChange
from initiatives.once import AlreadyDone, KeyReused, StillWorking
from initiatives.removing import StillNeeded
from initiatives.suggestions.judging import AlreadyJudged
from initiatives.webhooks import TooMany
from initiatives.workflow import MissingForStatus, MoveNotPossible
from retrieval.embedding import ModelUnavailable

logger = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"

STATUSES: dict[type[domain.NarplanError], int] = {
    domain.NotSignedIn: 401,
    domain.SignInFailed: 401,
    domain.NotAllowed: 403,
    domain.NotFound: 404,
    domain.AlreadyExists: 409,
    domain.InUse: 409,
    FundOverdrawn: 409,
    AlreadyClosed: 409,
    NotYet: 409,
    OnlyProposed: 409,
    StillNeeded: 409,
    AlreadyJudged: 409,
    CircularDependency: 409,
    MoveNotPossible: 409,
    TooMany: 409,
    TooManyFeeds: 409,
    LastAdministrator: 409,
    CursorTooOld: 410,
    StillWorking: 409,
    AlreadyDone: 409,
    domain.StaleVersion: 412,
    domain.InvalidValue: 422,
    KeyReused: 422,
    PreconditionMissing: 428,
    TooOften: 429,
    ModelUnavailable: 503,
    ProviderUnavailable: 503,
    domain.NarplanError: 422,
}
"""The one table from what went wrong to the HTTP status; a subclass has its nearest parent's."""

TITLES = {
    400: "Anropet går inte att läsa",
    401: "Du behöver logga in",
    403: "Du saknar behörighet",
    404: "Sidan finns inte",
    405: "Går inte att göra här",
    408: "Det tog för lång tid",
    413: "För mycket på en gång",
    415: "Formatet stöds inte",
    422: "Något i anropet är fel",
    429: "För många anrop",
    500: "Ett oväntat fel inträffade",
    503: "Tjänsten är inte tillgänglig just nu",
    507: "Disken är full",
}
DETAILS = {
    400: "Kontrollera att innehållet är giltig JSON i UTF-8 och inte är nästlat i orimligt många nivåer.",
    401: "Logga in först, eller skicka en API-nyckel.",
    403: "Du får inte göra detta.",
    404: "Kontrollera adressen.",
    405: "Adressen finns, men inte för den här metoden. Huvudet Allow visar vilka som går.",
    408: "Innehållet kom inte fram i tid. Kontrollera anslutningen och skicka det igen.",
    413: "Innehållet är för stort. Dela upp det eller skicka mindre.",
    415: "Skicka innehållet som application/json.",
    422: "Rätta fälten som räknas upp och försök igen.",
    429: "Vänta en stund och försök igen.",
    500: "Felet är noterat. Försök igen om en stund, och kontakta den som sköter Närplan om det händer igen.",
    503: "Databasen svarar inte. Försök igen om en stund.",
    507: "Inget har sparats, men det går att läsa som vanligt. Be den som sköter Närplan att ge databasen mer plats.",
}
WHOLE_BODY = "data"
_IN_ADDRESS = "/%:@!$&'()*+,;="
DATA_EXCEPTION, DISK_FULL, RETRY_CLASSES = "22", "53100", ("08", "40", "53", "57")


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    detail: str


class Conflict(msgspec.Struct, frozen=True):
    """A field that somebody else has changed: what stands there now, and who wrote it when, as far as known."""

    field: str
    theirs: Any
    by: str | None
    at: datetime | None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shape of every error, after RFC 9457; `type` is stable and meant for machines."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str | None = None
    errors: list[FieldProblem] | None = None
    conflicts: list[Conflict] | None = None


def to_response(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Return the response for anything that was raised on the way."""
    if isinstance(error, Replay):
        return once.to_response(error.answer)
    problem = describe(error, quote(request.scope["raw_path"], safe=_IN_ADDRESS))
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s misslyckades", request.method, problem.instance, exc_info=error)
    if _wants_page(request):
        return _page(request, problem, _headers(error))
    headers = {"Content-Language": "sv", **_headers(error)}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if shaped := foreign_shapes.of(request.scope["path"], problem.status, *_first(problem)):
        return Response(shaped.body, status_code=shaped.status, media_type="application/json", headers=headers)
    return Response(msgspec.to_builtins(problem), status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {Exception: to_response}
"""For the app: everything goes the same way out."""


def describe(error: Exception, instance: str) -> Problem:
    """Return what to tell about an error that arose at the path `instance`; never a word from inside the house."""
    if isinstance(error, domain.NarplanError):
        status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
        conflicts = _conflicts(error) if isinstance(error, ConflictingChange) else None
        rows = error.problems if isinstance(error, domain.InvalidRows | MissingForStatus) else ()
        errors = [FieldProblem(*one) for one in rows] or None
        return Problem(_urn(name), error.title, status, error.detail, instance, error.field, errors, conflicts)
    fields = _field_problems(error.extra) if isinstance(error, ValidationException) else None
    return _plain(_status(error), instance, errors=fields)


def _first(problem: Problem) -> tuple[str, str | None]:
    """Return what is wrong and in which field; of several the first."""
    if problem.errors and not problem.field:
        return problem.errors[0].detail, problem.errors[0].field or None
    return problem.detail, problem.field


def _status(error: Exception) -> int:
    match error:
        case ValidationException():
            return 422
        case HTTPException():
            return error.status_code
        case DBAPIError():
            return _database_status(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return 507
        case ConnectionError() | TimeoutError() | FileNotFoundError() | NoConnection():
            return 503
        case _:
            return 500


def _plain(status: int, instance: str, *, errors: list[FieldProblem] | None = None) -> Problem:
    phrase = HTTPStatus(status).phrase
    return Problem(
        type=_urn(re.sub(r"[^a-z]+", "-", phrase.lower())),
        title=TITLES.get(status, phrase),
        status=status,
        detail=DETAILS.get(status, "Kontrollera anropet och försök igen."),
        instance=instance,
        errors=errors,
    )


def _conflicts(error: ConflictingChange) -> list[Conflict]:
    return msgspec.convert(error.conflicts, list[Conflict], from_attributes=True)


def _urn(name: str) -> str:
    return f"urn:narplan:problem:{name}"


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, StillWorking):
        return {"Retry-After": "1"}
    if isinstance(error, TooOften):
        return {"Retry-After": str(error.seconds), **(headers_of(error.count) if error.count else {})}
    return dict(error.headers or {}) if isinstance(error, HTTPException) else {}


def _database_status(error: DBAPIError) -> int:
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state.startswith(DATA_EXCEPTION):
        return 422
    if state == DISK_FULL:
        return 507
    return 503 if error.connection_invalidated or state.startswith(RETRY_CLASSES) else 500


def _field_problems(extra: object) -> list[FieldProblem]:
    found = extra if isinstance(extra, list) else []
    return [
        FieldProblem(
            _field(str(item.get("key", "")), str(item.get("message", ""))), swedish(str(item.get("message", "")))
        )
        for item in found
        if isinstance(item, dict)
    ]


_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"missing required (?:field|argument)|Missing required", "Fältet saknas."),
    (r"unknown field", "Fältet finns inte. Kontrollera stavningen."),
    (r"Expected `str`", "Ange en text."),
    (r"Expected `int` [<>]=", "Talet är för stort eller för litet."),
    (r"Expected `int`", "Ange ett heltal."),
    (r"Expected `bool`", "Ange true eller false."),
    (r"Expected `array`", "Ange en lista."),
    (r"Expected `object`", "Ange ett JSON-objekt."),
    (r"Expected `uuid`|Invalid UUID", "Ange ett id i formen 8-4-4-4-12 hexadecimala tecken."),
    (r"Expected `date`|Invalid RFC3339", "Ange ett datum som 2026-11-21."),
    (r"Invalid enum value", "Värdet går inte att välja. Se API-beskrivningen för de tillåtna."),
    (r"out of range|Integer", "Talet är för stort."),
)


def swedish(message: str) -> str:
    """Return, in Swedish, what a validation message says about a value."""
    return next((text for pattern, text in _MESSAGES if re.search(pattern, message)), "Värdet går inte att läsa.")


def _field(key: str, message: str) -> str:
    """Return the path of the field; the framework names a missing or unknown one only in its message.

    A query parameter whose name is a word of Python (`from_`) is named as callers write it.
    """
    named = re.search(r"field `([^`]*)`", message)
    outer = "" if key == WHOLE_BODY else key.rstrip("_")
    return ".".join(name for name in (outer, named[1] if named else "") if name)


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    path = request.scope["path"]
    return not path.startswith(FOR_PROGRAMS) and "text/html" in request.headers.get("accept", "")


def _page(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str]) -> Response[Any]:
    from api.web.pages import page

    if problem.status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        query = quote(request.scope["query_string"], safe=_IN_ADDRESS + "?")
        following = f"{problem.instance}?{query}" if query else problem.instance
        return Redirect(f"/logga-in?{urlencode({'nasta': following})}", status_code=303)
    shown = page("error.html", problem.status, title=problem.title, detail=problem.detail, status=problem.status)
    shown.headers = {**shown.headers, **headers}
    return shown
