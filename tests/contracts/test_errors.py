"""Whatever is sent, the answer is one shape, says what to do, and is never a 500."""

import re
from typing import Any

import httpx
import pytest
from litestar import get
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnection

from api import errors
from api.app import create_app
from api.dependencies import Sessions
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.errors import NarplanError
from tests import factories
from tests.clients import connect

NEW = "/api/v1/initiatives"
ID = "01976a10-0000-7000-8000-000000000001"
JSON = {"content-type": "application/json"}


def check(response: httpx.Response, status: int) -> dict[str, Any]:
    """Hold a response to the one shape and return its body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = response.json()
    assert set(problem) <= {"type", "title", "status", "detail", "instance", "field", "errors"}
    assert re.fullmatch(r"urn:narplan:problem:[a-z-]+", problem["type"])
    assert problem["status"] == status
    assert problem["instance"] == response.request.url.raw_path.decode().partition("?")[0]
    for said in (problem["title"], problem["detail"]):
        assert said
        assert not re.search(r"[Vv]alid|[Ee]xpected|Error|Traceback|sqlalchemy|SELECT", said), said
    return problem


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nonsense", 404),
        ("POST", "/api/v1/nonsense", 404),
        ("GET", "/api/v1/nonsense/deep/down", 404),
        ("GET", "/api/v2/initiatives", 404),
        ("GET", f"{NEW}/{ID}", 404),
        ("GET", f"{NEW}/not-a-uuid", 404),
        ("GET", f"{NEW}/%00", 404),
        ("GET", f"{NEW}/%F0%28%8C%28", 404),
        ("DELETE", f"{NEW}/{ID}", 405),
        ("PUT", NEW, 405),
        ("GET", f"{NEW}?limit=0", 422),
        ("GET", f"{NEW}?limit=101", 422),
        ("GET", f"{NEW}?limit={10**30}", 422),
        ("GET", f"{NEW}?limit={'9' * 5000}", 422),
        ("GET", f"{NEW}?page={10**30}", 422),
        ("GET", f"{NEW}?page=-1", 422),
        ("GET", f"{NEW}?limit=många", 422),
        ("GET", f"{NEW}?limit=1.5", 422),
        ("GET", f"{NEW}?q=%00", 422),
        ("GET", f"{NEW}?q={'x' * 1000}", 422),
        ("GET", f"{NEW}?year={2**70}", 422),
        ("GET", f"{NEW}?status=klart", 422),
        ("GET", f"{NEW}?status=%00", 422),
        ("GET", f"{NEW}?sort=pengar", 422),
        ("GET", f"{NEW}?node=abc", 422),
        ("GET", "/api/v1/taxonomy?dimension=x", 422),
        ("GET", "/api/v1/organisations?kind=%ED%A0%80", 422),
        ("GET", "/api/v1/activity?subject_type=%00", 422),
        ("GET", f"/api/v1/funds?year={2**63}", 422),
        ("POST", NEW, 422),
        ("PATCH", f"{NEW}/{ID}", 422),
        ("PUT", f"{NEW}/{ID}/shares/{ID}", 404),
    ],
)
async def test_a_wrong_address_or_query(writer: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    check(await writer.request(method, path), status)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 200_000, 400),
        (b'{"a":' * 200_000, 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"title": "\xed\xa0\x80"}', 400),
        (b'{"title": "a\x00b"}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b"17", 422),
        (b'"text"', 422),
        (b"{}", 422),
        (b'{"title": "a\\u0000b"}', 422),
        (b'{"title": "\\ud800"}', 400),
    ],
)
async def test_a_body_that_is_not_what_was_asked_for(writer: httpx.AsyncClient, body: bytes, status: int) -> None:
    check(await writer.post(NEW, content=body, headers=JSON), status)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 17),
        ("title", ""),
        ("title", "x" * 100_000),
        ("title", "a\0b"),
        ("status", "klart"),
        ("status", None),
        ("lead_organisation_id", "abc"),
        ("lead_organisation_id", ID),
        ("responsible_id", ID),
        ("starts_on", "igår"),
        ("starts_on", "2026-02-30"),
        ("ends_on", "2025-12-31"),
        ("node_ids", "abc"),
        ("node_ids", [ID]),
        ("node_ids", [[[[]]]]),
        ("shared_with", [ID]),
        ("unheard_of", 1),
        ("a\0b", 1),
    ],
)
async def test_a_wrong_value_is_answered_with_its_field(
    writer: httpx.AsyncClient, sessions: ScopedSessions, field: str, value: object
) -> None:
    async with sessions(SYSTEM) as session:
        lead = await factories.organisation(session)
    right = {"title": "Läkarbil", "lead_organisation_id": str(lead.id), "starts_on": "2026-01-01"}
    problem = check(await writer.post(NEW, json={**right, field: value}), 422)
    named = [problem.get("field"), *(error["field"] for error in problem.get("errors", ()))]
    assert field in [str(name).partition("[")[0] for name in named] or "\0" in field or "\0" in str(value)


@pytest.mark.parametrize("amount", [-1, 2**63, 2**64, 2**70, 10**300, 1.5, "mycket", None, True])
async def test_an_amount_that_is_none(writer: httpx.AsyncClient, sessions: ScopedSessions, amount: object) -> None:
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session)
    fund = {"name": "A", "organisation_id": str(owner.id), "year": 2026, "frame_kronor": amount}
    check(await writer.post("/api/v1/funds", json=fund), 422)


async def test_the_allowed_values_are_named(writer: httpx.AsyncClient) -> None:
    problem = check(await writer.get(f"{NEW}?status=klart"), 422)
    assert "förslag, beslutat, pågår, pausat, avslutat, avbrutet" in problem["detail"]


async def test_another_format_than_json(writer: httpx.AsyncClient) -> None:
    response = await writer.post(NEW, content=b"title=L%C3%A4karbil", headers={"content-type": "text/plain"})
    assert check(response, response.status_code)["status"] in {400, 415, 422}


async def test_more_than_anyone_needs(writer: httpx.AsyncClient) -> None:
    check(await writer.post(NEW, content=b" " * (101 * 1024 * 1024), headers=JSON), 413)


async def test_a_method_that_is_not_there_names_those_that_are(writer: httpx.AsyncClient) -> None:
    response = await writer.delete(f"{NEW}/{ID}")
    check(response, 405)
    assert {"GET", "PATCH"} <= set(response.headers["allow"].split(", "))


@get("/api/v1/boom", opt={"public": True})
async def boom() -> None:
    raise ValueError("secret inside")


@get("/api/v1/database-error", opt={"public": True})
async def database_error(sessions: Sessions) -> None:
    async with sessions(SYSTEM) as session:
        await session.execute(text("SELECT secret FROM nowhere"))


@get("/api/v1/away", opt={"public": True})
async def away() -> None:
    raise ConnectionRefusedError("secret host")


@get("/api/v1/crowded", opt={"public": True})
async def crowded() -> None:
    raise NoConnection("secret limit reached")


@pytest.mark.parametrize(("path", "status"), [("boom", 500), ("database-error", 500), ("away", 503), ("crowded", 503)])
async def test_what_nobody_foresaw_is_told_without_a_word_from_inside(
    sessions: ScopedSessions, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    broken = create_app(sessions, None)
    for handler in (boom, database_error, away, crowded):
        broken.register(handler)
    async with connect(broken) as client:
        response = await client.get(f"/api/v1/{path}")
    check(response, status)
    assert "secret" not in response.text
    assert "secret" in caplog.text, "the log has what the answer leaves out"


@pytest.mark.parametrize(("path", "status"), [("/finns-inte", 404), (f"/initiativ/{ID}", 404)])
async def test_a_browser_gets_a_page(writer: httpx.AsyncClient, path: str, status: int) -> None:
    response = await writer.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>" in response.text


def test_every_business_error_has_a_status_and_a_title_of_its_own() -> None:
    kinds = list(subclasses(NarplanError))
    assert len(kinds) > 10
    for kind in kinds:
        assert kind.title != NarplanError.title, kind
        assert any(base in errors.STATUSES for base in kind.__mro__)


def subclasses(kind: type[NarplanError]) -> Any:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Expected `str`, got `int`", "Ange en text."),
        ("Object missing required field `title`", "Fältet saknas."),
        ("something new", "Värdet går inte att läsa."),
    ],
)
def test_messages_of_the_framework_are_told_in_swedish(message: str, said: str) -> None:
    assert errors.swedish(message) == said
