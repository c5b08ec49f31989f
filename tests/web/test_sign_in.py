import httpx
import pytest

from api.web.sign_in import inside
from initiatives.access import Role
from tests import site as sites
from tests.site import Site
from tests.web import html


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/initiativ",
        "/dokument",
        "/delat",
        "/samtal",
        "/initiativ/nytt",
        "/dokument/01976a10-0000-7000-8000-000000000001?fran=3&till=9",
        "/initiativ?q=%C3%A4ldre%20v%C3%A5rd+100%25&lage=p%C3%A5g%C3%A5r",
    ],
)
async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(anonymous: httpx.AsyncClient, path: str) -> None:
    answer = await anonymous.get(path)
    assert answer.status_code == 303
    form = await anonymous.get(answer.headers["location"])
    assert html.value(form.text, "nasta") == path
    data = {"epost": sites.POLITICIAN, "losenord": sites.PASSWORD, "nasta": path}
    assert (await anonymous.post("/logga-in", data=data)).headers["location"] == path


@pytest.mark.parametrize(
    ("role", "landing"),
    [(Role.PROGRAMME_GROUP, "/laget"), (Role.POLITICIAN, "/"), (Role.PARTNER, "/delat")],
)
async def test_everyone_lands_on_their_own_page(anonymous: httpx.AsyncClient, role: Role, landing: str) -> None:
    data = {"epost": sites.PEOPLE[role], "losenord": sites.PASSWORD}
    answer = await anonymous.post("/logga-in", data=data)
    assert answer.headers["location"] == landing
    assert (await anonymous.get(landing)).status_code == 200


async def test_a_mailed_citation_lands_on_the_highlight(site: Site, anonymous: httpx.AsyncClient) -> None:
    async with site.browser(sites.POLITICIAN) as reader:
        document = html.links((await reader.get("/dokument")).text, "/dokument/[0-9a-f-]{36}")[0]
    answer = await anonymous.get(f"{document}?fran=100&till=140")
    form = await anonymous.get(answer.headers["location"])
    data = {"epost": sites.POLITICIAN, "losenord": sites.PASSWORD, "nasta": html.value(form.text, "nasta")}
    onwards = (await anonymous.post("/logga-in", data=data)).headers["location"]
    assert '<mark id="citat"' in (await anonymous.get(onwards)).text


@pytest.mark.parametrize("path", ["//ond.example/?a=1", "/%5Cond.example?a=/", "/%2Fond.example", "/\\ond.example"])
async def test_an_address_that_looks_like_ours_leads_to_no_other_site(anonymous: httpx.AsyncClient, path: str) -> None:
    answer = await anonymous.get(f"http://narplan.example{path}")
    assert answer.status_code == 404
    data = {"epost": sites.POLITICIAN, "losenord": sites.PASSWORD, "nasta": path}
    location = (await anonymous.post("/logga-in", data=data)).headers["location"]
    assert httpx.URL("http://narplan.example/logga-in").join(location).host == "narplan.example"


async def test_a_wrong_password_keeps_the_address_and_says_what_to_do(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/logga-in", data={"epost": sites.PROGRAMME, "losenord": "fel"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert html.value(answer.text, "epost") == sites.PROGRAMME
    assert "Försök igen" in html.text(answer.text)
    assert 'role="alert"' in answer.text


async def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    async with site.browser(sites.POLITICIAN) as client:
        token = client.cookies["narplan"]
        assert (await client.post("/logga-ut")).headers["location"] == "/logga-in"
        client.cookies.set("narplan", token)
        assert (await client.get("/initiativ")).status_code == 303


async def test_another_site_cannot_sign_anyone_in(anonymous: httpx.AsyncClient) -> None:
    data = {"epost": sites.PROGRAMME, "losenord": sites.PASSWORD}
    answer = await anonymous.post("/logga-in", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "//ond.example",
        "/\\ond.example",
        "\\\\ond.example",
        "https://ond.example",
        "https:",
        "/\t/ond.example",
        "/logga-ut",
        "",
        "a",
    ],
)
def test_signing_in_leads_nowhere_else(address: str) -> None:
    assert inside(address) == ""


def test_signing_in_leads_on_with_the_whole_address() -> None:
    assert inside("/dokument/1?fran=3&till=9") == "/dokument/1?fran=3&till=9"
