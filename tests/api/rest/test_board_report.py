from datetime import date

import httpx
import pytest

from initiatives import funds
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.swedish import today
from tests import factories

ADDRESS = "/api/v1/board-report"


async def test_only_those_who_see_all_get_the_report(anonymous: httpx.AsyncClient, partner: httpx.AsyncClient) -> None:
    assert (await anonymous.get(ADDRESS)).status_code == 401
    refused = await partner.get(ADDRESS)
    assert (refused.status_code, "hela registret" in refused.json()["detail"]) == (403, True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-02-01&to=2026-01-01", "to"),
        ("from=2010-01-01", "from"),
        ("node=01976a10-0000-7000-8000-000000000001", "node"),
    ],
)
async def test_a_wrong_question_is_refused_by_name(politician: httpx.AsyncClient, query: str, field: str) -> None:
    refused = await politician.get(f"{ADDRESS}?{query}")
    assert (refused.status_code, refused.json()["field"]) == (422, field)


async def test_a_day_that_cannot_be_read_is_refused_by_name(politician: httpx.AsyncClient) -> None:
    refused = await politician.get(f"{ADDRESS}?from=x")
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, ["from"])


async def test_amounts_are_whole_kronor(politician: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session, 5_000_001, year=today().year)
        initiative = await factories.initiative(session, status="pågår")
        await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=7, year=today().year)
    found = (await politician.get(ADDRESS)).json()
    assert (found["from_on"], found["to_on"]) == (date(today().year, 1, 1).isoformat(), today().isoformat())
    [year] = found["funds"]
    assert (year["frame_kronor"], year["linked_kronor"], year["left_kronor"]) == (5_000_001, 7, 4_999_994)
    assert [(one["id"], one["linked_kronor"]) for one in found["ongoing"]] == [(str(initiative.id), 7)]
