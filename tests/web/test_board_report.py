"""Rapport till styrelsen on the sample region: the page, the API and the workbook say what the rooms themselves say."""

import io
import re
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from api.web.pages import in_millions, in_thousands
from api.workbooks import workbook
from initiatives import funds, swedish
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.workbooks import XLSX, As, Column, Sheet
from tests import factories
from tests.web import html

YEAR = 2026
PERIOD = {"fran": f"{YEAR}-01-01", "till": f"{YEAR}-12-31"}
PARTS = (
    "Klart",
    "Pågår",
    "Försenat",
    "Härnäst",
    "Anslag",
    "Statsbidrag",
    "Åtgärder",
    "Beslut",
    "Indikatorer",
    "Granskning",
)


async def api(client: httpx.AsyncClient, path: str, **query: object) -> Any:
    answer = await client.get(f"/api/v1/{path}", params=query, headers={"Accept": "application/json"})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.json()


async def whole(client: httpx.AsyncClient, **more: object) -> Any:
    return await api(client, "board-report", **({"from": PERIOD["fran"], "to": PERIOD["till"]} | more))


async def book(client: httpx.AsyncClient, **query: str) -> Any:
    answer = await client.get("/rapport.xlsx", params=PERIOD | query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return load_workbook(io.BytesIO(answer.content))


def rows(sheet: Any) -> list[dict[str, Any]]:
    heads, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, line, strict=True)) for line in lines]


async def test_funds_are_those_of_their_page_to_the_krona(politician: httpx.AsyncClient) -> None:
    [year] = (await whole(politician))["funds"]
    listed = (await api(politician, "funds", year=YEAR, limit=100))["items"]
    assert listed
    names = ("frame_kronor", "allocated_kronor", "linked_kronor", "left_kronor")
    assert [[one["id"], *(one[name] for name in names)] for one in year["lines"]] == [
        [one["id"], *(one[name] for name in names)] for one in listed
    ]
    page = (await politician.get("/pengar", params={"ar": str(YEAR)})).text
    shown = html.text(page.partition("<tfoot>")[2].partition("</tfoot>")[0])
    for name in names:
        assert year[name] == sum(one[name] for one in listed)
        assert in_thousands(year[name]) in shown
    report = (await politician.get("/rapport", params=PERIOD)).text
    assert html.text(report.partition("<tfoot>")[2].partition("</tfoot>")[0]) == shown
    for one in year["lines"]:
        assert f"/pengar/anslag/{one['id']}" in html.links(report, "/pengar/anslag/.*")


async def test_state_grants_are_reconciled_as_on_their_page(politician: httpx.AsyncClient) -> None:
    found = await whole(politician, **{"from": f"{YEAR - 1}-01-01"})
    assert found["grants"]
    for year in found["grants"]:
        result = await api(politician, "grants/reconciliation", year=year["year"])
        for name in ("budget_kronor", "expected_kronor", "received_kronor", "difference_kronor"):
            assert year[name] == result[name]
        assert year["expected_kronor"] == sum(one["expected_kronor"] for one in year["lines"])
        page = html.text((await politician.get("/pengar/statsbidrag", params={"ar": str(year["year"])})).text)
        assert f"Väntat {in_millions(year['expected_kronor'])}" in page


async def test_measures_come_to_what_the_portfolio_says(politician: httpx.AsyncClient) -> None:
    found, together = (await whole(politician))["measures"], await api(politician, "measures/portfolio")
    assert found["lines"]
    assert (found["cost_kronor"], found["yearly_kronor"]) == (together["cost_kronor"], together["yearly_kronor"])


async def test_what_is_late_and_decided_is_what_the_other_lists_say(politician: httpx.AsyncClient) -> None:
    found = await whole(politician)
    late = await api(politician, "deadlines", state="försenad", limit=100)
    assert len(found["late"]) == late["total"]
    decided = [
        one
        for one in (await api(politician, "decisions", limit=100))["items"]
        if one["outcome"] in ("beslutat", "delvis bifall") and (one["decided_on"] or "")[:4] == str(YEAR)
    ]
    assert {one["id"] for one in found["decisions"]} == {one["id"] for one in decided}
    assert found["decisions"]
    for one in found["decisions"]:
        clauses = await api(politician, f"decisions/{one['id']}/clauses")
        assert [(each["id"], each["standing"]) for each in one["clauses"]] == [
            (each["id"], each["words"]) for each in clauses
        ]
    indicators = (await api(politician, "indicators", limit=100))["items"]
    assert [one["verdict"] for one in found["indicators"]] == [one["standing"]["verdict"] for one in indicators]
    ongoing = await api(politician, "initiatives", status="pågår", limit=100)
    assert len(found["ongoing"]) == ongoing["total"]
    assert [one["linked_kronor"] for one in found["ongoing"]] == [one["budget_kronor"] or 0 for one in ongoing["items"]]
    graves = await api(politician, "findings", state="öppen", severity="hög", limit=100)
    assert [one["id"] for one in found["findings"]] == [one["id"] for one in graves["items"]]


async def test_every_line_of_the_page_leads_to_its_thing(politician: httpx.AsyncClient) -> None:
    page = (await politician.get("/rapport", params=PERIOD)).text
    assert html.heading(page) == "Rapport till styrelsen"
    found = sorted({address.partition("#")[0] for address in html.links(page, r"/\w+(/[\w-]+)*/[0-9a-f-]{36}(#.*)?")})
    assert len(found) > 20
    for address in found:
        assert (await politician.get(address)).status_code == 200, address
    for word in ("Klart i perioden", "Pågår", "Försenat", "Härnäst", "Anslag 2026", "Beslut i perioden", "Indikatorer"):
        assert word in html.text(page)


async def test_the_workbook_says_what_the_report_says(politician: httpx.AsyncClient) -> None:
    found, file = await whole(politician), await book(politician)
    assert tuple(file.sheetnames) == ("Om rapporten", *PARTS)
    for name in PARTS:
        assert file[name].freeze_panes == "A2"
    [year] = found["funds"]
    *lines, last = rows(file["Anslag"])
    assert [(one["Anslag"], one["Ram (kr)"], one["Kvar (kr)"]) for one in lines] == [
        (one["name"], one["frame_kronor"], one["left_kronor"]) for one in year["lines"]
    ]
    assert (last["Anslag"], last["Kvar (kr)"]) == ("Summa", year["left_kronor"])
    assert '"kr"' in file["Anslag"]["D2"].number_format
    assert len(rows(file["Försenat"])) == len(found["late"])
    assert len(rows(file["Beslut"])) == sum(max(1, len(one["clauses"])) for one in found["decisions"])
    assert isinstance(rows(file["Beslut"])[0]["Beslutat"], datetime)
    assert file["Anslag"]["I2"].hyperlink.target.endswith(f"/pengar/anslag/{year['lines'][0]['id']}")


async def test_one_delomrade_shows_what_stands_under_it(politician: httpx.AsyncClient) -> None:
    everything = await whole(politician)
    nodes = await api(politician, "taxonomy")
    told = {one["id"]: await whole(politician, node=one["id"]) for one in nodes if one["dimension"] == "delområde"}
    assert any(one["ongoing"] for one in told.values())
    assert any(len(one["ongoing"]) < len(everything["ongoing"]) for one in told.values())
    for node, found in told.items():
        mine = await api(politician, "initiatives", status="pågår", node=node, limit=100)
        assert {one["id"] for one in found["ongoing"]} == {one["id"] for one in mine["items"]}
        assert (found["grants"], found["measures"], found["node"]["id"]) == ([], None, node)
        all_of_it = (await api(politician, "initiatives", node=node, limit=100))["items"]
        used = sum(
            year["node_kronor"]
            for year in (await whole(politician, node=node, **{"from": "2025-01-01", "to": "2029-12-31"}))["funds"]
        )
        assert used == sum(one["budget_kronor"] or 0 for one in all_of_it)
    file = await book(politician, delomrade=next(iter(told)))
    assert ("Statsbidrag" in file.sheetnames, "Delområdets initiativ (kr)" in rows(file["Anslag"])[0]) == (False, True)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"fran": "x"}, "inte ett datum"),
        ({"fran": "2026-02-01", "till": "2026-01-01"}, "Byt plats"),
        ({"fran": "2010-01-01"}, "högst 5 år"),
        ({"delomrade": "01976a10-0000-7000-8000-000000000001"}, "Välj ett ur listan"),
    ],
)
async def test_a_wrong_wish_says_what_to_do(politician: httpx.AsyncClient, query: dict[str, str], told: str) -> None:
    page = await politician.get("/rapport", params=query)
    assert (page.status_code, told in html.text(page.text)) == (422, True)
    assert (await politician.get("/rapport.xlsx", params=query)).status_code == 422


async def test_a_partner_has_no_report_and_no_way_to_it(partner: httpx.AsyncClient) -> None:
    for path in ("/rapport", "/rapport.xlsx"):
        assert (await partner.get(path)).status_code == 404
    assert (await partner.get("/api/v1/board-report")).status_code == 403


async def test_where_there_is_nothing_the_report_says_so(reader: httpx.AsyncClient) -> None:
    words = html.text((await reader.get("/rapport")).text)
    for told in (
        "Inget har blivit klart",
        "Inget är försenat",
        "Inga anslag finns",
        "Inget är beslutat",
        "Det finns inga.",
    ):
        assert told in words


async def test_a_text_that_looks_like_a_formula_stays_a_text(
    reader: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    formula = '=HYPERLINK("http://x.example";"Klicka")'
    async with sessions(SYSTEM) as session:
        fund = await factories.fund(session, name=formula, year=swedish.today().year)
        initiative = await factories.initiative(session)
        await funds.link(
            session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=1_234_567, year=swedish.today().year
        )
    answer = await reader.get("/rapport.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content))["Anslag"]
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", f"'{formula}")
    assert (sheet["D2"].value, sheet["G2"].value, sheet["H2"].value) == (20_000_000, 1_234_567, 18_765_433)


def test_a_workbook_has_dates_amounts_and_names_that_a_spreadsheet_takes() -> None:
    columns = (Column("Dag", As.DAY), Column("Belopp", As.KRONOR), Column("Text"))
    made = workbook("a.xlsx", [Sheet("A/B: " + "x" * 40, columns, [(date(2026, 3, 1), -5, "+1")], frozenset({0}))])
    assert re.search(r'filename="a\.xlsx"', made.headers["Content-Disposition"])
    sheet = load_workbook(io.BytesIO(made.content)).worksheets[0]
    day, amount, words = next(sheet.iter_rows(min_row=2))
    assert (day.value, amount.value, words.value) == (datetime(2026, 3, 1), -5, "'+1")  # noqa: DTZ001 - a spreadsheet has no zones
    assert (len(sheet.title), day.font.bold) == (31, True)
