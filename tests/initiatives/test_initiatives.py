from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, initiatives, overview, shares
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound, StaleVersion
from initiatives.workflow import Status
from tests import factories


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_write(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    mine = await factories.initiative(session, shared_with=[someone.organisation_id])
    with pytest.raises(NotAllowed):
        await initiatives.create(session, someone, title="Nytt", lead_organisation_id=mine.lead_organisation_id)
    with pytest.raises(NotAllowed):
        await initiatives.revise(session, someone, mine.id, title="Ändrat")
    with pytest.raises(NotAllowed):
        await shares.share(session, someone, mine.id, mine.lead_organisation_id)


async def test_to_a_partner_the_foreign_is_as_absent_as_what_never_was(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    foreign = await factories.initiative(session)
    said = set()
    for initiative_id in (foreign.id, new_id()):
        with pytest.raises(NotFound) as absent:
            await initiatives.revise(session, partner, initiative_id, title="Ändrat")
        said.add(absent.value.detail)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("title", "x" * 201),
        ("summary", "a\0b"),
        ("status", "klart"),
        ("lead_organisation_id", new_id()),
        ("responsible_id", new_id()),
        ("node_ids", [new_id()]),
        ("ends_on", date(2025, 12, 31)),
    ],
)
async def test_a_wrong_value_is_refused_by_name_and_changes_nothing(
    session: AsyncSession, field: str, value: Any
) -> None:
    initiative = await factories.initiative(session, starts_on=date(2026, 1, 1))
    with pytest.raises(InvalidValue) as refused:
        await initiatives.revise(session, SYSTEM, initiative.id, **{field: value})
    assert refused.value.field == field
    session.expunge_all()
    kept = await overview.get(session, SYSTEM, initiative.id)
    assert (kept.title, kept.revision) == ("Läkarbil i öster", 1)


async def test_a_new_initiative_is_a_proposal_with_revision_one(session: AsyncSession) -> None:
    nodes = await factories.nodes(session)
    responsible = await factories.person(session)
    partner = await factories.organisation(session, "Ekby kommun")
    made = await factories.initiative(
        session,
        responsible_id=responsible.id,
        node_ids=[nodes[1].id, nodes[3].id],
        shared_with=[partner.id, partner.id],
    )
    shown = await overview.get(session, SYSTEM, made.id)
    assert (shown.status, shown.revision, shown.budget_kronor) == (Status.PROPOSED, 1, 0)
    assert [node.code for node in shown.nodes or ()] == ["D1", "G1"]
    assert [one.name for one in shown.shared_with] == ["Ekby kommun"]
    assert shown.responsible is not None
    assert shown.responsible.name == "Åsa Öberg"


async def test_a_change_raises_the_revision_and_leaves_before_and_after_in_the_diary(session: AsyncSession) -> None:
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    nodes = await factories.nodes(session)
    initiative = await factories.initiative(session, node_ids=[nodes[1].id])
    changed = await initiatives.revise(
        session, writer, initiative.id, revision=1, status="beslutat", decision="§ 41", node_ids=[nodes[2].id]
    )
    assert changed.revision == 2
    [row, created], total = await activity.list_activity(session, writer, subject_id=initiative.id)
    assert total == 2
    assert (row.person_id, row.person_name, row.action) == (writer.person_id, "Åsa Öberg", "ändrade")
    assert row.before == {"status": "förslag", "decision": "", "node_ids": [str(nodes[1].id)]}
    assert row.after == {"status": "beslutat", "decision": "§ 41", "node_ids": [str(nodes[2].id)]}
    assert (created.action, created.before) == ("skapade", None)


async def test_changing_nothing_changes_nothing(session: AsyncSession) -> None:
    nodes = await factories.nodes(session)
    initiative = await factories.initiative(session, node_ids=[nodes[1].id])
    same = await initiatives.revise(
        session, SYSTEM, initiative.id, title="Läkarbil i öster", status="förslag", node_ids=[nodes[1].id]
    )
    assert same.revision == 1
    _, total = await activity.list_activity(session, SYSTEM, subject_id=initiative.id)
    assert total == 1


async def test_a_change_to_an_old_version_is_refused(session: AsyncSession) -> None:
    initiative = await factories.initiative(session)
    await initiatives.revise(session, SYSTEM, initiative.id, title="Läkarbil i väster")
    with pytest.raises(StaleVersion):
        await initiatives.revise(session, SYSTEM, initiative.id, revision=1, title="Läkarbil i norr")


async def test_sharing_shows_and_ending_it_hides(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    initiative = await factories.initiative(session)
    shared = await shares.share(session, SYSTEM, initiative.id, partner.organisation_id)
    again = await shares.share(session, SYSTEM, initiative.id, partner.organisation_id)
    assert shared.revision == again.revision == 2
    assert (await overview.get(session, partner, initiative.id)).title == "Läkarbil i öster"
    await shares.unshare(session, SYSTEM, initiative.id, partner.organisation_id)
    with pytest.raises(NotFound):
        await overview.get(session, partner, initiative.id)
    with pytest.raises(NotFound):
        await shares.unshare(session, SYSTEM, initiative.id, partner.organisation_id)
