import httpx

from initiatives import findings, initiatives
from initiatives.access import SYSTEM, ScopedSessions
from tests import factories

PAGE = "/laget"


async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient) -> None:
    assert (await outsider.get(PAGE)).status_code == 404


async def test_where_nothing_is_registered_it_says_so(reader: httpx.AsyncClient) -> None:
    page = await reader.get(PAGE)
    assert page.status_code == 200
    for calm in ("Inget är försenat.", "Inga initiativ än.", "Inga öppna granskningspunkter."):
        assert calm in page.text


async def test_what_is_wrong_and_what_was_done_lead_on(editor: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session, title="Läkarbil i öster")
        await initiatives.revise(session, SYSTEM, initiative.id, summary="Ny text")
        finding = await findings.add(session, SYSTEM, title="Bilagan saknas")
    page = await editor.get(PAGE)
    assert f'href="/initiativ/{initiative.id}">Läkarbil i öster' in page.text
    assert f'href="/uppfoljning/granskning/{finding.id}"' in page.text
    assert "ändrade initiativ" in page.text
