"""The worked examples of decisions and att-satser, through the API: exact to the krona and the day."""

from typing import Any

import httpx
import pytest

V1 = "/api/v1"


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{V1}{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def patch(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.patch(f"{V1}{path}", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(f"{V1}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


BOARD = "Landstingsstyrelsen"
PRIMARY_CARE = (
    {
        "text": "att avsätta 2 mnkr för läkarförsörjning",
        "amount_kronor": 2_000_000,
        "addressee": "Centrala personalkostnader",
    },
    {
        "text": "att avsätta 0,9 mnkr för kompetensutveckling",
        "amount_kronor": 900_000,
        "addressee": "Hälsovalet",
        "due_note": "årligen",
    },
    {
        "text": "att avsätta 2 mnkr för psykisk ohälsa efter ansökan",
        "amount_kronor": 2_000_000,
        "addressee": "Landstingsgemensamt",
    },
    {
        "text": "att förstärka med 15,1 mnkr efter listningspoäng",
        "amount_kronor": 15_100_000,
        "addressee": "Hälsoval Blekinge",
    },
    {
        "text": "att satsningen finansieras ur förfogandeanslaget",
        "amount_kronor": -20_000_000,
        "addressee": BOARD,
        "funding_source": "Förfogandeanslaget 2015",
        "due_note": "2015",
    },
)
DIRECTION = (
    {"text": "att utvecklingen ska genomföras enligt delområden och grundförutsättningar"},
    {"text": "att underlag ska arbetas fram för varje delområde"},
    {"text": "att inleda insatser i tre delområden", "due_kind": "snarast"},
    {"text": "att fortsätta och intensifiera dialogen med kommunerna"},
)
MEASURES = (
    {
        "text": "att uppdra åt direktören att låta förvaltningscheferna föreslå åtgärder",
        "addressee": "landstingsdirektören",
    },
    {"text": "att åtgärderna presenteras som en investeringsplan"},
    {
        "text": "att uppdra åt direktören att sammanställa dem",
        "addressee": "landstingsdirektören",
        "due_on": "2018-05-28",
    },
    {"text": "att åtgärderna får belasta eget kapital", "funding_source": "Eget kapital", "due_note": "2018–2019"},
)


async def registered(
    client: httpx.AsyncClient, title: str, clauses: Any, *, matter: dict[str, Any] | None = None, **decision: Any
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """Register a matter, unless it is there, a proposal or decision in it, and its att-satser."""
    matter = matter or await post(client, "/matters", title=title, organ=BOARD)
    made = await post(client, f"/matters/{matter['id']}/decisions", **decision)
    satser = [await post(client, f"/decisions/{made['id']}/clauses", **clause) for clause in clauses]
    return matter, made, satser


async def test_twenty_millions_are_proposed_and_nothing_is_decided(writer: httpx.AsyncClient) -> None:
    matter, proposal, clauses = await registered(writer, "20 mnkr", PRIMARY_CARE, outcome="förslag")
    assert [one["number"] for one in clauses] == [1, 2, 3, 4, 5]
    assert [one["verb"] for one in clauses] == ["avsätta", "avsätta", "avsätta", "förstärka", "finansieras"]
    assert {one["status"] for one in clauses} == {"föreslagen"}
    assert {one["due_kind"] for one in clauses} == {"ingen tid angiven"}
    shown = await get(writer, f"/decisions/{proposal['id']}")
    assert (shown["set_aside_kronor"], shown["taken_kronor"]) == (20_000_000, 20_000_000)
    assert (shown["outcome"], shown["in_force"], shown["decided_on"]) == ("förslag", False, None)
    assert (await get(writer, f"/matters/{matter['id']}"))["status"] == "förslag"
    assert (await get(writer, "/decisions", deciding=True))["total"] == 0


async def test_which_clauses_lack_a_time_limit_is_one_query(writer: httpx.AsyncClient) -> None:
    await registered(writer, "20 mnkr", PRIMARY_CARE, outcome="förslag")
    await registered(writer, "Inriktning", DIRECTION, outcome="förslag")
    await registered(writer, "Åtgärder", MEASURES, outcome="förslag", decided_on="2018-03-26")
    found = await get(writer, "/clauses", without_due_date=True, limit=100)
    assert found["total"] == 5 + 4 + 3
    assert [one["number"] for one in found["items"] if one["due_kind"] == "snarast"] == [3]
    both = await get(writer, "/clauses", without_due_date=True, without_owner=True, limit=100)
    assert sorted((one["matter"], one["number"]) for one in both["items"]) == [
        *(("Inriktning", number) for number in (1, 2, 3, 4)),
        *(("Åtgärder", number) for number in (2, 4)),
    ]
    assert all(one["amount_kronor"] is None for one in both["items"])


async def test_an_assignment_in_the_running_text_of_a_proposal_is_only_proposed(writer: httpx.AsyncClient) -> None:
    _, proposal, _ = await registered(writer, "Inriktning", DIRECTION, outcome="förslag")
    made = await post(
        writer,
        "/assignments",
        decision_id=proposal["id"],
        title="Se över regelverket",
        receiver="Hälsovalsberedningen",
    )
    assert (made["embedded"], made["status"], made["clause_id"]) == (True, "föreslagen", None)
    told = await writer.patch(
        f"{V1}/assignments/{made['id']}",
        json={"report": "Klart", "reported_on": "2016-01-01"},
        headers={"If-Match": "*"},
    )
    assert (told.status_code, told.json()["field"]) == (409, "reported_on")
    closed = await writer.put(f"{V1}/assignments/{made['id']}/closing", json={"decision_id": proposal["id"]})
    assert (closed.status_code, closed.json()["title"]) == (409, "Det är bara ett förslag")


@pytest.fixture
async def measures(writer: httpx.AsyncClient) -> dict[str, Any]:
    """Return the measures as if they had been decided on 26 March 2018, with the assignments of the director."""
    matter, proposal, _ = await registered(writer, "Åtgärder", MEASURES, outcome="förslag", decided_on="2018-03-26")
    decision = await post(
        writer,
        f"/matters/{matter['id']}/decisions",
        outcome="beslutat",
        decided_on="2018-03-26",
        clauses_from_id=proposal["id"],
    )
    clauses = await get(writer, f"/decisions/{decision['id']}/clauses")
    assert [one["ruling"] for one in clauses] == ["bifallen"] * 4
    first = await post(
        writer,
        "/assignments",
        clause_id=clauses[0]["id"],
        title="Låta varje förvaltning föreslå åtgärder",
        receiver="landstingsdirektören",
        due_on="2018-05-28",
    )
    answer = await writer.post(
        f"{V1}/assignments/{first['id']}/delegations",
        json={"receivers": [{"receiver": f"förvaltningschef {name}"} for name in "ABC"]},
    )
    assert answer.status_code == 201, answer.text
    third = await post(
        writer,
        "/assignments",
        clause_id=clauses[2]["id"],
        title="Sammanställa åtgärderna för styrelsen",
        receiver="landstingsdirektören",
        due_on="2018-05-28",
        begun_on="2018-04-09",
    )
    return {
        "matter": matter,
        "decision": decision,
        "clauses": clauses,
        "first": first,
        "children": answer.json(),
        "third": third,
    }


async def test_sixty_three_days_from_monday_to_monday(writer: httpx.AsyncClient, measures: dict[str, Any]) -> None:
    third = measures["third"]
    assert (third["given_on"], third["due_on"], third["given_days"]) == ("2018-03-26", "2018-05-28", 63)
    assert (await get(writer, f"/assignments/{third['id']}", on="2018-03-26"))["words"] == "given, 63 dagar kvar"


async def test_amber_a_fortnight_before_and_late_the_day_after(
    writer: httpx.AsyncClient, measures: dict[str, Any]
) -> None:
    await patch(
        writer, f"/assignments/{measures['children'][0]['id']}", report="Fem åtgärder.", reported_on="2018-05-11"
    )
    path = f"/assignments/{measures['first']['id']}"
    day = await get(writer, path, on="2018-05-14")
    assert (day["status"], day["warning"], day["children_reported"], day["children"]) == ("pågår", True, 1, 3)
    assert (await get(writer, path, on="2018-05-13"))["warning"] is False
    late = await get(writer, path, on="2018-05-29")
    assert (late["status"], late["words"], late["days_late"]) == ("försenad", "försenad 1 dag", 1)
    clause = await get(writer, f"/clauses/{measures['clauses'][2]['id']}", on="2018-05-29")
    assert (clause["status"], clause["words"]) == ("försenad", "försenad 1 dag")
    assert (await get(writer, "/assignments", late=True, on="2018-05-28"))["total"] == 0
    assert (await get(writer, "/assignments", late=True, on="2018-05-29"))["total"] == 4
    [matter] = (await get(writer, "/matters", late=True, on="2018-05-29"))["items"]
    assert (matter["late"], matter["status"]) == (4 + 1, "beslutat")
    assert (await get(writer, "/matters", late=True, on="2018-05-28"))["total"] == 0


async def test_the_chain_closes_when_all_are_in_and_the_board_has_received_it(
    writer: httpx.AsyncClient, measures: dict[str, Any]
) -> None:
    clause = f"{V1}/clauses/{measures['clauses'][0]['id']}/closing"
    first, (one, two, three) = measures["first"], measures["children"]
    nothing = await writer.put(clause, json={})
    assert (nothing.status_code, nothing.json()["title"]) == (409, "Kan inte avslutas än")
    for name in ("förvaltningschef A", "förvaltningschef B", "förvaltningschef C", "landstingsdirektören"):
        assert name in nothing.json()["detail"]
    assert "saknas också ett beslut" in nothing.json()["detail"]
    for child in (one, two):
        await patch(writer, f"/assignments/{child['id']}", report="Åtgärder lämnade.", reported_on="2018-05-21")
    received = await post(
        writer,
        f"/matters/{measures['matter']['id']}/decisions",
        outcome="beslutat",
        decided_on="2018-05-28",
        note="Styrelsen tar emot sammanställningen.",
    )
    too_soon = await writer.put(clause, json={"decision_id": received["id"]})
    assert too_soon.status_code == 409
    assert "förvaltningschef C" in too_soon.json()["detail"]
    assert "förvaltningschef A" not in too_soon.json()["detail"]
    for late in (three, first):
        await patch(writer, f"/assignments/{late['id']}", report="Åtgärder lämnade.", reported_on="2018-05-28")
    reported = await get(writer, f"/clauses/{measures['clauses'][0]['id']}", on="2018-05-29")
    assert (reported["status"], reported["assignments"], reported["assignments_done"]) == ("rapporterad", 4, 4)
    only_a_decision = await writer.put(clause, json={})
    assert only_a_decision.json()["field"] == "decision_id"
    closed = await writer.put(clause, json={"decision_id": received["id"]})
    assert (closed.status_code, closed.json()["status"], closed.json()["closed_on"]) == (200, "avslutad", "2018-05-28")
    child = await get(writer, f"/assignments/{three['id']}")
    assert (child["status"], child["closed_by_id"]) == ("avslutad", received["id"])
    assert (await get(writer, f"/assignments/{three['id']}", on="2018-05-27"))["status"] == "given"


async def test_whoever_may_not_decide_is_flagged_by_the_note(writer: httpx.AsyncClient) -> None:
    _, proposal, clauses = await registered(writer, "Åtgärder", MEASURES, outcome="förslag", decided_on="2018-03-26")
    assert (await get(writer, f"/decisions/{proposal['id']}"))["authority_flag"] is None
    note = await post(
        writer,
        f"/decisions/{proposal['id']}/authority-notes",
        organ="Landstingsfullmäktige",
        note="Budgeten blir underbalanserad när eget kapital används.",
        clause_id=clauses[3]["id"],
    )
    assert (note["differs"], note["clause_number"]) == (True, 4)
    flag = (await get(writer, f"/decisions/{proposal['id']}"))["authority_flag"]
    assert flag == "Föreslås för ett organ som enligt anteckningen inte får besluta."
    await patch(writer, f"/authority-notes/{note['id']}", organ="landstingsstyrelsen")
    assert (await get(writer, f"/decisions/{proposal['id']}"))["authority_flag"] is None


async def test_a_board_that_is_asked_to_approve_a_plan_has_no_day_to_do_it(writer: httpx.AsyncClient) -> None:
    """The plan of the professions' milliard, 2017: proposed for the board or its committee, without a date."""
    plan = {"text": "att handlingsplanen för 2017 beslutas av styrelsen eller arbetsutskottet", "addressee": "LS/LSAU"}
    _, _, [clause] = await registered(writer, "Handlingsplan", [plan], outcome="förslag")
    assert (clause["status"], clause["due_kind"], clause["due_on"]) == ("föreslagen", "ingen tid angiven", None)
    assert (clause["verb"], clause["addressee"], clause["amount_kronor"]) == ("beslutas", "LS/LSAU", None)
