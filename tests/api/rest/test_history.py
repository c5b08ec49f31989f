from uuid import UUID

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

ALL = "/api/v1/history"


@pytest.mark.parametrize("path", ["initiative", f"initiative/{UUID(int=7)}", "comparison?kind=fund&from=2026-01-01"])
async def test_nobody_reads_the_past_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(f"{ALL}/{path}")).status_code == 401


async def test_a_partner_finds_nothing_of_the_past(partner: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
    assert (await partner.get(f"{ALL}/initiative")).json()["total"] == 0
    foreign, absent = [await partner.get(f"{ALL}/initiative/{one}") for one in (initiative.id, new_id())]
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json()["detail"] == absent.json()["detail"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("person", "kind"),
        ("initiative?on=i%20morgon", "on"),
        ("initiative?on=2026-03-31T12:00:00", "on"),
        ("comparison?kind=initiative&from=x&to=2026-01-01", "from"),
        ("comparison?kind=initiative&from=2026-01-01&to=x", "to"),
        ("comparison?kind=initiative&from=2026-02-01&to=2026-01-01", "to"),
        ("comparison?kind=person&from=2026-01-01&to=2026-01-01", "kind"),
    ],
)
async def test_a_wrong_question_is_refused_by_name(politician: httpx.AsyncClient, path: str, field: str) -> None:
    refused = await politician.get(f"{ALL}/{path}")
    assert (refused.status_code, refused.json()["field"]) == (422, field)


async def test_what_was_is_read_by_those_who_see_all(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        made = await factories.initiative(session, title="Läkarbil")
    address = f"/api/v1/initiatives/{made.id}"
    assert (await writer.patch(address, json={"title": "Hembesök"}, headers={"If-Match": "*"})).status_code == 200
    now = (await politician.get(f"{ALL}/initiative/{made.id}")).json()
    assert (now["title"], now["until"], now["removed_at"]) == ("Hembesök", None, None)
    then = (await politician.get(f"{ALL}/initiative?q=läkarbil&on={made.created_at:%Y-%m-%d}")).json()
    assert then["total"] == 0
    earlier = now["since"].replace("Z", "")[:19] + "Z"
    gone = await politician.get(f"{ALL}/initiative/{made.id}?on=2000-01-01")
    assert (gone.status_code, "Det lades till" in gone.json()["detail"]) == (404, True)
    span = {"kind": "initiative", "from": "2000-01-01", "to": earlier.replace(earlier[:4], "2199")}
    [change] = (await politician.get(f"{ALL}/comparison", params=span)).json()["items"]
    assert (change["title"], change["difference"], change["fields"]) == ("Hembesök", "tillagt", [])
