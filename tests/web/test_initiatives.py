import asyncio

import httpx
import pytest
from uuid_utils import compat

from initiatives import overview
from initiatives.access import SYSTEM
from initiatives.overview import Filters, InitiativeRow
from initiatives.workflow import Status
from tests.site import Site
from tests.web import html

CANCELLED = {"lage": "avbrutet", "skal": "Bara ett prov."}
ONE = "/initiativ/[0-9a-f-]{36}"


async def made(client: httpx.AsyncClient, title: str, **fields: str | list[str]) -> str:
    """Fill in the form for a new initiative as a person would, and return the address it leads to."""
    form = (await client.get("/initiativ/nytt")).text
    lead = form.split('name="leds_av"')[1].split('<option value="')[2].split('"')[0]
    data = {"titel": title, "lage": "förslag", "leds_av": lead, **fields}
    answer = await client.post("/initiativ/nytt", data=data)
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


async def opened(client: httpx.AsyncClient, address: str) -> dict[str, str | list[str]]:
    """Return the form for a change with everything that stands in it."""
    page = (await client.get(f"{address}/andra")).text
    texts = {name: html.value(page, name) for name in ("titel", "revision", "fore", "start", "slut", "beslut")}
    menus = {name: html.chosen(page, name) for name in ("lage", "leds_av", "ansvarig")}
    areas = {name: html.area(page, name) for name in ("beskrivning", "skal", "utfall", "nasta_steg")}
    return {**texts, **menus, **areas, **{name: html.ticked(page, name) for name in ("under", "medverkar")}}


async def saved(site: Site, title: str) -> InitiativeRow:
    async with site.database.scoped(SYSTEM) as session:
        rows, _ = await overview.list_initiatives(session, SYSTEM, Filters(q=title))
    return rows[0]


async def test_the_list_finds_by_words_and_status(site: Site, politician: httpx.AsyncClient) -> None:
    everything = html.text((await politician.get("/initiativ")).text)
    assert f"{len(await _all(site))} initiativ" in everything
    found = (await politician.get("/initiativ", params={"q": "mobilt team"})).text
    assert "1 initiativ passar" in html.text(found)
    assert "Mobilt närsjukvårdsteam" in html.text(found)
    paused = (await politician.get("/initiativ", params={"lage": "pausat"})).text
    assert len(html.links(paused, ONE)) == 1
    nothing = (await politician.get("/initiativ", params={"q": "rymdraket"})).text
    assert "Inget initiativ passar" in html.text(nothing)


async def test_pages_of_the_list_hold_everything_once(site: Site, politician: httpx.AsyncClient) -> None:
    wanted = sorted(f"/initiativ/{row.id}" for row in await _all(site))
    pages = [(await politician.get(f"/initiativ?sida={number + 1}")).text for number in range(-(-len(wanted) // 20))]
    assert sorted(address for page in pages for address in html.links(page, ONE)) == wanted
    assert html.links(pages[0], r"/initiativ\?sida=2")


@pytest.mark.parametrize(
    "query",
    [
        "sida=-1",
        "sida=x",
        f"sida={10**20}",
        "lage=okänd",
        "delomrade=x",
        "ordning=x",
        "q=%00",
        "q=" + "a" * 5000,
    ],
)
async def test_a_strange_address_is_no_error(politician: httpx.AsyncClient, query: str) -> None:
    assert (await politician.get(f"/initiativ?{query}")).status_code == 200


async def test_one_initiative_shows_state_people_dates_money_and_history(politician: httpx.AsyncClient) -> None:
    found = (await politician.get("/initiativ", params={"q": "Mer läkartid"})).text
    page = (await politician.get(html.links(found, ONE)[0])).text
    words = html.text(page)
    assert html.heading(page) == "Mer läkartid i särskilt boende"
    for expected in ("Pågår", "Leds av Vårdval Solmark", "1 maj 2026", "14\xa0565", "Historik", "Närplan skapade"):
        assert expected in words
    assert "Ändra" not in words


async def test_a_partner_sees_what_is_shared_and_never_the_money(site: Site, partner: httpx.AsyncClient) -> None:
    landing = (await partner.get("/delat")).text
    shared = html.links(landing, ONE)
    assert 0 < len(shared) < len(await _all(site))
    page = html.text((await partner.get(shared[0])).text)
    assert "Pengar" not in page
    assert "Historik" not in page
    assert "Pengar" not in html.text((await partner.get("/initiativ")).text)
    hidden = next(row.id for row in await _all(site) if f"/initiativ/{row.id}" not in shared)
    assert (await partner.get(f"/initiativ/{hidden}")).status_code == 404


async def _all(site: Site) -> list[InitiativeRow]:
    async with site.database.scoped(SYSTEM) as session:
        rows, _ = await overview.list_initiatives(session, SYSTEM, limit=100)
    return list(rows)


@pytest.mark.parametrize("action", ["", "/andra"])
async def test_an_unknown_initiative_does_not_exist(programme: httpx.AsyncClient, action: str) -> None:
    assert (await programme.get(f"/initiativ/{compat.uuid7()}{action}")).status_code == 404


async def test_only_the_programme_group_writes(site: Site, politician: httpx.AsyncClient) -> None:
    address = f"/initiativ/{(await _all(site))[0].id}"
    assert (await politician.get(f"{address}/andra")).status_code == 403
    for action in ("/andra", "/dela", "/sluta-dela"):
        data = {"titel": "Kapat", "organisation": str(compat.uuid7())}
        assert (await politician.post(address + action, data=data)).status_code in {403, 422}
    assert (await politician.post("/initiativ/nytt", data={"titel": "Kapat"})).status_code == 403
    assert "Kapat" not in [row.title for row in await _all(site)]


async def test_a_new_initiative_is_shown_at_once(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av nytt initiativ", start="2026-12-01", beskrivning="Rad ett\r\nRad två")
    words = html.text((await programme.get(address)).text)
    assert html.heading((await programme.get(address)).text) == "Prov av nytt initiativ"
    for expected in ("Förslag", "från 1 december 2026", "Rad ett Rad två", "Ragnhild Ek skapade"):
        assert expected in words
    await programme.post(f"{address}/andra", data={**await opened(programme, address), **CANCELLED})


async def test_a_form_that_cannot_be_saved_keeps_what_was_written(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av period")
    form = {**await opened(programme, address), "start": "2027-05-01", "slut": "2026-05-01", "titel": "Nytt namn"}
    answer = await programme.post(f"{address}/andra", data=form)
    assert answer.status_code == 422
    assert html.value(answer.text, "titel") == "Nytt namn"
    assert html.value(answer.text, "slut") == "2026-05-01"
    assert html.value(answer.text, "revision") == form["revision"]
    assert 'aria-describedby="fel-slut"' in answer.text
    assert "före startdatum" in html.text(answer.text)


async def test_two_who_change_different_things_both_get_their_way(site: Site, programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av samtidighet")
    mine, theirs = await opened(programme, address), await opened(programme, address)
    assert (await programme.post(f"{address}/andra", data={**theirs, **CANCELLED})).status_code == 303
    answer = await programme.post(f"{address}/andra", data={**mine, "titel": "Prov av samtidighet, nytt namn"})
    assert answer.status_code == 303
    row = await saved(site, "samtidighet")
    assert (row.title, row.status) == ("Prov av samtidighet, nytt namn", Status.CANCELLED)


@pytest.mark.parametrize(("choice", "kept"), [("mitt", "Prov av krock 1: mitt"), ("sparat", "Prov av krock 2: deras")])
async def test_two_who_change_the_same_thing_see_both_and_choose(
    site: Site, programme: httpx.AsyncClient, choice: str, kept: str
) -> None:
    title = kept.partition(":")[0]
    address = await made(programme, title)
    mine, theirs = await opened(programme, address), await opened(programme, address)
    await programme.post(f"{address}/andra", data={**theirs, "titel": f"{title}: deras", "slut": "2027-01-31"})
    wanted = {**mine, "titel": f"{title}: mitt", **CANCELLED}
    conflict = await programme.post(f"{address}/andra", data=wanted)
    assert conflict.status_code == 409
    words = html.text(conflict.text)
    for said in ("Inget är förlorat", "Ragnhild Ek ändrade titel medan du skrev", f"{title}: deras", f"{title}: mitt"):
        assert said in words
    assert (html.value(conflict.text, "slut"), html.chosen(conflict.text, "lage")) == ("2027-01-31", ["avbrutet"])
    again = {**wanted, "slut": "2027-01-31", "valj_titel": choice}
    again |= {name: html.value(conflict.text, name) for name in ("revision", "fore")}
    assert (await programme.post(f"{address}/andra", data=again)).status_code == 303
    row = await saved(site, title)
    assert (row.title, row.status, str(row.ends_on)) == (kept, Status.CANCELLED, "2027-01-31")


async def test_two_at_once_lose_neither(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av samma stund")
    mine, theirs = await opened(programme, address), await opened(programme, address)
    answers = await asyncio.gather(
        programme.post(f"{address}/andra", data={**theirs, "titel": "Prov av samma stund: deras"}),
        programme.post(f"{address}/andra", data={**mine, "titel": "Prov av samma stund: mitt"}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    words = html.text(next(answer for answer in answers if answer.status_code == 409).text)
    assert "stund: deras" in words
    assert "stund: mitt" in words


@pytest.mark.parametrize("before", ["", "[]", "{", "[" * 200_000, '{"titel": 3}'])
async def test_a_forged_start_is_no_error(programme: httpx.AsyncClient, before: str) -> None:
    address = await made(programme, f"Prov av {len(before)} tecken")
    form = {**await opened(programme, address), "revision": "999", "fore": before}
    assert (await programme.post(f"{address}/andra", data=form)).status_code == 409


async def test_sharing_shows_it_to_the_municipality_and_ending_it_hides_it(
    programme: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    address = await made(programme, "Prov av delning")
    assert (await partner.get(address)).status_code == 404
    page = (await programme.get(address)).text
    havsunda = page.split(">Havsunda kommun</option>")[0].rsplit('<option value="', 1)[1].rstrip('">')
    shared = await programme.post(f"{address}/dela", data={"organisation": havsunda})
    assert shared.headers["location"] == f"{address}#delning"
    assert (await partner.get(address)).status_code == 200
    await programme.post(f"{address}/sluta-dela", data={"organisation": havsunda})
    assert (await partner.get(address)).status_code == 404
