"""Uppföljning: indicators, coverage and the taxonomy on pages, read by all who see the register, written by some."""

import re
from datetime import date

import httpx
import pytest
from uuid_utils import compat

from initiatives import organisations, taxonomy
from initiatives.access import SYSTEM
from initiatives.taxonomy import NodeData, TaxonomyData, versions
from tests import factories
from tests.site import Site
from tests.web import html

PAGES = ("/uppfoljning", "/uppfoljning/tackning", "/uppfoljning/taxonomi")
FORMS = ("/uppfoljning/indikatorer/ny", "/uppfoljning/indikatorer/las-in", "/uppfoljning/taxonomi/las-in")
INDICATOR = "/uppfoljning/indikatorer/[0-9a-f-]+"
TABLE = "indikator;organisation;period;värde;orsak\n"


async def indicator(client: httpx.AsyncClient, name: str) -> str:
    page = (await client.get("/uppfoljning", params={"q": name})).text
    [address] = html.links(page, INDICATOR)
    return address


async def made(client: httpx.AsyncClient, name: str, **more: str) -> str:
    form = (await client.get("/uppfoljning/indikatorer/ny")).text
    owner = html.chosen(form, "organisation")[0]
    data = {"namn": name, "organisation": owner, "enhet": "antal", "riktning": "upp", "niva": "region", "period": "år"}
    answer = await client.post("/uppfoljning/indikatorer/ny", data={**data, **more})
    assert answer.status_code == 303, html.text(answer.text)
    return str(answer.headers["location"])


@pytest.mark.parametrize("path", PAGES)
async def test_those_who_see_the_register_read_and_partners_find_no_such_page(
    politician: httpx.AsyncClient, partner: httpx.AsyncClient, path: str
) -> None:
    assert (await politician.get(path)).status_code == 200
    assert (await partner.get(path)).status_code == 404
    assert "/uppfoljning" not in html.links((await partner.get("/delat")).text, "/uppfoljning")


@pytest.mark.parametrize("path", FORMS)
async def test_only_the_programme_group_meets_the_forms(
    programme: httpx.AsyncClient, politician: httpx.AsyncClient, path: str
) -> None:
    assert (await programme.get(path)).status_code == 200
    assert (await politician.get(path)).status_code == 403
    assert html.links((await politician.get("/uppfoljning")).text, path) == []


async def test_the_list_says_in_words_how_each_stands(politician: httpx.AsyncClient) -> None:
    page = (await politician.get("/uppfoljning")).text
    words = html.text(page).replace("\N{NO-BREAK SPACE}", " ")
    for shown in (
        "Uppfyllt 2",
        "Inte uppfyllt 2",
        "Värde saknas 1",
        "Minst 55 procent senast 2027",
        "+7 procentenheter",
        "2 535 per 100 000",
        "5 av 5 enheter går åt rätt håll",
        "Mätning försenad",
    ):
        assert shown in words, shown
    assert 'aria-label="2023: 412, 2025: 498"' in page
    narrowed = (await politician.get("/uppfoljning", params={"q": "fallskador"})).text
    assert len(html.links(narrowed, INDICATOR)) == 1
    assert "Ingen indikator passar" in html.text((await politician.get("/uppfoljning?q=xyzzy")).text)


async def test_an_indicator_shows_its_chart_beside_its_table(politician: httpx.AsyncClient) -> None:
    page = (await politician.get(await indicator(politician, "Samordnade"))).text
    assert html.heading(page) == "Samordnade individuella planer"
    line, bars = re.findall(r"<desc>(.*?)</desc>", page)
    assert line == "2023: 412 antal. 2024: 455 antal. 2025: 498 antal. Mål: minst 600 senast 2027: 600 antal."
    assert "Havsunda: 190 antal" in bars
    assert "5 av 5 går åt rätt håll" in html.text(page)
    assert "Ta bort" not in html.text(page)


async def test_what_is_missing_says_why(politician: httpx.AsyncClient) -> None:
    words = html.text((await politician.get(await indicator(politician, "särskilt"))).text)
    assert "Värde saknas för 2025: Journalsystemet kan inte räkna besöken" in words
    assert '<svg class="chart"' not in words


async def test_an_indicator_is_made_measured_corrected_and_taken_away(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av indikator", regel="minst", malvarde="55,5", malar="2027")
    owner = html.chosen((await programme.get(address)).text, "organisation")[0]
    value = {"organisation": owner, "period": "2025", "varde": "1 050,5", "status": "preliminär"}
    kept = await programme.post(f"{address}/varden", data=value)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{address}#varden")
    page = html.text((await programme.get(address)).text)
    assert "1\xa0050,5" in page
    assert "Uppfyllt" in page
    await programme.post(f"{address}/varden", data={**value, "varde": "", "orsak": "Fel i underlaget"})
    words = html.text((await programme.get(address)).text)
    assert "Värde saknas för 2025: Fel i underlaget" in words
    assert "rättat" in words
    [remove] = html.forms((await programme.get(address)).text, f"{address}/varden/.*/ta-bort")
    assert (await programme.post(f"{address}/varden/{compat.uuid7()}/ta-bort")).status_code == 404
    assert (await programme.post(remove)).status_code == 303
    assert "Inga värden än" in html.text((await programme.get(address)).text)
    assert (await programme.post(f"{address}/ta-bort")).status_code == 303
    assert (await programme.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("period", "i fjol"), ("varde", "många"), ("antal", "1,5"), ("organisation", "x"), ("status", "gissad")],
)
async def test_a_wrong_value_is_told_at_its_field_and_stays(
    programme: httpx.AsyncClient, field: str, value: str
) -> None:
    address = await indicator(programme, "Vakanser")
    owner = html.chosen((await programme.get(address)).text, "organisation")[0]
    data = {"organisation": owner, "period": "2027-K1", "varde": "3", "status": "slutlig", field: value}
    answer = await programme.post(f"{address}/varden", data=data)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', answer.text)
    if field in {"period", "varde", "antal"}:
        assert html.value(answer.text, field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("namn", " "),
        ("malvarde", "högt"),
        ("regel", "minst"),
        ("utgangsperiod", "2026-H1"),
        ("malar", "x"),
        ("dagar", "-1"),
    ],
)
async def test_a_wrong_indicator_is_told_at_its_field(programme: httpx.AsyncClient, field: str, value: str) -> None:
    form = (await programme.get("/uppfoljning/indikatorer/ny")).text
    owner = html.chosen(form, "organisation")[0]
    data = {"namn": "A", "organisation": owner, "enhet": "antal", "riktning": "upp", "niva": "region", "period": "år"}
    answer = await programme.post("/uppfoljning/indikatorer/ny", data={**data, field: value})
    assert answer.status_code == 422
    wrong = "malvarde" if field == "regel" else field
    assert re.search(rf'id="{wrong}"[^>]* aria-invalid="true"', answer.text)


async def test_two_who_change_the_same_both_see_it_and_lose_nothing(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av krock")
    form = (await programme.get(f"{address}/andra")).text
    data = {name: html.value(form, name) for name in ("version", "namn", "enhet")}
    data |= {name: html.chosen(form, name)[0] for name in ("organisation", "riktning", "niva", "period")}
    assert (await programme.post(f"{address}/andra", data={**data, "enhet": "index"})).status_code == 303
    answer = await programme.post(f"{address}/andra", data={**data, "enhet": "procent"})
    assert answer.status_code == 409
    assert "Enhet: index , av Ragnhild Ek" in html.text(answer.text)
    assert html.value(answer.text, "enhet") == "procent"
    again = {**data, "enhet": "procent", "version": html.value(answer.text, "version")}
    assert (await programme.post(f"{address}/andra", data=again)).status_code == 303
    assert "Enhet Procent." in html.text((await programme.get(address)).text)


async def test_a_table_is_tried_before_it_is_saved(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av tabell")
    rows = TABLE + "Prov av tabell;Havsunda kommun;2025;12;\nProv av tabell;Granholma kommun;2025;;Ingen mätning\n"
    tried = await programme.post("/uppfoljning/indikatorer/las-in", data={"tabell": rows, "gor": "prova"})
    assert "2 nya värden" in html.text(tried.text)
    assert "Inga värden än" in html.text((await programme.get(address)).text)
    wrong = await programme.post(
        "/uppfoljning/indikatorer/las-in", data={"tabell": rows.replace("12", "tolv"), "gor": "spara"}
    )
    assert wrong.status_code == 422
    assert "Rad 2, värde:" in html.text(wrong.text)
    saved = await programme.post("/uppfoljning/indikatorer/las-in", data={"tabell": rows, "gor": "spara"})
    assert "Värdena är inlästa" in html.text(saved.text)
    assert "Ingen mätning" in html.text((await programme.get(address)).text)


async def test_every_count_of_the_matrix_leads_to_just_those_initiatives(politician: httpx.AsyncClient) -> None:
    page = (await politician.get("/uppfoljning/tackning")).text
    assert "av 42 rutor har initiativ" in html.text(page)
    cells = re.findall(r'<a class="cell" href="([^"]+)"[^>]*>(?:<strong>)?(\d+)', page)
    assert len(cells) > 20
    for address, count in cells[::7]:
        answer = (await politician.get(address.replace("&amp;", "&"))).text
        listed = answer.partition('id="initiativ"')[2].partition("</section>")[0]
        assert len(html.links(listed, "/initiativ/[0-9a-f-]+")) == int(count), address
    words = html.text(page)
    assert "Centrum för nära vård saknar besked om när arbetet ska börja." in words
    assert "Öppna Centrum" not in words


async def test_a_node_is_changed_and_given_examples(programme: httpx.AsyncClient) -> None:
    coverage = (await programme.get("/uppfoljning/tackning")).text
    address = html.links(coverage, "/uppfoljning/taxonomi/noder/.*")[0]
    form = (await programme.get(address)).text
    data = {
        "version": html.value(form, "version"),
        "namn": html.value(form, "namn"),
        "alias": "ett, två",
        "gor": "spara",
    }
    assert (await programme.post(address, data={**data, "start": "2027"})).status_code == 303
    stale = await programme.post(address, data={**data, "start": "2028"})
    assert stale.status_code == 409
    assert html.value(stale.text, "start") == "2028"
    assert "2027 , av Ragnhild Ek" in html.text(stale.text)
    added = await programme.post(address, data={"gor": "lagg-till", "slag": "exempel", "text": "Prov av exempel"})
    assert added.status_code == 303
    twice = await programme.post(address, data={"gor": "lagg-till", "slag": "exempel", "text": "Prov av exempel"})
    assert twice.status_code == 409
    page = (await programme.get(address)).text
    row = re.findall(r'Prov av exempel</span><form method="post"><input type="hidden" name="rad" value="([^"]+)"', page)
    assert (await programme.post(address, data={"gor": "ta-bort", "rad": row[0]})).status_code == 303
    assert "Prov av exempel" not in (await programme.get(address)).text
    again = {**data, "version": html.value(page, "version"), "start": ""}
    assert (await programme.post(address, data=again)).status_code == 303


async def test_a_plan_of_another_kind_is_tried_and_saved_and_ended(programme: httpx.AsyncClient) -> None:
    form = (await programme.get("/uppfoljning/taxonomi/las-in")).text
    [owner] = re.findall(r'<option value="([^"]+)">Älvbro kommun', form)
    plan = "slag;kod;namn;hör till\nmål;M1;Trygghet;\ninriktning;I1;Fast läkare;M1\n"
    data = {
        "organisation": owner,
        "namn": "Älvbros plan",
        "fran": "2099-01-01",
        "form": "csv",
        "fil": plan,
        "gor": "prova",
    }
    assert "Nya noder: M1, I1" in html.text((await programme.post("/uppfoljning/taxonomi/las-in", data=data)).text)
    wrong = await programme.post("/uppfoljning/taxonomi/las-in", data={**data, "fil": plan.replace("I1", "M1")})
    assert wrong.status_code == 422
    assert "Rad 3, kod: Koden M1 står redan på rad 2." in html.text(wrong.text)
    missing = await programme.post("/uppfoljning/taxonomi/las-in", data={**data, "organisation": ""})
    assert re.search(r'id="organisation"[^>]* aria-invalid="true"', missing.text)
    saved = await programme.post("/uppfoljning/taxonomi/las-in", data={**data, "gor": "spara"})
    address = saved.headers["location"]
    page = (await programme.get(address)).text
    words = html.text(page)
    assert "Gäller inte i dag Från 1 januari 2099" in words
    assert "Hör till Trygghet." in words
    form_data = {
        "version": html.value(page, "version"),
        "namn": "Älvbros plan",
        "fran": "2099-01-01",
        "till": "2098-01-01",
    }
    assert (await programme.post(address, data=form_data)).status_code == 422
    assert (await programme.post(address, data={**form_data, "till": "2099-12-31"})).status_code == 303


async def test_an_initiative_keeps_a_node_that_no_longer_holds_and_its_page_says_so(
    site: Site, programme: httpx.AsyncClient
) -> None:
    async with site.database.scoped(SYSTEM) as session:
        town = await organisations.find_organisation(session, "Stenmåla kommun")
        assert town is not None
        old = TaxonomyData("Förra planen", (NodeData("delområde", "D1", "Hemvård"),), valid_from=date(2020, 1, 1))
        loaded = await taxonomy.load(session, SYSTEM, town.id, old)
        [node] = await taxonomy.list_nodes(session, taxonomy_id=loaded.id)
        new = NodeData("delområde", "D2", "Vård i hemmet", replaces=("D1",))
        later = TaxonomyData("Nästa plan", (new,), valid_from=date(2021, 1, 1), replaces="Förra planen")
        await taxonomy.load(session, SYSTEM, town.id, later)
        initiative = await factories.initiative(session, title="Kvar i det gamla", node_ids=[node.id])
        for plan in (loaded.id, (await taxonomy.load(session, SYSTEM, town.id, later)).id):
            await versions.revise(session, SYSTEM, plan, {"valid_to": date(2021, 12, 31)}, revision=None)
    page = (await programme.get(f"/initiativ/{initiative.id}")).text
    assert "Hemvård gällde till och med 31 december 2021, ersatt av Vård i hemmet" in html.text(page)
    form = (await programme.get(f"/initiativ/{initiative.id}/andra")).text
    assert html.ticked(form, "under") == [str(node.id)]


async def test_an_initiative_shows_the_indicators_that_it_is_to_change(
    politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    plans = (await politician.get(await indicator(politician, "Samordnade"))).text
    [address] = html.links(plans, "/initiativ/[0-9a-f-]+")
    shown = (await politician.get(address)).text
    assert html.links(shown, INDICATOR) == [await indicator(politician, "Samordnade")]
    assert html.links((await partner.get(address)).text, INDICATOR) == []


async def test_pages_without_anything_say_how_to_begin(empty: httpx.AsyncClient) -> None:
    assert "Här finns inga indikatorer än" in html.text((await empty.get("/uppfoljning")).text)
    assert "Ingen taxonomi gäller i dag" in html.text((await empty.get("/uppfoljning/tackning")).text)
    assert "Ingen taxonomi är inläst än" in html.text((await empty.get("/uppfoljning/taxonomi")).text)
