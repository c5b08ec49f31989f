"""The fitted weights and the features that they weigh are one set."""

from retrieval import confidence, features
from retrieval.parameters import parameters


def test_every_feature_of_reading_has_a_weight_and_no_other_is_kept() -> None:
    assert tuple(parameters().reading) == features.FEATURES


def test_every_feature_of_confidence_has_a_weight_and_no_other_is_kept() -> None:
    assert tuple(parameters().confidence) == confidence.FEATURES


def test_the_parameters_say_where_they_come_from() -> None:
    assert {"fitted", "questions", "folds"} <= set(parameters().provenance)
    assert 0 < parameters().threshold < 1
