"""What the API is, and whether it is well."""

import asyncio

import msgspec
from litestar import Response, get
from sqlalchemy import text

from api.dependencies import Sessions
from api.rest.description import API_VERSION, RELEASE
from api.rest.examples import shows
from initiatives.access import SYSTEM

READY_SECONDS = 3.0


class ApiInfo(msgspec.Struct, frozen=True):
    """Name, version and state of the API, after Digg's API profile."""

    api_name: str
    api_version: str
    api_released: str
    api_documentation: str
    api_status: str
    release: str


class Health(msgspec.Struct, frozen=True):
    """Whether the service is well."""

    status: str


API_INFO = ApiInfo("Närplan", API_VERSION, "2026-11-21", "/api/v1/openapi.json", "active", RELEASE)


@get(
    "/api-info",
    tags=["Om API:et"],
    summary="Berätta om API:et",
    operation_id="getApiInfo",
    opt={"public": True},
    security=[{}],
    responses=shows(ApiInfo, {**msgspec.to_builtins(API_INFO), "release": "0.1.0"}),
    sync_to_thread=False,
)
def api_info() -> ApiInfo:
    """Return name, version and address of the description."""
    return API_INFO


@get("/healthz", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def healthz() -> Health:
    """Tell that the process is alive."""
    return Health("ok")


@get("/readyz", include_in_schema=False, opt={"public": True})
async def readyz(sessions: Sessions) -> Response[Health]:
    """Tell whether the process can serve: the database answers."""
    try:
        async with asyncio.timeout(READY_SECONDS), sessions(SYSTEM) as session:
            await session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 - whatever the reason, the answer is the same
        return Response(Health("databasen svarar inte"), status_code=503)
    return Response(Health("ok"))
