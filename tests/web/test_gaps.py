import httpx

from tests.web import html

UNANSWERED = "Vilket telefonnummer har Mirja Lahti till sommarstugan?"


async def test_a_question_without_answer_reaches_the_programme_group_without_a_name(
    politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    await politician.post("/fraga", data={"fraga": UNANSWERED})
    assert html.links((await programme.get("/")).text, "/luckor") == ["/luckor"]
    page = (await programme.get("/luckor")).text
    assert html.heading(page) == "Obesvarade frågor"
    assert UNANSWERED in html.text(page)
    assert " kl. " in html.text(page)
    assert "Tor Lindahl" not in page
    assert html.links((await politician.get("/")).text, "/luckor") == []


async def test_a_page_without_questions_says_what_will_come(empty: httpx.AsyncClient) -> None:
    assert "Inga obesvarade frågor än" in html.text((await empty.get("/luckor")).text)
