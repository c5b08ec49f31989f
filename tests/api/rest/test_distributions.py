"""Distributions through the API, with the worked examples of the domain to the krona."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.base import new_id

ALL = "/api/v1/distributions"
TRY = f"{ALL}/simulation"
POINTS = {"A": "9120.50", "B": "7004.25", "C": "15310.00", "D": "4420.75"}
LISTED = {"A": 1250, "B": 980, "C": 2210, "D": 640}


def units(basis: str, numbers: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "weights": {basis: number}} for name, number in numbers.items()]


def plan(total: int, among: list[dict[str, Any]], *stages: dict[str, Any]) -> dict[str, Any]:
    return {"total_kronor": total, "units": among, "stages": list(stages)}


LISTING = plan(15_100_000, units("listningspoäng", POINTS), {"name": "Allt", "basis": "listningspoäng", "share": "1/1"})
CARE_CHOICE = plan(
    14_565_000,
    units("listade 75+", LISTED),
    {
        "name": "Steg 1",
        "basis": "listade 75+",
        "share": "2/3",
        "stated_kronor": 9_700_000,
        "month": "2022-05",
        "condition": "Läkare har gått kursen om demens",
        "known_from": "2022-09",
    },
    {
        "name": "Steg 2",
        "basis": "listade 75+",
        "share": "1/3",
        "stated_kronor": 4_865_000,
        "month": "2022-12",
        "condition": "Har lämnat redovisning som visar en ökning",
        "known_from": "2022-12",
        "standings": [
            *({"unit": unit, "fulfilment": "ja"} for unit in "ABC"),
            {"unit": "D", "fulfilment": "nej", "reason": "Ingen redovisning lämnad"},
        ],
    },
)


MAYBE = {"unit": "A", "fulfilment": "kanske"}


def kronor(outcome: dict[str, Any], stage: int = 0) -> dict[str, int]:
    return {row["unit"]: row["kronor"] for row in outcome["stages"][stage]["rows"]}


@pytest.mark.parametrize("path", [ALL, f"{ALL}/{UUID(int=7)}", f"{ALL}/{UUID(int=7)}/verification"])
async def test_nobody_reads_them_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_a_partner_finds_none_and_a_politician_tries_but_does_not_carry_out(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    new = {"title": "Prov", "decision_reference": "RS § 1", "plan": LISTING}
    made = (await writer.post(ALL, json=new)).json()
    foreign, absent = await partner.get(f"{ALL}/{made['id']}"), await partner.get(f"{ALL}/{new_id()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await partner.get(ALL)).json()["total"] == 0
    assert (await partner.post(TRY, json=LISTING)).status_code == 403
    assert (await politician.post(TRY, json=LISTING)).status_code == 200
    assert (await politician.post(ALL, json=new)).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_kronor": -1}, "total_kronor"),
        ({"units": []}, "units"),
        ({"units": units("listningspoäng", {"A": "-1"})}, "units[0].weights"),
        ({"units": units("annat", {"A": "1"})}, "stages[0].basis"),
        ({"stages": [{"name": "Allt", "basis": "listningspoäng"}]}, "stages[0].stated_kronor"),
        ({"stages": [{**CARE_CHOICE["stages"][1], "standings": [MAYBE]}]}, "stages[0].standings"),
    ],
)
async def test_a_wrong_plan_is_answered_with_its_field(
    writer: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await writer.post(TRY, json={**LISTING, **change})
    assert (answer.status_code, answer.json().get("field")) == (422, field)


async def test_nothing_is_saved_by_trying(writer: httpx.AsyncClient) -> None:
    assert (await writer.post(TRY, json=LISTING)).status_code == 200
    assert (await writer.get(ALL)).json()["total"] == 0


async def test_listing_points_are_shared_to_the_krona_and_the_run_stands(writer: httpx.AsyncClient) -> None:
    expected = {"A": 3_840_960, "B": 2_949_734, "C": 6_447_574, "D": 1_861_732}
    tried = (await writer.post(TRY, json=LISTING)).json()
    assert kronor(tried["outcome"]) == expected
    assert sum(expected.values()) == tried["outcome"]["shared_kronor"] == 15_100_000
    assert tried["checks"] == []
    new = {"title": "Listningspoäng 2015", "decision_reference": "LS § 7", "plan": LISTING}
    made = await writer.post(ALL, json=new)
    assert made.status_code == 201
    run = (await writer.get(made.headers["location"])).json()
    assert run == made.json()
    assert run["outcome"] == tried["outcome"]
    assert "störst rest" in run["rounding"]
    assert {unit["name"]: unit["weights"]["listningspoäng"] for unit in run["plan"]["units"]} == POINTS
    verified = (await writer.get(f"{made.headers['location']}/verification")).json()
    assert verified["intact"]
    assert verified["sha256"] == run["sha256"]
    table = await writer.get(f"{made.headers['location']}/rows.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert "Allt;A;9120,50;9120,5;ja;;ja;" in table.content.decode()


async def test_the_two_stages_of_care_choice_to_the_krona(writer: httpx.AsyncClient) -> None:
    answer = (await writer.post(TRY, json=CARE_CHOICE)).json()
    first, second = answer["outcome"]["stages"]
    assert kronor(answer["outcome"]) == {"A": 2_386_811, "B": 1_871_260, "C": 4_219_882, "D": 1_222_047}
    assert kronor(answer["outcome"], 1) == {"A": 1_369_651, "B": 1_073_806, "C": 2_421_543, "D": 0}
    assert (first["stated_kronor"], first["computed_kronor"]) == (9_700_000, 9_710_000)
    assert (second["stated_kronor"], second["computed_kronor"]) == (4_865_000, 4_855_000)
    assert answer["outcome"]["shared_kronor"] == 14_565_000
    by_rule = [(one["rule"], one["title"].partition(":")[0]) for one in answer["checks"]]
    assert by_rule == [
        ("distribution-share-differs", "Steg 1"),
        ("distribution-paid-before-known", "Steg 1"),
        ("distribution-condition-unknown", "Steg 1"),
        ("distribution-share-differs", "Steg 2"),
        ("distribution-paid-before-known", "Steg 2"),
    ]


async def test_doctors_in_training_in_proportion_and_by_a_ladder(writer: httpx.AsyncClient) -> None:
    """63 mnkr in proportion to posts for each 100 000, and 160 mnkr by how many posts have been added."""
    among = [
        {"name": name, "weights": {"per 100 000": density, "nya tjänster": added}}
        for name, density, added in (("Norr", "12.5", 10), ("Söder", "9.75", 4), ("Väst", "15.25", 16), ("Öst", "8", 1))
    ]
    steps = {2: "3", 3: "4.5", 5: "7.5", 7: "10.5", 10: "20", 15: "30"}
    ladder = [{"at_least": number, "kronor": int(float(sum_) * 10**6)} for number, sum_ in steps.items()]
    made = plan(
        223_000_000,
        among,
        {"name": "Block 1", "basis": "per 100 000", "stated_kronor": 63_000_000},
        {"name": "Block 2", "ladder": ladder, "ladder_basis": "nya tjänster", "stated_kronor": 160_000_000},
    )
    outcome = (await writer.post(TRY, json=made)).json()["outcome"]
    assert kronor(outcome) == {"Norr": 17_307_692, "Söder": 13_500_000, "Väst": 21_115_385, "Öst": 11_076_923}
    assert sum(kronor(outcome).values()) == 63_000_000
    assert kronor(outcome, 1) == {"Norr": 20_000_000, "Söder": 4_500_000, "Väst": 30_000_000, "Öst": 0}
    assert outcome["left_kronor"] == outcome["stages"][1]["left_kronor"] == 105_500_000


async def test_cancer_care_in_two_equal_payments_of_which_three_regions_get_one(writer: httpx.AsyncClient) -> None:
    people = {"Norr": 250_001, "Söder": 1_400_000, "Väst": 1_780_500, "Öst": 470_250, "Fjäll": 130_123, "Kust": 61_000}
    failing = ("Öst", "Fjäll", "Kust")
    population = {"basis": "invånare", "share": "1/2"}
    second = {
        **population,
        "name": "Andra utbetalningen",
        "condition": "Uppfyller kraven",
        "standings": [{"unit": name, "fulfilment": "nej" if name in failing else "ja"} for name in people],
    }
    made = plan(365_000_000, units("invånare", people), {**population, "name": "Första utbetalningen"}, second)
    outcome = (await writer.post(TRY, json=made)).json()["outcome"]
    assert [stage["kronor"] for stage in outcome["stages"]] == [182_500_000, 182_500_000]
    assert sum(kronor(outcome).values()) == sum(kronor(outcome, 1).values()) == 182_500_000
    assert [kronor(outcome, 1)[name] for name in failing] == [0, 0, 0]
    assert kronor(outcome, 1) == {
        "Norr": 13_299_860, "Söder": 74_478_917, "Väst": 94_721_223, "Öst": 0, "Fjäll": 0, "Kust": 0,
    }  # fmt: skip
    kept = plan(365_000_000, made["units"], made["stages"][0], {**second, "redistribute": False})
    outcome = (await writer.post(TRY, json=kept)).json()["outcome"]
    assert all(kronor(outcome, 1)[name] <= kronor(outcome)[name] for name in people)
    assert outcome["left_kronor"] == 182_500_000 - sum(kronor(outcome, 1).values())


async def test_a_run_is_replaced_by_another_and_never_changed(writer: httpx.AsyncClient) -> None:
    new = {"title": "Prov", "decision_reference": "RS § 1", "plan": LISTING}
    first = (await writer.post(ALL, json=new)).json()
    for method in ("PATCH", "PUT", "DELETE"):
        assert (await writer.request(method, f"{ALL}/{first['id']}", json=new)).status_code == 405
    replacing = {**new, "annuls_id": first["id"], "annuls_reason": "Enhet D saknade listade."}
    second = await writer.post(ALL, json=replacing)
    assert second.status_code == 201
    assert (await writer.post(ALL, json=replacing)).status_code == 409
    assert (await writer.get(f"{ALL}/{first['id']}")).json()["annulled_by_id"] == second.json()["id"]


async def test_numbers_are_brought_in_and_every_wrong_line_is_told(writer: httpx.AsyncClient) -> None:
    snapshots = "/api/v1/listing-snapshots"
    new = {"basis": "listningspoäng", "taken_on": "2026-10-31", "table": "Enhet;Poäng\nA;9 120,50\nB;x\n;3\n"}
    refused = await writer.post(snapshots, json=new)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["rad 3, tal", "rad 4, enhet"]
    made = await writer.post(snapshots, json={**new, "table": "A;9 120,50\nB;7004,25"})
    assert made.status_code == 201
    assert made.json()["rows"] == [{"unit": "A", "points": "9120.50"}, {"unit": "B", "points": "7004.25"}]
    assert (await writer.get(made.headers["location"])).json() == made.json()
    assert (await writer.get(snapshots)).json()["items"][0]["points"] == "16124.75"
    assert (await writer.delete(made.headers["location"])).status_code == 204
    assert (await writer.get(snapshots)).json()["total"] == 0
