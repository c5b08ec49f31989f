import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import activity, clauses, decisions, funds, matters
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import InUse, InvalidValue, NotAllowed, NotFound
from initiatives.funds import FundOverdrawn, unfunded_after
from tests import factories

NBSP = "\N{NO-BREAK SPACE}"


async def allocate(session: AsyncSession, fund_id: UUID, kronor: int, **more: Any) -> funds.Allocation:
    fields = {"purpose": "Läkarförsörjning", "receiver": "Personalavdelningen", **more}
    return await funds.allocate(session, SYSTEM, fund_id, amount_kronor=kronor, **fields)


async def move(session: AsyncSession, from_id: UUID, to_id: UUID, kronor: int) -> funds.FundTransfer:
    ends = {"from_fund_id": from_id, "to_fund_id": to_id}
    return await funds.transfer(
        session, SYSTEM, **ends, amount_kronor=kronor, moved_on=date(2026, 4, 13), decision="RS § 52"
    )


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_give_money_away(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    fund = await factories.fund(session)
    one = await allocate(session, fund.id, 1)
    hidden = NotAllowed if role is Role.POLITICIAN else NotFound
    with pytest.raises(NotAllowed):
        await funds.allocate(session, someone, fund.id, amount_kronor=1, purpose="A", receiver="B")
    with pytest.raises(hidden):
        await funds.reallocate(session, someone, one.id, purpose="C")
    with pytest.raises(hidden):
        await funds.withdraw(session, someone, one.id)


async def test_a_partner_sees_no_allocation(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    one = await allocate(session, (await factories.fund(session)).id, 1)
    assert await funds.list_allocations(session, partner) == ((), 0)
    with pytest.raises(NotFound):
        await funds.get_allocation(session, partner, one.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_kronor", 0),
        ("amount_kronor", -1),
        ("purpose", " "),
        ("receiver", ""),
        ("receiver_id", new_id()),
        ("node_id", new_id()),
        ("clause_id", new_id()),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    fund = await factories.fund(session)
    right: dict[str, Any] = {"amount_kronor": 1, "purpose": "A", "receiver": "B"}
    with pytest.raises(InvalidValue) as refused:
        await funds.allocate(session, SYSTEM, fund.id, **{**right, field: value})
    assert refused.value.field == field


async def test_there_is_one_receiver_of_either_kind(session: AsyncSession) -> None:
    fund, town = await factories.fund(session), await factories.organisation(session, "Alfa kommun")
    with pytest.raises(InvalidValue, match="inte båda"):
        await allocate(session, fund.id, 1, receiver_id=town.id)
    one = await allocate(session, fund.id, 1)
    await funds.reallocate(session, SYSTEM, one.id, receiver_id=town.id)
    assert (await funds.get_allocation(session, SYSTEM, one.id)).receiver == "Alfa kommun"
    await funds.reallocate(session, SYSTEM, one.id, receiver="Tandvården")
    shown = await funds.get_allocation(session, SYSTEM, one.id)
    assert (shown.receiver, shown.receiver_id) == ("Tandvården", None)
    with pytest.raises(InvalidValue, match="vem som får pengarna"):
        await funds.reallocate(session, SYSTEM, one.id, receiver="")


async def test_allocations_and_initiatives_draw_on_one_frame(session: AsyncSession) -> None:
    fund, initiative = await factories.fund(session, 1_000), await factories.initiative(session)
    one = await allocate(session, fund.id, 600)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=400, year=2026)
    with pytest.raises(FundOverdrawn, match=f"Förfogandeanslaget 2026 överskrids med 1{NBSP}kr"):
        await funds.reallocate(session, SYSTEM, one.id, amount_kronor=601)
    shown = await funds.get_fund(session, SYSTEM, fund.id)
    assert (shown.allocated_kronor, shown.linked_kronor, shown.used_kronor) == (601, 400, 1_001), "not yet rolled back"


async def test_what_an_initiative_uses_of_an_allocation_is_counted_once(session: AsyncSession) -> None:
    fund, initiative = await factories.fund(session, 1_000), await factories.initiative(session)
    fund_id, initiative_id = fund.id, initiative.id
    one = (await allocate(session, fund_id, 1_000)).id
    money: dict[str, Any] = {"fund_id": fund_id, "allocation_id": one, "year": 2026}
    await funds.link(session, SYSTEM, initiative_id, amount_kronor=700, **money)
    shown = await funds.get_fund(session, SYSTEM, fund_id)
    assert (shown.used_kronor, shown.left_kronor) == (1_000, 0)
    [row] = await funds.list_links(session, SYSTEM, fund_id=fund_id)
    assert (row.allocation_id, row.allocation) == (one, "Läkarförsörjning")
    with pytest.raises(FundOverdrawn, match=f"”Läkarförsörjning” överskrids med 1{NBSP}kr"):
        async with session.begin_nested():
            await funds.link(session, SYSTEM, initiative_id, amount_kronor=301, **money)
    with pytest.raises(FundOverdrawn, match=f"överskrids med 100{NBSP}kr"):
        async with session.begin_nested():
            await funds.reallocate(session, SYSTEM, one, amount_kronor=600)
    with pytest.raises(InUse):
        await funds.withdraw(session, SYSTEM, one)


async def test_an_initiative_uses_an_allocation_of_the_fund_it_names(session: AsyncSession) -> None:
    one, other = await factories.fund(session), await factories.fund(session)
    initiative, foreign = await factories.initiative(session), await allocate(session, other.id, 10)
    for allocation_id in (foreign.id, new_id()):
        with pytest.raises(InvalidValue) as refused:
            await funds.link(
                session,
                SYSTEM,
                initiative.id,
                fund_id=one.id,
                allocation_id=allocation_id,
                amount_kronor=1,
                year=2026,
            )
        assert refused.value.field == "allocation_id"


async def test_an_allocation_is_listed_changed_and_withdrawn(session: AsyncSession) -> None:
    fund, [_, area, *_] = await factories.fund(session), await factories.nodes(session)
    one = await allocate(session, fund.id, 900_000, recurring=True, node_id=area.id, clause="RS § 164, 2")
    rows, total = await funds.list_allocations(session, SYSTEM, fund_id=fund.id)
    assert (total, rows[0].node, rows[0].year, rows[0].revision) == (1, "Samverkan", 2026, 1)
    assert (await funds.list_allocations(session, SYSTEM, node_id=area.id))[1] == 1
    assert (await funds.list_allocations(session, SYSTEM, fund_id=fund.id, recurring=False))[1] == 0
    await funds.reallocate(session, SYSTEM, one.id, revision=1, amount_kronor=800_000, node_id=None)
    assert (await funds.get_allocation(session, SYSTEM, one.id)).node is None
    await funds.withdraw(session, SYSTEM, one.id)
    assert (await funds.list_allocations(session, SYSTEM, fund_id=fund.id))[1] == 0
    done, _ = await activity.list_activity(session, SYSTEM, subject_type="allocation", subject_id=one.id)
    assert [row.action for row in done] == ["tog bort", "ändrade", "skapade"]


async def test_an_allocation_rests_on_a_clause_that_is_seen_to_be_a_proposal(session: AsyncSession) -> None:
    matter = await matters.create(session, SYSTEM, title="Fördelning", organ="Styrelsen")
    proposal = await decisions.create(session, SYSTEM, matter.id, outcome="förslag")
    clause = await clauses.create(session, SYSTEM, proposal.id, text="att avsätta 2 mnkr för läkarförsörjning")
    one = await allocate(session, (await factories.fund(session)).id, 2_000_000, clause_id=clause.id)
    shown = await funds.get_allocation(session, SYSTEM, one.id)
    assert (shown.clause_text, shown.clause_ruling) == (clause.text, "föreslagen")


async def test_what_is_promised_every_year_by_the_fund_of_one_year_is_noted(session: AsyncSession) -> None:
    fund = await factories.fund(session, year=2015)
    one = await allocate(session, fund.id, 900_000, recurring=True)
    await allocate(session, fund.id, 2_000_000)
    note = f"ofinansierat från 2016: 900{NBSP}tkr per år"
    row, shown = await funds.get_fund(session, SYSTEM, fund.id), await funds.get_allocation(session, SYSTEM, one.id)
    assert row.unfunded is not None
    assert shown.unfunded is not None
    assert row.unfunded.note == shown.unfunded.note == note


@given(st.integers(1900, 2200), st.lists(st.integers(1, 10**12)))
def test_unfunded_is_the_sum_of_what_recurs_from_the_year_after(year: int, sums: list[int]) -> None:
    unfunded = unfunded_after(year, sums)
    if unfunded is None:
        assert sums == []
    else:
        assert (unfunded.from_year, unfunded.kronor_per_year) == (year + 1, sum(sums))


async def test_fifty_writers_at_once_never_overdraw_a_fund(database: Database) -> None:
    """Allocations, changes, budget links and transfers race for a frame that is too small for all of them."""
    async with database.scoped(SYSTEM) as session:
        fund, reserve = await factories.fund(session, 1_000), await factories.fund(session, 100, name="Reserven")
        initiatives = [(await factories.initiative(session)).id for _ in range(10)]
        made = [(await allocate(session, fund.id, 10)).id for _ in range(10)]

    async def draw(number: int) -> None:
        amount = 30 + number
        async with database.scoped(SYSTEM) as session:
            match number % 5:
                case 0:
                    await allocate(session, fund.id, amount)
                case 1:
                    await funds.reallocate(session, SYSTEM, made[number % 10], amount_kronor=amount)
                case 2:
                    money: dict[str, Any] = {"fund_id": fund.id, "amount_kronor": amount, "year": 2026}
                    await funds.link(session, SYSTEM, initiatives[number % 10], **money)
                case 3:
                    await move(session, fund.id, reserve.id, amount)
                case _:
                    await move(session, reserve.id, fund.id, 5)

    results = await asyncio.gather(*(draw(number) for number in range(50)), return_exceptions=True)
    assert {type(one) for one in results} == {type(None), FundOverdrawn}
    async with database.scoped(SYSTEM) as session:
        shown, other = [await funds.get_fund(session, SYSTEM, one.id) for one in (fund, reserve)]
        given, _ = await funds.list_allocations(session, SYSTEM, fund_id=fund.id, limit=100)
        linked = await funds.list_links(session, SYSTEM, fund_id=fund.id)
        moved, _ = await funds.list_transfers(session, SYSTEM, fund_id=fund.id, limit=100)
    net = sum(one.amount_kronor if one.to_fund_id == fund.id else -one.amount_kronor for one in moved)
    assert shown.allocated_kronor == sum(one.amount_kronor for one in given)
    assert shown.linked_kronor == sum(one.amount_kronor for one in linked)
    assert (shown.transferred_kronor, other.transferred_kronor) == (net, -net)
    assert shown.left_kronor == 1_000 + net - shown.used_kronor >= 0
    assert other.left_kronor >= 0
