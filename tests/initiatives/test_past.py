from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import funds, initiatives, records
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.past import Past
from tests import factories


async def _states(session: AsyncSession, kind: str, key: object) -> list[tuple[dict[str, Any], bool]]:
    query = select(Past.state, func.upper_inf(Past.during)).where(Past.kind == kind, Past.key == str(key))
    return [(state, now) for state, now in await session.execute(query.order_by(func.lower(Past.during)))]


async def test_every_state_is_kept_and_the_last_one_holds(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    for frame in (200, 300):
        await records.change(session, SYSTEM, fund, {"frame_kronor": frame}, read=None)
    states = await _states(session, "fund", fund.id)
    assert [(state["frame_kronor"], now) for state, now in states] == [(100, False), (200, False), (300, True)]


async def test_states_follow_one_another_without_gaps(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    for frame in (200, 300):
        await records.change(session, SYSTEM, fund, {"frame_kronor": frame}, read=None)
    gaps = text(
        "SELECT count(*) FROM past a JOIN past b ON a.kind = b.kind AND a.key = b.key AND a.during -|- b.during "
        "WHERE a.key = :key"
    )
    assert await session.scalar(gaps, {"key": str(fund.id)}) == 4


async def test_what_is_removed_was_there_until_then(session: AsyncSession) -> None:
    fund = await factories.fund(session, 100)
    initiative = await factories.initiative(session)
    link = await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=7, year=2026)
    await funds.unlink(session, SYSTEM, initiative.id, link.id)
    [(state, now)] = await _states(session, "budget_link", link.id)
    assert (state["amount_kronor"], now) == (7, False)


async def test_what_changes_nothing_begins_no_state(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    await session.execute(text("UPDATE fund SET name = name WHERE id = :id"), {"id": fund.id})
    assert len(await _states(session, "fund", fund.id)) == 1


async def test_a_row_without_an_identifier_of_its_own_is_kept_under_both(session: AsyncSession) -> None:
    [node, *_] = await factories.nodes(session)
    initiative = await factories.initiative(session, node_ids=[node.id])
    await initiatives.revise(session, SYSTEM, initiative.id, node_ids=[])
    [(_, now)] = await _states(session, "initiative_node", f"{initiative.id} {node.id}")
    assert not now


async def test_a_partner_sees_nothing_of_the_past(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    await factories.initiative(session, shared_with=[partner.organisation_id])
    await set_scope(session, partner)
    assert await session.scalar(select(func.count()).select_from(Past)) == 0


async def test_nobody_writes_the_past_by_hand(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    changed = await session.execute(text("UPDATE past SET state = '{}' WHERE key = :id"), {"id": str(fund.id)})
    assert changed.rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(ProgrammingError, match="row-level security"):
        await session.execute(text("INSERT INTO past VALUES ('fund', 'x', tstzrange(now(), NULL), '{}')"))
