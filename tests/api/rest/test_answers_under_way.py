"""Stopping an answer and coming back to it, over real connections, with a model that takes its time."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api import postgres
from api.app import create_app
from api.database import Database
from api.ongoing import Ongoing
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from retrieval import language
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from retrieval.language import LanguageConfig
from retrieval.metering import Limits
from tests import factories, model_server
from tests.conftest import copied
from tests.model_server import Caller, ModelServer, says
from tests.served import serve
from tests.site import Site

QUESTION = {"question": "Hur lång är uppsägningstiden i samverkansavtalet?"}
TRUE = "Uppsägningstiden är tolv månader [1]."
STREAM = {"Accept": "text/event-stream"}


@dataclass
class Place:
    """A served region, its model, and when the model may answer."""

    address: str
    database: Database
    model: ModelServer
    go: asyncio.Event

    async def client(self, role: Role = Role.POLITICIAN) -> httpx.AsyncClient:
        async with self.database.scoped(SYSTEM) as session:
            known = await factories.signed_in(session, await factories.person(session, role))
        return httpx.AsyncClient(base_url=f"{self.address}/api/v1", headers=known, timeout=20)


@contextlib.asynccontextmanager
async def _opened(server: postgres.Server, region: str, embedder: Embedder, ongoing: Ongoing) -> AsyncIterator[Place]:
    go = asyncio.Event()

    async def waits(caller: Caller) -> None:
        await asyncio.wait(
            [asyncio.ensure_future(go.wait()), asyncio.ensure_future(caller.reader.read())],
            return_when=asyncio.FIRST_COMPLETED,
        )
        if go.is_set():
            await says(TRUE)(caller)

    async with copied(server, region) as name, model_server.running() as model:
        model.behaviour = waits
        database = Database(server.url(database=name))
        wording = language.create(LanguageConfig("m", model.base_url, limits=Limits(seconds=60)))
        app = create_app(database.scoped, Assistant(database.scoped, embedder, wording), ongoing=ongoing)
        async with serve(Site(app, database)) as served:
            yield Place(served.address, database, model, go)
        await database.close()


@pytest.fixture(scope="module")
async def region(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Place]:
    async with _opened(server, sample_region, embedder, Ongoing()) as place:
        yield place


@pytest.fixture
def place(region: Place) -> Place:
    region.go.clear()
    region.model.requests.clear()
    return region


@dataclass(frozen=True)
class Told:
    """An event as it came."""

    id: str
    name: str
    data: dict[str, Any]


async def _events(response: httpx.Response) -> AsyncIterator[Told]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if not line:
            if fields:
                yield Told(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
            continue
        name, _, value = line.partition(": ")
        fields[name] = value


async def _until_it_reads(events: AsyncIterator[Told]) -> list[Told]:
    told: list[Told] = []
    async for event in events:
        told.append(event)
        if event.data.get("text", "").startswith("Läser"):
            break
    return told


async def _begun(place: Place, client: httpx.AsyncClient) -> list[Told]:
    """Ask, read until the model writes, and lose the connection."""
    async with client.stream("POST", "/questions", json=QUESTION, headers=STREAM) as response:
        events = _events(response)
        told = await _until_it_reads(events)
        while not place.model.open:
            await asyncio.sleep(0.005)
    return told


def _answer_id(told: list[Told]) -> str:
    return told[0].id.partition(".")[0]


async def _silent(model: ModelServer) -> None:
    async with asyncio.timeout(5):
        while model.open:
            await asyncio.sleep(0.005)


async def test_who_stops_an_answer_gets_what_was_verified_and_the_model_is_let_go(place: Place) -> None:
    async with await place.client() as client, await place.client() as other:
        async with client.stream("POST", "/questions", json=QUESTION, headers=STREAM) as response:
            events = _events(response)
            told = await _until_it_reads(events)
            assert response.headers["content-location"] == f"/api/v1/answers/{_answer_id(told)}"
            address = f"/answers/{_answer_id(told)}/stop"
            while not place.model.open:
                await asyncio.sleep(0.005)
            assert (await other.post(address)).status_code == 404
            assert place.model.open
            assert (await client.post(address)).status_code == 204
            rest = [event async for event in events]
        await _silent(place.model)
        assert [event.name for event in rest] == ["delta", *["citation"] * (len(rest) - 2), "done"]
        done = rest[-1].data
        assert (done["complete"], done["answered_by"]) == (False, "extraktiv")
        assert "tolv månader" in done["answer"]
        assert done["notice"].startswith("Svaret avbröts")
        kept = (await client.get(f"/conversations/{done['conversation_id']}")).json()
        assert [turn["answer"]["complete"] for turn in kept["turns"]] == [False]
        assert (await client.post(address)).status_code == 204


@pytest.mark.parametrize("way", ["GET", "POST"])
async def test_who_loses_the_connection_gets_the_rest_and_nothing_twice(place: Place, way: str) -> None:
    async with await place.client() as client:
        told = await _begun(place, client)
        place.go.set()
        headers = {**STREAM, "Last-Event-ID": told[-1].id}
        address = f"/answers/{_answer_id(told)}" if way == "GET" else "/questions"
        body = QUESTION if way == "POST" else None
        async with client.stream(way, address, headers=headers, json=body) as response:
            rest = [event async for event in _events(response)]
        assert rest[-1].name == "done"
        assert (rest[-1].data["answer"], rest[-1].data["complete"]) == (TRUE, True)
        ids = [event.id.partition(".")[2] for event in [*told, *rest]]
        assert ids == [*map(str, range(1, len(ids))), "end"]
        assert len(place.model.requests) == 1
        assert len((await client.get("/conversations")).json()) == 1


async def test_a_finished_answer_is_there_for_who_asked_and_nobody_else(place: Place) -> None:
    async with await place.client() as client, await place.client(Role.PROGRAMME_GROUP) as other:
        told = await _begun(place, client)
        address = f"/answers/{_answer_id(told)}"
        hidden = await other.get(address)
        assert hidden.status_code == (await other.get(address, headers=STREAM)).status_code == 404
        assert hidden.json()["detail"] == (await other.get(f"/answers/{new_id()}")).json()["detail"]
        waiting = asyncio.create_task(client.get(address))
        place.go.set()
        assert (await waiting).json()["answer"] == TRUE
        assert (await other.get(address)).status_code == 404
        ended = {**STREAM, "Last-Event-ID": f"{_answer_id(told)}.end"}
        assert (await client.get(address, headers=ended)).status_code == 204
        whole = [event async for event in _events(await client.get(address, headers=STREAM))]
        assert [event.name for event in whole][:3] == ["status", "sources", "status"]


async def test_another_process_has_the_kept_answer_and_says_when_there_is_none(
    server: postgres.Server, sample_region: str, embedder: Embedder
) -> None:
    async with _opened(server, sample_region, embedder, Ongoing(kept=0)) as place, await place.client() as client:
        place.go.set()
        async with client.stream("POST", "/questions", json=QUESTION, headers=STREAM) as response:
            told = [event async for event in _events(response)]
        address = f"/answers/{_answer_id(told)}"
        (only,) = [event async for event in _events(await client.get(address, headers=STREAM))]
        assert (only.name, only.data) == ("done", told[-1].data)
        assert (await client.get(address)).json() == told[-1].data
        async with await place.client() as other:
            assert (await other.get(address, headers=STREAM)).status_code == 404
            assert (await other.post(f"{address}/stop")).status_code == 404
        lost = await client.get(f"/answers/{new_id()}", headers=STREAM)
        assert lost.status_code == 404
        assert "Ställ frågan igen" in lost.json()["detail"]


async def test_an_answer_that_nobody_comes_back_for_is_given_up(
    server: postgres.Server, sample_region: str, embedder: Embedder
) -> None:
    async with _opened(server, sample_region, embedder, Ongoing(grace=0)) as place, await place.client() as client:
        told = await _begun(place, client)
        await _silent(place.model)
        response = await client.get(f"/answers/{_answer_id(told)}", headers=STREAM)
        last = [event async for event in _events(response)][-1]
        assert last.name == "error"
        assert "Ställ frågan igen" in last.data["detail"]
        assert (await client.get("/conversations")).json() == []
