"""A second reader of the best units: a cross-encoder of sentence-transformers, where the settings name one.

It reads question and text together, which finds more than two vectors do and takes hundreds of milliseconds without a
graphics card. It lies on this machine; nothing is downloaded.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from retrieval.features import Span

FIELD = "NARPLAN_RERANKING_MODEL"
BATCH = 8
LONGEST = 1_200
"""Characters of a unit, with its context, that are read."""
WEIGHT = 3.0
"""What the second reader's least liked unit loses against its best, in log odds of reading; not fitted to any model."""


@dataclass(frozen=True, slots=True)
class RerankingConfig:
    """Which cross-encoder: a folder, a name in the local Hugging Face cache, or None for none."""

    model: str | None = None


class Reranker:
    """A cross-encoder that loads at first use; safe from many threads, which take turns."""

    def __init__(self, model: str) -> None:
        """Take the folder or name; whether it can be used is found out by `warm`."""
        self._name = model
        self._turn = threading.Lock()
        self._model: CrossEncoder | None = None

    def warm(self) -> None:
        """Load the weights now. Raises `ModelUnavailable`."""
        self.scores("värm upp", ["värm upp"])

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question, (n,), in the model's own measure; more is better."""
        with self._turn:
            self._model = self._model or _load(self._name)
            pairs = [(question, text[:LONGEST]) for text in texts]
            given = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False)
        return np.asarray(given, np.float32)


def create(config: RerankingConfig) -> Reranker | None:
    """Return the reranker of the settings, or None where there is none."""
    return Reranker(config.model) if config.model else None


def second_reading(reranker: Reranker, question: str, spans: Sequence[Span]) -> list[Span]:
    """The spans with their scores lowered as far as the cross-encoder likes their units less than its best, best first.

    What it likes best keeps its score, so that the confidence that was fitted without it still means the same.
    """
    units = {id(span.candidate): span.candidate for span in spans}
    if len(units) <= 1:
        return list(spans)
    texts = [f"{unit.unit.context}\n{unit.view.text[unit.unit.start : unit.unit.end]}" for unit in units.values()]
    given = reranker.scores(question, texts)
    below = (given.max() - given) / (np.ptp(given) or 1.0)
    lost = {key: WEIGHT * float(share) for key, share in zip(units, below, strict=True)}
    moved = [replace(span, score=span.score - lost[id(span.candidate)]) for span in spans]
    return sorted(moved, key=lambda span: -span.score)


def _load(name: str) -> CrossEncoder:
    from sentence_transformers import CrossEncoder

    from retrieval.transformer import hub_folder

    folder = Path(name).expanduser()
    found = folder if folder.is_dir() else hub_folder(name, field=FIELD)
    try:
        model: CrossEncoder = CrossEncoder(str(found), device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        raise _unfit(name, "Där finns ingen modell som går att läsa.") from error
    if model.num_labels != 1:
        raise _unfit(name, f"Den ger {model.num_labels} tal för varje par; en omrangordnare ger ett.")
    return model


def _unfit(name: str, why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"Modellen ”{name}” går inte att använda för omrangordning. {why} "
        "Ange mappen till en cross-encoder för sentence-transformers, eller ta bort inställningen.",
        field=FIELD,
    )
