from datetime import date

import pytest

from initiatives import values
from initiatives.errors import InvalidValue
from initiatives.workflow import Status


@pytest.mark.parametrize("text", ["", "   ", "\n", "en\0två", "x" * 201])
def test_a_line_is_never_empty_endless_or_impossible_to_store(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        values.line(text, field="title")
    assert refused.value.field == "title"


def test_a_line_has_single_spaces() -> None:
    assert values.line("  Läkarbil\n i   öster ", field="title") == "Läkarbil i öster"


def test_a_paragraph_keeps_its_lines() -> None:
    assert values.paragraph(" Ett.\r\n\r\nTvå. ", field="summary") == "Ett.\n\nTvå."


@pytest.mark.parametrize("amount", [-1, 2**70])
def test_amounts_are_neither_negative_nor_absurd(amount: int) -> None:
    with pytest.raises(InvalidValue):
        values.kronor(amount, field="amount_kronor")


@pytest.mark.parametrize("year", [0, 26, 2**70])
def test_years_have_four_digits(year: int) -> None:
    with pytest.raises(InvalidValue):
        values.year(year, field="year")


def test_a_period_may_be_open_or_one_day_but_not_backwards() -> None:
    values.period(None, date(2026, 1, 1))
    values.period(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(InvalidValue, match="2025-12-31 ligger före startdatum 2026-01-01"):
        values.period(date(2026, 1, 1), date(2025, 12, 31))


def test_an_unknown_choice_is_answered_with_those_that_exist() -> None:
    with pytest.raises(InvalidValue, match="förslag, beslutat, pågår, pausat, avslutat, avbrutet"):
        values.choice(Status, "klart", field="status")


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2201, 1, 1), date.max])
def test_a_period_lies_in_our_time(day: date) -> None:
    with pytest.raises(InvalidValue, match="1900 och 2200") as refused:
        values.period(day, None, field="to_on")
    assert refused.value.field == "from_on"
    with pytest.raises(InvalidValue) as refused:
        values.period(None, day)
    assert refused.value.field == "ends_on"
