from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.initiatives import Initiative
from initiatives.shares import share
from initiatives.swedish import today
from tests import factories

ALL = "/api/v1/initiatives"
DECIDED = {"status": "beslutat", "decision": "Regionstyrelsen 2026-03-09 § 41"}


@pytest.fixture
async def initiative(sessions: ScopedSessions) -> Initiative:
    async with sessions(SYSTEM) as session:
        return await factories.initiative(session)


async def organisation_of(client: httpx.AsyncClient) -> UUID:
    return UUID((await client.get("/api/v1/session")).json()["organisation_id"])


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_one_who_is_nobody_learns_nothing(
    anonymous: httpx.AsyncClient, initiative: Initiative, method: str
) -> None:
    known = await anonymous.request(method, f"{ALL}/{initiative.id}")
    unknown = await anonymous.request(method, f"{ALL}/{new_id()}")
    assert known.status_code == unknown.status_code == 401
    assert (await anonymous.post(ALL, json={})).status_code == 401


def without_address(response: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in response.json().items() if name != "instance"}


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "Kapat"}),
        ("PUT", f"/shares/{new_id()}", None),
        ("DELETE", f"/shares/{new_id()}", None),
        ("GET", "/budget-links", None),
        ("POST", "/budget-links", {"fund_id": str(new_id()), "amount_kronor": 1, "year": 2026}),
        ("DELETE", f"/budget-links/{new_id()}", None),
    ],
)
async def test_to_a_partner_the_foreign_equals_the_absent_in_status_and_body(
    partner: httpx.AsyncClient, initiative: Initiative, method: str, suffix: str, body: dict[str, Any] | None
) -> None:
    headers = {"if-match": '"1"'}
    foreign = await partner.request(method, f"{ALL}/{initiative.id}{suffix}", json=body, headers=headers)
    absent = await partner.request(method, f"{ALL}/{new_id()}{suffix}", json=body, headers=headers)
    assert foreign.status_code == absent.status_code == 404
    assert without_address(foreign) == without_address(absent)
    assert set(foreign.headers) == set(absent.headers)


async def test_a_politician_reads_and_does_not_write(politician: httpx.AsyncClient, initiative: Initiative) -> None:
    assert (await politician.get(f"{ALL}/{initiative.id}")).status_code == 200
    lead = str(initiative.lead_organisation_id)
    for response in (
        await politician.post(ALL, json={"title": "Nytt", "lead_organisation_id": lead}),
        await politician.patch(f"{ALL}/{initiative.id}", json={"title": "Nytt"}, headers={"if-match": '"1"'}),
        await politician.put(f"{ALL}/{initiative.id}/shares/{lead}"),
    ):
        assert response.status_code == 403
        assert response.json()["type"] == "urn:narplan:problem:not-allowed"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [(None, 428), ("", 428), ('"7"', 412), ("1", 412), ('W/"1"', 412), ('"' + "9" * 99 + '"', 412)],
)
async def test_a_change_tells_which_version_it_is_made_to(
    writer: httpx.AsyncClient, initiative: Initiative, if_match: str | None, status: int
) -> None:
    headers = {} if if_match is None else {"if-match": if_match}
    response = await writer.patch(f"{ALL}/{initiative.id}", json={"title": "Nytt"}, headers=headers)
    assert response.status_code == status
    assert (await writer.get(f"{ALL}/{initiative.id}")).json()["title"] == "Läkarbil i öster"


async def test_what_is_written_is_read_back(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        nodes = await factories.nodes(session)
        partner = await factories.organisation(session, "Ekby kommun")
        responsible = await factories.person(session, name="Bo Ek")
    new = {
        "title": "Läkarbil i öster",
        "summary": "Hembesök dygnet runt.",
        "status": "beslutat",
        "decision": "Regionstyrelsen 2026-03-09 § 41",
        "lead_organisation_id": str(partner.id),
        "responsible_id": str(responsible.id),
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "node_ids": [str(nodes[1].id)],
        "shared_with": [str(partner.id)],
    }
    created = await writer.post(ALL, json=new)
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    read = await writer.get(created.headers["location"])
    assert read.json() == created.json()
    shown = read.json()
    assert shown.items() >= {name: new[name] for name in ("title", "summary", "status", "starts_on", "ends_on")}.items()
    assert shown["responsible"] == {"id": str(responsible.id), "name": "Bo Ek"}
    assert [node["code"] for node in shown["nodes"]] == ["D1"]
    terms = {"profile": "plan", "from_on": str(today()), "to_on": None}
    assert shown["shared_with"] == [{"id": str(partner.id), "name": "Ekby kommun", **terms}]
    assert shown["created_at"].endswith("Z")
    assert read.headers["cache-control"] == "private, no-store"


async def test_a_change_touches_only_what_is_sent_and_null_empties(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        responsible = await factories.person(session)
        made = await factories.initiative(session, summary="Kvar.", responsible_id=responsible.id)
    changed = await writer.patch(
        f"{ALL}/{made.id}", json={**DECIDED, "responsible_id": None}, headers={"if-match": '"1"'}
    )
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    shown = changed.json()
    assert (shown["status"], shown["responsible"], shown["summary"]) == ("beslutat", None, "Kvar.")
    again = await writer.patch(f"{ALL}/{made.id}", json={"status": "pausat"}, headers={"if-match": '"1"'})
    assert again.status_code == 412
    anyway = await writer.patch(
        f"{ALL}/{made.id}", json={"status": "pausat", "reason": "Väntar."}, headers={"if-match": "*"}
    )
    assert anyway.json()["revision"] == 3


async def test_a_partner_sees_what_is_shared_and_no_money(
    partner: httpx.AsyncClient, writer: httpx.AsyncClient, sessions: ScopedSessions, initiative: Initiative
) -> None:
    mine = await organisation_of(partner)
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session)
    money = {"fund_id": str(fund.id), "amount_kronor": 2_500_000, "year": 2026}
    assert (await writer.post(f"{ALL}/{initiative.id}/budget-links", json=money)).status_code == 201
    assert (await partner.get(ALL)).json()["total"] == 0
    shared = await writer.put(f"{ALL}/{initiative.id}/shares/{mine}")
    assert shared.json()["budget_kronor"] == 2_500_000
    shown = (await partner.get(f"{ALL}/{initiative.id}")).json()
    assert shown["budget_kronor"] is None
    assert (await partner.get(f"{ALL}/{initiative.id}/budget-links")).json() == []
    assert (await partner.get(f"{ALL}?shared_with={mine}")).json()["total"] == 1
    assert (await writer.delete(f"{ALL}/{initiative.id}/shares/{mine}")).status_code == 204
    assert (await partner.get(f"{ALL}/{initiative.id}")).status_code == 404


async def test_a_partner_changes_nothing_of_what_is_shared(
    partner: httpx.AsyncClient, sessions: ScopedSessions, initiative: Initiative
) -> None:
    async with sessions(SYSTEM) as session:
        await share(session, SYSTEM, initiative.id, await organisation_of(partner))
    response = await partner.patch(f"{ALL}/{initiative.id}", json={"title": "Kapat"}, headers={"if-match": "*"})
    assert response.status_code == 403


async def test_lists_are_filtered_sorted_and_paged_with_links(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        for title, status in (("Öppen vård", "pågår"), ("Ambulans", "pausat"), ("Åldrande", "förslag")):
            await factories.initiative(session, title=title, status=status)
    response = await writer.get(f"{ALL}?sort=-title&limit=1&page=2&status=p%C3%A5g%C3%A5r&status=f%C3%B6rslag")
    page = response.json()
    assert ([one["title"] for one in page["items"]], page["total"]) == (["Åldrande"], 2)
    assert set(response.links) == {"first", "prev", "last"}
    first = (await writer.get(response.links["first"]["url"])).json()
    assert [one["title"] for one in first["items"]] == ["Öppen vård"]


async def test_an_initiative_is_never_deleted(writer: httpx.AsyncClient, initiative: Initiative) -> None:
    assert (await writer.delete(f"{ALL}/{initiative.id}")).status_code == 405


async def test_one_who_has_it_already_is_told_so_without_it(writer: httpx.AsyncClient, initiative: Initiative) -> None:
    first = await writer.get(f"{ALL}/{initiative.id}")
    same = await writer.get(f"{ALL}/{initiative.id}", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-length" not in same.headers
    other = await writer.get(f"{ALL}/{initiative.id}", headers={"If-None-Match": '"999"'})
    assert other.json() == first.json()
    missing = await writer.get(f"{ALL}/{new_id()}", headers={"If-None-Match": "*"})
    assert missing.status_code == 404
    change = {"If-Match": "*", "If-None-Match": first.headers["etag"]}
    assert (await writer.patch(f"{ALL}/{initiative.id}", json={}, headers=change)).status_code == 200
