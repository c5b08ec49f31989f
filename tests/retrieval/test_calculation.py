import pytest

from retrieval.calculation import Calculation, Term, calculation_problems, measure

SUM = Calculation("7,5 mnkr", "+", (Term("5,7 mnkr", 1), Term("1,8 mnkr", 2)))
WORDS = "7,5 mnkr sammanlagt: 5,7 mnkr (bilar) [1] + 1,8 mnkr (båtar) [2]"
CITED = {1: ["Bilar får 5,7 mnkr."], 2: ["Båtar får 1,8 mnkr."]}


def test_a_sum_whose_terms_stand_in_their_citations_is_confirmed() -> None:
    assert calculation_problems(WORDS, SUM, CITED) == []


@pytest.mark.parametrize(
    ("words", "calculation", "cited"),
    [
        (WORDS.replace("7,5", "7,6"), Calculation("7,6 mnkr", "+", SUM.terms), CITED),
        (WORDS.replace("7,5 mnkr", "7,5 tkr"), Calculation("7,5 tkr", "+", SUM.terms), CITED),
        (WORDS, Calculation("7,5 mnkr", "-", SUM.terms), CITED),
        (WORDS, SUM, {1: CITED[2], 2: CITED[1]}),
        (WORDS, SUM, {1: CITED[1]}),
        (WORDS.replace("[2]", "[1]"), SUM, CITED),
        (WORDS.replace("1,8 mnkr (båtar) [2]", "båtar [2]"), SUM, CITED),
        (f"{WORDS} och 9 mnkr till [2]", SUM, CITED),
        ("5,7 mnkr sammanlagt: 5,7 mnkr [1]", Calculation("5,7 mnkr", "+", SUM.terms[:1]), CITED),
        (
            "7,5 mnkr sammanlagt: 5,7 mnkr [1] + 1,8 procent [2]",
            Calculation("7,5 mnkr", "+", (SUM.terms[0], Term("1,8 procent", 2))),
            {1: CITED[1], 2: ["Båtar får 1,8 procent."]},
        ),
    ],
)
def test_a_sum_that_is_wrong_or_not_cited_term_by_term_is_not(
    words: str, calculation: Calculation, cited: dict[int, list[str]]
) -> None:
    assert calculation_problems(words, calculation, cited)


def test_the_difference_of_two_shares_is_in_percentage_points() -> None:
    terms = (Term("12 procent", 1), Term("9 procent", 2))
    cited = {1: ["Andelen är 12 procent."], 2: ["Andelen var 9 procent."]}
    words = "Skillnaden är 3 {}: 12 procent (nu) [1] − 9 procent (då) [2]"
    points, percent = "3 procentenheter", "3 procent"
    assert calculation_problems(words.format("procentenheter"), Calculation(points, "-", terms), cited) == []
    assert calculation_problems(words.format("procent"), Calculation(percent, "-", terms), cited)


@pytest.mark.parametrize("text", ["", "mnkr", "5 mnkr och 3 mnkr", "den 3 maj 2026", "2026-05-03"])
def test_what_is_not_one_figure_measures_nothing(text: str) -> None:
    assert measure(text) is None
