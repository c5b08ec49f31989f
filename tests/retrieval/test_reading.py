import pytest

from retrieval.features import FEATURES, features
from retrieval.reading import rearrange
from retrieval.sought import coverage, sought
from tests.retrieval import shelves

CARS = "Varje läkarbil kostar 2,5 mnkr om året. Bilarna är gröna. Chef är Åsa Öberg på Region Solmark."
FOOD = "Maten kostar 40 kronor per elev. Den lagas i Granholma."
CALLS = "Den som ringer får svar samma dag, eftersom fler arbetar. Växeln öppnar den 3 maj 2026."
LIBRARY = shelves.library(
    f"# Läkarbilar i länet\n\n{CARS}\n", f"# Skolmat i länet\n\n{FOOD}\n", f"# Telefontider i länet\n\n{CALLS}\n"
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Vad kostar en läkarbil?", "Varje läkarbil kostar 2,5 mnkr om året."),
        ("Vem är chef för läkarbilarna?", "Chef är Åsa Öberg på Region Solmark."),
        ("Vad kostar skolmaten per elev?", "Maten kostar 40 kronor per elev."),
        ("När öppnar växeln?", "Växeln öppnar den 3 maj 2026."),
        ("Varför får den som ringer svar samma dag?", "Den som ringer får svar samma dag, eftersom fler arbetar."),
        ("var lagas maten", "Den lagas i Granholma."),
    ],
)
def test_the_sentence_that_answers_comes_first(question: str, answer: str) -> None:
    _, spans = shelves.spans(LIBRARY, question)
    assert spans[0].text == answer
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)


def test_a_span_tells_how_much_of_the_question_it_speaks_to() -> None:
    _, spans = shelves.spans(LIBRARY, "Vad kostar en läkarbil?")
    assert spans[0].own > 0.9
    assert spans[0].fits
    assert all(0 <= span.own <= 1 for span in spans)
    assert not any(span.fits for span in spans if span.text == "Bilarna är gröna.")


def test_every_span_has_every_feature() -> None:
    asked, candidates = shelves.found(LIBRARY, "Vad kostar en läkarbil?")
    found = features(sought(LIBRARY, asked), candidates)
    assert found
    assert {len(span.values) for span in found} == {len(FEATURES)}


def test_a_word_that_few_units_hold_tells_more() -> None:
    asked, _ = shelves.found(LIBRARY, "Vad kostar läkarbilen i Granholma?")
    weights = sought(LIBRARY, asked).weights
    assert weights["granholm"] > weights["kost"]
    assert coverage(asked.asked, weights) == 0
    assert coverage(asked.asked, weights, (frozenset(asked.terms), 1.0)) == 1


def test_a_unit_that_answers_is_moved_up_and_none_is_lost() -> None:
    asked, candidates = shelves.found(LIBRARY, "Vad kostar en läkarbil?")
    _, spans = shelves.spans(LIBRARY, asked.text)
    moved = rearrange(candidates, spans)
    assert {(one.view.version_id, one.position) for one in moved} == {
        (one.view.version_id, one.position) for one in candidates
    }
    assert moved[0].position == spans[0].candidate.position


def test_a_question_without_candidates_has_no_spans() -> None:
    assert shelves.spans(LIBRARY, "zebror")[1] == []
    assert shelves.spans(shelves.library(), "läkarbilar")[1] == []
