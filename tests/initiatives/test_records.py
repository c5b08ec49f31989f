from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, records
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.errors import NotFound, StaleVersion
from initiatives.funds import Fund
from initiatives.merging import ConflictingChange
from initiatives.records import _same
from tests import factories

MISSING = "Anslaget finns inte."


async def _locked(session: AsyncSession, fund: Fund) -> Fund:
    return await records.lock(session, Fund, fund.id, missing=MISSING)


async def test_what_is_not_there_is_said_in_the_rooms_own_words(session: AsyncSession) -> None:
    with pytest.raises(NotFound, match=MISSING):
        await records.lock(session, Fund, new_id(), missing=MISSING)
    fund = await factories.fund(session)
    with pytest.raises(NotFound, match=MISSING):
        await records.lock(session, Fund, fund.id, Fund.year == fund.year + 1, missing=MISSING)


async def test_a_change_grows_the_revision_and_stands_in_the_diary(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    assert await records.change(session, SYSTEM, await _locked(session, fund), {"frame_kronor": 200}, read=1)
    assert (fund.revision, fund.frame_kronor) == (2, 200)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="fund", subject_id=fund.id)
    assert (rows[0].action, rows[0].before, rows[0].after) == ("ändrade", {"frame_kronor": 100}, {"frame_kronor": 200})


async def test_changing_nothing_changes_nothing(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    assert not await records.change(session, SYSTEM, fund, {"frame_kronor": 100, "name": fund.name}, read=1)
    assert fund.revision == 1


async def test_two_who_change_different_fields_lose_nothing(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100, name="A")
    await records.change(session, SYSTEM, fund, {"name": "B"}, read=1)
    await records.change(session, SYSTEM, fund, {"name": "A", "frame_kronor": 300}, read=1)
    assert (fund.name, fund.frame_kronor, fund.revision) == ("B", 300, 3)


async def test_two_who_change_the_same_field_are_told_what_stands_and_who_wrote_it(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await set_scope(session, writer)
    await records.change(session, writer, fund, {"frame_kronor": 200}, read=1)
    with pytest.raises(ConflictingChange) as refused:
        await records.change(session, writer, fund, {"frame_kronor": 300}, read=1)
    [conflict] = refused.value.conflicts
    assert (conflict.field, conflict.theirs, conflict.by) == ("frame_kronor", 200, writer.name)
    assert conflict.at is not None
    assert await records.change(session, writer, fund, {"frame_kronor": 300}, read=None)


async def test_a_revision_that_never_was_is_refused(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    with pytest.raises(StaleVersion):
        await records.change(session, SYSTEM, fund, {"frame_kronor": 300}, read=7)


async def test_what_is_removed_is_told_in_the_diary(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    await records.remove(session, SYSTEM, fund)
    rows, _ = await activity.list_activity(session, SYSTEM, subject_type="fund", subject_id=fund.id)
    assert rows[0].action == "tog bort"
    assert rows[0].before is not None
    assert rows[0].before["frame_kronor"] == 100


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Decimal("9120.50"), 9120.5, True),
        (Decimal(1), None, False),
        (None, Decimal(1), False),
        (date(2026, 3, 31), "2026-03-31", True),
        (["b", "a"], ["a", "b"], True),
        ({"a": 1}, {"a": 2}, False),
        ("", None, False),
    ],
)
def test_values_are_compared_as_json_keeps_them(one: object, other: object, same: bool) -> None:
    assert _same(one, other) is same
