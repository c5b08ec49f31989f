"""A key at the door: what it opens, what its scopes allow, and how it ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy import update

from api.auth import API, needed_scope
from initiatives import keys, people
from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id, utcnow
from initiatives.keys import ApiKey, Scope
from initiatives.people import Membership
from retrieval import conversations
from tests import factories
from tests.clients import connect

LOOK = "/api/v1/initiatives"


@pytest.fixture
async def key(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[tuple[ApiKey, httpx.AsyncClient]]:
    """Return a key of the region's that does all a key can, and a program that has it."""
    async with sessions(SYSTEM) as session:
        made, secret = await factories.key(session, Role.PROGRAMME_GROUP, name="Kalkylblad")
    async with connect(service, authorization=f"bearer {secret}", origin="http://elsewhere.example") as client:
        yield made, client


Known = tuple[ApiKey, httpx.AsyncClient]


async def test_a_key_is_its_organisation_and_is_not_asked_where_it_comes_from(key: Known) -> None:
    made, client = key
    me = (await client.get("/api/v1/session")).json()
    assert me["person_id"] is None
    assert (me["role"], me["organisation_id"]) == ("programgrupp", str(made.organisation_id))
    assert "Kalkylblad" in me["name"]
    assert (await client.post("/api/v1/funds", json={})).status_code == 422


@pytest.mark.parametrize("way", ["revoked", "expired", "left", "shut off"])
async def test_a_key_that_has_ended_opens_nothing_from_the_next_request_on(
    key: Known, sessions: ScopedSessions, way: str
) -> None:
    made, client = key
    assert (await client.get(LOOK)).status_code == 200
    async with sessions(SYSTEM) as session:
        member = Membership.organisation_id == made.organisation_id
        match way:
            case "revoked":
                await keys.revoke_key(session, SYSTEM, made.id)
            case "expired":
                await session.execute(update(ApiKey).values(expires_at=utcnow() - timedelta(seconds=1)))
            case "left":
                await session.execute(update(Membership).where(member).values(left_at=utcnow()))
            case _:
                everyone, _ = await people.list_people(session, SYSTEM)
                for one in everyone:
                    await factories.closed(session, one.email)
    answer = await client.get(LOOK)
    assert answer.status_code == 401
    assert "har spärrats" in answer.json()["detail"]


CALLS = {
    Scope.READ: ("GET", LOOK),
    Scope.ASK: ("POST", "/api/v1/questions"),
    Scope.WRITE: ("POST", "/api/v1/funds"),
    Scope.FOLLOW: ("GET", "/api/v1/changes"),
}


@pytest.mark.parametrize("held", list(Scope))
async def test_a_key_does_what_it_was_made_for_and_is_told_what_it_lacks(
    service: Litestar, sessions: ScopedSessions, held: Scope
) -> None:
    async with sessions(SYSTEM) as session:
        _, secret = await factories.key(session, Role.PROGRAMME_GROUP, held)
    async with connect(service, authorization=f"Bearer {secret}") as client:
        for scope, (method, path) in CALLS.items():
            answer = await client.request(method, path, json={} if method == "POST" else None)
            if scope is held:
                assert answer.status_code in {200, 422}, answer.text
            else:
                assert answer.status_code == 403
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["type"] == "urn:narplan:problem:scope-missing"
                assert scope.value in answer.json()["detail"]


async def test_a_scope_never_gives_more_than_the_role(service: Litestar, sessions: ScopedSessions) -> None:
    """Should a key with `write` ever be a municipality's, its role still refuses."""
    async with sessions(SYSTEM) as session:
        _, secret = await factories.key(session, Role.PARTNER)
    fund = {"name": "N", "organisation_id": str(new_id()), "year": 2026, "frame_kronor": 1}
    async with connect(service, authorization=f"Bearer {secret}") as client:
        assert (await client.post("/api/v1/funds", json=fund)).status_code == 403


async def test_a_key_is_for_the_api_and_not_for_pages(key: Known) -> None:
    _, client = key
    for path in ("/", "/initiativ", "/api-nycklar", "/inloggningar"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:narplan:problem:not-allowed"), path
    assert (await client.get("/om")).status_code == 200


@pytest.mark.parametrize("where", ["cookie", "query", "body"])
async def test_a_key_counts_in_the_header_only(service: Litestar, sessions: ScopedSessions, where: str) -> None:
    async with sessions(SYSTEM) as session:
        _, secret = await factories.key(session, Role.PROGRAMME_GROUP)
    sent: dict[str, Any] = {
        "cookie": {"headers": {"cookie": f"narplan={secret}; key={secret}"}},
        "query": {"params": {"key": secret, "api_key": secret, "access_token": secret}},
        "body": {"headers": {"x-api-key": secret}},
    }
    async with connect(service) as client:
        assert (await client.get(LOOK, **sent[where])).status_code == 401


async def test_no_key_makes_keys_or_ends_sessions(key: Known, sessions: ScopedSessions) -> None:
    made, client = key
    new = {"organisation_id": str(made.organisation_id), "name": "N", "role": "läsare", "scopes": ["read"]}
    assert (await client.post("/api/v1/api-keys", json=new)).status_code == 403
    assert (await client.get("/api/v1/api-keys")).status_code == 403
    assert (await client.delete(f"/api/v1/api-keys/{made.id}")).status_code == 403
    assert (await client.get("/api/v1/sessions")).json() == []
    assert (await client.delete("/api/v1/sessions")).status_code == 404
    changed = await client.post("/api/v1/session/password", json={"current": "x" * 12, "new": "y" * 12})
    assert changed.status_code == 422


async def test_a_key_has_no_conversations_and_reads_nobodys(key: Known, sessions: ScopedSessions) -> None:
    made, client = key
    async with sessions(SYSTEM) as session:
        owner = await factories.viewer(session, Role.PROGRAMME_GROUP, organisation_id=made.organisation_id)
    async with sessions(owner) as session:
        kept = await conversations.keep_turn(session, owner, None, "Vad är hemligt?", {})
    assert (await client.get("/api/v1/conversations")).json() == []
    assert (await client.get(f"/api/v1/conversations/{kept}")).status_code == 404


async def test_what_a_key_does_is_in_the_diary_under_its_name(key: Known) -> None:
    made, client = key
    written = await client.post(LOOK, json={"title": "Läkarbil", "lead_organisation_id": str(made.organisation_id)})
    assert written.status_code == 201, written.text
    query = {"subject_type": "initiative", "subject_id": written.json()["id"]}
    row = (await client.get("/api/v1/activity", params=query)).json()["items"][0]
    assert row["person_id"] is None
    assert row["key_id"] == str(made.id)
    assert "Kalkylblad" in row["person_name"]


def test_every_operation_of_the_api_has_a_scope_by_one_rule(service: Litestar) -> None:
    found: dict[Scope, set[str]] = {scope: set() for scope in Scope}
    for route in service.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and route.path.startswith(API) and not handler.opt.get("public"):
                for method in handler.http_methods - {"OPTIONS"}:
                    found[needed_scope(method, handler)].add(f"{method} {route.path}")
    assert "POST /api/v1/questions" in found[Scope.ASK]
    assert not [one for one in found[Scope.READ] if not one.startswith(("GET", "HEAD"))]
    assert not [one for one in found[Scope.WRITE] if one.startswith("GET")]
    assert all(one.partition(" ")[2].startswith(("/api/v1/changes", "/api/v1/webhooks")) for one in found[Scope.FOLLOW])
