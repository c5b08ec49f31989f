"""Webhooks through the API."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.clients import connect

WEBHOOKS = "/api/v1/webhooks"
URL = "https://ekby.example.se/narplan"


@pytest.fixture
async def administrator(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    async with sessions(SYSTEM) as session:
        region = await factories.organisation(session, kind=OrganisationKind.REGION)
        person = await factories.person(session, Role.ADMINISTRATOR, organisation_id=region.id)
        known = await factories.signed_in(session, person)
    async with connect(service, **known) as client:
        yield client


async def test_from_registered_to_removed(administrator: httpx.AsyncClient) -> None:
    added = await administrator.post(WEBHOOKS, json={"url": URL, "events": ["initiative.shared"]})
    assert added.status_code == 201
    address = added.headers["location"]
    assert added.json()["secret"].startswith("whsec_")
    shown = (await administrator.get(address)).json()
    assert shown == {name: value for name, value in added.json().items() if name != "secret"}
    assert (await administrator.get(WEBHOOKS)).json()["items"] == [shown]
    off = await administrator.patch(address, json={"enabled": False})
    assert off.json()["disabled_reason"]
    refused = await administrator.post(f"{address}/test")
    assert (refused.status_code, refused.json()["field"]) == (422, "enabled")
    on = await administrator.patch(address, json={"enabled": True, "events": []})
    assert (on.json()["enabled"], on.json()["events"]) == (True, [])
    other = await administrator.post(f"{address}/secret")
    assert (other.status_code, other.headers["cache-control"]) == (200, "private, no-store")
    assert other.json()["secret"] != added.json()["secret"]
    assert (await administrator.delete(address)).status_code == 204
    assert (await administrator.get(address)).status_code == 404


async def test_a_test_is_queued_and_stands_in_the_log(administrator: httpx.AsyncClient) -> None:
    address = (await administrator.post(WEBHOOKS, json={"url": URL})).headers["location"]
    queued = await administrator.post(f"{address}/test")
    assert queued.status_code == 202
    log = (await administrator.get(f"{address}/deliveries")).json()
    assert log["items"] == [queued.json()]
    assert (queued.json()["event"], queued.json()["state"], queued.json()["attempts"]) == ("test", "waiting", [])
    again = await administrator.post(f"{address}/deliveries/{queued.json()['id']}/resend")
    assert (again.status_code, again.json()["id"]) == (202, queued.json()["id"])
    assert (await administrator.post(f"{address}/deliveries/{new_id()}/resend")).status_code == 404


async def test_a_change_in_the_register_is_queued_for_the_organisation_that_sees_it(
    administrator: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        ekby, lead = await factories.organisation(session), await factories.organisation(session)
    told = await administrator.post(WEBHOOKS, json={"url": URL, "organisation_id": str(ekby.id)})
    initiative = {"title": "Läkarbil", "lead_organisation_id": str(lead.id)}
    made = (await administrator.post("/api/v1/initiatives", json=initiative)).json()
    log = f"{told.headers['location']}/deliveries"
    assert (await administrator.get(log)).json()["total"] == 0
    await administrator.put(f"/api/v1/initiatives/{made['id']}/shares/{ekby.id}")
    assert [item["event"] for item in (await administrator.get(log)).json()["items"]] == ["initiative.shared"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://ekby.example.se/"}, "url"),
        ({"url": "http://localhost:8000/"}, "url"),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": URL, "events": ["allt"]}, "events"),
        ({"url": URL, "organisation_id": str(UUID(int=0))}, "organisation_id"),
        ({"url": URL, "hemlighet": "x"}, "hemlighet"),
    ],
)
async def test_what_cannot_be_a_webhook(administrator: httpx.AsyncClient, body: dict[str, object], field: str) -> None:
    answer = await administrator.post(WEBHOOKS, json=body)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert field in {problem.get("field"), *(one["field"] for one in problem.get("errors", ()))}


async def test_others_have_no_webhooks(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    for client, status in ((writer, 403), (politician, 403), (partner, 403), (anonymous, 401)):
        assert (await client.get(WEBHOOKS)).status_code == status
        assert (await client.post(WEBHOOKS, json={"url": URL})).status_code == status
        assert (await client.get(f"{WEBHOOKS}/{new_id()}/deliveries")).status_code == status
