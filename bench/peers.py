"""The peers that Närplan is measured beside: one shape for all, so that documents and vectors are the same.

A peer divides documents into chunks with its own splitter, and makes a search of chunks with its own hybrid pipeline.
The libraries load when they are used; they live in an environment of their own (`make bench-quality`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from bench.quality_vectors import Recalled
from retrieval.embedding import Embedder

QUIET = {
    "HAYSTACK_TELEMETRY_ENABLED": "false",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LLAMA_INDEX_TELEMETRY_ENABLED": "false",
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}
"""What keeps the libraries from telling anyone that they run, and from fetching anything."""
DEPTH = 10
"""How many chunks each arm of a peer returns; more made most of them worse. The fused list may hold all of both."""

FITTED = 1_200
OVERLAP = 200
"""Characters of a fitted chunk, the longest that counts, and how many it shares with the next."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: the text that is shown, and the text that is embedded and indexed for it."""

    source: str
    text: str
    searched: str


class Embeds(Protocol):
    """How a peer gets vectors: by text, as plain lists."""

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of passages, in order."""

    def query(self, text: str) -> list[float]:
        """The vector of a question."""


Search = Callable[[str], list[int]]
"""A question to the numbers of the chunks that answer it, best first."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One way of using a library: how it divides documents, and how it makes a hybrid search of chunks.

    The search keeps all that its two arms, of `DEPTH` chunks each, return.
    """

    split: Callable[[Mapping[str, str]], list[Chunk]]
    build: Callable[[Sequence[Chunk], Embeds], Search]


@dataclass(frozen=True, slots=True)
class Peer:
    """A library as it comes, and fitted to the rule: passages that count, and Swedish where it can be switched on."""

    name: str
    packages: tuple[str, ...]
    default: Pipeline
    fitted: Pipeline

    @property
    def versions(self) -> dict[str, str]:
        """The installed versions of its packages."""
        return {name: version(name) for name in self.packages}


class Live:
    """Vectors made when they are asked for, from a thread that has no event loop."""

    def __init__(self, embedder: Embedder | Recalled) -> None:
        self._embedder = embedder

    def passages(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of passages, in order."""
        vectors: list[list[float]] = asyncio.run(self._embedder.passages(texts)).tolist()
        return vectors

    def query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = asyncio.run(self._embedder.query(text)).tolist()
        return vector


def installed() -> tuple[Peer, ...]:
    """Every peer, with telemetry turned off before anything of theirs is imported."""
    os.environ.update(QUIET)
    from bench import peers_haystack, peers_langchain, peers_llamaindex

    return peers_langchain.PEER, peers_llamaindex.PEER, peers_haystack.PEER
