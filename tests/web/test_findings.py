import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from tests import factories

ALL = "/uppfoljning/granskning"


async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient) -> None:
    assert (await outsider.get(ALL)).status_code == 404


async def test_the_empty_page_says_what_it_is_for(reader: httpx.AsyncClient) -> None:
    answer = await reader.get(ALL)
    assert "Inga punkter än" in answer.text
    assert "Granska registret nu" not in answer.text


async def test_the_rules_are_run_and_a_finding_is_closed(editor: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.initiative(session, title="Läkarbil", status="beslutat")
    told = await editor.get((await editor.post(f"{ALL}/granska")).headers["location"])
    assert "Registret är granskat" in told.text
    assert "”Läkarbil” är beslutat eller pågår" in told.text
    address = told.text.partition(f'href="{ALL}/')[2].partition('"')[0]
    form = {"version": "1", "lage": "godtas", "ansvarig": "", "slutsats": ""}
    refused = await editor.post(f"{ALL}/{address}", data=form)
    assert refused.status_code == 422
    assert "Skriv vad ni kom fram till" in refused.text
    saved = await editor.post(f"{ALL}/{address}", data={**form, "slutsats": "Klart nästa vecka."})
    assert saved.status_code == 303
    conflict = await editor.post(f"{ALL}/{address}", data={**form, "slutsats": "Något annat."})
    assert conflict.status_code == 409
    assert "Något annat." in conflict.text
    assert "slutsats" in conflict.text


async def test_a_finding_of_ones_own_is_written_and_taken_away(editor: httpx.AsyncClient) -> None:
    empty = await editor.post(ALL, data={"titel": " ", "beskrivning": "Bilaga 2", "vikt": "låg"})
    assert empty.status_code == 422
    assert "Bilaga 2" in empty.text
    added = await editor.post(ALL, data={"titel": "Bilagan saknas", "beskrivning": "Bilaga 2", "vikt": "låg"})
    shown = await editor.get(added.headers["location"])
    assert "Bilagan saknas" in shown.text
    assert (await editor.post(f"{added.headers['location']}/ta-bort")).status_code == 303
    assert (await editor.get(added.headers["location"])).status_code == 404


@pytest.mark.parametrize("query", ["lage=x", "vikt=x", "regel=%00", "q=%00", "sida=0", "nya=x"])
async def test_an_address_that_is_wrong_shows_the_list(reader: httpx.AsyncClient, query: str) -> None:
    assert (await reader.get(f"{ALL}?{query}")).status_code == 200


async def test_the_form_may_come_filled_in_with_the_address(editor: httpx.AsyncClient) -> None:
    page = (await editor.get(f"{ALL}?titel=Olika+<b>datum</b>&beskrivning=Registret+s%C3%A4ger+maj.")).text
    assert 'value="Olika &lt;b&gt;datum&lt;/b&gt;"' in page
    assert "Registret säger maj.</textarea>" in page
