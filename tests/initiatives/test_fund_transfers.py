from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, funds
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.errors import InUse, InvalidValue, NotAllowed, NotFound
from initiatives.funds import FundOverdrawn, FundTransfer
from tests import factories

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_move_money(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    one, other = await factories.fund(session), await factories.fund(session)
    with pytest.raises(NotAllowed):
        await funds.transfer(session, someone, **_of(one.id, other.id))


async def test_a_partner_sees_no_transfer(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    one, other = await factories.fund(session), await factories.fund(session)
    row = await funds.transfer(session, SYSTEM, **_of(one.id, other.id))
    assert await funds.list_transfers(session, partner) == ((), 0)
    with pytest.raises(NotFound):
        await funds.get_transfer(session, partner, row.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_kronor", 0),
        ("decision", ""),
        ("moved_on", date(1815, 1, 1)),
        ("from_fund_id", new_id()),
        ("to_fund_id", new_id()),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    one, other = await factories.fund(session), await factories.fund(session)
    with pytest.raises(InvalidValue) as refused:
        await funds.transfer(session, SYSTEM, **{**_of(one.id, other.id), field: value})
    assert refused.value.field == field


async def test_money_is_not_moved_to_where_it_is(session: AsyncSession) -> None:
    one = await factories.fund(session)
    with pytest.raises(InvalidValue, match="två olika"):
        await funds.transfer(session, SYSTEM, **_of(one.id, one.id))


async def test_money_moves_from_one_fund_to_the_other_and_no_further_than_it_is(session: AsyncSession) -> None:
    one, other = await factories.fund(session, 1_000, name="A"), await factories.fund(session, 0, name="B")
    row = await funds.transfer(session, SYSTEM, **_of(one.id, other.id, 600))
    giving, taking = [await funds.get_fund(session, SYSTEM, fund.id) for fund in (one, other)]
    assert (giving.transferred_kronor, giving.available_kronor, giving.left_kronor) == (-600, 400, 400)
    assert (taking.transferred_kronor, taking.available_kronor, taking.left_kronor) == (600, 600, 600)
    with pytest.raises(FundOverdrawn, match=f"A 2026 överskrids med 1{NBSP}kr"):
        async with session.begin_nested():
            await funds.transfer(session, SYSTEM, **_of(one.id, other.id, 401))
    shown = await funds.get_transfer(session, SYSTEM, row.id)
    assert (shown.from_fund, shown.to_fund, shown.amount_kronor) == ("A", "B", 600)
    assert await funds.list_transfers(session, SYSTEM, fund_id=other.id) == ([shown], 1)
    for fund, action in ((one, "flyttade pengar från"), (other, "flyttade pengar till")):
        [newest, *_], _ = await activity.list_activity(session, SYSTEM, subject_type="fund", subject_id=fund.id)
        assert (newest.action, (newest.after or {})["amount_kronor"]) == (action, 600)


async def test_what_has_been_moved_here_stays_when_it_is_used(session: AsyncSession) -> None:
    one, other = await factories.fund(session, 1_000, name="A"), await factories.fund(session, 0, name="B")
    await funds.transfer(session, SYSTEM, **_of(one.id, other.id, 600))
    await funds.allocate(session, SYSTEM, other.id, amount_kronor=600, purpose="A", receiver="B")
    with pytest.raises(FundOverdrawn):
        async with session.begin_nested():
            await funds.transfer(session, SYSTEM, **_of(other.id, one.id, 1))
    with pytest.raises(InUse):
        await funds.remove_fund(session, SYSTEM, one.id)


async def test_a_row_of_the_ledger_is_never_changed_nor_removed(session: AsyncSession) -> None:
    one, other = await factories.fund(session), await factories.fund(session)
    row = await funds.transfer(session, SYSTEM, **_of(one.id, other.id, 5))
    await set_scope(session, SYSTEM)
    await session.execute(update(FundTransfer).values(amount_kronor=1))
    await session.execute(delete(FundTransfer))
    session.expire_all()
    assert (await funds.get_transfer(session, SYSTEM, row.id)).amount_kronor == 5


def _of(from_id: object, to_id: object, kronor: int = 1) -> dict[str, Any]:
    ends = {"from_fund_id": from_id, "to_fund_id": to_id}
    return {**ends, "amount_kronor": kronor, "moved_on": date(2026, 4, 13), "decision": "Regionstyrelsen § 52"}
