"""The 20 million kronor of a discretionary fund, reconciled to the krona over HTTP."""

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.organisations import OrganisationKind
from tests import factories

API = "/api/v1"
NBSP = "\N{NO-BREAK SPACE}"
GIVEN = (
    ("Läkarförsörjning", "Centrala personalkostnader", 2_000_000, False),
    ("Kompetensutveckling", "Hälsovalet", 900_000, True),
    ("Psykisk ohälsa, efter ansökan", "Landstingsgemensamt", 2_000_000, False),
    ("Listningspoäng", "Hälsovalet", 15_100_000, False),
)


@pytest.fixture
async def fund(writer: httpx.AsyncClient, sessions: ScopedSessions) -> str:
    """Return the address of a fund of 20 million kronor for 2015, of which four allocations take all."""
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session, "Landstinget", OrganisationKind.REGION)
    new = {
        "name": "Styrelsens förfogandeanslag",
        "kind": "förfogandeanslag",
        "organisation_id": str(owner.id),
        "year": 2015,
        "frame_kronor": 20_000_000,
        "decision": "Föreslås för 2015",
    }
    made = await writer.post(f"{API}/funds", json=new)
    assert made.status_code == 201, made.text
    left = 20_000_000
    for number, (purpose, receiver, amount, recurring) in enumerate(GIVEN, start=1):
        given = {
            "fund_id": made.json()["id"],
            "purpose": purpose,
            "receiver": receiver,
            "amount_kronor": amount,
            "recurring": recurring,
            "clause": f"att-sats {number}",
        }
        assert (await writer.post(f"{API}/allocations", json=given)).status_code == 201
        left -= amount
        assert (await writer.get(made.headers["location"])).json()["left_kronor"] == left
    return str(made.headers["location"])


async def test_twenty_million_kronor_reconcile_and_a_hundred_thousand_more_are_refused(
    writer: httpx.AsyncClient, fund: str
) -> None:
    shown = (await writer.get(fund)).json()
    assert (shown["allocated_kronor"], shown["used_kronor"], shown["left_kronor"]) == (20_000_000, 20_000_000, 0)
    more = {"fund_id": shown["id"], "purpose": "Mer", "receiver": "Hälsovalet", "amount_kronor": 100_000}
    refused = await writer.post(f"{API}/allocations", json=more)
    assert (refused.status_code, refused.json()["field"]) == (409, "amount_kronor")
    assert f"överskrids med 100{NBSP}tkr" in refused.json()["detail"]
    smaller = await writer.patch(fund, json={"frame_kronor": 19_900_000}, headers={"If-Match": "*"})
    assert (smaller.status_code, smaller.json()["field"]) == (409, "frame_kronor")
    assert f"överskrids med 100{NBSP}tkr" in smaller.json()["detail"]
    assert (await writer.get(fund)).json() == shown
    listed = (await writer.get(f"{API}/allocations", params={"fund_id": shown["id"]})).json()
    assert (listed["total"], sum(one["amount_kronor"] for one in listed["items"])) == (4, 20_000_000)


async def test_what_is_promised_every_year_is_unfunded_when_the_fund_of_one_year_is_over(
    writer: httpx.AsyncClient, fund: str
) -> None:
    unfunded = {"from_year": 2016, "kronor_per_year": 900_000, "note": f"ofinansierat från 2016: 900{NBSP}tkr per år"}
    assert (await writer.get(fund)).json()["unfunded"] == unfunded
    every_year = (await writer.get(f"{API}/allocations", params={"recurring": True})).json()["items"]
    assert [(one["purpose"], one["unfunded"]) for one in every_year] == [("Kompetensutveckling", unfunded)]


async def test_units_apply_for_two_million_and_all_report_method_and_result(
    writer: httpx.AsyncClient, fund: str
) -> None:
    fund_id = (await writer.get(fund)).json()["id"]
    listed = (await writer.get(f"{API}/allocations", params={"fund_id": fund_id})).json()["items"]
    of_this = next(one["id"] for one in listed if one["purpose"].startswith("Psykisk"))
    new = {
        "allocation_id": of_this,
        "title": "Psykisk ohälsa i primärvården",
        "total_kronor": 2_000_000,
        "opens_on": "2015-01-07",
        "closes_on": "2015-03-31",
        "report_due_on": "2016-01-31",
    }
    assert (await writer.post(f"{API}/application-rounds", json={**new, "total_kronor": 2_000_001})).status_code == 409
    made = await writer.post(f"{API}/application-rounds", json=new)
    assert made.status_code == 201, made.text
    awards = ((900_000, 900_000), (800_000, 700_000), (600_000, 400_100))
    waiting = []
    for number, (asked, _) in enumerate(awards):
        project = {
            "round_id": made.json()["id"],
            "applicant": f"Vårdcentral {number}",
            "title": "Första linjen",
            "amount_kronor": asked,
            "received_on": "2015-03-01",
        }
        applied = await writer.post(f"{API}/applications", json=project)
        assert applied.status_code == 201, applied.text
        waiting.append(applied.headers["location"])
    answers = [
        await writer.put(
            f"{address}/award", json={"awarded_kronor": given, "decided_on": "2015-04-15"}, headers={"If-Match": '"1"'}
        )
        for address, (_, given) in zip(waiting, awards, strict=True)
    ]
    assert [one.status_code for one in answers] == [200, 200, 409]
    assert [one.json().get("verdict") for one in answers[:2]] == ["beviljad", "delvis beviljad"]
    assert f"överskrids med 100{NBSP}kr" in answers[2].json()["detail"]
    award = {"awarded_kronor": 400_000, "decided_on": "2015-04-15"}
    assert (await writer.put(f"{waiting[2]}/award", json=award)).status_code == 428
    assert (await writer.put(f"{waiting[2]}/award", json=award, headers={"If-Match": '"1"'})).status_code == 200
    shown = (await writer.get(made.headers["location"])).json()
    assert (shown["awarded_kronor"], shown["left_kronor"], shown["unreported"]) == (2_000_000, 0, 3)
    told = {"reported_on": "2016-01-20", "method": "Samtal", "result": "Kortare väntan", "published": True}
    half = await writer.put(f"{waiting[0]}/report", json={**told, "result": ""}, headers={"If-Match": "*"})
    assert (half.status_code, half.json()["field"]) == (422, "result")
    for address in waiting:
        assert (await writer.put(f"{address}/report", json=told, headers={"If-Match": '"2"'})).status_code == 200
    assert (await writer.get(made.headers["location"])).json()["unreported"] == 0
