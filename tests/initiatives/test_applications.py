import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database
from initiatives import applications, rounds
from initiatives.access import SYSTEM, Role
from initiatives.applications import Verdict
from initiatives.base import new_id
from initiatives.errors import InUse, InvalidValue, NotAllowed, NotFound
from initiatives.funds import FundOverdrawn
from tests import factories
from tests.initiatives.test_rounds import applied, award, opened

NBSP = "\N{NO-BREAK SPACE}"
REPORT: dict[str, Any] = {"reported_on": date(2026, 11, 10), "method": "Grupper", "result": "34 deltog"}


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_register_and_decide(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    in_round = await opened(session)
    one = await applied(session, in_round)
    hidden = NotAllowed if role is Role.POLITICIAN else NotFound
    new: dict[str, Any] = {"title": "A", "applicant": "B", "amount_kronor": 1, "received_on": date(2026, 2, 1)}
    with pytest.raises(NotAllowed):
        await applications.apply(session, someone, in_round, **new)
    with pytest.raises(hidden):
        await applications.revise(session, someone, one, title="C")
    with pytest.raises(hidden):
        await applications.decide(session, someone, one, awarded_kronor=0, decided_on=date(2026, 3, 1))
    with pytest.raises(hidden):
        await applications.report(session, someone, one, **REPORT)
    with pytest.raises(hidden):
        await applications.remove(session, someone, one)


async def test_a_partner_sees_no_application(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    one = await applied(session, await opened(session))
    await award(session, one, 1)
    assert await applications.list_applications(session, partner) == ((), 0)
    assert (await session.execute(applications.due(partner))).all() == []
    with pytest.raises(NotFound):
        await applications.get_application(session, partner, one)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("amount_kronor", 0),
        ("applicant", ""),
        ("organisation_id", new_id()),
        ("received_on", date(2026, 1, 11)),
        ("received_on", date(2026, 2, 28)),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    in_round = await opened(session)
    right: dict[str, Any] = {"title": "A", "applicant": "B", "amount_kronor": 1, "received_on": date(2026, 2, 1)}
    with pytest.raises(InvalidValue) as refused:
        await applications.apply(session, SYSTEM, in_round, **{**right, field: value})
    assert refused.value.field == field


async def test_an_application_is_made_in_a_round_that_is_there(session: AsyncSession) -> None:
    with pytest.raises(InvalidValue) as refused:
        await applied(session, new_id())
    assert refused.value.field == "round_id"


@pytest.mark.parametrize(
    ("kronor", "verdict"), [(400, Verdict.AWARDED), (399, Verdict.PARTLY), (0, Verdict.REFUSED), (None, "inkommen")]
)
async def test_an_application_is_awarded_partly_or_refused(
    session: AsyncSession, kronor: int | None, verdict: Verdict
) -> None:
    one = await applied(session, await opened(session))
    if kronor is not None:
        await award(session, one, kronor)
    shown = await applications.get_application(session, SYSTEM, one)
    assert (shown.awarded_kronor, shown.verdict) == (kronor, verdict)
    assert shown.report_due_on == (date(2027, 1, 31) if kronor else None)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("awarded_kronor", {"awarded_kronor": 401}),
        ("awarded_kronor", {"awarded_kronor": -1}),
        ("awarded_kronor", {"awarded_kronor": 351}),
        ("decided_on", {"decided_on": date(2026, 2, 19)}),
        ("report_due_on", {"report_due_on": date(2026, 3, 15)}),
    ],
)
async def test_a_wrong_award_is_refused_by_name(session: AsyncSession, field: str, wrong: dict[str, Any]) -> None:
    one = await applied(session, await opened(session, most_kronor=350))
    with pytest.raises(InvalidValue) as refused:
        await award(session, one, **{"kronor": wrong.pop("awarded_kronor", 300), **wrong})
    assert refused.value.field == field


async def test_money_is_given_with_a_day_to_report_on_it(session: AsyncSession) -> None:
    one = await applied(session, await opened(session, report_due_on=None))
    with pytest.raises(InvalidValue, match="återredovisas"):
        await award(session, one, 1)
    await award(session, one, 1, report_due_on=date(2026, 12, 1))


async def test_no_more_is_awarded_than_there_is_in_the_round(session: AsyncSession) -> None:
    in_round = await opened(session)
    for kronor in (400, 500):
        await award(session, await applied(session, in_round, kronor), kronor)
    last = await applied(session, in_round, 200)
    with pytest.raises(FundOverdrawn, match=f"”Psykisk ohälsa” överskrids med 100{NBSP}kr"):
        async with session.begin_nested():
            await award(session, last, 200)
    await award(session, last, 100)
    assert (await rounds.get_round(session, SYSTEM, in_round)).left_kronor == 0


async def test_an_application_is_changed_but_not_below_what_is_awarded(session: AsyncSession) -> None:
    one, town = await applied(session, await opened(session)), await factories.organisation(session, "Alfa kommun")
    await award(session, one, 300)
    await applications.revise(session, SYSTEM, one, organisation_id=town.id, amount_kronor=300)
    shown = await applications.get_application(session, SYSTEM, one)
    assert (shown.applicant, shown.verdict) == ("Alfa kommun", Verdict.AWARDED)
    with pytest.raises(InvalidValue, match="redan beviljat"):
        await applications.revise(session, SYSTEM, one, amount_kronor=299)
    with pytest.raises(InUse):
        await applications.remove(session, SYSTEM, one)
    await award(session, one, 0)
    await applications.remove(session, SYSTEM, one)


@pytest.mark.parametrize("missing", ["method", "result"])
async def test_a_report_tells_both_how_and_with_what_result(session: AsyncSession, missing: str) -> None:
    one = await applied(session, await opened(session))
    with pytest.raises(InvalidValue, match="Bara den som har beviljats"):
        await applications.report(session, SYSTEM, one, **REPORT)
    await award(session, one, 400)
    with pytest.raises(InvalidValue) as refused:
        await applications.report(session, SYSTEM, one, **{**REPORT, missing: " "})
    assert refused.value.field == missing
    with pytest.raises(InvalidValue) as refused:
        await applications.report(session, SYSTEM, one, **{**REPORT, "reported_on": date(2026, 3, 15)})
    assert refused.value.field == "reported_on"


async def test_a_report_is_due_until_it_is_there(session: AsyncSession) -> None:
    in_round = await opened(session)
    one, refused = await applied(session, in_round), await applied(session, in_round)
    await award(session, one, 400)
    await award(session, refused, 0)
    [row] = [row for row in await session.execute(applications.due(SYSTEM)) if row.subject_id == in_round]
    assert (row.kind, row.item_id, row.due_on, row.done) == ("återredovisning", one, date(2027, 1, 31), False)
    await applications.report(session, SYSTEM, one, **REPORT, published=True)
    [row] = [row for row in await session.execute(applications.due(SYSTEM)) if row.subject_id == in_round]
    assert row.done
    with pytest.raises(InvalidValue, match="redan återredovisad"):
        await award(session, one, 0)
    shown, _ = await applications.list_applications(session, SYSTEM, round_id=in_round)
    assert [(one.result, one.published) for one in shown] == [("34 deltog", True), ("", False)]


async def test_two_who_decide_at_once_do_not_both_give_the_last_krona(database: Database) -> None:
    async with database.scoped(SYSTEM) as session:
        in_round = await opened(session)
        waiting = [await applied(session, in_round, 600) for _ in range(4)]

    async def give(number: int) -> None:
        async with database.scoped(SYSTEM) as session:
            await award(session, waiting[number], 600)

    results = await asyncio.gather(*(give(number) for number in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["FundOverdrawn"] * 3 + ["NoneType"]
