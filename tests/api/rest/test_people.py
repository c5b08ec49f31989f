from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories


@pytest.mark.parametrize("path", ["people", f"people/{UUID(int=7)}", "organisations", f"organisations/{UUID(int=7)}"])
async def test_nobody_reads_names_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(f"/api/v1/{path}")).status_code == 401


async def test_a_partner_sees_colleagues_only(partner: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        stranger = await factories.person(session)
    assert (await partner.get("/api/v1/people")).json()["total"] == 1
    assert (await partner.get(f"/api/v1/people/{stranger.id}")).status_code == 404


@pytest.mark.parametrize("path", ["people", "organisations"])
async def test_only_administrators_add(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient, path: str
) -> None:
    new = {
        "people": {"name": "N", "email": "n@x.example", "organisation_id": str(new_id()), "role": "politiker"},
        "organisations": {"name": "Ekby kommun", "kind": "kommun"},
    }
    for client in (writer, politician, partner):
        assert (await client.post(f"/api/v1/{path}", json=new[path])).status_code == 403


async def test_an_organisation_and_its_people_are_added_and_read(administrator: httpx.AsyncClient) -> None:
    made = await administrator.post("/api/v1/organisations", json={"name": "Ekby kommun", "kind": "kommun"})
    assert made.status_code == 201
    assert made.json()["short_name"] == "Ekby kommun"
    assert (await administrator.get(made.headers["location"])).json() == made.json()
    assert made.json() in (await administrator.get("/api/v1/organisations?kind=kommun")).json()
    assert made.json() not in (await administrator.get("/api/v1/organisations?kind=region")).json()
    new = {"name": "Bo", "email": "bo@x.example", "organisation_id": made.json()["id"], "role": "kommunpartner"}
    person = await administrator.post("/api/v1/people", json=new)
    assert person.status_code == 201
    assert "password_hash" not in person.json()
    assert (await administrator.get(person.headers["location"])).json() == person.json()
    again = await administrator.post("/api/v1/people", json=new)
    assert (again.status_code, again.json()["field"]) == (409, "email")
    system = await administrator.post("/api/v1/people", json={**new, "email": "s@x.example", "role": "system"})
    assert (system.status_code, system.json()["field"]) == (422, "role")
