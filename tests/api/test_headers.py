"""What every answer leaves with, whatever made it."""

import re

import httpx
import pytest
from litestar import Litestar

from tests.clients import connect

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGES = ("/", "/logga-in", "/om", "/tillganglighet", "/initiativ", "/dokument", "/samtal", "/finns-inte")
OTHERS = (
    "/api/v1/api-info", "/api/v1/initiatives", "/api/v1/openapi.json", "/api/v1/finns-inte", "/api/v1/session",
    "/healthz", "/readyz", "/static/icon.svg", "/static/finns-inte",
)  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
async def test_every_answer_is_protected(writer: httpx.AsyncClient, anonymous: httpx.AsyncClient, path: str) -> None:
    for client in (writer, anonymous):
        answer = await client.get(path, headers={"accept": "text/html" if path in PAGES else "*/*"})
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "strict-transport-security" not in answer.headers
        if not path.startswith("/static/icon"):
            assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/om", "/api/v1/api-info", "/static/icon.svg"])
async def test_over_https_the_browser_is_told_to_stay_there(service: Litestar, path: str) -> None:
    async with connect(service) as client:
        answer = await client.get(f"https://narplan.example{path}")
    assert re.fullmatch(r"max-age=\d{8,}", answer.headers["strict-transport-security"])


async def test_what_is_no_page_may_do_nothing_if_a_browser_shows_it(writer: httpx.AsyncClient) -> None:
    answer = await writer.get("/api/v1/initiatives")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/om", "/logga-in"])
async def test_pages_need_nothing_that_the_policy_forbids(anonymous: httpx.AsyncClient, path: str) -> None:
    text = (await anonymous.get(path, headers={"accept": "text/html"})).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|<style", text)
