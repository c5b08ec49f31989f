from dataclasses import replace

import numpy as np

from bench.adapt import Array, Material, folds, found, out_of_documents, out_of_fold, train

SIZE, PAIRS, DOCUMENTS = 16, 60, 6


def material() -> Material:
    """Questions that stand for their passages in a space whose first half is noise."""
    numbers = np.random.default_rng(3)
    meaning = numbers.normal(size=(PAIRS, SIZE // 2))

    def seen(noise: float) -> Array:
        both = np.hstack([noise * numbers.normal(size=meaning.shape), meaning])
        return np.asarray(both / np.linalg.norm(both, axis=1, keepdims=True), np.float32)

    passages = np.vstack([seen(2.0), seen(2.0)])
    units = np.array([True] * PAIRS + [False] * PAIRS)
    names, right = [str(index) for index in range(PAIRS)], [[index, PAIRS + index] for index in range(PAIRS)]
    documents = np.tile(np.arange(PAIRS) % DOCUMENTS, 2)
    return Material(names, seen(2.0), passages, units, documents, right)


def test_the_map_finds_passages_of_questions_it_has_not_seen() -> None:
    given = material()
    everything = range(PAIRS)
    before = found(given, given.questions, everything)
    after = found(given, out_of_fold(given, 3), everything)
    assert after[5] > before[5] + 0.2


def test_the_map_finds_passages_in_documents_it_has_not_seen() -> None:
    given = material()
    before = found(given, given.questions, range(PAIRS))
    assert found(given, out_of_documents(given, 3), range(PAIRS))[5] > before[5] + 0.2


def test_a_question_without_a_passage_teaches_nothing() -> None:
    given = material()
    alone = replace(given, right=[*given.right[:-1], []])
    with_it, without = train(alone, range(PAIRS)), train(given, range(PAIRS - 1))
    assert np.allclose(with_it.matrix, without.matrix)


def test_every_question_is_in_one_fold() -> None:
    assert np.bincount(folds(10, 3)).tolist() == [4, 3, 3]
