import httpx

from initiatives.access import SYSTEM, ScopedSessions
from tests import factories

ALL = "/api/v1/activity"


async def test_nobody_reads_the_diary_unasked(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get(ALL)).status_code == 401


async def test_a_partner_reads_an_empty_diary(partner: httpx.AsyncClient) -> None:
    assert (await partner.get(ALL)).json()["total"] == 0


async def test_what_was_done_is_read_with_who_did_it(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
    address = f"/api/v1/initiatives/{initiative.id}"
    await writer.patch(address, json={"status": "beslutat", "decision": "§ 41"}, headers={"if-match": "*"})
    page = (await writer.get(f"{ALL}?subject_type=initiative&subject_id={initiative.id}&limit=1")).json()
    assert page["total"] == 2
    [row] = page["items"]
    assert (row["person_name"], row["action"]) == ("Åsa Öberg", "ändrade")
    assert (row["before"], row["after"]) == (
        {"status": "förslag", "decision": ""},
        {"status": "beslutat", "decision": "§ 41"},
    )
