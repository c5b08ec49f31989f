"""The worked example of the taxonomy: 3 strategies, 7 delområden and 6 grundförutsättningar, and what is missing."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.organisations import OrganisationKind
from tests import factories

IDEAS = {1: 7, 2: 2, 3: 5, 4: 0, 5: 4, 6: 2, 7: 6}
EXAMPLES = {1: 5, 2: 4, 3: 3, 4: 0, 5: 0, 6: 1, 7: 2}
PRIORITISED = (1, 6, 7)
AREAS = (
    "Samverkan", "Specialister nära", "Förebyggande arbete", "Första linjen", "Centrum", "Barn och unga", "Äldre",
)  # fmt: skip


def plan() -> dict[str, Any]:
    """Return the plan in our own words; what the decision says of when to begin stands with the three prioritised."""
    nodes: list[dict[str, Any]] = [
        {"dimension": "strategi", "code": f"S{number}", "name": f"Strategi {number}"} for number in (1, 2, 3)
    ]
    for number, name in enumerate(AREAS, start=1):
        items = [{"kind": "idé", "text": f"Idé {one}"} for one in range(IDEAS[number])]
        items += [{"kind": "exempel", "text": f"Exempel {one}"} for one in range(EXAMPLES[number])]
        first = number in PRIORITISED
        order = "snarast" if first else ""
        node = {"code": f"D{number}", "name": name, "prioritised": first, "start_order": order, "items": items}
        nodes.append({"dimension": "delområde", **node})
    nodes += [
        {"dimension": "grundförutsättning", "code": f"G{number}", "name": f"Grund {number}"} for number in range(1, 7)
    ]
    return {"name": "Nära vård", "nodes": nodes}


def words(found: dict[str, Any], rule: str) -> list[str]:
    return [gap["node"] for gap in found["gaps"] if gap["rule"] == rule]


@pytest.fixture
async def nodes(writer: httpx.AsyncClient, sessions: ScopedSessions) -> dict[str, str]:
    async with sessions(SYSTEM) as session:
        region = await factories.organisation(session, kind=OrganisationKind.REGION)
    loaded = await writer.put(f"/api/v1/organisations/{region.id}/taxonomy", json=plan())
    return {node["code"]: node["id"] for node in loaded.json()}


async def coverage(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.get("/api/v1/coverage", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_plan_is_three_seven_and_six(politician: httpx.AsyncClient, nodes: dict[str, str]) -> None:
    for dimension, count in {"strategi": 3, "delområde": 7, "grundförutsättning": 6}.items():
        answer = await politician.get("/api/v1/taxonomy", params={"dimension": dimension})
        assert len(answer.json()) == count
    found = await coverage(politician)
    assert (len(found["rows"]), len(found["columns"]), len(found["cells"])) == (7, 6, 42)
    assert [row["name"] for row in found["rows"] if row["prioritised"]] == ["Samverkan", "Barn och unga", "Äldre"]


async def test_two_areas_have_no_example_four_no_start_and_three_no_initiative(
    politician: httpx.AsyncClient, nodes: dict[str, str]
) -> None:
    found = await coverage(politician)
    assert words(found, "utan pågående exempel") == ["Första linjen", "Centrum"]
    assert words(found, "utan startbesked") == ["Specialister nära", "Förebyggande arbete", "Första linjen", "Centrum"]
    assert words(found, "utan initiativ") == ["Samverkan", "Barn och unga", "Äldre"]
    assert sum(cell["count"] for cell in found["cells"]) == 0


async def test_initiatives_fill_cells_and_gaps_close_one_by_one(
    writer: httpx.AsyncClient, sessions: ScopedSessions, nodes: dict[str, str]
) -> None:
    async with sessions(SYSTEM) as session:
        someone = await factories.person(session)
        lead = str((await factories.organisation(session)).id)

    async def add(title: str, codes: list[str], **more: object) -> None:
        body = {"title": title, "lead_organisation_id": lead, "node_ids": [nodes[code] for code in codes], **more}
        assert (await writer.post("/api/v1/initiatives", json=body)).status_code == 201

    await add("Team", ["D7", "G2", "G5"], responsible_id=str(someone.id), starts_on="2026-01-01")
    await add("Avtal", ["D1", "G5"])
    found = await coverage(writer)
    filled = {(cell["row_id"], cell["column_id"]): cell for cell in found["cells"] if cell["count"]}
    assert {key: [one["title"] for one in cell["initiatives"]] for key, cell in filled.items()} == {
        (nodes["D1"], nodes["G5"]): ["Avtal"],
        (nodes["D7"], nodes["G2"]): ["Team"],
        (nodes["D7"], nodes["G5"]): ["Team"],
    }
    assert words(found, "utan initiativ") == ["Barn och unga"]
    assert words(found, "utan ansvarig") == words(found, "utan datum") == ["Samverkan"]
    for (row, column), cell in filled.items():
        listed = await writer.get("/api/v1/initiatives", params={"node": [row, column]})
        assert listed.json()["total"] == cell["count"]


async def test_another_matrix_is_asked_for_and_what_is_not_there_is_named(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, nodes: dict[str, str]
) -> None:
    found = await coverage(writer, rows="strategi", columns="delområde")
    assert len(found["cells"]) == 21
    wrong = await writer.get("/api/v1/coverage", params={"rows": "mål"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "rows")
    assert (await partner.get("/api/v1/coverage")).status_code == 403


async def test_a_new_version_takes_over_and_old_initiatives_still_count(
    writer: httpx.AsyncClient, sessions: ScopedSessions, nodes: dict[str, str]
) -> None:
    [old] = (await writer.get("/api/v1/taxonomies")).json()
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session, title="Kvar", node_ids=[UUID(nodes["D6"])])
    renewed = {**plan(), "name": "Nära vård 2", "replaces": "Nära vård", "valid_from": str(date(2026, 11, 1))}
    answer = await writer.put(f"/api/v1/organisations/{old['organisation_id']}/taxonomy", json=renewed)
    assert len(answer.json()) == 16
    ended = (await writer.get(f"/api/v1/taxonomies/{old['id']}")).json()
    assert ended["taxonomy"]["valid_to"] == "2026-10-31"
    assert len(ended["successors"]) == 16
    found = await coverage(writer)
    totals = {row["name"]: found["totals"][row["id"]] for row in found["rows"]}
    assert {name: total for name, total in totals.items() if total} == {"Barn och unga": 1}
    [shown] = (await writer.get(f"/api/v1/initiatives/{initiative.id}")).json()["nodes"]
    assert (shown["id"], shown["valid_to"]) == (nodes["D6"], "2026-10-31")
