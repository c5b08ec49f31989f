"""The Model Context Protocol as it is on the wire: messages in and out, the revisions that are spoken, and faults.

The newest revision has no handshake: every request says in itself which revision it is in. Those before begin with one.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

NEWEST: Final = "2026-07-28"
WITH_HANDSHAKE: Final = ("2025-11-25", "2025-06-18")
"""Revisions that begin with a handshake, the newest first: it is offered to one who asks for another."""
REVISIONS: Final = (NEWEST, *WITH_HANDSHAKE)
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
OF_REVISION: Final = "io.modelcontextprotocol/protocolVersion"
OF_CLIENT: Final = "io.modelcontextprotocol/clientCapabilities"
OF_SERVER: Final = "io.modelcontextprotocol/serverInfo"
PARSE, REQUEST, METHOD, PARAMS = -32700, -32600, -32601, -32602
MISMATCH, UNSUPPORTED = -32020, -32022
_STATUSES = {METHOD: 404}
_WRAPPED = re.compile(r"=\?base64\?(.*)\?=")


@dataclass
class Fault(Exception):
    """A message that cannot be served; `status` is the one of HTTP."""

    code: int
    message: str
    status: int = 400
    data: Any = None


class Message(msgspec.Struct, frozen=True):
    """A request, or without `id` a notification, which is owed no answer."""

    jsonrpc: Literal["2.0"]
    method: str
    id: str | int | UnsetType = UNSET
    params: dict[str, Any] | None = None

    @property
    def given(self) -> Mapping[str, Any]:
        """The parameters."""
        return self.params or {}


def read(body: bytes) -> Message:
    """Return the one message of a body; raise `Fault`."""
    try:
        return msgspec.json.decode(body, type=Message)
    except msgspec.ValidationError:
        raise Fault(REQUEST, "Skicka en enda begäran eller notis enligt JSON-RPC 2.0.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Fault(PARSE, "Innehållet går inte att läsa som JSON.") from None


def revision(message: Message, headers: Mapping[str, str]) -> str:
    """Return the revision that a message is in; raise `Fault` for one that is not spoken or contradicts itself."""
    meta = message.given.get("_meta")
    told = meta if isinstance(meta, dict) else {}
    header, inside = headers.get(VERSION_HEADER), told.get(OF_REVISION)
    if header is None and inside is None:
        return WITH_HANDSHAKE[-1]
    if NEWEST in {header, inside} and not isinstance(message.id, UnsetType):
        _require_envelope(message, told, headers)
    wanted = header or str(inside)
    if wanted not in REVISIONS:
        known = {"supported": list(REVISIONS), "requested": wanted}
        raise Fault(UNSUPPORTED, f"Revisionen talas inte här. Använd {' eller '.join(REVISIONS)}.", data=known)
    return wanted


def _require_envelope(message: Message, told: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    """Raise `Fault` unless a request says all it must, and its headers say the same."""
    if missing := [name for name in (OF_REVISION, OF_CLIENT) if name not in told]:
        raise Fault(PARAMS, f"params._meta saknar {' och '.join(missing)}.")
    wanted = {VERSION_HEADER: told[OF_REVISION], METHOD_HEADER: message.method}
    if message.method == "tools/call" and "name" in message.given:
        wanted[NAME_HEADER] = message.given["name"]
    for name, value in wanted.items():
        if _unwrapped(headers.get(name)) != value:
            raise Fault(MISMATCH, f"Huvudet {name} säger något annat än innehållet.")


def _unwrapped(header: str | None) -> str | None:
    """Return what a header says: what is no plain ASCII comes as base64."""
    wrapped = _WRAPPED.fullmatch(header or "")
    if wrapped is None:
        return header
    try:
        return base64.b64decode(wrapped[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def unknown_method(spoken: str) -> Fault:
    """Return the fault of a method that is not here; before the newest revision it is no error of HTTP."""
    return Fault(METHOD, "Metoden finns inte här.", status=_STATUSES[METHOD] if spoken == NEWEST else 200)


def wrong_params(spoken: str, message: str) -> Fault:
    """Return the fault of parameters that cannot be used."""
    return Fault(PARAMS, message, status=400 if spoken == NEWEST else 200)


def answered(message: Message, result: Mapping[str, Any]) -> bytes:
    """Return the answer to a request."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": message.id, "result": result})


def failed(message: Message | None, fault: Fault) -> bytes:
    """Return the answer to a request that failed, or to what was none."""
    error = {"code": fault.code, "message": fault.message}
    error |= {} if fault.data is None else {"data": fault.data}
    known = None if message is None or isinstance(message.id, UnsetType) else message.id
    return msgspec.json.encode({"jsonrpc": "2.0", "id": known, "error": error})
