"""Historik: things and lists as they were, and what differs between two days, for those who see the whole register."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from api import migrations
from api.web import instants
from initiatives import funds, initiatives, measures, milestones, records, swedish
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.errors import InvalidValue
from initiatives.history_overview import HALFWAY
from initiatives.kinds import KINDS
from initiatives.past import Past
from tests import factories
from tests.site import Site
from tests.web import html

migrations.metadata()  # Imports every room, and with it what the room says of its tables.

PAGES = sorted(name for name, kind in KINDS.items() if kind.page)
A_MOMENT = r"/historik/\w+/[0-9a-f-]{36}(\?.*)?"
TODAY = swedish.today()


async def clock(sessions: ScopedSessions) -> str:
    """Return the present instant by the clock that the past is kept by, as an address says it."""
    async with sessions(SYSTEM) as session:
        now = await session.scalar(select(func.clock_timestamp()))
        assert isinstance(now, datetime)
        return now.isoformat()


@pytest.mark.parametrize("kind", PAGES)
async def test_every_page_of_a_thing_leads_to_what_it_was(site: Site, programme: httpx.AsyncClient, kind: str) -> None:
    async with site.database.scoped(SYSTEM) as session:
        now = select(Past.key).where(Past.kind == kind, func.upper_inf(Past.during)).limit(1)
        key = await session.scalar(now)
    if key is None:
        pytest.skip("The sample region has none.")
    page = await programme.get(f"{KINDS[kind].page}/{key}")
    assert page.status_code == 200, page.url
    here = f"/historik/{kind}/{key}"
    assert html.forms(page.text, here) == [here]
    shown = await programme.get(here, params={"datum": TODAY.isoformat()})
    assert shown.status_code == 200
    words = html.text(shown.text)
    assert f"Så här såg det ut den {swedish.format_date(TODAY)}" in words
    assert KINDS[kind].page + "/" + key in html.links(shown.text, f"{KINDS[kind].page}/.*")
    fields = shown.text.partition("<dl")[2].partition("</dl>")[0]
    assert not html.UUID.search(html.text(fields))


async def test_a_thing_is_shown_as_it_was_with_its_parts_and_the_way_to_now(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        lead = await factories.organisation(session, "Ekby kommun")
        fund = await factories.fund(session)
        made = await factories.initiative(session, title="Läkarbil", lead_organisation_id=lead.id)
        await funds.link(session, SYSTEM, made.id, fund_id=fund.id, amount_kronor=900_000, year=2026)
    then = await clock(sessions)
    await asyncio.sleep(HALFWAY.total_seconds())
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, made.id, title="Hembesök", status="avbrutet", reason="Nej")
    here = f"/historik/initiative/{made.id}"
    page = (await editor.get(here, params={"datum": then})).text
    words = html.text(page)
    assert html.heading(page) == "Läkarbil"
    assert "Så här såg det ut den" in words
    assert f"/initiativ/{made.id}" in html.links(page, r"/initiativ/.*")
    assert ("Leds av Ekby kommun" in words, "Läge förslag" in words) == (True, True)
    assert "Förfogandeanslaget, 2026, 900\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in words
    assert "Inte ifyllt:" in words
    [later] = {address for address in html.links(page, A_MOMENT) if f'href="{address}" rel="next"' in page}
    assert html.heading((await editor.get(later)).text) == "Hembesök"
    now = (await editor.get(here)).text
    assert "Så här ser det ut nu" in html.text(now)
    [earlier] = {address for address in html.links(now, A_MOMENT) if f'href="{address}" rel="prev"' in now}
    assert html.heading((await editor.get(earlier)).text) == "Läkarbil"


async def test_what_has_been_removed_is_still_shown_and_says_when(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session, name="Gammalt anslag")
    then = await clock(sessions)
    async with sessions(SYSTEM) as session:
        await records.remove(session, SYSTEM, await session.merge(fund))
    here = f"/historik/fund/{fund.id}"
    words = html.text((await editor.get(here, params={"datum": then})).text)
    assert "Borttaget den" in words
    assert "Visa hur det ser ut nu" not in words
    gone = await editor.get(here)
    assert (gone.status_code, "togs bort" in html.text(gone.text)) == (404, True)
    last, *_ = html.links(gone.text, A_MOMENT)
    assert "Gammalt anslag" in html.heading((await editor.get(last)).text)
    listed = html.text((await editor.get("/historik", params={"datum": then, "slag": "fund"})).text)
    assert "Gammalt anslag, 2026 Borttaget den" in listed


async def test_a_list_is_as_it_was_and_every_kind_is_counted(
    reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        made = await factories.initiative(session, title="Läkarbil")
    then = await clock(sessions)
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, made.id, title="Hembesök")
        await factories.initiative(session, title="Senare")
    overview = (await reader.get("/historik", params={"datum": then})).text
    assert "Initiativ 1" in html.text(overview)
    [address] = html.links(overview, r"/historik\?.*slag=initiative.*")
    page = (await reader.get(address)).text
    assert "1 initiativ den" in html.text(page)
    assert ("Läkarbil" in page, "Senare" in page) == (True, False)
    none = html.text((await reader.get("/historik", params={"datum": then, "slag": "initiative", "q": "buss"})).text)
    assert "Ändra orden" in none


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/historik?datum=ig%C3%A5r", "2026-11-21"),
        ("/historik?datum=2026-03-31&tid=25.10", "14:30"),
        ("/historik?datum=2199-01-01", "har inte varit"),
        ("/historik/jamforelse?fran=x", "2026-11-21"),
        ("/historik/jamforelse?fran=2026-03-02&till=2026-03-01", "Byt plats"),
        ("/historik/jamforelse?till=2199-01-01", "har inte varit"),
    ],
)
async def test_a_wrong_day_says_what_to_do_and_keeps_the_form(reader: httpx.AsyncClient, path: str, told: str) -> None:
    page = await reader.get(path)
    assert (page.status_code, told in html.text(page.text)) == (422, True)
    assert "Visa</button>" in page.text or "Jämför</button>" in page.text


async def test_a_wrong_day_for_one_thing_keeps_its_page(reader: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        made = await factories.initiative(session, title="Läkarbil")
    here = f"/historik/initiative/{made.id}"
    for query, status, told in (("datum=x", 422, "Skriv till exempel"), ("datum=2000-01-01", 404, "Det lades till")):
        page = await reader.get(f"{here}?{query}")
        assert (page.status_code, html.heading(page.text), told in html.text(page.text)) == (status, "Läkarbil", True)


async def test_before_anything_was_there_the_first_day_is_named(
    reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        await factories.fund(session)
    words = html.text((await reader.get("/historik?datum=2000-01-01")).text)
    assert ("Registret var tomt då" in words, swedish.format_date(TODAY) in words) == (True, True)


async def test_two_days_are_compared_with_counts_and_values_before_and_after(
    reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        changed = await factories.initiative(session, title="Läkarbil")
        stone = await milestones.add(session, SYSTEM, changed.id, title="Bilen köpt", due_on=date(2026, 3, 1))
        gone = await factories.fund(session, name="Gammalt anslag")
    first = await clock(sessions)
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, changed.id, summary="Hembesök")
        await milestones.change(session, SYSTEM, changed.id, stone.id, revision=None, done_on=date(2026, 2, 3))
        await factories.initiative(session, title="Nytt grepp")
        await records.remove(session, SYSTEM, await session.merge(gone))
    when = {"fran": first, "till": await clock(sessions)}
    page = (await reader.get("/historik/jamforelse", params=when)).text
    words = html.text(page)
    assert "Initiativ 1 1 0" in words
    assert "Anslag 0 0 1" in words
    assert "Beskrivning (inget) Hembesök" in words
    assert "Bilen köpt, 1 mars 2026: Blev klar (inget) 3 februari 2026" in words
    assert ("Nytt Nytt grepp" in words, "Borttaget Gammalt anslag, 2026" in words) == (True, True)
    removed = next(address for address in html.links(page, A_MOMENT) if "/fund/" in address)
    assert "Borttaget den" in html.text((await reader.get(removed)).text)
    only = html.text((await reader.get("/historik/jamforelse", params=when | {"slag": "fund"})).text)
    assert ("Gammalt anslag" in only, "Nytt grepp" in only) == (True, False)


async def test_the_last_month_is_compared_unless_other_days_are_asked_for(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/historik/jamforelse")).text
    assert html.value(page, "fran") == instants.month_before(TODAY).isoformat()
    assert html.value(page, "till") == TODAY.isoformat()
    empty = {"fran": "2000-01-01", "till": "2000-02-01"}
    assert "Inget skiljer" in html.text((await reader.get("/historik/jamforelse", params=empty)).text)


async def test_costs_by_year_are_told_in_kronor(reader: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        where = await factories.organisation(session)
        made = await measures.create(
            session, SYSTEM, title="Läkarbil", organisation_id=where.id, costs={2026: 1_400_000, 2027: 200_000}
        )
    words = html.text((await reader.get(f"/historik/measure/{made.id}")).text)
    assert "Kostnad per år 2026: 1\xa0400\xa0000\xa0kr, 2027: 200\xa0000\xa0kr" in words


@pytest.mark.parametrize("path", ["/historik", "/historik/jamforelse", f"/historik/initiative/{UUID(int=7)}"])
async def test_a_partner_finds_no_history_and_no_way_to_it(partner: httpx.AsyncClient, path: str) -> None:
    assert (await partner.get(path)).status_code == 404
    assert html.links((await partner.get("/delat")).text, r"/historik.*") == []


async def test_a_partner_meets_no_way_to_the_past_of_what_is_shared(partner: httpx.AsyncClient) -> None:
    address, *_ = html.links((await partner.get("/delat")).text, r"/initiativ/[0-9a-f-]{36}")
    page = await partner.get(address)
    assert (page.status_code, "/historik" in page.text) == (200, False)
    assert (await partner.get(f"/historik/initiative/{address.rpartition('/')[2]}")).status_code == 404


@pytest.mark.parametrize("path", [f"/historik/person/{new_id()}", f"/historik/fund/{UUID(int=7)}"])
async def test_what_is_not_kept_is_not_found(reader: httpx.AsyncClient, path: str) -> None:
    assert (await reader.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("query", "at", "words"),
    [
        ({"datum": "2026-03-31"}, swedish.end_of_day(date(2026, 3, 31)), "31 mars 2026"),
        (
            {"datum": "2026-03-31", "tid": "14.05"},
            datetime(2026, 3, 31, 12, 5, 59, 999_999, UTC),
            "31 mars 2026 kl. 14.05",
        ),
        ({}, swedish.end_of_day(date(2026, 1, 2)), "2 januari 2026"),
    ],
)
def test_a_day_with_or_without_a_time_is_read(query: dict[str, str], at: datetime, words: str) -> None:
    found = instants.asked(query, date(2026, 1, 2))
    assert (found.at, found.words) == (at, words)


def test_a_day_that_has_not_been_is_refused_by_name() -> None:
    with pytest.raises(InvalidValue) as refused:
        instants.day_asked({"till": (TODAY + timedelta(days=1)).isoformat()}, "till", TODAY)
    assert refused.value.field == "till"


@pytest.mark.parametrize(
    ("day", "before"),
    [(date(2026, 3, 31), date(2026, 2, 28)), (date(2026, 1, 15), date(2025, 12, 15))],
)
def test_the_month_before(day: date, before: date) -> None:
    assert instants.month_before(day) == before
