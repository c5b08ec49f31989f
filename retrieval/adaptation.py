"""Questions moved towards the passages that answer them: one linear map of the question's vector, fitted on pairs.

An embedding model that was trained on the web puts a politician's question and an authority's sentence farther apart
than it should. The map is fitted by ``python -m bench.fit``; passages keep the vectors that the model gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, ModelStamp

FILE = "adaptation.npz"
Vector = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sighted:
    """A question as search sees it: its vector, L2-normalised, and what questions of its wording usually come to.

    ``vector`` is None where only words count.
    ``asking`` is in log odds: below zero for the kinds of question that documents like these seldom answer (who said it
    at the meeting, what came of it, why something was stopped).
    """

    vector: Vector | None
    asking: float = 0.0


@dataclass(frozen=True, eq=False)
class Adaptation:
    """What is taken from a question's vector (d,), the map that it is then multiplied by (d, d), and whose model's.

    ``asking`` (d,) weighs the moved vector for `Sighted`; it is fitted with the weights of confidence.
    """

    model: str
    centre: Vector
    matrix: Vector
    asking: Vector

    def apply(self, vectors: NDArray[np.floating]) -> Vector:
        """Questions (…, d) as vectors to compare passages with, L2-normalised."""
        moved = (vectors - self.centre) @ self.matrix
        return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True), np.float32)


@lru_cache(maxsize=1)
def adaptation() -> Adaptation:
    """The map that comes with the product, for the bundled model."""
    with (files("retrieval") / FILE).open("rb") as file, np.load(file) as kept:
        centre, matrix, asking = (kept[name].astype(np.float32) for name in ("centre", "matrix", "asking"))
        return Adaptation(str(kept["model"]), centre, matrix, asking)


def sighted(stamp: ModelStamp, vector: Vector) -> Sighted:
    """A question's vector moved towards its passages; as it is when another model than the bundled one made it."""
    known = adaptation()
    if (stamp.name, stamp.dimensions) != (known.model, known.centre.size):
        return Sighted(vector)
    moved = known.apply(vector)
    return Sighted(moved, float(moved @ known.asking))


async def sight(embedder: Embedder, text: str) -> Sighted:
    """Read a question for search."""
    return sighted(await embedder.stamp(), await embedder.query(text))
