"""How sure the reading is that the material holds an answer: a logistic model over features that one can explain."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from statistics import median

from retrieval.features import FEATURES as READ_FEATURES
from retrieval.features import Sought, Span, coverage
from retrieval.pieces import surroundings
from retrieval.questions import EXACT, Expected, Question
from retrieval.search import Candidate
from retrieval.views import Library
from retrieval.wording import Asked

TAKEN_OVER = (
    *("own", "around", "document", "focus", "rare", "rare_near", "pairs", "beside", "own_and_beside"),
    *("names_near", "other_row", "year_conflict", "list"),
)
"""What confidence takes over from the features of the best span."""
FEATURES = (
    *("one", "telling", "cosine", "meaning", "score", "lead", "follow_up"),
    *(
        "figure_asked",
        "who_asked",
        "name_asked",
        "date_asked",
        "money_asked",
        "reason_asked",
        "list_asked",
        "open_asked",
    ),
    *("year_missing", "name_missing", "least", "unknown", "name_unknown", "stale", "misfit", "groundless", "undecided"),
    *("counted_missing",),
    *TAKEN_OVER,
)
"""What confidence is computed from, in the order of `confidence_features`."""
DECIDED = re.compile(
    r"\b(?:beslut\w*|beslöt|antog\w*|antagits|röstad\w*|klubbad\w*|undertecknad\w*|godkän\w*|fastställ\w*|avslog\w*"
    r"|drogs? tillbaka|stoppad\w*|avbröt\w*|lades? ner|upphör\w*|upphäv\w*|försena\w*|missad\w*"
    r"|decided|adopted|approved|signed|cancelled)\b",
    re.IGNORECASE,
)
"""Words that take for granted that something was settled, ended or went wrong; a text must say so too."""
TELLING = 2
"""How many of the rarest asked words must stand near the answer."""
TYPICAL_SCORE = 10.0
SECOND = 3.0
"""The lead over the next unit's best span (in log odds) beyond which it no longer matters."""
HALF = 0.5
WHOLE = 1.0


def confidence_features(
    library: Library, question: Question, candidates: Sequence[Candidate], spans: Sequence[Span]
) -> tuple[float, ...]:
    """The features of an answer that rests on the first span.

    ``telling`` is how far the two rarest asked words stand in the span's unit and context, ``least`` how far the one
    that is met worst does; ``cosine`` and ``meaning`` are how far (in tenths of cosine) the best unit and the span lie
    above the candidates in general, which is alike for documents that the map knows and others; ``lead`` how far
    the span lies above the best of another unit, ``unknown`` the share of the question that no visible text speaks to,
    ``year_missing`` and ``name_missing`` whether an asked year or name is missing around the span; ``stale`` that
    nothing of the wanted kind is in it that the question does not hold itself, ``undecided`` that the question takes
    something for settled which the span does not say.
    """
    span = spans[0]
    sought = Sought.of(library, question, None)
    nearby = surroundings(span.candidate.view, span.candidate.position)
    taken = dict(zip(READ_FEATURES, span.values, strict=True))
    other = next((one.score for one in spans if one.candidate is not span.candidate), span.score - SECOND)
    telling = sorted(question.asked or question.subject, key=lambda word: -sought.weights[word.base])[:TELLING]

    def near(word: Asked) -> float:
        return coverage([word], sought.weights, (nearby.around, WHOLE))

    cosines = [candidate.dense for candidate in candidates]
    best, ordinary = max(cosines), median(cosines)
    said = f"{span.candidate.unit.context}\n{span.text}"
    values = {
        "one": 1.0,
        "telling": sought.share(telling, [(nearby.near, WHOLE)], HALF),
        "cosine": 10 * (best - ordinary),
        "meaning": taken["meaning"] - 10 * ordinary if best else 0.0,
        "score": span.score - TYPICAL_SCORE,
        "lead": min(SECOND, span.score - other),
        "follow_up": float(bool(question.subject)),
        "figure_asked": float(question.expected in EXACT),
        "who_asked": float(question.expected is Expected.WHO),
        "name_asked": float(question.expected is Expected.NAME),
        "date_asked": float(question.expected is Expected.DATE),
        "money_asked": float(question.money),
        "reason_asked": float(question.expected is Expected.REASON),
        "list_asked": float(question.expected is Expected.LIST),
        "open_asked": float(question.expected is Expected.OTHER),
        "year_missing": float(bool(question.years) and not question.years & nearby.years),
        "name_missing": float(any(near(word) < HALF for word in sought.names)),
        "least": min((near(word) for word in sought.asked), default=HALF),
        "unknown": _unknown(library, sought, sought.asked),
        "name_unknown": _unknown(library, sought, sought.names),
        "stale": float(bool(sought.marks) and not taken["fresh"]),
        "misfit": float(not taken["fits"]),
        "groundless": float(question.expected is Expected.REASON and not taken["cause"]),
        "undecided": float(bool(DECIDED.search(question.text)) and not DECIDED.search(said)),
        "counted_missing": float(question.expected is Expected.COUNT and not taken["counted"]),
        **{name: taken[name] for name in TAKEN_OVER},
    }
    return tuple(values[name] for name in FEATURES)


def _unknown(library: Library, sought: Sought, words: Sequence[Asked]) -> float:
    """The share (0 to 1) of some asked words' weight that stands in no visible text in any form."""
    total = sum(sought.weights[word.base] for word in words)
    missing = sum(
        sought.weights[word.base]
        for word in words
        if not any(term in view.segment.postings for view in library.views for term in word.terms)
    )
    return missing / total if total else 0.0


def confidence(weights: Mapping[str, float], features: Sequence[float], asking: float = 0.0) -> float:
    """The probability (0 to 1) that an answer is right to give; ``asking`` is that of `Sighted`, in log odds."""
    odds = sum(weights[name] * value for name, value in zip(FEATURES, features, strict=True))
    return 1 / (1 + math.exp(-odds - asking))
