from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.analysis import index_terms
from retrieval.figures import figures, month_number, parse_number, years


def read(text: str) -> list[tuple[str, str]]:
    """Return kind and value of each figure, the value without trailing zeros."""
    return [
        (figure.kind, figure.value if isinstance(figure.value, str) else f"{figure.value.normalize():f}")
        for figure in figures(text)
    ]


@pytest.mark.parametrize(
    ("text", "kronor"),
    [
        ("447mnkr", "447000000"),
        ("447 miljoner kronor", "447000000"),
        ("447 000 000 kr", "447000000"),
        ("447.000.000 kr", "447000000"),
        ("447 mkr", "447000000"),
        ("16, 5 mnkr", "16500000"),
        ("16,5 MNKR", "16500000"),
        ("1 440mnkr", "1440000000"),
        ("12\u00a0500\u00a0kr", "12500"),
        ("12\u202f500\u2009kronor", "12500"),
        ("2 500 tkr", "2500000"),
        ("5 tusen kronor", "5000"),
        ("2,5 milj. kr", "2500000"),
        ("0,5 mdkr", "500000000"),
        ("två miljoner kronor", "2000000"),
        ("år 2026 5 mnkr", "5000000"),
        ("2017 2 300 tkr", "2300000"),
        ("-300 tkr", "-300000"),
        ("−300 tkr", "-300000"),
    ],
)
def test_an_amount_is_the_same_however_it_is_written(text: str, kronor: str) -> None:
    assert read(text) == [("kr", kronor)]
    assert read(f"Ramen är {text}.") == [("kr", kronor)]


def test_amounts_without_a_word_for_money_are_counts_but_are_found_as_amounts() -> None:
    assert read("51miljoner") == [("antal", "51000000")]
    assert read("tre miljarder") == [("antal", "3000000000")]
    assert "kr:51000000" in index_terms("51miljoner")
    assert "kr:51000000" in index_terms("51 mnkr")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5,9 %", "pct", "5.9"),
        ("5,9%", "pct", "5.9"),
        ("100procent", "pct", "100"),
        ("-3,2 %", "pct", "-3.2"),
        ("−3,2 procent", "pct", "-3.2"),
        ("minskade (-3,2 %)", "pct", "-3.2"),
        ("15–20 procent", "pct", "20"),
        ("1,5 procentenheter", "pp", "1.5"),
        ("1 procentenhet", "pp", "1"),
    ],
)
def test_shares_keep_sign_and_kind(text: str, kind: str, value: str) -> None:
    assert read(text) == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-06-15", "2026-06-15"),
        ("15 juni 2026", "2026-06-15"),
        ("den 15:e juni 2026", "2026-06-15"),
        ("1 juni 2017och", "2017-06-01"),
        ("1 jan. 2020", "2020-01-01"),
        ("29 februari 2024", "2024-02-29"),
        ("3 oktober", "????-10-03"),
        ("den 09 SEPT 2025", "2025-09-09"),
        ("9\u00a0maj\u00a02025", "2025-05-09"),
    ],
)
def test_dates_have_one_form(text: str, date: str) -> None:
    assert read(text) == [("date", date)]


@pytest.mark.parametrize(
    "text",
    [
        "2019–2023 Tusen kronor",
        "31 februari",
        "29 februari 2023",
        "12 000",
        "kapitel 3",
        "§ 12",
        "mnkr 5",
        "mars 2026",
        "2026-13-45",
        "3 majorer",
        "5 krukor",
        "",
    ],
)
def test_what_only_looks_like_a_figure_is_none(text: str) -> None:
    assert read(text) == []


def test_several_figures_come_in_reading_order_with_their_places() -> None:
    text = "Av 20 mnkr betalades 5,5 procent den 3 maj 2026 och 12 tkr 2027-01-02."
    found = figures(text)
    assert [figure.text for figure in found] == ["20 mnkr", "5,5 procent", "3 maj 2026", "12 tkr", "2027-01-02"]
    assert all(text[figure.start : figure.end] == figure.text for figure in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-26", {2025, 2026}),
        ("2025–2027", {2025, 2026, 2027}),
        ("2025 – 2027", {2025, 2026, 2027}),
        ("2014-2011", {2014}),
        ("i 2019 och 2020", {2019, 2020}),
        ("RS 2025/0733", {2025}),
        ("2026-06-15", {2026}),
        ("1 juni 2017och", {2017}),
        ("12026 eller 1899 eller 20260", set()),
        ("", set()),
    ],
)
def test_the_years_of_a_text(text: str, expected: set[int]) -> None:
    assert years(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("16, 5", "16.5"),
        ("1 440", "1440"),
        ("1.440", "1440"),
        ("1.44", "1.44"),
        ("tolv", "12"),
        ("EN", "1"),
        ("tjo", None),
        ("1,2,3", None),
        ("", None),
    ],
)
def test_a_swedish_number(text: str, number: str | None) -> None:
    assert parse_number(text) == (None if number is None else Decimal(number))


def test_months_by_name_and_abbreviation() -> None:
    assert [month_number(name) for name in ("januari", "FEB", "mars", "sept.", "Okt", "december")] == [
        1,
        2,
        3,
        9,
        10,
        12,
    ]


@given(st.integers(1, 999_999_999), st.sampled_from([" ", "\u00a0", "\u202f", ""]))
def test_any_amount_is_read_back(kronor: int, space: str) -> None:
    written = f"{kronor:,}".replace(",", space)
    assert read(f"Det kostar {written} kronor.") == [("kr", str(kronor))]


@given(st.integers(0, 9_999), st.integers(0, 9), st.sampled_from(["mnkr", " mnkr", " miljoner kronor", "miljoner kr"]))
def test_any_decimal_amount_is_read_back(whole: int, tenth: int, unit: str) -> None:
    assert read(f"Det kostar {whole},{tenth}{unit}.") == [("kr", str(whole * 1_000_000 + tenth * 100_000))]


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert all(text[figure.start : figure.end] == figure.text for figure in figures(text))
    years(text)
