"""Tables and bulk edit in a real browser: at every width, in both schemes, and with nothing but a keyboard."""

from typing import Any

import pytest

from tests import site as sites
from tests.browser.conftest import Visits
from tests.browser.test_accessibility import OPPOSITES, check

NEW = "Titel;Leds av;Slutdatum\r\nProv av tabell;Region Solmark;2027-06-30\r\nTill;Region Solmark;\r\n"


@pytest.mark.parametrize("look", OPPOSITES)
async def test_a_file_is_tried_and_many_are_marked(visits: Visits, look: dict[str, Any]) -> None:
    async with visits(sites.PROGRAMME, **look) as visit:
        page = visit.page
        for path in ("/tabeller", "/tabeller/initiativ/las-in"):
            await visit.go(path)
            await check(page, path)
        file: Any = {"name": "prov.csv", "mimeType": "text/csv", "buffer": NEW.encode()}
        await page.locator("#fil").set_input_files([file])
        await page.get_by_role("button", name="Visa vad som skulle ändras").press("Enter")
        await page.get_by_role("button", name="Importera 2 rader").wait_for()
        await check(page, "Importera 2 rader")
        await visit.go("/initiativ?filter=alla")
        await page.get_by_role("link", name="Markera alla").press("Enter")
        await page.locator("input[name=id]:checked").first.press("Space")
        marked = await page.locator("input[name=id]:checked").count()
        assert marked > 1
        shown = "getComputedStyle(document.querySelector('.marked'), '::after').content"
        assert "counter" in await page.evaluate(shown)
        await page.get_by_role("button", name="Ändra markerade").press("Enter")
        await page.locator("#nasta_steg").fill("Utvärdera")
        await check(page, "/initiativ/flera")
        await page.get_by_role("button", name="Visa vad som ändras").press("Enter")
        await page.get_by_text("Nästa steg:").first.wait_for()
        await check(page, "/initiativ/flera, prövat")
