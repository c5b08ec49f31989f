import re
from uuid import UUID

import httpx
import pytest

from initiatives import matters
from initiatives.access import SYSTEM
from initiatives.base import new_id
from tests.site import Site
from tests.web import html

ID = "[0-9a-f-]{36}"
NEW = {"rubrik": "Nattlig jourmottagning", "organ": "Regionstyrelsen", "slag": "tjänsteskrivelse"}
PASTED = "Styrelsen beslutar\n\natt avsätta 2 mnkr för jour,\n\natt genast öppna mottagningen."


async def step(client: httpx.AsyncClient, matter: str, **fields: str) -> str:
    """Add a proposal or decision to a matter; return the address of its form for att-satser."""
    answer = await client.post(f"{matter}/nytt", data={"organ": "Regionstyrelsen", **fields})
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


@pytest.fixture
async def matter(programme: httpx.AsyncClient) -> str:
    """Return the address of a new matter."""
    answer = await programme.post("/beslut/nytt", data={**NEW, "dnr": f"T {new_id()}"})
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


async def decided(client: httpx.AsyncClient, matter: str) -> tuple[str, list[str]]:
    """Add a decision with two att-satser to a matter; return where it is added to, and the att-satser."""
    paste = await step(client, matter, lage="beslutat", dag="2026-03-09")
    drafts = (await client.post(paste, data={"beslutstext": PASTED})).text
    answer = await client.post(paste, data={**filled(drafts), "gor": "spara"})
    assert answer.status_code == 303, html.text(answer.text)
    return paste, html.links((await client.get(matter)).text, f"/beslut/att-satser/{ID}")


def filled(page: str) -> dict[str, str]:
    """Return the form of drafts as a browser sends it."""
    form = {name: html.value(page, name) for name in re.findall(r'<input\b[^>]*\bname="(\w+)"', page)}
    form |= {name: html.area(page, name) for name in re.findall(r'<textarea\b[^>]*\bname="(\w+)"', page)}
    menus = re.findall(r'<select\b[^>]*\bname="(\w+)"', page)
    return form | {name: (html.chosen(page, name) or [""])[0] for name in menus}


async def test_the_sample_region_has_its_matters_with_the_late_first(politician: httpx.AsyncClient) -> None:
    page = (await politician.get("/beslut")).text
    assert html.heading(page) == "Beslut"
    [first, *_] = html.links(page, f"/beslut/{ID}")
    shown = html.text((await politician.get(first)).text)
    assert "Inriktning för den nära vården" in shown
    assert "Försenad" in shown
    assert "Maj-Britt Sandell" in shown
    assert "Uppdrag i löpande text" in shown
    tabled = html.text((await politician.get("/beslut", params={"lage": "bordlagt"})).text)
    assert "Riktade omställningsåtgärder" in tabled
    assert "1 ärende passar" in tabled


async def test_a_proposal_is_never_shown_as_a_decision(politician: httpx.AsyncClient) -> None:
    [address] = html.links((await politician.get("/beslut?lage=bordlagt")).text, f"/beslut/{ID}")
    page = html.text((await politician.get(address)).text)
    assert "Föreslås för ett organ som enligt anteckningen inte får besluta" in page
    assert "Beslutat" not in page
    assert page.count("Föreslagen") == 4


async def test_a_politician_finds_no_forms(politician: httpx.AsyncClient) -> None:
    assert (await politician.get("/beslut/nytt")).status_code == 403
    [address, *_] = html.links((await politician.get("/beslut")).text, f"/beslut/{ID}")
    page = (await politician.get(address)).text
    assert html.forms(page, r"/beslut/steg/.*") == []
    assert html.links(page, r"/beslut/.*/(andra|nytt|att-satser)") == []


async def test_a_partner_finds_nothing(partner: httpx.AsyncClient, programme: httpx.AsyncClient) -> None:
    [address, *_] = html.links((await programme.get("/beslut")).text, f"/beslut/{ID}")
    foreign, absent = await partner.get(address), await partner.get(f"/beslut/{new_id()}")
    assert foreign.status_code == absent.status_code == 404
    assert html.text(foreign.text) == html.text(absent.text)
    assert html.links((await partner.get("/beslut")).text, f"/beslut/{ID}") == []


async def test_which_clauses_lack_a_time_limit_is_one_page(politician: httpx.AsyncClient) -> None:
    page = html.text((await politician.get("/beslut/att-satser?brist=datum&lage=rapporterad")).text)
    assert "fördjupa dialogen" in page
    assert "2027-01-31" not in page
    late = html.text((await politician.get("/beslut/uppdrag?brist=forsenat")).text)
    assert "Vårdval Solmark" in late


async def test_a_text_is_pasted_looked_over_and_saved(programme: httpx.AsyncClient, matter: str) -> None:
    paste = await step(programme, matter, lage="beslutat", dag="2026-03-09", paragraf="§ 9")
    wrong = await programme.post(paste, data={"beslutstext": "Ingenting."})
    assert wrong.status_code == 422
    assert html.area(wrong.text, "beslutstext") == "Ingenting."
    drafts = (await programme.post(paste, data={"beslutstext": PASTED})).text
    form = filled(drafts)
    assert (form["verb_0"], form["belopp_0"], form["tid_1"]) == ("avsätta", "2\N{NO-BREAK SPACE}mnkr", "snarast")
    refused = await programme.post(paste, data={**form, "gor": "spara", "belopp_0": "mycket", "mottagare_1": "Jouren"})
    assert refused.status_code == 422
    assert "är inte ett belopp" in html.text(refused.text)
    assert html.value(refused.text, "mottagare_1") == "Jouren"
    saved = await programme.post(paste, data={**filled(refused.text), "gor": "spara", "belopp_0": "2 mnkr"})
    assert saved.status_code == 303
    page = html.text((await programme.get(matter)).text)
    assert "Beslutat Regionstyrelsen 9 mars 2026, § 9" in page
    assert "att avsätta 2 mnkr för jour" in page
    assert "Jouren" in page


async def test_what_is_tied_to_a_document_quotes_it(programme: httpx.AsyncClient, matter: str) -> None:
    page = (await programme.get("/dokument")).text
    document = next(one for one in html.links(page, f"/dokument/{ID}"))
    paste = await step(programme, matter, lage="beslutat", dag="2026-03-09")
    drafts = filled((await programme.post(paste, data={"beslutstext": PASTED})).text)
    answer = await programme.post(paste, data={**drafts, "gor": "spara", "dokument": document.rpartition("/")[2]})
    assert answer.status_code == 422
    assert "Citatet står inte ordagrant i dokumentet" in html.text(answer.text)
    assert "Inga att-satser är registrerade" in html.text((await programme.get(matter)).text)


async def test_the_decision_starts_from_the_clauses_of_the_proposal(programme: httpx.AsyncClient, matter: str) -> None:
    paste = await step(programme, matter, lage="förslag")
    drafts = (await programme.post(paste, data={"beslutstext": PASTED})).text
    await programme.post(paste, data={**filled(drafts), "gor": "spara"})
    form = (await programme.get(f"{matter}/nytt")).text
    [proposal] = re.findall(rf'<option value="({ID})">Förslag, Regionstyrelsen utan datum</option>', form)[-1:]
    location = await step(programme, matter, lage="beslutat", dag="2026-03-09", utga_fran=proposal)
    assert location.startswith(f"{matter}#steg-")
    page = html.text((await programme.get(matter)).text)
    assert page.count("att genast öppna mottagningen") == 2


async def test_a_form_with_a_fault_keeps_what_was_written(programme: httpx.AsyncClient, matter: str) -> None:
    answer = await programme.post(
        f"{matter}/nytt", data={"organ": "Regionstyrelsen", "lage": "beslutat", "anteckning": "Nio röster"}
    )
    assert answer.status_code == 422
    assert "Ange vilken dag organet fattade beslutet" in html.text(answer.text)
    assert html.area(answer.text, "anteckning") == "Nio röster"
    assert 'aria-describedby="fel-dag"' in answer.text


async def test_two_who_change_the_same_thing_see_both_values(
    site: Site, programme: httpx.AsyncClient, matter: str
) -> None:
    form = (await programme.get(f"{matter}/andra")).text
    read = {name: html.value(form, name) for name in ("revision", "fore", "rubrik", "organ", "dnr")} | {
        "slag": "tjänsteskrivelse"
    }
    async with site.database.scoped(SYSTEM) as session:
        await matters.revise(session, SYSTEM, UUID(matter[-36:]), title="Kvällsjour", preparation="Utskottet")
    conflict = await programme.post(f"{matter}/andra", data={**read, "rubrik": "Dygnet runt"})
    assert conflict.status_code == 409
    shown = html.text(conflict.text)
    assert "Behåll det som är sparat: Kvällsjour" in shown
    assert "Använd det du skrev: Dygnet runt" in shown
    assert html.value(conflict.text, "beredning") == "Utskottet"
    again = {
        name: html.value(conflict.text, name) for name in ("revision", "fore", "rubrik", "organ", "dnr", "beredning")
    }
    saved = await programme.post(f"{matter}/andra", data={**again, "slag": "tjänsteskrivelse", "valj_rubrik": "mitt"})
    assert saved.status_code == 303
    assert html.heading((await programme.get(matter)).text) == "Dygnet runt"


async def test_an_assignment_is_given_delegated_reported_and_closed_by_a_decision(
    programme: httpx.AsyncClient, matter: str
) -> None:
    _, [clause, *_] = await decided(programme, matter)
    form = (await programme.get(f"{clause}/uppdrag")).text
    assert html.value(form, "uppdrag") == "Avsätta 2 mnkr för jour"
    given = {"uppdrag": "Öppna jouren", "mottagare": "regiondirektören", "tid": "datum", "senast": "2026-06-15"}
    answer = await programme.post(f"{clause}/uppdrag", data=given)
    assignment = answer.headers["location"]
    parts = {"mottagare": "Sjukhuset\n\nchefen för jouren", "uppdrag": "Bemanna", "senast": "2026-06-01"}
    assert (await programme.post(f"{assignment}/delegera", data=parts)).status_code == 303
    page = (await programme.get(assignment)).text
    assert "0 av 2 har rapporterat" in html.text(page)
    assert "Solmarks sjukhus" in html.text(page)
    refused = await programme.post(f"{assignment}/avsluta", data={"beslut": ""})
    assert refused.status_code == 409
    assert "Solmarks sjukhus" in html.text(refused.text)
    assert "Det saknas också ett beslut" in html.text(refused.text)
    for one in {assignment, *html.links(page, f"/beslut/uppdrag/{ID}")}:
        revision = html.value((await programme.get(f"{one}/rapportera")).text, "revision")
        told = {"rapport": "Klart.", "rapporterades": "2026-06-15", "revision": revision}
        assert (await programme.post(f"{one}/rapportera", data=told)).status_code == 303
    await step(programme, matter, lage="beslutat", dag="2026-09-14", paragraf="§ 90")
    page = (await programme.get(assignment)).text
    [closer] = re.findall(rf'<option value="({ID})">Beslutat, Regionstyrelsen 14 september 2026, § 90: Nattlig', page)
    assert (await programme.post(f"{assignment}/avsluta", data={"beslut": closer})).status_code == 303
    assert "Avslutad" in html.text((await programme.get(assignment)).text)
    earlier = html.text((await programme.get(f"{assignment}?dag=2026-06-14")).text)
    assert "Så stod det 14 juni 2026" in earlier
    assert "Pågår, 1 dag kvar" in earlier
    assert (await programme.post(f"{assignment}/oppna")).status_code == 303
    assert "Rapporterad" in html.text((await programme.get(assignment)).text)


async def test_remarks_and_links_are_added_changed_and_taken_away(programme: httpx.AsyncClient, matter: str) -> None:
    paste, _ = await decided(programme, matter)
    here = paste.removesuffix("/att-satser")
    assert (await programme.post(f"{here}/reservation", data={"vem": "", "slag": "reservation"})).status_code == 422
    added = await programme.post(f"{here}/reservation", data={"vem": "Oppositionen", "slag": "reservation"})
    assert added.status_code == 303
    await programme.post(f"{here}/befogenhet", data={"organ": "Regionfullmäktige"})
    page = (await programme.get(matter)).text
    assert "Beslutat av ett organ som enligt anteckningen inte får besluta" in html.text(page)
    [reservation] = html.links(page, f"/beslut/reservationer/{ID}")
    [note] = html.links(page, f"/beslut/befogenheter/{ID}")
    form = (await programme.get(reservation)).text
    changed = {"vem": "Två ledamöter", "slag": "reservation", "revision": html.value(form, "revision")}
    assert (await programme.post(reservation, data=changed)).status_code == 303
    assert (await programme.post(f"{note}/ta-bort")).status_code == 303
    menu = (await programme.get(f"{here}/initiativ")).text
    initiative = re.findall(rf'<option value="({ID})">Mobilt närsjukvårdsteam', menu)[0]
    await programme.post(f"{here}/initiativ", data={"initiativ": initiative})
    page = html.text((await programme.get(matter)).text)
    assert "Två ledamöter" in page
    assert "inte får besluta" not in page
    assert "Nattlig jourmottagning" in html.text((await programme.get(f"/initiativ/{initiative}")).text)
    assert (await programme.post(f"{here}/initiativ/{initiative}/ta-bort")).status_code == 303
    assert "Nattlig jourmottagning" not in html.text((await programme.get(f"/initiativ/{initiative}")).text)


async def test_an_att_sats_is_changed_cited_and_removed(programme: httpx.AsyncClient, matter: str) -> None:
    _, [first, second] = await decided(programme, matter)
    form = filled((await programme.get(f"{first}/andra")).text)
    assert (await programme.post(f"{first}/andra", data={**form, "nr": "2"})).status_code == 409
    assert (await programme.post(f"{first}/andra", data={**form, "belopp": "−2 mnkr"})).status_code == 303
    assert "−2" in html.text((await programme.get(first)).text)
    document = html.links((await programme.get("/dokument?q=Protokoll")).text, f"/dokument/{ID}")[0].rpartition("/")[2]
    wrong = await programme.post(f"{first}/kalla", data={"dokument": document, "citat": "står inte där"})
    assert wrong.status_code == 422
    assert html.area(wrong.text, "citat") == "står inte där"
    quote = "Med åtta röster mot fem bifaller styrelsen Tor Lindahls yrkande."
    assert (await programme.post(f"{first}/kalla", data={"dokument": document, "citat": quote})).status_code == 303
    page = (await programme.get(first)).text
    assert quote in html.text(page)
    [away] = html.forms(page, rf"{first}/kalla/{ID}/ta-bort")
    assert (await programme.post(away)).status_code == 303
    assert (await programme.post(f"{second}/ta-bort")).status_code == 303
    assert len(html.links((await programme.get(matter)).text, f"/beslut/att-satser/{ID}")) == 1


async def test_what_others_rest_on_says_so_instead_of_going(programme: httpx.AsyncClient, matter: str) -> None:
    paste, [clause, *_] = await decided(programme, matter)
    await programme.post(f"{clause}/uppdrag", data={"uppdrag": "Göra", "tid": "snarast"})
    for address in (f"{matter}/ta-bort", f"{paste.removesuffix('/att-satser')}/ta-bort", f"{clause}/ta-bort"):
        refused = await programme.post(address)
        assert refused.status_code == 409
        assert "Behövs fortfarande" in html.text(refused.text)


async def test_where_nothing_is_registered_it_says_how_to_begin(empty: httpx.AsyncClient) -> None:
    for path in ("/beslut", "/beslut/att-satser", "/beslut/uppdrag"):
        assert "Här finns inga" in html.text((await empty.get(path)).text)
