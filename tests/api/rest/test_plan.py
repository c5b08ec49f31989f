"""What stands around an initiative, over the API, and 50 writers of one field at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from api.app import create_app
from api.database import Database
from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id
from initiatives.initiatives import Initiative
from initiatives.swedish import today
from tests import factories
from tests.clients import connect

ALL = "/api/v1/initiatives"
WRITERS = 50


@pytest.fixture
async def place(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return f"{ALL}/{(await factories.initiative(session)).id}"


@pytest.fixture
async def crowd(database: Database) -> AsyncIterator[tuple[httpx.AsyncClient, Initiative]]:
    """Return a client of the programme group, on a database where commits are real, and an initiative."""
    async with database.scoped(SYSTEM) as session:
        made = await factories.initiative(session)
        known = await factories.signed_in(session, await factories.person(session, Role.PROGRAMME_GROUP))
    async with connect(create_app(database.scoped, None), **known) as client:
        yield client, made


async def test_of_fifty_changes_of_one_field_to_one_version_exactly_one_is_made(
    crowd: tuple[httpx.AsyncClient, Initiative],
) -> None:
    client, made = crowd
    place = f"{ALL}/{made.id}"
    etag = (await client.get(place)).headers["etag"]
    answers = await asyncio.gather(
        *(client.patch(place, json={"title": f"Titel {n}"}, headers={"if-match": etag}) for n in range(WRITERS))
    )
    won = [answer for answer in answers if answer.status_code == 200]
    lost = [answer for answer in answers if answer.status_code == 412]
    assert (len(won), len(lost)) == (1, WRITERS - 1)
    stands = (await client.get(place)).json()
    assert (stands["title"], stands["revision"]) == (won[0].json()["title"], 2)
    assert {answer.json()["conflicts"][0]["theirs"] for answer in lost} == {stands["title"]}
    assert (await client.patch(place, json={"title": "Utan"})).status_code == 428


async def test_a_move_without_what_it_needs_names_each_field(writer: httpx.AsyncClient, place: str) -> None:
    async def move(**changes: str) -> httpx.Response:
        return await writer.patch(place, json=changes, headers={"if-match": "*"})

    skipped = await move(status="pågår")
    assert (skipped.status_code, skipped.json()["type"]) == (409, "urn:narplan:problem:move-not-possible")
    assert "beslutat eller avbrutet" in skipped.json()["detail"]
    lacking = await move(status="beslutat")
    assert (lacking.status_code, lacking.json()["type"]) == (422, "urn:narplan:problem:missing-for-status")
    assert [one["field"] for one in lacking.json()["errors"]] == ["decision"]
    assert (await move(status="beslutat", decision="Regionstyrelsen § 41")).status_code == 200
    lacking = await move(status="pågår")
    assert [one["field"] for one in lacking.json()["errors"]] == ["responsible_id", "starts_on"]
    taken_back = await move(status="förslag")
    assert (taken_back.status_code, "administratör" in taken_back.json()["detail"]) == (403, True)


async def test_the_rules_are_there_to_read(writer: httpx.AsyncClient, administrator: httpx.AsyncClient) -> None:
    rules = {one["status"]: one for one in (await writer.get("/api/v1/statuses")).json()}
    assert [one["field"] for one in rules["avslutat"]["needs"]] == ["ends_on", "outcome"]
    assert rules["avslutat"]["moves"] == [{"status": "pågår", "by": "administratör", "allowed": False}]
    mine = {one["status"]: one for one in (await administrator.get("/api/v1/statuses")).json()}
    assert mine["avslutat"]["moves"][0]["allowed"] is True


MADE: dict[str, dict[str, Any]] = {
    "reports": {"health": "risk", "done": "Två av fyra är öppna."},
    "milestones": {"title": "Fjärde öppen", "due_on": "2026-12-15"},
    "effects": {"description": "Färre besök på akuten."},
}
CHANGED: dict[str, dict[str, Any]] = {
    "reports": {"health": "försenat"},
    "milestones": {"done_on": str(today())},
    "effects": {"description": "Hälften så många besök på akuten."},
}


@pytest.mark.parametrize("room", MADE)
async def test_it_is_written_read_changed_by_version_and_shown_to_nobody_else(
    *, writer: httpx.AsyncClient, partner: httpx.AsyncClient, anonymous: httpx.AsyncClient, place: str, room: str
) -> None:
    assert (await anonymous.get(f"{place}/{room}")).status_code == 401
    assert (await partner.get(f"{place}/{room}")).status_code == 404
    wrong = await writer.post(f"{place}/{room}", json={**MADE[room], **dict.fromkeys(list(MADE[room])[-1:], "")})
    assert wrong.status_code == 422
    made = await writer.post(f"{place}/{room}", json=MADE[room])
    assert made.status_code == 201, made.text
    where = made.headers["location"]
    read = await writer.get(where)
    assert read.json() == made.json()
    assert read.json().items() >= MADE[room].items()
    listed = (await writer.get(f"{place}/{room}")).json()
    assert (listed["items"] if room == "reports" else listed) == [read.json()]
    assert (await writer.patch(where, json=CHANGED[room])).status_code == 428
    changed = await writer.patch(where, json=CHANGED[room], headers={"if-match": read.headers["etag"]})
    assert changed.json().items() >= CHANGED[room].items()
    assert changed.headers["etag"] == '"2"'
    if room == "reports":
        assert (await writer.delete(where)).status_code == 405
    else:
        assert (await writer.delete(where)).status_code == 204
        assert (await writer.get(where)).status_code == 404


async def test_a_ring_is_a_conflict_that_names_the_way(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        first, second = [await factories.initiative(session, title=title) for title in ("Analys", "Centrum")]
    made = await writer.post(f"{ALL}/{second.id}/dependencies", json={"depends_on_id": str(first.id)})
    assert (made.status_code, made.json()["depends_on"]) == (201, "Analys")
    ring = await writer.post(f"{ALL}/{first.id}/dependencies", json={"depends_on_id": str(second.id)})
    assert (ring.status_code, ring.json()["field"]) == (409, "depends_on_id")
    assert "”Analys” → ”Centrum” → ”Analys”" in ring.json()["detail"]
    assert [one["initiative"] for one in (await writer.get(f"{ALL}/{first.id}/dependencies")).json()] == ["Centrum"]
    assert (await writer.delete(f"{ALL}/{second.id}/dependencies/{first.id}")).status_code == 204
    assert (await writer.delete(f"{ALL}/{second.id}/dependencies/{first.id}")).status_code == 404


async def test_a_partner_comments_what_is_shared_and_follows_the_answer(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, place: str
) -> None:
    mine = (await partner.get("/api/v1/session")).json()["organisation_id"]
    assert (await partner.post(f"{place}/comments", json={"body": "Hej"})).status_code == 404
    await writer.put(f"{place}/shares/{mine}", json={"profile": "plan"})
    cursor = (await partner.get("/api/v1/changes?since=now")).json()["cursor"]
    said = await partner.post(f"{place}/comments", json={"body": "När börjar ni?"})
    assert said.status_code == 201, said.text
    answer = {"body": "I maj.", "organisation_id": mine}
    assert (await writer.post(f"{place}/comments", json=answer)).json()["written_by"] == "Åsa Öberg"
    rows = (await partner.get(f"{place}/comments")).json()["items"]
    assert [(row["body"], row["removable"]) for row in rows] == [("I maj.", False), ("När börjar ni?", True)]
    told = (await partner.get("/api/v1/changes", params={"since": cursor})).json()["items"]
    assert {field for one in told for field in one["fields"]} == {"comments"}
    assert (await partner.delete(f"{place}/comments/{rows[0]['id']}")).status_code == 403
    assert (await partner.delete(f"{place}/comments/{rows[1]['id']}")).status_code == 204


async def test_filters_are_saved_and_taken_away(writer: httpx.AsyncClient, partner: httpx.AsyncClient) -> None:
    new = {"name": "Det som går", "query": {"status": ["pågår"], "sort": "-updated_at"}, "is_default": True}
    made = await writer.post("/api/v1/saved-filters", json=new)
    assert made.status_code == 201
    assert (await writer.get("/api/v1/saved-filters")).json() == [made.json()]
    assert (await partner.get("/api/v1/saved-filters")).json() == []
    wrong = await writer.post("/api/v1/saved-filters", json={**new, "query": {"status": ["klart"]}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "status")
    where = f"/api/v1/saved-filters/{made.json()['id']}"
    assert (await partner.delete(where)).status_code == 404
    assert (await writer.delete(where)).status_code == 204
    assert (await writer.delete(f"/api/v1/saved-filters/{new_id()}")).status_code == 404


async def test_partners_follow_what_stands_around_and_only_where_the_profile_shows_it(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, place: str
) -> None:
    mine = (await partner.get("/api/v1/session")).json()["organisation_id"]
    for profile, told in (("översikt", set[str]()), ("plan", set(MADE))):
        await writer.put(f"{place}/shares/{mine}", json={"profile": profile})
        cursor = (await partner.get("/api/v1/changes?since=now")).json()["cursor"]
        for room, body in MADE.items():
            await writer.post(f"{place}/{room}", json=body)
        items = (await partner.get("/api/v1/changes", params={"since": cursor})).json()["items"]
        assert {field for one in cast("list[dict[str, Any]]", items) for field in one["fields"]} == told
