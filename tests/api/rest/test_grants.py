"""State grants over the API: who may do what, what is refused and why, and that nothing is lost."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

GRANTS = "/api/v1/grants"
NOWHERE = UUID(int=7)


@pytest.fixture
async def organisation_id(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.organisation(session)).id)


async def made(writer: httpx.AsyncClient, organisation_id: str, **more: Any) -> dict[str, Any]:
    new = {"organisation_id": organisation_id, "name": "Cancervård", "from_year": 2026, **more}
    answer = await writer.post(GRANTS, json=new)
    assert answer.status_code == 201, answer.text
    grant: dict[str, Any] = answer.json()
    return grant


async def added(writer: httpx.AsyncClient, grant: dict[str, Any], what: str, **fields: Any) -> dict[str, Any]:
    answer = await writer.post(f"{GRANTS}/{grant['id']}/{what}", json=fields)
    assert answer.status_code == 201, answer.text
    assert (await writer.get(answer.headers["location"])).json() == answer.json()
    row: dict[str, Any] = answer.json()
    return row


@pytest.mark.parametrize(
    "path", [GRANTS, f"{GRANTS}/{NOWHERE}", f"{GRANTS}/reconciliation?year=2026", "/api/v1/grant-amounts"]
)
async def test_nobody_reads_grants_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_a_partner_finds_no_grant(
    partner: httpx.AsyncClient, writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id)
    part = await added(writer, grant, "components", name="Vårdförlopp", own_kronor=[1])
    assert (await partner.get(GRANTS)).json()["items"] == []
    assert (await partner.get(f"{GRANTS}/reconciliation?year=2026")).json()["expected_kronor"] == 0
    for path, identifier in ((GRANTS, grant["id"]), ("/api/v1/grant-components", part["id"])):
        foreign, absent = await partner.get(f"{path}/{identifier}"), await partner.get(f"{path}/{new_id()}")
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json()["detail"] == absent.json()["detail"]


async def test_a_politician_reads_and_does_not_write(
    politician: httpx.AsyncClient, writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id)
    address = f"{GRANTS}/{grant['id']}"
    assert (await politician.get(address)).json() == grant
    assert (await politician.patch(address, json={"name": "A"}, headers={"If-Match": "*"})).status_code == 403
    assert (await politician.post(f"{address}/components", json={"name": "A"})).status_code == 403
    assert (await politician.delete(address)).status_code == 403
    assert (await politician.delete(f"{GRANTS}/{NOWHERE}")).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("from_year", 26),
        ("to_year", 2025),
        ("to_year_elsewhere", 20_280),
        ("national_kronor", -1),
        ("national_kronor", 10**16),
        ("parties", ["x"] * 3 + [f"Part {number}" for number in range(30)]),
        ("organisation_id", str(NOWHERE)),
    ],
)
async def test_a_wrong_agreement_is_refused_by_its_field(
    writer: httpx.AsyncClient, organisation_id: str, field: str, value: object
) -> None:
    new = {"organisation_id": organisation_id, "name": "Cancervård", "from_year": 2026, field: value}
    answer = await writer.post(GRANTS, json=new)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await writer.get(GRANTS)).json()["total"] == 0


@pytest.mark.parametrize(
    ("what", "fields", "field"),
    [
        ("components", {"name": ""}, "name"),
        ("components", {"name": "A", "own_kronor": [1, -1]}, "own_kronor"),
        ("components", {"name": "A", "own_kronor": [1] * 25}, "own_kronor"),
        ("components", {"name": "A", "basis": "tur"}, "basis"),
        ("components", {"name": "A", "whose": "staten"}, "whose"),
        ("components", {"name": "A", "volume": -1}, "volume"),
        ("components", {"name": "A", "year": 26}, "year"),
        ("obligations", {"kind": "fest"}, "kind"),
        ("obligations", {"kind": "redovisning", "whole_month": True}, "due_on"),
        ("obligations", {"kind": "redovisning", "due_on": "1066-10-14"}, "due_on"),
        ("obligations", {"kind": "redovisning", "responsible_id": str(NOWHERE)}, "responsible_id"),
        ("obligations", {"kind": "redovisning", "component_id": str(NOWHERE)}, "component_id"),
        ("conditions", {"text": " "}, "text"),
        ("conditions", {"text": "A", "threshold": 0.123456789}, "threshold"),
        ("conditions", {"text": "A", "threshold": 1e300}, "threshold"),
        ("conditions", {"text": "A", "component_id": str(NOWHERE)}, "component_id"),
    ],
)
async def test_a_wrong_part_is_refused_by_its_field(
    writer: httpx.AsyncClient, organisation_id: str, what: str, fields: dict[str, Any], field: str
) -> None:
    grant = await made(writer, organisation_id)
    answer = await writer.post(f"{GRANTS}/{grant['id']}/{what}", json=fields)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_part_of_another_agreement_is_no_part_of_this(writer: httpx.AsyncClient, organisation_id: str) -> None:
    one, other = await made(writer, organisation_id), await made(writer, organisation_id, name="Psykisk hälsa")
    part = await added(writer, other, "components", name="Del")
    fields = {"kind": "redovisning", "component_id": part["id"]}
    assert (await writer.post(f"{GRANTS}/{one['id']}/obligations", json=fields)).status_code == 422
    own = await added(writer, one, "obligations", kind="redovisning")
    address = f"/api/v1/grant-obligations/{own['id']}"
    changed = await writer.patch(address, json={"component_id": part["id"]}, headers={"If-Match": "*"})
    assert (changed.status_code, changed.json()["field"]) == (422, "component_id")


async def test_amounts_are_of_a_part_an_agreement_or_everything(
    writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id)
    part = await added(writer, grant, "components", name="Vårdförlopp")
    new: dict[str, Any] = {"year": 2026, "kind": "budget", "kronor": 5}
    address = "/api/v1/grant-amounts"
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "organisation_id"),
        ({"grant_id": str(NOWHERE)}, "grant_id"),
        ({"organisation_id": str(NOWHERE)}, "organisation_id"),
        ({"organisation_id": organisation_id, "component_id": part["id"]}, "component_id"),
        ({"grant_id": grant["id"], "component_id": str(NOWHERE)}, "component_id"),
        ({"grant_id": grant["id"], "kronor": -1}, "kronor"),
        ({"grant_id": grant["id"], "kind": "önskan"}, "kind"),
    )
    for fields, field in wrong:
        answer = await writer.post(address, json={**new, **fields})
        assert (answer.status_code, answer.json()["field"]) == (422, field), fields
    for fields in (
        {"organisation_id": organisation_id},
        {"grant_id": grant["id"]},
        {"grant_id": grant["id"], "component_id": part["id"]},
    ):
        assert (await writer.post(address, json={**new, **fields})).status_code == 201
    assert (await writer.get(f"{address}?year=2026&kind=budget")).json()["total"] == 3
    assert (await writer.get(f"{address}?grant_id={grant['id']}")).json()["total"] == 2
    assert (await writer.get(f"{address}?year=2027")).json()["total"] == 0
    assert (await writer.get(f"{address}?kind=gissning")).status_code == 422


async def test_a_name_is_there_once_and_stays_free_when_refused(
    writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id)
    again = {"organisation_id": organisation_id, "name": "Cancervård", "from_year": 2026}
    assert (await writer.post(GRANTS, json=again)).status_code == 409
    later = await made(writer, organisation_id, from_year=2028)
    move = await writer.patch(f"{GRANTS}/{later['id']}", json={"from_year": 2026}, headers={"If-Match": "*"})
    assert (move.status_code, move.json()["field"]) == (409, "name")
    await added(writer, grant, "components", name="Del")
    twice = await writer.post(f"{GRANTS}/{grant['id']}/components", json={"name": "Del"})
    assert (twice.status_code, twice.json()["field"]) == (409, "name")
    assert (await writer.get(GRANTS)).json()["total"] == 2


@pytest.mark.parametrize(
    ("what", "new", "change"),
    [
        ("components", {"name": "Del"}, {"own_kronor": [3_100_000, 3_100_000]}),
        ("obligations", {"kind": "redovisning"}, {"done_on": "2026-10-20"}),
        ("conditions", {"text": "Fem nya", "threshold": 5}, {"threshold": 7.5}),
    ],
)
async def test_what_belongs_to_an_agreement_is_changed_with_its_etag_and_removed(
    writer: httpx.AsyncClient, organisation_id: str, what: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    grant = await made(writer, organisation_id)
    row = await added(writer, grant, what, **new)
    address = f"/api/v1/grant-{what}/{row['id']}"
    assert (await writer.patch(address, json=change)).status_code == 428
    assert (await writer.patch(address, json=change, headers={"If-Match": '"9"'})).status_code == 412
    etag = (await writer.get(address)).headers["etag"]
    changed = await writer.patch(address, json=change, headers={"If-Match": etag})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert {name: changed.json()[name] for name in change} == change
    assert (await writer.patch(address, json={"unheard_of": 1}, headers={"If-Match": "*"})).status_code == 422
    assert (await writer.get(f"{GRANTS}/{grant['id']}")).json()[what] == [changed.json()]
    assert (await writer.delete(address)).status_code == 204
    assert (await writer.get(address)).status_code == 404
    assert (await writer.get(f"{GRANTS}/{grant['id']}")).json()[what] == []


async def test_two_who_change_an_agreement_lose_nothing(writer: httpx.AsyncClient, organisation_id: str) -> None:
    grant = await made(writer, organisation_id, parties=["Staten", "SKR", "Staten", " "])
    assert grant["parties"] == ["Staten", "SKR"]
    address, read = f"{GRANTS}/{grant['id']}", {"If-Match": '"1"'}
    assert (await writer.patch(address, json={"to_year": 2027}, headers=read)).status_code == 200
    assert (await writer.patch(address, json={"note": "Ny"}, headers=read)).json()["to_year"] == 2027
    both = await writer.patch(address, json={"to_year": 2028}, headers=read)
    assert both.status_code == 412
    assert [(one["field"], one["theirs"]) for one in both.json()["conflicts"]] == [("to_year", 2027)]
    backwards = await writer.patch(address, json={"to_year": 2020}, headers={"If-Match": "*"})
    assert (backwards.status_code, backwards.json()["field"]) == (422, "to_year")


async def test_a_month_is_kept_as_its_first_day_and_a_date_of_completion_means_done(
    writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id)
    row = await added(writer, grant, "obligations", kind="redovisning", due_on="2026-10-17", whole_month=True)
    assert (row["due_on"], row["whole_month"], row["is_done"]) == ("2026-10-01", True, False)
    done = await added(writer, grant, "obligations", kind="handlingsplan", done_on="2026-02-13")
    assert (done["is_done"], done["done_on"]) == (True, "2026-02-13")


async def test_lists_are_filtered_and_an_agreement_goes_with_all_that_belongs_to_it(
    writer: httpx.AsyncClient, organisation_id: str
) -> None:
    grant = await made(writer, organisation_id, kind="Förordning", to_year=2027)
    part = await added(writer, grant, "components", name="Del", year=2029)
    own = await added(writer, grant, "obligations", kind="redovisning", component_id=part["id"])
    for query, count in (
        ("year=2027", 1),
        ("year=2028", 0),
        ("year=2029", 1),
        ("kind=förordning", 1),
        ("kind=överenskommelse", 0),
        (f"organisation_id={organisation_id}", 1),
        (f"organisation_id={NOWHERE}", 0),
    ):
        assert (await writer.get(f"{GRANTS}?{query}")).json()["total"] == count, query
    assert (await writer.get(f"{GRANTS}?year=29")).status_code == 422
    assert (await writer.delete(f"{GRANTS}/{grant['id']}")).status_code == 204
    assert (await writer.get(f"/api/v1/grant-obligations/{own['id']}")).status_code == 404
    past = (await writer.get(f"/api/v1/activity?subject_id={grant['id']}")).json()["items"]
    assert [one["action"] for one in past] == ["tog bort", "skapade"]
