import httpx

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

TAXONOMY = {"name": "T", "nodes": [{"dimension": "delområde", "code": "D1", "name": "Samverkan", "prioritised": True}]}


async def test_nobody_reads_or_loads_a_taxonomy_unasked(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/api/v1/taxonomy")).status_code == 401
    assert (await anonymous.put(f"/api/v1/organisations/{new_id()}/taxonomy", json=TAXONOMY)).status_code == 401


async def test_only_the_programme_group_loads(politician: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session)
    assert (await politician.put(f"/api/v1/organisations/{owner.id}/taxonomy", json=TAXONOMY)).status_code == 403


async def test_a_taxonomy_is_loaded_and_read(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session)
    address = f"/api/v1/organisations/{owner.id}/taxonomy"
    assert (await writer.put(f"/api/v1/organisations/{new_id()}/taxonomy", json=TAXONOMY)).status_code == 404
    wrong = {**TAXONOMY, "dimensions": [{"name": "område"}]}
    refused = await writer.put(address, json=wrong)
    assert (refused.status_code, refused.json()["field"]) == (422, "dimension")
    loaded = await writer.put(address, json=TAXONOMY)
    assert loaded.status_code == 200
    assert (await writer.get("/api/v1/taxonomy?dimension=delomr%C3%A5de")).json() == loaded.json()
    assert (await writer.get("/api/v1/taxonomy?dimension=strategi")).json() == []
    [node] = loaded.json()
    assert (node["code"], node["prioritised"], node["aliases"]) == ("D1", True, [])
