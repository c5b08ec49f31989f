from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from initiatives.distribution.quotas import Part, share

AMOUNTS = st.integers(min_value=0, max_value=10**13)
WEIGHTS = st.dictionaries(
    st.text(min_size=1, max_size=4),
    st.decimals(min_value=0, max_value=10**6, places=4).map(Fraction),
    min_size=1,
    max_size=25,
).filter(lambda weights: any(weights.values()))
quick = settings(max_examples=150, deadline=None)


def kronor(parts: dict[str, Part]) -> dict[str, int]:
    return {name: part.kronor for name, part in parts.items()}


def plain(**weights: str) -> dict[str, Fraction]:
    return {name: Fraction(Decimal(weight)) for name, weight in weights.items()}


@quick
@given(AMOUNTS, WEIGHTS)
def test_the_parts_are_the_whole_sum(total: int, weights: dict[str, Fraction]) -> None:
    assert sum(kronor(share(total, weights)).values()) == total


@quick
@given(AMOUNTS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_of_no_importance(total: int, weights: dict[str, Fraction], chance: object) -> None:
    rows = list(weights.items())
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert share(total, dict(rows)) == share(total, weights)


@quick
@given(AMOUNTS, WEIGHTS)
def test_everyone_is_within_a_krona_of_the_exact_quota(total: int, weights: dict[str, Fraction]) -> None:
    whole = sum(weights.values())
    for name, part in share(total, weights).items():
        assert part.quota == Fraction(total) * weights[name] / whole
        assert abs(part.kronor - part.quota) < 1


@quick
@given(AMOUNTS, WEIGHTS, st.fractions(min_value=Fraction(1, 1000), max_value=1000).filter(bool))
def test_weights_in_another_unit_give_the_same(total: int, weights: dict[str, Fraction], times: Fraction) -> None:
    scaled = {name: weight * times for name, weight in weights.items()}
    assert share(total, scaled) == share(total, weights)


@quick
@given(AMOUNTS, WEIGHTS)
def test_who_has_no_weight_gets_nothing_and_who_has_more_never_gets_less(
    total: int, weights: dict[str, Fraction]
) -> None:
    found = kronor(share(total, weights))
    assert all(found[name] == 0 for name, weight in weights.items() if not weight)
    by_weight = sorted(found, key=lambda name: (weights[name], found[name]))
    assert [found[name] for name in by_weight] == sorted(found.values())


@quick
@given(AMOUNTS, WEIGHTS, st.integers(0, 10**9), st.integers(0, 10**10))
def test_floors_and_ceilings_hold_and_no_krona_is_lost(
    total: int, weights: dict[str, Fraction], least: int, room: int
) -> None:
    assume(least * len(weights) <= total)
    most = least + room
    found = kronor(share(total, weights, least=least, most=most))
    assert all(least <= one <= most for one in found.values())
    with_weight = sum(1 for weight in weights.values() if weight)
    assert sum(found.values()) == min(total, with_weight * most + (len(weights) - with_weight) * least)


@quick
@given(AMOUNTS, WEIGHTS)
def test_bounds_that_bind_nobody_change_nothing(total: int, weights: dict[str, Fraction]) -> None:
    assert share(total, weights, least=0, most=total) == share(total, weights)


def test_a_ceiling_gives_what_is_above_it_to_the_others_in_proportion() -> None:
    found = share(1_000, plain(A="6", B="3", C="1"), most=400)
    assert kronor(found) == {"A": 400, "B": 400, "C": 200}
    assert kronor(share(1_000, plain(A="6", B="3", C="1"), least=150)) == {"A": 567, "B": 283, "C": 150}


def test_ties_go_to_the_largest_weight_and_then_to_the_first_name() -> None:
    assert kronor(share(1, plain(B="1", A="1"))) == {"B": 0, "A": 1}
    # Quotas 0,5 and 1,5: the remainders are alike and the weights are not.
    assert kronor(share(2, plain(A="1", B="3"))) == {"A": 0, "B": 2}


@pytest.mark.parametrize(("total", "least"), [(5, 0), (5, 3)])
def test_what_cannot_be_shared_is_refused(total: int, least: int) -> None:
    weights = plain(A="0", B="0") if not least else plain(A="1", B="1")
    with pytest.raises(ValueError, match=r"weight|floors"):
        share(total, weights, least=least)


def test_nothing_is_shared_among_anyone() -> None:
    assert share(0, {}) == {}
    assert kronor(share(0, plain(A="0", B="2"))) == {"A": 0, "B": 0}


def test_listing_points_to_the_krona() -> None:
    points = plain(A="9120.50", B="7004.25", C="15310.00", D="4420.75")
    assert kronor(share(15_100_000, points)) == {"A": 3_840_960, "B": 2_949_734, "C": 6_447_574, "D": 1_861_732}
