"""Errors in the shapes of other protocols: OpenAI's under `/v1/`, JSON-RPC's at `/mcp`."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

OPENAI, MCP = "/v1/", "/mcp"
_KINDS = {
    HTTPStatus.UNAUTHORIZED: ("authentication_error", "invalid_api_key"),
    HTTPStatus.FORBIDDEN: ("permission_error", "insufficient_permissions"),
    HTTPStatus.NOT_FOUND: ("invalid_request_error", "not_found"),
    HTTPStatus.TOO_MANY_REQUESTS: ("rate_limit_error", "rate_limit_exceeded"),
}


@dataclass(frozen=True, slots=True)
class Shaped:
    """An error as another protocol says it."""

    status: int
    body: dict[str, Any]


def of(path: str, status: int, detail: str, field: str | None) -> Shaped | None:
    """Return an error that arose at a path in the shape of its protocol; None where it is our own."""
    if path.startswith(OPENAI):
        status = HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status
        unknown_model = status == HTTPStatus.NOT_FOUND and field == "model"
        return Shaped(status, openai_error(status, detail, field, "model_not_found" if unknown_model else None))
    if path.rstrip("/") == MCP:
        return Shaped(status, {"jsonrpc": "2.0", "id": None, "error": {"code": status, "message": detail}})
    return None


def openai_error(status: int, detail: str, field: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return an error as OpenAI's API writes it."""
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind, usual = _KINDS.get(HTTPStatus(status), ("server_error" if server else "invalid_request_error", None))
    return {"error": {"message": detail, "type": kind, "param": field, "code": code or usual}}
