"""Vectors that are made once: for peers by text, for an installation in place of its embedder, and timed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, EmbeddingConfig, ModelStamp

Floats = NDArray[np.float32]


class Vectors:
    """Vectors by text, each made once and kept in a file under its model and text, so that a later run is quick."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder
        self._known: dict[str, Floats] = {}
        self._queries: dict[str, tuple[list[float], float]] = {}

    async def add(self, texts: Sequence[str]) -> None:
        """Make vectors of the passages that have none yet."""
        place = self._folder / f"bench-{(await self._embedder.stamp()).revision.replace('/', '-')}.npz"
        if not self._known and place.exists():
            with np.load(place) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        new = list(dict.fromkeys(text for text in texts if _key(text) not in self._known))
        if not new:
            return
        made = await self._embedder.passages(new)
        self._known |= dict(zip(map(_key, new), made, strict=True))
        np.savez(place, keys=np.array(list(self._known)), vectors=np.array(list(self._known.values())))

    async def ask(self, text: str) -> None:
        """Make the vector of a question, and note how long it took."""
        if text not in self._queries:
            begun = time.perf_counter()
            vector = await self._embedder.query(text)
            self._queries[text] = (vector.tolist(), 1000 * (time.perf_counter() - begun))

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of passages, in order."""
        return [cast("list[float]", self._known[_key(text)].tolist()) for text in texts]

    def query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._queries[text][0]

    def query_ms(self, text: str) -> float:
        """How many milliseconds the vector of a question took."""
        return self._queries[text][1]


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Recalled:
    """An embedder that makes the vector of a text once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Floats] = {}
        self._queries: dict[str, Floats] = {}

    @property
    def config(self) -> EmbeddingConfig:
        """What the embedder was made with."""
        return self._embedder.config

    def sibling(self, config: EmbeddingConfig) -> Embedder:
        """Itself for its own configuration."""
        return cast("Embedder", self) if config == self.config else self._embedder.sibling(config)

    async def stamp(self) -> ModelStamp:
        """The model's stamp."""
        return await self._embedder.stamp()

    async def warm(self) -> None:
        """Load the weights."""
        await self._embedder.warm()

    async def query(self, text: str) -> Floats:
        """A question as a vector."""
        if text not in self._queries:
            self._queries[text] = await self._embedder.query(text)
        return self._queries[text]

    async def passages(self, texts: Sequence[str]) -> Floats:
        """Passages as vectors."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known |= dict(zip(new, await self._embedder.passages(new), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


class Watched:
    """The embedder of an assistant, with the time that its questions take."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.spent_ms = 0.0

    @property
    def config(self) -> EmbeddingConfig:
        """What the embedder was made with."""
        return self._embedder.config

    def sibling(self, config: EmbeddingConfig) -> Embedder:
        """Itself for its own configuration."""
        return cast("Embedder", self) if config == self.config else self._embedder.sibling(config)

    async def stamp(self) -> ModelStamp:
        """What makes the vectors."""
        return await self._embedder.stamp()

    async def query(self, text: str) -> Floats:
        """A question as a vector."""
        begun = time.perf_counter()
        try:
            return await self._embedder.query(text)
        finally:
            self.spent_ms += 1000 * (time.perf_counter() - begun)
