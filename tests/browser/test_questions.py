import re

import pytest
from playwright.async_api import expect

from tests import site as sites
from tests.browser.conftest import Visits

pytestmark = pytest.mark.browser

ANSWERED = "Varför pausades hjärtsviktsmottagningen på distans?"
UNANSWERED = "Vilket telefonnummer har Mirja Lahti?"
PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE])
async def test_a_question_leads_to_the_quotation_in_its_place(visits: Visits, viewport: dict[str, int]) -> None:
    async with visits(viewport=viewport) as visit:
        page = visit.page
        await page.fill("#fraga", ANSWERED)
        await page.keyboard.press("Enter")
        answer = page.locator("#samtal .turn")
        await expect(answer).to_contain_text("leverantören")
        await expect(page).to_have_url(re.compile("/samtal/[0-9a-f-]{36}$"))
        await answer.locator(".answer .cite").first.click()
        quotation = page.locator("mark#citat")
        await expect(quotation).to_contain_text("Hjärtsviktsmottagningen")
        await expect(quotation).to_be_in_viewport()
        await expect(quotation).to_be_focused()


async def test_the_way_to_an_answer_is_told_once_to_those_who_listen(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        told = await page.evaluate_handle(
            """() => { const told = []; const line = document.getElementById("besked");
            new MutationObserver(() => told.push(line.textContent)).observe(line, {childList: true}); return told; }"""
        )
        await page.fill("#fraga", ANSWERED)
        await page.click(".ask button")
        await expect(page.locator("#samtal .turn")).to_be_visible()
        await expect(page.locator("#strom")).to_have_attribute("aria-busy", "false")
        first, last = await told.json_value()
        assert first == "Söker svar i materialet."
        assert last.startswith("Svaret är klart.")
        assert "[1]" not in last


async def test_a_follow_up_stays_in_the_conversation(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.click(".examples button >> nth=0")
        await expect(page.locator("#samtal .turn")).to_have_count(1)
        await expect(page.get_by_label("Följdfråga")).to_have_value("")
        await page.get_by_label("Följdfråga").fill(UNANSWERED)
        await page.click(".ask button")
        await expect(page.locator("#samtal .turn")).to_have_count(2)
        await page.reload()
        await expect(page.locator("#samtal .turn")).to_have_count(2)
        await expect(page.locator(".side .plain-list a").first).to_have_attribute("aria-current", "page")


async def test_an_honest_no_shows_what_lies_nearest(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.fill("#fraga", UNANSWERED)
        await page.click(".ask button")
        await expect(page.locator(".answer")).to_contain_text("Det framgår inte av materialet")
        await expect(page.locator(".quotes a").first).to_have_attribute("href", re.compile("#citat$"))


async def test_everything_works_without_javascript(visits: Visits) -> None:
    async with visits(java_script_enabled=False) as visit:
        page = visit.page
        await page.fill("#fraga", ANSWERED)
        await page.click(".ask button")
        await expect(page).to_have_url(re.compile("/samtal/[0-9a-f-]{36}#svar-"))
        await page.locator(".answer .cite").first.click()
        await expect(page.locator("mark#citat")).to_be_in_viewport()


async def test_whoever_was_signed_out_meanwhile_signs_in_again(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.context.clear_cookies()
        await page.fill("#fraga", ANSWERED)
        await page.click(".ask button")
        await expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
        visit.problems.clear()


async def test_a_broken_connection_says_so_and_keeps_the_question(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.route("**/fraga", lambda route: route.abort())
        await page.fill("#fraga", ANSWERED)
        await page.click(".ask button")
        await expect(page.locator("#strom")).to_contain_text("Svaret kom inte fram")
        await expect(page.get_by_label("Din fråga")).to_have_value(ANSWERED)
        await expect(page.locator(".ask button").first).to_be_enabled()
        visit.problems.clear()


async def test_an_answer_is_copied_with_its_source(visits: Visits) -> None:
    async with visits(permissions=["clipboard-read", "clipboard-write"]) as visit:
        page = visit.page
        await page.fill("#fraga", ANSWERED)
        await page.click(".ask button")
        await page.get_by_role("button", name="Kopiera med källa").click()
        await expect(page.get_by_role("button", name="Kopierat")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(ANSWERED)
        assert "[1] Lägesrapport för programmet nära vård, september 2026" in copied


async def test_a_partner_gets_answers_only_from_what_is_shared(visits: Visits) -> None:
    async with visits(sites.PARTNER) as visit:
        await visit.go("/")
        page = visit.page
        await page.fill("#fraga", "Vem väckte ärendet om riktade omställningsåtgärder?")
        await page.click(".ask button")
        await expect(page.locator("#samtal .turn")).to_be_visible()
        assert "Nytt ärende: riktade omställningsåtgärder" not in await page.content()
