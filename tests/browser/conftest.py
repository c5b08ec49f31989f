"""The sample region on a real port, and a real Chromium that fails on every console error and foreign request.

Without a Chromium the tests are skipped, unless `NARPLAN_TEST_BROWSER=required`.
"""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from api import postgres
from retrieval.embedding import Embedder
from tests import site as sites
from tests.served import Served, serve
from tests.site import Site

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=sv",
]
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
async def site(server: postgres.Server, sample_region: str, embedder: Embedder) -> AsyncIterator[Site]:
    """Return the application over a sample region of the browser's own."""
    async with sites.opened(server, sample_region, embedder) as made:
        yield made


@pytest.fixture(scope="session")
async def served(site: Site) -> AsyncIterator[Served]:
    """Return the application, served as in production."""
    async with serve(site) as running:
        yield running


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Return the machine's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("NARPLAN_TEST_BROWSER") == "required":
            pytest.fail("Här finns ingen Chromium, men NARPLAN_TEST_BROWSER=required.")
        pytest.skip("Här finns ingen Chromium. Installera paketet chromium för att köra proven i webbläsare.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass(slots=True)
class Visit:
    """A tab in which somebody is signed in, and everything that should not have happened in it."""

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Open a page of the application."""
        await self.page.goto(self.address + path)

    def watch(self) -> None:
        """Note console errors, uncaught errors and requests that leave the application."""
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.problems.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.problems.append(f"request to {url}")


@dataclass(frozen=True, slots=True)
class Visits:
    """Opens tabs."""

    served: Served
    chromium: Browser

    def __call__(self, email: str | None = sites.POLITICIAN, **context: Any) -> AbstractAsyncContextManager[Visit]:
        """Open a tab, signed in through the form; the block fails if anything went wrong in it."""
        return self._open(email, context)

    @contextlib.asynccontextmanager
    async def _open(self, email: str | None, context: dict[str, Any]) -> AsyncIterator[Visit]:
        opened = await self.chromium.new_context(locale="sv-SE", **context)
        opened.set_default_timeout(PATIENCE_MS)
        visit = Visit(await opened.new_page(), self.served.address)
        visit.watch()
        try:
            if email:
                await visit.go("/logga-in")
                await visit.page.fill("#epost", email)
                await visit.page.fill("#losenord", sites.PASSWORD)
                await visit.page.click("main button")
                await visit.page.wait_for_url(lambda url: "/logga-in" not in url)
            yield visit
            assert visit.problems == []
        finally:
            await opened.close()


@pytest.fixture
def visits(served: Served, chromium: Browser) -> Visits:
    """Return what opens tabs."""
    return Visits(served, chromium)
