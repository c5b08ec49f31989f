import pytest

from ingest.series import find_series


def rows(text: str) -> list[tuple[str, list[str]]]:
    return [
        (text[series.head[0] : series.head[1]], [text[start:end] for start, end in series.rows])
        for series in find_series(text, 0, len(text))
    ]


def test_columns_of_years() -> None:
    assert rows("Mnkr. 2021 2022 2023 Total kostnad 10,5 11,0 12,5 Andel av summan (%) 2 % 3 % 4 % Källa: SCB.") == [
        ("2021 2022 2023", ["Total kostnad 10,5 11,0 12,5", "Andel av summan (%) 2 % 3 % 4 %"])
    ]


def test_columns_with_other_heads() -> None:
    text = (
        "Antalet ökar. Antal bilar Varav el, antal (%) Norra länet 1 204 310 (26 %) Södra länet 2 100 400 (19 %) Slut."
    )
    assert rows(text) == [
        ("Antal bilar Varav el, antal (%)", ["Norra länet 1 204 310 (26 %)", "Södra länet 2 100 400 (19 %)"])
    ]


def test_rows_that_are_years() -> None:
    assert rows("Så här var det. År Bilar Förare 2021 33 21 2022 34 25 2023 38 26 Källa: registret.") == [
        ("År Bilar Förare", ["2021 33 21", "2022 34 25", "2023 38 26"])
    ]


def test_rows_of_one_figure() -> None:
    found = rows("Område Antal bilar Norr 41 Söder 33 Öster 27 Väster 20 Bilarna är nya.")
    assert found[0][1][1:] == ["Söder 33", "Öster 27", "Väster 20"]


@pytest.mark.parametrize(
    "text",
    [
        "Kostnaden ökade från 4,7 till 4,9 mnkr. År 2023 var den 5,1 mnkr, och 2024 var den 5,3 mnkr.",
        "Bilar 0 5 10 15 20 25 30 2019 2020 2021 2022 2023 Procent (%) Totalt",
        "År 2021 köptes 12 bilar, år 2022 köptes 14 bilar och år 2023 köptes 16 bilar.",
        "",
    ],
)
def test_running_text_and_axes_are_no_tables(text: str) -> None:
    assert rows(text) == []
