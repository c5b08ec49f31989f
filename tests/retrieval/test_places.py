import pytest

from retrieval.places import find_places, fresh, wanted
from retrieval.questions import analyse


def new(question: str, text: str) -> set[str]:
    return {mark.value for mark in fresh(analyse(question), find_places(text))}


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Hur mycket kostar läkarbilen?", "Läkarbilen kostar 2,5 mnkr.", {"2.5"}),
        ("Hur mycket av de 15,1 miljonerna går till barnen?", "Resten, 15,1 mnkr, går till äldre och barn.", set()),
        ("Vilket år öppnar mottagningen?", "Mottagningen öppnar 2027.", {"2027"}),
        ("Vilket datum öppnar mottagningen?", "Mottagningen öppnar 2027.", set()),
        ("Vilket datum öppnar mottagningen?", "Mottagningen öppnar den 3 maj 2027.", {"2027-05-03"}),
        ("Vad heter de 17 kommunerna?", "Vidare svarade 17 kommuner ja.", set()),
        ("Vad heter kommunen?", "Flest svar kom från Granholma.", {"granholma"}),
        ("Hur stor andel svarade?", "Av dem svarade 78 procent.", {"78"}),
    ],
)
def test_only_what_the_question_does_not_say_itself_answers_it(question: str, text: str, expected: set[str]) -> None:
    assert new(question, text) == expected


def test_a_question_for_no_particular_thing_wants_no_mark() -> None:
    assert wanted(analyse("Varför öppnar mottagningen?")) == frozenset()


def test_terms_know_their_word_positions() -> None:
    held = find_places("Bilarna kostar 2 kr. Bilarna är gröna.")
    assert len(held.terms["bil"]) == 2
    assert held.terms["bil"][0] < held.terms["kost"][0] < held.terms["bil"][1]


def test_an_empty_text_has_no_places() -> None:
    assert not find_places("").terms
    assert not find_places("").marks
