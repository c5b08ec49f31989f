from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import workdays

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2018, 3, 31), "Lördag och påskafton. Sikta på torsdag 29 mars 2018."),
        (date(2018, 3, 29), None),
        (date(2026, 6, 6), "Lördag och nationaldagen. Sikta på fredag 5 juni 2026."),
        (date(2026, 11, 29), "Söndag. Sikta på fredag 27 november 2026."),
        (date(2026, 12, 24), "Torsdag och julafton. Sikta på onsdag 23 december 2026."),
        (date(2027, 1, 1), "Fredag och nyårsdagen. Sikta på onsdag 30 december 2026."),
        (date(2026, 5, 15), None),
    ],
)
def test_a_last_day_on_which_nobody_works_says_which_day_to_aim_for(day: date, said: str | None) -> None:
    assert workdays.warning(day) == said


@given(DAYS)
def test_the_day_to_aim_for_is_a_working_day_and_the_nearest_before(day: date) -> None:
    aim = workdays.working_day_before(day)
    assert workdays.is_working_day(aim)
    assert aim <= day
    between = (aim + timedelta(days=n) for n in range(1, (day - aim).days + 1))
    assert not any(workdays.is_working_day(one) for one in between)


@given(DAYS)
def test_the_last_day_of_a_month_is_followed_by_the_first_of_the_next(day: date) -> None:
    last = workdays.last_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1
