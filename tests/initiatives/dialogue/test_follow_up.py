from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, set_scope
from initiatives.base import new_id
from initiatives.dialogue import agreements, follow_up
from initiatives.dialogue.follow_up import Cell, State
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.initiatives.dialogue.conftest import DAY, Towns, entry

NOTHING, ONGOING, DONE = State.NOT_BEGUN, State.ONGOING, State.DONE


async def cell(session: AsyncSession, node_id: UUID, town: UUID, on: date = DAY) -> Cell:
    table = await follow_up.follow_up(session, SYSTEM, on=on)
    [found] = [one for row in table.cells for one in row if (one.node_id, one.organisation_id) == (node_id, town)]
    return found


async def test_there_is_a_cell_for_each_area_and_municipality_and_no_other(session: AsyncSession, towns: Towns) -> None:
    await factories.organisation(session, "Norrvård", OrganisationKind.UNIT)
    _, first, second, _ = await factories.nodes(session)
    table = await follow_up.follow_up(session, SYSTEM)
    assert [town.name for town in table.municipalities] == ["Alby kommun", "Ekby kommun"]
    assert [node.id for node in table.nodes] == [first.id, second.id]
    assert [[one.organisation_id for one in row] for row in table.cells] == [[towns.alby, towns.ekby]] * 2
    assert (table.count(NOTHING), table.count(ONGOING), table.count(DONE)) == (4, 0, 0)


async def test_conversations_and_agreements_in_force_begin_a_cell(session: AsyncSession, towns: Towns) -> None:
    _, area, other, _ = await factories.nodes(session)
    await entry(session, towns.ekby, towns.alby, node_ids=[area.id], held_on=date(2026, 5, 20))
    await entry(session, towns.ekby, node_ids=[area.id, other.id])
    await agreements.create(
        session, SYSTEM, title="A", starts_on=DAY, ends_on=DAY, party_ids=[towns.alby], node_ids=[other.id]
    )
    talked = await cell(session, area.id, towns.ekby)
    assert (talked.entries, talked.agreements, talked.last_on, talked.state) == (2, 0, DAY, ONGOING)
    assert (await cell(session, area.id, towns.alby)).last_on == date(2026, 5, 20)
    agreed = await cell(session, other.id, towns.alby)
    assert (agreed.entries, agreed.agreements, agreed.last_on, agreed.state) == (0, 1, None, ONGOING)
    assert (await cell(session, other.id, towns.alby, on=date(2027, 1, 1))).state is NOTHING


async def test_what_a_unit_talks_about_is_its_municipalitys_too_and_counted_once(
    session: AsyncSession, towns: Towns
) -> None:
    unit = await factories.organisation(session, "Ekby hemtjänst", OrganisationKind.UNIT)
    unit.parent_id = towns.ekby
    await session.flush()
    _, area, *_ = await factories.nodes(session)
    await entry(session, towns.ekby, unit.id, node_ids=[area.id])
    assert (await cell(session, area.id, towns.ekby)).entries == 1


async def test_people_say_that_it_is_done_and_may_take_it_back(session: AsyncSession, towns: Towns) -> None:
    _, area, *_ = await factories.nodes(session)
    said = await follow_up.say(session, SYSTEM, area.id, towns.ekby, state="klar", note="Underlaget är godkänt.")
    assert (said.state, said.said, said.note) == (DONE, True, "Underlaget är godkänt.")
    back = await follow_up.say(session, SYSTEM, area.id, towns.ekby)
    assert (back.state, back.said, back.note) == (NOTHING, False, "")
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="dialogue_cell")
    assert [row.action for row in rows] == ["bedömde", "bedömde"]


async def test_only_writers_say_and_only_of_what_is_in_the_table(session: AsyncSession, towns: Towns) -> None:
    strategy, area, *_ = await factories.nodes(session)
    with pytest.raises(NotAllowed):
        await follow_up.say(session, towns.ekby_partner, area.id, towns.ekby, state="klar")
    for node, town, state, field in (
        (strategy.id, towns.ekby, "klar", "node_id"),
        (new_id(), towns.ekby, "klar", "node_id"),
        (area.id, new_id(), "klar", "organisation_id"),
        (area.id, towns.ekby, "nästan", "state"),
    ):
        with pytest.raises(InvalidValue) as refused:
            await follow_up.say(session, SYSTEM, node, town, state=state)
        assert refused.value.field == field


async def test_a_municipality_sees_nothing_of_the_table(session: AsyncSession, towns: Towns) -> None:
    await factories.nodes(session)
    await set_scope(session, towns.ekby_partner)
    table = await follow_up.follow_up(session, towns.ekby_partner)
    assert (table.nodes, table.municipalities, table.cells) == ((), (), ())
