"""Statsbidrag on the pages: what a politician reads, and what the programme group can do without losing a word."""

import re

import httpx
import pytest

from tests.web import html

HERE = "/pengar/statsbidrag"


async def made(programme: httpx.AsyncClient, name: str) -> str:
    """Return the address of a new agreement, made on the page."""
    form = (await programme.get(f"{HERE}/nytt")).text
    owner = re.findall(r'<option value="([0-9a-f-]{36})"', form)[0]
    sent = {
        "överenskommelse": name,
        "organisation": owner,
        "slag": "förordning",
        "från": "2031",
        "nationellt": "9 mnkr",
    }
    answer = await programme.post(f"{HERE}/nytt", data={**sent, "nationellt": "9 mnkr"})
    assert answer.status_code == 303, html.text(answer.text)
    return str(answer.headers["location"])


async def test_a_politician_reads_the_year_as_the_states_own_table(politician: httpx.AsyncClient) -> None:
    page = (await politician.get(HERE)).text
    assert html.heading(page) == "Statsbidrag 2026"
    words = html.text(page).replace("\N{NO-BREAK SPACE}", " ")
    for shown in (
        "Delarna väntas ge 51 mnkr mot 43,8 mnkr i budget. Det är 7,2 mnkr mer (16 %).",
        "11,2 mnkr av det är för region och kommuner i länet tillsammans",
        "3,1 + 3,1",
        "1,523 %",
        "9 mnkr mer än totalen",
        "250 mnkr är inte fördelade",
        "Redovisning oktober 2026 till Socialdepartementet Försenat",
        "samma belopp, skrivet 2 gånger",
        "så räknar registret stämmer med källan",
        "Två mottagare av samma sak",
    ):
        assert shown in words, shown
    assert html.links(page, f"{HERE}/nytt") == []
    address = html.links(page, f"{HERE}/[0-9a-f-]{{36}}")[0]
    one = (await politician.get(address)).text
    assert html.heading(one) == "Cancervård"
    assert "Två datum för samma krav" in html.text(one)
    assert html.forms(one, ".*ta-bort") == []
    assert (await politician.get(f"{address}/andra")).status_code == 403


@pytest.mark.parametrize("path", [HERE, f"{HERE}/tabell.csv"])
async def test_a_partner_finds_nothing(partner: httpx.AsyncClient, path: str) -> None:
    assert (await partner.get(path)).status_code == 404


async def test_an_empty_year_says_what_it_is_for(programme: httpx.AsyncClient) -> None:
    words = html.text((await programme.get(f"{HERE}?ar=1999")).text)
    assert "Inga statsbidrag för 1999" in words
    assert html.heading((await programme.get(f"{HERE}?ar=kanske")).text) == "Statsbidrag 2026"


async def test_a_grant_is_made_filled_and_removed_on_its_page(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av statsbidrag")
    form = (await programme.get(f"{address}/delar/ny")).text
    assert html.value(form, "år") == "2031"
    part = {
        "del": "Första delen",
        "år": "2031",
        "nationellt": "10 mnkr",
        "vår_del": "1 mnkr + 1 mnkr",
        "grund": "befolkning",
    }
    assert (await programme.post(f"{address}/delar/ny", data={**part, "vems": "region"})).status_code == 303
    demand = {"slag": "redovisning", "datum": "oktober 2031", "mottagare": "Socialstyrelsen", "del": ""}
    assert (await programme.post(f"{address}/krav/ny", data=demand)).status_code == 303
    condition = {"text": "Tio nya", "gräns": "10,5", "enhet": "vårdförlopp", "uppfyllt": "nej"}
    assert (await programme.post(f"{address}/villkor/ny", data=condition)).status_code == 303
    amount = {"slag": "utfall", "år": "2031", "belopp": "900 tkr", "datum": "2031-04-02", "del": ""}
    assert (await programme.post(f"{address}/belopp/ny", data=amount)).status_code == 303
    page = (await programme.get(address)).text
    words = html.text(page).replace("\N{NO-BREAK SPACE}", " ")
    for shown in (
        "Första delen",
        "1,0 + 1,0",
        "oktober 2031",
        "Gräns: 10,5 vårdförlopp. Inte uppfyllt",
        "0,9",
        "2 april 2031",
        "1 mnkr för mycket",
    ):
        assert shown in words, shown
    [done] = html.forms(page, ".*/klart")
    assert (await programme.post(done)).status_code == 303
    assert "Klart" in html.text((await programme.get(address)).text)
    for remove in html.forms(page, f"{address}/.*/ta-bort"):
        assert (await programme.post(remove)).status_code == 303
    words = html.text((await programme.get(address)).text)
    assert "Inga delar än." in words
    assert (await programme.post(f"{address}/ta-bort")).status_code == 303
    assert (await programme.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("where", "sent", "field"),
    [
        ("delar", {"del": "", "år": "2031"}, "del"),
        ("delar", {"del": "A", "år": "snart"}, "år"),
        ("delar", {"del": "A", "år": "2031", "vår_del": "mycket"}, "vår_del"),
        ("krav", {"slag": "redovisning", "datum": "3 okt"}, "datum"),
        ("krav", {"slag": "", "datum": ""}, "slag"),
        ("villkor", {"text": "A", "gräns": "några"}, "gräns"),
        ("belopp", {"slag": "utfall", "år": "2031", "belopp": "-1 mnkr"}, "belopp"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field_and_what_was_written_stays(
    programme: httpx.AsyncClient, where: str, sent: dict[str, str], field: str
) -> None:
    address = await made(programme, f"Prov av fel {where} {field} {sent.get('år', '')}")
    answer = await programme.post(f"{address}/{where}/ny", data={**sent, "anteckning": "Mina ord"})
    assert answer.status_code == 422
    assert f'id="fel-{field}"' in answer.text
    assert "Mina ord" in answer.text
    await programme.post(f"{address}/ta-bort")


async def test_two_who_change_a_part_see_both_values_and_choose(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av krock")
    await programme.post(f"{address}/delar/ny", data={"del": "Delen", "år": "2031", "vår_del": "1 mnkr"})
    [change] = html.links((await programme.get(address)).text, f"{address}/delar/.*/andra")
    opened = (await programme.get(change)).text
    assert html.value(opened, "vår_del").replace("\N{NO-BREAK SPACE}", " ") == "1 mnkr"
    base = {name: html.value(opened, name) for name in ("version", "fore")} | {"del": "Delen", "år": "2031"}
    first = {**base, "vår_del": "2 mnkr", "nationellt": "7 mnkr", "gemensamma_krav": "ja"}
    assert (await programme.post(change, data=first)).status_code == 303
    second = {**base, "vår_del": "3 mnkr", "gemensamma_krav": "ja"}
    clash = await programme.post(change, data=second)
    assert clash.status_code == 409
    words = html.text(clash.text).replace("\N{NO-BREAK SPACE}", " ")
    assert "Ragnhild Ek ändrade vår del medan du skrev" in words
    assert "Behåll det som är sparat: 2 mnkr" in words
    assert "Använd det du skrev: 3 mnkr" in words
    again = {
        **second,
        **{name: html.value(clash.text, name) for name in ("version", "fore", "nationellt")},
        "valj_vår_del": "mitt",
    }
    assert (await programme.post(change, data=again)).status_code == 303
    words = html.text((await programme.get(address)).text)
    assert "7,0 3,0" in words, "what the first one wrote elsewhere is kept"
    await programme.post(f"{address}/ta-bort")


async def test_the_budget_of_a_year_is_written_on_the_page(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av budget")
    form = (await programme.get(f"{HERE}/belopp/nytt?ar=2031")).text
    owner = re.findall(r'<option value="([0-9a-f-]{36})"', form)[0]
    sent = {"organisation": owner, "slag": "budget", "år": "2031", "belopp": "5 mnkr"}
    assert (await programme.post(f"{HERE}/belopp/nytt", data={**sent, "organisation": ""})).status_code == 422
    answer = await programme.post(f"{HERE}/belopp/nytt", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?ar=2031")
    page = (await programme.get(f"{HERE}?ar=2031")).text
    assert "mot 5 mnkr i budget. Det är 5 mnkr mindre (100 %)." in html.text(page).replace("\N{NO-BREAK SPACE}", " ")
    [change] = html.links(page, f"{HERE}/belopp/.*/andra")
    opened = (await programme.get(change)).text
    keep = {name: html.value(opened, name) for name in ("version", "fore", "år")}
    assert (await programme.post(change, data={**keep, "slag": "budget", "belopp": "0 kr"})).status_code == 303
    [remove] = html.forms((await programme.get(f"{HERE}?ar=2031")).text, f"{HERE}/belopp/.*/ta-bort")
    assert (await programme.post(remove)).status_code == 303
    await programme.post(f"{address}/ta-bort")


async def test_a_table_is_tried_mended_and_brought_in(programme: httpx.AsyncClient) -> None:
    place = f"{HERE}/tabell"
    assert "går_vidare_till" in (await programme.get(place)).text
    table = "rad;organisation;överenskommelse;från;belopp\növerenskommelse;Region Solmark;Prov av tabell;2031;7\n"
    wrong = await programme.post(place, data={"tabell": table, "gor": "spara"})
    assert wrong.status_code == 422
    assert "Rad 2, belopp" in html.text(wrong.text)
    assert "Prov av tabell" in wrong.text
    table = table.replace(";7", ";")
    tried = await programme.post(place, data={"tabell": table, "gor": "prova"})
    assert "Inget är sparat än." in html.text(tried.text)
    assert "Prov av tabell" not in (await programme.get(f"{HERE}?ar=2031")).text
    done = await programme.post(place, files={"fil": ("a.csv", table.encode(), "text/csv")}, data={"gor": "spara"})
    assert "Nya rader: 1 överenskommelse." in html.text(done.text)
    page = (await programme.get(f"{HERE}?ar=2031")).text
    [address] = html.links(page, f"{HERE}/[0-9a-f-]{{36}}")
    file = await programme.get(f"{HERE}/tabell.csv?ar=2031")
    assert "Prov av tabell" in file.text
    await programme.post(f"{address}/ta-bort")
