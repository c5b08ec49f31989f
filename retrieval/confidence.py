"""How sure the reading is that the material holds an answer: a logistic model over a few features one can explain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from retrieval.pieces import surroundings
from retrieval.questions import Expected, Question
from retrieval.reading import Span, coverage, word_weights
from retrieval.search import Candidate
from retrieval.views import Library

FEATURES = (
    *("one", "cosine", "own", "around", "missing", "unknown", "fits", "margin", "lexical", "year", "figure_asked"),
    *("english", "name_missing", "focus", "names_held"),
)
"""What confidence is computed from, in the order of `confidence_features`."""


def confidence_features(
    library: Library, question: Question, candidates: Sequence[Candidate], spans: Sequence[Span]
) -> tuple[float, ...]:
    """The features of an answer that rests on the first span.

    ``missing`` is the weight share of the heaviest asked word that the span's surroundings do not hold, ``unknown``
    the share of asked words that no visible document holds, ``name_missing`` whether a name in the question is missing.
    """
    span = spans[0]
    asked = (*question.asked, *question.subject)
    weights = word_weights(library, asked)
    nearby = surroundings(span.candidate.view, span.candidate.position)
    total = sum(weights.values()) or 1.0
    held = {word.base: coverage([word], weights, (nearby.around, 1.0)) for word in asked}
    missing = max((weights[word.base] / total * (1 - held[word.base]) for word in asked), default=1.0)
    counts = [any(term in view.segment.postings for view in library.views for term in word.terms) for word in asked]
    unknown = 1 - sum(counts) / len(counts) if counts else 1.0
    names = {word.base for word in asked if word.is_name}
    years_met = not question.years or bool(question.years & nearby.years)
    other = next((later.score for later in spans if later.candidate.view is not span.candidate.view), spans[-1].score)
    return (
        1.0,
        10 * (max(candidate.dense for candidate in candidates) - TYPICAL_COSINE),
        span.own,
        span.coverage,
        missing * len(asked) ** 0.5,
        unknown,
        float(span.fits),
        min(2.0, span.score - other),
        max(candidate.lexical for candidate in candidates) / total,
        float(years_met),
        float(question.expected in {Expected.AMOUNT, Expected.COUNT, Expected.WHO, Expected.DATE}),
        float(question.english),
        float(any(held[name] < HELD for name in names)),
        max((held[word.base] for word in question.asked if word.is_focus), default=HELD),
        sum(held[name] for name in names) / len(names) if names else HELD,
    )


TYPICAL_COSINE = 0.87
HELD = 0.5


def confidence(weights: Mapping[str, float], features: Sequence[float]) -> float:
    """The probability (0 to 1) that an answer is right to give."""
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in zip(FEATURES, features, strict=True))))
