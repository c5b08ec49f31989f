"""The API's description of itself: OpenAPI 3.1, with the one error shape at every operation."""

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from litestar import Router
from litestar.connection import Request
from litestar.enums import OpenAPIMediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Tag
from litestar.serialization import decode_json, encode_json

from api.errors import PROBLEM_JSON
from api.rest import examples

API_VERSION = "1.0.0"
ADDRESS = "/api/v1/openapi.json"

_TEXT = {"type": "string"}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Ett fel, efter RFC 9457. Fältet type är stabilt och avsett för program.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": _TEXT,
        "field": {**_TEXT, "description": "Fältet som felet gäller, när det är ett enda."},
        "errors": {
            "type": "array",
            "description": "Fälten som inte gick att läsa.",
            "items": {
                "type": "object",
                "properties": {"field": _TEXT, "detail": _TEXT},
                "required": ["field", "detail"],
            },
        },
        "conflicts": {
            "type": "array",
            "description": "Fälten som någon annan har ändrat: deras värde, vem och när, så långt det är känt.",
            "items": {
                "type": "object",
                "properties": {
                    "field": _TEXT,
                    "theirs": {"description": "Det som står i fältet nu, som det skrivs i ett anrop."},
                    "by": {"type": ["string", "null"]},
                    "at": {"type": ["string", "null"], "format": "date-time"},
                },
                "required": ["field", "theirs", "by", "at"],
            },
        },
    },
}
PROBLEM_RESPONSE = {
    "description": "Ett fel",
    "content": {
        PROBLEM_JSON: {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "examples": {"fel": {"summary": "Exempel", "value": examples.PROBLEM}},
        }
    },
}


DONE_AGAIN = frozenset(
    {"acceptInvitation", "ask", "changePassword", "erasePerson", "signIn", "simulateDistribution", "stopAnswer"}
)
"""Operations that take no Idempotency-Key: nothing is written in the request's own transaction."""
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "En egen nyckel för anropet, till exempel ett UUID, så att det inte utförs två gånger.",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}


_PAGE_NAME = re.compile(r"Page_[\w.]+?\.(\w+?)Out_")


class ApiDescription(OpenAPIRenderPlugin):
    """Serves the description as JSON; there is no documentation page, since those fetch scripts from elsewhere."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=OpenAPIMediaType.OPENAPI_JSON)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the description in JSON."""
        return self.render_json(request, described(openapi_schema))


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description with our error shape in place of the framework's."""
    components = {**schema["components"], "schemas": {**schema["components"]["schemas"], "Problem": PROBLEM_SCHEMA}}
    paths = {
        path: {
            method: _operation(method, value) if isinstance(value, dict) else value for method, value in item.items()
        }
        for path, item in sorted(schema["paths"].items())
    }
    text = encode_json({**schema, "paths": paths, "components": components}).decode()
    renamed: dict[str, Any] = decode_json(_PAGE_NAME.sub(r"\1Page", text))
    return renamed


def _operation(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    if method == "post" and operation["operationId"] not in DONE_AGAIN:
        operation = {**operation, "parameters": [*operation.get("parameters", ()), IDEMPOTENCY_KEY]}
    successes = {code: _success(code, answer) for code, answer in operation["responses"].items() if code < "400"}
    return {**operation, "responses": {**successes, "default": PROBLEM_RESPONSE}}


def _success(code: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if code != "204" or name != "content"}


def _release() -> str:
    try:
        return version("narplan")
    except PackageNotFoundError:
        return "0"


RELEASE = _release()

OPENAPI = OpenAPIConfig(
    title="Närplan",
    version=API_VERSION,
    summary="Fråga handlingarna om nära vård och följ initiativ och pengar.",
    description=(
        "Logga in med `POST /api/v1/session` (kaka) eller skicka `Authorization: Bearer <API-nyckel>`. "
        "Belopp är hela kronor, tidpunkter är UTC enligt RFC 3339. Listor tar `limit` och `page`. "
        "Det du inte får se finns inte (404). Ändringar kräver `If-Match` med värdet ur `ETag`. "
        "Ett `POST` med `Idempotency-Key` utförs en gång: skickas samma anrop igen inom ett dygn kommer samma svar. "
        "Rubriken `RateLimit` säger hur många anrop som är kvar, och 429 när det är dags igen (`Retry-After`)."
    ),
    license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
    components=Components(
        security_schemes={
            "nyckel": SecurityScheme(type="http", scheme="bearer", description="API-nyckel"),
            "kaka": SecurityScheme(type="apiKey", name="narplan", security_scheme_in="cookie"),
        }
    ),
    security=[{"nyckel": []}, {"kaka": []}],
    tags=[
        Tag("Frågor", "Ställ frågor till handlingarna och följ upp i samtal."),
        Tag("Dokument", "Handlingarna som svaren bygger på."),
        Tag("Initiativ", "Det som föreslås, beslutas och görs."),
        Tag("Delning", "Vilka som ser ett initiativ eller dokument, hur mycket och hur länge."),
        Tag("Pengar", "Anslag och vad de används till."),
        Tag("Beslut", "Ärenden, beslut och att-satser, och uppdragen som de ger."),
        Tag("Statsbidrag", "Överenskommelser, delar, krav och villkor, och det som väntas och har kommit in."),
        Tag("Åtgärder", "Omställningsåtgärder med kostnad, effekt och återbetalningstid."),
        Tag("Fördelning", "Pengar som delas efter vikter, exakt till kronan."),
        Tag("Årshjul", "Alla datum i en kalender."),
        Tag("Uppföljning", "Indikatorer, täckning och rapporter."),
        Tag("Dialog", "Samtal och avtal med kommunerna."),
        Tag("Granskning", "Motsägelser och luckor i underlaget, och vad som gjordes åt dem."),
        Tag("Tabeller", "Registret ut till kalkylprogram och in igen."),
        Tag("Källor", "Var i dokumenten det står som registret vilar på."),
        Tag(
            "Förslag till registret",
            "Det som regler har läst ut ur dokumenten, för programgruppen att se över.",
        ),
        Tag("Historik", "Hur registret såg ut en viss dag."),
        Tag(
            "Taxonomi", "Strategier, delområden och grundförutsättningar, i versioner, och hur initiativen täcker dem."
        ),
        Tag("Indikatorer", "Det som mäts: mål, värden och hur det går."),
        Tag("Organisationer och personer"),
        Tag("API-nycklar", "Vägen in för organisationernas program; för administratörer."),
        Tag("Dagbok", "Vem som ändrade vad, och när."),
        Tag("Följa", "Ändringar sedan sist, och webhookar som säger till."),
        Tag("Inloggning"),
        Tag("Om API:et"),
    ],
    render_plugins=[ApiDescription()],
    openapi_router=Router(ADDRESS, route_handlers=[], include_in_schema=False, opt={"public": True}),
)
"""For the app: `openapi_config=OPENAPI`."""
