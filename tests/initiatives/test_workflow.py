"""Every move of every kind of person against the table, and what must be filled in before and stay after."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import decision_links, decisions, initiatives, matters, overview, sources, workflow
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.base import new_id
from initiatives.errors import NotAllowed
from initiatives.initiatives import Initiative
from initiatives.workflow import RULES, MissingForStatus, MoveNotPossible, Mover, Status
from tests import factories

FILLED: dict[str, Any] = {
    "decision": "Regionstyrelsen 2026-03-09 § 41",
    "responsible_id": new_id(),
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "outcome": "Alla har en fast läkare.",
    "reason": "Lokalen saknas.",
}
WRITER, CHIEF = (Viewer(new_id(), new_id(), role, "Åsa") for role in (Role.PROGRAMME_GROUP, Role.ADMINISTRATOR))


@pytest.mark.parametrize("stands", Status)
@pytest.mark.parametrize("wanted", Status)
def test_a_move_is_made_by_whom_the_table_says_and_by_nobody_else(stands: Status, wanted: Status) -> None:
    mover = RULES[stands].moves.get(wanted)
    for person in (WRITER, CHIEF):
        allowed = mover is Mover.WRITERS or (mover is Mover.ADMINISTRATORS and person is CHIEF)
        assert (wanted in workflow.moves(person, stands)) is allowed
        if allowed:
            workflow.require_move(person, stands, wanted)
        else:
            with pytest.raises(MoveNotPossible if mover is None else NotAllowed):
                workflow.require_move(person, stands, wanted)
    assert workflow.moves(Viewer(new_id(), new_id(), Role.POLITICIAN, "Tor"), stands) == ()


@pytest.mark.parametrize("status", Status)
def test_each_thing_that_is_missing_is_named_with_what_to_do(status: Status) -> None:
    workflow.require_filled(status, FILLED)
    needs = RULES[status].needs
    for need in needs:
        with pytest.raises(MissingForStatus) as refused:
            workflow.require_filled(status, {**FILLED, need.field: None})
        assert (refused.value.field, refused.value.missing) == (need.field, (need,))
        assert need.remedy in refused.value.detail
    if needs:
        with pytest.raises(MissingForStatus) as refused:
            workflow.require_filled(status, {})
        assert refused.value.missing == needs


def test_every_status_can_be_reached_and_left() -> None:
    reached = {to for rule in RULES.values() for to in rule.moves}
    assert reached == set(Status) == set(RULES)
    assert all(rule.moves for rule in RULES.values())


@pytest.fixture
async def decided(session: AsyncSession) -> Initiative:
    return await factories.initiative(session, status="beslutat")


async def test_a_refused_move_changes_nothing_and_lists_all_that_is_missing(
    session: AsyncSession, decided: Initiative
) -> None:
    with pytest.raises(MissingForStatus) as refused:
        await initiatives.revise(session, SYSTEM, decided.id, status="pågår", title="Ny")
    assert [one.field for one in refused.value.missing] == ["responsible_id", "starts_on"]
    kept = await overview.get(session, SYSTEM, decided.id)
    assert (kept.status, kept.title, kept.revision) == (Status.DECIDED, "Läkarbil i öster", 1)


async def test_what_the_status_needs_may_not_be_taken_away(session: AsyncSession, decided: Initiative) -> None:
    with pytest.raises(MissingForStatus, match="vem som beslutade"):
        await initiatives.revise(session, SYSTEM, decided.id, decision=" ")


async def test_one_that_has_long_lacked_something_can_be_changed_otherwise(
    session: AsyncSession, decided: Initiative
) -> None:
    decided.decision = ""
    await session.flush()
    assert (await initiatives.revise(session, SYSTEM, decided.id, title="Ny")).title == "Ny"


async def test_a_quotation_from_the_decision_is_as_good_as_a_note(session: AsyncSession) -> None:
    proposed = await factories.initiative(session)
    document = await factories.document(session)
    with pytest.raises(MissingForStatus):
        await initiatives.revise(session, SYSTEM, proposed.id, status="beslutat")
    await sources.attach(session, SYSTEM, "initiative", proposed.id, document_id=document.id, quote="Version 0")
    assert (await initiatives.revise(session, SYSTEM, proposed.id, status="beslutat")).status is Status.DECIDED


async def test_a_decision_in_the_register_is_as_good_as_a_note_but_a_proposal_is_not(session: AsyncSession) -> None:
    proposed = await factories.initiative(session)
    matter = await matters.create(session, SYSTEM, title="Nära vård", organ="Regionstyrelsen")
    proposal, decided = [
        await decisions.create(session, SYSTEM, matter.id, outcome=outcome, decided_on=day)
        for outcome, day in (("förslag", None), ("beslutat", date(2026, 3, 9)))
    ]
    await decision_links.link(session, SYSTEM, proposal.id, initiative_id=proposed.id)
    with pytest.raises(MissingForStatus):
        await initiatives.revise(session, SYSTEM, proposed.id, status="beslutat")
    await decision_links.link(session, SYSTEM, decided.id, initiative_id=proposed.id)
    assert (await initiatives.revise(session, SYSTEM, proposed.id, status="beslutat")).status is Status.DECIDED


async def test_a_reason_is_forgotten_with_its_status(session: AsyncSession, decided: Initiative) -> None:
    await factories.moved(session, decided.id, "pågår", "pausat", reason="Väntar på bil.")
    resumed = await factories.moved(session, decided.id, "pågår")
    assert resumed.reason == ""
    with pytest.raises(MissingForStatus, match="Skriv skälet"):
        await initiatives.revise(session, SYSTEM, decided.id, status="pausat")


async def test_a_new_one_may_begin_anywhere_with_what_is_needed_there(session: AsyncSession) -> None:
    lead = (await factories.organisation(session)).id
    with pytest.raises(MissingForStatus) as refused:
        await initiatives.create(session, SYSTEM, title="Ny", lead_organisation_id=lead, status="avslutat")
    assert [one.field for one in refused.value.missing] == ["ends_on", "outcome"]
    for status in Status:
        assert (await factories.initiative(session, status=status)).status is status


async def test_erasing_who_is_responsible_is_no_move(session: AsyncSession) -> None:
    ongoing = await factories.initiative(session, status="pågår")
    assert ongoing.responsible_id is not None
    assert await initiatives.hand_over(session, SYSTEM, ongoing.responsible_id, None) == 1
    assert (await overview.get(session, SYSTEM, ongoing.id)).responsible is None


async def test_partners_are_kept_and_the_lead_is_not_one_of_them(session: AsyncSession) -> None:
    lead, partner = [await factories.organisation(session, name) for name in ("Region Ek", "Ekby kommun")]
    made = await factories.initiative(session, lead_organisation_id=lead.id, partner_ids=[lead.id, partner.id])
    assert [one.name for one in (await overview.get(session, SYSTEM, made.id)).partners or ()] == ["Ekby kommun"]
    changed = await initiatives.revise(session, SYSTEM, made.id, lead_organisation_id=partner.id, partner_ids=[lead.id])
    assert changed.revision == 2
    assert [one.name for one in (await overview.get(session, SYSTEM, made.id)).partners or ()] == ["Region Ek"]
