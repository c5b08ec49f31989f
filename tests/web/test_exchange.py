"""Tables on pages: fetched with the list's filters, tried, saved, and the errors as a file. All without JavaScript."""

import re
from datetime import date

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.exchange import files
from initiatives.initiatives import Initiative
from tests import factories

PLACE = "/tabeller/initiativ"


@pytest.fixture
async def initiative(sessions: ScopedSessions) -> Initiative:
    async with sessions(SYSTEM) as session:
        town = await factories.organisation(session, "Ekby kommun")
        return await factories.initiative(
            session, title="Läkarbil <i>", lead_organisation_id=town.id, ends_on=date(2026, 12, 31)
        )


async def send(client: httpx.AsyncClient, content: str, step: str) -> httpx.Response:
    sent = {"fil": ("tabell.csv", content.encode())}
    return await client.post(f"{PLACE}/las-in", data={"gor": step}, files=sent)


def held(page: httpx.Response) -> str:
    """Return the file that a page holds for the next step."""
    return str(re.findall(r'name="innehall" value="([^"]+)"', page.text)[0])


async def test_the_list_leads_to_a_file_with_its_own_filters(editor: httpx.AsyncClient, initiative: Initiative) -> None:
    async def rows(query: str) -> list[str]:
        page = await editor.get(f"/initiativ?{query}")
        address: str = re.findall(r'href="(/tabeller/initiativ\?[^"]*)">Excel', page.text)[0].replace("&amp;", "&")
        answer = await editor.get(address)
        assert answer.headers["content-disposition"] == 'attachment; filename="initiatives.xlsx"'
        return [str(cells[0]) for _, cells in files.read(answer.content).rows]

    assert await rows("q=l%C3%A4karbil&lage=f%C3%B6rslag") == ["Läkarbil <i>"]
    assert "Exportera det som visas" not in (await editor.get("/initiativ?q=ambulans")).text
    assert files.read((await editor.get(f"{PLACE}?q=ambulans")).content).rows == ()


async def test_a_file_is_looked_at_first_and_then_saved_from_the_page(
    editor: httpx.AsyncClient, initiative: Initiative
) -> None:
    content = (
        f"Id;Titel;Slutdatum;Leds av\r\n{initiative.id};Läkarbil <i>;2027-06-30;Ekby kommun\r\n;Ny;;Ekby kommun\r\n"
    )
    tried = await send(editor, content, "prova")
    assert tried.status_code == 200
    assert "Importera 2 rader" in tried.text
    assert "<del>2026-12-31</del>" in tried.text
    assert "<ins>2027-06-30</ins>" in tried.text
    assert "Läkarbil &lt;i&gt;" in tried.text
    assert (await editor.get("/api/v1/initiatives")).json()["total"] == 1
    saved = await editor.post(f"{PLACE}/las-in", data={"gor": "spara", "innehall": held(tried)})
    assert "Tabellen är inläst" in saved.text
    assert (await editor.get("/api/v1/initiatives")).json()["total"] == 2
    assert "Inget skulle ändras" in (await send(editor, content, "prova")).text


async def test_errors_are_told_and_can_be_fetched_as_a_file(editor: httpx.AsyncClient, initiative: Initiative) -> None:
    content = f"Id;Titel;Slutdatum\r\n{initiative.id};;i vår\r\n"
    for step in ("prova", "spara"):
        wrong = await send(editor, content, step)
        assert wrong.status_code == 422
        assert "Rad 2, Slutdatum" in wrong.text
        fetched = await editor.post(f"{PLACE}/las-in", data={"gor": "fel", "innehall": held(wrong)})
        assert fetched.headers["content-type"].startswith("text/csv")
        assert [cells[0] for _, cells in files.read(fetched.content).rows] == ["rad 2, Slutdatum"]
    unknown = await send(editor, "Titeln\r\nx\r\n", "prova")
    assert "Menar du Titel?" in unknown.text
    assert (await send(editor, "", "prova")).status_code == 422


async def test_only_writers_come_to_the_form(outsider: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
    for client in (outsider, reader):
        assert (await client.get(f"{PLACE}/las-in")).status_code == 403
        assert (await send(client, "Titel\r\nx\r\n", "spara")).status_code == 403
        listed = await client.get("/tabeller")
        assert "/tabeller/initiativ?format=xlsx" in listed.text
        assert "Läs in" not in listed.text
    assert (await reader.get("/tabeller/personer")).status_code == 404
