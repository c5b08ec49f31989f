"""Measures over HTTP, with the example of a doctor's car that pays back in 2,3 years."""

from datetime import date
from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.organisations import OrganisationKind
from tests import factories

API = "/api/v1"
LISTS = ("measures", "measure-frames", "claims")


@pytest.mark.parametrize("path", [*LISTS, "measures/portfolio", f"measure-outcomes/{new_id()}"])
async def test_nobody_reads_measures_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(f"{API}/{path}")).status_code == 401


@pytest.mark.parametrize("name", LISTS)
async def test_a_partner_finds_none(partner: httpx.AsyncClient, name: str) -> None:
    found = (await partner.get(f"{API}/{name}")).json()
    assert (found["items"] if isinstance(found, dict) else found) == []
    assert (await partner.get(f"{API}/{name}/{new_id()}")).status_code == 404


@pytest.fixture
async def doctors_car(writer: httpx.AsyncClient, sessions: ScopedSessions) -> httpx.Response:
    """Return the answer to a measure that costs 3,2 million kronor over 18 months in a frame without a ceiling."""
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session, "Primärvårdsförvaltningen", OrganisationKind.UNIT)
    years = {"name": "Omstruktureringsåtgärder", "first_year": 2018, "last_year": 2019}
    frame = await writer.post(f"{API}/measure-frames", json=years)
    assert frame.status_code == 201, frame.text
    new = {
        "title": "Läkarbil öster",
        "organisation_id": str(owner.id),
        "frame_id": frame.json()["id"],
        "costs": {"2018": 1_400_000, "2019": 1_800_000},
        "starts_on": "2018-09-01",
        "duration_months": 18,
        "organisational_result": "Färre primärvårdsbesök på akutmottagningen",
        "organisational_number": -5,
        "organisational_unit": "besök per dag",
        "yearly_kronor": -1_400_000,
        "effect_from_year": 2020,
        "charged_to": "Eget kapital",
    }
    return await writer.post(f"{API}/measures", json=new)


async def test_a_measure_is_presented_as_an_investment(writer: httpx.AsyncClient, doctors_car: httpx.Response) -> None:
    assert doctors_car.status_code == 201, doctors_car.text
    shown = (await writer.get(doctors_car.headers["location"])).json()
    assert (shown["cost_kronor"], shown["payback_years"], shown["duration_months"]) == (3_200_000, "2.3", 18)
    assert (shown["organisational_number"], shown["organisational_unit"]) == ("-5", "besök per dag")
    assert shown["costs"] == {"2018": 1_400_000, "2019": 1_800_000}
    found = (await writer.get(f"{API}/measures/portfolio", params={"frame_id": shown["frame_id"]})).json()
    assert found["by_year"] == {"2018": 1_400_000, "2019": 1_800_000}
    assert (found["cost_kronor"], found["left_kronor"], found["verdict"]) == (3_200_000, None, "ram saknas")
    assert (found["yearly_kronor"], found["payback_years"]) == (-1_400_000, "2.3")


async def test_a_measure_is_changed_by_who_has_read_it(writer: httpx.AsyncClient, doctors_car: httpx.Response) -> None:
    address = doctors_car.headers["location"]
    more = {"costs": {"2018": 1_400_000, "2019": 2_800_000}}
    assert (await writer.patch(address, json=more)).status_code == 428
    changed = await writer.patch(address, json=more, headers={"If-Match": '"1"'})
    assert (changed.json()["cost_kronor"], changed.json()["payback_years"]) == (4_200_000, "3.0")
    stale = await writer.patch(address, json={"costs": {"2018": 1}}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["conflicts"][0]["theirs"] == more["costs"]
    decided = await writer.patch(address, json={"status": "beslutad"}, headers={"If-Match": "*"})
    assert (decided.status_code, decided.json()["field"]) == (422, "decision")


async def test_what_came_of_it_and_what_is_claimed_stand_beside_it(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, doctors_car: httpx.Response
) -> None:
    address, measure = doctors_car.headers["location"], doctors_car.json()
    told: dict[str, Any] = {"year": 2020, "outcome": "Färre besök", "number": -3.5, "kronor": -900_000}
    outcome = await writer.post(f"{address}/outcomes", json=told)
    assert outcome.status_code == 201, outcome.text
    assert (await writer.post(f"{address}/outcomes", json=told)).status_code == 409
    assert (await politician.get(f"{address}/outcomes")).json()[0]["kronor"] == -900_000
    said = {
        "frame_id": measure["frame_id"],
        "text": "15–20 procent av patienterna är primärvårdspatienter.",
        "said_by": "Alliansen",
    }
    claim = await writer.post(f"{API}/claims", json=said)
    assert claim.status_code == 201, claim.text
    about = {"frame_id": measure["frame_id"]}
    assert [one["said_by"] for one in (await politician.get(f"{API}/claims", params=about)).json()] == ["Alliansen"]
    assert (await politician.delete(claim.headers["location"])).status_code == 403
    assert (await writer.delete(outcome.headers["location"])).status_code == 204


async def test_measures_are_sorted_and_paged(writer: httpx.AsyncClient, doctors_car: httpx.Response) -> None:
    owner = doctors_car.json()["organisation_id"]
    cheap = {"title": "Billig", "organisation_id": owner, "costs": {"2018": 1}}
    assert (await writer.post(f"{API}/measures", json=cheap)).status_code == 201
    first = (await writer.get(f"{API}/measures", params={"sort": "cost", "limit": 1})).json()
    assert (first["total"], [one["title"] for one in first["items"]]) == (2, ["Läkarbil öster"])
    assert (await writer.get(f"{API}/measures", params={"sort": "pris"})).json()["field"] == "sort"
    assert (await writer.get(f"{API}/measures", params={"status": "pågår"})).json()["total"] == 0


async def test_the_last_day_of_a_round_and_a_report_stand_in_the_calendar(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session)
    opens = {"opens_on": date(2026, 1, 1).isoformat(), "closes_on": "2026-02-27", "report_due_on": "2027-01-31"}
    new = {"fund_id": str(fund.id), "title": "Psykisk ohälsa", "total_kronor": 1_000, **opens}
    made = await writer.post(f"{API}/application-rounds", json=new)
    project = {"applicant": "Eken", "title": "Grupper", "amount_kronor": 5, "received_on": "2026-02-01"}
    applied = await writer.post(f"{API}/applications", json={"round_id": made.json()["id"], **project})
    award = {"awarded_kronor": 5, "decided_on": "2026-03-01"}
    await writer.put(f"{applied.headers['location']}/award", json=award, headers={"If-Match": "*"})
    found = (await writer.get(f"{API}/deadlines", params={"subject_id": made.json()["id"]})).json()["items"]
    assert [(one["kind"], one["due_on"]) for one in found] == [
        ("ansökan", "2026-02-27"),
        ("återredovisning", "2027-01-31"),
    ]
