import re
from html import unescape

import httpx
import pytest
from sqlalchemy import text
from uuid_utils import compat

from api.sample.register import DOCUMENTS
from initiatives.access import SYSTEM, Role
from retrieval import documents
from retrieval.documents import DocumentSummary
from tests import site as sites
from tests.site import Site
from tests.web import html

ONE = "/dokument/[0-9a-f-]{36}"
DECISION = "04-forfogandeanslag-2026-beslut.txt"


async def all_documents(site: Site) -> dict[str, DocumentSummary]:
    async with site.database.scoped(SYSTEM) as session:
        found, _ = await documents.list_documents(session, SYSTEM, limit=100)
    return {document.file_name: document for document in found}


async def test_the_list_finds_by_title_file_kind_and_visibility(politician: httpx.AsyncClient) -> None:
    assert "14 dokument" in html.text((await politician.get("/dokument")).text)
    found = (await politician.get("/dokument", params={"q": "statsbidrag-2026"})).text
    assert len(html.links(found, ONE)) == 1
    assert "Riktade statsbidrag 2026" in html.text(found)
    internal = (await politician.get("/dokument", params={"synlighet": "internal"})).text
    assert 0 < len(html.links(internal, ONE)) < 14
    proposals = (await politician.get("/dokument", params={"typ": "förslag"})).text
    assert all("Förslag" in row for row in re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", proposals, re.DOTALL))
    assert "Inget dokument passar" in html.text((await politician.get("/dokument?q=rymdraket")).text)


async def test_the_quotation_in_the_address_is_highlighted_in_its_place(
    site: Site, politician: httpx.AsyncClient
) -> None:
    document = (await all_documents(site))[DECISION]
    async with site.database.scoped(SYSTEM) as session:
        text = (await documents.get_document(session, SYSTEM, document.id)).text
    start = text.index("psykisk")
    address = f"/dokument/{document.id}?version={document.version_id}&fran={start}&till={start + 40}"
    page = (await politician.get(address)).text
    marked = re.findall(r'<mark id="citat" tabindex="-1">(.*?)</mark>', page, re.DOTALL)
    assert [unescape(part) for part in marked] == [text[start : start + 40]]
    assert html.heading(page) == document.title
    assert "Beslut" in html.text(page)


@pytest.mark.parametrize("query", ["fran=-1&till=x", "fran=9&till=3", "fran=1&till=99999999999999", "version=x"])
async def test_a_strange_address_still_shows_the_document(
    site: Site, politician: httpx.AsyncClient, query: str
) -> None:
    document = (await all_documents(site))[DECISION]
    assert (await politician.get(f"/dokument/{document.id}?{query}")).status_code == 200


async def test_a_version_that_is_gone_shows_the_one_that_holds(site: Site, politician: httpx.AsyncClient) -> None:
    document = (await all_documents(site))[DECISION]
    assert (await politician.get(f"/dokument/{document.id}?version={compat.uuid7()}")).status_code == 200


async def test_the_original_comes_as_it_was_sent_in_and_only_as_a_download(
    site: Site, politician: httpx.AsyncClient
) -> None:
    document = (await all_documents(site))["06-statsbidrag-2026.pdf"]
    answer = await politician.get(f"/dokument/{document.id}/original")
    assert answer.content == (DOCUMENTS / "06-statsbidrag-2026.pdf").read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_document_tells_how_its_reading_went(site: Site, politician: httpx.AsyncClient) -> None:
    document = (await all_documents(site))["06-statsbidrag-2026.pdf"]
    assert document.quality is not None
    assert document.quality["pages_with_text"] == document.page_count
    words = html.text((await politician.get(f"/dokument/{document.id}")).text)
    assert f"Sidor med text {document.page_count}" in words
    assert "Personnummer Inga hittade" in words


async def test_what_is_not_shared_does_not_exist_for_a_partner(site: Site, partner: httpx.AsyncClient) -> None:
    landing = html.links((await partner.get("/delat")).text, ONE)
    known = await all_documents(site)
    hidden = [one for one in known.values() if f"/dokument/{one.id}" not in landing]
    assert hidden
    assert all(one.visibility == "internal" for one in hidden)
    for one in hidden:
        for address in (f"/dokument/{one.id}", f"/dokument/{one.id}/original"):
            answer = await partner.get(address)
            assert answer.status_code == 404
            assert one.title not in answer.text
    for address in landing:
        assert (await partner.get(address)).status_code == 200


async def test_an_unknown_document_does_not_exist(programme: httpx.AsyncClient) -> None:
    assert (await programme.get(f"/dokument/{compat.uuid7()}")).status_code == 404


async def test_files_are_taken_in_one_by_one(programme: httpx.AsyncClient) -> None:
    files = [
        ("filer", ("protokoll-å.txt", b"Protokoll\n\nStyrelsen beslutar om prov.", "text/plain")),
        ("filer", ("tom.txt", b"", "text/plain")),
        ("filer", (DECISION, (DOCUMENTS / DECISION).read_bytes(), "text/plain")),
    ]
    answer = await programme.post("/dokument", data={"synlighet": "public"}, files=files)
    words = html.text(answer.text)
    assert answer.status_code == 200
    assert "protokoll-å.txt Tagen emot" in words
    assert "Filen är tom" in words
    assert "Finns redan" in words
    waiting = (await programme.get("/dokument")).text
    assert "protokoll-å.txt" in html.text(waiting)
    assert 'hx-trigger="every 2s"' in waiting


async def test_sending_nothing_says_what_to_do(programme: httpx.AsyncClient) -> None:
    answer = await programme.post("/dokument", files=[("filer", ("", b"", "application/octet-stream"))])
    assert "Välj minst en fil" in html.text(answer.text)


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_others_neither_see_the_form_nor_send_files(site: Site, role: Role) -> None:
    async with site.browser(sites.PEOPLE[role]) as client:
        assert "ladda-upp" not in (await client.get("/dokument")).text
        files = [("filer", ("smyg.txt", b"Smyg.", "text/plain"))]
        assert (await client.post("/dokument", files=files)).status_code == 403


async def test_a_file_in_the_queue_is_hurried_stopped_and_tried_again(programme: httpx.AsyncClient) -> None:
    files = {"filer": ("kö.txt", "Ett beslut om vård nära hemmet i en kö.".encode())}
    await programme.post("/dokument", files=files)
    page = (await programme.get("/dokument")).text
    place = html.forms(page, "/dokument/inlasningar/[0-9a-f-]{36}/avbryt")[0].removesuffix("/avbryt")
    assert (await programme.post(f"{place}/forst")).status_code == 303
    assert (await programme.post(f"{place}/avbryt")).status_code == 303
    stopped = html.text((await programme.get("/dokument")).text)
    assert "Avbruten" in stopped
    assert "Försök igen" in stopped
    assert (await programme.post(place)).status_code == 303
    assert (await programme.post(f"{place}/avbryt")).status_code == 303


async def test_a_document_is_taken_away_after_a_question_and_with_a_receipt(
    site: Site, programme: httpx.AsyncClient, politician: httpx.AsyncClient
) -> None:
    document = (await all_documents(site))[DECISION]
    place = f"/dokument/{document.id}"
    assert "Ta bort dokumentet" in (await programme.get(place)).text
    assert "Ta bort dokumentet" not in (await politician.get(place)).text
    assert (await politician.get(f"{place}/ta-bort")).status_code == 403
    assert "Det går inte att ångra" in html.text((await programme.get(f"{place}/ta-bort")).text)
    assert (await programme.post(f"{place}/las-igen")).status_code == 303


async def test_a_change_of_model_shows_how_far_it_has_come(
    site: Site, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    assert "Sökindexet byggs om" not in (await politician.get("/dokument")).text
    async with site.database.scoped(SYSTEM) as session:
        passages = await session.scalar(text("SELECT count(*) FROM passage"))
        await session.execute(
            text("INSERT INTO embedding_model (name, revision, dimensions, wanted_at) VALUES ('ny', '1', 96, now())")
        )
    try:
        told = html.text((await politician.get("/dokument")).text)
        assert "nya vektorer av modellen ny." in told
        assert f"0 av {passages} stycken" in told
        assert "Sökindexet byggs om" not in (await partner.get("/dokument")).text
    finally:
        async with site.database.scoped(SYSTEM) as session:
            await session.execute(text("DELETE FROM embedding_model WHERE name = 'ny'"))
