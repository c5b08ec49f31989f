from uuid import UUID

import httpx
import pytest

from initiatives import memberships
from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.factories import PASSWORD

ANNA = {"email": "anna@x.example", "password": PASSWORD}
ALL = "/api/v1/memberships"


async def test_a_membership_is_made_changed_and_ended_and_what_is_left_is_told(
    administrator: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        person = await factories.person(session, name="Bo Ek")
        town = await factories.organisation(session)
        initiative = await factories.initiative(session, title="Läkarbil", responsible_id=person.id)
    new = {"person_id": str(person.id), "organisation_id": str(town.id), "role": "läsare"}
    made = (await administrator.post(ALL, json=new)).json()
    assert (made["person"], made["role"], made["left_at"]) == ("Bo Ek", "läsare", None)
    again = await administrator.post(ALL, json=new)
    assert (again.status_code, again.json()["field"]) == (409, "organisation_id")
    changed = await administrator.patch(f"{ALL}/{made['id']}", json={"role": "kommunpartner"})
    assert changed.json()["role"] == "kommunpartner"
    wrong = await administrator.patch(f"{ALL}/{made['id']}", json={"role": "administratör"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "role")
    ended = (await administrator.delete(f"{ALL}/{made['id']}")).json()
    assert ended["membership"]["left_at"]
    assert ended["to_hand_over"] == [{"id": str(initiative.id), "title": "Läkarbil"}]
    assert (await administrator.delete(f"{ALL}/{made['id']}")).status_code == 404
    mine = {"person_id": str(person.id)}
    assert (await administrator.get(ALL, params=mine)).json()["total"] == 1
    assert (await administrator.get(ALL, params={**mine, "ended": "true"})).json()["total"] == 2


async def test_an_account_is_closed_and_opened(administrator: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        person = await factories.person(session, Role.PARTNER)
    closed = await administrator.post(f"/api/v1/people/{person.id}/close")
    assert (closed.json()["person"]["active"], closed.json()["to_hand_over"]) == (False, [])
    opened = await administrator.post(f"/api/v1/people/{person.id}/reopen")
    assert opened.json()["active"]


async def test_the_last_administrator_is_a_conflict_that_says_what_to_do(administrator: httpx.AsyncClient) -> None:
    me = (await administrator.get("/api/v1/session")).json()
    for answer in (
        await administrator.delete(f"{ALL}/{me['membership_id']}"),
        await administrator.patch(f"{ALL}/{me['membership_id']}", json={"role": "läsare"}),
        await administrator.post(f"/api/v1/people/{me['person_id']}/close"),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:narplan:problem:last-administrator"
        assert "annan person" in answer.json()["detail"]


async def _two(sessions: ScopedSessions) -> tuple[UUID, UUID]:
    async with sessions(SYSTEM) as session:
        anna = await factories.person(session, Role.POLITICIAN, email=ANNA["email"], password=PASSWORD)
        town = await factories.organisation(session)
        first = (await factories.acting_as(session, anna)).membership_id
        made = await memberships.add(session, SYSTEM, person_id=anna.id, organisation_id=town.id, role=Role.PARTNER)
    assert first is not None
    return first, made.id


async def test_a_browser_acts_in_one_membership_at_a_time_and_switching_takes_a_new_token(
    anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    _, second = await _two(sessions)
    anonymous.headers["sec-fetch-site"] = "same-origin"
    signed_in = await anonymous.post("/api/v1/session", json=ANNA)
    assert signed_in.json()["role"] == "politiker"
    old = anonymous.cookies["narplan"]
    switched = await anonymous.put("/api/v1/session/membership", json={"membership_id": str(second)})
    assert (switched.json()["role"], switched.json()["membership_id"]) == ("kommunpartner", str(second))
    assert anonymous.cookies["narplan"] != old
    assert (await anonymous.get("/api/v1/session")).json()["role"] == "kommunpartner"
    assert (await anonymous.get("/api/v1/session", headers={"cookie": f"narplan={old}"})).status_code == 401


async def test_nobody_switches_to_what_is_not_theirs(
    anonymous: httpx.AsyncClient, writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    first, second = await _two(sessions)
    async with sessions(SYSTEM) as session:
        other = await factories.viewer(session, Role.ADMINISTRATOR)
        await memberships.leave(session, SYSTEM, second)
    anonymous.headers["sec-fetch-site"] = "same-origin"
    await anonymous.post("/api/v1/session", json=ANNA)
    for not_mine in (str(other.membership_id), str(second), str(UUID(int=7))):
        answer = await anonymous.put("/api/v1/session/membership", json={"membership_id": not_mine})
        assert answer.status_code == 404
    assert (await anonymous.get("/api/v1/session")).json()["membership_id"] == str(first)
    assert (await writer.put("/api/v1/session/membership", json={"membership_id": str(first)})).status_code == 404


@pytest.mark.parametrize("change", ["leave", "close", "role"])
async def test_rights_end_at_the_next_request(
    anonymous: httpx.AsyncClient, sessions: ScopedSessions, change: str
) -> None:
    first, _ = await _two(sessions)
    await anonymous.post("/api/v1/session", json=ANNA)
    assert (await anonymous.get("/api/v1/activity")).json()["total"] > 0
    async with sessions(SYSTEM) as session:
        if change == "close":
            await factories.closed(session, ANNA["email"])
        elif change == "leave":
            await memberships.leave(session, SYSTEM, first)
        else:
            await memberships.change_role(session, SYSTEM, first, Role.READER)
    after = await anonymous.get("/api/v1/activity")
    assert after.status_code == (200 if change == "role" else 401)
    assert after.json().get("total", 0) == 0
