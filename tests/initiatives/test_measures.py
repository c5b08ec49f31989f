from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, claims, funds, measure_frames, measure_outcomes, measures, portfolio
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.checks import Severity
from initiatives.errors import AlreadyExists, InUse, InvalidValue, NotAllowed, NotFound
from initiatives.measures import Measure, MeasureSort, payback_years
from initiatives.merging import ConflictingChange
from tests import factories

NBSP = "\N{NO-BREAK SPACE}"


async def frame(session: AsyncSession, **more: Any) -> UUID:
    years = {"name": "Omställning", "first_year": 2018, "last_year": 2019}
    return (await measure_frames.create(session, SYSTEM, **{**years, **more})).id


async def measure(session: AsyncSession, title: str = "Läkarbil öster", **more: Any) -> Measure:
    owner = await factories.organisation(session)
    return await measures.create(session, SYSTEM, **{"title": title, "organisation_id": owner.id, **more})


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.PARTNER])
async def test_only_writers_plan_measures(session: AsyncSession, role: Role) -> None:
    someone = await factories.viewer(session, role)
    one, of_frame = await measure(session), await frame(session)
    outcome = await measure_outcomes.add(session, SYSTEM, one.id, year=2020, outcome="A")
    claim = await claims.add(session, SYSTEM, measure_id=one.id, text="A", said_by="B")
    hidden = NotAllowed if role is Role.POLITICIAN else NotFound
    with pytest.raises(NotAllowed):
        await measures.create(session, someone, title="A", organisation_id=one.organisation_id)
    with pytest.raises(NotAllowed):
        await measure_frames.create(session, someone, name="A", first_year=2018, last_year=2019)
    with pytest.raises(NotAllowed):
        await claims.add(session, someone, measure_id=one.id, text="A", said_by="B")
    for refused in (
        measures.revise(session, someone, one.id, title="A"),
        measures.remove(session, someone, one.id),
        measure_frames.revise(session, someone, of_frame, name="A"),
        measure_frames.remove(session, someone, of_frame),
        measure_outcomes.add(session, someone, one.id, year=2021, outcome="A"),
        measure_outcomes.revise(session, someone, outcome.id, outcome="B"),
        measure_outcomes.remove(session, someone, outcome.id),
        claims.revise(session, someone, claim.id, text="B"),
        claims.remove(session, someone, claim.id),
    ):
        with pytest.raises(hidden):
            await refused


async def test_a_partner_sees_nothing_of_measures(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    one, of_frame = await measure(session), await frame(session)
    outcome = await measure_outcomes.add(session, SYSTEM, one.id, year=2020, outcome="A")
    claim = await claims.add(session, SYSTEM, frame_id=of_frame, text="A", said_by="B")
    assert await measures.list_measures(session, partner) == ()
    assert await measure_frames.list_frames(session, partner) == ()
    assert await measure_outcomes.list_outcomes(session, partner, one.id) == ()
    assert await claims.list_claims(session, partner) == ()
    assert await portfolio.check(session, partner) == []
    for hidden in (
        measures.get_measure(session, partner, one.id),
        measure_frames.get_frame(session, partner, of_frame),
        measure_outcomes.get_outcome(session, partner, outcome.id),
        claims.get_claim(session, partner, claim.id),
        portfolio.portfolio(session, partner, frame_id=of_frame),
    ):
        with pytest.raises(NotFound):
            await hidden


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("organisation_id", new_id()),
        ("frame_id", new_id()),
        ("status", "önskad"),
        ("costs", {18: 1}),
        ("costs", {2018: -1}),
        ("costs", dict.fromkeys(range(2000, 2031), 1)),
        ("duration_months", 0),
        ("organisational_number", Decimal("1e13")),
        ("yearly_kronor", 10**15 + 1),
        ("effect_from_year", 20),
        ("charged_fund_id", new_id()),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, value: object) -> None:
    owner = await factories.organisation(session)
    right: dict[str, Any] = {"title": "A", "organisation_id": owner.id, "yearly_kronor": -1, "effect_from_year": 2020}
    with pytest.raises(InvalidValue) as refused:
        await measures.create(session, SYSTEM, **{**right, field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("effect_from_year", {"yearly_kronor": -1}),
        ("yearly_kronor", {"effect_from_year": 2020}),
        ("decision", {"status": "beslutad"}),
        ("title", {"title": "A", "organisation_id": None}),
    ],
)
async def test_what_belongs_together_is_told_together(session: AsyncSession, field: str, told: dict[str, Any]) -> None:
    if "title" in told:
        with pytest.raises(InvalidValue, match="rubrik och förvaltning"):
            await measures.create(session, SYSTEM, title="A")
        return
    with pytest.raises(InvalidValue) as refused:
        await measure(session, **told)
    assert refused.value.field == field


async def test_a_measure_is_charged_to_equity_or_to_what_is_written(session: AsyncSession) -> None:
    plain = await factories.fund(session)
    equity = await funds.create_fund(
        session,
        SYSTEM,
        name="Eget kapital",
        kind="eget kapital",
        organisation_id=plain.organisation_id,
        year=2018,
        frame_kronor=0,
    )
    with pytest.raises(InvalidValue, match="eget kapital"):
        await measure(session, charged_fund_id=plain.id)
    with pytest.raises(InvalidValue, match="inte båda"):
        await measure(session, charged_fund_id=equity.id, charged_to="Budgeten")
    one = await measure(session, charged_fund_id=equity.id)
    assert (await measures.get_measure(session, SYSTEM, one.id)).charged_fund == "Eget kapital 2018"


async def test_a_measure_is_changed_listed_and_removed(session: AsyncSession) -> None:
    one, of_frame = await measure(session, costs={2018: 5}), await frame(session)
    await measures.revise(session, SYSTEM, one.id, revision=1, costs={2019: 7, 2018: 5}, frame_id=of_frame)
    with pytest.raises(ConflictingChange) as refused:
        await measures.revise(session, SYSTEM, one.id, revision=1, costs={2018: 6})
    assert refused.value.conflicts[0].theirs == {"2018": 5, "2019": 7}
    await measures.revise(session, SYSTEM, one.id, revision=1, title="Läkarbil väster")
    [row] = await measures.list_measures(session, SYSTEM, frame_id=of_frame, status=measures.MeasureStatus.PROPOSED)
    assert (row.title, row.costs, row.cost_kronor, row.frame) == (
        "Läkarbil väster",
        {2018: 5, 2019: 7},
        12,
        "Omställning",
    )
    with pytest.raises(InUse):
        await measure_frames.remove(session, SYSTEM, of_frame)
    await measure_outcomes.add(session, SYSTEM, one.id, year=2020, outcome="A")
    await measures.remove(session, SYSTEM, one.id)
    await measure_frames.remove(session, SYSTEM, of_frame)
    done, _ = await activity.list_activity(session, SYSTEM, subject_type="measure", subject_id=one.id)
    assert [row.action for row in done] == ["tog bort", "ändrade", "ändrade", "skapade"]


@pytest.mark.parametrize(
    ("cost", "yearly", "years"),
    [
        (3_200_000, -1_400_000, "2.3"),
        (3_150_000, -1_400_000, "2.3"),
        (0, -1, "0.0"),
        (1, 0, None),
        (1, 5, None),
        (1, None, None),
    ],
)
def test_pay_back_is_the_cost_over_the_yearly_saving(cost: int, yearly: int | None, years: str | None) -> None:
    assert payback_years(cost, yearly) == (Decimal(years) if years else None)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_pay_back_is_never_more_than_half_a_tenth_wrong(cost: int, saving: int) -> None:
    years = payback_years(cost, -saving)
    assert years is not None
    assert abs(years * saving - cost) <= Decimal("0.05") * saving


async def test_measures_come_in_the_order_that_is_asked_for(session: AsyncSession) -> None:
    saves: dict[str, Any] = {"effect_from_year": 2020, "yearly_kronor": -10}
    await measure(session, "Ö", costs={2018: 30}, **saves)
    await measure(session, "a", costs={2018: 50}, effect_from_year=2020, yearly_kronor=-25)
    await measure(session, "B", costs={2018: 40}, status="pågår", decision="RS § 1")
    expected = {
        MeasureSort.TITLE: "aBÖ",
        MeasureSort.COST: "aBÖ",
        MeasureSort.EFFECT: "aÖB",
        MeasureSort.PAYBACK: "aÖB",
        MeasureSort.STATUS: "aÖB",
    }
    for sort, order in expected.items():
        rows = await measures.list_measures(session, SYSTEM, sort=sort)
        assert "".join(row.title for row in rows) == order, sort


async def test_the_portfolio_stands_beside_its_frame(session: AsyncSession) -> None:
    of_frame = await frame(session)
    saves: dict[str, Any] = {"effect_from_year": 2020, "yearly_kronor": -1_400_000, "frame_id": of_frame}
    await measure(session, costs={2018: 1_400_000, 2019: 1_800_000}, **saves)
    await measure(session, "Avbruten", costs={2018: 9}, frame_id=of_frame, status="avbruten", decision="RS § 1")
    together = await portfolio.portfolio(session, SYSTEM, frame_id=of_frame)
    assert (together.by_year, together.cost_kronor) == ({2018: 1_400_000, 2019: 1_800_000}, 3_200_000)
    assert (together.left_kronor, together.verdict, together.payback_years) == (None, "ram saknas", Decimal("2.3"))
    await measure_frames.revise(session, SYSTEM, of_frame, ceiling_kronor=4_000_000)
    assert (await portfolio.portfolio(session, SYSTEM, frame_id=of_frame)).verdict == f"800{NBSP}tkr kvar av ramen"
    await measure(session, "Sen", costs={2020: 900_000}, frame_id=of_frame)
    together = await portfolio.portfolio(session, SYSTEM, frame_id=of_frame)
    assert together.verdict == f"ramen överskrids med 100{NBSP}tkr; 900{NBSP}tkr faller utanför ramens år"
    assert together.payback_years is None, "nobody has said what one of them gives"
    assert (await portfolio.portfolio(session, SYSTEM)).frame is None


async def test_what_is_wrong_with_measures_is_found(session: AsyncSession) -> None:
    without, small = await frame(session), await frame(session, ceiling_kronor=10)
    one = await measure(session, costs={2018: 11}, frame_id=small, in_action_plan=True)
    found = {check.rule: check for check in await portfolio.check(session, SYSTEM)}
    assert found["measures-without-frame"].subject is not None
    assert found["measures-without-frame"].subject.id == without
    assert found["measures-exceed-frame"].severity is Severity.HIGH
    assert f"överskrids med 1{NBSP}kr" in found["measures-exceed-frame"].detail
    assert found["measure-already-planned"].subject is not None
    assert found["measure-already-planned"].subject.id == one.id


async def test_a_frame_has_its_years_in_order(session: AsyncSession) -> None:
    with pytest.raises(InvalidValue) as refused:
        await frame(session, last_year=2017)
    assert refused.value.field == "last_year"


async def test_what_came_of_a_measure_is_told_once_a_year(session: AsyncSession) -> None:
    one = await measure(session)
    later = await measure_outcomes.add(session, SYSTEM, one.id, year=2021, outcome="Som väntat", kronor=-1_400_000)
    await measure_outcomes.add(session, SYSTEM, one.id, year=2020, outcome="Färre", number=Decimal("-3.5"))
    with pytest.raises(AlreadyExists):
        await measure_outcomes.add(session, SYSTEM, one.id, year=2020, outcome="Igen")
    await measure_outcomes.revise(session, SYSTEM, later.id, revision=1, kronor=-900_000)
    rows = await measure_outcomes.list_outcomes(session, SYSTEM, one.id)
    assert [(row.year, row.number, row.kronor) for row in rows] == [
        (2020, Decimal("-3.5"), None),
        (2021, None, -900_000),
    ]
    for wrong, field in (
        ({"outcome": ""}, "outcome"),
        ({"number": Decimal("1e13")}, "number"),
        ({"kronor": 10**16}, "kronor"),
    ):
        with pytest.raises(InvalidValue) as refused:
            await measure_outcomes.revise(session, SYSTEM, later.id, **wrong)
        assert refused.value.field == field
    await measure_outcomes.remove(session, SYSTEM, later.id)
    assert len(await measure_outcomes.list_outcomes(session, SYSTEM, one.id)) == 1


async def test_a_claim_has_somebody_who_says_it_and_one_thing_that_it_is_about(session: AsyncSession) -> None:
    one, of_frame = await measure(session), await frame(session)
    about: tuple[dict[str, Any], ...] = ({}, {"measure_id": one.id, "frame_id": of_frame}, {"measure_id": new_id()})
    for wrong in about:
        with pytest.raises(InvalidValue) as refused:
            await claims.add(session, SYSTEM, text="A", said_by="B", **wrong)
        assert refused.value.field == "measure_id"
    with pytest.raises(InvalidValue) as refused:
        await claims.add(session, SYSTEM, text="A", said_by=" ", measure_id=one.id)
    assert refused.value.field == "said_by"
    claim = await claims.add(session, SYSTEM, text="15–20 procent", said_by="Alliansen", frame_id=of_frame)
    await claims.revise(session, SYSTEM, claim.id, revision=1, said_by="Oppositionen")
    [row] = await claims.list_claims(session, SYSTEM, frame_id=of_frame)
    assert (row.text, row.said_by) == ("15–20 procent", "Oppositionen")
    await claims.remove(session, SYSTEM, claim.id)
    assert await claims.list_claims(session, SYSTEM, measure_id=one.id) == []
