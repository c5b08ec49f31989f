"""Units to vectors: one for each unit, and packed with it those of its pieces, from one reading."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.parsing import searched_text
from retrieval.embedding import Embedder
from retrieval.meanings import pack
from retrieval.pieces import spans


class Unit(Protocol):
    """What is known of a unit: its kind, its offsets into the version's text, and the context that it is read with."""

    @property
    def kind(self) -> Any:
        """What the unit is, as `retrieval.pieces` knows it."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The one after its last."""

    @property
    def context(self) -> str:
        """What is read in front of it."""


async def meanings(
    embedder: Embedder, units: Sequence[tuple[str, Unit]]
) -> tuple[NDArray[np.float32], tuple[bytes, ...]]:
    """Read units, each with its version's text: their vectors (n, dimensions), and the pieces of each, packed.

    The vectors are L2-normalised. Raises ModelUnavailable.
    """
    places = [tuple(spans(text, unit.kind, unit.start, unit.end)) for text, unit in units]
    texts = [searched_text(unit.context, text[unit.start : unit.end]) for text, unit in units]
    shifts = [len(whole) - unit.end for whole, (_, unit) in zip(texts, units, strict=True)]
    parts = [
        [(start + shift, end + shift) for start, end in found] for found, shift in zip(places, shifts, strict=True)
    ]
    vectors, made = await embedder.passages_with_parts(texts, parts)
    return vectors, tuple(pack(found, rows) for found, rows in zip(places, made, strict=True))
