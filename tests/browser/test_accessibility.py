"""Every page, in light and dark, on a desk and on the narrowest phone: no violation of WCAG 2.1 A and AA."""

from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from initiatives import swedish
from tests import site as sites
from tests.browser.conftest import Visit, Visits

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
LOOKS = [
    pytest.param({"viewport": {"width": width, "height": 800}, "color_scheme": scheme}, id=f"{scheme}-{width}")
    for width in (1280, 320)
    for scheme in ("light", "dark")
]
OPPOSITES = [LOOKS[1], LOOKS[2]]
"""Dark on a desk and light on a phone: each width and each scheme once."""
ADMINISTRATION = ["/personer", "/api-nycklar", "/logg", "/logg?del=sett", "/logg?del=fragat", "/inloggningar"]
PROGRAMME = [
    "/",
    "/samtal",
    "/luckor",
    "/luckor/anvandning",
    "/initiativ",
    "/initiativ?vy=tavla",
    "/initiativ?vy=tidslinje",
    "/initiativ/nytt",
    "/dokument",
    "/dokument/hamtstallen",
    "/forslag",
    "/om",
    "/tillganglighet",
]
MONEY = ["/pengar", "/pengar/anslag/nytt", "/pengar/utlysningar", "/pengar/utlysningar/ny", "/pengar/atgarder"]
MONEY += ["/pengar/atgarder/ny", "/pengar/ramar/ny", "/pengar/fordelningar", "/pengar/fordelningar/ny"]
FOLLOWED = ["/uppfoljning", "/uppfoljning/tackning", "/uppfoljning/taxonomi", "/uppfoljning/indikatorer/ny"]
FOLLOWED += ["/uppfoljning/indikatorer/las-in", "/uppfoljning/taxonomi/las-in"]
FOLLOWED += [
    "/rapport",
    "/historik",
    f"/historik?datum={swedish.today()}",
    "/historik?slag=initiative",
    "/historik/jamforelse",
]
GRANTS = "/pengar/statsbidrag"
CLAUSES_AND_ASSIGNMENTS = ("/beslut/att-satser", "/beslut/uppdrag")
DECISIONS = ["/beslut", "/beslut/nytt", "/beslut/att-satser?brist=datum", "/beslut/uppdrag", "/beslut?q=rymdraket"]
QUESTION = "Varför pausades hjärtsviktsmottagningen på distans?"


async def check(page: Page, name: str) -> None:
    """Run axe, and see that nothing is wider than the screen."""
    results = await Axe().run(page, options=RULES)
    assert results.violations_count == 0, f"{name}\n{results.generate_report()}"
    sideways = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0, f"{name}: {sideways} px för bred"


async def first(visit: Visit, listing: str) -> str:
    await visit.go(listing)
    return await visit.page.locator("a.title-link").first.get_attribute("href") or ""


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_of_the_programme_group(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        for path in PROGRAMME:
            await visit.go(path)
            await check(visit.page, path)
        initiative, document = await first(visit, "/initiativ"), await first(visit, "/dokument")
        for path in (
            initiative,
            f"{initiative}/andra",
            f"{initiative}/flytta?lage=avslutat",
            f"{document}?fran=100&till=300#citat",
            f"{document}/ta-bort",
        ):
            await visit.go(path)
            await check(visit.page, path)
        await visit.page.click(".who summary")
        await check(visit.page, "menyn")


@pytest.mark.parametrize("look", OPPOSITES)
async def test_pages_of_what_is_followed_up(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        page = visit.page
        indicator, taxonomy = await first(visit, "/uppfoljning"), await first(visit, "/uppfoljning/taxonomi")
        await visit.go("/uppfoljning/tackning")
        cell = await page.locator("a.cell").first.get_attribute("href") or ""
        await visit.go(taxonomy)
        node = await page.get_by_role("link", name="Ändra").first.get_attribute("href") or ""
        past = indicator.replace("/uppfoljning/indikatorer", "/historik/indicator")
        for path in (*FOLLOWED, indicator, f"{indicator}/andra", cell, taxonomy, node, past):
            await visit.go(path)
            await check(page, path)


@pytest.mark.parametrize("look", OPPOSITES)
async def test_state_grants(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        one = await first(visit, GRANTS)
        await check(visit.page, GRANTS)
        await visit.go(one)
        await check(visit.page, one)
        change = await visit.page.locator("a[href*='/delar/'][href$='/andra']").first.get_attribute("href") or ""
        for path in (f"{GRANTS}/nytt", f"{GRANTS}/tabell", f"{GRANTS}/belopp/nytt", change, f"{one}/krav/ny"):
            await visit.go(path)
            await check(visit.page, path)
        await visit.page.select_option("#slag", "redovisning")
        await visit.page.fill("#datum", "snart")
        await visit.page.get_by_role("button", name="Spara kravet").click()
        await expect(visit.page.get_by_role("alert")).to_be_visible()
        await check(visit.page, "fel datum")
        visit.problems.clear()


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_about_money(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        for path in MONEY:
            await visit.go(path)
            await check(visit.page, path)
        found = [await first(visit, path) for path in ("/pengar", "/pengar/utlysningar", "/pengar/atgarder")]
        for path in (*found, f"{found[0]}/andra", f"{found[0]}/tilldela", f"{found[0]}/overfor", f"{found[1]}/ansokan"):
            await visit.go(path)
            await check(visit.page, path)
        await visit.go(found[1])
        application = await visit.page.locator("a[href^='/pengar/ansokningar/']").first.get_attribute("href") or ""
        for path in (application, f"{application}/beslut", f"{application}/redovisa", f"{found[2]}/utfall"):
            await visit.go(path)
            await check(visit.page, path)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_dialogue_and_a_distribution(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        run = await first(visit, "/pengar/fordelningar")
        listing = await visit.page.locator("a[href*='/underlag/']").first.get_attribute("href") or ""
        talk = await first(visit, "/dialog")
        cell, agreement = [
            await visit.page.locator(f"main a[href^='/dialog/{part}/0']").first.get_attribute("href") or ""
            for part in ("lage", "avtal")
        ]
        for path in (run, listing, "/dialog", talk, cell, agreement, f"{talk}/andra", "/dialog/avtal/nytt"):
            await visit.go(path)
            await check(visit.page, path)
        await visit.go(f"/pengar/fordelningar/ny?ersatter={run.rpartition('/')[2]}")
        await visit.page.get_by_role("button", name="Prova").click()
        await expect(visit.page.get_by_text("Så här skulle det bli")).to_be_visible()
        await check(visit.page, "en provad fördelning")


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_about_decisions(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        for path in DECISIONS:
            await visit.go(path)
            await check(visit.page, path)
        matter, clause, assignment = [await first(visit, path) for path in ("/beslut", *CLAUSES_AND_ASSIGNMENTS)]
        for path in (matter, f"{matter}/nytt", clause, f"{clause}/andra", assignment, f"{assignment}/delegera"):
            await visit.go(path)
            await check(visit.page, path)
        await visit.go(matter)
        paste = await visit.page.locator("a[href$='/att-satser'].button").first.get_attribute("href") or ""
        await visit.go(paste)
        await visit.page.fill("#beslutstext", "att avsätta 2 mnkr för jour,\n\natt genast öppna den.")
        await visit.page.click("main form button")
        await check(visit.page, "förslag till att-satser")


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_of_a_partner(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PARTNER, **look) as visit:
        await check(visit.page, "/delat")
        initiative = await first(visit, "/delat")
        await visit.go(initiative)
        await check(visit.page, initiative)
        talk = await first(visit, "/dialog")
        await check(visit.page, "/dialog")
        await visit.go(talk)
        await check(visit.page, talk)


@pytest.mark.parametrize("look", OPPOSITES)
async def test_pages_of_an_administrator_and_of_whoever_is_invited(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.ADMINISTRATOR, **look) as visit:
        page = visit.page
        for path in ADMINISTRATION:
            await visit.go(path)
            await check(page, path)
        somebody = await first(visit, "/personer")
        await visit.go(somebody)
        await check(page, somebody)
        await visit.go("/personer")
        await page.fill("#epost", f"ny-{uuid4()}@havsunda.example.se")
        await page.select_option("#organisation", label="Havsunda kommun")
        await page.select_option("#roll", label="Läsare")
        await page.get_by_role("button", name="Skapa inbjudan").click()
        link = await page.locator(".message code").text_content() or ""
        await check(page, "en inbjudan")
        await visit.go("/api-nycklar")
        await page.fill("#namn", "Kalkylblad")
        await page.select_option("#organisation", label="Region Solmark")
        await page.get_by_role("button", name="Skapa nyckeln").click()
        await expect(page.get_by_text("Nyckeln är skapad")).to_be_visible()
        await check(page, "en ny nyckel")
    async with visits(None, **look) as visit:
        await visit.go(f"/inbjudan/{link.rpartition('/')[2]}")
        await check(visit.page, "en länk")


@pytest.mark.parametrize("look", LOOKS)
async def test_pages_that_say_no(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(None, **look) as visit:
        await visit.go("/logga-in")
        await check(visit.page, "/logga-in")
        await visit.page.fill("#epost", sites.PROGRAMME)
        await visit.page.fill("#losenord", "fel lösenord")
        await visit.page.click("main button")
        await expect(visit.page.get_by_role("alert")).to_be_visible()
        await check(visit.page, "fel lösenord")
        await visit.go("/finns-inte")
        await check(visit.page, "404")
        visit.problems.clear()


@pytest.mark.parametrize("look", LOOKS)
async def test_an_answer_and_a_no(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(**look) as visit:
        page = visit.page
        for number, question in enumerate((QUESTION, "Vilket telefonnummer har Mirja Lahti?"), start=1):
            await page.fill("#fraga", question)
            await page.click(".ask button")
            await expect(page.locator("#samtal .turn")).to_have_count(number)
        await page.locator(".turn details summary").first.click()
        await check(page, "ett svar och ett nej")
        await page.reload()
        await page.get_by_role("button", name="Dela att läsa").click()
        await page.get_by_text("Byt namn").click()
        await check(page, "ett delat samtal, hos den som har det")
        await page.get_by_role("link", name="samtalets delade sida").click()
        await expect(page.get_by_text("Delat samtal")).to_be_visible()
        await check(page, "ett delat samtal, att läsa")


@pytest.mark.parametrize("look", OPPOSITES)
async def test_answers_with_charts_and_questions_that_lead_on(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(**look) as visit:
        for question in ("Hur mycket är kvar av omställningsanslaget 2026?", "Hur stora är vakanserna?"):
            await visit.go("/")
            await visit.page.fill("#fraga", question)
            await visit.page.keyboard.press("Enter")
            await expect(visit.page.locator(".register-chart svg")).to_be_visible()
            await expect(visit.page.locator(".related button").first).to_be_visible()
            await visit.page.locator(".register-chart summary").click()
            await check(visit.page, question)
        address = await visit.page.locator(".turn").get_attribute("id") or ""
        await visit.go(f"/fraga/{address.removeprefix('svar-')}/vidare")
        await check(visit.page, "Närliggande frågor")


@pytest.mark.parametrize("look", LOOKS)
async def test_a_conflict(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        address = await first(visit, "/initiativ")
        page = visit.page
        await visit.go(f"{address}/andra")
        await page.evaluate("document.querySelector('[name=revision]').value = '0'")
        await page.fill("#titel", "Ett annat namn")
        await page.get_by_role("button", name="Spara initiativet").click()
        await expect(page.get_by_text("Inget är förlorat")).to_be_visible()
        await check(page, "krock")
        visit.problems.clear()


async def test_the_keyboard_reaches_the_content_first(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/initiativ")
        page = visit.page
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
        await expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
