from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import swedish
from initiatives.errors import InvalidValue


def plain(text: str) -> str:
    assert " " not in text, "amounts never break over a line"
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kronor", "text"),
    [
        (0, "0 kr"),
        (950, "950 kr"),
        (900_000, "900 tkr"),
        (15_100_000, "15,1 mnkr"),
        (2_000_000, "2 mnkr"),
        (2_250_000, "2,25 mnkr"),
        (1_255_000, "1 255 tkr"),
        (1_255_001, "1 255 001 kr"),
        (1_440_000_000, "1 440 mnkr"),
        (-20_000_000, "−20 mnkr"),
        (-1_500, "−1 500 kr"),
    ],
)
def test_amounts_are_written_as_people_say_them_and_never_rounded(kronor: int, text: str) -> None:
    assert plain(swedish.format_amount(kronor)) == text


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (Decimal(5518), None, "5 518"),
        (Decimal("0.370"), None, "0,370"),
        (Decimal("-0.37"), None, "−0,37"),
        (Decimal("10.4368932"), 1, "10,4"),
        (Decimal("0.25"), 1, "0,3"),
        (Decimal("-0.04"), 1, "0,0"),
        (Decimal("1E+3"), None, "1 000"),
        (-3, None, "−3"),
    ],
)
def test_numbers_have_a_decimal_comma_and_are_rounded_only_when_asked(
    number: Decimal | int, decimals: int | None, text: str
) -> None:
    assert plain(swedish.format_number(number, decimals=decimals)) == text


@pytest.mark.parametrize(
    ("change", "text"), [(Decimal("10.4368"), "+10,4"), (Decimal(-2), "−2,0"), (Decimal("0.01"), "0,0")]
)
def test_a_change_says_which_way(change: Decimal, text: str) -> None:
    assert swedish.format_change(change, decimals=1) == text


@pytest.mark.parametrize(
    ("text", "number"), [("1 250", 1250), ("0,37", Decimal("0.37")), (" −3.5 ", Decimal("-3.5")), ("5\xa0518", 5518)]
)
def test_a_number_is_read_as_people_write_it(text: str, number: Decimal | int) -> None:
    assert swedish.parse_number(text) == number


@pytest.mark.parametrize("text", ["", "cirka 10", "10 %", "1,2,3", "nan", "1e5", "9" * 30, "١"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        swedish.parse_number(text, field="value")
    assert refused.value.field == "value"


def test_kronor_are_written_out() -> None:
    assert plain(swedish.format_kronor(1_250_000)) == "1 250 000 kr"


@pytest.mark.parametrize(
    ("text", "kronor"),
    [
        ("2 mnkr", 2_000_000),
        ("0,9 mnkr", 900_000),
        ("447mnkr", 447_000_000),
        ("1 440mnkr", 1_440_000_000),
        ("16, 5 mnkr", 16_500_000),
        ("1\u00a0250\u202f000 kr", 1_250_000),
        ("1\u2009250", 1_250),
        ("\u221220,0 mnkr", -20_000_000),
        ("51miljoner", 51_000_000),
        ("1,7 mdkr", 1_700_000_000),
        ("900 TKR", 900_000),
        ("15.1 mnkr", 15_100_000),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, kronor: int) -> None:
    assert swedish.parse_amount(text) == kronor


@pytest.mark.parametrize("text", ["", "mycket", "2 euro", "1,5,5 mnkr", "0,5 kr", "--2", "1.234.567", "9" * 5000 + "x"])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        swedish.parse_amount(text, field="amount")
    assert refused.value.field == "amount"


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_every_amount_survives_being_written_and_read(kronor: int) -> None:
    assert swedish.parse_amount(swedish.format_amount(kronor)) == kronor


@pytest.mark.parametrize("text", ["2026-11-21", "21 november 2026", " 21  November 2026 "])
def test_dates_are_read_in_both_forms(text: str) -> None:
    assert swedish.parse_date(text) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["", "2026-02-30", "31 juni 2026", "21/11 2026", "igår"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        swedish.parse_date(text)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_survives_being_written_and_read(day: date) -> None:
    assert swedish.parse_date(swedish.format_date(day)) == day


def test_time_is_shown_as_swedish_clocks_show_it() -> None:
    assert swedish.format_time(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "1 juli 2026 kl. 14.05"


ALPHABET = ["Ale", "Öckerö", "Åre", "arboga", "Älvdalen", "Zinkgruvan", "Écija"]
IN_ORDER = ["Ale", "arboga", "Écija", "Zinkgruvan", "Åre", "Älvdalen", "Öckerö"]


def test_alphabetical_order_is_swedish() -> None:
    assert sorted(ALPHABET, key=swedish.sort_key) == IN_ORDER


async def test_the_database_has_the_same_order(session: AsyncSession) -> None:
    keys = [await session.scalar(select(swedish.sort_key_sql(literal(word)))) for word in ALPHABET]
    assert keys == [swedish.sort_key(word) for word in ALPHABET]
