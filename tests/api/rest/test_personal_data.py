import httpx

from initiatives.access import SYSTEM, ScopedSessions
from tests import factories


async def test_one_reads_ones_own(partner: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    [me] = (await partner.get("/api/v1/people")).json()["items"]
    answer = await partner.get(f"/api/v1/people/{me['id']}/export")
    assert answer.headers["cache-control"] == "private, no-store"
    sections = {one["name"]: one["rows"] for one in answer.json()["sections"]}
    assert sections["person"][0]["email"] == me["email"]
    assert "password_hash" not in sections["person"][0]
    async with sessions(SYSTEM) as session:
        stranger = await factories.person(session)
    assert (await partner.get(f"/api/v1/people/{stranger.id}/export")).status_code == 404
    assert me["email"] in (await partner.get("/mina-uppgifter")).text


async def test_an_administrator_erases_who_somebody_is(
    administrator: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        gone = await factories.person(session, email="anna@kommun.example")
    address = f"/api/v1/people/{gone.id}/erasure"
    wrong = await administrator.post(address, json={"confirm": "ja"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "confirm")
    done = await administrator.post(address, json={"confirm": "anna@kommun.example"})
    assert (done.status_code, done.json()["details"]) == (200, 1)
    sections = (await administrator.get(f"/api/v1/people/{gone.id}/export")).json()["sections"]
    assert sections[0]["rows"][0]["name"] == "Raderad person"


async def test_nobody_else_erases(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        one = await factories.person(session, email="anna@kommun.example")
    answer = await writer.post(f"/api/v1/people/{one.id}/erasure", json={"confirm": "anna@kommun.example"})
    assert answer.status_code == 403
