"""The chooser of sample people: handy in the demo, and nowhere else to be reached."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api import doors
from api.app import create_app
from api.oidc.config import OidcConfig
from api.sample.register import SamplePerson
from api.settings import Settings, load
from api.variables import SETTINGS
from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.clients import connect

RAGNHILD = SamplePerson("Ragnhild Ek", "ragnhild@solmark.example", "Region Solmark", "programgrupp")
REAL = "chef@region.example"
SETTING = Settings(Path("/nowhere"))
CHOOSE = "/logga-in/exempel"


@pytest.fixture
async def demo(sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser on the computer that the demo runs on, where a real person has also been added."""
    async with sessions(SYSTEM) as session:
        await factories.person(session, email=RAGNHILD.email, name=RAGNHILD.name)
        await factories.person(session, Role.ADMINISTRATOR, email=REAL)
    app = create_app(sessions, None, doors.of_demo(SETTING, [RAGNHILD]))
    async with connect(app, accept="text/html") as browser:
        browser.base_url = httpx.URL("http://127.0.0.1:8000")
        yield browser


async def test_a_sample_person_is_chosen_in_the_demo(demo: httpx.AsyncClient) -> None:
    page = (await demo.get("/logga-in", params={"nasta": "/initiativ"})).text
    assert f'value="{RAGNHILD.email}"' in page
    answer = await demo.post(CHOOSE, data={"epost": RAGNHILD.email, "nasta": "/initiativ"})
    assert answer.headers["location"] == "/initiativ"
    assert (await demo.get("/api/v1/session")).json()["name"] == RAGNHILD.name


@pytest.mark.parametrize("email", [REAL, "", "nobody@x.example"])
async def test_only_sample_people_are_chosen(demo: httpx.AsyncClient, email: str) -> None:
    answer = await demo.post(CHOOSE, data={"epost": email})
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["narplan.example", "127.0.0.1.evil.example", "192.168.1.7:8000", ""])
async def test_the_chooser_answers_only_on_the_computer_itself(demo: httpx.AsyncClient, host: str) -> None:
    """Also when another site has made its own name lead here."""
    answer = await demo.post(CHOOSE, data={"epost": RAGNHILD.email}, headers={"host": host})
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


async def test_another_site_chooses_nobody(demo: httpx.AsyncClient) -> None:
    answer = await demo.post(CHOOSE, data={"epost": RAGNHILD.email}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"host": "0.0.0.0"},
        {"host": "10.0.0.5"},
        {"database_url": "postgresql://narplan_app@db.region.example/narplan"},
        {"oidc": OidcConfig(issuer="https://login.region.example", client_id="narplan")},
        {"passwords": False},
    ],
)
def test_even_the_demo_has_no_chooser_once_it_is_like_production(change: dict[str, object]) -> None:
    assert doors.of_demo(SETTING, [RAGNHILD]).sample_people
    assert not doors.of_demo(replace(SETTING, **change), [RAGNHILD]).sample_people  # type: ignore[arg-type]


async def test_no_setting_brings_the_chooser_about(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, email=RAGNHILD.email)
    assert not [setting.name for setting in SETTINGS if "DEMO" in setting.name or "SAMPLE" in setting.name]
    for settings in (load({}), load({"NARPLAN_HOST": "127.0.0.1"})):
        served = doors.of(settings)
        assert served.sample_people == ()
        async with connect(create_app(sessions, None, served), accept="text/html") as browser:
            browser.base_url = httpx.URL("http://127.0.0.1:8000")
            assert CHOOSE not in (await browser.get("/logga-in")).text
            assert (await browser.post(CHOOSE, data={"epost": RAGNHILD.email})).status_code == 404
