"""Hits to answer candidates: the spans of the best units, scored, and what that says of the order of the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.features import FEATURES, Span, features
from retrieval.parameters import parameters
from retrieval.search import Candidate
from retrieval.sought import Sought

READING_WEIGHT = 5.0
"""How much reading moves the order of search; under cross-validation more did no better, and 1 clearly worse."""
DEEPEST = 6.0
READ = 20
"""How many of the best units are read."""


def read(sought: Sought, candidates: Sequence[Candidate]) -> list[Span]:
    """The spans of the best candidates that may answer the question, best first."""
    weights = [parameters().reading[name] for name in FEATURES]
    scored = [
        replace(span, score=sum(weight * value for weight, value in zip(weights, span.values, strict=True)))
        for span in features(sought, candidates[:READ])
    ]
    return sorted(scored, key=lambda span: -span.score)


def rearrange(candidates: Sequence[Candidate], spans: Sequence[Span]) -> list[Candidate]:
    """The candidates in the order of search and reading together: a unit gains by holding a span that answers well.

    A unit that was not read, or whose best span lies `DEEPEST` or more below the best of all, gains nothing.
    """
    best: dict[int, float] = {}
    for span in spans:
        best[id(span.candidate)] = max(best.get(id(span.candidate), -DEEPEST), span.score - spans[0].score)
    gain = {key: READING_WEIGHT * (1 + max(below, -DEEPEST) / DEEPEST) for key, below in best.items()}
    weighed = [
        replace(candidate, score=(candidate.score + gain.get(id(candidate), 0.0)) / (1 + READING_WEIGHT))
        for candidate in candidates
    ]
    return sorted(weighed, key=lambda candidate: -candidate.score)
