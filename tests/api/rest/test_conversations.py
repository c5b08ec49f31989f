from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.rest.answers import ANSWER
from initiatives import people
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.people import Person
from retrieval import conversations

ALL, SHARED = "/api/v1/conversations", "/api/v1/shared-conversations"


@pytest.fixture
async def talk(sessions: ScopedSessions, politician: httpx.AsyncClient) -> dict[str, Any]:
    """Return a conversation of the politician's with one answer."""
    answer = {**ANSWER, "id": str(new_id()), "citations": [], "passages": []}
    async with sessions(SYSTEM) as session:
        [who] = await people.viewers_of(session, (await session.scalars(select(Person.id))).one())
    async with sessions(who) as session:
        kept = await conversations.keep_turn(session, who, None, "Hur mycket avsätts?", answer)
    return {"id": str(kept), "answer": answer["id"]}


async def test_a_conversation_is_found_renamed_and_taken_away(
    politician: httpx.AsyncClient, talk: dict[str, Any]
) -> None:
    one = f"{ALL}/{talk['id']}"
    assert [found["id"] for found in (await politician.get(ALL, params={"q": "MNKR"})).json()] == [talk["id"]]
    assert (await politician.get(ALL, params={"q": "rymdraket"})).json() == []
    changed = (await politician.patch(one, json={"title": "  Till nämnden "})).json()
    assert (changed["title"], changed["shared_at"]) == ("Till nämnden", None)
    refused = await politician.patch(one, json={"title": "å" * 91})
    assert (refused.status_code, refused.json()["field"]) == (422, "title")
    assert (await politician.delete(one)).status_code == 204
    assert (await politician.get(one)).status_code == 404


async def test_what_is_shared_is_read_by_others_without_what_its_owner_thought(
    politician: httpx.AsyncClient, talk: dict[str, Any], writer: httpx.AsyncClient
) -> None:
    assert (await writer.get(f"{SHARED}/{talk['id']}")).status_code == 404
    rating = f"{ALL}/{talk['id']}/answers/{talk['answer']}/rating"
    assert (await politician.put(rating, json={"rating": "bra"})).status_code == 204
    shared_at = (await politician.patch(f"{ALL}/{talk['id']}", json={"shared": True})).json()["shared_at"]
    again = (await politician.patch(f"{ALL}/{talk['id']}", json={"shared": True})).json()["shared_at"]
    assert again == shared_at is not None
    read = (await writer.get(f"{SHARED}/{talk['id']}")).json()
    assert [(turn["question"], turn["rating"]) for turn in read["turns"]] == [("Hur mycket avsätts?", None)]
    own = (await politician.get(f"{ALL}/{talk['id']}")).json()
    assert [turn["rating"] for turn in own["turns"]] == ["bra"]
    assert (await writer.patch(f"{ALL}/{talk['id']}", json={"title": "Mitt"})).status_code == 404
    assert (await writer.put(rating, json={"rating": "dåligt"})).status_code == 404


async def test_a_bad_answer_is_a_gap_until_its_owner_says_otherwise(
    politician: httpx.AsyncClient, talk: dict[str, Any], writer: httpx.AsyncClient
) -> None:
    rating = f"{ALL}/{talk['id']}/answers/{talk['answer']}/rating"
    for reason in ("Fel år.", "Fel nämnd."):
        await politician.put(rating, json={"rating": "dåligt", "reason": reason})
    [topic] = (await writer.get("/api/v1/knowledge-gaps/topics")).json()
    assert [(gap["cause"], gap["reason"]) for gap in topic["gaps"]] == [("underkänt svar", "Fel nämnd.")]
    opened = [await writer.post(f"/api/v1/knowledge-gaps/{topic['gaps'][0]['id']}/finding") for _ in range(2)]
    assert opened[0].json() == opened[1].json()
    finding = (await writer.get(f"/api/v1/findings/{opened[0].json()['finding_id']}")).json()
    assert finding["detail"] == "Hur mycket avsätts?\n\nFel nämnd."
    assert (await politician.put(rating, json={"rating": None})).status_code == 204
    assert (await writer.get("/api/v1/knowledge-gaps/topics")).json() == []


@pytest.mark.parametrize("body", [{"rating": "sådär"}, {"rating": "dåligt", "reason": "å" * 1001}, {}])
async def test_a_rating_that_is_none_is_refused(
    politician: httpx.AsyncClient, talk: dict[str, Any], body: dict[str, Any]
) -> None:
    rating = f"{ALL}/{talk['id']}/answers/{talk['answer']}/rating"
    answer = await politician.put(rating, json=body)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"].startswith("application/problem+json")
