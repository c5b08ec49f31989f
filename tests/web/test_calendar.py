import httpx
import pytest
from icalendar import Calendar
from litestar import Litestar

from initiatives import tokens
from tests.clients import connect

PAGE = "/arshjul"


async def test_a_calendar_is_made_fetched_and_taken_away(editor: httpx.AsyncClient, service: Litestar) -> None:
    nobody = connect(service)
    made = await editor.post(f"{PAGE}/kalendrar", data={"dagar": "7, 1"})
    assert made.status_code == 201
    address = made.text.partition('<code class="secret">')[2].partition("<")[0]
    fetched = await nobody.get(address)
    assert fetched.headers["content-type"].startswith("text/calendar")
    assert Calendar.from_ical(fetched.content)["X-WR-CALNAME"] == "Närplan – Åsa Öberg"
    again = await editor.get(PAGE)
    assert address not in again.text
    assert "Påminner 7, 1 dagar före" in again.text
    path = again.text.partition(f'action="{PAGE}/kalendrar/')[2].partition('"')[0]
    assert (await editor.post(f"{PAGE}/kalendrar/{path}")).status_code == 303
    assert (await nobody.get(address)).status_code == 404


async def test_what_opens_nothing_looks_like_nothing(service: Litestar) -> None:
    nobody = connect(service)
    answers = [await nobody.get(f"/kalender/{name}") for name in (f"{tokens.new()}.ics", "x", "%00")]
    assert {(one.status_code, one.json()["detail"]) for one in answers} == {
        (404, "Kalendern finns inte. Skapa en ny adress på sidan Årshjul.")
    }


@pytest.mark.parametrize("days", ["sju", "1,2,3,4,5,6", "-1", "99"])
async def test_wrong_reminders_are_told_and_kept(editor: httpx.AsyncClient, days: str) -> None:
    refused = await editor.post(f"{PAGE}/kalendrar", data={"dagar": days})
    assert refused.status_code == 422
    assert f'value="{days}"' in refused.text


@pytest.mark.parametrize("query", ["ar=x", "ar=0", "ar=9999", "slag=%00", "lage=x", "vems=x", "organisation=x"])
async def test_an_address_that_is_wrong_shows_the_year(reader: httpx.AsyncClient, query: str) -> None:
    answer = await reader.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    assert "<h1>Årshjul" in answer.text
