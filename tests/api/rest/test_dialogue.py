"""The dialogue with municipalities through the API, from both sides, with the 35 cells of the domain."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from initiatives import taxonomy
from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id
from initiatives.organisations import OrganisationKind
from initiatives.taxonomy import Dimension, NodeData, TaxonomyData
from tests import factories
from tests.clients import connect

ENTRIES, AGREEMENTS = "/api/v1/dialogue-entries", "/api/v1/municipal-agreements"
FOLLOW_UP = "/api/v1/dialogue-follow-up"
AREAS = (
    "Samverkan", "Specialister i den nära vården", "Prevention och egenvård", "Första linjen",
    "Centrum för nära vård", "Barn och unga", "Äldre",
)  # fmt: skip
TOWNS = ("Karlshamn", "Karlskrona", "Olofström", "Ronneby", "Sölvesborg")


@dataclass(frozen=True, slots=True)
class County:
    """Seven delområden, five municipalities, and a partner at each of two of them."""

    nodes: dict[str, str]
    towns: dict[str, str]
    partner: httpx.AsyncClient
    stranger: httpx.AsyncClient


@pytest.fixture
async def county(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[County]:
    async with sessions(SYSTEM) as session:
        towns = {name: (await factories.organisation(session, f"{name}s kommun")).id for name in TOWNS}
        region = await factories.organisation(session, kind=OrganisationKind.REGION)
        data = TaxonomyData("Nära vård", tuple(NodeData(Dimension.AREA, f"D{n}", one) for n, one in enumerate(AREAS)))
        await taxonomy.load(session, SYSTEM, region.id, data)
        nodes = {node.name: str(node.id) for node in await taxonomy.list_nodes(session, dimension=Dimension.AREA)}
        people = [
            await factories.person(session, Role.PARTNER, organisation_id=towns[name])
            for name in ("Karlskrona", "Ronneby")
        ]
        headers = [await factories.signed_in(session, one) for one in people]
    async with connect(service, **headers[0]) as partner, connect(service, **headers[1]) as stranger:
        yield County(nodes, {name: str(one) for name, one in towns.items()}, partner, stranger)


def talk(county: County, *towns: str, **fields: Any) -> dict[str, Any]:
    return {
        "held_on": "2026-10-07",
        "level": "tjänstemanna",
        "title": "Underlag för delområdet",
        "party_ids": [county.towns[town] for town in towns],
        **fields,
    }


@pytest.mark.parametrize("path", [ENTRIES, AGREEMENTS, FOLLOW_UP, f"{ENTRIES}/{UUID(int=7)}/answers"])
async def test_nobody_reads_it_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_every_area_and_municipality_has_a_cell_to_fill(writer: httpx.AsyncClient, county: County) -> None:
    table = (await writer.get(FOLLOW_UP)).json()
    assert (len(table["nodes"]), len(table["municipalities"]), len(table["cells"])) == (7, 5, 35)
    assert table["counts"] == {"inte påbörjad": 35, "pågår": 0, "klar": 0}
    about = [county.nodes["Samverkan"], county.nodes["Äldre"]]
    made = await writer.post(ENTRIES, json=talk(county, "Karlskrona", "Ronneby", node_ids=about))
    assert made.status_code == 201
    say = f"{FOLLOW_UP}/{county.nodes['Äldre']}/{county.towns['Ronneby']}"
    said = await writer.put(say, json={"state": "klar", "note": "Underlaget är godkänt."})
    assert said.status_code == 200
    table = (await writer.get(FOLLOW_UP)).json()
    assert table["counts"] == {"inte påbörjad": 31, "pågår": 3, "klar": 1}
    assert said.json() in table["cells"]
    assert (said.json()["entries"], said.json()["last_on"], said.json()["said"]) == (1, "2026-10-07", True)


async def test_a_municipality_reads_and_answers_its_own_and_finds_no_other(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, county: County
) -> None:
    made = await writer.post(ENTRIES, json=talk(county, "Karlskrona", topics="Möten och avtal"))
    path = made.headers["location"]
    foreign, absent = await county.stranger.get(path), await county.stranger.get(f"{ENTRIES}/{new_id()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await county.stranger.get(ENTRIES)).json()["total"] == 0
    assert (await county.stranger.post(f"{path}/answers", json={"text": "Hej"})).status_code == 404
    read = await county.partner.get(path)
    assert read.json() == made.json()
    assert (await county.partner.patch(path, json={"title": "Vårt"}, headers={"If-Match": "*"})).status_code == 403
    answered = await county.partner.post(f"{path}/answers", json={"text": "Vi vill börja med äldre."})
    assert answered.status_code == 201
    assert answered.json()["organisation"] == "Karlskronas kommun"
    assert (await writer.get(f"{path}/answers")).json() == [answered.json()]
    assert (await writer.get(path)).json()["answers"] == 1
    assert (await politician.post(f"{path}/answers", json={"text": "Hej"})).status_code == 403
    assert (await county.partner.get(FOLLOW_UP)).json()["cells"] == []


async def test_a_conversation_is_changed_by_one_who_has_read_it(writer: httpx.AsyncClient, county: County) -> None:
    made = await writer.post(ENTRIES, json=talk(county, "Karlskrona"))
    path, change = made.headers["location"], {"next_step": "Räkna på det", "next_step_on": "2026-12-01"}
    assert (await writer.patch(path, json=change)).status_code == 428
    changed = await writer.patch(path, json=change, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    again = await writer.patch(path, json={"next_step": "Annat"}, headers={"If-Match": made.headers["etag"]})
    assert again.status_code == 412
    assert again.json()["conflicts"][0]["theirs"] == "Räkna på det"
    assert (await writer.get(ENTRIES, params={"open_step": "true"})).json()["total"] == 1
    assert (await writer.delete(path)).status_code == 204
    assert (await writer.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"level": "hemlig"}, "level"),
        ({"party_ids": []}, "party_ids"),
        ({"next_step_on": "2026-12-01"}, "next_step_on"),
        ({"node_ids": [str(UUID(int=7))]}, "node_ids"),
    ],
)
async def test_a_wrong_value_is_answered_with_its_field(
    writer: httpx.AsyncClient, county: County, change: dict[str, Any], field: str
) -> None:
    answer = await writer.post(ENTRIES, json=talk(county, "Ronneby", **change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_an_agreement_from_both_sides(writer: httpx.AsyncClient, county: County) -> None:
    new = {
        "title": "Samverkan om äldre",
        "starts_on": "2025-01-01",
        "ends_on": "2027-12-31",
        "notice_on": "2026-12-31",
        "party_ids": [county.towns["Karlskrona"]],
        "node_ids": [county.nodes["Äldre"]],
    }
    assert (await county.partner.post(AGREEMENTS, json=new)).status_code == 403
    wrong = await writer.post(AGREEMENTS, json={**new, "notice_on": "2028-01-01"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "notice_on")
    made = await writer.post(AGREEMENTS, json=new)
    assert made.status_code == 201
    path = made.headers["location"]
    assert (await county.partner.get(path)).json() == made.json()
    assert (await county.stranger.get(path)).status_code == 404
    assert (await county.stranger.get(AGREEMENTS)).json()["total"] == 0
    changed = await writer.patch(path, json={"notice": "Tolv månader."}, headers={"If-Match": made.headers["etag"]})
    assert changed.json()["revision"] == 2
    table = (await writer.get(FOLLOW_UP, params={"on": "2026-11-30"})).json()
    assert [cell["agreements"] for cell in table["cells"]].count(1) == 1
    assert (await writer.delete(path)).status_code == 204


async def test_an_entry_rests_on_a_document(
    writer: httpx.AsyncClient, county: County, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        document = await factories.document(session)
    made = (await writer.post(ENTRIES, json=talk(county, "Ronneby"))).json()
    source = {
        "subject_type": "dialogue_entry",
        "subject_id": made["id"],
        "document_id": str(document.id),
        "quote": "Version 0",
    }
    assert (await writer.post("/api/v1/sources", json=source)).status_code == 201
