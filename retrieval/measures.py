"""How good answers are, in figures: each question judged by its gold, and the measures of many judged questions.

Every measure but the times is a sum over questions divided by another, so that it can be taken of any part of them.
"""

from __future__ import annotations

import math
import statistics
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath

import msgspec

from retrieval.answers import Answer, Citation, Hit
from retrieval.evaluation import GoldEvidence, GoldQuestion, contains, folded, is_right, reveals

LONGEST_PASSAGE = 1_200
"""A longer passage never counts as found: whole documents would always hold the answer."""
DEPTHS = (1, 3, 5, 10)
DEEPEST_GAIN = 10
SHOWN = 300
"""Characters of an answer that a judgement keeps."""
Texts = Mapping[uuid.UUID, str]
"""The stored text of each version, folded."""


class Judged(msgspec.Struct, frozen=True):
    """One question and how it went.

    ``right`` is a right answer, or no answer to a question without one; ``revealed`` tells that it says what it may
    not. ``found`` is the share of its evidence among the first passages, for each depth of `DEPTHS`; ``rank`` is that
    of the best passage, from 1.
    """

    id: str
    question: str
    type: str
    style: str
    answerable: bool
    abstained: bool
    right: bool
    expected: tuple[str, ...] = ()
    answer: str = ""
    found: tuple[float, ...] = ()
    rank: int | None = None
    quotations: int = 0
    verbatim: int = 0
    supported: bool = False
    rests_on_quotations: bool = True
    revealed: bool = False
    latency_ms: float | None = None

    @property
    def looked_for(self) -> bool:
        """Whether there is a passage to find: what the register answers stands in none."""
        return self.answerable and self.rests_on_quotations

    @property
    def outcome(self) -> str:
        """Which of the five ways it ended in."""
        if self.answerable:
            return "correct" if self.right else "abstained_wrongly" if self.abstained else "wrong"
        return "refused" if self.right else "answered_wrongly"


Parts = tuple[float, float]
MEASURES: dict[str, Callable[[Judged], Parts]] = {
    "score": lambda one: (one.right, 1),
    "correct": lambda one: (one.right and one.answerable, one.answerable),
    "refused": lambda one: (one.right and not one.answerable, not one.answerable),
    "abstention_f1": lambda one: (2 * (one.abstained and not one.answerable), one.abstained + (not one.answerable)),
    "recall@1": lambda one: _recall(one, 0),
    "recall@3": lambda one: _recall(one, 1),
    "recall@5": lambda one: _recall(one, 2),
    "recall@10": lambda one: _recall(one, 3),
    "mrr": lambda one: (1 / one.rank if one.looked_for and one.rank else 0, one.looked_for),
    "ndcg@10": lambda one: (
        1 / math.log2(one.rank + 1) if one.looked_for and one.rank and one.rank <= DEEPEST_GAIN else 0,
        one.looked_for,
    ),
    "verbatim": lambda one: (one.verbatim, one.quotations),
    "supported": lambda one: (one.supported, one.right and one.looked_for),
}
"""What each question adds to the two sums of a measure. abstention_f1 is F1 of precision and recall of abstaining."""
TIMES: dict[str, Callable[[Sequence[float]], float]] = {
    "latency_p50_ms": statistics.median,
    "latency_p95_ms": lambda times: sorted(times)[int(0.95 * (len(times) - 1))],
}
Figures = dict[str, float | None]


class Report(msgspec.Struct, frozen=True):
    """The judged questions with their measures, altogether and for each type and style.

    ``documents`` is how many were searched, ``missing`` the files of the gold evidence that are not among them.
    """

    made: str
    questions: int
    documents: int
    missing: tuple[str, ...]
    figures: Figures
    outcome: dict[str, int]
    by_type: dict[str, Figures]
    by_style: dict[str, Figures]
    judged: tuple[Judged, ...]


def judge(gold: GoldQuestion, answer: Answer | None, texts: Texts) -> Judged:
    """How an answer stands to its gold; None is a question that was turned away, which counts as no answer."""
    said, abstained = (answer.answer, answer.abstained) if answer else ("", True)
    passages, citations = (answer.passages, answer.citations) if answer else ((), ())
    right = not abstained and is_right(gold, said) if gold.answerable else abstained
    revealed = reveals(gold, said)
    right = right and not revealed
    ranks = _ranks(gold, passages)
    quotes = [citation.quote for citation in citations if citation.quote]
    return Judged(
        gold.id,
        gold.question,
        gold.type,
        gold.style,
        answerable=gold.answerable,
        abstained=abstained,
        right=right,
        expected=gold.answers or (),
        answer=said[:SHOWN],
        found=tuple(_share(ranks, depth) for depth in DEPTHS),
        rank=min(filter(None, ranks), default=None),
        quotations=len(citations),
        verbatim=sum(_stands(citation, texts) for citation in citations),
        supported=right
        and (_from_register(answer) or any(_overlap(one.quote, quote) for one in gold.evidence for quote in quotes)),
        revealed=revealed,
        rests_on_quotations=bool(gold.evidence or gold.evidence_groups),
        latency_ms=answer.latency_ms if answer else None,
    )


def figures(judged: Iterable[Judged]) -> Figures:
    """Every measure of some questions, rounded; None where there is nothing to measure."""
    every = list(judged)
    times = [one.latency_ms for one in every if one.latency_ms is not None]
    found: Figures = {}
    for name, parts in MEASURES.items():
        above, below = (math.fsum(side) for side in zip(*map(parts, every), strict=True))
        found[name] = round(above / below, 4) if below else None
    return found | {name: round(take(times), 1) if times else None for name, take in TIMES.items()}


def report(judged: Sequence[Judged], made: str, documents: int, missing: Iterable[str]) -> Report:
    """The report of at least one judged question; ``made`` is when, as text."""
    return Report(
        made=made,
        questions=len(judged),
        documents=documents,
        missing=tuple(missing),
        figures=figures(judged),
        outcome=dict(Counter(one.outcome for one in judged)),
        by_type=_by(judged, lambda one: one.type),
        by_style=_by(judged, lambda one: one.style),
        judged=tuple(judged),
    )


def _by(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, Figures]:
    names = sorted({key(one) for one in judged})
    parts = {name: [one for one in judged if key(one) == name] for name in names}
    return {name: {"questions": len(part), **figures(part)} for name, part in parts.items()}


def _recall(one: Judged, depth: int) -> Parts:
    return (one.found[depth] if one.looked_for else 0, one.looked_for)


def _ranks(gold: GoldQuestion, passages: Sequence[Hit]) -> list[int | None]:
    """The best rank at which each group of evidence is met."""
    return [min(filter(None, (_rank(one, passages) for one in group)), default=None) for group in gold.groups]


def _rank(evidence: GoldEvidence, passages: Sequence[Hit]) -> int | None:
    for rank, passage in enumerate(passages, 1):
        same = not passage.source or PurePath(passage.source).name == PurePath(evidence.file).name
        if same and len(passage.text) <= LONGEST_PASSAGE and contains(passage.text, evidence.quote):
            return rank
    return None


def _stands(citation: Citation, texts: Texts) -> bool:
    return bool(citation.quote) and folded(citation.quote) in texts.get(citation.version_id, "")


def _share(ranks: Sequence[int | None], depth: int) -> float:
    return sum(rank is not None and rank <= depth for rank in ranks) / max(1, len(ranks))


def _from_register(answer: Answer | None) -> bool:
    """Whether an answer rests on the rows of the register, which it comes with, and on no document."""
    return answer is not None and answer.answered_by == "register"


def _overlap(one: str, other: str) -> bool:
    return contains(one, other) or contains(other, one)
