from typing import Any

import httpx
import pytest

from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from tests import factories

V1 = "/api/v1"
LISTS = (f"{V1}/matters", f"{V1}/decisions", f"{V1}/clauses", f"{V1}/assignments")
ANY = {"If-Match": "*"}


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{V1}{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def decided(writer: httpx.AsyncClient) -> dict[str, Any]:
    """Return a matter with a decision, one clause of it, and an assignment that came out of it."""
    matter = await post(writer, "/matters", title="Inriktning", organ="Regionstyrelsen", diary_number="RS 2025/0418")
    decision = await post(
        writer, f"/matters/{matter['id']}/decisions", outcome="beslutat", decided_on="2026-03-09", paragraph="§ 32"
    )
    clause = await post(
        writer, f"/decisions/{decision['id']}/clauses", text="att ta fram underlag", due_on="2027-01-31"
    )
    assignment = await post(
        writer, "/assignments", clause_id=clause["id"], title="Ta fram underlag", receiver="regiondirektören"
    )
    return {"matter": matter, "decision": decision, "clause": clause, "assignment": assignment}


@pytest.mark.parametrize("path", [*LISTS, *(f"{path}/{new_id()}" for path in LISTS)])
async def test_nobody_reads_decisions_unasked(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


async def test_a_partner_finds_nothing_not_even_that_it_is_there(
    partner: httpx.AsyncClient, decided: dict[str, Any]
) -> None:
    for path, one in zip(LISTS, decided.values(), strict=True):
        assert (await partner.get(path)).json()["total"] == 0
        foreign, absent = await partner.get(f"{path}/{one['id']}"), await partner.get(f"{path}/{new_id()}")
        assert (foreign.status_code, foreign.json()["detail"]) == (404, absent.json()["detail"])


async def test_a_politician_reads_and_does_not_write(politician: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    for path, one in zip(LISTS, decided.values(), strict=True):
        assert (await politician.get(f"{path}/{one['id']}")).json()["id"] == one["id"]
        assert (await politician.delete(f"{path}/{one['id']}")).status_code == 403
    assert (await politician.post(LISTS[0], json={"title": "A", "organ": "B"})).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/matters", {"title": " ", "organ": "A"}, "title"),
        ("/matters", {"title": "A", "organ": ""}, "organ"),
        ("/matters", {"title": "A", "organ": "B", "kind": "brev"}, "kind"),
        ("/matters", {"title": "A", "organ": "B", "organisation_id": str(new_id())}, "organisation_id"),
        ("/matters", {"title": "A", "organ": "B", "meeting_on": "0026-03-01"}, "meeting_on"),
        ("/matters/{matter}/decisions", {"outcome": "beslutat"}, "decided_on"),
        ("/matters/{matter}/decisions", {"outcome": "klart", "decided_on": "2026-03-09"}, "outcome"),
        ("/matters/{matter}/decisions", {"outcome": "förslag", "replaces_id": "{decision}"}, "replaces_id"),
        (
            "/matters/{matter}/decisions",
            {"outcome": "beslutat", "decided_on": "2026-03-08", "replaces_id": "{decision}"},
            "replaces_id",
        ),
        ("/decisions/{decision}/clauses", {"text": ""}, "text"),
        ("/decisions/{decision}/clauses", {"text": "att a", "number": 0}, "number"),
        ("/decisions/{decision}/clauses", {"text": "att a", "ruling": "föreslagen"}, "ruling"),
        ("/decisions/{decision}/clauses", {"text": "att a", "due_kind": "datum"}, "due_on"),
        ("/decisions/{decision}/clauses", {"text": "att a", "amount_kronor": -(10**16)}, "amount_kronor"),
        ("/assignments", {"title": "A"}, "clause_id"),
        ("/assignments", {"title": "", "clause_id": "{clause}"}, "title"),
        ("/assignments", {"title": "A", "clause_id": "{clause}", "due_on": "2026-03-08"}, "due_on"),
        ("/assignments/{assignment}/delegations", {"receivers": []}, "receivers"),
        ("/assignments/{assignment}/delegations", {"receivers": [{}]}, "receivers"),
        ("/decisions/{decision}/reservations", {"party": ""}, "party"),
        ("/decisions/{decision}/authority-notes", {"organ": "A", "clause_id": str(new_id())}, "clause_id"),
        ("/decisions/{decision}/initiatives", {"initiative_id": str(new_id())}, "initiative_id"),
        ("/decisions/{decision}/clause-drafts", {"text": "Inget."}, "text"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    writer: httpx.AsyncClient, decided: dict[str, Any], path: str, body: dict[str, Any], field: str
) -> None:
    ids = {name: one["id"] for name, one in decided.items()}
    filled = {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}
    answer = await writer.post(f"{V1}{path.format(**ids)}", json=filled)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"report": "Klart"}, "reported_on"),
        ({"reported_on": "2026-03-10"}, "report"),
        ({"report": "Klart", "reported_on": "2199-01-01"}, "reported_on"),
        ({"report": "Klart", "reported_on": "2026-03-01"}, "reported_on"),
        ({"begun_on": "2026-03-01"}, "begun_on"),
    ],
)
async def test_a_report_is_words_and_a_day_that_has_been(
    writer: httpx.AsyncClient, decided: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    answer = await writer.patch(f"{V1}/assignments/{decided['assignment']['id']}", json=body, headers=ANY)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_case_number_stands_once_at_each_organ(writer: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    same = {"title": "Annat", "organ": "Regionstyrelsen", "diary_number": "RS 2025/0418"}
    taken = await writer.post(f"{V1}/matters", json=same)
    assert (taken.status_code, taken.json()["field"]) == (409, "diary_number")
    other = await post(writer, "/matters", **{**same, "organ": "Fullmäktige"})
    moved = await writer.patch(f"{V1}/matters/{other['id']}", json={"organ": "Regionstyrelsen"}, headers=ANY)
    assert moved.status_code == 409
    for _ in range(2):
        await post(writer, "/matters", title="Utan nummer", organ="Regionstyrelsen")


async def test_a_change_tells_which_version_it_is_made_to(writer: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    for kind, change in (
        ("matter", {"note": "A"}),
        ("decision", {"note": "A"}),
        ("clause", {"due_note": "A"}),
        ("assignment", {"due_note": "A"}),
    ):
        path = f"{V1}/{kind}s/{decided[kind]['id']}"
        known = (await writer.get(path)).headers["etag"]
        assert (await writer.patch(path, json=change)).status_code == 428
        changed = await writer.patch(path, json=change, headers={"If-Match": known})
        assert (changed.status_code, changed.headers["etag"] == known) == (200, False)
        other = dict.fromkeys(change, "B")
        conflict = await writer.patch(path, json=other, headers={"If-Match": known})
        assert (conflict.status_code, conflict.json()["conflicts"][0]["theirs"]) == (412, "A")


async def test_a_proposal_does_not_become_a_decision(writer: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    matter = decided["matter"]["id"]
    proposal = await post(writer, f"/matters/{matter}/decisions", outcome="förslag")
    turned = await writer.patch(
        f"{V1}/decisions/{proposal['id']}", json={"outcome": "beslutat", "decided_on": "2026-03-09"}, headers=ANY
    )
    assert (turned.status_code, turned.json()["title"]) == (409, "Det är bara ett förslag")
    back = await writer.patch(f"{V1}/decisions/{decided['decision']['id']}", json={"outcome": "förslag"}, headers=ANY)
    assert back.status_code == 409


async def test_what_is_replaced_no_longer_holds(writer: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    path = f"/matters/{decided['matter']['id']}/decisions"
    later = await post(
        writer,
        path,
        outcome="beslutat",
        decided_on="2026-05-04",
        replaces_id=decided["decision"]["id"],
        replaces_how="upphäver",
    )
    old = (await writer.get(f"{V1}/decisions/{decided['decision']['id']}")).json()
    assert (old["in_force"], old["replaced_by_id"], old["replaced_on"]) == (False, later["id"], "2026-05-04")
    for kind in ("clause", "assignment"):
        shown = f"{V1}/{kind}s/{decided[kind]['id']}"
        assert (await writer.get(shown)).json()["status"] == "gäller inte"
        assert (await writer.get(shown, params={"on": "2026-05-03"})).json()["status"] != "gäller inte"
    again = await writer.post(
        f"{V1}{path}",
        json={"outcome": "beslutat", "decided_on": "2026-06-01", "replaces_id": decided["decision"]["id"]},
    )
    assert again.json()["field"] == "replaces_id"
    assert (await writer.delete(f"{V1}/decisions/{decided['decision']['id']}")).status_code == 409


@pytest.mark.parametrize(
    ("outcome", "ruling"),
    [("avslaget", "avslagen"), ("återremitterat", "återremitterad"), ("bordlagt", "bordlagd")],
)
async def test_what_was_not_decided_gives_nothing_to_do(
    writer: httpx.AsyncClient, decided: dict[str, Any], outcome: str, ruling: str
) -> None:
    matter = await post(writer, "/matters", title="Annat", organ="Regionstyrelsen")
    made = await post(
        writer,
        f"/matters/{matter['id']}/decisions",
        outcome=outcome,
        decided_on="2026-04-13",
        clauses_from_id=decided["decision"]["id"],
    )
    [clause] = (await writer.get(f"{V1}/decisions/{made['id']}/clauses")).json()
    assert (clause["ruling"], clause["status"], clause["due_on"]) == (ruling, "gäller inte", "2027-01-31")
    shown = (await writer.get(f"{V1}/matters/{matter['id']}", params={"on": "2027-02-01"})).json()
    assert (shown["status"], shown["clauses"], shown["late"]) == (outcome, 0, 0)


async def test_what_is_closed_is_opened_before_it_is_changed(
    writer: httpx.AsyncClient, decided: dict[str, Any]
) -> None:
    assignment = f"{V1}/assignments/{decided['assignment']['id']}"
    clause = f"{V1}/clauses/{decided['clause']['id']}"
    reported = {"report": "Sju underlag.", "reported_on": "2026-10-01"}
    assert (await writer.patch(assignment, json=reported, headers=ANY)).status_code == 200
    later = await post(
        writer, f"/matters/{decided['matter']['id']}/decisions", outcome="beslutat", decided_on="2026-11-02"
    )
    by = {"decision_id": later["id"]}
    assert (await writer.put(f"{clause}/closing", json={"decision_id": decided["decision"]["id"]})).status_code == 422
    assert (await writer.put(f"{clause}/closing", json=by)).json()["status"] == "avslutad"
    assert (await writer.put(f"{clause}/closing", json=by)).status_code == 409
    assert (await writer.get(assignment)).json()["status"] == "avslutad"
    for refused in (
        await writer.patch(clause, json={"verb": "ta fram"}, headers=ANY),
        await writer.patch(assignment, json={"title": "Annat"}, headers=ANY),
        await writer.post(f"{assignment}/delegations", json={"receivers": [{"receiver": "A"}]}),
        await writer.delete(assignment),
        await writer.delete(f"{assignment}/closing"),
        await writer.post(f"{V1}/assignments", json={"clause_id": decided["clause"]["id"], "title": "Mer"}),
        await writer.delete(f"{V1}/decisions/{later['id']}"),
    ):
        assert refused.status_code == 409, refused.text
    assert (await writer.delete(f"{clause}/closing")).status_code == 204
    assert (await writer.get(assignment)).json()["status"] == "rapporterad"
    assert (await writer.delete(f"{V1}/decisions/{later['id']}")).status_code == 204


async def test_what_others_rest_on_is_removed_from_the_leaves(
    writer: httpx.AsyncClient, decided: dict[str, Any]
) -> None:
    paths = {name: f"{V1}/{name}s/{one['id']}" for name, one in decided.items()}
    child = await writer.post(f"{paths['assignment']}/delegations", json={"receivers": [{"receiver": "A"}]})
    for name in ("matter", "decision", "clause", "assignment"):
        refused = await writer.delete(paths[name])
        assert (refused.status_code, refused.json()["title"]) == (409, "Behövs fortfarande")
    for path in (f"{V1}/assignments/{child.json()[0]['id']}", *reversed(paths.values())):
        assert (await writer.delete(path)).status_code == 204


async def test_a_decision_is_removed_with_its_clauses_and_remarks(
    writer: httpx.AsyncClient, decided: dict[str, Any]
) -> None:
    await writer.delete(f"{V1}/assignments/{decided['assignment']['id']}")
    decision = f"/decisions/{decided['decision']['id']}"
    made = await post(writer, f"{decision}/reservations", party="Oppositionen", clause_id=decided["clause"]["id"])
    assert (made["kind"], made["clause_number"]) == ("reservation", 1)
    assert (await writer.get(f"{V1}{decision}/reservations")).json() == [made]
    assert (await writer.delete(f"{V1}{decision}")).status_code == 204
    assert (await writer.get(f"{V1}/clauses/{decided['clause']['id']}")).status_code == 404
    assert (await writer.get(f"{V1}/reservations/{made['id']}")).status_code == 404


async def test_a_decision_and_an_initiative_are_seen_from_both_sides(
    writer: httpx.AsyncClient, sessions: ScopedSessions, decided: dict[str, Any]
) -> None:
    async with sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
    links = f"/decisions/{decided['decision']['id']}/initiatives"
    about = {"initiative_id": str(initiative.id), "clause_id": decided["clause"]["id"]}
    made = await post(writer, links, **about)
    assert (made["clause_text"], made["initiative"]) == ("att ta fram underlag", "Läkarbil i öster")
    assert (await writer.post(f"{V1}{links}", json=about)).status_code == 409
    assert (await writer.get(f"{V1}/initiatives/{initiative.id}/decisions")).json() == [made]
    assert (await writer.get(f"{V1}{links}")).json() == [made]
    assert (await writer.delete(f"{V1}{links}/{initiative.id}")).status_code == 204
    assert (await writer.get(f"{V1}/initiatives/{initiative.id}/decisions")).json() == []


async def test_lists_are_filtered_by_organ_year_and_status(writer: httpx.AsyncClient, decided: dict[str, Any]) -> None:
    asked: tuple[tuple[str, dict[str, Any], int], ...] = (
        (LISTS[0], {"organ": "Regionstyrelsen", "year": 2026, "status": "beslutat"}, 1),
        (LISTS[0], {"q": "0418 inriktning"}, 1),
        (LISTS[0], {"q": "rymdraket"}, 0),
        (LISTS[0], {"without_owner": True}, 0),
        (LISTS[0], {"year": 2025}, 0),
        (LISTS[1], {"outcome": "beslutat", "year": 2026}, 1),
        (LISTS[1], {"organ": "Fullmäktige"}, 0),
        (LISTS[2], {"status": "beslutad", "decision": decided["decision"]["id"]}, 1),
        (LISTS[2], {"late": True, "on": "2027-02-01"}, 1),
        (LISTS[2], {"late": True, "on": "2027-01-31"}, 0),
        (LISTS[2], {"status": "försenad", "on": "2027-02-01"}, 1),
        (LISTS[3], {"without_due_date": True, "clause": decided["clause"]["id"]}, 1),
        (LISTS[3], {"without_owner": True}, 0),
        (LISTS[3], {"status": "given"}, 1),
        (LISTS[3], {"status": "pågår"}, 0),
    )
    for path, query, total in asked:
        answer = await writer.get(path, params=query)
        assert (answer.status_code, answer.json()["total"]) == (200, total), (path, query)
    for path in (LISTS[0], LISTS[2], LISTS[3]):
        wrong = await writer.get(path, params={"status": "klart"})
        assert (wrong.status_code, wrong.json()["field"]) == (422, "status")


async def test_a_pasted_text_becomes_drafts_and_nothing_is_saved(
    writer: httpx.AsyncClient, decided: dict[str, Any]
) -> None:
    decision = f"{V1}/decisions/{decided['decision']['id']}"
    text = "att avsätta 900 tkr,\n\natt snarast inleda arbetet."
    answer = await writer.post(f"{decision}/clause-drafts", json={"text": text})
    assert [(one["number"], one["verb"], one["amount_kronor"]) for one in answer.json()] == [
        (2, "avsätta", 900_000),
        (3, "inleda", None),
    ]
    assert len((await writer.get(f"{decision}/clauses")).json()) == 1
