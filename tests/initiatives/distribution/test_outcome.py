from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.distribution import rules
from initiatives.distribution.outcome import compute
from initiatives.distribution.plan import Fulfilment, Plan, Stage, Standing, Step, Unit, checked
from initiatives.errors import InvalidValue

YES, NO, UNKNOWN = Fulfilment.YES, Fulfilment.NO, Fulfilment.UNKNOWN
NAMES = "ABCDEFGH"
quick = settings(max_examples=120, deadline=None)


def units(*numbers: int | str, basis: str = "listade") -> tuple[Unit, ...]:
    return tuple(Unit(name=NAMES[n], weights={basis: Decimal(one)}) for n, one in enumerate(numbers))


def standings(**known: Fulfilment) -> tuple[Standing, ...]:
    return tuple(Standing(unit=name, fulfilment=one) for name, one in known.items())


def plan(total: int, *stages: Stage, among: tuple[Unit, ...] = units(3, 2, 1)) -> Plan:
    return Plan(total_kronor=total, units=among, stages=stages)


def stage(**fields: Any) -> Stage:
    return Stage(**{"name": "Steg 1", "basis": "listade", "share": "1/1", **fields})


def got(made: Plan, number: int = 0) -> dict[str, int]:
    return {row.unit: row.kronor for row in compute(made).stages[number].rows}


def found(made: Plan) -> list[str]:
    return [one.rule for one in rules.check(checked(made), compute(made))]


STAGES = st.builds(
    stage,
    share=st.sampled_from(["1/3", "1/4", "33,3 %"]),
    redistribute=st.booleans(),
    unknown_takes_part=st.booleans(),
    condition=st.sampled_from(["", "Har redovisat"]),
    standings=st.dictionaries(st.sampled_from("ABC"), st.sampled_from(list(Fulfilment))).map(
        lambda known: standings(**known)
    ),
    most_kronor=st.none() | st.integers(0, 10**7),
)


@quick
@given(st.integers(0, 10**9), STAGES, STAGES, st.permutations(units("3.25", "0", "1")))
def test_every_krona_is_shared_or_told_to_be_left_in_whatever_order(
    total: int, one: Stage, other: Stage, among: list[Unit]
) -> None:
    made = plan(total, one, replace(other, name="Steg 2"), among=tuple(among))
    outcome = compute(made)
    assert outcome.shared_kronor + outcome.left_kronor == total
    assert outcome.shared_kronor == sum(unit.kronor for unit in outcome.units)
    for shown in outcome.stages:
        assert shown.shared_kronor + shown.left_kronor == shown.kronor
        assert shown.left_kronor >= 0
        assert all(row.kronor == 0 for row in shown.rows if not row.takes_part)
        assert all(abs(row.kronor - row.quota) <= 1 for row in shown.rows)
    in_order = compute(replace(made, units=units("3.25", "0", "1")))
    assert {one.unit: one.kronor for one in outcome.units} == {one.unit: one.kronor for one in in_order.units}


def test_what_is_stated_is_shared_and_what_was_meant_is_told() -> None:
    made = plan(
        14_565_000, stage(share="2/3", stated_kronor=9_700_000), stage(name="S2", share="1/3", stated_kronor=4_865_000)
    )
    first, second = compute(made).stages
    assert (first.kronor, first.stated_kronor, first.computed_kronor) == (9_700_000, 9_700_000, 9_710_000)
    assert (second.kronor, second.computed_kronor) == (4_865_000, 4_855_000)
    assert found(made) == ["distribution-share-differs", "distribution-share-differs"]
    [check, _] = rules.check(made, compute(made))
    assert "2/3 av 14\xa0565\xa0000\xa0kr är 9\xa0710\xa0000\xa0kr" in check.detail
    assert "10\xa0000\xa0kr mindre" in check.detail


def test_shares_of_a_sum_that_does_not_divide_are_exact_together() -> None:
    outcome = compute(plan(10, stage(share="2/3"), stage(name="Steg 2", share="1/3")))
    assert [one.kronor for one in outcome.stages] == [7, 3]


def test_who_does_not_meet_the_condition_leaves_their_part_to_the_others_or_to_nobody() -> None:
    failing = stage(condition="Har redovisat", standings=standings(A=YES, B=YES, C=NO))
    assert got(plan(600, failing)) == {"A": 360, "B": 240, "C": 0}
    assert found(plan(600, failing)) == []
    kept = plan(600, replace(failing, redistribute=False))
    assert got(kept) == {"A": 300, "B": 200, "C": 0}
    assert compute(kept).left_kronor == 100
    assert found(kept) == ["distribution-money-left"]


@pytest.mark.parametrize(("takes_part", "expected"), [(True, 100), (False, 0)])
def test_unknown_is_neither_yes_nor_no(takes_part: bool, expected: int) -> None:
    made = plan(
        600,
        stage(condition="Har gått kursen", standings=standings(A=YES, B=YES, C=UNKNOWN), unknown_takes_part=takes_part),
    )
    assert got(made)["C"] == expected
    assert found(made) == ["distribution-condition-unknown"]


def test_silence_is_yes_without_a_condition_and_unknown_with_one() -> None:
    assert {row.fulfilment for row in compute(plan(1, stage())).stages[0].rows} == {YES}
    assert {row.fulfilment for row in compute(plan(1, stage(condition="x"))).stages[0].rows} == {UNKNOWN}


@pytest.mark.parametrize(
    ("month", "known_from", "expected"),
    [
        ("2022-05", "2022-10", "hög"),
        ("2022-12", "2022-12", "låg"),
        ("2022-12", "2022-10", None),
        (None, "2022-10", None),
    ],
)
def test_money_that_is_paid_before_its_condition_can_be_tried_is_told(
    month: str | None, known_from: str, expected: str | None
) -> None:
    made = plan(
        600, stage(condition="Kurs", standings=standings(A=YES, B=YES, C=YES), month=month, known_from=known_from)
    )
    checks = rules.check(made, compute(made))
    assert [one.severity.value for one in checks] == ([expected] if expected else [])


def test_nobody_who_meets_the_condition_leaves_all() -> None:
    made = plan(600, stage(condition="x", standings=standings(A=NO, B=NO, C=NO)))
    assert (compute(made).shared_kronor, compute(made).left_kronor) == (0, 600)


LADDER = tuple(Step(at_least=Decimal(n), kronor=k) for n, k in ((2, 3), (5, 8), (10, 20)))


def test_a_ladder_gives_the_sum_of_the_highest_step_that_is_reached() -> None:
    climbing = stage(basis="", ladder=LADDER, ladder_basis="nya", stated_kronor=40, share=None)
    made = plan(40, climbing, among=units(1, 2, "4.99", 12, basis="nya"))
    assert got(made) == {"A": 0, "B": 3, "C": 3, "D": 20}
    assert compute(made).left_kronor == 14
    assert [row.step for row in compute(made).stages[0].rows] == [None, 2, 2, 10]


def test_a_ladder_that_gives_more_than_there_is_is_refused_or_gives_all_less() -> None:
    climbing = stage(basis="", ladder=LADDER, ladder_basis="nya")
    made = plan(14, climbing, among=units(5, 12, basis="nya"))
    with pytest.raises(InvalidValue, match="14\xa0kr mer än steget") as refused:
        compute(made)
    assert refused.value.field == "stages[0].ladder"
    assert got(plan(14, replace(climbing, reduce=True), among=made.units)) == {"A": 4, "B": 10}


def test_a_ladder_may_give_a_share_of_the_weight() -> None:
    steps = (Step(at_least=Decimal(50), share="1/2"), Step(at_least=Decimal(80), share="100 %"))
    among = tuple(
        Unit(name=name, weights={"listade": Decimal(100), "svar": Decimal(part)})
        for name, part in (("A", 90), ("B", 60), ("C", 10))
    )
    made = plan(300, stage(ladder=steps, ladder_basis="svar"), among=among)
    assert got(made) == {"A": 200, "B": 100, "C": 0}
    kept = plan(300, replace(made.stages[0], redistribute=False), among=among)
    assert got(kept) == {"A": 100, "B": 50, "C": 0}


def test_a_ceiling_and_a_floor() -> None:
    assert got(plan(600, stage(most_kronor=250))) == {"A": 250, "B": 233, "C": 117}
    assert got(plan(600, stage(least_kronor=150))) == {"A": 270, "B": 180, "C": 150}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"share": None}, "stages[0].stated_kronor"),
        ({"share": "3/2"}, "stages[0].share"),
        ({"share": "2/0"}, "stages[0].share"),
        ({"share": "hälften"}, "stages[0].share"),
        ({"share": "120 %"}, "stages[0].share"),
        ({"stated_kronor": -1}, "stages[0].stated_kronor"),
        ({"stated_kronor": 601}, "stages"),
        ({"basis": ""}, "stages[0].basis"),
        ({"basis": "födda"}, "stages[0].basis"),
        ({"month": "maj"}, "stages[0].month"),
        ({"known_from": "2022-13"}, "stages[0].known_from"),
        ({"least_kronor": 300}, "stages[0].least_kronor"),
        ({"least_kronor": 30, "most_kronor": 20}, "stages[0].most_kronor"),
        ({"standings": standings(X=YES)}, "stages[0].standings"),
        ({"standings": (*standings(A=YES), *standings(A=NO))}, "stages[0].standings"),
        ({"ladder": LADDER}, "stages[0].ladder_basis"),
        ({"ladder": (Step(at_least=Decimal(1)),), "ladder_basis": "listade"}, "stages[0].ladder"),
        ({"ladder": (*LADDER, Step(at_least=Decimal(1), share="1/2")), "ladder_basis": "listade"}, "stages[0].ladder"),
        ({"ladder": (*LADDER, *LADDER), "ladder_basis": "listade"}, "stages[0].ladder"),
        ({"ladder": LADDER, "ladder_basis": "listade", "most_kronor": 5}, "stages[0].least_kronor"),
        ({"name": " "}, "stages[0].name"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_by_its_name(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        compute(plan(600, stage(**fields)))
    assert refused.value.field == field


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "1E+30", "0.0000000001", "1E-400"])
def test_a_weight_is_a_number_from_zero_up(number: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        compute(plan(600, stage(), among=units(number)))
    assert refused.value.field == "units[0].weights"


def test_two_of_the_same_name_are_refused() -> None:
    with pytest.raises(InvalidValue, match="två gånger"):
        compute(plan(600, stage(), among=(*units(1), *units(2))))
    with pytest.raises(InvalidValue, match="två gånger"):
        compute(plan(600, stage(share="1/2"), stage(share="1/2")))


def test_shares_of_more_than_the_whole_are_refused() -> None:
    with pytest.raises(InvalidValue, match="mer än det hela"):
        compute(plan(600, stage(share="2/3"), stage(name="Steg 2", share="1/2")))


@pytest.mark.parametrize("among", [(), units(*[1] * 3) * 700])
def test_there_are_units_and_not_too_many(among: tuple[Unit, ...]) -> None:
    with pytest.raises(InvalidValue) as refused:
        compute(plan(600, stage(), among=among))
    assert refused.value.field == "units"


def test_what_belongs_to_no_stage_is_told() -> None:
    assert found(plan(600, stage(share="1/2"))) == ["distribution-without-step"]
