import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.embedding import Embedder
from retrieval.meanings import pack, unpack
from tests.retrieval.test_embedding import PASSAGES


@pytest.fixture
async def vectors(embedder: Embedder) -> NDArray[np.float32]:
    return await embedder.passages(PASSAGES)


SPANS = [(10 * number, 10 * number + 7) for number in range(len(PASSAGES))]


async def test_what_is_packed_comes_back_within_the_rounding(vectors: NDArray[np.float32]) -> None:
    """A number is off by at most .6 of a step, which is a 127th of the largest; a vector turns by under .01 radians."""
    found = unpack(pack(SPANS, vectors))
    assert found.spans.tolist() == [list(span) for span in SPANS]
    assert found.spans.dtype == np.int32
    assert found.vectors.dtype == np.float32
    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert (np.abs(found.vectors - vectors) <= 0.6 * step).all()
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert (found.vectors * vectors).sum(axis=1).min() > 0.99995
    assert np.abs(found.vectors @ vectors.T - vectors @ vectors.T).max() < 0.002


async def test_a_piece_takes_about_four_hundred_bytes(vectors: NDArray[np.float32]) -> None:
    assert len(pack(SPANS, vectors)) / len(SPANS) < 400


def test_a_unit_may_have_no_pieces_or_none_that_are_known() -> None:
    assert unpack(pack([], np.empty((0, 384), np.float32))).vectors.shape == (0, 384)
    assert unpack(b"").spans.shape == (0, 2)


def test_spans_and_vectors_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 spans"):
        pack([(0, 1)], np.eye(2, dtype=np.float32))
