import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories
from tests.web import html

NBSP = "\N{NO-BREAK SPACE}"
ALL = "/pengar/atgarder"
MEASURE = {
    "rubrik": "Läkarbil öster",
    "lage": "förslag",
    "kostnad": "2018: 1,4 mnkr\n2019: 1,8 mnkr",
    "manader": "18",
    "resultat": "Färre besök på akuten",
    "antal": "−5",
    "enhet": "besök per dag",
    "per_ar": "−1 400 tkr",
    "fran_ar": "2020",
    "belastar": "Eget kapital",
}


async def planned(editor: httpx.AsyncClient, sessions: ScopedSessions, **more: str) -> tuple[str, str]:
    """Plan a measure in a frame without a ceiling; return the addresses of both."""
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session, "Primärvården")
    years = {"namn": "Omställning 2018–2019", "fran": "2018", "till": "2019", "tak": ""}
    frame = (await editor.post("/pengar/ramar/ny", data=years)).headers["location"]
    form = {**MEASURE, "forvaltning": str(owner.id), "ram": frame.partition("ram=")[2], **more}
    answer = await editor.post(f"{ALL}/ny", data=form)
    assert answer.status_code == 303, html.text(answer.text)
    return answer.headers["location"], frame


@pytest.mark.parametrize("path", [ALL, f"{ALL}/{new_id()}"])
async def test_a_partner_finds_no_such_page(outsider: httpx.AsyncClient, path: str) -> None:
    assert (await outsider.get(path)).status_code == 404


async def test_the_empty_page_says_what_it_is_for(reader: httpx.AsyncClient) -> None:
    words = html.text((await reader.get(ALL)).text)
    assert "kostar i början och väntas betala sig senare" in words
    assert "Ny åtgärd" not in words
    for path in (f"{ALL}/ny", "/pengar/ramar/ny"):
        assert (await reader.get(path)).status_code == 403


async def test_a_measure_is_shown_as_an_investment_beside_a_frame_that_is_missing(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address, frame = await planned(editor, sessions)
    words = html.text((await reader.get(address)).text)
    for shown in (f"2,3{NBSP}år", "18 månader", f"−1,4{NBSP}mnkr per år från 2020", "−5 besök per dag", "Eget kapital"):
        assert shown in words
    words = html.text((await reader.get(frame)).text)
    for shown in ("Ram saknas", f"3{NBSP}200", f"1{NBSP}400", f"1{NBSP}800", f"2,3{NBSP}år"):
        assert shown in words
    identifier = frame.partition("ram=")[2]
    opened = (await editor.get(f"/pengar/ramar/{identifier}/andra")).text
    ceiling = {
        "namn": "Omställning",
        "fran": "2018",
        "till": "2019",
        "tak": "3 mnkr",
        "revision": html.value(opened, "revision"),
    }
    assert (await editor.post(f"/pengar/ramar/{identifier}/andra", data=ceiling)).status_code == 303
    assert f"Ramen överskrids med 200{NBSP}tkr" in html.text((await reader.get(frame)).text)
    assert (await editor.post(f"/pengar/ramar/{identifier}/ta-bort")).status_code == 409


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("kostnad", "2018 1,4 mnkr", "Skriv år och belopp som"),
        ("kostnad", "2018: 1\n2018: 2", "två gånger"),
        ("kostnad", "2018: mycket", "är inte ett belopp"),
        ("manader", "arton", "heltal"),
        ("antal", "få", "är inte ett tal"),
        ("fran_ar", "", "Ange både belopp"),
        ("lage", "beslutad", "Ange beslutet"),
    ],
)
async def test_what_was_written_stays_when_something_is_wrong(
    editor: httpx.AsyncClient, sessions: ScopedSessions, field: str, wrong: str, told: str
) -> None:
    async with sessions(SYSTEM) as session:
        owner = await factories.organisation(session)
    answer = await editor.post(f"{ALL}/ny", data={**MEASURE, "forvaltning": str(owner.id), field: wrong})
    assert answer.status_code == 422
    assert told in html.text(answer.text)
    assert html.value(answer.text, "enhet") == "besök per dag"


async def test_a_measure_that_the_action_plan_has_is_marked_and_changed(
    editor: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address, frame = await planned(editor, sessions, i_planen="ja")
    assert "ska vara utöver" in html.text((await editor.get(address)).text)
    assert "Ingår i handlingsplanen" in html.text((await editor.get(frame)).text)
    opened = (await editor.get(f"{address}/andra")).text
    assert f"2018: 1,4{NBSP}mnkr" in html.text(opened)
    form = {**MEASURE, "forvaltning": html.chosen(opened, "forvaltning")[0], "revision": html.value(opened, "revision")}
    assert (await editor.post(f"{address}/andra", data=form)).status_code == 303
    assert "ska vara utöver" not in html.text((await editor.get(address)).text)
    assert (await editor.post(f"{address}/ta-bort")).headers["location"] == ALL


async def test_what_came_of_it_and_what_is_claimed_stand_beside_it(
    editor: httpx.AsyncClient, reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    address, frame = await planned(editor, sessions)
    outcome = {"ar": "2020", "utfall": "Färre besök", "antal": "−3,5", "kronor": ""}
    assert (await editor.post(f"{address}/utfall", data=outcome)).status_code == 303
    assert (await editor.post(f"{address}/utfall", data=outcome)).status_code == 409
    claim = {"text": "Det lönar sig.", "vem": "Alliansen"}
    assert (await editor.post(f"{address}/pastaende", data=claim)).status_code == 303
    about_all = f"/pengar/ramar/{frame.partition('ram=')[2]}/pastaende"
    assert (await editor.post(about_all, data={**claim, "vem": ""})).status_code == 422
    assert (await editor.post(about_all, data=claim)).status_code == 303
    page = (await reader.get(address)).text
    assert "Alliansen: ”Det lönar sig.”" in html.text(page)
    assert "−3,5 saknas" in html.text(page)
    assert html.forms(page, ".*/ta-bort") == []
    assert "Alliansen: ”Det lönar sig.”" in html.text((await reader.get(frame)).text)
    for action in html.forms((await editor.get(address)).text, ".*(utfall|pastaenden)/.*/ta-bort"):
        assert (await editor.post(action)).status_code == 303
    assert "Nyttan är inte uppföljd" in html.text((await reader.get(address)).text)


@pytest.mark.parametrize(
    ("yearly", "year", "told"), [("0 kr", "2020", "Betalar sig inte"), ("", "", "Går inte att säga")]
)
async def test_a_pay_back_that_is_not_told_is_not_guessed(
    editor: httpx.AsyncClient, sessions: ScopedSessions, yearly: str, year: str, told: str
) -> None:
    address, frame = await planned(editor, sessions, per_ar=yearly, fran_ar=year)
    assert told in html.text((await editor.get(address)).text)
    assert told.lower() in html.text((await editor.get(frame)).text).lower()


@pytest.mark.parametrize("order", ["cost", "payback", "nonsense"])
async def test_the_portfolio_is_sorted(editor: httpx.AsyncClient, sessions: ScopedSessions, order: str) -> None:
    await planned(editor, sessions)
    answer = await editor.get(f"{ALL}?ram=alla&ordning={order}")
    assert answer.status_code == 200
    assert "Läkarbil öster" in answer.text
