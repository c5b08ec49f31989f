"""Suggestions over REST: found with the document, added with changes, rejected and opened again."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives.access import ScopedSessions
from retrieval.embedding import Embedder
from tests.ingest.steps import bring_in
from tests.ingest.test_suggestions import PROPOSAL

ALL = "/api/v1/suggestions"


@pytest.fixture
async def found(
    sessions: ScopedSessions, embedder: Embedder, writer: httpx.AsyncClient
) -> AsyncIterator[list[dict[str, Any]]]:
    sandbox = Sandbox()
    await bring_in(Pipeline(sessions, embedder, sandbox), "bilar.md", PROPOSAL)
    yield (await writer.get(ALL)).json()["items"]
    await sandbox.close()


async def test_they_are_found_by_document_kind_and_state(
    found: list[dict[str, Any]], writer: httpx.AsyncClient, politician: httpx.AsyncClient
) -> None:
    assert [one["kind"] for one in found] == ["matter", "clause", "clause", "clause"]
    assert found[1]["draft"]["amount_kronor"] == 2_000_000
    assert found[1]["draft"]["type"] == "clause"
    of_document = {"document_id": found[0]["document_id"], "kind": "clause", "state": "öppet", "limit": 2}
    page = (await writer.get(ALL, params=of_document)).json()
    assert (page["total"], len(page["items"])) == (3, 2)
    assert (await writer.get(ALL, params={"state": "avvisat"})).json()["total"] == 0
    assert (await writer.get(ALL, params={"kind": "dröm"})).status_code == 422
    assert (await politician.get(ALL)).json()["total"] == 0
    assert (await politician.get(f"{ALL}/{found[0]['id']}")).status_code == 404


async def test_one_is_added_with_changes_and_leads_to_the_register(
    found: list[dict[str, Any]], writer: httpx.AsyncClient
) -> None:
    matter, clause = found[0]["id"], found[1]["id"]
    refused = await writer.post(f"{ALL}/{clause}/accept", json={})
    assert (refused.status_code, refused.json()["field"]) == (422, "under_id")
    assert (await writer.post(f"{ALL}/{matter}/accept", json={})).json()["became_type"] == "decision"
    added = (await writer.post(f"{ALL}/{clause}/accept", json={"fields": {"addressee": "Direktören"}})).json()
    assert (added["state"], added["became_type"]) == ("tillagt", "clause")
    registered = (await writer.get(f"/api/v1/clauses/{added['became_id']}")).json()
    assert (registered["addressee"], registered["ruling"]) == ("Direktören", "föreslagen")
    sources = await writer.get("/api/v1/sources", params={"subject_type": "clause", "subject_id": added["became_id"]})
    assert [one["quote"] for one in sources.json()] == [found[1]["quote"]]
    again = await writer.post(f"{ALL}/{clause}/accept", json={})
    assert (again.status_code, again.json()["title"]) == (409, "Förslaget är inte öppet")


async def test_one_is_rejected_with_a_reason_and_opened_again(
    found: list[dict[str, Any]], writer: httpx.AsyncClient
) -> None:
    clause = found[2]["id"]
    rejected = (await writer.post(f"{ALL}/{clause}/reject", json={"reason": "Gäller inte oss."})).json()
    assert (rejected["state"], rejected["reason"]) == ("avvisat", "Gäller inte oss.")
    opened = (await writer.post(f"{ALL}/{clause}/reopen")).json()
    assert (opened["state"], opened["reason"], opened["decided_at"]) == ("öppet", "", None)
    assert (await writer.get(f"{ALL}/{found[0]['id']}")).json()["waiting"] == 3


async def test_the_same_key_adds_it_once(found: list[dict[str, Any]], writer: httpx.AsyncClient) -> None:
    address, key = f"{ALL}/{found[0]['id']}/accept", {"Idempotency-Key": "en-enda"}
    first = await writer.post(address, json={"parts": True}, headers=key)
    second = await writer.post(address, json={"parts": True}, headers=key)
    assert first.json() == second.json()
    assert (await writer.get("/api/v1/matters")).json()["total"] == 1
