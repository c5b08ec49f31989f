"""A partner gets the fields of the profile and nothing else, wherever they look and however they ask."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from initiatives import funds, initiatives
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.initiatives import Initiative
from initiatives.sharing import PROFILES, Field, Profile
from initiatives.swedish import today
from tests import factories

ALL = "/api/v1/initiatives"
CANARIES = {
    Field.SUMMARY: "kanariesammanfattning",
    Field.RESPONSIBLE: "Kanarieansvarig",
    Field.NODES: "G1",
    Field.DECISION: "kanariebeslut",
    Field.OUTCOME: "kanarieutfall",
    Field.REASON: "kanarieskäl",
    Field.NEXT_STEPS: "kanariesteg",
    Field.BUDGET: "Kanarieanslaget",
}
"""A word that stands in one field alone."""


@pytest.fixture
async def mine(partner: httpx.AsyncClient) -> UUID:
    return UUID((await partner.get("/api/v1/session")).json()["organisation_id"])


@pytest.fixture
async def initiative(sessions: ScopedSessions) -> Initiative:
    """Return an initiative with a canary in every field that some profile hides."""
    async with sessions(SYSTEM) as session:
        nodes = await factories.nodes(session)
        responsible = await factories.person(session, name="Kanarieansvarig Ek")
        made = await factories.initiative(
            session,
            summary="kanariesammanfattning",
            responsible_id=responsible.id,
            node_ids=[nodes[3].id],
            **{
                field.value: CANARIES[field]
                for field in (Field.DECISION, Field.OUTCOME, Field.REASON, Field.NEXT_STEPS)
            },
        )
        fund = await factories.fund(session, name="Kanarieanslaget")
        await funds.link(session, SYSTEM, made.id, fund_id=fund.id, amount_kronor=987_654, year=2026)
        return made


async def share(writer: httpx.AsyncClient, made: Initiative, organisation: UUID, **terms: Any) -> None:
    answer = await writer.put(f"{ALL}/{made.id}/shares/{organisation}", json=terms)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("profile", Profile)
async def test_hidden_fields_are_in_no_response(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, initiative: Initiative, profile: Profile
) -> None:
    await share(writer, initiative, mine, profile=profile)
    places = [
        f"{ALL}/{initiative.id}",
        ALL,
        f"{ALL}?sort=-updated_at",
        f"{ALL}/{initiative.id}/shares",
        f"{ALL}/{initiative.id}/budget-links",
        "/api/v1/funds",
        "/api/v1/activity",
        "/api/v1/people",
        "/api/v1/changes?after=now",
        "/initiativ",
        "/delat",
        f"/initiativ/{initiative.id}",
    ]
    answers = [await partner.get(place) for place in places]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    said = " ".join(answer.text for answer in answers)
    for field, word in CANARIES.items():
        if field is not Field.NODES:
            assert (word in said) is (field in PROFILES[profile]), (profile, field)
    shown = answers[0].json()
    assert shown["profile"] == profile
    for field in CANARIES:
        assert (shown[field] is not None) is (field in PROFILES[profile])
    assert (shown["created_at"], shown["revision"]) == (None, None)
    assert str(initiative.responsible_id) not in said or Field.RESPONSIBLE in PROFILES[profile]


@pytest.mark.parametrize("profile", Profile)
async def test_no_filter_finds_by_a_field_that_one_may_not_see(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, initiative: Initiative, profile: Profile
) -> None:
    await share(writer, initiative, mine, profile=profile)
    whole = (await writer.get(f"{ALL}/{initiative.id}")).json()
    asked = {
        Field.SUMMARY: {"q": "kanariesammanfattning"},
        Field.RESPONSIBLE: {"responsible": whole["responsible"]["id"]},
        Field.NODES: {"node": whole["nodes"][0]["id"]},
    }
    for field, query in asked.items():
        assert (await writer.get(ALL, params=query)).json()["total"] == 1
        found = (await partner.get(ALL, params=query)).json()
        assert (found["total"], len(found["items"])) == (int(field in PROFILES[profile]),) * 2, field


@pytest.mark.parametrize("profile", Profile)
async def test_etag_and_time_of_change_move_with_what_is_shown_and_only_then(
    *,
    writer: httpx.AsyncClient,
    partner: httpx.AsyncClient,
    mine: UUID,
    sessions: ScopedSessions,
    initiative: Initiative,
    profile: Profile,
) -> None:
    await share(writer, initiative, mine, profile=profile)
    place = f"{ALL}/{initiative.id}"
    changes: dict[Field, dict[str, Any]] = {
        Field.SUMMARY: {"summary": "en annan"},
        Field.RESPONSIBLE: {"responsible_id": None},
        Field.NODES: {"node_ids": ()},
        Field.NEXT_STEPS: {"next_steps": "ett annat"},
        Field.STATUS: {"status": "beslutat"},
    }
    for field, change in changes.items():
        before = await partner.get(place)
        async with sessions(SYSTEM) as session:
            await initiatives.revise(session, SYSTEM, initiative.id, **change)
        after = await partner.get(place)
        seen = field in PROFILES[profile]
        assert (before.headers["etag"] != after.headers["etag"]) is seen, field
        assert (before.json()["updated_at"] != after.json()["updated_at"]) is seen, field
        assert (before.content != after.content) is seen, field


async def test_order_by_change_tells_nothing_of_hidden_changes(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, sessions: ScopedSessions, initiative: Initiative
) -> None:
    async with sessions(SYSTEM) as session:
        other = await factories.initiative(session, title="Senare delat")
    await share(writer, initiative, mine, profile="översikt")
    await share(writer, other, mine, profile="översikt")
    before = (await partner.get(f"{ALL}?sort=-updated_at")).content
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, initiative.id, summary="dolt")
    assert (await partner.get(f"{ALL}?sort=-updated_at")).content == before


@pytest.mark.parametrize(("first", "last", "status"), [(0, 0, 200), (1, None, 404), (-3, -1, 404), (-1, 1, 200)])
async def test_a_share_holds_from_its_first_day_to_its_last(
    *,
    writer: httpx.AsyncClient,
    partner: httpx.AsyncClient,
    mine: UUID,
    initiative: Initiative,
    first: int,
    last: int | None,
    status: int,
) -> None:
    ends = None if last is None else str(today() + timedelta(days=last))
    await share(writer, initiative, mine, from_on=str(today() + timedelta(days=first)), to_on=ends)
    assert (await partner.get(f"{ALL}/{initiative.id}")).status_code == status
    assert (await partner.get(ALL)).json()["total"] == int(status == 200)
    assert (await partner.get(f"{ALL}/{initiative.id}/shares")).status_code == status


async def test_what_the_programme_group_previews_is_what_the_partner_gets(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, initiative: Initiative
) -> None:
    preview = f"{ALL}/{initiative.id}/as-seen-by/{mine}"
    assert (await writer.get(preview)).status_code == 404
    await share(writer, initiative, mine, profile="översikt")
    assert (await writer.get(preview)).json() == (await partner.get(f"{ALL}/{initiative.id}")).json()
    assert (await partner.get(preview)).status_code == 404
    page = (await writer.get(f"/initiativ/{initiative.id}/som/{mine}")).text
    assert "initiativet i dag" in page
    assert "kanariesammanfattning" not in page


async def test_shares_tell_who_when_and_on_what_terms(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, initiative: Initiative
) -> None:
    await share(writer, initiative, mine, profile="ekonomi", to_on=str(today()))
    [listed] = (await writer.get(f"{ALL}/{initiative.id}/shares")).json()
    assert (listed["profile"], listed["from_on"], listed["to_on"]) == ("ekonomi", str(today()), str(today()))
    assert listed["shared_by"] == "Åsa Öberg"
    [own] = (await partner.get(f"{ALL}/{initiative.id}/shares")).json()
    assert own == {**listed, "shared_by": None}


@pytest.mark.parametrize(
    ("terms", "field"), [({"profile": "allt"}, "profile"), ({"from_on": "2026-02-02", "to_on": "2026-02-01"}, "to_on")]
)
async def test_wrong_terms_are_refused_by_name(
    writer: httpx.AsyncClient, mine: UUID, initiative: Initiative, terms: dict[str, Any], field: str
) -> None:
    answer = await writer.put(f"{ALL}/{initiative.id}/shares/{mine}", json=terms)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_conflict_names_the_field_the_value_who_and_when(
    writer: httpx.AsyncClient, initiative: Initiative
) -> None:
    place = f"{ALL}/{initiative.id}"
    read = await writer.get(place)
    theirs = await writer.patch(
        place, json={"status": "avbrutet", "reason": "Dubbelt."}, headers={"if-match": read.headers["etag"]}
    )
    merged = await writer.patch(place, json={"title": "Nytt"}, headers={"if-match": read.headers["etag"]})
    assert (merged.status_code, merged.json()["status"], merged.json()["title"]) == (200, "avbrutet", "Nytt")
    mine = {"status": "förslag", "title": "Nyare"}
    refused = await writer.patch(place, json=mine, headers={"if-match": theirs.headers["etag"]})
    assert (refused.status_code, refused.json()["type"]) == (412, "urn:narplan:problem:conflicting-change")
    [one] = refused.json()["conflicts"]
    assert (one["field"], one["theirs"], one["by"]) == ("title", "Nytt", "Åsa Öberg")
    assert one["at"] == merged.json()["updated_at"]


async def test_a_document_is_shared_by_days_and_only_in_its_current_version(
    writer: httpx.AsyncClient, partner: httpx.AsyncClient, mine: UUID, sessions: ScopedSessions
) -> None:
    async with sessions(SYSTEM) as session:
        made = await factories.document(session, versions=0)
        old = (await factories.version(session, made, "Äldre lydelse")).id
        newer = (await factories.version(session, made, "Nyare lydelse")).id
    place = f"/api/v1/documents/{made.id}"
    assert (await partner.get(place)).status_code == 404
    await writer.put(f"{place}/shares/{mine}", json={"from_on": str(today() + timedelta(days=1))})
    assert (await partner.get(place)).status_code == 404
    await writer.put(f"{place}/shares/{mine}", json={"from_on": str(today())})
    assert (await partner.get(f"{place}/text")).json()["document"]["version_id"] == str(newer)
    assert (await writer.get(f"{place}/text?version={old}")).status_code == 200
    assert (await partner.get(f"{place}/text?version={old}")).status_code == 404
    page = await partner.get(f"/dokument/{made.id}?version={old}&fran=0&till=5", headers={"accept": "text/html"})
    assert "Äldre" not in page.text
    assert "version som gäller nu" in page.text
    [own] = (await partner.get(f"{place}/shares")).json()
    assert own["shared_by"] is None
    assert (await writer.delete(f"{place}/shares/{mine}")).status_code == 204
    assert (await partner.get(place)).status_code == 404
    assert (await writer.delete(f"{place}/shares/{mine}")).status_code == 404
