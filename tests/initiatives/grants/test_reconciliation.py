from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.base import new_id
from initiatives.grants.facts import Basis, Component, Grant, Whose
from initiatives.grants.reconciliation import MOST_AMBIGUOUS, agrees, last_digit, own, percent, reconcile
from initiatives.grants.shares import shares

YEAR = 2026
GRANT = new_id()
AMOUNTS = st.integers(min_value=0, max_value=10**12)


def part(
    *own_kronor: int, national: int | None = None, passes_on_to: str = "", basis: Basis = Basis.OTHER
) -> Component:
    return Component(
        id=new_id(),
        grant_id=GRANT,
        position=1,
        name="Del",
        year=YEAR,
        national_kronor=national,
        national_kronor_elsewhere=None,
        own_kronor=list(own_kronor),
        own_kronor_elsewhere=None,
        price_rule="",
        price_kronor=None,
        volume=None,
        cap_kronor=None,
        basis=basis,
        whose=Whose.REGION,
        passes_on_to=passes_on_to,
        common_obligations=True,
        settled=False,
        elsewhere="",
        note="",
        revision=1,
    )


def grant(*parts: Component) -> Grant:
    return Grant(
        id=GRANT,
        organisation_id=new_id(),
        organisation="Regionen",
        name="Statsbidrag",
        kind="förordning",
        from_year=YEAR,
        to_year=YEAR,
        to_year_elsewhere=None,
        parties=[],
        national_kronor=None,
        to_regions_kronor=None,
        to_skr_kronor=None,
        parts_kronor=None,
        elsewhere="",
        note="",
        revision=1,
        components=parts,
    )


@given(st.lists(st.tuples(AMOUNTS, st.integers(1, 3), st.booleans()), max_size=5))
def test_every_combination_of_readings_is_there_and_one_is_the_usual(
    written: list[tuple[int, int, bool]],
) -> None:
    parts = [part(*[amount] * times, passes_on_to="Någon" if passed else "") for amount, times, passed in written]
    found = reconcile([grant(*parts)], [], YEAR)
    ways = []
    for amount, times, passed in written:
        whole = [amount * times, *([amount] if times > 1 else [])]
        ways.append([0, *whole] if passed else whole)
    assert sorted(one.kronor for one in found.readings) == sorted(sum(choice) for choice in product(*ways))
    [usual] = [one for one in found.readings if one.usual]
    assert usual.kronor == found.expected_kronor == sum(own(one) for one in parts)


def test_of_very_many_ambiguous_parts_only_those_that_matter_most_are_combined() -> None:
    parts = [part(10**size, 10**size) for size in range(20)]
    found = reconcile([grant(*parts)], [], YEAR)
    assert len(found.readings) == 2**MOST_AMBIGUOUS
    assert found.readings[-1].kronor == found.expected_kronor
    assert found.readings[0].kronor == found.expected_kronor - sum(10**size for size in range(14, 20))


@pytest.mark.parametrize(
    ("kronor", "stated", "same"),
    [
        (51_000_000, 51_000_000, True),
        (51_500_000, 51_000_000, True),
        (51_500_001, 51_000_000, False),
        (43_850_000, 43_800_000, True),
        (43_850_001, 43_800_000, False),
        (60_000_000, 100_000_000, False),
        (1, 0, True),
        (17, 17, True),
        (18, 17, False),
    ],
)
def test_a_sum_agrees_within_the_rounding_of_what_is_stated(kronor: int, stated: int, same: bool) -> None:
    assert agrees(kronor, stated) is same


def test_what_an_amount_is_rounded_to_and_percent() -> None:
    assert [last_digit(one, 1_000_000) for one in (43_800_000, 51, 1_000_000_000)] == [100_000, 1, 1_000_000]
    assert percent(1, 3, 3) == Decimal("33.333")
    assert percent(-1, 8, 1) == Decimal("-12.5")
    assert percent(1, 2000, 1) == Decimal("0.1"), "half is rounded up"


def test_two_shares_have_no_median_and_what_is_applied_for_is_not_compared() -> None:
    two = [part(1_000_000, national=100_000_000), part(9_000_000, national=100_000_000)]
    assert [one.outlier for one in shares([grant(*two)], YEAR)] == [False, False]
    applied = part(90_000_000, national=100_000_000, basis=Basis.APPLICATION)
    found = shares([grant(*two, part(1_000_000, national=100_000_000), applied)], YEAR)
    assert [(one.outlier, one.median_percent) for one in found] == [
        (False, Decimal("1.000")),
        (True, Decimal("1.000")),
        (False, Decimal("1.000")),
        (False, None),
    ]


def test_the_rounding_of_a_small_amount_is_no_outlier() -> None:
    parts = [part(15_330_000, national=1_000_000_000), part(15_330_000, national=1_000_000_000)]
    small = part(100_000, national=9_000_000)
    found = shares([grant(*parts, small)], YEAR)
    assert found[-1].off_percent == Decimal("-27.5")
    assert found[-1].outlier is False
