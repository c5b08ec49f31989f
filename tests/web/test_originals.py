"""A quotation marked on the page of the PDF that it comes out of."""

import io
import re
from html import unescape

import httpx
from PIL import Image

from initiatives.access import SYSTEM
from retrieval import documents
from tests.site import Site
from tests.web import html
from tests.web.test_documents import DECISION, all_documents

FUNDED = "06-statsbidrag-2026.pdf"


async def test_from_the_quotation_one_comes_to_the_page_with_it_marked(
    site: Site, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    document = (await all_documents(site))[FUNDED]
    async with site.database.scoped(SYSTEM) as session:
        whole = await documents.get_document(session, SYSTEM, document.id)
    last = whole.pages[-1]
    words = re.search(r"\w+ \w+ \w+", whole.text[last["start"] :])
    assert words is not None
    start = last["start"] + words.start()
    shown = (await politician.get(f"/dokument/{document.id}?fran={start}&till={start + len(words[0])}")).text
    (way,) = [unescape(one) for one in html.links(shown, f"/dokument/{document.id}/sida.*")]
    there = (await politician.get(way)).text
    assert html.heading(there) == document.title
    assert f"Sida {last['number']}" in html.text(there)
    (source,) = [unescape(one) for one in re.findall(r'<img class="page-picture" src="([^"]+)"', there)]
    assert words[0] in unescape(there)
    answer = await politician.get(source)
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    colours = {colour: count for count, colour in picture.getcolors(2**24) or []}
    marked = colours.get((255, 221, 87), 0)
    assert 0 < marked < picture.width * picture.height / 20
    elsewhere = re.sub(r"/sida/\d+", "/sida/99", source)
    assert (await politician.get(elsewhere)).status_code == 404
    assert (await partner.get(way)).status_code == (await partner.get(source)).status_code


async def test_a_document_that_is_no_pdf_has_no_way_there(site: Site, politician: httpx.AsyncClient) -> None:
    document = (await all_documents(site))[DECISION]
    shown = (await politician.get(f"/dokument/{document.id}?fran=0&till=9")).text
    assert "Visa i originalet" not in shown
    told = await politician.get(f"/dokument/{document.id}/sida?version={document.version_id}&fran=0&till=9")
    assert "Filen är ingen PDF" in html.text(told.text)
