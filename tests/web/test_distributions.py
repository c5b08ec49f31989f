"""Distributions on the pages: tried out without being saved, carried out once, printed, and replaced."""

import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.web import plan_forms
from initiatives.distribution.outcome import compute
from initiatives.distribution.plan import Fulfilment, Plan, Stage, Standing, Step, Unit
from tests.web import html

ALL = "/pengar/fordelningar"
FORM: dict[str, Any] = {
    "titel": "Läkarstöd 2022",
    "summa": "14 565 000 kr",
    "enheter": "Enhet;listade 75+\nA;1 250\nB;980\nC;2 210\nD;640",
    "antal_steg": "2",
    "namn_1": "Steg 1",
    "andel_1": "2/3",
    "belopp_1": "9 700 000",
    "manad_1": "2022-05",
    "villkor_1": "Läkare har gått kursen",
    "provas_1": "2022-09",
    "ovriga_1": "okänt",
    "namn_2": "Steg 2",
    "andel_2": "1/3",
    "belopp_2": "4 865 000",
    "villkor_2": "Har redovisat",
    "uppfyller_inte_2": "D; ingen redovisning",
    "beslut": "RS § 41",
}


async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient) -> None:
    for path in (ALL, f"{ALL}/ny"):
        assert (await outsider.get(path)).status_code == 404


async def test_the_empty_page_says_what_it_is_for(reader: httpx.AsyncClient) -> None:
    page = (await reader.get(ALL)).text
    assert html.heading(page) == "Fördelningar"
    assert "Inga fördelningar än" in html.text(page)
    assert "Läs in ett underlag" not in html.text(page)


async def test_a_plan_is_tried_out_and_nothing_is_saved(reader: httpx.AsyncClient) -> None:
    tried = await reader.post(f"{ALL}/ny", data={**FORM, "gor": "prova"})
    assert tried.status_code == 200
    words = html.text(tried.text)
    for shown in ("2\xa0386\xa0811", "1\xa0222\xa0047", "1\xa0369\xa0651", "2\xa0421\xa0543", "ingen redovisning"):
        assert shown in words
    assert "2/3 av summan är 9\xa0710\xa0000\xa0kr" in words
    assert "villkoret kan prövas först i september 2022" in words
    assert html.value(tried.text, "belopp_2") == "4 865 000"
    assert "Inga fördelningar än" in html.text((await reader.get(ALL)).text)
    assert "Genomför fördelningen" not in words
    assert (await reader.post(f"{ALL}/ny", data={**FORM, "gor": "genomfor"})).status_code == 403


async def test_a_stage_is_added_to_the_form(reader: httpx.AsyncClient) -> None:
    more = await reader.post(f"{ALL}/ny", data={**FORM, "gor": "steg"})
    assert html.value(more.text, "antal_steg") == "3"
    assert html.value(more.text, "namn_3") == "Steg 3"
    assert html.value(more.text, "andel_1") == "2/3"


async def test_it_is_carried_out_shown_as_a_protocol_and_replaced(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient
) -> None:
    made = await editor.post(f"{ALL}/ny", data={**FORM, "gor": "genomfor"})
    assert made.status_code == 303, html.text(made.text)
    path = made.headers["location"]
    words = html.text((await reader.get(path)).text)
    for shown in (
        "RS § 41",
        "Omräknad och oförändrad",
        "4\xa0219\xa0882",
        "störst rest",
        "Åsa Öberg",
        "Totalt till varje",
    ):
        assert shown in words
    assert (await reader.get(f"/api/v1/distributions/{path.rpartition('/')[2]}/rows.csv")).status_code == 200
    [link] = html.links((await editor.get(path)).text, rf"{ALL}/ny\?ersatter=.*")
    form = (await editor.get(link)).text
    assert html.value(form, "titel") == "Läkarstöd 2022"
    replacing = {**FORM, "ersatter": link.partition("=")[2], "gor": "genomfor"}
    refused = await editor.post(f"{ALL}/ny", data=replacing)
    assert (refused.status_code, "varför" in refused.text) == (422, True)
    second = await editor.post(f"{ALL}/ny", data={**replacing, "orsak": "D har redovisat."})
    assert second.status_code == 303
    assert "Fördelningen är ersatt" in html.text((await reader.get(path)).text)
    again = await editor.post(f"{ALL}/ny", data={**replacing, "orsak": "Igen."})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summa", "mycket"),
        ("enheter", ""),
        ("enheter", "Enhet;listade 75+\nA;många"),
        ("enheter", "Enhet;listade 75+\nA;1;2"),
        ("andel_1", "hälften"),
        ("belopp_2", "x"),
        ("tal_1", "födda"),
        ("manad_1", "maj"),
        ("uppfyller_inte_2", "Z"),
        ("uppfyller_inte_2", "D\nD"),
        ("trappa_1", "10"),
        ("trappa_1", "x; 10 kr"),
        ("trappa_tal_1", "listade 75+"),
        ("minst_1", "9 mnkr"),
    ],
)
async def test_what_cannot_be_counted_is_told_at_its_input(reader: httpx.AsyncClient, field: str, value: str) -> None:
    answer = await reader.post(f"{ALL}/ny", data={**FORM, field: value, "gor": "prova"})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', answer.text), html.text(answer.text)[:600]
    assert "Läkarstöd 2022" in answer.text


@pytest.mark.parametrize("antal", ["", "x", "-1", "1000000"])
async def test_a_form_that_no_page_has_shown_is_read_all_the_same(reader: httpx.AsyncClient, antal: str) -> None:
    answer = await reader.post(f"{ALL}/ny", data={**FORM, "antal_steg": antal, "gor": "prova"})
    assert answer.status_code in {200, 422}


async def test_numbers_are_pasted_in_used_and_taken_away(editor: httpx.AsyncClient) -> None:
    pasted = {"tal": "listningspoäng", "dag": "2026-10-31", "tabell": "Enhet;Poäng\nA;9 120,50\nB;x\n;1"}
    refused = await editor.post(f"{ALL}/underlag", data=pasted)
    assert refused.status_code == 422
    words = html.text(refused.text)
    assert "Rad 3, tal" in words
    assert "Rad 4, enhet" in words
    assert "9 120,50" in refused.text
    made = await editor.post(f"{ALL}/underlag", data={**pasted, "tabell": "A;9 120,50\nB;7 004,25"})
    page = (await editor.get(made.headers["location"])).text
    assert "16\xa0124,75" in html.text(page)
    [link] = html.links(page, rf"{ALL}/ny\?underlag=.*")
    assert "A;9\xa0120,50" in (await editor.get(link)).text
    assert (await editor.post(f"{ALL}/underlag", data={**pasted, "tabell": "A;1"})).status_code == 409
    assert (await editor.post(f"{made.headers['location']}/ta-bort")).status_code == 303
    assert (await editor.get(made.headers["location"])).status_code == 404


UNITS = tuple(Unit(name=one, weights={"a": Decimal(n), "b": Decimal("7.5")}) for n, one in enumerate("XYZ", start=1))
SAID = (
    Standing(unit="X", fulfilment=Fulfilment.YES),
    Standing(unit="Y", fulfilment=Fulfilment.NO, reason="Ingen plan"),
    Standing(unit="Z", fulfilment=Fulfilment.UNKNOWN, reason="Svarar i mars"),
)
UNKNOWN = tuple(Standing(unit=one, fulfilment=Fulfilment.UNKNOWN) for one in "XYZ")


@pytest.mark.parametrize(
    "stage",
    [
        Stage(name="S", basis="a", share="1/2"),
        Stage(name="S", basis="b", stated_kronor=777, condition="C", known_from="2026-09", standings=SAID[:1]),
        Stage(name="S", basis="a", share="50 %", condition="C", standings=SAID, redistribute=False),
        Stage(name="S", basis="a", share="50 %", condition="C", standings=UNKNOWN, unknown_takes_part=False),
        Stage(name="S", basis="a", share="1/1", least_kronor=100, most_kronor=600, month="2026-05"),
        Stage(
            name="S",
            share="1/1",
            ladder=(Step(at_least=Decimal("1.5"), kronor=800), Step(at_least=Decimal(3), kronor=900)),
            ladder_basis="a",
            reduce=True,
        ),
        Stage(name="S", basis="b", share="1/1", ladder=(Step(at_least=Decimal(2), share="1/3"),), ladder_basis="a"),
    ],
)
def test_a_plan_in_its_form_is_the_same_plan(stage: Stage) -> None:
    made = Plan(total_kronor=1_001, units=UNITS, stages=(stage,))
    assert compute(plan_forms.plan(plan_forms.of(made))) == compute(made)
