"""Guessing through the door, as a browser and a program meet it."""

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from initiatives import attempts
from initiatives.access import SYSTEM, ScopedSessions
from tests import factories
from tests.clients import connect
from tests.factories import PASSWORD

EMAIL = "asa@test.example"
SAME = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def asa(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, email=EMAIL, password=PASSWORD)


async def sign_in(client: httpx.AsyncClient, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
    return await client.post("/api/v1/session", json={"email": email, "password": password}, headers=SAME)


async def hold(sessions: ScopedSessions) -> None:
    """Keep closed the gates that are, however slow the test is."""
    async with sessions(SYSTEM) as session:
        await session.execute(
            text("UPDATE sign_in_gate SET opens_at = opens_at + interval '1 hour' WHERE failures > 5 AND kind = :kind"),
            {"kind": attempts.PLACE.kind},
        )


@pytest.mark.usefixtures("asa")
async def test_after_some_guesses_even_the_right_password_must_wait(
    anonymous: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    guesses = [await sign_in(anonymous, "fel lösenord") for _ in range(attempts.PLACE.free + 1)]
    assert {guess.status_code for guess in guesses} == {401}
    await hold(sessions)
    refused = await sign_in(anonymous)
    assert refused.status_code == 429
    assert 3000 < int(refused.headers["retry-after"]) < 3700
    assert "Vänta" in refused.json()["detail"]
    form = await anonymous.post("/logga-in", data={"epost": EMAIL, "losenord": PASSWORD}, headers=SAME)
    assert form.status_code == 429
    assert "Vänta" in form.text
    assert 'name="losenord"' in form.text, "the form is there to try again with"


@pytest.mark.usefixtures("asa")
async def test_an_open_session_and_a_known_browser_do_not_notice_that_somebody_guesses(
    service: Litestar, sessions: ScopedSessions
) -> None:
    async with connect(service) as victim, connect(service) as attacker:
        assert (await sign_in(victim)).status_code == 201
        for _ in range(attempts.PLACE.free + 1):
            await sign_in(attacker, "fel lösenord")
        await hold(sessions)
        assert (await victim.get("/api/v1/session")).status_code == 200
        assert (await victim.delete("/api/v1/session", headers=SAME)).status_code == 204
        assert (await sign_in(victim)).status_code == 201
        assert (await sign_in(attacker)).status_code == 429


@pytest.mark.usefixtures("asa")
async def test_the_cookie_of_a_known_browser_opens_nothing_by_itself(service: Litestar) -> None:
    async with connect(service) as client:
        cookies = (await sign_in(client)).headers.get_list("set-cookie")
        known = next(cookie for cookie in cookies if cookie.startswith("narplan-kand="))
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=15552000"} <= set(known.split("; "))
        token = known.partition("=")[2].partition(";")[0]
    async with connect(service, cookie=f"narplan-kand={token}; narplan={token}") as client:
        assert (await client.get("/api/v1/session")).status_code == 401
