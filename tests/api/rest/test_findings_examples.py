"""The contradictions of the worked examples, registered through the API and found by one examination.

What only a reader of the papers can see is written down as a finding of one's own.
"""

from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.api.rest.test_decisions_examples import DIRECTION, MEASURES, PRIMARY_CARE, post, registered
from tests.api.rest.test_distributions import CARE_CHOICE
from tests.api.rest.test_grants_examples import TABLE

OF_PAPERS = {
    "decision-undated",
    "clauses-without-addressee",
    "clauses-without-due-date",
    "decision-without-money",
    "assignment-outside-clauses",
    "organ-without-authority",
}
OF_MONEY = {"recurring-from-one-year-fund", "measures-without-frame"}
OF_DISTRIBUTIONS = {"distribution-share-differs", "distribution-paid-before-known"}
OF_GRANTS = {
    "grant-parts-exceed-total",
    "grant-parts-below-total",
    "grant-share-stands-out",
    "grant-ambiguous-instalments",
    "grant-two-dates",
    "grant-two-periods",
    "grant-two-recipients",
    "grant-not-own-income",
    "grant-no-obligation",
    "grant-no-year",
    "grants-expected-differs-from-budget",
    "grants-county-money",
}
SEEN_BY_READERS = (
    "Bilagan som texten hänvisar till heter något annat",
    "En summa för två målgrupper utan fördelning",
    "Omstrukturering i två att-satser, omställning i en tredje",
    "Summan är större än länets vanliga andel",
    "Textens summa är en annan än tabellens",
)


async def examined(client: httpx.AsyncClient) -> dict[str, list[dict[str, Any]]]:
    """Run the rules; return what they found, by rule."""
    await post(client, "/findings/examinations")
    found: dict[str, list[dict[str, Any]]] = {}
    for page in (1, 2, 3):
        answer = await client.get("/api/v1/findings", params={"limit": 100, "page": page})
        for one in answer.json()["items"]:
            found.setdefault(one["rule"], []).append(one)
    return found


@pytest.fixture
async def region(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return str((await factories.organisation(session, "Landstinget", OrganisationKind.REGION)).id)


async def test_clauses_that_add_up_are_not_found_and_those_that_do_not_are(writer: httpx.AsyncClient) -> None:
    await registered(writer, "20 mnkr", PRIMARY_CARE, outcome="förslag")
    assert "clauses-do-not-add-up" not in await examined(writer)
    less = [{**one, "amount_kronor": 15_000_000} if one is PRIMARY_CARE[3] else one for one in PRIMARY_CARE]
    await registered(writer, "19,9 mnkr", less, outcome="förslag")
    [one] = (await examined(writer))["clauses-do-not-add-up"]
    assert "Skillnaden är 100\N{NO-BREAK SPACE}tkr" in one["detail"]


async def test_what_is_missing_in_papers_is_found(writer: httpx.AsyncClient) -> None:
    await registered(writer, "20 mnkr", PRIMARY_CARE, outcome="förslag")
    _, direction, _ = await registered(writer, "Inriktning", DIRECTION, outcome="beslutat", decided_on="2016-03-29")
    await post(writer, "/assignments", decision_id=direction["id"], title="Se över regelverket", receiver="Beredningen")
    _, restructuring, _ = await registered(writer, "Åtgärder", MEASURES, outcome="förslag", decided_on="2018-03-26")
    organ = {"organ": "Fullmäktige", "rule": "Underbalanserad budget beslutas av fullmäktige"}
    await post(writer, f"/decisions/{restructuring['id']}/authority-notes", **organ)
    found = await examined(writer)
    assert set(found) >= OF_PAPERS
    told = " ".join(one["detail"] for one in found["clauses-without-addressee"])
    assert "att-sats 1, 2, 3 och 4 i ”Inriktning”" in told
    [undated] = found["decision-undated"]
    assert "20 mnkr" in undated["detail"]
    assert [one["subject_id"] for one in found["organ-without-authority"]] == [restructuring["id"]]


async def test_recurring_money_and_a_missing_frame_are_found(writer: httpx.AsyncClient, region: str) -> None:
    fund = await post(
        writer, "/funds", name="Förfogandeanslag", organisation_id=region, year=2015, frame_kronor=20_000_000
    )
    given = {"purpose": "Kompetensutveckling", "receiver": "Hälsovalet", "amount_kronor": 900_000, "recurring": True}
    await post(writer, "/allocations", fund_id=fund["id"], **given)
    frame = await post(writer, "/measure-frames", name="Åtgärder", first_year=2018, last_year=2019)
    await post(
        writer,
        "/measures",
        title="Läkarbil",
        organisation_id=region,
        frame_id=frame["id"],
        costs={"2018": 3_200_000},
        charged_to="Eget kapital",
    )
    found = await examined(writer)
    assert set(found) >= OF_MONEY
    assert "900\N{NO-BREAK SPACE}tkr" in found["recurring-from-one-year-fund"][0]["detail"]


async def test_shares_and_the_order_of_time_in_a_distribution_are_found(writer: httpx.AsyncClient) -> None:
    await post(writer, "/distributions", title="Läkarstöd", decision_reference="Brev 4", plan=CARE_CHOICE)
    assert set(await examined(writer)) >= OF_DISTRIBUTIONS


async def test_every_contradiction_of_the_state_grants_is_found(writer: httpx.AsyncClient, region: str) -> None:
    assert (await writer.post("/api/v1/grants/table", json={"content": TABLE})).status_code == 200
    found = await examined(writer)
    assert set(found) >= OF_GRANTS
    assert "7,2\N{NO-BREAK SPACE}mnkr" in found["grants-expected-differs-from-budget"][0]["detail"]
    assert len(found["grant-share-stands-out"]) == 3


async def test_what_only_a_reader_sees_is_written_down_with_its_place(
    writer: httpx.AsyncClient, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        document = await factories.document(session)
    for title in SEEN_BY_READERS:
        made = await post(writer, "/findings", title=title, severity="medel")
        source = {"document_id": str(document.id), "quote": "Version 0"}
        await post(writer, "/sources", subject_type="finding", subject_id=made["id"], **source)
    found = await examined(writer)
    assert {one["title"] for one in found["egen"]} == set(SEEN_BY_READERS)
    assert {one["state"] for one in found["egen"]} == {"öppen"}
