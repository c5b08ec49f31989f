"""Indicators over HTTP: the door, and the worked examples to the last decimal."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.organisations import OrganisationKind
from tests import factories

ALL = "/api/v1/indicators"
VALUES = "/api/v1/indicator-values"


async def organisation(sessions: ScopedSessions, name: str, kind: str = "region", code: str | None = None) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.organisation(session, name, OrganisationKind(kind), code=code)).id)


async def add(client: httpx.AsyncClient, owner: str, name: str, **more: Any) -> dict[str, Any]:
    new = {"organisation_id": owner, "name": name, "unit": "antal", "direction": "upp", **more}
    answer = await client.post(ALL, json=new)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def measure(client: httpx.AsyncClient, indicator: dict[str, Any], owner: str, **values: Any) -> None:
    for period, value in values.items():
        body = {"organisation_id": owner, "period": period.removeprefix("y"), "value": value}
        assert (await client.post(f"{ALL}/{indicator['id']}/values", json=body)).status_code == 201


async def standing(client: httpx.AsyncClient, indicator: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{ALL}/{indicator['id']}")).json()["standing"]
    return found


@pytest.mark.parametrize(
    "path", [ALL, f"{ALL}/{UUID(int=7)}", f"{ALL}/{UUID(int=7)}/values", f"{VALUES}/{UUID(int=7)}"]
)
async def test_nobody_reads_indicators_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_a_partner_finds_none_and_a_politician_reads(
    partner: httpx.AsyncClient, politician: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        one = await factories.indicator(session)
    assert (await partner.get(ALL)).json()["total"] == 0
    foreign, absent = await partner.get(f"{ALL}/{one.id}"), await partner.get(f"{ALL}/{new_id()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await politician.get(f"{ALL}/{one.id}")).json()["name"] == one.name
    star = {"If-Match": "*"}
    assert (await politician.patch(f"{ALL}/{one.id}", json={"name": "B"}, headers=star)).status_code == 403
    assert (await politician.delete(f"{ALL}/{one.id}")).status_code == 403


async def test_an_indicator_is_made_changed_and_taken_away(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    owner = await organisation(sessions, "Regionen")
    wrong = {"organisation_id": owner, "name": "A", "unit": "antal", "direction": "upp", "rule": "minst"}
    refused = await writer.post(ALL, json=wrong)
    assert (refused.status_code, refused.json()["field"]) == (422, "target")
    made = await writer.post(ALL, json={**wrong, "target": 55.5, "target_year": 2027})
    assert made.json()["goal"] == "minst 55,5 senast 2027"
    address = made.headers["location"]
    assert (await writer.patch(address, json={"name": "B"})).status_code == 428
    changed = await writer.patch(address, json={"name": "B"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["name"], changed.headers["etag"]) == ("B", '"2"')
    stale = await writer.patch(address, json={"name": "C"}, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["conflicts"][0]["theirs"]) == (412, "B")
    merged = await writer.patch(address, json={"unit": "index"}, headers={"If-Match": made.headers["etag"]})
    assert (merged.status_code, merged.json()["name"]) == (200, "B")
    assert (await writer.delete(address)).status_code == 204
    assert (await writer.get(address)).status_code == 404


async def test_a_value_is_corrected_and_its_past_is_read(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    owner = await organisation(sessions, "Regionen")
    one = await add(writer, owner, "SIP")
    body = {"organisation_id": owner, "period": "2025", "value": "0.40", "status": "preliminär"}
    made = await writer.post(f"{ALL}/{one['id']}/values", json=body)
    assert made.json()["value"] == "0.40"
    assert (await writer.post(f"{ALL}/{one['id']}/values", json=body)).status_code == 409
    address = made.headers["location"]
    change = {"value": 0.41, "status": "slutlig"}
    changed = await writer.patch(address, json=change, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["value"], changed.json()["status"]) == ("0.41", "slutlig")
    [earlier] = (await writer.get(f"{address}/earlier")).json()
    assert (earlier["value"], earlier["status"]) == ("0.4", "preliminär")
    assert (await writer.delete(address)).status_code == 204
    assert (await writer.get(address)).status_code == 404


async def test_the_worked_example_of_plans(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    """412 plans in 2021 and 455 in 2022: the region has reached its goal, although VC B went from 18 to 15."""
    region = await organisation(sessions, "Regionen")
    units = [await organisation(sessions, name, "enhet") for name in ("VC A", "VC B")]
    one = await add(writer, region, "Antal SIP", rule="ökar", baseline_on="2021-01-01")
    await measure(writer, one, region, y2021=412, y2022=455)
    await measure(writer, one, units[0], y2021=20, y2022=31)
    await measure(writer, one, units[1], y2021=18, y2022=15)
    found = await standing(writer, one)
    assert (found["verdict"], found["baseline"], found["difference"]) == ("uppfyllt", "412", "43")
    assert found["change"] == "+10,4\N{NO-BREAK SPACE}%"
    assert found["percent"].startswith("10.4368932")
    assert [note["text"] for note in found["notes"]] == ["VC B minskade 18 → 15"]
    assert (found["met"], found["judged"]) == (1, 2)


REFERENCE = (
    ("Trygghet i äldreomsorgen", "procent", "upp", {"y2019": 85, "y2021": 86}, "uppfyllt", "+1 procentenhet"),
    ("Kontinuitetsindex", "index", "upp", {"y2019": "0.37", "y2021": "0.40"}, "uppfyllt", "+8,1 %"),
    ("Tillgänglighet", "procent", "upp", {"y2019": 84, "y2021": 82}, "inte uppfyllt", "−2 procentenheter"),
    ("Förtroende", "procent", "upp", {"y2019": 61, "y2021": 69}, "uppfyllt", "+8 procentenheter"),
    ("Påverkbar slutenvård", "per 100 000", "ned", {"y2010": 887, "y2021": 556}, "uppfyllt", "−37,3 %"),
    ("Vårdtillfällen", "per 100 000", "ned", {"y2019": 14212, "y2021": 13190}, "uppfyllt", "−7,2 %"),
)


@pytest.mark.parametrize(("name", "unit", "direction", "values", "verdict", "change"), REFERENCE)
async def test_the_reference_values_move_as_they_are_told(
    *,
    writer: httpx.AsyncClient,
    sessions: ScopedSessions,
    name: str,
    unit: str,
    direction: str,
    values: dict[str, Any],
    verdict: str,
    change: str,
) -> None:
    region = await organisation(sessions, "Regionen")
    first = date(int(min(values).removeprefix("y")), 1, 1)
    rule = "ökar" if direction == "upp" else "minskar"
    one = await add(writer, region, name, unit=unit, direction=direction, rule=rule, baseline_on=str(first))
    await measure(writer, one, region, **values)
    found = await standing(writer, one)
    assert (found["verdict"], found["change"].replace("\N{NO-BREAK SPACE}", " ")) == (verdict, change)


async def test_what_is_missing_is_missing_and_never_zero(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    region = await organisation(sessions, "Regionen")
    one = await add(writer, region, "Kontinuitet i särskilt boende", rule="minst", target="0.5", unit="index")
    await measure(writer, one, region, y2024=None)
    reason = {"organisation_id": region, "period": "2025", "value": None, "reason": "Systemet räknar inte besöken"}
    assert (await writer.post(f"{ALL}/{one['id']}/values", json=reason)).status_code == 201
    found = await standing(writer, one)
    assert (found["verdict"], found["newest"]["value"]) == ("saknas", None)
    assert found["newest"]["reason"] == "Systemet räknar inte besöken"
    assert [value["value"] for value in found["series"]] == [None, None]
    assert (found["difference"], found["change"]) == (None, "")


async def test_a_named_doctor_for_55_percent(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    region = await organisation(sessions, "Regionen")
    goal = {"unit": "procent", "rule": "minst", "target": 55, "target_year": 2027}
    one = await add(writer, region, "Fast läkarkontakt", **goal)
    assert one["goal"].replace("\N{NO-BREAK SPACE}", " ") == "minst 55 procent senast 2027"
    for year, value, verdict in (
        (2023, 44, "inte uppfyllt"),
        (2024, 47, "på väg"),
        (2025, 54.9, "på väg"),
        (2026, 55, "uppfyllt"),
    ):
        await measure(writer, one, region, **{f"y{year}": value})
        assert (await standing(writer, one))["verdict"] == verdict


async def test_kolada_is_tried_then_taken_in(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    await organisation(sessions, "Ekby kommun", "kommun", code="3101")
    region = await organisation(sessions, "Regionen", code="31")
    one = await add(writer, region, "Trygghet", unit="procent", kolada_id="U30460")
    answer = {
        "count": 1,
        "next_page": None,
        "values": [
            {
                "kpi": "U30460",
                "municipality": "3101",
                "period": 2025,
                "values": [{"gender": "T", "value": 86.5, "count": 1, "status": "", "isdeleted": False}],
            }
        ],
    }
    tried = await writer.post(f"{VALUES}/kolada-import", json={**answer, "dry_run": True})
    assert tried.json() == {"dry_run": True, "added": 1, "changed": 0, "unchanged": 0, "errors": []}
    assert (await writer.get(f"{ALL}/{one['id']}/values")).json()["total"] == 0
    assert (await writer.post(f"{VALUES}/kolada-import", json=answer)).json()["added"] == 1
    assert (await writer.post(f"{VALUES}/kolada-import", json=answer)).json()["unchanged"] == 1
    [value] = (await writer.get(f"{ALL}/{one['id']}/values")).json()["items"]
    assert (value["value"], value["organisation"], value["origin"]) == ("86.5", "Ekby kommun", "Kolada")
    answer["values"][0]["municipality"] = "9999"  # type: ignore[index]
    refused = await writer.post(f"{VALUES}/kolada-import", json=answer)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["rad 1, municipality"]
    tried = await writer.post(f"{VALUES}/kolada-import", json={**answer, "dry_run": True})
    assert (tried.status_code, tried.json()["errors"]) == (200, refused.json()["errors"])


async def test_a_table_is_tried_then_taken_in(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    region = await organisation(sessions, "Regionen")
    one = await add(writer, region, "SIP")
    table = "indikator;organisation;period;värde\nSIP;Regionen;2025;498\n"
    assert (await writer.post(f"{VALUES}/import", json={"content": table, "dry_run": True})).json()["added"] == 1
    assert (await writer.post(f"{VALUES}/import", json={"content": table})).json()["added"] == 1
    assert (await standing(writer, one))["newest"]["value"] == "498"
    wrong = {"content": table.replace("498", "många")}
    refused = await writer.post(f"{VALUES}/import", json=wrong)
    assert [error["field"] for error in refused.json()["errors"]] == ["rad 2, värde"]
    assert (await writer.post(f"{VALUES}/import", json={**wrong, "dry_run": True})).json()["errors"]
