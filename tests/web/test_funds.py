import httpx
import pytest

from initiatives import funds
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories
from tests.web import html

NBSP = "\N{NO-BREAK SPACE}"
FUND = {"namn": "Förfogandeanslaget", "slag": "förfogandeanslag", "ar": "2015", "ram": "20 mnkr", "beslut": "RS § 1"}


async def organisation(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.organisation(session, "Landstinget")).id)


async def made(editor: httpx.AsyncClient, sessions: ScopedSessions, **more: str) -> str:
    """Set a fund aside on the page, and return its address."""
    form = {**FUND, "organisation": await organisation(sessions), **more}
    answer = await editor.post("/pengar/anslag/nytt", data=form)
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


@pytest.mark.parametrize("path", ["/pengar", f"/pengar/anslag/{new_id()}"])
async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient, path: str) -> None:
    assert (await outsider.get(path)).status_code == 404


async def test_the_empty_page_says_what_it_is_for_and_a_reader_is_offered_nothing_to_write(
    reader: httpx.AsyncClient,
) -> None:
    answer = await reader.get("/pengar")
    assert html.heading(answer.text) == "Anslag"
    assert "summa som en organisation har avsatt" in html.text(answer.text)
    assert "Nytt anslag" not in answer.text
    assert (await reader.get("/pengar/anslag/nytt")).status_code == 403


async def test_what_was_written_stays_when_something_is_wrong(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    owner = await organisation(sessions)
    for field, wrong, told in (
        ("ram", "mycket", "är inte ett belopp"),
        ("ar", "15", "fyra siffror"),
        ("ar", "x", "fyra siffror"),
        ("namn", "", "Fyll i fältet"),
        ("organisation", "", "Fyll i fältet"),
    ):
        answer = await editor.post("/pengar/anslag/nytt", data={**FUND, "organisation": owner, field: wrong})
        assert answer.status_code == 422
        assert told in html.text(answer.text)
        assert f'id="fel-{field}"' in answer.text
        assert html.value(answer.text, "beslut") == "RS § 1"


async def test_twenty_million_are_given_and_a_hundred_thousand_more_are_refused(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address = await made(editor, sessions)
    given = {"andamal": "Kompetensutveckling", "belopp": "900 tkr", "annan": "Hälsovalet", "varje_ar": "ja"}
    assert (await editor.post(f"{address}/tilldela", data=given)).status_code == 303
    rest = {"andamal": "Resten", "belopp": "19,1 mnkr", "annan": "Hälsovalet"}
    assert (await editor.post(f"{address}/tilldela", data=rest)).status_code == 303
    refused = await editor.post(f"{address}/tilldela", data={**rest, "belopp": "100 tkr"})
    assert refused.status_code == 409
    assert f"överskrids med 100{NBSP}tkr" in html.text(refused.text)
    assert html.value(refused.text, "belopp") == "100 tkr"
    smaller = await editor.get(f"{address}/andra")
    form = {**FUND, "organisation": html.chosen(smaller.text, "organisation")[0], "ram": "19 mnkr"}
    answer = await editor.post(f"{address}/andra", data={**form, "revision": html.value(smaller.text, "revision")})
    assert answer.status_code == 409
    assert f"överskrids med 1{NBSP}mnkr" in html.text(answer.text)
    words = html.text((await reader.get(address)).text)
    assert f"Ofinansierat från 2016: 900{NBSP}tkr per år" in words
    assert "Kvar 0" in words
    assert "Tilldela pengar" not in words
    assert "Förfogandeanslaget 2015" in html.text((await reader.get("/pengar?ar=2015")).text)
    assert "Förfogandeanslaget 2015" in html.text((await reader.get("/pengar?ar=alla")).text)


async def test_two_who_change_a_fund_at_once_choose_between_both_values(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address = await made(editor, sessions)
    opened = (await editor.get(f"{address}/andra")).text
    form = {
        **FUND,
        "organisation": html.chosen(opened, "organisation")[0],
        "revision": html.value(opened, "revision"),
        "fore": html.value(opened, "fore"),
    }
    first = {**form, "ram": "21 mnkr", "beslut": "RS § 2"}
    assert (await editor.post(f"{address}/andra", data=first)).status_code == 303
    conflict = await editor.post(f"{address}/andra", data={**form, "ram": "22 mnkr"})
    assert conflict.status_code == 409
    words = html.text(conflict.text)
    assert "Inget är förlorat" in words
    assert f"Behåll det som är sparat: 21{NBSP}mnkr" in words
    assert "Använd det du skrev: 22 mnkr" in words
    assert html.value(conflict.text, "beslut") == "RS § 2"
    again = {
        **form,
        "ram": "22 mnkr",
        "beslut": "RS § 2",
        "revision": html.value(conflict.text, "revision"),
        "valj_ram": "sparat",
    }
    assert (await editor.post(f"{address}/andra", data=again)).status_code == 303
    assert f"21{NBSP}000" in html.text((await editor.get(address)).text)


async def test_money_is_moved_allocations_are_changed_and_what_is_used_is_not_removed(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address, other = await made(editor, sessions), await another_fund(sessions)
    moved = {"till": other, "belopp": "1 mnkr", "dag": "2015-04-13", "beslut": "RS § 52"}
    assert (await editor.post(f"{address}/overfor", data={**moved, "belopp": "21 mnkr"})).status_code == 409
    assert (await editor.post(f"{address}/overfor", data=moved)).status_code == 303
    given = {"andamal": "Läkare", "belopp": "2 mnkr", "annan": "Personalavdelningen"}
    allocation = (await editor.post(f"{address}/tilldela", data=given)).headers["location"].partition("#t-")[2]
    page = (await editor.get(address)).text
    assert "RS § 52" in page
    assert f"−1{NBSP}000" in html.text(page)
    change = f"/pengar/tilldelningar/{allocation}/andra"
    opened = await editor.get(change)
    assert html.value(opened.text, "belopp") == f"2{NBSP}mnkr"
    more = {**given, "belopp": "3 mnkr", "revision": html.value(opened.text, "revision")}
    answer = await editor.post(change, data=more)
    assert answer.status_code == 303
    used = await editor.post(f"{address}/ta-bort")
    assert used.status_code == 409
    assert "Ta först bort det som använder det" in html.text(used.text)
    assert (await editor.post(f"/pengar/tilldelningar/{allocation}/ta-bort")).status_code == 303
    assert "Inga pengar är tilldelade" in html.text((await editor.get(address)).text)


async def test_an_unused_fund_goes_away(editor: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    address = await made(editor, sessions)
    assert (await editor.post(f"{address}/ta-bort")).headers["location"] == "/pengar"
    assert (await editor.get(address)).status_code == 404


async def test_an_initiative_uses_an_allocation_on_its_page(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        fund, initiative = await factories.fund(session, 1_000), await factories.initiative(session)
        given = await funds.allocate(session, SYSTEM, fund.id, amount_kronor=1_000, purpose="Bilar", receiver="A")
    page = f"/initiativ/{initiative.id}"
    assert f'value="{fund.id}/{given.id}"' in (await editor.get(page)).text
    money = {"anslag": f"{fund.id}/{given.id}", "belopp": "1 000", "ar": ""}
    assert (await editor.post(f"{page}/pengar", data=money)).status_code == 303
    assert "Bilar" in html.text((await editor.get(f"/pengar/anslag/{fund.id}")).text)
    more = await editor.post(f"{page}/pengar", data={**money, "belopp": "1"})
    assert more.status_code == 409
    assert html.chosen(more.text, "anslag") == [f"{fund.id}/{given.id}"]


async def another_fund(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.fund(session, name="Det andra")).id)
