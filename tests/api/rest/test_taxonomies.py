from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

ALL = "/api/v1/taxonomies"
NODES = "/api/v1/taxonomy-nodes"
CSV = "slag;kod;namn;prioriterad\ndelområde;D1;Samverkan;ja\ndelområde;D2;Egenvård;\n"


async def node(sessions: ScopedSessions) -> Any:
    async with sessions(SYSTEM) as session:
        return (await factories.nodes(session))[0]


@pytest.mark.parametrize("path", [ALL, f"{ALL}/{UUID(int=7)}", f"{NODES}/{UUID(int=7)}"])
async def test_nobody_reads_a_taxonomy_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_everyone_who_is_signed_in_reads_and_only_writers_change(
    partner: httpx.AsyncClient, politician: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    one = await node(sessions)
    for client in (partner, politician):
        assert (await client.get(f"{ALL}/{one.taxonomy_id}")).status_code == 200
        assert (await client.get(f"{NODES}/{one.id}")).json()["code"] == "S1"
        star = {"If-Match": "*"}
        body = {"organisation_id": str(new_id()), "format": "csv", "content": CSV}
        assert (await client.post(f"{ALL}/import", json=body)).status_code == 403
        assert (await client.patch(f"{ALL}/{one.taxonomy_id}", json={"name": "B"}, headers=star)).status_code == 403
        assert (await client.patch(f"{NODES}/{one.id}", json={"name": "B"}, headers=star)).status_code == 403
        assert (await client.post(f"{NODES}/{one.id}/items", json={"kind": "idé", "text": "A"})).status_code == 403
        assert (await client.delete(f"/api/v1/taxonomy-items/{new_id()}")).status_code == 403


async def test_a_file_is_tried_then_taken_in_and_ended(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        owner = str((await factories.organisation(session)).id)
    body = {"organisation_id": owner, "format": "csv", "content": CSV, "name": "Plan", "dry_run": True}
    tried = await writer.post(f"{ALL}/import", json=body)
    assert tried.status_code == 200
    assert tried.json() == {
        "dry_run": True,
        "created": True,
        "taxonomy_id": None,
        "added": ["D1", "D2"],
        "changed": [],
        "left": [],
        "errors": [],
    }
    assert (await writer.get(ALL)).json() == []
    done = await writer.post(f"{ALL}/import", json={**body, "dry_run": False})
    address = f"{ALL}/{done.json()['taxonomy_id']}"
    read = await writer.get(address)
    assert [one["prioritised"] for one in read.json()["nodes"]] == [True, False]
    assert read.json()["dimensions"] == [{"name": "delområde", "plural": "delområden", "axis": "rader"}]
    change = {"valid_to": "2025-12-31"}
    assert (await writer.patch(address, json=change)).status_code == 428
    ended = await writer.patch(address, json=change, headers={"If-Match": read.headers["etag"]})
    assert (ended.status_code, ended.json()["taxonomy"]["holds"], ended.headers["etag"]) == (200, False, '"2"')
    stale = {"If-Match": read.headers["etag"]}
    refused = await writer.patch(address, json={"valid_to": "2024-12-31"}, headers=stale)
    assert (refused.status_code, refused.json()["conflicts"][0]["theirs"]) == (412, "2025-12-31")
    assert (await writer.get("/api/v1/taxonomy")).json() == []


async def test_every_error_in_a_file_is_told_with_its_row(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        owner = str((await factories.organisation(session)).id)
    content = "slag;kod;namn\nmål;1;\nmål;1;B\n"
    body = {"organisation_id": owner, "format": "csv", "content": content, "name": "Plan"}
    refused = await writer.post(f"{ALL}/import", json=body)
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:narplan:problem:invalid-rows"
    assert refused.json()["errors"] == [
        {"field": "rad 2, namn", "detail": "Fyll i kolumnen. Den får inte vara tom."},
        {"field": "rad 3, kod", "detail": "Koden 1 står redan på rad 2."},
    ]
    tried = await writer.post(f"{ALL}/import", json={**body, "dry_run": True})
    assert (tried.status_code, tried.json()["errors"]) == (200, refused.json()["errors"])
    for wrong, field in (({"format": "xml"}, "format"), ({"name": None}, "name")):
        answer = await writer.post(f"{ALL}/import", json={**body, **wrong})
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await writer.post(f"{ALL}/import", json={**body, "organisation_id": str(new_id())})).status_code == 404


async def test_a_node_and_what_it_means_are_changed(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    one = await node(sessions)
    address = f"{NODES}/{one.id}"
    read = await writer.get(address)
    change = {"start_order": "snarast", "prioritised": True}
    changed = await writer.patch(address, json=change, headers={"If-Match": read.headers["etag"]})
    assert (changed.json()["start_order"], changed.json()["prioritised"]) == ("snarast", True)
    empty = await writer.patch(address, json={"name": " "}, headers={"If-Match": "*"})
    assert (empty.status_code, empty.json()["field"]) == (422, "name")
    added = await writer.post(f"{address}/items", json={"kind": "exempel", "text": "Läkarbil"})
    assert added.status_code == 201
    again = await writer.post(f"{address}/items", json={"kind": "exempel", "text": "Läkarbil"})
    assert (again.status_code, again.json()["field"]) == (409, "text")
    whole = (await writer.get(f"{ALL}/{one.taxonomy_id}")).json()
    assert whole["items"] == [added.json()]
    assert (await writer.delete(f"/api/v1/taxonomy-items/{added.json()['id']}")).status_code == 204
    assert (await writer.delete(f"/api/v1/taxonomy-items/{added.json()['id']}")).status_code == 404
