"""The seven state grants of one region in 2017, brought in from a table and worked through to the krona and the day.

The figures are public; the table and its words are our own. Each contradiction in it is found by a rule.
"""

from pathlib import Path
from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, Role, ScopedSessions
from initiatives.organisations import OrganisationKind
from tests import factories

TABLE = Path(__file__).with_name("grants_2017.csv").read_text(encoding="utf-8")
PLACE = "/api/v1/grants/table"
MNKR = 1_000_000


@pytest.fixture
async def loaded(writer: httpx.AsyncClient, sessions: ScopedSessions) -> httpx.AsyncClient:
    """Return a client of the programme group that has brought the table in."""
    await home(sessions)
    answer = await writer.post(PLACE, json={"content": TABLE})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "dry_run": False,
        "created": {"överenskommelse": 7, "del": 16, "krav": 20, "villkor": 4, "belopp": 2},
        "changed": {},
        "unchanged": 0,
        "errors": [],
    }
    return writer


async def home(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        await factories.organisation(session, "Landstinget", OrganisationKind.REGION)


async def reconciled(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/v1/grants/reconciliation?year=2017")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_expected_income_against_the_budget_by_every_reading(loaded: httpx.AsyncClient) -> None:
    found = await reconciled(loaded)
    assert found["expected_kronor"] == 51_000_000
    assert found["budget_kronor"] == 43_800_000
    assert (found["difference_kronor"], found["difference_percent"]) == (7_200_000, 16.4)
    assert found["county_kronor"] == 11_200_000
    assert (found["forecast_kronor"], found["received_kronor"]) == (None, None)
    assert [(one["kronor"], one["usual"], one["agrees"]) for one in found["readings"]] == [
        (47_900_000, False, False),
        (48_600_000, False, False),
        (51_000_000, True, True),
        (51_700_000, False, False),
    ]
    assert [[choice["words"] for choice in one["choices"]] for one in found["readings"]] == [
        ["samma belopp, skrivet 2 gånger", "går vidare till Region Skåne och räknas inte"],
        ["samma belopp, skrivet 2 gånger", "räknas som egen intäkt, beloppet i registret"],
        ["2 utbetalningar", "går vidare till Region Skåne och räknas inte"],
        ["2 utbetalningar", "räknas som egen intäkt, beloppet i registret"],
    ]


async def test_the_implied_share_of_each_part(loaded: httpx.AsyncClient) -> None:
    shares = (await reconciled(loaded))["shares"]
    assert {one["component"]: one["percent"] for one in shares} == {
        "Stimulansbidrag": 1.588,
        "Specialistsjuksköterskor": 1.424,
        "Standardiserade vårdförlopp": 1.523,
        "Länets handlingsplan": 2.760,
        "Ungdomsmottagningar": 1.538,
        "Barn och unga": 1.533,
        "Förlossningsvård": 1.528,
        "Kvinnors hälsa i primärvården": 1.538,
        "Försäkringsmedicinsk kompetens": 1.533,
        "Koordinering": 1.524,
        "Elektronisk information": 1.500,
        "Central administration": 4.242,
        "Nya arbetssätt": 1.509,
    }
    assert {one["median_percent"] for one in shares if one["component"] != "Nya arbetssätt"} == {1.533}
    outliers = {one["component"]: one["off_percent"] for one in shares if one["outlier"]}
    assert outliers == {
        "Specialistsjuksköterskor": -7.1,
        "Länets handlingsplan": 80.0,
        "Central administration": 176.7,
    }


async def test_every_contradiction_is_found_with_its_figures(loaded: httpx.AsyncClient) -> None:
    checks = (await reconciled(loaded))["checks"]
    found = {f"{one['rule']}: {one['detail']}".replace("\N{NO-BREAK SPACE}", " ") for one in checks}
    expected = (
        ("grants-expected-differs-from-budget", "51 mnkr mot 43,8 mnkr i budget: 7,2 mnkr mer (16 %)"),
        ("grants-county-money", "11,2 mnkr av 51 mnkr 2017 är för region och kommuner"),
        (
            "grant-parts-exceed-total",
            "Professionsmiljarden. Delarna är tillsammans 985 mnkr, totalen 976 mnkr: 9 mnkr",
        ),
        ("grant-two-amounts", "Specialistsjuksköterskor. 330 mnkr i hela landet på ett ställe, 300 mnkr på ett annat."),
        (
            "grant-parts-below-total",
            "Psykisk hälsa. Delarna är tillsammans 530 mnkr, totalen 780 mnkr: 250 mnkr",
        ),
        ("grant-share-stands-out", "Länets handlingsplan. Andelen är 2,760 %"),
        (
            "grant-parts-below-total",
            "220 mnkr är inte fördelade på delar. Resten ligger nära Utredningar",
        ),
        ("grant-parts-differ-from-text", "1 220 mnkr, källan säger 1 230 mnkr: 10 mnkr skiljer."),
        ("grant-ambiguous-instalments", "blir andelen 1,523 %, som en 0,762 %; medianen är 1,533 %."),
        ("grant-two-dates", "Redovisning: oktober 2017 på ett ställe, 1 november 2017 på ett annat."),
        ("grant-two-periods", "Perioden slutar 2018 på ett ställe och 2019 på ett annat."),
        ("grant-two-recipients", "till SKL på ett ställe, till Socialdepartementet på ett annat."),
        ("grant-not-own-income", "700 tkr går vidare till Region Skåne och räknas inte med."),
        ("grant-share-stands-out", "Central administration. Andelen är 4,242 %"),
        ("grant-share-stands-out", "Specialistsjuksköterskor. Andelen är 1,424 %"),
        ("grant-no-obligation", "Psykisk hälsa, Barn och unga."),
        ("grant-no-year", "källan säger bara ”3 okt”, utan år."),
        ("grant-no-day", "källan säger bara december 2017."),
        ("grant-no-date", "Sjukskrivning och rehabilitering. Handlingsplan: det står inte när."),
    )
    for rule, words in expected:
        assert [one for one in found if one.startswith(f"{rule}:") and words in one], (rule, words, sorted(found))
    assert not [one for one in found if "Cancervård" in one and "parts" in one], "407 of 407 to the regions adds up"
    assert [one["severity"] for one in checks] == sorted(
        (one["severity"] for one in checks), key=["hög", "medel", "låg"].index
    )


async def test_the_year_wheel(loaded: httpx.AsyncClient) -> None:
    answer = await loaded.get("/api/v1/deadlines?from_on=2017-01-01&to_on=2018-12-31&limit=100")
    assert answer.status_code == 200, answer.text
    rows = sorted(answer.json()["items"], key=lambda one: (one["due_on"], one["whole_month"]))
    assert [(one["due_on"], one["whole_month"], one["kind"], one["title"]) for one in rows] == [
        ("2017-02-17", False, "utbetalning", "Försäkringsmedicinska utredningar"),
        ("2017-03-01", True, "handlingsplan", "Cancervård"),
        ("2017-04-01", True, "utbetalning", "Cancervård"),
        ("2017-05-26", False, "utbetalning", "Försäkringsmedicinska utredningar"),
        ("2017-06-01", False, "handlingsplan", "Kvinnors hälsa"),
        ("2017-09-29", False, "utbetalning", "Försäkringsmedicinska utredningar"),
        ("2017-10-01", True, "redovisning", "Cancervård"),
        ("2017-10-03", False, "redovisning", "Sjukskrivning och rehabilitering"),
        ("2017-10-31", False, "redovisning", "Psykisk hälsa"),
        ("2017-11-01", False, "redovisning", "Cancervård (annan uppgift)"),
        ("2017-11-01", True, "utbetalning", "Cancervård"),
        ("2017-12-01", False, "rekvirering", "Professionsmiljarden"),
        ("2017-12-01", True, "redovisning", "Sjukskrivning och rehabilitering"),
        ("2017-12-15", False, "utbetalning", "Försäkringsmedicinska utredningar"),
        ("2018-03-31", False, "redovisning", "Kvinnors hälsa"),
        ("2018-03-31", False, "redovisning", "Professionsmiljarden"),
        ("2018-04-05", False, "utbetalning", "Försäkringsmedicinska utredningar"),
    ]
    easter_eve = [one["warning"] for one in rows if one["due_on"] == "2018-03-31"]
    assert easter_eve == ["Lördag och påskafton. Sikta på torsdag 29 mars 2018."] * 2


async def test_when_the_ambiguous_is_settled_one_reading_is_left(loaded: httpx.AsyncClient) -> None:
    grants = (await loaded.get("/api/v1/grants?year=2017")).json()["items"]
    for one in (part for grant in grants for part in grant["components"]):
        if one["passes_on_to"] or len(one["own_kronor"]) > 1:
            address = f"/api/v1/grant-components/{one['id']}"
            assert (await loaded.patch(address, json={"settled": True}, headers={"If-Match": '"1"'})).status_code == 200
    found = await reconciled(loaded)
    assert [(one["kronor"], one["choices"]) for one in found["readings"]] == [(51 * MNKR, [])]
    assert not {"grant-ambiguous-instalments", "grant-not-own-income"} & {one["rule"] for one in found["checks"]}


async def test_what_is_forecast_and_received_stands_beside_what_is_expected(loaded: httpx.AsyncClient) -> None:
    grants = {one["name"]: one for one in (await loaded.get("/api/v1/grants?year=2017")).json()["items"]}
    care = grants["Cancervård"]
    for kind, kronor in (("utfall", 3_100_000), ("utfall", 3_000_000), ("prognos", 6_100_000), ("budget", 5_000_000)):
        amount = {"grant_id": care["id"], "year": 2017, "kind": kind, "kronor": kronor}
        assert (await loaded.post("/api/v1/grant-amounts", json=amount)).status_code == 201
    found = await reconciled(loaded)
    assert (found["received_kronor"], found["forecast_kronor"]) == (6_100_000, 6_100_000)
    assert found["budget_kronor"] == 43_800_000, "a budget for everything stands above one for each"


async def test_a_price_rule_gives_price_times_volume_and_at_most_the_cap(loaded: httpx.AsyncClient) -> None:
    grants = (await loaded.get("/api/v1/grants?year=2017")).json()["items"]
    pain = next(part for grant in grants for part in grant["components"] if part["name"] == "Psykisk ohälsa och smärta")
    address = f"/api/v1/grant-components/{pain['id']}"
    for change, kronor in (({"price_kronor": 5_500, "volume": 400}, 2_200_000), ({"cap_kronor": 2_000_000}, 2_000_000)):
        await loaded.patch(address, json=change, headers={"If-Match": "*"})
        found = await reconciled(loaded)
        assert (found["performance_kronor"], found["expected_kronor"]) == (kronor, 51 * MNKR)


async def test_a_dry_run_tells_and_writes_nothing(writer: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    await home(sessions)
    answer = await writer.post(PLACE, json={"content": TABLE, "dry_run": True})
    assert answer.json()["created"]["del"] == 16
    assert (await writer.get("/api/v1/grants")).json()["total"] == 0
    assert (await writer.get("/api/v1/activity?subject_type=grant_agreement")).json()["total"] == 0


async def test_everything_that_is_wrong_is_told_by_row_and_column_and_nothing_is_written(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    await home(sessions)
    table = (
        "rad;organisation;överenskommelse;från;del;nationellt;vår_del;grund;slag;datum;klart;år;belopp;ansvarig;id\n"
        "överenskommelse;Landstinget;A;2017;;mycket;;;;;;;;;\n"
        "överenskommelse;Ingenstans;B;;;;;;;;;;;;\n"
        "del;;A;;Del;1 mnkr;2 mnkr +;tur;;;;;;;\n"
        "krav;;A;;;;;;fest;3 okt;kanske;;;ingen@ingenstans.example;\n"
        "krav;;C;;;;;;redovisning;;;;;;\n"
        "belopp;Landstinget;;;;;;;budget;;;17;1;;\n"
        "fest;;A;;;;;;;;;;;;\n"
        "del;;A;;Del;;;;redovisning;;;;;;\n"
        "överenskommelse;;A;;;;;;;;;;;;inget id\n"
    )
    refused = await writer.post(PLACE, json={"content": table})
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [
        "rad 2, nationellt",
        "rad 4, vår_del",
        "rad 5, datum",
        "rad 5, klart",
        "rad 8, rad",
        "rad 9, slag",
    ]
    table = table.replace("mycket", "9 mnkr").replace("2 mnkr +", "2 mnkr").replace("3 okt;kanske", ";")
    table = "\n".join(line for line in table.split("\n") if not line.startswith(("fest", "del;;A;;Del;;")))
    second = await writer.post(PLACE, json={"content": table, "dry_run": True})
    assert second.status_code == 200
    assert [one["field"] for one in second.json()["errors"]] == [
        "rad 3, organisation",
        "rad 4, grund",
        "rad 5, ansvarig",
        "rad 6, överenskommelse",
        "rad 7, år",
        "rad 8, id",
    ]
    assert (await writer.get("/api/v1/grants")).json()["total"] == 0


async def test_what_goes_out_comes_in_unchanged(loaded: httpx.AsyncClient, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        person = await factories.person(session, Role.PROGRAMME_GROUP)
    before = (await loaded.get("/api/v1/grants?limit=100")).json()["items"]
    first = next(one for grant in before for one in grant["obligations"])
    change = {"responsible_id": str(person.id), "note": "=SUMMA(A1)", "done_on": "2017-10-20"}
    address = f"/api/v1/grant-obligations/{first['id']}"
    assert (await loaded.patch(address, json=change, headers={"If-Match": "*"})).status_code == 200
    out = await loaded.get(PLACE)
    assert out.headers["content-type"].startswith("text/csv")
    text = out.content.decode("utf-8-sig")
    assert "'=SUMMA(A1)" in text, "no cell is a formula"
    again = await loaded.post(PLACE, json={"content": text})
    assert again.json() == {"dry_run": False, "created": {}, "changed": {}, "unchanged": 49, "errors": []}
    moved = text.replace("3100000 + 3100000", "3,2 mnkr + 3,1 mnkr")
    assert (await loaded.post(PLACE, json={"content": moved})).json()["changed"] == {"del": 1}
    part = next(part for grant in before for part in grant["components"] if len(part["own_kronor"]) > 1)
    shown = (await loaded.get(f"/api/v1/grant-components/{part['id']}")).json()
    assert (shown["own_kronor"], shown["revision"]) == ([3_200_000, 3_100_000], 2)
    stale = text.replace("3100000 + 3100000", "3,3 mnkr + 3,1 mnkr")
    refused = await loaded.post(PLACE, json={"content": stale})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 1


async def test_a_copy_without_identifiers_fills_an_empty_register_the_same(loaded: httpx.AsyncClient) -> None:
    text = (await loaded.get(f"{PLACE}?year=2017")).content.decode("utf-8-sig")
    before = (await loaded.get("/api/v1/grants?limit=100")).json()["items"]
    for grant in before:
        assert (await loaded.delete(f"/api/v1/grants/{grant['id']}")).status_code == 204
    for amount in (await loaded.get("/api/v1/grant-amounts?limit=100")).json()["items"]:
        assert (await loaded.delete(f"/api/v1/grant-amounts/{amount['id']}")).status_code == 204
    gone = await loaded.post(PLACE, json={"content": text})
    assert {one["field"].partition(", ")[2] for one in gone.json()["errors"]} == {"id", "överenskommelse"}
    lines = [line.split(";") for line in text.splitlines()]
    place = lines[0].index("id")
    bare = "\n".join(";".join([*cells[:place], "", *cells[place + 1 :]]) for cells in lines[1:])
    copied = await loaded.post(PLACE, json={"content": f"{';'.join(lines[0])}\n{bare}"})
    assert copied.json()["created"] == {"överenskommelse": 7, "del": 16, "krav": 20, "villkor": 4, "belopp": 2}
    after = (await loaded.get("/api/v1/grants?limit=100")).json()["items"]
    assert stripped(after) == stripped(before)
    assert (await reconciled(loaded))["expected_kronor"] == 51 * MNKR


def stripped(value: Any) -> Any:
    """Return the same without identifiers, and lists in an order of their own."""
    if isinstance(value, dict):
        return {name: stripped(one) for name, one in value.items() if not name.endswith("id")}
    return sorted((stripped(one) for one in value), key=str) if isinstance(value, list) else value


async def test_only_the_programme_group_brings_tables_in(
    anonymous: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient
) -> None:
    for client, status in ((anonymous, 401), (politician, 403), (partner, 403)):
        assert (await client.post(PLACE, json={"content": TABLE})).status_code == status
    assert len((await partner.get(PLACE)).text.splitlines()) == 1
