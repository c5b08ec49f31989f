import numpy as np

from retrieval.adaptation import Adaptation, adaptation, sighted
from retrieval.embedding import ModelStamp

OTHER = ModelStamp("another-model", "1", 384)


def test_the_map_that_comes_with_the_product_is_for_its_model() -> None:
    known = adaptation()
    assert known.model == "multilingual-e5-small"
    assert known.centre.shape == (384,)
    assert known.matrix.shape == (384, 384)
    assert known.asking.shape == (384,)
    assert known.asking.any()
    assert all(np.isfinite(one).all() for one in (known.centre, known.matrix, known.asking))


def test_a_moved_question_has_length_one_and_another_direction() -> None:
    vector = np.zeros(384, np.float32)
    vector[0] = 1
    moved = sighted(ModelStamp(adaptation().model, "any", 384), vector).vector
    assert moved is not None
    assert np.isclose(np.linalg.norm(moved), 1, atol=1e-5)
    assert moved @ vector < 0.999


def test_a_question_read_by_another_model_stays_as_it_is() -> None:
    vector = np.ones(384, np.float32)
    seen = sighted(OTHER, vector)
    assert seen.vector is vector
    assert seen.asking == 0


def test_a_map_takes_the_centre_away_before_it_turns() -> None:
    nothing = np.zeros(2, np.float32)
    turn = Adaptation("a", np.array([1, 0], np.float32), np.array([[0, 1], [1, 0]], np.float32), nothing)
    assert np.allclose(turn.apply(np.array([[3, 0], [1, 5]], np.float32)), [[0, 1], [1, 0]])
