"""The Model Context Protocol at `/mcp`: tools that only read, over streamable HTTP, with nothing kept in between."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, post
from litestar.connection import ASGIConnection, Request
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from msgspec import UNSET

from api import limits
from api.assistants import protocol
from api.assistants.calls import Asked
from api.assistants.protocol import NEWEST, WITH_HANDSHAKE, Fault, Message
from api.assistants.tools import TOOLS, Tool
from api.auth import ScopeMissing, host_of, keys_only
from api.dependencies import Person, Sessions
from api.errors import describe, swedish
from api.rest.description import API_VERSION
from initiatives.access import ScopedSessions
from initiatives.allowance import Kind, Limits
from initiatives.errors import NotAllowed
from initiatives.keys import Scope
from initiatives.limits import TooOften
from retrieval.answering import Assistant

ADDRESS = "/mcp"
SERVER = {"name": "narplan", "title": "Närplan", "version": API_VERSION}
INSTRUCTIONS = (
    "Närplan svarar på frågor om regionens nära vård ur beslutsdokument och ett register över initiativ, beslut och "
    "pengar. Återge svar med källa. Skilj på förslag och beslut. Framgår något inte av materialet, säg det."
)
_CAPABILITIES = {"tools": {"listChanged": False}}
_MAY_BE_KEPT = {"ttlMs": 300_000, "cacheScope": "private"}
"""How long, in milliseconds, a program may hold on to what tools there are: it differs from key to key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What the tools are called with, and what the key may be used for; `counted` is whose questions are counted."""

    asked: Asked
    scopes: Collection[Scope]
    sessions: ScopedSessions
    allowed: Limits
    counted: str


def own_origin_only(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Raise `NotAllowed` for a browser that another site has led here; a guard."""
    origin = connection.headers.get("origin")
    if origin is not None and host_of(origin) != connection.headers.get("host"):
        raise NotAllowed("Anropet kom från en annan webbplats och utfördes inte.")


@post(
    ADDRESS,
    include_in_schema=False,
    status_code=200,
    guards=[own_origin_only, keys_only],
    opt={"any_scope": True, "limit": Kind.READS},
)
async def mcp(
    request: Request[Any, Any, Any],
    person: Person,
    sessions: Sessions,
    assistant: NamedDependency[Assistant],
    allowed: NamedDependency[Limits],
) -> Response[bytes]:
    """Answer one message. There is no stream to open, and no session to end."""
    message = None
    try:
        message = protocol.read(await request.body())
        spoken = protocol.revision(message, request.headers)
        if message.id is UNSET:
            return Response(b"", status_code=HTTPStatus.ACCEPTED, media_type="application/json")
        asked = Asked(person, sessions, assistant, str(request.base_url).rstrip("/"))
        caller = Caller(asked, request.scope["auth"], sessions, allowed, limits.caller(request.scope))
        result = await _result(caller, message, spoken)
    except Fault as fault:
        return Response(protocol.failed(message, fault), status_code=fault.status, media_type="application/json")
    if spoken == NEWEST:
        result = {"resultType": "complete", "_meta": {protocol.OF_SERVER: SERVER}, **result}
    return Response(protocol.answered(message, result), media_type="application/json")


async def _result(caller: Caller, message: Message, spoken: str) -> Mapping[str, Any]:
    match message.method, spoken:
        case "initialize", _ if spoken != NEWEST:
            return _greeting(message, spoken)
        case "server/discover", protocol.NEWEST:
            versions = list(protocol.REVISIONS)
            told = {"supportedVersions": versions, "capabilities": _CAPABILITIES, "instructions": INSTRUCTIONS}
            return {**told, **_MAY_BE_KEPT}
        case "ping", _:
            return {}
        case "tools/list", _:
            tools = [tool.told for tool in TOOLS.values() if tool.scope in caller.scopes]
            return {"tools": tools, **(_MAY_BE_KEPT if spoken == NEWEST else {})}
        case "tools/call", _:
            return await _call(caller, message.given, spoken)
        case _:
            raise protocol.unknown_method(spoken)


def _greeting(message: Message, spoken: str) -> Mapping[str, Any]:
    wanted = message.given.get("protocolVersion")
    if not isinstance(wanted, str):
        raise protocol.wrong_params(spoken, "Ange protocolVersion.")
    return {
        "protocolVersion": wanted if wanted in WITH_HANDSHAKE else WITH_HANDSHAKE[0],
        "capabilities": _CAPABILITIES,
        "serverInfo": SERVER,
        "instructions": INSTRUCTIONS,
    }


async def _call(caller: Caller, params: Mapping[str, Any], spoken: str) -> Mapping[str, Any]:
    """Return what a tool gives; what is wrong with its arguments is told to the assistant, which may try again."""
    name, arguments = params.get("name"), params.get("arguments") or {}
    tool = TOOLS.get(name) if isinstance(name, str) else None
    if tool is None or not isinstance(arguments, dict):
        raise protocol.wrong_params(spoken, f"Ange name, ett av {', '.join(TOOLS)}, och arguments som ett objekt.")
    try:
        wanted = msgspec.convert(arguments, tool.takes)
    except msgspec.ValidationError as error:
        return _told(f"{_place(str(error))}{swedish(str(error))}")
    try:
        given = msgspec.json.encode(await _counted(caller, tool, wanted))
    except TooOften:
        raise
    except Exception as error:
        problem = describe(error, ADDRESS)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return _told(": ".join(filter(None, (problem.field, problem.detail))))
    text = {"type": "text", "text": given.decode()}
    return {"content": [text], "structuredContent": msgspec.Raw(given), "isError": False}


async def _counted(caller: Caller, tool: Tool, wanted: msgspec.Struct) -> object:
    """Call a tool that the key may use; what searches and answers counts as a question."""
    if tool.scope not in caller.scopes:
        raise ScopeMissing(tool.scope)
    if tool.scope is Scope.ASK and caller.allowed.questions:
        await limits.count_one(caller.sessions, caller.allowed, Kind.QUESTIONS, caller.counted)
    return await tool.call(caller.asked, wanted)


def _told(problem: str) -> Mapping[str, Any]:
    return {"content": [{"type": "text", "text": problem}], "isError": True}


def _place(problem: str) -> str:
    """Return the argument that a message of validation is about, before what is said of it."""
    _, _, path = problem.rpartition(" - at `$.")
    named = path.rstrip("`") if path != problem else ""
    return f"{named}: " if named else ""
