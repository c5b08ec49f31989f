import pytest

from retrieval.composing import compose
from tests.retrieval import shelves


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
