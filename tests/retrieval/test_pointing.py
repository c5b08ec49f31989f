import pytest

from retrieval.figures import figures
from retrieval.pointing import meant
from retrieval.questions import analyse

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
