from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

ALL = "/api/v1/funds"


@pytest.mark.parametrize("path", [ALL, f"{ALL}/{UUID(int=7)}"])
async def test_nobody_reads_money_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_a_partner_finds_no_fund(partner: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session)
    assert (await partner.get(ALL)).json() == {"items": [], "page": 1, "limit": 20, "total": 0}
    foreign, absent = await partner.get(f"{ALL}/{fund.id}"), await partner.get(f"{ALL}/{new_id()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]


async def test_a_politician_reads_and_does_not_write(politician: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session)
    assert (await politician.get(f"{ALL}/{fund.id}")).json()["left_kronor"] == 20_000_000
    new = {"name": "A", "organisation_id": str(fund.organisation_id), "year": 2026, "frame_kronor": 1}
    assert (await politician.post(ALL, json=new)).status_code == 403


async def test_a_fund_is_made_used_and_never_overdrawn(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
    new = {
        "name": "Förfogandeanslaget",
        "organisation_id": str(initiative.lead_organisation_id),
        "year": 2026,
        "frame_kronor": 20_000_000,
    }
    created = await writer.post(ALL, json=new)
    assert created.status_code == 201
    assert (await writer.post(ALL, json=new)).status_code == 409
    links = f"/api/v1/initiatives/{initiative.id}/budget-links"
    money = {"fund_id": created.json()["id"], "amount_kronor": 20_000_000, "year": 2026}
    link = await writer.post(links, json=money)
    assert link.status_code == 201
    overdrawn = await writer.post(links, json={**money, "amount_kronor": 100_000})
    assert overdrawn.status_code == 409
    assert "överskrids med 100\N{NO-BREAK SPACE}tkr" in overdrawn.json()["detail"]
    assert overdrawn.json()["field"] == "amount_kronor"
    assert (await writer.get(links)).json() == [link.json()]
    assert (await writer.get(created.headers["location"])).json()["left_kronor"] == 0
    assert (await writer.delete(f"{links}/{link.json()['id']}")).status_code == 204
    assert (await writer.get(f"{ALL}?year=2026")).json()["items"][0]["left_kronor"] == 20_000_000
    assert (await writer.get(f"{ALL}?year=2025")).json()["total"] == 0
