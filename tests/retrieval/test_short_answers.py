import pytest

from retrieval.composing import compose
from retrieval.figures import figures
from retrieval.questions import analyse
from retrieval.short_answers import meant
from tests.retrieval import shelves

SHARED = "Av medlen går 788 mnkr till regionerna, 250 mnkr till kommunerna och 29 mnkr till förbundet."
YEARS = "Kostnaden blir 216 mnkr under 2025 och 432 mnkr från 2026."


@pytest.mark.parametrize(
    ("question", "text", "figure"),
    [
        ("Hur mycket går till kommunerna?", SHARED, "250 mnkr"),
        ("Hur mycket får förbundet?", SHARED, "29 mnkr"),
        ("Vad blir kostnaden 2026?", YEARS, "432 mnkr"),
        ("Vad blir kostnaden 2025?", YEARS, "216 mnkr"),
        ("Vad kostar det?", "Det kostar 3 mnkr, alltså 3 miljoner kronor.", "3 mnkr"),
    ],
)
def test_the_figure_by_the_words_or_year_of_the_question_is_meant(question: str, text: str, figure: str) -> None:
    found = meant(analyse(question), text, figures(text))
    assert found is not None
    assert found.text == figure


@pytest.mark.parametrize(
    ("question", "text"),
    [("Hur mycket går till skolorna?", SHARED), ("Vad blir kostnaden 2031?", YEARS), ("Vad kostar det?", "Gratis.")],
)
def test_no_figure_is_meant_where_none_stands_out(question: str, text: str) -> None:
    assert meant(analyse(question), text, figures(text)) is None


def said(question: str, sentence: str) -> str:
    asked, spans = shelves.spans(shelves.library(f"# Regler för färjan\n\n{sentence}\n"), question)
    composed = compose(asked, spans)
    assert composed is not None
    return composed.answer


@pytest.mark.parametrize(
    ("question", "sentence", "short"),
    [
        ("Får hundar åka med färjan?", "Hundar får åka med färjan.", "Ja"),
        ("Får hundar åka med färjan?", "Hundar får inte åka med färjan.", "Nej"),
        ("Är färjan gratis för barn?", "Färjan är gratis för barn.", "Ja"),
        ("Måste barn ha flytväst på färjan?", "Barn ska ha flytväst på färjan.", "Ja"),
    ],
)
def test_a_sentence_that_says_just_what_was_asked_gives_yes_or_no(question: str, sentence: str, short: str) -> None:
    assert said(question, sentence) == f"{short}: {sentence} [1]"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Får hundar åka med färjan?", "Hundar får åka med färjan om de är kopplade."),
        ("Får hundar åka med färjan?", "Det är inte förbjudet för hundar att åka med färjan."),
        ("Får hundar åka med färjan?", "Katter och kaniner vägs vid kajen innan de åker."),
        ("Får hundar inte åka med färjan?", "Hundar får åka med färjan."),
        ("Får hundar åka med färjan 2027?", "Hundar får åka med färjan 2026."),
        ("Måste barn ha flytväst på färjan?", "Barn kan ha flytväst på färjan."),
        ("Vilka hundar får åka med färjan?", "Hundar får åka med färjan."),
    ],
)
def test_anything_less_gives_only_the_ground(question: str, sentence: str) -> None:
    assert not said(question, sentence).startswith(("Ja", "Nej"))
