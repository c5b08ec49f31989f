"""Two writers of one initiative: the base is what each of them read, field by field."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import initiatives, overview, shares
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.errors import InvalidValue, StaleVersion
from initiatives.initiatives import Initiative
from initiatives.merging import ConflictingChange
from initiatives.revisions import FieldChange
from tests import factories


@pytest.fixture
async def asa(session: AsyncSession) -> Viewer:
    return await factories.viewer(session, Role.PROGRAMME_GROUP)


@pytest.fixture
async def initiative(session: AsyncSession) -> Initiative:
    """Return a decided one that can begin at once."""
    responsible = await factories.person(session)
    return await factories.initiative(
        session, title="A", summary="A", status="beslutat", starts_on=date(2026, 5, 1), responsible_id=responsible.id
    )


async def revised(session: AsyncSession, initiative: Initiative, revision: int, **fields: Any) -> dict[str, Any]:
    """Change the fields as one who read `revision`, and return how those fields then stand."""
    await initiatives.revise(session, SYSTEM, initiative.id, revision=revision, **fields)
    row = await overview.get(session, SYSTEM, initiative.id)
    return {name: getattr(row, name) for name in ("title", "summary", "status", "ends_on")}


async def test_different_fields_are_merged(session: AsyncSession, asa: Viewer, initiative: Initiative) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, status="pågår")
    await initiatives.revise(session, asa, initiative.id, revision=2, ends_on=date(2027, 1, 1))
    found = await revised(session, initiative, 1, title="B")
    assert found == {"title": "B", "summary": "A", "status": "pågår", "ends_on": date(2027, 1, 1)}


async def test_the_same_field_is_a_conflict_that_tells_what_who_and_when(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, SYSTEM, initiative.id, revision=1, status="pausat", reason="Väntar på lokal.")
    theirs = await initiatives.revise(session, asa, initiative.id, revision=2, status="pågår", summary="B")
    with pytest.raises(ConflictingChange) as refused:
        await revised(session, initiative, 1, status="avbrutet", reason="Onödigt.", title="B", summary="A")
    [one] = refused.value.conflicts
    assert (one.field, one.theirs, one.by, one.at) == ("status", "pågår", asa.name, theirs.updated_at)
    assert asa.name in refused.value.detail
    row = await overview.get(session, SYSTEM, initiative.id)
    assert (row.title, row.revision) == ("A", 3)


async def test_what_the_writer_left_as_it_was_read_keeps_what_others_made_of_it(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, title="Åsas", summary="Åsas")
    await initiatives.revise(session, asa, initiative.id, revision=2, title="Åsas igen")
    found = await revised(session, initiative, 1, title=" A ", summary="A", status="pågår")
    assert (found["title"], found["summary"], found["status"]) == ("Åsas igen", "Åsas", "pågår")


async def test_the_same_value_from_both_is_no_conflict(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, status="pågår")
    assert (await revised(session, initiative, 1, status="pågår"))["status"] == "pågår"
    assert initiative.revision == 2


async def test_what_was_changed_and_changed_back_is_no_conflict(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, summary="B")
    await initiatives.revise(session, asa, initiative.id, revision=2, summary="A")
    assert (await revised(session, initiative, 1, summary="C"))["summary"] == "C"


async def test_nodes_are_one_field(session: AsyncSession, asa: Viewer) -> None:
    nodes = [node.id for node in await factories.nodes(session)]
    made = await factories.initiative(session, node_ids=nodes[:1])
    await initiatives.revise(session, asa, made.id, revision=1, node_ids=[nodes[1], nodes[2]])
    await initiatives.revise(session, asa, made.id, revision=1, node_ids=[nodes[2], nodes[1]])
    with pytest.raises(ConflictingChange) as refused:
        await initiatives.revise(session, asa, made.id, revision=1, node_ids=[nodes[3]])
    assert refused.value.conflicts[0].theirs == sorted(str(node) for node in nodes[1:3])


async def test_changes_that_fit_one_by_one_but_not_together_are_refused(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, ends_on=date(2026, 6, 1))
    with pytest.raises(InvalidValue, match="före startdatum"):
        await revised(session, initiative, 1, starts_on=date(2026, 7, 1))


async def test_sharing_and_money_in_between_disturb_nobody(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await shares.share(session, asa, initiative.id, initiative.lead_organisation_id)
    assert (await revised(session, initiative, 1, title="B"))["title"] == "B"


async def test_a_past_that_is_not_kept_makes_every_difference_a_conflict(
    session: AsyncSession, asa: Viewer, initiative: Initiative
) -> None:
    await initiatives.revise(session, asa, initiative.id, revision=1, status="pågår")
    await session.execute(delete(FieldChange))
    assert (await revised(session, initiative, 1, status="pågår", title="A"))["status"] == "pågår"
    with pytest.raises(ConflictingChange) as refused:
        await revised(session, initiative, 1, title="B")
    assert [(one.field, one.by) for one in refused.value.conflicts] == [("title", None)]


async def test_a_revision_that_has_not_been_is_refused(session: AsyncSession, initiative: Initiative) -> None:
    with pytest.raises(StaleVersion):
        await revised(session, initiative, 2, title="B")


async def test_two_transactions_at_once_merge_or_conflict_and_lose_nothing(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        started: dict[str, Any] = {
            "starts_on": date(2026, 5, 1),
            "responsible_id": (await factories.person(session)).id,
        }
        made = await factories.initiative(session, status="beslutat", **started)

    async def write(**fields: Any) -> bool:
        try:
            async with database.scoped(SYSTEM) as session:
                await initiatives.revise(session, SYSTEM, made.id, revision=1, **fields)
        except ConflictingChange:
            return False
        return True

    wrote = await asyncio.gather(
        write(title="Ett"), write(title="Två"), write(summary="Ny"), write(status="pågår"), write(status="pågår")
    )
    assert (sorted(wrote[:2]), list(wrote[2:])) == ([False, True], [True, True, True])
    async with database.scoped(SYSTEM) as session:
        row = await overview.get(session, SYSTEM, made.id)
    assert row.title == ("Ett" if wrote[0] else "Två")
    assert (row.summary, row.status, row.revision) == ("Ny", "pågår", 4)
