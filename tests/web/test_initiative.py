"""One initiative's page as a person without JavaScript uses it: every form, and what stays when something is wrong."""

from datetime import timedelta

import httpx
import pytest

from initiatives import milestones, swedish
from initiatives.access import SYSTEM
from initiatives.swedish import today
from tests.site import Site
from tests.web import html
from tests.web.test_initiatives import made, opened

UNKNOWN = "01976a10-0000-7000-8000-00000000dead"
ELSE = {"gjort": "Två av fyra är öppna.", "halsa": "risk"}


async def follow(client: httpx.AsyncClient, answer: httpx.Response) -> str:
    assert answer.status_code == 303, html.text(answer.text)
    return (await client.get(answer.headers["location"].partition("#")[0])).text


def option(page: str, name: str) -> str:
    """Return the value of the menu's choice that is called so."""
    return page.split(f">{name}</option>", maxsplit=1)[0].rsplit('<option value="', 1)[1].split('"', maxsplit=1)[0]


async def test_a_report_is_told_shown_first_and_put_right(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av lägesrapport")
    refused = await programme.post(f"{address}/lagesrapport", data={**ELSE, "gjort": " ", "harnast": "Allt annat"})
    assert refused.status_code == 422
    assert "Skriv vad som har gjorts" in html.text(refused.text)
    assert "Allt annat" in refused.text
    page = await follow(programme, await programme.post(f"{address}/lagesrapport", data=ELSE))
    words = html.text(page)
    for expected in ("Risk", "Två av fyra är öppna.", swedish.format_date(today()), "Ragnhild Ek rapporterade läget"):
        assert expected in words
    [where] = html.forms(page, f"{address}/lagesrapport/[0-9a-f-]+#lagesrapport")
    page = await follow(programme, await programme.post(where, data={**ELSE, "halsa": "försenat", "revision": "1"}))
    assert "Försenat" in html.text(page)
    assert "rättad" in html.text(page)
    assert "Försenat" in html.text((await programme.get("/initiativ?q=Prov av lägesrapport")).text)


async def test_a_milestone_is_added_changed_reached_and_taken_away(site: Site, programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av milstolpe")
    new = {"milstolpe": "Öppning", "senast": str(today() - timedelta(days=3)), "klar": "", "ansvarig": ""}
    refused = await programme.post(f"{address}/milstolpe", data={**new, "senast": "snart"})
    assert (refused.status_code, html.value(refused.text, "milstolpe")) == (422, "Öppning")
    page = await follow(programme, await programme.post(f"{address}/milstolpe", data=new))
    assert "Försenad" in html.text(page)
    [where] = html.forms(page, f"{address}/milstolpe/[0-9a-f-]+#milstolpe")
    place = where.partition("#")[0]
    page = await follow(programme, await programme.post(place, data={**new, "milstolpe": "Invigning", "revision": "1"}))
    assert "Invigning" in html.text(page)
    conflict = await programme.post(place, data={**new, "milstolpe": "Start", "revision": "1"})
    assert conflict.status_code == 409
    assert "Sparat av Ragnhild Ek" in html.text(conflict.text)
    assert "”Invigning”. Det du skrev står kvar" in html.text(conflict.text)
    assert html.value(conflict.text, "milstolpe") == "Start"
    page = await follow(programme, await programme.post(f"{place}/klar"))
    assert f"klar {swedish.format_date(today())}" in html.text(page)
    page = await follow(programme, await programme.post(f"{place}/ta-bort"))
    assert "tog bort milstolpe" in html.text(page)
    async with site.database.scoped(SYSTEM) as session:
        from uuid import UUID

        assert await milestones.list_milestones(session, SYSTEM, UUID(address.rpartition("/")[2])) == []


async def test_an_expected_effect_is_added_changed_and_taken_away(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av effekt")
    assert (await programme.post(f"{address}/effekt", data={"effekt": ""})).status_code == 422
    page = await follow(programme, await programme.post(f"{address}/effekt", data={"effekt": "Färre besök"}))
    [where] = html.forms(page, f"{address}/effekt/[0-9a-f-]+#effekt")
    changed = await programme.post(where, data={"effekt": "Hälften så många besök", "revision": "1"})
    assert "Hälften så många besök" in html.text(await follow(programme, changed))
    page = await follow(programme, await programme.post(f"{where.partition('#')[0]}/ta-bort"))
    assert "Inga förväntade effekter" in html.text(page)


async def test_a_dependency_is_shown_at_both_ends_and_a_ring_refused(programme: httpx.AsyncClient) -> None:
    first, second = [await made(programme, f"Prov av beroende {name}") for name in ("A", "B")]
    one, other = (address.rpartition("/")[2] for address in (first, second))
    page = await follow(programme, await programme.post(f"{second}/beroende", data={"vantar_pa": one}))
    assert "Väntar på Prov av beroende A" in html.text(page)
    assert "Väntar på det här Prov av beroende B" in html.text((await programme.get(first)).text)
    ring = await programme.post(f"{first}/beroende", data={"vantar_pa": other})
    assert ring.status_code == 409
    assert "”Prov av beroende A” → ”Prov av beroende B” → ”Prov av beroende A”" in html.text(ring.text)
    assert (await programme.post(f"{first}/beroende", data={"vantar_pa": ""})).status_code == 422
    page = await follow(programme, await programme.post(f"{second}/beroende/{one}/ta-bort"))
    assert "väntar inte på något annat" in html.text(page)


async def test_a_partner_and_the_programme_group_write_to_each_other(
    programme: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    address = await made(programme, "Prov av kommentarer")
    page = (await programme.get(address)).text
    havsunda = option(page, "Havsunda kommun")
    await programme.post(f"{address}/dela", data={"organisation": havsunda, "profil": "plan"})
    assert (await partner.post(f"{address}/kommentar", data={"kommentar": ""})).status_code == 422
    page = await follow(partner, await partner.post(f"{address}/kommentar", data={"kommentar": "När börjar ni?"}))
    assert "När börjar ni?" in page
    answer = {"kommentar": "I maj.", "till": havsunda}
    page = await follow(programme, await programme.post(f"{address}/kommentar", data=answer))
    assert "Elin Havström" in html.text(page)
    inside = {"kommentar": "Bara vi.", "till": ""}
    await programme.post(f"{address}/kommentar", data=inside)
    page = (await partner.get(address)).text
    assert "I maj." in page
    assert "Bara vi." not in page
    [own] = html.forms(page, f"{address}/kommentar/[0-9a-f-]+/ta-bort")
    assert "När börjar ni?" not in await follow(partner, await partner.post(own))
    await programme.post(f"{address}/dela", data={"organisation": havsunda, "profil": "översikt"})
    assert "Kommentarer" not in html.text((await partner.get(address)).text)
    assert (await partner.post(f"{address}/kommentar", data={"kommentar": "Hej"})).status_code == 403


async def test_a_quotation_is_tied_on_either_page_and_must_stand_in_the_text(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av underlag")
    listing = (await programme.get("/dokument?q=Protokoll")).text
    document = html.links(listing, "/dokument/[0-9a-f-]{36}")[0]
    identifier = document.rpartition("/")[2]
    wrong = await programme.post(f"{address}/kalla", data={"dokument": identifier, "citat": "Det här står inte där."})
    assert wrong.status_code == 422
    assert "står inte ordagrant" in html.text(wrong.text)
    assert "Det här står inte där." in wrong.text
    quote = "inrätta en familjecentral i Stenmåla med start i januari 2027"
    tied = await programme.post(f"{address}/kalla", data={"dokument": identifier, "citat": quote})
    page = await follow(programme, tied)
    assert quote in html.text(page)
    leads = html.links(page, rf"{document}\?version=.*#citat")[0]
    assert "<mark" in (await programme.get(leads.partition("#")[0])).text
    there = html.text((await programme.get(document)).text)
    assert "I registret" in there
    [untie] = html.forms(page, f"{address}/kalla/[0-9a-f-]+/ta-bort")
    assert quote not in html.text(await follow(programme, await programme.post(untie)))
    back = {"initiativ": address.rpartition("/")[2], "citat": quote}
    assert (await programme.post(f"{document}/knyt", data={**back, "citat": "Nej."})).status_code == 422
    assert (await programme.post(f"{document}/knyt", data=back)).status_code == 303
    assert quote in html.text((await programme.get(address)).text)


async def test_a_move_asks_for_what_is_missing_and_keeps_what_is_written(programme: httpx.AsyncClient) -> None:
    address = await made(programme, "Prov av flytt")
    asked = await programme.post(f"{address}/flytta", data={"lage": "beslutat"})
    assert (asked.status_code, html.heading(asked.text)) == (200, "Flytta till beslutat")
    assert (await programme.get(f"{address}/flytta?lage=beslutat")).status_code == 200
    sent = {"lage": "beslutat", "fran": "förslag"}
    refused = await programme.post(f"{address}/flytta", data={**sent, "beslut": ""})
    assert refused.status_code == 422
    assert 'aria-describedby="fel-beslut"' in refused.text
    page = await follow(programme, await programme.post(f"{address}/flytta", data={**sent, "beslut": "§ 33"}))
    assert "Beslut: § 33" in html.text(page)
    half = {"lage": "pågår", "fran": "beslutat", "ansvarig": "", "start": "2026-12-01"}
    refused = await programme.post(f"{address}/flytta", data=half)
    assert (refused.status_code, html.value(refused.text, "start")) == (422, "2026-12-01")
    skipped = await programme.post(f"{address}/flytta", data={"lage": "avslutat"})
    assert (skipped.status_code, "går initiativet till" in html.text(skipped.text)) == (409, True)
    assert (await programme.post(f"{address}/flytta", data={"lage": "klart"})).status_code == 404
    paused = {"lage": "pausat", "fran": "beslutat", "skal": "Lokalen saknas."}
    page = await follow(programme, await programme.post(f"{address}/flytta", data=paused))
    assert "Pausat därför att Lokalen saknas." in html.text(page)
    menu = (await programme.get(f"{address}/andra")).text.split('id="lage"')[1].split("</select>")[0]
    assert [word for word in ("Förslag", "Pausat", "Pågår", "Avbrutet", "Avslutat") if word in menu] == [
        "Pausat",
        "Pågår",
        "Avbrutet",
    ]
    form = {**await opened(programme, address), "lage": "avbrutet", "skal": "Bara ett prov."}
    assert (await programme.post(f"{address}/andra", data=form)).status_code == 303


@pytest.mark.parametrize(
    "action", ["lagesrapport", "milstolpe", "effekt", "beroende", "kalla", "flytta", f"milstolpe/{UNKNOWN}/klar"]
)
async def test_only_the_programme_group_changes_it(
    programme: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient, action: str
) -> None:
    found = html.links((await partner.get("/delat")).text, "/initiativ/[0-9a-f-]{36}")[0]
    data = {"gjort": "Kapat", "halsa": "risk", "milstolpe": "Kapat", "senast": "2026-12-01", "lage": "avbrutet"}
    for client in (politician, partner):
        page = (await client.get(found)).text
        assert html.forms(page, rf"{found}/(lagesrapport|milstolpe|effekt|beroende|kalla|flytta).*") == []
        assert (await client.post(f"{found}/{action}", data=data)).status_code == 403
    hidden = await made(programme, f"Prov av rätt {action}")
    assert (await partner.post(f"{hidden}/{action}", data=data)).status_code == 404
