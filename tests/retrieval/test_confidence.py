import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.confidence import FEATURES, confidence, confidence_features
from retrieval.features import FEATURES as READING
from retrieval.parameters import parameters
from retrieval.reading import read
from retrieval.sought import sought
from tests.retrieval import shelves

LIBRARY = shelves.library(
    "# Läkarbilar i länet\n\nVarje läkarbil kostar 2,5 mnkr om året.\n", "# Skolmat\n\nMaten lagas i Granholma.\n"
)


def sure(question: str) -> float:
    asked, candidates = shelves.found(LIBRARY, question)
    weighed = sought(LIBRARY, asked)
    spans = read(weighed, candidates)
    return confidence(parameters().confidence, confidence_features(weighed, candidates, spans))


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ("Vad kostar en läkarbil?", "Vad kostar en läkarbil i Stockholm?"),
        ("Vad kostar en läkarbil?", "Vem kör läkarbilen?"),
        ("Var lagas maten?", "Vilken färg har maten på sjukhuset?"),
    ],
)
def test_a_question_that_the_text_answers_is_surer(held: str, missing: str) -> None:
    assert sure(held) > sure(missing)


def test_the_shipped_parameters_fit_the_features_and_say_where_they_come_from() -> None:
    fitted = parameters()
    assert set(fitted.confidence) == set(FEATURES)
    assert set(fitted.reading) == set(READING)
    assert 0 < fitted.threshold < 1
    assert {"fitted", "questions"} <= set(fitted.provenance)


@given(st.lists(st.floats(-5, 5), min_size=len(FEATURES), max_size=len(FEATURES)))
def test_confidence_is_a_probability(values: list[float]) -> None:
    assert 0 <= confidence(parameters().confidence, values) <= 1


def test_questions_of_a_kind_that_is_seldom_answered_are_less_sure() -> None:
    values = [0.0] * len(FEATURES)
    seldom, plain, often = [confidence(parameters().confidence, values, asking) for asking in (-2.0, 0.0, 2.0)]
    assert seldom < plain == 0.5 < often


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Kostar läkarbilen 2,5 mnkr?", 0),
        ("Kostar läkarbilen 7 mnkr?", 1),
        ("Vad kostar läkarbilen 2026?", 0),
    ],
)
def test_a_figure_of_the_question_that_the_text_does_not_have_is_missed(question: str, missing: float) -> None:
    asked, candidates = shelves.found(LIBRARY, question)
    weighed = sought(LIBRARY, asked)
    values = confidence_features(weighed, candidates, read(weighed, candidates))
    assert values[FEATURES.index("figure_missing")] == missing


def test_a_missing_feature_is_an_error_not_a_zero() -> None:
    with pytest.raises(ValueError, match="zip"):
        confidence(parameters().confidence, [1.0])
