import re

import httpx
import pytest
from uuid_utils import compat

from initiatives import funds
from initiatives.access import SYSTEM
from initiatives.funds import BudgetRow
from tests import factories
from tests.site import Site
from tests.web import html
from tests.web.test_initiatives import made


async def new_fund(site: Site, frame_kronor: int = 3_000_000) -> str:
    async with site.database.scoped(SYSTEM) as session:
        return str((await factories.fund(session, frame_kronor, name="Prov av anslag", year=2031)).id)


async def links(site: Site, fund_id: str) -> list[BudgetRow]:
    async with site.database.scoped(SYSTEM) as session:
        return [row for row in await funds.list_links(session, SYSTEM) if str(row.fund_id) == fund_id]


async def test_money_is_added_and_taken_away_on_the_page(site: Site, programme: httpx.AsyncClient) -> None:
    address, fund = await made(programme, "Prov av pengar"), await new_fund(site)
    assert "Prov av anslag 2031" in html.text((await programme.get(address)).text)
    answer = await programme.post(f"{address}/pengar", data={"anslag": fund, "belopp": "2,25 mnkr", "ar": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}#pengar")
    (row,) = await links(site, fund)
    assert (row.amount_kronor, row.year) == (2_250_000, 2031)
    page = (await programme.get(address)).text
    words = html.text(page)
    for shown in ("2\xa0250", "750\xa0tkr kvar", "Ragnhild Ek lade till pengar"):
        assert shown in words
    remove = re.findall(r'action="([^"]*/ta-bort)"', page)
    assert (await programme.post(remove[0])).status_code == 303
    assert await links(site, fund) == []
    assert "tog bort pengar" in html.text((await programme.get(address)).text)
    assert (await programme.post(remove[0])).status_code == 404


async def test_a_fund_is_never_overdrawn_and_what_was_written_stays(site: Site, programme: httpx.AsyncClient) -> None:
    address, fund = await made(programme, "Prov av för mycket pengar"), await new_fund(site)
    answer = await programme.post(f"{address}/pengar", data={"anslag": fund, "belopp": "3 500 tkr", "ar": "2031"})
    assert answer.status_code == 409
    words = html.text(answer.text)
    assert "Anslaget räcker inte" in words
    assert "överskrids med 500\xa0tkr" in words
    assert html.value(answer.text, "belopp") == "3 500 tkr"
    assert html.chosen(answer.text, "anslag") == [fund]
    assert await links(site, fund) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("belopp", "mycket"),
        ("belopp", "-1 mnkr"),
        ("belopp", "0"),
        ("belopp", "9" * 30),
        ("belopp", ""),
        ("ar", "i år"),
        ("ar", "0"),
        ("anslag", ""),
        ("anslag", "x"),
    ],
)
async def test_what_cannot_be_read_is_told_at_its_field(
    site: Site, programme: httpx.AsyncClient, field: str, value: str
) -> None:
    address, fund = await made(programme, "Prov av fel pengar"), await new_fund(site)
    data = {"anslag": fund, "belopp": "900 tkr", "ar": "2031", field: value}
    answer = await programme.post(f"{address}/pengar", data=data)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', answer.text)
    assert await links(site, fund) == []


async def test_only_the_programme_group_moves_money(
    site: Site, programme: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    address, fund = await made(programme, "Prov av andras pengar"), await new_fund(site)
    for client in (politician, partner):
        answer = await client.post(f"{address}/pengar", data={"anslag": fund, "belopp": "1 kr"})
        assert answer.status_code == 403
        assert (await client.post(f"{address}/pengar/{compat.uuid7()}/ta-bort")).status_code in {403, 404}
    assert "Lägg till pengar" not in html.text((await politician.get(address)).text)
    assert await links(site, fund) == []
