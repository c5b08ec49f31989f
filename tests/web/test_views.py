"""The list of initiatives as a board and a timeline, and the filters that one saves."""

from datetime import date
from uuid import uuid4

import httpx
import pytest

from api.web import timeline
from initiatives.milestones import MilestoneRow
from initiatives.overview import InitiativeRow, Named
from initiatives.workflow import Status
from tests.site import Site
from tests.web import html
from tests.web.test_initiatives import ONE, made

TODAY = date(2026, 11, 30)


async def test_the_board_has_a_column_for_each_status_and_moves_by_button(
    programme: httpx.AsyncClient, politician: httpx.AsyncClient
) -> None:
    await made(programme, "Prov av tavlan")
    page = (await programme.get("/initiativ?vy=tavla&q=Prov av tavlan")).text
    headings = [html.text(part.split("</h2>")[0].partition(">")[2]) for part in page.split("<h2 id=")[1:]]
    assert headings == ["Förslag 1", "Beslutat 0", "Pågår 0", "Pausat 0", "Avslutat 0", "Avbrutet 0"]
    [address] = html.links(page, ONE)
    sent = {"lage": "avbrutet", "till": "tavla", "fran": "förslag", "skal": "Prov."}
    moved = await programme.post(f"{address}/flytta", data=sent)
    assert moved.headers["location"] == "/initiativ?vy=tavla"
    assert html.forms((await politician.get("/initiativ?vy=tavla")).text, ".*flytta") == []


async def test_the_timeline_has_the_same_days_in_a_table(politician: httpx.AsyncClient) -> None:
    page = (await politician.get("/initiativ?vy=tidslinje&q=Familjecentral")).text
    assert '<svg class="timeline"' in page
    words = html.text(page)
    for expected in ("Familjecentral i Stenmåla", "16 augusti 2027", "Entreprenör för ventilationen vald (försenad)"):
        assert expected in words


def row(title: str, starts_on: date | None, ends_on: date | None) -> InitiativeRow:
    return InitiativeRow(
        id=uuid4(),
        title=title,
        summary="",
        status=Status.ONGOING,
        lead_organisation=Named(uuid4(), "Region Ek"),
        responsible=None,
        starts_on=starts_on,
        ends_on=ends_on,
        nodes=(),
        partners=(),
        decision="",
        outcome="",
        reason="",
        next_steps="",
        health=None,
        reported_on=None,
        shared_with=(),
        budget_kronor=0,
        created_at=None,
        updated_at=None,  # type: ignore[arg-type]  # nothing here looks at it
        revision=1,
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (None, date(2027, 5, 1)),
        (date(2026, 3, 1), None),
        (date(1900, 1, 1), date(2200, 12, 31)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(1950, 1, 1), date(1960, 1, 1)),
        (date(2150, 1, 1), None),
    ],
)
def test_any_days_are_drawn_inside_the_drawing(starts_on: date | None, ends_on: date | None) -> None:
    one = row("<b>Långt & brett</b> " * 9, starts_on, ends_on)
    stone = MilestoneRow(uuid4(), one.id, "Klar", date(2026, 6, 1), date(2026, 6, 2), None, None, 1)
    drawing = timeline.draw([one], [stone], today=TODAY)
    assert "<b>" not in drawing
    bar = drawing.split('<rect class="bar')[1]
    x, width = (float(bar.split(f'{name}="')[1].split('"')[0]) for name in ("x", "width"))
    assert timeline.NAMES <= x <= x + width <= timeline.WIDTH - timeline.RIGHT + 3
    assert ("open" in bar.split('"')[0]) is (starts_on is None or ends_on is None)
    assert "stone reached" in drawing
    assert "i dag" in drawing


def test_only_what_has_days_is_in_the_timeline_by_its_first_day() -> None:
    rows = [row("Utan", None, None), row("Sen", date(2027, 1, 1), None), row("Tidig", None, date(2026, 1, 1))]
    assert [one.title for one in timeline.dated(rows)] == ["Tidig", "Sen"]
    assert timeline.draw([], [], today=TODAY) == ""


async def test_a_filter_is_saved_opened_by_default_and_taken_away(
    site: Site, politician: httpx.AsyncClient, programme: httpx.AsyncClient
) -> None:
    asked = "/initiativ?q=Stenm%C3%A5la&lage=beslutat&vy=tavla"
    page = (await politician.get(asked)).text
    assert "Sparade filter" in page
    form = {"q": "Stenmåla", "lage": "beslutat", "vy": "tavla", "ordning": "title", "forval": "ja"}
    refused = await politician.post("/initiativ/filter", data={**form, "namn": " "})
    assert refused.status_code == 422
    saved = await politician.post("/initiativ/filter", data={**form, "namn": "Stenmålas"})
    assert (saved.status_code, saved.headers["location"]) == (303, asked)
    page = (await politician.get("/initiativ")).text
    assert "Sparade filter: Stenmålas" in html.text(page)
    assert "2 initiativ passar" in html.text(page)
    assert '<div class="board"' in page
    whole = (await politician.get("/initiativ?filter=alla")).text
    assert "passar" not in html.text(whole)
    assert html.links(whole, r"/initiativ\?q=Stenm.*") == [asked]
    assert "Stenmålas" not in (await programme.get("/initiativ")).text
    [where] = html.forms(whole, "/initiativ/filter/[0-9a-f-]+/ta-bort")
    assert (await programme.post(where)).status_code == 404
    assert (await politician.post(where)).status_code == 303
    assert "Stenmålas" not in (await politician.get("/initiativ")).text


@pytest.mark.parametrize("query", ["vy=karta", "halsa=grönt", "ar=12", "ar=99999", "ansvarig=x", "lage=x&lage=pågår"])
async def test_a_strange_address_is_no_error(politician: httpx.AsyncClient, query: str) -> None:
    assert (await politician.get(f"/initiativ?{query}")).status_code == 200
