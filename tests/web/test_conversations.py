import re

import httpx
import pytest

from tests.web import html

ANSWERED = "Varför pausades hjärtsviktsmottagningen på distans?"
UNANSWERED = "Vilket telefonnummer har Mirja Lahti till sommarstugan?"


async def asked(client: httpx.AsyncClient, question: str = ANSWERED) -> str:
    """Ask something, and return the address of the conversation."""
    return (await client.post("/fraga", data={"fraga": question})).headers["location"].partition("#")[0]


async def test_conversations_are_found_by_words_of_question_and_answer(politician: httpx.AsyncClient) -> None:
    one = await asked(politician)
    for words, found in (("HJÄRTSVIKT", True), ("leverantören", True), ("rymdraket%", False)):
        page = (await politician.get("/samtal", params={"q": words})).text
        assert (one in html.links(page, "/samtal/.*")) is found
    assert "Inget samtal innehåller ”rymdraket%”" in html.text(page)


async def test_a_conversation_gets_the_name_its_owner_gives_it(politician: httpx.AsyncClient) -> None:
    one = await asked(politician)
    assert (await politician.post(one, data={"rubrik": "Till nämnden i maj"})).headers["location"] == one
    assert "Till nämnden i maj" in html.text((await politician.get("/samtal")).text)
    refused = await politician.post(one, data={"rubrik": "  "})
    assert refused.status_code == 422
    assert "Samtalets namn" in html.text(refused.text)


async def test_a_shared_conversation_is_read_by_others_and_changed_by_nobody_else(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    one = await asked(politician)
    shared = f"{one}/delat"
    assert (await programme.get(shared)).status_code == 404
    await politician.post(one, data={"delat": "ja"})
    assert shared in html.links((await politician.get(one)).text, "/samtal/.*/delat")
    page = (await programme.get(shared)).text
    assert ANSWERED in html.text(page)
    assert html.links(page, "/dokument/.*#citat")
    assert "Var svaret till hjälp" not in html.text(page)
    going_on = {"fraga": "Vad?", "samtal": one.rpartition("/")[2]}
    for address, data in ((one, {"rubrik": "Mitt"}), (f"{one}/ta-bort", {}), ("/fraga", going_on)):
        assert (await programme.post(address, data=data)).status_code == 404
    assert (await programme.get(one)).status_code == 404
    await politician.post(one, data={"delat": "nej"})
    assert (await programme.get(shared)).status_code == 404


async def test_a_partner_reads_of_a_shared_conversation_what_rests_on_open_documents(
    politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    one = await asked(politician)
    await politician.post(one, data={"delat": "ja"})
    page = html.text((await partner.get(f"{one}/delat")).text)
    assert ANSWERED in page
    assert "leverantören" not in page
    assert "inte längre har tillgång till" in page


async def test_a_conversation_is_taken_along_as_text(politician: httpx.AsyncClient) -> None:
    answer = await politician.get(f"{await asked(politician)}/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text.startswith(ANSWERED)
    assert "[1] " in answer.text


async def test_a_conversation_that_is_taken_away_is_gone(politician: httpx.AsyncClient) -> None:
    one = await asked(politician)
    assert (await politician.post(f"{one}/ta-bort")).headers["location"] == "/samtal"
    assert (await politician.get(one)).status_code == 404


async def test_an_answer_that_was_no_good_reaches_the_programme_group_and_becomes_something_to_do(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    one = await asked(politician)
    [judged] = re.findall(r'action="(/samtal/[^"]+/svar/[^"]+)"', (await politician.get(one)).text)
    await politician.post(judged, data={"omdome": "dåligt", "skal": "Det gäller förra året."})
    assert "Du har sagt att svaret inte var bra" in html.text((await politician.get(one)).text)
    page = (await programme.get("/luckor")).text
    for said in (ANSWERED, "Svaret var inte bra", "”Det gäller förra året.”"):
        assert said in html.text(page)
    assert "Tor Lindahl" not in page
    [opening] = re.findall(r'action="(/luckor/[^"]+/granska)"', page)
    finding = (await programme.post(opening)).headers["location"]
    assert ANSWERED in html.text((await programme.get(finding)).text)
    assert (await programme.post(opening)).headers["location"] == finding
    assert finding in html.links((await programme.get("/luckor")).text, "/uppfoljning/granskning/.*")
    await politician.post(judged, data={"omdome": "bra"})
    assert ANSWERED not in html.text((await programme.get("/luckor")).text)


async def test_gaps_about_the_same_stand_together(politician: httpx.AsyncClient, programme: httpx.AsyncClient) -> None:
    for question in ("Vad kostar månfärden till Sverige?", UNANSWERED, "Vad kostar en månfärd till Sverige nu?"):
        await asked(politician, question)
    words = html.text((await programme.get("/luckor")).text)
    assert words.index("månfärd till Sverige nu") < words.index("1 liknande fråga") < words.index("månfärden")
    assert words.index("månfärden") < words.index(UNANSWERED)


async def test_the_programme_group_sees_what_answers_rest_on(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    one = await asked(politician)
    document = html.links((await politician.get(one)).text, "/dokument/.*#citat")[0].partition("?")[0]
    page = (await programme.get("/luckor/anvandning")).text
    quoted, _, never = page.partition("Dokument som inget svar bygger på")
    assert document in html.links(quoted, "/dokument/.*")
    assert document not in html.links(never, "/dokument/.*")
    assert html.links(never, "/dokument/.*")
    assert (await politician.get("/luckor/anvandning")).status_code == 403


@pytest.mark.parametrize("address", ["/samtal/{}/delat", "/samtal/{}/text"])
async def test_what_is_not_there_is_not_found(politician: httpx.AsyncClient, address: str) -> None:
    missing = address.format("01976a10-0000-7000-8000-00000000000e")
    assert (await politician.get(missing)).status_code == 404
