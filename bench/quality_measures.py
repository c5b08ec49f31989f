"""What is measured of retrieved passages, and how sure the figures are.

A gold quotation is found when at least 80 % of its words stand in one passage of at most 1,200 characters of the same
file. A question whose evidence has several groups needs all of them for full recall; the order of the best one counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation import GoldEvidence, GoldQuestion, contains

LONGEST = 1_200
SHOWN = 10
"""How many passages of each system are looked at."""
MEASURES = ("recall@1", "recall@5", "recall@10", "ndcg@10", "mrr")
RESAMPLES = 10_000
SEED = 1
Array = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Passage:
    """What a system shows: a text and the file that it stands in."""

    source: str
    text: str


class QualityQuestion(GoldQuestion, frozen=True):
    """A gold question with its groups of evidence: every group is needed, one quotation of a group is enough."""

    evidence_mode: Literal["any", "all"] = "any"
    evidence_groups: tuple[tuple[GoldEvidence, ...], ...] = ()

    @property
    def groups(self) -> tuple[tuple[GoldEvidence, ...], ...]:
        """The groups as written, or as the mode makes them."""
        if self.evidence_groups:
            return self.evidence_groups
        return (self.evidence,) if self.evidence_mode == "any" else tuple((one,) for one in self.evidence)


def read_answerable(path: Path) -> list[QualityQuestion]:
    """The answerable questions of a JSON Lines file, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    questions = [msgspec.json.decode(line, type=QualityQuestion) for line in lines if line.strip()]
    return [question for question in questions if question.answerable]


def measure(question: QualityQuestion, passages: Sequence[Passage]) -> dict[str, float]:
    """Every measure for one question, from the passages in order."""
    ranks = [_rank(group, passages[:SHOWN]) for group in question.groups]
    best = min(ranks)
    recall = {f"recall@{k}": sum(rank <= k for rank in ranks) / len(ranks) for k in (1, 5, 10)}
    return {**recall, "ndcg@10": 1 / math.log2(best + 1), "mrr": 1 / best}


def _rank(group: Sequence[GoldEvidence], passages: Sequence[Passage]) -> float:
    """The rank of the first passage that holds a quotation of the group; infinite when none does."""
    for rank, passage in enumerate(passages, 1):
        if len(passage.text) <= LONGEST and any(
            passage.source == Path(one.file).name and contains(passage.text, one.quote) for one in group
        ):
            return rank
    return math.inf


def resamples(questions: int) -> NDArray[np.int64]:
    """Which questions each bootstrap sample holds: the same samples for all systems, so that pairs stay together."""
    return np.random.default_rng(SEED).integers(0, questions, size=(RESAMPLES, questions))


def interval(values: Array) -> Interval:
    """The 95 % interval of a mean over questions."""
    return _middle(values[resamples(len(values))].mean(axis=1))


def median_interval(values: Array) -> Interval:
    """The 95 % interval of a median over questions."""
    return _middle(np.median(values[resamples(len(values))], axis=1))


def ratio(own: Array, others: Mapping[str, Array]) -> tuple[float, Interval, str]:
    """Our mean through that of the best other, its 95 % interval, and who is best.

    The best is chosen anew in every sample, which is to our disadvantage: luck in a sample counts for the others.
    """
    samples = resamples(len(own))
    best = np.max([values[samples].mean(axis=1) for values in others.values()], axis=0)
    name = max(others, key=lambda other: float(others[other].mean()))
    return float(own.mean() / others[name].mean()), _middle(own[samples].mean(axis=1) / best), name


def _middle(values: Array) -> Interval:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
