import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

API = "/api/v1"
ALL = ("allocations", "fund-transfers", "application-rounds", "applications")


@pytest.mark.parametrize("name", ALL)
async def test_nobody_reads_money_unasked(anonymous: httpx.AsyncClient, name: str) -> None:
    for path in (f"{API}/{name}", f"{API}/{name}/{new_id()}"):
        assert (await anonymous.get(path)).status_code == 401


@pytest.mark.parametrize("name", ALL)
async def test_a_partner_finds_an_empty_list(partner: httpx.AsyncClient, name: str) -> None:
    assert (await partner.get(f"{API}/{name}")).json() == {"items": [], "page": 1, "limit": 20, "total": 0}
    assert (await partner.get(f"{API}/{name}/{new_id()}")).status_code == 404


async def test_an_allocation_is_changed_by_who_has_read_it(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session, 1_000)
    new = {"fund_id": str(fund.id), "purpose": "A", "receiver": "B", "amount_kronor": 1_000}
    made = await writer.post(f"{API}/allocations", json=new)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    address = made.headers["location"]
    assert (await writer.patch(address, json={"purpose": "C"})).status_code == 428
    changed = await writer.patch(address, json={"purpose": "C"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await writer.patch(address, json={"purpose": "D"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert [(one["field"], one["theirs"]) for one in stale.json()["conflicts"]] == [("purpose", "C")]
    merged = await writer.patch(address, json={"clause": "2"}, headers={"If-Match": '"1"'})
    assert (merged.json()["purpose"], merged.json()["clause"], merged.json()["revision"]) == ("C", "2", 3)
    assert (await writer.delete(address)).status_code == 204
    assert (await writer.get(address)).status_code == 404


async def test_money_is_moved_and_seen_at_both_ends(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        one, other = [str((await factories.fund(session, 1_000)).id) for _ in range(2)]
    new = {"from_fund_id": one, "to_fund_id": other, "amount_kronor": 1_001, "moved_on": "2026-04-13", "decision": "A"}
    assert (await writer.post(f"{API}/fund-transfers", json=new)).status_code == 409
    moved = await writer.post(f"{API}/fund-transfers", json={**new, "amount_kronor": 1_000})
    assert moved.status_code == 201
    assert (await writer.get(moved.headers["location"])).json() == moved.json()
    assert [(await writer.get(f"{API}/funds/{end}")).json()["left_kronor"] for end in (one, other)] == [0, 2_000]
