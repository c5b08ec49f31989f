"""Dialog on the pages: the programme group writes, a municipality that is party answers, no other finds anything."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from litestar import Litestar

from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.base import new_id
from tests import factories
from tests.clients import connect
from tests.web import html

ALL, TALKS, AGREED = "/dialog", "/dialog/samtal", "/dialog/avtal"


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with its official's browser, and a delområde."""

    town: str
    node: str
    partner: httpx.AsyncClient


@pytest.fixture
async def place(service: Litestar, sessions: ScopedSessions) -> AsyncIterator[Place]:
    async with sessions(SYSTEM) as session:
        town = await factories.organisation(session, "Ekby kommun")
        _, area, *_ = await factories.nodes(session)
        person = await factories.person(session, Role.PARTNER, organisation_id=town.id)
        known = await factories.signed_in(session, person)
    async with connect(service, accept="text/html", **known) as partner:
        yield Place(str(town.id), str(area.id), partner)


def talk(place: Place, **fields: str) -> dict[str, str]:
    return {
        "amne": "Direktnummer till läkare",
        "dag": "2026-10-07",
        "niva": "tjänstemanna",
        "parter": place.town,
        "delomraden": place.node,
        "talade_om": "Svarstiden.",
        "steg": "Räkna på kvällar",
        "steg_senast": "2026-10-31",
        **fields,
    }


async def made(editor: httpx.AsyncClient, place: Place) -> str:
    answer = await editor.post(f"{TALKS}/nytt", data=talk(place))
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


async def test_the_empty_page_says_what_it_is_for(reader: httpx.AsyncClient, outsider: httpx.AsyncClient) -> None:
    page = (await reader.get(ALL)).text
    assert html.heading(page) == "Dialog"
    assert "Inga samtal än" in html.text(page)
    words = html.text((await outsider.get(ALL)).text)
    assert "När regionen har skrivit ner ett samtal med din kommun" in words
    assert "Hur långt ni har kommit" not in words


async def test_a_conversation_is_written_shown_in_its_cell_and_changed(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, place: Place
) -> None:
    assert (await editor.get(f"{TALKS}/nytt?kommun={place.town}&delomrade={place.node}")).status_code == 200
    path = await made(editor, place)
    words = html.text((await reader.get(path)).text)
    for shown in (
        "Direktnummer till läkare",
        "Ekby kommun",
        "Räkna på kvällar",
        "Skulle ha varit klart 31 oktober 2026",
    ):
        assert shown in words
    table = (await reader.get(ALL)).text
    assert "1 samtal" in html.text(table)
    [cell] = [link for link in html.links(table, r"/dialog/lage/.*") if place.node in link and place.town in link]
    assert "Uträknat av samtal och avtal" in html.text((await reader.get(cell)).text)
    form = (await editor.get(f"{path}/andra")).text
    assert html.value(form, "amne") == "Direktnummer till läkare"
    assert html.ticked(form, "parter") == [place.town]
    sent = {**talk(place, amne="Direktnumret", steg_klart="2026-11-01"), "revision": html.value(form, "revision")}
    assert (await editor.post(f"{path}/andra", data=sent)).headers["location"] == path
    assert "Direktnumret" in html.text((await reader.get(path)).text)
    assert (await editor.post(f"{path}/ta-bort")).status_code == 303
    assert (await reader.get(path)).status_code == 404


async def test_two_who_change_the_same_see_both_values(editor: httpx.AsyncClient, place: Place) -> None:
    path = await made(editor, place)
    form = (await editor.get(f"{path}/andra")).text
    opened = {"revision": html.value(form, "revision"), "fore": html.value(form, "fore")}
    await editor.post(f"{path}/andra", data={**talk(place, amne="Den enas"), **opened})
    mine = {**talk(place, amne="Den andras", kom_fram_till="Eniga."), **opened}
    conflict = await editor.post(f"{path}/andra", data=mine)
    assert conflict.status_code == 409
    words = html.text(conflict.text)
    assert "Behåll det som är sparat: Den enas" in words
    assert "Använd det du skrev: Den andras" in words
    again = {**mine, "revision": html.value(conflict.text, "revision"), "valj_amne": "sparat"}
    assert (await editor.post(f"{path}/andra", data=again)).status_code == 303
    words = html.text((await editor.get(path)).text)
    assert "Den enas" in words
    assert "Eniga." in words


@pytest.mark.parametrize(
    ("field", "value"),
    [("amne", ""), ("dag", "i går"), ("dag", ""), ("niva", "hemlig"), ("parter", "x"), ("steg", "")],
)
async def test_what_cannot_be_saved_is_told_and_nothing_written_is_lost(
    editor: httpx.AsyncClient, place: Place, field: str, value: str
) -> None:
    answer = await editor.post(f"{TALKS}/nytt", data=talk(place, **{field: value}))
    assert answer.status_code == 422
    assert re.search(r'aria-invalid="true"', answer.text)
    assert "Svarstiden." in answer.text
    assert html.ticked(answer.text, "delomraden") == [place.node]


async def test_a_municipality_answers_and_no_other_finds_anything(
    editor: httpx.AsyncClient, outsider: httpx.AsyncClient, reader: httpx.AsyncClient, place: Place
) -> None:
    path = await made(editor, place)
    assert "Direktnummer till läkare" in html.text((await place.partner.get(ALL)).text)
    assert "Direktnummer" not in (await outsider.get(ALL)).text
    assert (await outsider.get(path)).status_code == 404
    assert (await outsider.post(f"{path}/svar", data={"svar": "Hej"})).status_code == 404
    assert '"/dialog"' in (await place.partner.get("/delat")).text
    empty = await place.partner.post(f"{path}/svar", data={"svar": " "})
    assert (empty.status_code, "Skriv ett svar" in empty.text) == (422, True)
    answered = await place.partner.post(f"{path}/svar", data={"svar": "Vi kan börja i januari."})
    assert answered.headers["location"] == f"{path}#svar"
    assert "Vi kan börja i januari." in html.text((await editor.get(path)).text)
    assert "Skriv ett svar" not in html.text((await reader.get(path)).text)
    for refused in (f"{TALKS}/nytt", f"{path}/andra", f"{AGREED}/nytt"):
        assert (await place.partner.get(refused)).status_code == 403
    assert (await place.partner.get(f"/dialog/lage/{place.node}/{place.town}")).status_code == 404


async def test_a_cell_is_judged_and_worked_out_again(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, place: Place
) -> None:
    cell = f"/dialog/lage/{place.node}/{place.town}"
    assert "Inte påbörjad" in html.text((await reader.get(cell)).text)
    assert (await editor.post(cell, data={"lage": "klar", "anteckning": "Godkänt."})).status_code == 303
    words = html.text((await reader.get(cell)).text)
    assert "Klar Bedömt av programgruppen" in words
    assert "Godkänt." in words
    wrong = await editor.post(cell, data={"lage": "nästan", "anteckning": "Snart"})
    assert (wrong.status_code, "Snart" in wrong.text) == (422, True)
    await editor.post(cell, data={"lage": "", "anteckning": ""})
    assert "Uträknat" in html.text((await reader.get(cell)).text)
    assert (await reader.post(cell, data={"lage": "klar"})).status_code == 403
    assert (await reader.get(f"/dialog/lage/{new_id()}/{place.town}")).status_code == 404


async def test_an_agreement_is_written_shown_to_its_party_and_taken_away(
    editor: httpx.AsyncClient, outsider: httpx.AsyncClient, place: Place
) -> None:
    new = {
        "titel": "Läkare på boenden", "fran": "2025-01-01", "till": "2027-12-31", "parter": place.town,
        "uppsagning_senast": "2028-01-01",
    }  # fmt: skip
    wrong = await editor.post(f"{AGREED}/nytt", data=new)
    assert (wrong.status_code, "efter avtalets slut" in wrong.text) == (422, True)
    path = (await editor.post(f"{AGREED}/nytt", data={**new, "uppsagning_senast": "2026-12-31"})).headers["location"]
    assert "31 december 2026" in html.text((await place.partner.get(path)).text)
    assert "Läkare på boenden" in html.text((await place.partner.get(ALL)).text)
    assert (await outsider.get(path)).status_code == 404
    form = (await editor.get(f"{path}/andra")).text
    sent = {**new, "uppsagning_senast": "", "till": "", "revision": html.value(form, "revision")}
    assert (await editor.post(f"{path}/andra", data=sent)).status_code == 303
    assert "Tills vidare" in html.text((await editor.get(path)).text)
    assert (await editor.post(f"{path}/ta-bort")).status_code == 303
    assert (await editor.get(path)).status_code == 404


@pytest.mark.parametrize("query", ["kommun=x", "niva=x", "delomrade=%00", "steg=kvar", "sida=0", "sida=99999999999"])
async def test_an_address_that_is_wrong_shows_the_list(reader: httpx.AsyncClient, query: str) -> None:
    assert (await reader.get(f"{ALL}?{query}")).status_code == 200
