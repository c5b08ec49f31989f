import httpx

from initiatives.access import SYSTEM, Role, ScopedSessions
from retrieval import gaps
from tests import factories

GAPS = "/api/v1/knowledge-gaps"
FIELDS = {"id", "question", "confidence", "created_at", "cause", "reason", "finding_id"}


async def _note(sessions: ScopedSessions, *questions: str) -> None:
    async with sessions(SYSTEM) as session:
        asker = await factories.viewer(session, Role.POLITICIAN)
        for question in questions:
            await gaps.note(session, asker, question, 0.25)


async def test_gaps_come_newest_first_in_pages_and_without_who_asked(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    await _note(sessions, "Vem svarar?", "Vad kostar det?")
    response = await writer.get(GAPS, params={"limit": 1})
    body = response.json()
    assert (body["total"], body["limit"]) == (2, 1)
    assert [set(item) for item in body["items"]] == [FIELDS]
    assert body["items"][0]["question"] == "Vad kostar det?"
    assert 'rel="next"' in response.headers["link"]
    second = (await writer.get(GAPS, params={"limit": 1, "page": 2})).json()
    assert [item["question"] for item in second["items"]] == ["Vem svarar?"]


async def test_nobody_else_reads_them(
    anonymous: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    assert [(await client.get(GAPS)).status_code for client in (anonymous, politician, partner)] == [401, 403, 403]
