import httpx
import pytest
from litestar import Litestar

from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.clients import connect
from tests.factories import PASSWORD
from tests.web import html

EMAIL = "asa@test.example"
NEW = "ett helt annat lösenord"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def asa(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, Role.POLITICIAN, email=EMAIL, password=PASSWORD)


@pytest.fixture
def browsers(service: Litestar, asa: None) -> list[httpx.AsyncClient]:
    """Return two browsers of the same person, in which nobody is signed in."""
    own = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    return [connect(service, **own, **{"user-agent": agent}) for agent in (FIREFOX, "something else")]


async def sign_in(browser: httpx.AsyncClient, password: str = PASSWORD) -> int:
    return (await browser.post("/logga-in", data={"epost": EMAIL, "losenord": password})).status_code


async def is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/api/v1/session")).status_code == 200


async def test_one_sees_where_one_is_signed_in_and_ends_the_others(browsers: list[httpx.AsyncClient]) -> None:
    here, there = browsers
    assert [await sign_in(browser) for browser in browsers] == [303, 303]
    page = (await here.get("/inloggningar")).text
    assert "Firefox på Linux" in page
    assert "Okänd webbläsare" in page
    assert page.count("Den här") == 1
    [end] = html.forms(page, "/inloggningar/[0-9a-f-]{36}/avsluta")
    assert (await here.post(end)).status_code == 303
    assert (await is_in(here), await is_in(there)) == (True, False)


async def test_signing_out_everywhere_ends_every_session(browsers: list[httpx.AsyncClient]) -> None:
    here, there = browsers
    for browser in browsers:
        await sign_in(browser)
    token = here.cookies["narplan"]
    assert (await here.post("/inloggningar/avsluta")).headers["location"] == "/logga-in"
    here.cookies.set("narplan", token, domain="narplan.example")
    assert (await is_in(here), await is_in(there)) == (False, False)


async def test_a_new_password_ends_the_others_and_gives_this_browser_a_new_token(
    browsers: list[httpx.AsyncClient],
) -> None:
    here, there = browsers
    for browser in browsers:
        await sign_in(browser)
    old = here.cookies["narplan"]
    answer = await here.post("/inloggningar/losenord", data={"nuvarande": PASSWORD, "nytt": NEW})
    assert answer.status_code == 303
    assert here.cookies["narplan"] != old
    assert (await is_in(here), await is_in(there)) == (True, False)
    there.cookies.set("narplan", old, domain="narplan.example")
    assert not await is_in(there)
    there.cookies.clear()
    assert [await sign_in(there, password) for password in (PASSWORD, NEW)] == [401, 303]


@pytest.mark.parametrize(
    ("current", "new", "said"), [("fel lösenord", NEW, "stämmer inte"), (PASSWORD, "kort", "mellan 10 och 500 tecken")]
)
async def test_what_is_wrong_is_said_and_changes_nothing(
    browsers: list[httpx.AsyncClient], current: str, new: str, said: str
) -> None:
    here, there = browsers
    await sign_in(here)
    await sign_in(there)
    answer = await here.post("/inloggningar/losenord", data={"nuvarande": current, "nytt": new})
    assert answer.status_code == 422
    assert said in answer.text
    assert current not in answer.text
    assert await is_in(there)


async def test_the_old_password_is_not_guessed_at_in_a_browser_that_was_left_open(
    browsers: list[httpx.AsyncClient],
) -> None:
    here, _ = browsers
    await sign_in(here)
    guesses = [{"nuvarande": f"gissning {number}", "nytt": NEW} for number in range(8)]
    answers = [(await here.post("/inloggningar/losenord", data=guess)).status_code for guess in guesses]
    assert answers[0] == 422
    assert answers[-1] == 429


async def test_a_token_from_before_signing_in_never_becomes_valid(browsers: list[httpx.AsyncClient]) -> None:
    """Fixation: whatever an attacker planted in the browser opens nothing afterwards."""
    victim, attacker = browsers
    for planted in ("planted", "x" * 43, ""):
        victim.cookies.clear()
        victim.cookies.set("narplan", planted, domain="narplan.example")
        assert await sign_in(victim) == 303
        attacker.cookies.clear()
        attacker.cookies.set("narplan", planted, domain="narplan.example")
        assert (await is_in(victim), await is_in(attacker)) == (True, False)


async def test_an_attackers_own_session_does_not_become_the_victims(
    browsers: list[httpx.AsyncClient], sessions: ScopedSessions
) -> None:
    """Fixation with a session that is real: signing in over it takes a new token and ends the old one."""
    victim, attacker = browsers
    async with sessions(SYSTEM) as session:
        await factories.person(session, email="ond@test.example", name="Ond", password=PASSWORD)
    await attacker.post("/logga-in", data={"epost": "ond@test.example", "losenord": PASSWORD})
    victim.cookies.set("narplan", attacker.cookies["narplan"], domain="narplan.example")
    assert await sign_in(victim) == 303
    assert not await is_in(attacker)
    assert (await victim.get("/api/v1/session")).json()["name"] == "Åsa Öberg"


async def test_another_site_ends_nothing(browsers: list[httpx.AsyncClient]) -> None:
    here, _ = browsers
    await sign_in(here)
    for path in ("/inloggningar/avsluta", "/inloggningar/losenord"):
        assert (await here.post(path, headers={"sec-fetch-site": "cross-site"})).status_code == 403
    assert await is_in(here)


async def test_somebody_elses_session_is_not_found(browsers: list[httpx.AsyncClient], sessions: ScopedSessions) -> None:
    here, other = browsers
    async with sessions(SYSTEM) as session:
        await factories.person(session, email="bo@test.example", password=PASSWORD)
    await other.post("/logga-in", data={"epost": "bo@test.example", "losenord": PASSWORD})
    theirs = (await other.get("/api/v1/sessions")).json()[0]["id"]
    await sign_in(here)
    assert (await here.post(f"/inloggningar/{theirs}/avsluta")).status_code == 404
    assert (await here.delete(f"/api/v1/sessions/{theirs}")).status_code == 404
    assert await is_in(other)
