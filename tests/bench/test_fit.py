from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.fit import HELD, LEAST_REFUSED, RIGHT, Array, best_threshold, descend, target
from retrieval.evaluation import GoldEvidence, GoldQuestion
from retrieval.features import Span
from tests.retrieval import shelves

COST = "Varje läkarbil kostar 2,5 mnkr om året."
LIBRARY = shelves.library(f"# Läkarbilar i länet\n\n{COST} Läkarbilen är till för alla i länet.\n")
GOLD = GoldQuestion(
    "1", "Vad kostar en läkarbil?", answerable=True, evidence=(GoldEvidence("1.txt", COST),), answer_regex="2,5"
)


def span(text: str) -> Span:
    return next(one for one in shelves.spans(LIBRARY, "Vad kostar läkarbilen?")[1] if one.text == text)


@pytest.mark.parametrize(
    ("gold", "text", "worth"),
    [
        (GOLD, COST, RIGHT),
        (GoldQuestion("2", "Vad?", answerable=True, evidence=GOLD.evidence, answer_regex="3,5"), COST, HELD),
        (GOLD, "Läkarbilen är till för alla i länet.", 0),
        (GoldQuestion("3", "Vad?", answerable=True, evidence=(GoldEvidence("2.txt", COST),)), COST, 0),
    ],
    ids=["answers", "holds the evidence", "another sentence", "another file"],
)
def test_a_span_is_worth_what_it_holds_of_the_answer(gold: GoldQuestion, text: str, worth: float) -> None:
    assert target(gold, span(text)) == worth


def test_the_threshold_lets_right_answers_through_and_stops_the_rest() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.3])
    answerable: NDArray[Any] = np.array([True, True, True, False, False, False])
    assert 0.6 < best_threshold(sure, answerable, answerable) < 0.7


def test_enough_is_refused_even_where_more_would_come_out_right_without() -> None:
    sure = np.concatenate([np.full(20, 0.5), np.full(10, 0.6)])
    answerable: NDArray[Any] = np.arange(30) < 20
    threshold = best_threshold(sure, answerable, answerable)
    assert np.mean(sure[~answerable] < threshold) >= LEAST_REFUSED


def test_descent_ends_where_the_slope_does() -> None:
    goal = np.array([1.0, -2.0, 0.5])

    def slope(weights: Array) -> Array:
        return np.asarray(weights - goal, np.float64)

    assert descend(slope, 3, 600, 0.1) == pytest.approx(goal, abs=0.01)
