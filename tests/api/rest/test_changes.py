"""GET /api/v1/changes: what a municipality's program polls."""

from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from tests import factories

CHANGES = "/api/v1/changes"
INITIATIVES = "/api/v1/initiatives"


async def new(writer: httpx.AsyncClient, sessions: ScopedSessions, *shared_with: str) -> dict[str, Any]:
    async with sessions(SYSTEM) as session:
        lead = await factories.organisation(session)
    body = {"title": "Läkarbil", "lead_organisation_id": str(lead.id), "shared_with": list(shared_with)}
    answer = await writer.post(INITIATIVES, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def organisation_of(client: httpx.AsyncClient) -> str:
    return str((await client.get("/api/v1/session")).json()["organisation_id"])


async def follow(client: httpx.AsyncClient, since: str | None = None, **query: int) -> dict[str, Any]:
    answer = await client.get(CHANGES, params={**({"since": since} if since else {}), **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_write_is_followed_by_the_partner(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    begun = await follow(partner, "now")
    assert (begun["items"], begun["more"]) == ([], False)
    mine = await organisation_of(partner)
    made = await new(writer, sessions)
    address = f"{INITIATIVES}/{made['id']}"
    await writer.put(f"{address}/shares/{mine}")
    etag = (await writer.get(address)).headers["etag"]
    await writer.patch(address, json={"status": "beslutat", "decision": "§ 41"}, headers={"If-Match": etag})
    found = await follow(partner, begun["cursor"])
    assert [(item["kind"], item["fields"], item["link"]) for item in found["items"]] == [
        ("shared", [], address),
        ("changed", ["decision", "status"], address),
    ]
    assert {(item["type"], item["id"]) for item in found["items"]} == {("initiative", made["id"])}
    await writer.delete(f"{address}/shares/{mine}")
    (gone,) = (await follow(partner, found["cursor"]))["items"]
    assert {**gone, "at": None} == {
        "kind": "unshared",
        "type": "initiative",
        "id": made["id"],
        "fields": [],
        "withdrawn": [],
        "at": None,
        "link": None,
    }


async def test_the_links_of_changes_lead_to_what_changed(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    await new(writer, sessions, await organisation_of(partner))
    (item,) = (await follow(partner))["items"]
    assert (await partner.get(item["link"])).json()["id"] == item["id"]


async def test_pages_are_linked(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    mine = await organisation_of(partner)
    made = {(await new(writer, sessions, mine))["id"] for _ in range(3)}
    first = await partner.get(CHANGES, params={"limit": 2})
    assert first.json()["more"]
    rest = await partner.get(first.links["next"]["url"])
    assert not rest.json()["more"]
    assert "link" not in rest.headers
    assert {item["id"] for answer in (first, rest) for item in answer.json()["items"]} == made


async def test_what_is_not_shared_moves_nothing(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    begun = await follow(partner, "now")
    await new(writer, sessions)
    assert await follow(partner, begun["cursor"]) == begun


async def test_each_sees_a_feed_of_their_own(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    made = await new(writer, sessions)
    assert [item["id"] for item in (await follow(politician))["items"]] == [made["id"]]
    assert (await follow(partner))["items"] == []
    foreign = await partner.get(CHANGES, params={"since": (await follow(politician))["cursor"]})
    assert foreign.status_code == 422


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=x", "since"), ("since=", "since"), ("since=%00", "since"), ("limit=0", "limit"), ("limit=101", "limit")],
)
async def test_a_query_that_cannot_be_answered(partner: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await partner.get(f"{CHANGES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_only_those_who_are_signed_in_follow(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get(CHANGES)).status_code == 401
