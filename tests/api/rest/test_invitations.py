from datetime import timedelta

import httpx
from sqlalchemy import func, select, update

from initiatives import attempts
from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.attempts import SignInGate
from initiatives.base import utcnow
from tests import factories
from tests.factories import PASSWORD

ALL = "/api/v1/invitations"
BO = "bo@x.example"


async def invite(client: httpx.AsyncClient, sessions: ScopedSessions) -> tuple[str, str]:
    """Invite Bo to a municipality; return the invitation's identifier and its token."""
    async with sessions(SYSTEM) as session:
        town = await factories.organisation(session)
    made = await client.post(ALL, json={"email": BO, "organisation_id": str(town.id), "role": "kommunpartner"})
    assert made.status_code == 201, made.text
    address, _, token = made.json()["link"].rpartition("/")
    assert address == "http://narplan.example/inbjudan"
    return made.json()["invitation"]["id"], token


async def test_a_link_lets_somebody_in_once(
    writer: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    _, token = await invite(writer, sessions)
    assert token not in (await writer.get(ALL)).text
    short = await anonymous.post(f"{ALL}/accept", json={"token": token, "name": "Bo Ek", "password": "kort"})
    assert (short.status_code, short.json()["field"]) == (422, "password")
    accepted = await anonymous.post(f"{ALL}/accept", json={"token": token, "name": "Bo Ek", "password": PASSWORD})
    assert (accepted.status_code, accepted.json()["name"], accepted.json()["role"]) == (201, "Bo Ek", "kommunpartner")
    assert (await anonymous.get("/api/v1/session")).json() == accepted.json()
    assert (await writer.get(ALL)).json()["total"] == 0
    anonymous.headers["sec-fetch-site"] = "same-origin"
    used = await anonymous.post(f"{ALL}/accept", json={"token": token, "name": "Bo", "password": PASSWORD})
    unknown = await anonymous.post(f"{ALL}/accept", json={"token": "x", "name": "Bo", "password": PASSWORD})
    assert (used.status_code, used.text) == (unknown.status_code, unknown.text) == (404, unknown.text)


async def test_a_withdrawn_link_opens_nothing(
    writer: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    invitation_id, token = await invite(writer, sessions)
    assert (await writer.delete(f"{ALL}/{invitation_id}")).status_code == 204
    assert (await writer.delete(f"{ALL}/{invitation_id}")).status_code == 404
    answer = await anonymous.post(f"{ALL}/accept", json={"token": token, "name": "Bo", "password": PASSWORD})
    assert answer.status_code == 404


async def test_one_who_has_an_account_shows_its_password(
    writer: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, Role.POLITICIAN, email=BO, password=PASSWORD)
    _, token = await invite(writer, sessions)
    wrong = await anonymous.post(f"{ALL}/accept", json={"token": token, "password": "ett eget lösenord"})
    assert wrong.status_code == 401
    right = await anonymous.post(f"{ALL}/accept", json={"token": token, "password": PASSWORD})
    assert (right.status_code, right.json()["role"]) == (201, "kommunpartner")


async def test_a_link_is_no_way_to_guess_at_a_password_and_the_right_one_takes_back_what_was_counted(
    writer: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, Role.POLITICIAN, email=BO, password=PASSWORD)
    _, token = await invite(writer, sessions)
    first = await anonymous.post(f"{ALL}/accept", json={"token": token, "password": PASSWORD})
    assert "narplan-kand" in first.cookies
    async with sessions(SYSTEM) as session:
        counted = select(func.coalesce(func.sum(SignInGate.failures), 0))
        assert await session.scalar(counted) == 0
    anonymous.cookies.clear()
    _, token = await invite(writer, sessions)
    for _ in range(attempts.PLACE.free + 1):
        wrong = await anonymous.post(f"{ALL}/accept", json={"token": token, "password": "ett eget lösenord"})
        assert wrong.status_code == 401
    async with sessions(SYSTEM) as session:
        await session.execute(update(SignInGate).values(opens_at=utcnow() + timedelta(hours=1)))
    for secret in ("ett eget lösenord", PASSWORD):
        held = await anonymous.post(f"{ALL}/accept", json={"token": token, "password": secret})
        assert held.status_code == 429
