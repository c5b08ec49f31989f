"""Stopping an answer in a browser, and losing the connection in the middle of one; the model takes its time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, expect

from api import postgres
from api.app import create_app
from api.database import Database
from retrieval import language
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from retrieval.language import LanguageConfig
from retrieval.metering import Limits
from tests import model_server
from tests.browser.conftest import Visits
from tests.browser.test_accessibility import check
from tests.conftest import copied
from tests.model_server import Caller, ModelServer, says
from tests.served import Served, serve
from tests.site import Site

pytestmark = pytest.mark.browser

QUESTION = "Hur lång är uppsägningstiden i samverkansavtalet?"
TRUE = "Uppsägningstiden är tolv månader [1]."
NARROW = {"width": 320, "height": 640}


@dataclass
class Wire:
    """Carries connections to the application until it is cut; then it takes none before it is mended."""

    port: int
    address: str = ""
    whole: bool = True
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if not self.whole:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        self._open |= {writer, back}
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        self._open -= {writer, back}

    def cut(self) -> None:
        """Break every connection."""
        self.whole = False
        for writer in self._open:
            writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


@dataclass
class Region:
    """A served region behind a wire, its model, and when the model may answer."""

    site: Site
    wire: Wire
    model: ModelServer
    go: asyncio.Event


@pytest.fixture(scope="module")
async def whole_region(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Region]:
    go = asyncio.Event()

    async def waits(caller: Caller) -> None:
        waiting = [asyncio.ensure_future(go.wait()), asyncio.ensure_future(caller.reader.read())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if go.is_set():
            await says(TRUE)(caller)

    async with copied(server, sample_region) as name, model_server.running() as model:
        model.behaviour = waits
        database = Database(server.url(database=name))
        wording = language.create(LanguageConfig("m", model.base_url, limits=Limits(seconds=60)))
        site = Site(create_app(database.scoped, Assistant(database.scoped, embedder, wording)), database)
        async with serve(site) as served:
            wire = Wire(int(served.address.rpartition(":")[2]))
            listening = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
            wire.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
            async with listening:
                yield Region(site, wire, model, go)
                wire.cut()
        await database.close()


@pytest.fixture
def region(whole_region: Region) -> Region:
    whole_region.go.clear()
    whole_region.model.requests.clear()
    whole_region.wire.whole = True
    return whole_region


@pytest.fixture
def wired(region: Region, chromium: Browser) -> Visits:
    """Return what opens tabs whose connections can be cut."""
    return Visits(Served(region.site, region.wire.address), chromium)


async def _ask(page: Page, region: Region) -> None:
    await page.fill("#fraga", QUESTION)
    await page.keyboard.press("Enter")
    await expect(page.locator("#strom .working")).to_contain_text("Läser")
    while not region.model.open:
        await asyncio.sleep(0.005)


async def _silent(model: ModelServer) -> None:
    async with asyncio.timeout(5):
        while model.open:
            await asyncio.sleep(0.005)


async def _listen(page: Page) -> None:
    await page.evaluate(
        """() => { window.told = []; const line = document.getElementById("besked");
        new MutationObserver(() => window.told.push(line.textContent)).observe(line, {childList: true}); }"""
    )


@pytest.mark.parametrize("way", ["button", "Escape"])
@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, NARROW], ids=["wide", "narrow"])
async def test_an_answer_is_stopped_and_shows_what_was_verified(
    wired: Visits, region: Region, viewport: dict[str, int], way: str
) -> None:
    async with wired(viewport=viewport) as visit:
        page = visit.page
        await expect(page.get_by_role("button", name="Avbryt")).to_be_hidden()
        await _listen(page)
        await _ask(page, region)
        await expect(page.get_by_role("button", name="Fråga", exact=True)).to_be_hidden()
        stop = page.get_by_role("button", name="Avbryt")
        await expect(stop).to_be_in_viewport()
        await check(page, "under way")
        await (stop.click() if way == "button" else page.keyboard.press("Escape"))
        turn = page.locator("#samtal .turn")
        await expect(turn).to_contain_text("Avbrutet svar")
        await expect(turn).to_contain_text("tolv månader")
        await expect(turn.locator(".quotes").first).to_be_visible()
        await _silent(region.model)
        await expect(page.locator("#strom")).to_have_attribute("aria-busy", "false")
        await expect(page.locator("#strom")).to_be_empty()
        await expect(stop).to_be_hidden()
        await expect(page.locator("#fraga")).to_have_value(QUESTION)
        await expect(page.locator("#fraga")).to_be_focused()
        first, last = await page.evaluate("window.told")
        assert first == "Söker svar i materialet."
        assert last.startswith("Avbrutet.")
        await check(page, "stopped")
        await page.reload()
        await expect(page.locator("#samtal .turn")).to_contain_text("Avbrutet svar")


async def test_a_stopped_question_may_be_asked_again(wired: Visits, region: Region) -> None:
    async with wired() as visit:
        page = visit.page
        await _ask(page, region)
        await page.get_by_role("button", name="Avbryt").click()
        await expect(page.locator("#samtal .turn")).to_have_count(1)
        region.go.set()
        await page.get_by_role("button", name="Fråga", exact=True).click()
        await expect(page.locator("#samtal .turn").nth(1)).to_contain_text("Uppsägningstiden är tolv månader")


async def test_the_page_goes_on_by_itself_when_the_connection_comes_back(wired: Visits, region: Region) -> None:
    async with wired() as visit:
        page = visit.page
        await _listen(page)
        await _ask(page, region)
        region.wire.cut()
        await expect(page.locator("#strom .working")).to_have_text("Anslutningen bröts. Försöker igen …")
        region.go.set()
        region.wire.whole = True
        turn = page.locator("#samtal .turn")
        await expect(turn).to_contain_text("Uppsägningstiden är tolv månader")
        await expect(turn).to_have_count(1)
        assert len(region.model.requests) == 1
        told = await page.evaluate("window.told")
        assert told[0] == "Söker svar i materialet."
        assert set(told[1:-1]) == {"Anslutningen bröts. Försöker igen …"}
        assert told[-1].startswith("Svaret är klart.")
        await page.reload()
        await expect(page.locator("#samtal .turn")).to_have_count(1)
        visit.problems.clear()


async def test_who_stops_while_the_connection_is_lost_is_let_go(wired: Visits, region: Region) -> None:
    async with wired() as visit:
        page = visit.page
        await _ask(page, region)
        region.wire.cut()
        await expect(page.locator("#strom .working")).to_have_text("Anslutningen bröts. Försöker igen …")
        await page.get_by_role("button", name="Avbryt").click()
        await expect(page.locator("#strom")).to_contain_text("Svaret avbröts")
        await expect(page.get_by_role("button", name="Fråga", exact=True)).to_be_enabled()
        await expect(page.locator("#fraga")).to_have_value(QUESTION)
        visit.problems.clear()
        region.go.set()


async def test_one_question_is_asked_at_a_time(wired: Visits, region: Region) -> None:
    async with wired() as visit:
        page = visit.page
        await _ask(page, region)
        await page.focus("#fraga")
        await page.keyboard.press("Enter")
        await page.locator(".examples button").first.click()
        region.go.set()
        await expect(page.locator("#samtal .turn")).to_have_count(1)
        await expect(page.locator("#samtal .turn")).to_contain_text("Uppsägningstiden är tolv månader")
        assert len(region.model.requests) == 1


async def test_questions_that_lead_on_come_by_themselves_and_are_asked_with_a_click(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.fill("#fraga", "Hur mycket är kvar av omställningsanslaget 2026?")
        await page.keyboard.press("Enter")
        first = page.locator("#samtal .turn").first
        await expect(first.locator(".register-chart svg")).to_be_visible()
        related = first.locator(".related button")
        await expect(related.first).to_be_visible()
        asked = await related.first.inner_text()
        await related.first.click()
        second = page.locator("#samtal .turn").nth(1)
        await expect(second.locator(".asked")).to_have_text(asked)
        await expect(first.locator(".related")).to_have_count(0)


async def test_where_nothing_leads_on_nothing_is_left_on_the_page(visits: Visits) -> None:
    async with visits() as visit:
        page = visit.page
        await page.fill("#fraga", "Hej!")
        await page.keyboard.press("Enter")
        await expect(page.locator("#samtal .turn")).to_have_count(1)
        await expect(page.locator(".onward, .related")).to_have_count(0)
