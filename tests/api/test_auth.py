import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from api.database import Database
from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.clients import connect
from tests.factories import PASSWORD

OWN_PAGE = {"sec-fetch-site": "same-origin"}
SIGN_IN = {"email": "asa@test.example", "password": PASSWORD}


@pytest.fixture
async def asa(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.person(session, Role.POLITICIAN, email=SIGN_IN["email"], password=PASSWORD)


async def test_nobody_gets_in_unasked(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/api/v1/session")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["type"] == "urn:narplan:problem:not-signed-in"


@pytest.mark.parametrize("header", ["Bearer np_00000000_nonsense", "Bearer", "Basic YTpi", "Bearer \udc00", ""])
async def test_a_key_that_is_none_is_refused_even_where_everyone_may_go(service: Litestar, header: str) -> None:
    async with connect(service) as client:
        response = await client.get("/api/v1/api-info", headers={b"authorization": header.encode("utf8", "replace")})
    assert response.status_code == 401


@pytest.mark.usefixtures("asa")
@pytest.mark.parametrize("wrong", [{"email": "nobody@test.example"}, {"password": "fel lösenord"}, {"password": "\0"}])
async def test_a_failed_sign_in_says_the_same_whatever_was_wrong(
    anonymous: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    response = await anonymous.post("/api/v1/session", json={**SIGN_IN, **wrong})
    assert response.status_code in {401, 422}
    assert "set-cookie" not in response.headers
    if response.status_code == 401:
        assert response.json()["detail"] == "E-postadressen eller lösenordet stämmer inte. Försök igen."


@pytest.mark.usefixtures("asa")
async def test_a_cookie_carries_the_person_from_sign_in_to_sign_out(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.post("/api/v1/session", json=SIGN_IN)
    assert response.status_code == 201
    assert response.json()["role"] == "politiker"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("narplan=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    token = anonymous.cookies["narplan"]
    assert (await anonymous.get("/api/v1/session")).json()["name"] == "Åsa Öberg"
    assert (await anonymous.delete("/api/v1/session", headers=OWN_PAGE)).status_code == 204
    assert "narplan" not in anonymous.cookies
    anonymous.cookies.set("narplan", token, domain="narplan.example")
    assert (await anonymous.get("/api/v1/session")).status_code == 401


@pytest.mark.usefixtures("asa")
async def test_over_https_the_cookie_is_bound_to_the_host(service: Litestar) -> None:
    async with connect(service) as client:
        response = await client.post("https://narplan.example/api/v1/session", json=SIGN_IN)
        assert response.headers["set-cookie"].startswith("__Host-narplan=")
        assert "Secure" in response.headers["set-cookie"]
        assert (await client.get("https://narplan.example/api/v1/session")).status_code == 200


@pytest.mark.usefixtures("asa")
async def test_signing_in_never_takes_over_a_token_that_was_planted(anonymous: httpx.AsyncClient) -> None:
    anonymous.cookies.set("narplan", "planted", domain="narplan.example")
    response = await anonymous.post("/api/v1/session", json=SIGN_IN, headers=OWN_PAGE)
    assert "planted" not in response.headers["set-cookie"]
    first = response.cookies["narplan"]
    response = await anonymous.post("/api/v1/session", json=SIGN_IN, headers={"cookie": f"narplan={first}", **OWN_PAGE})
    assert response.cookies["narplan"] != first
    old = await anonymous.get("/api/v1/session", headers={"cookie": f"narplan={first}"})
    assert old.status_code == 401


@pytest.mark.usefixtures("asa")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://narplan.example"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://narplan.example"}, 201),
        ({"sec-fetch-site": "same-origin"}, 201),
        ({}, 201),
    ],
)
async def test_what_another_site_sends_is_refused(
    anonymous: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    assert (await anonymous.post("/api/v1/session", json=SIGN_IN, headers=headers)).status_code == status


@pytest.mark.usefixtures("asa")
@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 403), ({"origin": "null"}, 403), ({"origin": "//"}, 403), ({"origin": "http://narplan.example"}, 204),
     ({"origin": "http://narplan.example:81"}, 403), ({"origin": "http://[" }, 403), (OWN_PAGE, 204)],
)  # fmt: skip
async def test_a_cookie_changes_something_only_for_what_says_that_it_comes_from_our_pages(
    anonymous: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    await anonymous.post("/api/v1/session", json=SIGN_IN)
    assert (await anonymous.get("/api/v1/session")).status_code == 200
    assert (await anonymous.delete("/api/v1/session", headers=headers)).status_code == status


@pytest.mark.usefixtures("asa")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_form_elsewhere_can_send_is_refused_whatever_it_calls_itself(
    anonymous: httpx.AsyncClient, kind: str
) -> None:
    await anonymous.post("/api/v1/session", json=SIGN_IN)
    headers = {"content-type": kind, "origin": "http://evil.example"}
    answer = await anonymous.post("/api/v1/funds", content=b'{"name": "x"}', headers=headers)
    assert answer.status_code == 403


async def test_a_page_sends_the_browser_to_sign_in(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/initiativ", headers={"accept": "text/html"})
    assert response.status_code == 303
    assert response.headers["location"] == "/logga-in?nasta=%2Finitiativ"


async def test_static_files_do_not_ask_the_database() -> None:
    nowhere = Database("postgresql://narplan@127.0.0.1:9/narplan")
    async with connect(create_app(nowhere.scoped, None), cookie="narplan=token") as client:
        assert (await client.get("/static/icon.svg")).status_code == 200
        assert (await client.get("/om")).status_code == 503
