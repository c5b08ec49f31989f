import asyncio
import re
from html import unescape

import httpx
import pytest
from uuid_utils import compat

from api.web.questions import LONGEST_QUESTION
from initiatives import funds
from initiatives.access import SYSTEM
from tests import site as sites
from tests.site import Site
from tests.web import html

ANSWERED = "Varför pausades hjärtsviktsmottagningen på distans?"
UNANSWERED = "Vilket telefonnummer har Mirja Lahti?"
STREAM = {"HX-Request": "true", "Accept": "text/html, text/event-stream"}


async def test_an_answer_has_source_basis_and_a_way_on(politician: httpx.AsyncClient) -> None:
    answer = await politician.post("/fraga", data={"fraga": ANSWERED})
    assert answer.status_code == 303
    page = (await politician.get(answer.headers["location"].partition("#")[0])).text
    words = html.text(page)
    assert ANSWERED in words
    assert "leverantören" in words
    assert "Regionstyrelsen · 2026" in words
    assert "Följdfråga" in words
    assert "Du pratar med en AI-tjänst" in words
    place = html.links(page, "/dokument/.*#citat")[0].partition("#")[0]
    document = (await politician.get(place)).text
    assert "Hjärtsviktsmottagningen" in re.findall(r'<mark id="citat"[^>]*>(.*?)</mark>', document, re.DOTALL)[0]


async def test_a_follow_up_joins_the_conversation(politician: httpx.AsyncClient) -> None:
    first = (await politician.post("/fraga", data={"fraga": ANSWERED})).headers["location"]
    page = (await politician.get(first)).text
    data = {"fraga": UNANSWERED, "samtal": html.value(page, "samtal")}
    second = (await politician.post("/fraga", data=data)).headers["location"]
    assert second.partition("#")[0] == first.partition("#")[0]
    both = html.text((await politician.get(second)).text)
    assert both.index(ANSWERED) < both.index(UNANSWERED)


async def test_an_honest_no_shows_what_lies_nearest_and_the_way_on(politician: httpx.AsyncClient) -> None:
    location = (await politician.post("/fraga", data={"fraga": UNANSWERED})).headers["location"]
    page = (await politician.get(location)).text
    words = html.text(page)
    for said in ("Det framgår inte av materialet", "Det här ligger närmast", "Så kommer du vidare"):
        assert said in words
    assert html.links(page, "/dokument/.*#citat")


async def test_a_conversation_is_its_owners_alone(politician: httpx.AsyncClient, programme: httpx.AsyncClient) -> None:
    location = (await politician.post("/fraga", data={"fraga": ANSWERED})).headers["location"].partition("#")[0]
    assert (await programme.get(location)).status_code == 404
    stolen = {"fraga": UNANSWERED, "samtal": location.rpartition("/")[2]}
    assert (await programme.post("/fraga", data=stolen)).status_code == 404
    assert location in html.links((await politician.get("/samtal")).text, "/samtal/.*")
    assert location not in html.links((await programme.get("/samtal")).text, "/samtal/.*")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Skriv en fråga först"),
        ({"fraga": "  \n "}, "Skriv en fråga först"),
        ({"fraga": "å" * (LONGEST_QUESTION + 1)}, "högst 2000"),
        ({"fraga": "Vad?", "samtal": "inget-id"}, "Samtalet finns inte"),
    ],
)
async def test_a_question_that_cannot_be_asked_says_why(
    politician: httpx.AsyncClient, form: dict[str, str], said: str
) -> None:
    answer = await politician.post("/fraga", data=form)
    assert answer.status_code == 422
    assert said in html.text(answer.text)


async def test_a_browser_with_javascript_gets_the_answer_as_a_stream_of_page_parts(
    politician: httpx.AsyncClient,
) -> None:
    answer = await politician.post("/fraga", data={"fraga": ANSWERED}, headers=STREAM)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "no-transform" in answer.headers["cache-control"]
    *parts, over = [
        "\n".join(line.removeprefix("data: ") for line in part.split("\n"))
        for part in answer.text.split("\n\n")
        if part
    ]
    assert over.startswith("event: over")
    assert "Söker i materialet" in html.text(parts[0])
    assert any("Läser" in html.text(part) for part in parts)
    assert "leverantören" in html.text(parts[-1])
    assert 'data-conversation="' in parts[-1]
    assert not any('data-conversation="' in part for part in parts[:-1])


async def test_a_stream_that_fails_ends_in_words(politician: httpx.AsyncClient) -> None:
    data = {"fraga": ANSWERED, "samtal": str(compat.uuid7())}
    answer = await politician.post("/fraga", data=data, headers=STREAM)
    assert answer.status_code == 200
    assert "Samtalet finns inte" in html.text(answer.text)
    assert "data-failed" in answer.text


async def test_the_rest_of_a_stream_comes_to_who_asked_and_nobody_else(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    whole = (await politician.post("/fraga", data={"fraga": ANSWERED}, headers=STREAM)).text
    ids = re.findall(r"^id: (.*)$", whole, re.MULTILINE)
    assert [at.partition(".")[2] for at in ids] == [*map(str, range(1, len(ids))), "end"]
    after = {**STREAM, "Last-Event-ID": ids[-3]}
    rest = (await politician.post("/fraga", data={"fraga": ANSWERED}, headers=after)).text
    assert re.findall(r"^id: (.*)$", rest, re.MULTILINE) == ids[-2:]
    assert whole.endswith(rest)
    nothing = {**STREAM, "Last-Event-ID": ids[-1]}
    assert (await politician.post("/fraga", data={"fraga": ANSWERED}, headers=nothing)).text.startswith("event: over")
    assert (await programme.post("/fraga", data={"fraga": ANSWERED}, headers=after)).status_code == 404
    address = f"/fraga/{ids[0].partition('.')[0]}/avbryt"
    assert (await politician.post(address)).status_code == 204
    assert (await programme.post(address)).status_code == 404


async def test_twenty_questions_at_once_hold_up_nobody(site: Site) -> None:
    async with site.browser(sites.POLITICIAN) as client:
        answers = await asyncio.gather(*(client.post("/fraga", data={"fraga": ANSWERED}) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {303}


async def test_a_partner_is_answered_from_what_is_shared_alone(partner: httpx.AsyncClient) -> None:
    question = "Vem väckte ärendet om riktade omställningsåtgärder 2026–2027?"
    location = (await partner.post("/fraga", data={"fraga": question})).headers["location"].partition("#")[0]
    page = (await partner.get(location)).text
    assert "Nytt ärende" not in page
    for address in set(html.links(page, "/dokument/.*")):
        assert (await partner.get(address.partition("#")[0])).status_code == 200


async def test_the_page_for_someone_without_documents_says_what_to_do(empty: httpx.AsyncClient) -> None:
    page = html.text((await empty.get("/")).text)
    assert "Här finns inga dokument än" in page
    assert "Lägg till dokument" in page
    for path, said in (
        ("/dokument", "inga dokument än"),
        ("/initiativ", "inga initiativ än"),
        ("/samtal", "Inga samtal"),
    ):
        assert said in html.text((await empty.get(path)).text)


async def test_every_question_that_the_sample_suggests_gets_an_answer(politician: httpx.AsyncClient) -> None:
    landing = (await politician.get("/")).text
    suggested = [unescape(question) for question in re.findall(r'<button name="fraga" value="([^"]+)"', landing)]
    assert len(suggested) == 4
    for question in suggested:
        location = (await politician.post("/fraga", data={"fraga": question})).headers["location"]
        assert "Det framgår inte av materialet" not in html.text((await politician.get(location)).text), question


LEFT = "Hur mycket är kvar av omställningsanslaget 2026?"


async def test_what_the_register_answers_is_a_table_with_links(politician: httpx.AsyncClient) -> None:
    location = (await politician.post("/fraga", data={"fraga": LEFT})).headers["location"].partition("#")[0]
    page = (await politician.get(location)).text
    section = page.partition('aria-label="Ur registret"')[2].partition("</section>")[0]
    assert "500\N{NO-BREAK SPACE}tkr" in html.text(section)
    assert "2026" in html.text(section.partition("<tbody>")[2])
    (fund,) = html.links(section, "/pengar/anslag/.*")
    assert "Omställningsanslaget" in (await politician.get(fund)).text
    assert '<td data-label="Kvar" class="number">' in section


async def test_the_stream_of_page_parts_shows_the_register_too(politician: httpx.AsyncClient) -> None:
    answer = await politician.post("/fraga", data={"fraga": LEFT}, headers=STREAM)
    assert answer.text.count('aria-label="Ur registret"') > 1


async def test_where_register_and_document_disagree_the_page_leads_to_a_finding(
    site: Site, politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    async with site.database.scoped(SYSTEM) as session:
        listed, _ = await funds.list_funds(session, SYSTEM, year=2027)
        (fund,) = [one for one in listed if one.name == "Omställningsanslaget"]
        await funds.revise_fund(session, SYSTEM, fund.id, frame_kronor=19_000_000)
    question = "Hur stor är ramen för Omställningsanslaget 2027?"
    try:
        shown = {reader: await _answered(reader, question) for reader in (politician, programme)}
        streamed = {
            reader: (await reader.post("/fraga", data={"fraga": question}, headers=STREAM)).text for reader in shown
        }
    finally:
        async with site.database.scoped(SYSTEM) as session:
            await funds.revise_fund(session, SYSTEM, fund.id, frame_kronor=18_000_000)
    for pages in (shown, streamed):
        assert all("Registret och dokumentet säger olika" in told for told in pages.values())
        (finding,) = html.links(pages[programme], "/uppfoljning/granskning.*#ny")
        assert "beskrivning=Ram" in finding
        assert not html.links(pages[politician], "/uppfoljning/granskning.*")


async def _answered(reader: httpx.AsyncClient, question: str) -> str:
    location = (await reader.post("/fraga", data={"fraga": question})).headers["location"].partition("#")[0]
    return (await reader.get(location)).text


async def test_money_in_a_fund_is_drawn_and_the_figures_stand_in_a_table(politician: httpx.AsyncClient) -> None:
    page = await _answered(politician, LEFT)
    chart = page.partition('class="register-chart"')[2].partition("</figure>")[0]
    assert "<desc>" in chart
    assert "Kvar: 0,5" in chart
    assert "Använt" in html.text(chart.partition("<table>")[2])


async def test_an_indicator_is_drawn_over_time_with_its_goal(politician: httpx.AsyncClient) -> None:
    page = await _answered(politician, "Hur går det med indikatorn Samordnade individuella planer?")
    chart = page.partition('class="register-chart"')[2].partition("</figure>")[0]
    assert 'class="line"' in chart
    assert chart.count("<tr>") >= 3


async def test_what_two_figures_say_needs_no_chart(politician: httpx.AsyncClient) -> None:
    assert 'class="register-chart"' not in await _answered(politician, "Vem ansvarar för Handslaget?")


async def test_questions_that_lead_on_come_as_a_page_and_as_a_part_of_one(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    page = await _answered(politician, LEFT)
    (address,) = html.links(page, "/fraga/.*/vidare")
    whole = (await politician.get(address)).text
    assert html.heading(whole) == "Närliggande frågor"
    offered = [unescape(one) for one in re.findall(r'<button name="fraga" value="([^"]+)"', whole)]
    assert 0 < len(offered) <= 3
    part = (await politician.get(address, headers={"HX-Request": "true"})).text
    assert "<h1" not in part
    assert all(one in unescape(part) for one in offered)
    again = await politician.post("/fraga", data={"fraga": offered[0], "samtal": html.value(whole, "samtal")})
    assert "Det framgår inte av materialet" not in html.text((await politician.get(again.headers["location"])).text)
    assert (await programme.get(address)).status_code == 404
