"""Late chunking: a text is read once, and a part of it is the mean of its own tokens as they were read in the whole.

docs/decisions/0011-late-chunking.md says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: (tokens, 2) characters where each begins and ends, and (tokens, dimensions) final states.

    Tokens that the model adds itself are empty: they end where they begin.
    """

    offsets: NDArray[np.int64]
    states: NDArray[np.float32]


def means(whole: NDArray[np.float32], tokens: Tokens, parts: Sequence[Span]) -> NDArray[np.float32]:
    """One L2-normalised vector for each part of a text, (parts, dimensions); ``parts`` are spans of characters.

    A part without tokens, such as one beyond the longest text that the model reads, gets the vector of the ``whole``.
    """
    made = np.empty((len(parts), whole.size), np.float32)
    starts, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
    for row, (start, end) in enumerate(parts):
        own = (starts < end) & (ends > start) & (ends > starts)
        mean = tokens.states[own].mean(axis=0) if own.any() else whole
        made[row] = mean / np.linalg.norm(mean)
    return made
