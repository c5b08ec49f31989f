"""How sure the reading is that the material holds an answer: a logistic model over a few features one can explain."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from retrieval.pieces import surroundings
from retrieval.questions import EXACT, Question
from retrieval.reading import Span, coverage, word_weights
from retrieval.search import Candidate
from retrieval.views import Library

FEATURES = ("one", "telling", "cosine", "figure_asked", "name_missing", "fits", "focus")
"""What confidence is computed from, in the order of `confidence_features`. Few on purpose: with the questions there are
to learn from, more of them made it worse under cross-validation."""
TELLING = 2
"""How many of the rarest asked words must stand near the answer."""
TYPICAL_COSINE = 0.87
"""The best cosine of an ordinary question with the bundled model; only differences from it matter."""
HALF = 0.5


def confidence_features(
    library: Library, question: Question, candidates: Sequence[Candidate], spans: Sequence[Span]
) -> tuple[float, ...]:
    """The features of an answer that rests on the first span.

    ``telling`` is how far the two rarest asked words stand in the span's unit and context, ``cosine`` the best one
    (times ten, from a typical value), ``name_missing`` whether a name in the question is missing around the span,
    ``fits`` whether the span carries the kind of thing asked for, ``focus`` how far the thing asked for is there.
    """
    span = spans[0]
    asked = (*question.asked, *question.subject)
    weights = word_weights(library, asked)
    nearby = surroundings(span.candidate.view, span.candidate.position)
    held = {word.base: coverage([word], weights, (nearby.around, 1.0)) for word in asked}
    telling = sorted(question.asked or question.subject, key=lambda word: -weights[word.base])[:TELLING]
    return (
        1.0,
        coverage(telling, weights, (nearby.near, 1.0)) if telling else HALF,
        10 * (max(candidate.dense for candidate in candidates) - TYPICAL_COSINE),
        float(question.expected in EXACT),
        float(any(word.is_name and held[word.base] < HALF for word in asked)),
        float(span.fits),
        max((held[word.base] for word in question.asked if word.is_focus), default=HALF),
    )


def confidence(weights: Mapping[str, float], features: Sequence[float]) -> float:
    """The probability (0 to 1) that an answer is right to give."""
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in zip(FEATURES, features, strict=True))))
