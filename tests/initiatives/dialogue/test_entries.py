from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.dialogue import entries
from initiatives.dialogue.entries import Filters, Level
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from initiatives.merging import ConflictingChange
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.initiatives.dialogue.conftest import DAY, Towns, entry


async def test_a_municipality_sees_the_conversations_to_which_it_is_party(session: AsyncSession, towns: Towns) -> None:
    shared = await entry(session, towns.ekby, towns.alby, held_on=date(2026, 11, 20))
    await set_scope(session, towns.ekby_partner)
    found, total = await entries.list_entries(session, towns.ekby_partner)
    assert ([one.id for one in found], total) == ([shared.id, towns.entry.id], 2)
    await set_scope(session, towns.alby_partner)
    found, total = await entries.list_entries(session, towns.alby_partner)
    assert ([one.id for one in found], total) == ([shared.id], 1)
    with pytest.raises(NotFound, match="Samtalet finns inte"):
        await entries.get_entry(session, towns.alby_partner, towns.entry.id)


async def test_the_database_hides_what_the_code_might_forget(session: AsyncSession, towns: Towns) -> None:
    for person, expected in ((towns.ekby_partner, 1), (towns.alby_partner, 0)):
        await set_scope(session, person)
        assert await session.scalar(text("SELECT count(*) FROM dialogue_entry")) == expected
        changed = await session.execute(text("UPDATE dialogue_entry SET title = 'Kapat'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]


async def test_a_party_reads_and_does_not_write(session: AsyncSession, towns: Towns) -> None:
    partner = towns.ekby_partner
    with pytest.raises(NotAllowed):
        await entries.create(session, partner, held_on=DAY, level="politisk", title="A", party_ids=[towns.ekby])
    with pytest.raises(NotAllowed):
        await entries.revise(session, partner, towns.entry.id, {"title": "B"}, read=None)
    with pytest.raises(NotAllowed):
        await entries.remove(session, partner, towns.entry.id)
    with pytest.raises(NotFound):
        await entries.remove(session, towns.alby_partner, towns.entry.id)


async def test_a_unit_of_a_municipality_is_a_party_of_its_own(session: AsyncSession, towns: Towns) -> None:
    unit = await factories.organisation(session, "Ekby hemtjänst", OrganisationKind.UNIT)
    unit.parent_id = towns.ekby
    await session.flush()
    made = await entry(session, unit.id)
    of_unit = await factories.viewer(session, Role.PARTNER, organisation_id=unit.id)
    assert [one.id for one in (await entries.list_entries(session, of_unit))[0]] == [made.id]
    assert [one.id for one in (await entries.list_entries(session, towns.ekby_partner))[0]] == [towns.entry.id]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"level": "hemlig"}, "level"),
        ({"held_on": date(1200, 1, 1)}, "held_on"),
        ({"party_ids": []}, "party_ids"),
        ({"party_ids": [new_id()]}, "party_ids"),
        ({"node_ids": [new_id()]}, "node_ids"),
        ({"next_step_on": DAY}, "next_step_on"),
        ({"next_step_done_on": DAY}, "next_step_done_on"),
        ({"next_step": "x" * 501}, "next_step"),
        ({"next_step_organisation_id": new_id()}, "next_step_organisation_id"),
        ({"topics": "x" * 10_001}, "topics"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    session: AsyncSession, towns: Towns, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await entry(session, **{"party_ids": [towns.ekby], **fields})
    assert refused.value.field == field
    with pytest.raises(InvalidValue) as refused:
        await entries.revise(session, SYSTEM, towns.entry.id, fields, read=None)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_the_region_is_party_without_being_named_and_no_strategy_is_talked_about(
    session: AsyncSession, towns: Towns
) -> None:
    region = await factories.organisation(session, kind=OrganisationKind.REGION)
    with pytest.raises(InvalidValue, match="Regionen är alltid part"):
        await entry(session, towns.ekby, region.id)
    strategy, area, *_ = await factories.nodes(session, region.id)
    with pytest.raises(InvalidValue):
        await entry(session, towns.ekby, node_ids=[strategy.id])
    made = await entry(session, towns.ekby, node_ids=[area.id, area.id])
    shown = await entries.get_entry(session, SYSTEM, made.id)
    assert [node.name for node in shown.nodes] == ["Samverkan"]
    assert [party.name for party in shown.parties] == ["Ekby kommun"]


async def test_who_is_no_longer_a_party_no_longer_sees_it(session: AsyncSession, towns: Towns) -> None:
    await entries.revise(session, SYSTEM, towns.entry.id, {"party_ids": [towns.alby]}, read=1)
    assert (await entries.get_entry(session, towns.alby_partner, towns.entry.id)).revision == 2
    with pytest.raises(NotFound):
        await entries.get_entry(session, towns.ekby_partner, towns.entry.id)


async def test_two_who_change_the_same_lose_nothing(session: AsyncSession, towns: Towns) -> None:
    await entries.revise(session, SYSTEM, towns.entry.id, {"outcome": "Vi är eniga."}, read=1)
    await entries.revise(session, SYSTEM, towns.entry.id, {"title": "Direktnumret"}, read=1)
    with pytest.raises(ConflictingChange):
        await entries.revise(session, SYSTEM, towns.entry.id, {"title": "Numret"}, read=1)
    shown = await entries.get_entry(session, SYSTEM, towns.entry.id)
    assert (shown.title, shown.outcome, shown.revision) == ("Direktnumret", "Vi är eniga.", 3)


async def test_filters(session: AsyncSession, towns: Towns) -> None:
    _, area, *_ = await factories.nodes(session)
    other = await entry(session, towns.alby, level="politisk", node_ids=[area.id], next_step="Räkna", next_step_on=DAY)
    expected = {
        Filters(): 2,
        Filters(organisation_id=towns.alby): 1,
        Filters(node_id=area.id): 1,
        Filters(level=Level.POLITICAL): 1,
        Filters(open_step=True): 1,
        Filters(open_step=False): 1,
    }
    for filters, count in expected.items():
        assert (await entries.list_entries(session, SYSTEM, filters))[1] == count, filters
    await entries.revise(session, SYSTEM, other.id, {"next_step_done_on": DAY}, read=None)
    assert (await entries.list_entries(session, SYSTEM, Filters(open_step=True)))[1] == 0


async def test_next_steps_are_due_to_those_who_see_them(session: AsyncSession, towns: Towns) -> None:
    made = await entry(
        session, towns.alby, next_step="Räkna på det", next_step_on=DAY, next_step_organisation_id=towns.alby
    )
    [row] = (await session.execute(entries.due(SYSTEM))).mappings()
    assert (row["kind"], row["title"], row["due_on"], row["done"]) == ("nästa steg", "Räkna på det", DAY, False)
    assert (row["subject_type"], row["subject_id"], row["organisation_id"]) == ("dialogue_entry", made.id, towns.alby)
    assert (await session.execute(entries.due(towns.ekby_partner))).all() == []
    assert len((await session.execute(entries.due(towns.alby_partner))).all()) == 1


async def test_it_is_taken_away_and_stands_in_the_diary(session: AsyncSession, towns: Towns) -> None:
    await entries.remove(session, SYSTEM, towns.entry.id)
    with pytest.raises(NotFound):
        await entries.get_entry(session, SYSTEM, towns.entry.id)
    [removed, added], _ = await activity.list_activity(session, SYSTEM, subject_id=towns.entry.id)
    assert (added.action, removed.action) == ("skapade", "tog bort")
