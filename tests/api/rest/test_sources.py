import httpx

from initiatives.access import SYSTEM, ScopedSessions
from tests import factories

ALL = "/api/v1/sources"


async def test_a_source_is_tied_listed_and_taken_away(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        document, initiative = await factories.document(session), await factories.initiative(session)
    of_it = {"subject_type": "initiative", "subject_id": str(initiative.id)}
    new = {**of_it, "document_id": str(document.id), "quote": "Version 0"}
    wrong = await writer.post(ALL, json={**new, "quote": "Version 9"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "quote")
    added = await writer.post(ALL, json=new)
    assert added.status_code == 201
    assert (await writer.get(ALL, params=of_it)).json() == [added.json()]
    assert (await writer.delete(f"{ALL}/{added.json()['id']}")).status_code == 204
    assert (await writer.get(ALL, params=of_it)).json() == []
    assert (await writer.delete(f"{ALL}/{added.json()['id']}")).status_code == 404
