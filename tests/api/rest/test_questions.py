import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from uuid_utils import compat

from api.database import Database
from api.rest.questions import LONGEST_HISTORY, LONGEST_QUESTION
from ingest import intake, pipeline
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives import funds
from initiatives.access import SYSTEM, Role
from retrieval import documents
from retrieval.embedding import Embedder
from tests import factories

DECISION = (
    "Beslut om läkarbil\n\nProtokoll 2026-03-09, regionstyrelsen\n\n"
    "Regionstyrelsen beslutar att avsätta 2,5 mnkr till en läkarbil i Granholma under 2026.\n\n"
    "Läkarbilen ska börja köra den 1 september 2026 och följs upp varje kvartal.\n"
)
QUESTION = "Hur mycket avsätts till läkarbilen i Granholma 2026?"
ASK = "/api/v1/questions"
STREAM = {"Accept": "text/event-stream"}


async def _key(database: Database, role: Role) -> dict[str, str]:
    async with database.scoped(SYSTEM) as session:
        email = f"{role.value}@region.example"
        return await factories.signed_in(session, await factories.person(session, role, email=email))


@pytest.fixture
async def asker(app: Litestar, client: httpx.AsyncClient, database: Database, embedder: Embedder) -> httpx.AsyncClient:
    """Return a client of a politician, who may read one decision."""
    async with database.scoped(SYSTEM) as session:
        receipt = await intake.receive(session, SYSTEM, file_name="lakarbil.txt", data=DECISION.encode())
    assert receipt.ingestion_id
    sandbox = Sandbox()
    await pipeline.run(Pipeline(database.scoped, embedder, sandbox), receipt.ingestion_id)
    await sandbox.close()
    client.headers.update(await _key(database, Role.POLITICIAN))
    return client


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


async def test_nobody_asks_without_signing_in(client: httpx.AsyncClient) -> None:
    assert (await client.post(ASK, json={"question": QUESTION})).status_code == 401
    assert (await client.get("/api/v1/conversations")).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"question": " \n "}, 422),
        ({"question": "å" * (LONGEST_QUESTION + 1)}, 422),
        ({"question": "Vad?\x00"}, 422),
        ({"question": "Vad?", "svar": "fuska"}, 422),
        ({"question": "Vad?", "history": ["Vem?"] * (LONGEST_HISTORY + 1)}, 422),
        ({"question": "Vad?", "conversation_id": "1"}, 422),
        ({"question": "Vad?", "conversation_id": str(compat.uuid7())}, 404),
    ],
)
async def test_what_cannot_be_asked_is_a_problem_in_words(
    client: httpx.AsyncClient, database: Database, body: dict[str, Any], status: int
) -> None:
    answer = await client.post(ASK, json=body, headers=await _key(database, Role.POLITICIAN))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_an_answer_quotes_its_source_to_the_letter(asker: httpx.AsyncClient, database: Database) -> None:
    response = await asker.post(ASK, json={"question": QUESTION})
    assert response.status_code == 200
    answer = response.json()
    assert not answer["abstained"]
    assert "2,5 mnkr" in answer["answer"]
    citation = answer["citations"][0]
    async with database.scoped(SYSTEM) as session:
        found = await documents.get_document(session, SYSTEM, UUID(citation["document_id"]))
    assert found.text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["source"] == "lakarbil.txt"
    assert answer["passages"]


async def test_a_stream_tells_the_same_as_the_answer(asker: httpx.AsyncClient) -> None:
    whole = (await asker.post(ASK, json={"question": QUESTION})).json()
    response = await asker.post(ASK, json={"question": QUESTION}, headers=STREAM)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert "no-transform" in response.headers["cache-control"]
    told = events(response.text)
    names = [name for name, _ in told]
    assert names[0] == "status"
    assert names[-1] == "done"
    assert names.index("sources") < names.index("delta")
    done = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "delta") == done["answer"]
    unlike = {"id", "conversation_id", "latency_ms"}
    assert {name: value for name, value in done.items() if name not in unlike} == {
        name: value for name, value in whole.items() if name not in unlike
    }


async def test_an_error_inside_a_stream_is_an_event(asker: httpx.AsyncClient) -> None:
    body = {"question": QUESTION, "conversation_id": str(compat.uuid7())}
    told = events((await asker.post(ASK, json=body, headers=STREAM)).text)
    assert [name for name, _ in told] == ["error"]
    assert "Samtalet finns inte" in told[0][1]["detail"]


async def test_conversations_are_kept_for_their_owner_alone(asker: httpx.AsyncClient, database: Database) -> None:
    first = (await asker.post(ASK, json={"question": QUESTION})).json()
    body = {"question": "Och när börjar den köra?", "conversation_id": first["conversation_id"]}
    second = (await asker.post(ASK, json=body)).json()
    assert second["conversation_id"] == first["conversation_id"]
    listed = (await asker.get("/api/v1/conversations")).json()
    assert [one["id"] for one in listed] == [first["conversation_id"]]
    kept = (await asker.get(f"/api/v1/conversations/{first['conversation_id']}")).json()
    assert [turn["answer"] for turn in kept["turns"]] == [first, second]
    other = await _key(database, Role.PROGRAMME_GROUP)
    assert (await asker.get("/api/v1/conversations", headers=other)).json() == []
    stolen = await asker.get(f"/api/v1/conversations/{first['conversation_id']}", headers=other)
    assert stolen.status_code == 404


async def test_a_partner_gets_nothing_out_of_what_is_not_shared(asker: httpx.AsyncClient, database: Database) -> None:
    partner = await _key(database, Role.PARTNER)
    response = await asker.post(ASK, json={"question": QUESTION}, headers=partner)
    answer = response.json()
    assert answer["abstained"]
    assert answer["passages"] == []
    assert "Granholma" not in response.text.replace(QUESTION, "")


async def test_what_the_register_answers_has_typed_rows(asker: httpx.AsyncClient, database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        region = await factories.organisation(session, "Region Kanarie")
        made = await funds.create_fund(
            session, SYSTEM, name="Kanarieanslaget", organisation_id=region.id, year=2026, frame_kronor=2_500_000
        )
    question = {"question": "Hur mycket är kvar av kanarieanslaget 2026?"}
    told = (await asker.post(ASK, json=question)).json()
    assert told["answered_by"] == "register"
    register = told["register"]
    (row,) = register["rows"]
    assert (row["kind"], row["id"]) == ("fund", str(made.id))
    values = {column["name"]: value for column, value in zip(register["columns"], row["values"], strict=True)}
    assert values["left_kronor"] == 2_500_000
    assert "2,5\N{NO-BREAK SPACE}mnkr" in told["answer"]
    again = (await asker.get(f"/api/v1/conversations/{told['conversation_id']}")).json()
    assert again["turns"][0]["answer"]["register"] == register
    stream = (await asker.post(ASK, json=question, headers=STREAM)).text
    assert "event: register\n" in stream
