import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories
from tests.web import html

NBSP = "\N{NO-BREAK SPACE}"
ALL = "/pengar/utlysningar"
ROUND = {
    "rubrik": "Psykisk ohälsa",
    "summa": "500 tkr",
    "hogst": "250 tkr",
    "oppnar": "2026-01-12",
    "stanger": "2026-02-27",
    "redovisas": "2026-11-01",
    "villkor": "Nya arbetssätt.",
}
APPLICATION = {
    "projekt": "Grupper",
    "sokande": "Eken",
    "belopp": "240 tkr",
    "inkom": "2026-02-20",
    "beskrivning": "Sex.",
}


async def opened(editor: httpx.AsyncClient, sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session)
    answer = await editor.post(f"{ALL}/ny", data={**ROUND, "anslag": str(fund.id)})
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"]


@pytest.mark.parametrize("path", [ALL, f"{ALL}/{new_id()}", f"/pengar/ansokningar/{new_id()}"])
async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient, path: str) -> None:
    assert (await outsider.get(path)).status_code == 404


async def test_the_empty_page_says_what_it_is_for(reader: httpx.AsyncClient) -> None:
    words = html.text((await reader.get(ALL)).text)
    assert "pengar ur ett anslag som går att söka" in words
    assert "Ny utlysning" not in words
    assert (await reader.get(f"{ALL}/ny")).status_code == 403


async def test_money_is_applied_for_awarded_and_reported(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address = await opened(editor, sessions)
    late = await editor.post(f"{address}/ansokan", data={**APPLICATION, "inkom": "2026-02-28"})
    assert late.status_code == 422
    assert "Utlysningen är öppen från 12 januari 2026" in html.text(late.text)
    applied = (await editor.post(f"{address}/ansokan", data=APPLICATION)).headers["location"]
    assert "Att besluta" in html.text((await reader.get(address)).text)
    award = {"beviljat": "250 tkr", "dag": "2026-03-16", "redovisas": "", "motivering": "", "revision": "1"}
    too_much = await editor.post(f"{applied}/beslut", data=award)
    assert too_much.status_code == 422
    assert "kan inte beviljas" in html.text(too_much.text)
    assert (await editor.post(f"{applied}/beslut", data={**award, "beviljat": "200 tkr"})).status_code == 303
    words = html.text((await reader.get(applied)).text)
    assert "Delvis beviljad" in words
    assert "Återredovisningen är försenad" in words
    told = {"dag": "2026-11-20", "arbetssatt": "Sex träffar", "resultat": "", "revision": "2"}
    half = await editor.post(f"{applied}/redovisa", data=told)
    assert half.status_code == 422
    whole = {**told, "resultat": "34 deltog", "publicerad": "ja"}
    assert (await editor.post(f"{applied}/redovisa", data=whole)).status_code == 303
    assert "34 deltog" in html.text((await reader.get(applied)).text)
    assert "Klar" in html.text((await reader.get(address)).text)
    assert "Beslutad" in html.text((await reader.get(ALL)).text)


async def test_rounds_and_applications_are_changed_and_removed(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address = await opened(editor, sessions)
    applied = (await editor.post(f"{address}/ansokan", data=APPLICATION)).headers["location"]
    more = {**APPLICATION, "belopp": "230 tkr", "revision": "1"}
    assert (await editor.post(f"{applied}/andra", data=more)).status_code == 303
    assert html.value((await editor.get(f"{applied}/andra")).text, "belopp") == f"230{NBSP}tkr"
    longer = {
        **ROUND,
        "stanger": "2026-03-06",
        "revision": html.value((await editor.get(f"{address}/andra")).text, "revision"),
    }
    assert (await editor.post(f"{address}/andra", data=longer)).status_code == 303
    assert (await editor.post(f"{address}/ta-bort")).status_code == 409
    award = {"beviljat": "1 tkr", "dag": "2026-03-16", "revision": "2"}
    assert (await editor.post(f"{applied}/beslut", data=award)).status_code == 303
    assert (await editor.post(f"{applied}/ta-bort")).status_code == 409
    refuse = {**award, "beviljat": "0 kr", "revision": "3"}
    assert (await editor.post(f"{applied}/beslut", data=refuse)).status_code == 303
    assert (await editor.post(f"{applied}/ta-bort")).headers["location"] == address
    assert (await editor.post(f"{address}/ta-bort")).headers["location"] == ALL


async def test_a_round_is_not_larger_than_what_it_is_taken_from(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session, 400_000)
    answer = await editor.post(f"{ALL}/ny", data={**ROUND, "anslag": str(fund.id)})
    assert answer.status_code == 409
    assert f"överskrids med 100{NBSP}tkr" in html.text(answer.text)
    assert html.chosen(answer.text, "anslag") == [str(fund.id)]
