from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.clients import connect
from tests.web import html

PAGE = "/api-nycklar"


@pytest.fixture
async def chief(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[httpx.AsyncClient]:
    """Return the browser of an administrator."""
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session, Role.ADMINISTRATOR))
    async with connect(service, accept="text/html", **known) as browser:
        yield browser


@pytest.fixture
async def town(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        home = await factories.organisation(session, "Havsunda kommun")
        await factories.person(session, Role.PARTNER, organisation_id=home.id)
        return str(home.id)


def form(town: str, **change: object) -> dict[str, object]:
    return {
        "namn": "Statistik",
        "organisation": town,
        "roll": "läsare",
        "far": ["read", "ask"],
        "dagar": "30",
        **change,
    }


async def test_a_key_is_made_shown_once_and_revoked(chief: httpx.AsyncClient, service: Litestar, town: str) -> None:
    assert "Inga nycklar än" in (await chief.get(PAGE)).text
    answer = await chief.post(PAGE, data=form(town))
    assert answer.status_code == 201
    secret = html.text(answer.text).partition("np_")[2].split()[0]
    async with connect(service, authorization=f"Bearer np_{secret}") as program:
        assert (await program.get("/api/v1/initiatives")).status_code == 200
        listed = (await chief.get(PAGE)).text
        assert secret not in listed
        assert "Havsunda kommun" in listed
        [revoke] = html.forms(listed, f"{PAGE}/[0-9a-f-]{{36}}/sparra")
        assert (await chief.post(revoke)).status_code == 303
        assert (await program.get("/api/v1/initiatives")).status_code == 401
    assert "Spärrad" in (await chief.get(PAGE)).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"roll": "programgrupp"}, "kan inte ha rollen"),
        ({"far": ["write"]}, "får inte ändra något"),
        ({"far": []}, "Ange vad nyckeln får användas till"),
        ({"organisation": ""}, "Välj en organisation"),
        ({"namn": ""}, "namn"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(
    chief: httpx.AsyncClient, town: str, change: dict[str, object], said: str
) -> None:
    answer = await chief.post(PAGE, data=form(town, **change))
    assert answer.status_code == 422
    assert said in answer.text
    assert "aria-invalid" in answer.text


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_the_page_is_for_administrators(
    service: Litestar, sessions: ScopedSessions, role: Role, town: str
) -> None:
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session, role))
    async with connect(service, accept="text/html", **known) as browser:
        assert (await browser.get(PAGE)).status_code == 403
        assert (await browser.post(PAGE, data=form(town))).status_code == 403
        assert PAGE not in (await browser.get("/inloggningar")).text


async def test_an_administrator_finds_the_page(chief: httpx.AsyncClient) -> None:
    assert f'href="{PAGE}"' in (await chief.get("/inloggningar")).text
