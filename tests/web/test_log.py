"""Logg: what an administrator reads of what was changed, opened and asked, and the file that comes of it."""

import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from api.app import create_app
from api.database import Database
from api.tables import plain
from initiatives import accesses
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.activity import Filters
from tests import factories
from tests.site import PASSWORD, Site
from tests.web import html

CHIEF, READER = "chef@region.example", "lasare@kommun.example"
FORMULA = '=HYPERLINK("http://x.example")'


@pytest.fixture
async def small(database: Database) -> Site:
    """Return the application with an administrator, a politician, and an initiative that is shared and was opened."""
    async with database.scoped(SYSTEM) as session:
        await factories.person(session, Role.ADMINISTRATOR, name="Ada Chef", email=CHIEF, password=PASSWORD)
        reader = await factories.person(session, Role.POLITICIAN, name="Pia Läsare", email=READER, password=PASSWORD)
        where = (await factories.organisation(session)).id
        await factories.initiative(session, title=FORMULA, shared_with=[where])
        await session.flush()
        viewer = Viewer(reader.id, where, Role.POLITICIAN, "Pia Läsare")
        accesses.asked(session, viewer, "Vad gäller <b>nu</b>?", conversation_id=None, turn_id=None)
    return Site(create_app(database.scoped, None), database)


@pytest.fixture
async def chief(small: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Return the administrator's browser."""
    async with small.browser(CHIEF) as client:
        yield client


async def initiative_of(small: Site) -> UUID:
    async with small.database.scoped(SYSTEM) as session:
        rows, _ = await accesses.list_seen(session, SYSTEM, Filters())
        if rows:
            return rows[0].item_id
    async with small.browser(READER) as reader:
        address = html.links((await reader.get("/initiativ")).text, r"/initiativ/[0-9a-f-]{36}")[0]
        assert (await reader.get(address)).status_code == 200
    return UUID(address.rpartition("/")[2])


def rows_of(answer: httpx.Response) -> list[list[str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def test_who_has_seen_an_initiative_is_one_click_from_it(small: Site, chief: httpx.AsyncClient) -> None:
    initiative = await initiative_of(small)
    page = (await chief.get(f"/initiativ/{initiative}")).text
    [address] = html.links(page, r"/logg\?.*")
    shown = html.text((await chief.get(address.replace("&amp;", "&"))).text)
    assert "Pia Läsare" in shown
    assert "1 rad passar" in shown
    other = html.text((await chief.get(f"/logg?del=sett&sak={UUID(int=0)}")).text)
    assert "0 rader passar" in other


async def test_what_was_changed_is_found_by_person_thing_and_day(chief: httpx.AsyncClient) -> None:
    page = (await chief.get("/logg")).text
    assert html.heading(page) == "Logg"
    assert "Närplan" in html.text(page)
    assert "initiativ" in html.text(page)
    for query, rows in (("slag=initiative", "1 rad passar"), ("slag=fund", "0 rader"), ("till=2020-01-01", "0 rader")):
        assert rows in html.text((await chief.get(f"/logg?{query}")).text), query
    assert "0 rader" not in html.text((await chief.get("/logg?fran=2020-01-01")).text)


async def test_a_question_is_shown_as_it_was_written(chief: httpx.AsyncClient) -> None:
    page = (await chief.get("/logg?del=fragat")).text
    assert "Vad gäller &lt;b&gt;nu&lt;/b&gt;?" in page
    assert "Pia Läsare" in html.text(page)


async def test_the_file_has_swedish_heads_and_no_formulas(small: Site, chief: httpx.AsyncClient) -> None:
    await initiative_of(small)
    heads, row = rows_of(await chief.get("/logg.csv?del=sett"))
    assert heads == ["Tid", "Vem", "Organisation", "Slag av sak", "Sak", "Sakens id"]
    assert (row[1], row[3], row[4]) == ("Pia Läsare", "initiativ", f"'{FORMULA}")
    heads, *rows = rows_of(await chief.get("/logg.csv?slag=initiative"))
    assert heads[:3] == ["Tid", "Vem", "Vad"]
    assert len(rows) == 1
    assert rows_of(await chief.get("/logg.csv?del=fragat"))[1][3] == "Vad gäller <b>nu</b>?"


@pytest.mark.parametrize("address", ["/logg", "/logg.csv"])
async def test_nobody_else_reads_it(small: Site, address: str) -> None:
    async with small.browser(READER) as reader:
        assert (await reader.get(address)).status_code == 403
        assert html.links((await reader.get("/initiativ")).text, "/logg") == []
    async with small.browser() as stranger:
        assert (await stranger.get(address)).status_code in {303, 401}


@pytest.mark.parametrize("query", ["fran=igår", "till=9999-12-31", "vem=x", "sak=x", "slag=x", "del=x", "sida=-1"])
async def test_a_query_that_means_nothing_is_left_out(chief: httpx.AsyncClient, query: str) -> None:
    assert (await chief.get(f"/logg?{query}")).status_code == 200


@pytest.mark.parametrize("begun", ["=1+1", "+46 70", "-1", "@SUM(A1)", "\tx", "\rx", " =1+1", "\n=1"])
def test_text_that_would_begin_a_formula_is_kept_as_text(begun: str) -> None:
    assert plain(begun) == f"'{begun}"


def test_numbers_and_words_are_left_alone() -> None:
    assert [plain(cell) for cell in (-5, "a=b", "", None)] == [-5, "a=b", "", ""]
