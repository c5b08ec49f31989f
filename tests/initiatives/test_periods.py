from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import periods
from initiatives.errors import InvalidValue
from initiatives.periods import Period, PeriodKind

YEAR, HALF, QUARTER, MONTH = PeriodKind
DAYS = st.dates(date(1901, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("written", "kind", "first", "last", "label"),
    [
        ("2026", YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026-H1", HALF, date(2026, 1, 1), date(2026, 6, 30), "första halvåret 2026"),
        ("2026h2", HALF, date(2026, 7, 1), date(2026, 12, 31), "andra halvåret 2026"),
        ("2026-K3", QUARTER, date(2026, 7, 1), date(2026, 9, 30), "kvartal 3 2026"),
        ("2026 Q1", QUARTER, date(2026, 1, 1), date(2026, 3, 31), "kvartal 1 2026"),
        ("2024-02", MONTH, date(2024, 2, 1), date(2024, 2, 29), "februari 2024"),
    ],
)
def test_a_period_is_read_and_told(written: str, kind: PeriodKind, first: date, last: date, label: str) -> None:
    period = periods.parse(f" {written} ", kind)
    assert (period.starts_on, period.ends_on, period.label) == (first, last, label)


@pytest.mark.parametrize(
    ("written", "kind"),
    [("2026-H1", YEAR), ("26", YEAR), ("1026", YEAR), ("2026-H3", HALF), ("2026-K5", QUARTER), ("2026-13", MONTH)],
)
def test_a_period_of_another_kind_is_refused_with_an_example(written: str, kind: PeriodKind) -> None:
    with pytest.raises(InvalidValue, match=f"till exempel {periods.EXAMPLES[kind]}") as refused:
        periods.parse(written, kind, field="period")
    assert refused.value.field == "period"


@given(DAYS, st.sampled_from(PeriodKind))
def test_every_day_lies_in_one_period_and_they_follow_without_a_gap(day: date, kind: PeriodKind) -> None:
    period = periods.containing(day, kind)
    assert period.starts_on <= day <= period.ends_on
    assert period.next().starts_on == period.ends_on + timedelta(days=1)
    assert period.next().next(-1) == period
    assert periods.parse(period.code, kind) == period == Period(period.starts_on, kind)
