import pytest

from retrieval.english import in_swedish, is_english


@pytest.mark.parametrize(
    "text",
    [
        "How much money does the region receive?",
        "What is the notice period of the agreement?",
        "When is the report due?",
        "What is Handslaget?",
    ],
)
def test_english_is_recognised(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hur mycket får regionen?",
        "Vad är vård i hemmet för en patient?",
        "Information om e-hälsa",
        "Vad gör Center for Health?",
        "2026?",
        "",
    ],
)
def test_swedish_is_not_taken_for_english(text: str) -> None:
    assert not is_english(text)


def test_an_english_question_is_looked_for_in_swedish_with_names_and_figures_as_they_are() -> None:
    swedish = in_swedish("What does the action plan say about agreements with Region Solmark in 2026?")
    assert {"handlingsplan", "avtal", "Solmark", "2026"} <= set(swedish.split())


@pytest.mark.parametrize("text", ["", "?", "What is it?"])
def test_nothing_to_translate_gives_nothing(text: str) -> None:
    assert in_swedish(text) == ""
