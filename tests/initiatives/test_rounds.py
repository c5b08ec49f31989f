from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import applications, funds, rounds
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import InUse, InvalidValue, NotAllowed, NotFound
from initiatives.funds import FundOverdrawn
from initiatives.rounds import RoundState
from tests import factories

NBSP = "\N{NO-BREAK SPACE}"
RIGHT: dict[str, Any] = {
    "title": "Psykisk ohälsa",
    "total_kronor": 1_000,
    "opens_on": date(2026, 1, 12),
    "closes_on": date(2026, 2, 27),
    "report_due_on": date(2027, 1, 31),
}


async def allocation(session: AsyncSession, kronor: int = 1_000) -> UUID:
    fund = await factories.fund(session, kronor)
    given = await funds.allocate(session, SYSTEM, fund.id, amount_kronor=kronor, purpose="Projekt", receiver="Sökande")
    return given.id


async def opened(session: AsyncSession, **more: Any) -> UUID:
    fields = {"allocation_id": await allocation(session), **RIGHT, **more}
    return (await rounds.open_round(session, SYSTEM, **fields)).id


async def applied(session: AsyncSession, round_id: UUID, kronor: int = 400, **more: Any) -> UUID:
    fields = {"title": "Grupper", "applicant": "Eken", "received_on": date(2026, 2, 20), **more}
    return (await applications.apply(session, SYSTEM, round_id, amount_kronor=kronor, **fields)).id


async def award(session: AsyncSession, application_id: UUID, kronor: int, **more: Any) -> None:
    fields = {"decided_on": date(2026, 3, 16), **more}
    await applications.decide(session, SYSTEM, application_id, awarded_kronor=kronor, **fields)


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_open_rounds(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    one = await opened(session)
    hidden = NotAllowed if role is Role.POLITICIAN else NotFound
    with pytest.raises(NotAllowed):
        await rounds.open_round(session, someone, fund_id=new_id(), **RIGHT)
    with pytest.raises(hidden):
        await rounds.revise_round(session, someone, one, title="A")
    with pytest.raises(hidden):
        await rounds.remove_round(session, someone, one)


async def test_a_partner_sees_no_round(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    one = await opened(session)
    assert await rounds.list_rounds(session, partner) == ((), 0)
    assert (await session.execute(rounds.due(partner))).all() == []
    with pytest.raises(NotFound):
        await rounds.get_round(session, partner, one)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("total_kronor", 0),
        ("most_kronor", 0),
        ("closes_on", date(2026, 1, 11)),
        ("report_due_on", date(2026, 2, 26)),
        ("allocation_id", new_id()),
        ("allocation_id", None),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    right = {"allocation_id": await allocation(session), **RIGHT}
    with pytest.raises(InvalidValue) as refused:
        await rounds.open_round(session, SYSTEM, **{**right, field: value})
    assert refused.value.field == field


async def test_a_round_hands_out_no_more_than_its_allocation(session: AsyncSession) -> None:
    given = await allocation(session)
    await rounds.open_round(session, SYSTEM, allocation_id=given, **{**RIGHT, "total_kronor": 700})
    with pytest.raises(FundOverdrawn, match=f"överskrids med 100{NBSP}kr"):
        async with session.begin_nested():
            await rounds.open_round(session, SYSTEM, allocation_id=given, **{**RIGHT, "total_kronor": 400})
    with pytest.raises(FundOverdrawn, match="det som lyses ut"):
        async with session.begin_nested():
            await funds.reallocate(session, SYSTEM, given, amount_kronor=699)
    with pytest.raises(InUse):
        await funds.withdraw(session, SYSTEM, given)
    assert (await funds.get_allocation(session, SYSTEM, given)).offered_kronor == 700


async def test_a_round_straight_out_of_a_fund_is_an_allocation_of_it(session: AsyncSession) -> None:
    fund = await factories.fund(session, 1_000)
    one = await rounds.open_round(session, SYSTEM, fund_id=fund.id, **RIGHT)
    shown = await rounds.get_round(session, SYSTEM, one.id)
    assert (shown.fund_id, shown.allocation, shown.left_kronor) == (fund.id, "Psykisk ohälsa", 1_000)
    assert (await funds.get_fund(session, SYSTEM, fund.id)).left_kronor == 0
    with pytest.raises(FundOverdrawn) as refused:
        await rounds.open_round(session, SYSTEM, fund_id=fund.id, **RIGHT)
    assert refused.value.field == "total_kronor"


async def test_a_round_is_changed_but_not_below_what_is_awarded(session: AsyncSession) -> None:
    one = await opened(session)
    await award(session, await applied(session, one, 800), 800)
    await rounds.revise_round(session, SYSTEM, one, revision=1, closes_on=date(2026, 3, 6), total_kronor=900)
    with pytest.raises(FundOverdrawn, match=f"överskrids med 50{NBSP}kr"):
        async with session.begin_nested():
            await rounds.revise_round(session, SYSTEM, one, total_kronor=750)
    with pytest.raises(InUse):
        await rounds.remove_round(session, SYSTEM, one)


async def test_a_round_without_applications_goes_away_and_its_allocation_stays(session: AsyncSession) -> None:
    one = await opened(session)
    given = (await rounds.get_round(session, SYSTEM, one)).allocation_id
    await rounds.remove_round(session, SYSTEM, one)
    assert (await funds.get_allocation(session, SYSTEM, given)).offered_kronor == 0


async def test_a_round_tells_how_far_it_has_come(session: AsyncSession) -> None:
    one = await opened(session)
    waiting = await applied(session, one)
    shown = await rounds.get_round(session, SYSTEM, one)
    days = (date(2026, 1, 11), date(2026, 1, 12), date(2026, 2, 27), date(2026, 2, 28))
    states = (RoundState.COMING, RoundState.OPEN, RoundState.OPEN, RoundState.TO_DECIDE)
    assert [rounds.state_on(shown, day) for day in days] == list(states)
    await award(session, waiting, 100)
    [shown], total = await rounds.list_rounds(session, SYSTEM, fund_id=shown.fund_id)
    assert rounds.state_on(shown, days[-1]) is RoundState.DECIDED
    assert (total, shown.applications, shown.applied_kronor, shown.awarded_kronor) == (1, 1, 400, 100)
    assert (shown.undecided, shown.unreported, shown.left_kronor) == (0, 1, 900)


async def test_the_last_day_stands_in_the_calendar(session: AsyncSession) -> None:
    past, coming = await opened(session), await opened(session, closes_on=date(2199, 1, 1), report_due_on=None)
    rows = {row.item_id: row for row in await session.execute(rounds.due(SYSTEM))}
    assert (rows[past].kind, rows[past].due_on, rows[past].done) == ("ansökan", date(2026, 2, 27), True)
    assert (rows[coming].due_on, rows[coming].done) == (date(2199, 1, 1), False)
