"""Texts to vectors: one small interface for the bundled model, and for any of sentence-transformers.

Nothing is downloaded and nothing blocks the event loop: the weights load on the first call, in threads of their own,
and a question never waits behind the passages of a document.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from initiatives.errors import NarplanError

if TYPE_CHECKING:
    from retrieval.late import Span

BUNDLED = "bundled"
PRECISIONS = ("auto", "int8", "bfloat16", "float32")
BATCH = 4
NICENESS = 5
"""How far the threads for passages stand back for the rest of the process."""
Vectors = NDArray[np.float32]
T = TypeVar("T")


class ModelUnavailable(NarplanError):
    """The embedding model that the settings name cannot be used here."""

    title = "Inbäddningsmodellen går inte att använda"


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """Which model, where unpacked weights are kept, how many threads (default: one per core), and which precision.

    `model` is "bundled", a folder, or the name of a sentence-transformers model in the local Hugging Face cache.
    `precision` is one of PRECISIONS; "auto" picks what is fastest for the model on this CPU.
    """

    model: str = BUNDLED
    cache: Path = Path(".narplan/cache")
    threads: int | None = None
    precision: str = "auto"

    @property
    def integers(self) -> bool:
        """Whether the bundled model runs in its 8-bit form."""
        return self.model == BUNDLED and self.precision in {"auto", "int8"}


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """What made a vector. Vectors with different stamps must not be compared."""

    name: str
    revision: str
    dimensions: int


class Reader(Protocol):
    """A loaded model: `retrieval.quantised.Quantised` or `retrieval.transformer.Transformer`."""

    stamp: ModelStamp

    def query(self, text: str) -> Vectors:
        """(dimensions,), L2-normalised."""
        ...

    def passages(self, texts: list[str]) -> Vectors:
        """(n, dimensions), L2-normalised. What goes beyond the model's longest text is not read."""
        ...

    def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence["Span"]]
    ) -> tuple[Vectors, list[Vectors]]:
        """What `passages` gives, and for each text its parts (pieces, dimensions), L2-normalised."""
        ...


class Embedder:
    """Reads passages and questions with one model. Make it with `create`; share it in the whole process."""

    def __init__(self, config: EmbeddingConfig) -> None:
        threads = config.threads or len(os.sched_getaffinity(0))
        self._config = config
        self._threads = threads
        self._lanes = threads if config.integers else 1
        calm = _step_back if config.integers else None
        self._bulk = ThreadPoolExecutor(self._lanes, thread_name_prefix="passages", initializer=calm)
        # torch spreads one call over all cores, so there a question takes its turn between two small batches.
        self._quick = ThreadPoolExecutor(1, thread_name_prefix="question") if config.integers else self._bulk
        self._loading = threading.Lock()
        self._reader: Reader | None = None
        self._siblings: dict[EmbeddingConfig, Embedder] = {}

    @property
    def config(self) -> EmbeddingConfig:
        """What it was made with."""
        return self._config

    def sibling(self, config: EmbeddingConfig) -> "Embedder":
        """An embedder for another model, opened once for the whole process and closed with this one."""
        if config == self._config:
            return self
        if config not in self._siblings:
            self._siblings[config] = Embedder(config)
        return self._siblings[config]

    async def stamp(self) -> ModelStamp:
        """The model's name, the revision of its weights with the precision they run in, and its dimensions."""
        return await self._run(self._quick, lambda reader: reader.stamp)

    async def warm(self) -> None:
        """Load the weights now, which takes seconds. A server does it when it starts."""
        await self.query("värm upp")

    async def query(self, text: str) -> Vectors:
        """A question as a vector: (dimensions,), L2-normalised. Raises ModelUnavailable."""
        return await self._run(self._quick, lambda reader: reader.query(text))

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Passages as vectors in the order given: (n, dimensions), L2-normalised. Raises ModelUnavailable."""
        vectors = np.empty((len(texts), (await self.stamp()).dimensions), np.float32)

        def read(batch: list[int], reader: Reader) -> None:
            vectors[batch] = reader.passages([texts[index] for index in batch])

        await self._read(texts, read)
        return vectors

    async def passages_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence["Span"]]
    ) -> tuple[Vectors, list[Vectors]]:
        """What `passages` gives, and for each text an array (pieces, dimensions), L2-normalised: one row for each part.

        ``parts[i]`` are spans of characters in ``texts[i]``. A part that the model does not reach has the vector of its
        text. Raises ModelUnavailable.
        """
        vectors = np.empty((len(texts), (await self.stamp()).dimensions), np.float32)
        pieces = [vectors[:0]] * len(texts)

        def read(batch: list[int], reader: Reader) -> None:
            chosen = [texts[index] for index in batch], [parts[index] for index in batch]
            vectors[batch], made = reader.passages_with_parts(*chosen)
            for index, rows in zip(batch, made, strict=True):
                pieces[index] = rows

        await self._read(texts, read)
        return vectors, pieces

    def close(self) -> None:
        """Stop the threads; what has not begun is dropped."""
        self._bulk.shutdown(wait=False, cancel_futures=True)
        self._quick.shutdown(wait=False, cancel_futures=True)
        for sibling in self._siblings.values():
            sibling.close()

    async def _read(self, texts: Sequence[str], work: Callable[[list[int], Reader], None]) -> None:
        """Do the work on all the texts in the threads for passages; it is given the places of a few at a time."""
        # Texts of like length together, since a batch is padded to its longest.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        batches = iter([order[start : start + BATCH] for start in range(0, len(order), BATCH)])

        async def drain() -> None:
            for batch in batches:
                await self._run(self._bulk, partial(work, batch))

        await asyncio.gather(*(drain() for _ in range(self._lanes)))

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[Reader], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: work(self._loaded()))

    def _loaded(self) -> Reader:
        with self._loading:
            if self._reader is None:
                self._reader = _load(self._config, self._threads)
            return self._reader


def _load(config: EmbeddingConfig, threads: int) -> Reader:
    """Load the weights. What the model does not need is not imported: torch alone is hundreds of megabytes."""
    if config.integers:
        from retrieval.quantised import Quantised

        return Quantised(config)
    from retrieval.transformer import Transformer

    return Transformer(config, threads)


def _step_back() -> None:
    """Let the threads that answer people go before this one, where threads have priorities of their own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # What stands back further already may not come forward.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def create(config: EmbeddingConfig) -> Embedder:
    """Return an embedder at once; the first call loads the weights. Raises ModelUnavailable for bad settings."""
    if config.precision not in PRECISIONS:
        choices = ", ".join(PRECISIONS)
        raise ModelUnavailable(
            f"Precisionen ”{config.precision}” finns inte. Välj en av: {choices}.", field="precision"
        )
    if config.precision == "int8" and config.model != BUNDLED:
        raise ModelUnavailable(
            "Precisionen int8 finns bara för den medföljande modellen. Välj auto, bfloat16 eller float32.",
            field="precision",
        )
    return Embedder(config)
