import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import activity, funds, overview, shares
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.errors import AlreadyExists, InUse, InvalidValue, NotAllowed, NotFound
from initiatives.funds import FundKind, FundOverdrawn
from tests import factories


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_move_money(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    initiative = await factories.initiative(session, shared_with=[someone.organisation_id])
    fund = await factories.fund(session)
    with pytest.raises(NotAllowed):
        await funds.create_fund(
            session, someone, name="A", organisation_id=fund.organisation_id, year=2026, frame_kronor=1
        )
    with pytest.raises(NotAllowed):
        await funds.link(session, someone, initiative.id, fund_id=fund.id, amount_kronor=1, year=2026)
    with pytest.raises(NotAllowed):
        await funds.unlink(session, someone, initiative.id, new_id())


async def test_a_partner_sees_no_money_of_a_plan(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    initiative = await factories.initiative(session, shared_with=[partner.organisation_id])
    fund = await factories.fund(session)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=1, year=2026)
    assert await funds.list_funds(session, partner) == ((), 0)
    assert await funds.list_links(session, partner, initiative_id=initiative.id) == []
    with pytest.raises(NotFound):
        await funds.get_fund(session, partner, fund.id)


async def test_a_partner_sees_the_budget_links_of_an_economy_and_no_fund(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    initiative = await factories.initiative(session)
    await shares.share(session, SYSTEM, initiative.id, partner.organisation_id, profile="ekonomi")
    fund = await factories.fund(session)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=7, year=2026)
    await set_scope(session, partner)
    [line] = await funds.list_links(session, partner, initiative_id=initiative.id)
    assert (line.fund, line.amount_kronor) == (fund.name, 7)
    assert await funds.list_funds(session, partner) == ((), 0)
    with pytest.raises(NotFound):
        await funds.get_fund(session, partner, fund.id)


async def test_a_fund_is_there_once_a_year(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    right: dict[str, Any] = {
        "name": fund.name,
        "organisation_id": fund.organisation_id,
        "year": 2026,
        "frame_kronor": 1,
    }
    with pytest.raises(AlreadyExists):
        await funds.create_fund(session, SYSTEM, **right)
    assert (await funds.create_fund(session, SYSTEM, **{**right, "year": 2027})).year == 2027


@pytest.mark.parametrize(("field", "value"), [("amount_kronor", -1), ("year", 26), ("fund_id", new_id())])
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    initiative, fund = await factories.initiative(session), await factories.fund(session)
    right: dict[str, Any] = {"fund_id": fund.id, "amount_kronor": 1, "year": 2026}
    with pytest.raises(InvalidValue) as refused:
        await funds.link(session, SYSTEM, initiative.id, **{**right, field: value})
    assert refused.value.field == field


async def test_a_fund_can_be_used_to_the_last_krona_and_no_further(session: AsyncSession) -> None:
    fund = await factories.fund(session, 20_000_000)
    initiative = await factories.initiative(session)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=15_100_000, year=2026)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=4_900_000, year=2026)
    with pytest.raises(FundOverdrawn, match="Förfogandeanslaget 2026 överskrids med 100\N{NO-BREAK SPACE}tkr"):
        await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=100_000, year=2026)


async def test_money_is_seen_with_the_initiative_and_with_the_fund(session: AsyncSession) -> None:
    fund, initiative = await factories.fund(session, 20_000_000), await factories.initiative(session)
    link = await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=2_500_000, year=2026)
    shown = await funds.get_fund(session, SYSTEM, fund.id)
    assert (shown.used_kronor, shown.left_kronor) == (2_500_000, 17_500_000)
    assert await funds.list_funds(session, SYSTEM, year=2026) == ([shown], 1)
    assert await funds.list_funds(session, SYSTEM, year=2025) == ([], 0)
    [row] = await funds.list_links(session, SYSTEM, fund_id=fund.id)
    assert (row.initiative, row.fund, row.amount_kronor) == ("Läkarbil i öster", "Förfogandeanslaget", 2_500_000)
    with_money = await overview.get(session, SYSTEM, initiative.id)
    assert (with_money.budget_kronor, with_money.revision) == (2_500_000, 2)
    await funds.unlink(session, SYSTEM, initiative.id, link.id)
    assert await funds.list_links(session, SYSTEM, initiative_id=initiative.id) == []
    [removed, added, _], _ = await activity.list_activity(session, SYSTEM, subject_id=initiative.id)
    assert (added.action, removed.action) == ("lade till pengar", "tog bort pengar")


async def test_a_link_is_taken_away_through_its_own_initiative(session: AsyncSession) -> None:
    fund = await factories.fund(session)
    one, other = await factories.initiative(session), await factories.initiative(session)
    link = await funds.link(session, SYSTEM, one.id, fund_id=fund.id, amount_kronor=1, year=2026)
    with pytest.raises(NotFound):
        await funds.unlink(session, SYSTEM, other.id, link.id)


async def test_two_at_once_cannot_both_take_the_last_krona(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        fund = await factories.fund(session, 10)
        initiatives = [await factories.initiative(session) for _ in range(4)]

    async def take(number: int) -> None:
        async with database.scoped(SYSTEM) as session:
            await funds.link(session, SYSTEM, initiatives[number].id, fund_id=fund.id, amount_kronor=6, year=2026)

    results = await asyncio.gather(*(take(number) for number in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["FundOverdrawn"] * 3 + ["NoneType"]


async def test_a_frame_is_not_made_smaller_than_what_is_used(session: AsyncSession) -> None:
    fund, initiative = await factories.fund(session, 20_000_000), await factories.initiative(session)
    await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=15_100_000, year=2026)
    await funds.revise_fund(session, SYSTEM, fund.id, revision=1, frame_kronor=15_100_000, kind="förfogandeanslag")
    with pytest.raises(FundOverdrawn, match="överskrids med 100\N{NO-BREAK SPACE}tkr") as refused:
        await funds.revise_fund(session, SYSTEM, fund.id, frame_kronor=15_000_000)
    assert refused.value.field == "frame_kronor"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("kind", "gåva"), ("organisation_id", new_id()), ("year", 26), ("frame_kronor", -1)],
)
async def test_a_wrong_change_of_a_fund_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidValue) as refused:
        await funds.revise_fund(session, SYSTEM, (await factories.fund(session)).id, **changes)
    assert refused.value.field == field


async def test_a_fund_does_not_take_the_name_of_another(session: AsyncSession) -> None:
    one = await factories.fund(session, name="A")
    other = await funds.create_fund(
        session, SYSTEM, name="B", organisation_id=one.organisation_id, year=2026, frame_kronor=1, kind="eget kapital"
    )
    with pytest.raises(AlreadyExists):
        await funds.revise_fund(session, SYSTEM, other.id, name="A")
    equity, _ = await funds.list_funds(session, SYSTEM, kind=FundKind.EQUITY)
    assert [row.id for row in equity] == [other.id]


async def test_a_fund_that_nothing_draws_on_can_go(session: AsyncSession) -> None:
    fund, initiative = await factories.fund(session), await factories.initiative(session)
    link = await funds.link(session, SYSTEM, initiative.id, fund_id=fund.id, amount_kronor=1, year=2026)
    with pytest.raises(InUse):
        await funds.remove_fund(session, SYSTEM, fund.id)
    await funds.unlink(session, SYSTEM, initiative.id, link.id)
    for role, error in ((Role.PARTNER, NotFound), (Role.POLITICIAN, NotAllowed)):
        with pytest.raises(error):
            await funds.remove_fund(session, await factories.viewer(session, role), fund.id)
    await funds.remove_fund(session, SYSTEM, fund.id)
    with pytest.raises(NotFound):
        await funds.get_fund(session, SYSTEM, fund.id)
