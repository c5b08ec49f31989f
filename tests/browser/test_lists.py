import re
from pathlib import Path

import pytest
from playwright.async_api import Route, expect
from sqlalchemy import select

from ingest import pipeline
from ingest.jobs import Ingestion
from ingest.pipeline import Pipeline
from ingest.sandbox import Sandbox
from initiatives.access import SYSTEM
from retrieval.embedding import Embedder
from tests import site as sites
from tests.browser.conftest import Visits
from tests.served import Served

pytestmark = pytest.mark.browser


async def test_filters_act_at_once_and_can_be_mailed(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/initiativ")
        page = visit.page
        await page.evaluate("window.sameDocument = true")
        await page.get_by_label("Sök i titel och beskrivning").type("mobilt")
        await expect(page.locator(".count")).to_contain_text("passar")
        await expect(page).to_have_url(re.compile(r"/initiativ\?.*q=mobilt"))
        assert await page.evaluate("window.sameDocument")
        await page.reload()
        await expect(page.get_by_label("Sök i titel och beskrivning")).to_have_value("mobilt")
        await expect(page.locator(".count")).to_contain_text("passar")


async def test_dropped_files_go_in_one_by_one_and_wait_for_the_network(visits: Visits) -> None:
    async with visits(sites.PROGRAMME) as visit:
        await visit.go("/dokument")
        page = visit.page
        tries: list[str] = []

        async def lose_the_first(route: Route) -> None:
            tries.append(route.request.method)
            await (route.abort() if len(tries) == 1 else route.continue_())

        await page.route("**/api/v1/documents", lose_the_first)
        dropped = await page.evaluate_handle(
            """() => {
                const data = new DataTransfer();
                data.items.add(new File(["Regionstyrelsen beslutar om en gångväg i Granholma."], "gangvag.txt"));
                data.items.add(new File(["MZ\\u0090 inget dokument"], "program.exe"));
                return data;
            }"""
        )
        await page.dispatch_event("#ladda-upp", "drop", {"dataTransfer": dropped})
        lines = page.locator("#uppladdning li")
        await expect(lines).to_have_count(2)
        await expect(lines.nth(0)).to_contain_text("Tagen emot. Den läses in nu.")
        await expect(lines.nth(1)).to_contain_text("program.exe")
        await expect(lines.nth(1)).to_have_attribute("data-tone", "bad")
        await expect(page.locator("#uppladdning-besked")).to_contain_text("Alla filer är behandlade.")
        await expect(page.locator("#lista")).to_contain_text("gangvag.txt")
        assert len(tries) == 3
        await page.get_by_role("button", name="Avbryt gangvag.txt").click()
        await expect(page.locator("#lista")).to_contain_text("Avbruten")
        visit.problems[:] = [one for one in visit.problems if "Failed to load resource" not in one]


async def test_an_uploaded_file_becomes_searchable_before_ones_eyes(
    visits: Visits, served: Served, embedder: Embedder, tmp_path: Path
) -> None:
    file = tmp_path / "beslut-om-cykelvagar.txt"
    file.write_text(
        "Beslut om cykelvägar\n\nRegionstyrelsen beslutar att bygga fyra cykelvägar i Granholma under 2027.\n"
    )
    async with visits(sites.PROGRAMME) as visit:
        await visit.go("/dokument")
        page = visit.page
        await page.set_input_files("#filer", file)
        await page.get_by_role("button", name="Lägg till dokumenten").click()
        await expect(page.get_by_text("Tagen emot. Den läses in nu.")).to_be_visible()
        async with served.site.database.scoped(SYSTEM) as session:
            waiting = await session.scalars(select(Ingestion.id).where(Ingestion.file_name == file.name))
        sandbox = Sandbox()
        await pipeline.run(Pipeline(served.site.database.scoped, embedder, sandbox), waiting.one())
        await sandbox.close()
        await expect(page.locator("a.title-link", has_text="cykelvägar")).to_be_visible()
        await expect(page.locator("#lista")).not_to_have_attribute("hx-trigger", re.compile("every"))
