"""The pages of suggestions, as a browser without JavaScript has them."""

import re

import httpx

from tests.site import Site
from tests.web import html
from tests.web.test_documents import all_documents

ALL = "/forslag"
PROPOSAL = "14-omstallningsatgarder-nytt-arende.txt"
MINUTES = "02-protokoll-regionstyrelsen-2026-03-09.md"


async def of(site: Site, name: str) -> str:
    return f"{ALL}?dokument={(await all_documents(site))[name].id}"


async def test_only_those_who_write_find_the_page(politician: httpx.AsyncClient, partner: httpx.AsyncClient) -> None:
    for client in (politician, partner):
        assert (await client.get(ALL)).status_code == 404


async def test_the_empty_page_says_what_it_is_for(empty: httpx.AsyncClient) -> None:
    assert "Inga förslag väntar" in html.text((await empty.get(ALL)).text)


async def test_the_document_and_laget_tell_how_many_wait(site: Site, programme: httpx.AsyncClient) -> None:
    address = await of(site, MINUTES)
    document = (await programme.get(f"/dokument/{address.partition('=')[2]}")).text
    told = re.search(r"Förslag till registret \((\d+)\)", html.text(document))
    assert told
    assert address in html.links(document, r"/forslag\?dokument=.*")
    assert f"{told[1]} förslag" in html.text((await programme.get(address)).text)
    assert "förslag till registret väntar" in html.text((await programme.get("/laget")).text)


async def test_a_suggestion_is_refused_beside_its_field_changed_and_added(
    site: Site, programme: httpx.AsyncClient
) -> None:
    address = await of(site, PROPOSAL)
    page = (await programme.get(address)).text
    quotation = html.links(page, r"/dokument/.*#citat")[0]
    assert "Regionstyrelsen föreslås besluta" in html.text((await programme.get(quotation)).text)
    matter = html.forms(page, rf"{ALL}/.*")[0]
    form = {"under": "", "titel": "Åtgärder", "organ": "Provnämnden", "utfall": "beslutat", "slag": "nytt ärende"}
    form |= {"dnr": "PN 1", "dag": "2026-03-30", "paragraf": "", "av": "", "gor": "allt"}
    refused = await programme.post(matter, data=form)
    assert refused.status_code == 422
    assert "Handlingen föreslår bara" in html.text(refused.text)
    assert html.value(refused.text, "titel") == "Åtgärder"
    added = await programme.post(matter, data={**form, "utfall": "förslag"})
    assert added.status_code == 303
    told = (await programme.get(added.headers["location"])).text
    assert "Ärende: tillagt" in html.text(told)
    registered = (await programme.get(html.links(told, r"/beslut/.*")[0])).text
    assert html.heading(registered) == "Åtgärder"
    assert "ge regiondirektören i uppdrag" in html.text(registered)
    assert html.forms((await programme.get(address)).text, rf"{ALL}/.*") == []


async def test_a_rejection_is_undone_where_it_is_told(site: Site, programme: httpx.AsyncClient) -> None:
    address = await of(site, MINUTES)
    before = html.forms((await programme.get(address)).text, rf"{ALL}/.*")
    told = (await programme.post(before[1], data={"gor": "avvisa", "skal": "Vi har den redan."})).headers["location"]
    page = (await programme.get(told)).text
    assert "Att-sats: avvisat" in html.text(page)
    rejected = html.text((await programme.get(f"{address}&lage=avvisat")).text)
    assert "Skäl: Vi har den redan." in rejected
    undone = await programme.post(html.forms(page, rf"{ALL}/.*")[0], data={"gor": "oppna"})
    assert undone.status_code == 303
    assert html.forms((await programme.get(address)).text, rf"{ALL}/.*") == before


async def test_the_matter_with_the_same_case_number_is_chosen_already(site: Site, programme: httpx.AsyncClient) -> None:
    page = (await programme.get(await of(site, MINUTES))).text
    assert len(html.chosen(page, "under")) == 1


async def test_an_address_that_is_wrong_shows_the_list(programme: httpx.AsyncClient) -> None:
    for query in ("lage=x", "slag=x", "dokument=x", "sida=0", "nyss=x", "lage=%00"):
        assert (await programme.get(f"{ALL}?{query}")).status_code == 200
