from datetime import timedelta

import httpx
import pytest

from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id, utcnow
from tests import factories

KEYS = "/api/v1/api-keys"


@pytest.fixture
async def town(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.viewer(session, Role.PARTNER)).organisation_id)


def new(town: str, **change: object) -> dict[str, object]:
    return {"organisation_id": town, "name": "System", "role": "kommunpartner", "scopes": ["read", "ask"], **change}


async def test_a_key_is_made_shown_once_listed_and_revoked(
    administrator: httpx.AsyncClient, anonymous: httpx.AsyncClient, town: str
) -> None:
    answer = await administrator.post(KEYS, json=new(town))
    assert answer.status_code == 201
    made = answer.json()
    where = answer.headers["location"]
    known = {"authorization": f"Bearer {made['key']}"}
    assert (await anonymous.get("/api/v1/initiatives", headers=known)).status_code == 200
    shown = (await administrator.get(where)).json()
    assert (shown["prefix"], shown["scopes"], shown["created_by_name"]) == (
        made["prefix"],
        ["read", "ask"],
        "Åsa Öberg",
    )
    listed = await administrator.get(KEYS, params={"organisation_id": town})
    assert listed.json()["total"] == 1
    assert made["key"] not in listed.text
    for _ in range(2):
        assert (await administrator.delete(where)).status_code == 204
    assert (await anonymous.get("/api/v1/initiatives", headers=known)).status_code == 401
    assert (await administrator.get(where)).json()["revoked_at"] is not None


async def test_a_key_gets_the_last_day_that_is_asked_for(administrator: httpx.AsyncClient, town: str) -> None:
    last = (utcnow() + timedelta(days=30)).replace(microsecond=0)
    made = (await administrator.post(KEYS, json=new(town, expires_at=last.isoformat()))).json()
    assert made["expires_at"][:16] == last.isoformat()[:16]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "programgrupp"}, "role"),
        ({"role": "administratör"}, "role"),
        ({"role": "chef"}, "role"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["write"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"name": " "}, "name"),
        ({"organisation_id": str(new_id())}, "organisation_id"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
    ],
)
async def test_what_is_wrong_is_named(
    administrator: httpx.AsyncClient, town: str, change: dict[str, object], field: str
) -> None:
    answer = await administrator.post(KEYS, json=new(town, **change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_only_administrators_come_near_keys(
    administrator: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: ScopedSessions, town: str, role: Role
) -> None:
    where = (await administrator.post(KEYS, json=new(town))).headers["location"]
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session, role))
    answers = [
        await anonymous.post(KEYS, json=new(town), headers=known),
        await anonymous.get(KEYS, headers=known),
        await anonymous.get(where, headers=known),
        await anonymous.delete(where, headers=known),
    ]
    assert {answer.status_code for answer in answers} == {403}


async def test_what_does_not_exist_is_not_found(administrator: httpx.AsyncClient) -> None:
    assert (await administrator.get(f"{KEYS}/{new_id()}")).status_code == 404
    assert (await administrator.delete(f"{KEYS}/{new_id()}")).status_code == 404
