from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.indicators import targets
from initiatives.indicators.targets import Direction, Goal, Rule, Verdict, judge

UP, DOWN, NO = Direction
NUMBERS = st.decimals(-(10**6), 10**6, places=2)


def verdict(rule: Rule, newest: str | None, *, target: str | None = None, **more: str) -> Verdict:
    goal = Goal(rule, None if target is None else Decimal(target))
    said = {name: Decimal(value) for name, value in more.items()}
    direction = UP if rule in {Rule.INCREASE, Rule.AT_LEAST} else DOWN
    return judge(goal, direction, newest=None if newest is None else Decimal(newest), **said)


@pytest.mark.parametrize(
    ("rule", "newest", "baseline", "expected"),
    [
        (Rule.INCREASE, "455", "412", Verdict.MET),
        (Rule.INCREASE, "412", "412", Verdict.NOT_MET),
        (Rule.INCREASE, "15", "18", Verdict.NOT_MET),
        (Rule.DECREASE, "556", "887", Verdict.MET),
        (Rule.DECREASE, "0", "0", Verdict.NOT_MET),
    ],
)
def test_more_or_less_than_at_the_baseline(rule: Rule, newest: str, baseline: str, expected: Verdict) -> None:
    assert verdict(rule, newest, baseline=baseline) is expected


@pytest.mark.parametrize(
    ("rule", "newest", "more", "expected"),
    [
        (Rule.AT_LEAST, "55", {}, Verdict.MET),
        (Rule.AT_LEAST, "54.99", {}, Verdict.NOT_MET),
        (Rule.AT_LEAST, "51", {"baseline": "44"}, Verdict.TOWARDS),
        (Rule.AT_LEAST, "51", {"baseline": "52", "previous": "44"}, Verdict.NOT_MET),
        (Rule.AT_LEAST, "51", {"previous": "47"}, Verdict.TOWARDS),
        (Rule.AT_MOST, "520", {}, Verdict.MET),
        (Rule.AT_MOST, "571", {"previous": "602"}, Verdict.TOWARDS),
        (Rule.AT_MOST, "602", {"previous": "571"}, Verdict.NOT_MET),
    ],
)
def test_a_number_to_reach(rule: Rule, newest: str, more: dict[str, str], expected: Verdict) -> None:
    assert verdict(rule, newest, target="55" if rule is Rule.AT_LEAST else "520", **more) is expected


def test_missing_stays_missing() -> None:
    for rule in Rule:
        assert verdict(rule, None, target="0", baseline="0") is Verdict.MISSING
    assert verdict(Rule.INCREASE, "3") is Verdict.MISSING
    assert judge(None, UP, newest=None) is Verdict.MISSING
    assert judge(None, UP, newest=Decimal(0)) is Verdict.NO_GOAL
    assert targets.change(None, Decimal(1)) is targets.change(Decimal(1), None) is None


@given(st.sampled_from(Rule), NUMBERS, NUMBERS, NUMBERS)
def test_a_goal_turned_upside_down_is_judged_the_same(
    rule: Rule, newest: Decimal, start: Decimal, goal: Decimal
) -> None:
    turned = {Rule.INCREASE: Rule.DECREASE, Rule.AT_LEAST: Rule.AT_MOST}
    turned |= {other: one for one, other in turned.items()}
    number = goal if rule in {Rule.AT_LEAST, Rule.AT_MOST} else None
    one = judge(Goal(rule, number), NO, newest=newest, baseline=start)
    other = judge(Goal(turned[rule], None if number is None else -number), NO, newest=-newest, baseline=-start)
    assert one is other


@pytest.mark.parametrize(
    ("before", "after", "unit", "words"),
    [
        ("412", "455", "antal", "+10,4 %"),
        ("18", "15", "antal", "−16,7 %"),
        ("887", "556", "per 100 000", "−37,3 %"),
        ("85", "86", "procent", "+1 procentenhet"),
        ("84", "82", "procent", "−2 procentenheter"),
        ("0.37", "0.40", "index", "+8,1 %"),
        ("0", "5", "antal", "+5"),
        ("-4", "-2", "antal", "+50,0 %"),
        ("7", "7", "antal", "0,0 %"),
    ],
)
def test_a_change_in_words(before: str, after: str, unit: str, words: str) -> None:
    found = targets.change(Decimal(before), Decimal(after))
    assert targets.change_in_words(found, unit).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("goal", "unit", "words"),
    [
        (Goal(Rule.INCREASE), "antal", "ökar från utgångsläget"),
        (Goal(Rule.AT_LEAST, Decimal(55), 2027), "procent", "minst 55 procent senast 2027"),
        (Goal(Rule.AT_MOST, Decimal("0.5")), "index", "högst 0,5"),
        (None, "antal", ""),
    ],
)
def test_a_goal_in_words(goal: Goal | None, unit: str, words: str) -> None:
    assert targets.goal_in_words(goal, unit).replace("\N{NO-BREAK SPACE}", " ") == words


def test_what_happened_to_a_unit_in_words() -> None:
    assert targets.movement_in_words("VC B", Decimal(18), Decimal(15)) == "VC B minskade 18 → 15"
    assert targets.movement_in_words("VC C", Decimal(15), Decimal(18)) == "VC C ökade 15 → 18"
    assert targets.movement_in_words("VC D", Decimal(15), Decimal("15.0")) == "VC D är oförändrad, 15,0"
