"""Documents over REST: who may, what is refused, and then the way from upload to text."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from ingest import pipeline as work
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives.access import SYSTEM, ScopedSessions
from retrieval.embedding import Embedder
from tests.ingest.office import zipped
from tests.ingest.steps import DECISION, bring_in, count, receive

DOCUMENTS = "/api/v1/documents"
INGESTIONS = "/api/v1/ingestions"


@pytest.fixture
async def pipeline(sessions: ScopedSessions, embedder: Embedder) -> Any:
    sandbox = Sandbox()
    yield Pipeline(sessions, embedder, sandbox)
    await sandbox.close()


def form(content: str | bytes = DECISION, name: str = "beslut.md", **fields: Any) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    return {"files": {"file": (name, data)}, "data": fields}


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    body = answer.json()
    return answer.status_code, body["detail"]


@pytest.mark.parametrize(
    "path", [DOCUMENTS, INGESTIONS, f"{DOCUMENTS}/{UUID(int=7)}", f"{DOCUMENTS}/{UUID(int=7)}/original"]
)
async def test_nobody_unknown_gets_in(anonymous: httpx.AsyncClient, path: str) -> None:
    assert problem(await anonymous.get(path))[0] == 401


async def test_only_the_programme_group_uploads(politician: httpx.AsyncClient, partner: httpx.AsyncClient) -> None:
    assert problem(await politician.post(DOCUMENTS, **form()))[0] == 403
    assert problem(await partner.post(DOCUMENTS, **form()))[0] == 403


async def test_the_search_index_tells_its_model_and_how_far_another_has_come(
    partner: httpx.AsyncClient, writer: httpx.AsyncClient, pipeline: Pipeline
) -> None:
    assert problem(await partner.get("/api/v1/search-index"))[0] == 403
    nothing = {"model": None, "coming": None, "units_done": None, "units_total": None}
    assert (await writer.get("/api/v1/search-index")).json() == nothing
    await bring_in(pipeline, "a.md", DECISION)
    stamp = await pipeline.embedder.stamp()
    model = {"name": stamp.name, "revision": stamp.revision, "dimensions": 384}
    assert (await writer.get("/api/v1/search-index")).json() == {**nothing, "model": model}
    async with pipeline.sessions(SYSTEM) as session:
        await session.execute(
            text("INSERT INTO embedding_model (name, revision, dimensions, wanted_at) VALUES ('ny', '1', 96, now())")
        )
    told = (await writer.get("/api/v1/search-index")).json()
    units = await count(pipeline.sessions, "passage")
    coming = {"name": "ny", "revision": "1", "dimensions": 96}
    assert told == {"model": model, "coming": coming, "units_done": 0, "units_total": units}


async def test_a_partner_sees_public_and_shared_documents_alone(
    partner: httpx.AsyncClient, writer: httpx.AsyncClient, pipeline: Pipeline
) -> None:
    internal = await bring_in(pipeline, "internt.md", DECISION)
    public = await bring_in(pipeline, "offentligt.md", DECISION + "\nTill alla som vill läsa.\n", visibility="public")
    assert [one["id"] for one in (await partner.get(DOCUMENTS)).json()["items"]] == [str(public.document_id)]
    assert (await writer.get(DOCUMENTS)).json()["total"] == 2
    for place in ("", "/text", "/original"):
        assert problem(await partner.get(f"{DOCUMENTS}/{internal.document_id}{place}"))[0] == 404
    assert (await partner.get(INGESTIONS)).json()["items"] == []
    assert problem(await partner.get(f"{INGESTIONS}/{internal.id}"))[0] == 404


@pytest.mark.parametrize(
    ("request_form", "status", "words"),
    [
        (form(b"", "tom.txt"), 422, "Filen är tom"),
        (form(b"PK\x03\x04", "a.docx"), 422, "skadat eller avkortat"),
        (form(b"text", "a.pdf"), 422, "ingen PDF"),
        (form(shared_with=str(uuid4())), 422, "organisationerna"),
        (form(visibility="alla"), 422, ""),
        (form(shared_with="inget-id"), 422, ""),
        ({"data": {"title": "Utan fil"}}, 400, ""),
        ({"json": {"file": "x"}}, 400, ""),
    ],
)
async def test_a_bad_upload_is_a_problem_and_leaves_nothing(
    writer: httpx.AsyncClient, sessions: ScopedSessions, request_form: dict[str, Any], status: int, words: str
) -> None:
    found, detail = problem(await writer.post(DOCUMENTS, **request_form))
    assert found in {status, 422}
    assert words in detail
    assert await count(sessions, "stored_file") == 0


async def test_from_upload_to_text(writer: httpx.AsyncClient, pipeline: Pipeline) -> None:
    answer = await writer.post(DOCUMENTS, **form(name="mål/be\u202eslut.md", title="Ett beslut\0", visibility="public"))
    assert answer.status_code == 202, answer.text
    waiting = (await writer.get(answer.headers["location"])).json()
    assert (waiting["state"], waiting["file_name"]) == ("queued", "be slut.md")
    await work.run(pipeline, UUID(waiting["id"]))
    done = (await writer.get(answer.headers["location"])).json()
    assert done["state"] == "published"
    document = (await writer.get(f"{DOCUMENTS}/{done['document_id']}")).json()
    assert (document["title"], document["kind"], document["visibility"]) == ("Ett beslut", "beslut", "public")
    read = (await writer.get(f"{DOCUMENTS}/{done['document_id']}/text")).json()
    assert read["text"] == DECISION
    assert read["pages"] == [{"number": 1, "start": 0, "end": len(DECISION), "state": "text"}]
    assert ["Beslut om nära vård"] in [section["path"] for section in read["sections"]]
    again = await writer.post(DOCUMENTS, **form(name="be slut.md", visibility="public"))
    known = {"ingestion_id": done["id"], "document_id": done["document_id"], "unchanged": True, "files": []}
    assert again.json() == known
    assert document["quality"]["pages_with_text"] == 1


async def test_each_file_of_an_archive_has_an_answer_of_its_own(writer: httpx.AsyncClient) -> None:
    answer = await writer.post(DOCUMENTS, **form(zipped({"a.md": DECISION, "b.docx": "text"}), "arkiv.zip"))
    assert answer.status_code == 202
    assert answer.json()["ingestion_id"] is None
    first, second = answer.json()["files"]
    assert (await writer.get(f"{INGESTIONS}/{first['ingestion_id']}")).json()["file_name"] == "a.md"
    assert second["ingestion_id"] is None
    assert "ingen Word-fil" in second["reason"]
    assert problem(await writer.post(DOCUMENTS, **form(zipped({"a.exe": "MZ"}), "a.zip")))[0] == 422


async def test_the_original_is_a_download_that_no_browser_opens(writer: httpx.AsyncClient, pipeline: Pipeline) -> None:
    done = await bring_in(pipeline, 'å"; x=1.md', DECISION)
    answer = await writer.get(f"{DOCUMENTS}/{done.document_id}/original")
    assert answer.content == DECISION.encode()
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A5%22%3B%20x%3D1.md"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


async def test_lists_are_filtered_and_paged(writer: httpx.AsyncClient, pipeline: Pipeline) -> None:
    for number in range(3):
        await bring_in(pipeline, f"{number}.md", f"{DECISION}\nNummer {number} i raden av beslut.\n")
    answer = await writer.get(DOCUMENTS, params={"limit": 2, "page": 2, "kind": "beslut"})
    assert (len(answer.json()["items"]), answer.json()["total"]) == (1, 3)
    assert 'rel="prev"' in answer.headers["link"]
    assert (await writer.get(DOCUMENTS, params={"q": "1.md"})).json()["total"] == 1
    assert (await writer.get(DOCUMENTS, params={"kind": "lag"})).json()["total"] == 0
    assert (await writer.get(INGESTIONS, params={"state": "published"})).json()["total"] == 3
    assert problem(await writer.get(INGESTIONS, params={"state": "okänt"}))[0] == 422


async def test_an_older_version_stays_readable(writer: httpx.AsyncClient, pipeline: Pipeline) -> None:
    first = await bring_in(pipeline, "a.md", DECISION)
    old = (await writer.get(f"{DOCUMENTS}/{first.document_id}")).json()["version_id"]
    await bring_in(pipeline, "a.md", DECISION.replace("2 mnkr", "3 mnkr"))
    place = f"{DOCUMENTS}/{first.document_id}/text"
    assert "3 mnkr" in (await writer.get(place)).json()["text"]
    assert "2 mnkr" in (await writer.get(place, params={"version": old})).json()["text"]
    assert problem(await writer.get(place, params={"version": str(uuid4())}))[0] == 404


async def test_a_failed_file_tells_why_and_can_be_read_again(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, pipeline: Pipeline
) -> None:
    failed = await bring_in(pipeline, "trasig.txt", b"\x01" * 100)
    place = f"{INGESTIONS}/{failed.id}"
    shown = (await writer.get(place)).json()
    assert (shown["state"], shown["stage"]) == ("failed", "reading")
    assert shown["reason"]
    assert shown["remedy"]
    assert problem(await politician.post(f"{place}/retry"))[0] == 403
    assert (await writer.post(f"{place}/retry")).json()["state"] == "queued"
    waiting = await receive(pipeline.sessions, "väntar.md", DECISION)
    assert problem(await writer.post(f"{INGESTIONS}/{waiting.ingestion_id}/retry"))[0] == 422
    async with pipeline.sessions(SYSTEM):
        assert await count(pipeline.sessions, "ingestion", "state = 'queued'") == 2


async def test_a_waiting_file_is_moved_and_stopped(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, pipeline: Pipeline
) -> None:
    sent = await writer.post(DOCUMENTS, **form(priority="low"))
    place = sent.headers["location"]
    assert (await writer.get(place)).json()["priority"] == "low"
    assert problem(await politician.patch(place, json={"priority": "high"}))[0] == 403
    assert (await writer.patch(place, json={"priority": "high"})).json()["priority"] == "high"
    assert problem(await writer.patch(place, json={"priority": "genast"}))[0] == 422
    assert problem(await politician.post(f"{place}/cancel"))[0] == 403
    assert (await writer.post(f"{place}/cancel")).json()["state"] == "canceled"
    assert problem(await writer.post(f"{place}/cancel"))[0] == 422
    await work.run(pipeline, UUID(sent.json()["ingestion_id"]))
    assert (await writer.get(DOCUMENTS)).json()["total"] == 0


async def test_a_removed_document_leaves_a_receipt(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, pipeline: Pipeline
) -> None:
    done = await bring_in(pipeline, "beslut.md", DECISION)
    place = f"{DOCUMENTS}/{done.document_id}"
    assert problem(await politician.delete(place))[0] == 403
    receipt = (await writer.delete(place)).json()
    assert (receipt["title"], receipt["versions"], receipt["ingestions"]) == ("Beslut om nära vård", 1, 1)
    assert [file["name"] for file in receipt["files"]] == ["beslut.md"]
    assert problem(await writer.get(place))[0] == 404
    assert problem(await writer.delete(place))[0] == 404
