"""What holds for every page, whoever looks at it."""

import re
from pathlib import Path

import httpx
import pytest

from api.web.assets import STATIC, address
from api.web.pages import CONTENT_SECURITY_POLICY, HERE, ROLE_NAMES, in_thousands, with_query
from initiatives.access import Role
from tests import site as sites
from tests.site import Site
from tests.web import html

EVERYONE = ["/", "/samtal", "/arshjul", "/initiativ", "/dokument", "/delat", "/om", "/tillganglighet"]
WRITERS = ["/uppfoljning/indikatorer/ny", "/uppfoljning/taxonomi/las-in", "/initiativ/nytt", "/luckor"]
OPEN = ["/logga-in", "/om", "/tillganglighet"]
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))


def check(page: httpx.Response) -> None:
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert page.headers["cache-control"] == "private, no-store"
    assert '<html lang="sv">' in page.text
    assert html.heading(page.text)
    assert re.search(r"<title>\S.* – Närplan</title>", page.text)


@pytest.mark.parametrize("role", list(sites.PEOPLE))
@pytest.mark.parametrize("path", EVERYONE)
async def test_every_page_opens_for_everyone_who_is_signed_in(site: Site, role: Role, path: str) -> None:
    async with site.browser(sites.PEOPLE[role]) as client:
        page = await client.get(path)
    assert page.status_code == 200
    check(page)
    assert 'aria-label="Huvudmeny"' in page.text


@pytest.mark.parametrize("path", OPEN)
async def test_some_pages_are_open_to_all(anonymous: httpx.AsyncClient, path: str) -> None:
    page = await anonymous.get(path)
    assert page.status_code == 200
    check(page)
    assert 'aria-label="Huvudmeny"' not in page.text


@pytest.mark.parametrize("path", WRITERS)
@pytest.mark.parametrize(("role", "status"), [(Role.PROGRAMME_GROUP, 200), (Role.POLITICIAN, 403), (Role.PARTNER, 403)])
async def test_only_the_programme_group_meets_forms(site: Site, role: Role, status: int, path: str) -> None:
    async with site.browser(sites.PEOPLE[role]) as client:
        page = await client.get(path)
    assert page.status_code == status
    check(page)


async def test_a_page_that_does_not_exist_says_so_and_keeps_the_menu(politician: httpx.AsyncClient) -> None:
    page = await politician.get("/finns/inte")
    assert page.status_code == 404
    check(page)
    assert "/initiativ" in html.links(page.text, "/initiativ")


def test_every_role_has_a_name_to_show() -> None:
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    source = path.read_text()
    markup = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\bsrc=)", markup)
    assert not re.search(r"javascript:|\|\s*safe\b", source)
    assert not re.search(r"""(src|href|action)=["'](https?:)?//""", source)


def test_the_stylesheet_and_scripts_are_small_and_of_our_own_making() -> None:
    needed = ["vendor/pico.css", "vendor/htmx.js", "vendor/htmx-sse.js", "narplan.css", "narplan.js"]
    assert all(address(name).startswith(f"/static/{name}?v=") for name in needed)
    assert not re.search(r"@import|url\(\s*['\"]?https?:", (STATIC / "narplan.css").read_text())


async def test_the_first_page_weighs_less_than_100_kilobytes(anonymous: httpx.AsyncClient) -> None:
    page = await anonymous.get("/logga-in")
    weight = len(page.content)
    for file in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        answer = await anonymous.get(file, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        weight += int(answer.headers["content-length"])
    assert weight < 100_000


@pytest.mark.parametrize(
    ("kronor", "shown"),
    [(0, "0"), (900_000, "900"), (15_100_000, "15\xa0100"), (2_250_500, "2\xa0250,5"), (-1_000, "−1")],
)
def test_amounts_in_a_column_of_thousands_are_never_rounded(kronor: int, shown: str) -> None:
    assert in_thousands(kronor) == shown


def test_an_address_keeps_only_what_is_set() -> None:
    assert with_query("/dokument", {"q": "vård & plan", "typ": ""}, sida=2) == "/dokument?q=v%C3%A5rd+%26+plan&sida=2"
    assert with_query("/dokument", {"q": ""}, sida=1) == "/dokument"
