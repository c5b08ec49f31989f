"""How sure the reading is that the material holds an answer: a logistic model over features that one can explain."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from statistics import median

from retrieval.features import FEATURES as READ_FEATURES
from retrieval.features import Span
from retrieval.pieces import surroundings
from retrieval.places import FIGURES, marked
from retrieval.questions import EXACT, Expected
from retrieval.search import Candidate
from retrieval.sought import HALF, Sought, coverage
from retrieval.wording import Asked

TAKEN_OVER = (
    *("own", "around", "document", "focus", "rare", "rare_near", "pairs", "fits", "beside", "own_and_beside"),
    *("names_near", "other_row", "year_conflict", "figures_year", "too_few", "list"),
)
"""What confidence takes over from the features of the best span."""
ASKED = {
    "who_asked": Expected.WHO,
    "name_asked": Expected.NAME,
    "date_asked": Expected.DATE,
    "reason_asked": Expected.REASON,
    "list_asked": Expected.LIST,
    "open_asked": Expected.OTHER,
}
"""Kinds of question that are answered more or less often than others."""
FEATURES = (
    *("one", "cosine", "meaning", "score", "lead", "follow_up", "figure_asked", "money_asked"),
    *ASKED,
    *("year_missing", "name_missing", "least", "unknown", "name_unknown"),
    *("stale", "groundless", "undecided", "counted_missing", "figure_missing", "words"),
    *TAKEN_OVER,
)
"""What confidence is computed from, in the order of `confidence_features`."""
DECIDED = re.compile(
    r"\b(?:beslut\w*|beslöt|antog\w*|antagits|röstad\w*|klubbad\w*|undertecknad\w*|godkän\w*|fastställ\w*|avslog\w*"
    r"|upphäv\w*|decided|adopted|approved|signed)\b",
    re.IGNORECASE,
)
"""Words of a formal act. A question that takes one for done is answered by a text that tells of one."""
AROUND = 600
"""Characters on each side of a span where a figure of the question may stand."""
TYPICAL_SCORE = 10.0
SECOND = 3.0
"""The lead over the next unit's best span (in log odds) beyond which it no longer matters."""


def confidence_features(sought: Sought, candidates: Sequence[Candidate], spans: Sequence[Span]) -> tuple[float, ...]:
    """The features of an answer that rests on the first span.

    ``least`` is how far the asked word that is met worst stands around the span. ``cosine`` and ``meaning`` are how far
    (in tenths of cosine) the best unit and the span lie above the candidates in general, which is alike for documents
    that the map knows and others; ``lead`` is how far the span lies above the best of another unit. ``unknown`` is the
    share of the question that no visible text speaks to; ``year_missing`` and ``name_missing`` tell whether an asked
    year or name is missing around the span, ``stale`` that nothing of the wanted kind is in it that the question does
    not hold itself, ``figure_missing`` which share of the question's own figures does not stand around the span,
    ``words`` how long the question is (in natural logarithms of its words), ``undecided`` that it takes an act for done
    which the span does not tell of.
    """
    span, question = spans[0], sought.question
    nearby = surroundings(span.candidate.view, span.candidate.position)
    taken = dict(zip(READ_FEATURES, span.values, strict=True))
    other = next((one.score for one in spans if one.candidate is not span.candidate), span.score - SECOND)

    def near(word: Asked) -> float:
        return coverage([word], sought.weights, (nearby.around, 1.0))

    cosines = [candidate.dense for candidate in candidates]
    best, ordinary = max(cosines), median(cosines)
    said = f"{span.candidate.unit.context}\n{span.text}"
    values = {
        "one": 1.0,
        "cosine": 10 * (best - ordinary),
        "meaning": taken["meaning"] - 10 * ordinary if best else 0.0,
        "score": span.score - TYPICAL_SCORE,
        "lead": min(SECOND, span.score - other),
        "follow_up": float(bool(question.subject)),
        "figure_asked": float(question.expected in EXACT),
        "money_asked": float(question.money),
        **{name: float(question.expected is kind) for name, kind in ASKED.items()},
        "year_missing": float(bool(question.years) and not question.years & nearby.years),
        "name_missing": float(any(near(word) < HALF for word in sought.names)),
        "least": min((near(word) for word in sought.asked), default=HALF),
        "unknown": sought.unknown(sought.asked),
        "name_unknown": sought.unknown(sought.names),
        "stale": float(bool(sought.marks) and not taken["fresh"]),
        "groundless": float(question.expected is Expected.REASON and not taken["cause"]),
        "undecided": float(bool(DECIDED.search(question.text)) and not DECIDED.search(said)),
        "counted_missing": float(question.expected is Expected.COUNT and not taken["counted"]),
        "figure_missing": _figure_missing(sought, span),
        "words": math.log(max(1, len(sought.asked))),
        **{name: taken[name] for name in TAKEN_OVER},
    }
    return tuple(values[name] for name in FEATURES)


def _figure_missing(sought: Sought, span: Span) -> float:
    """The share (0 to 1) of the figures in the question, years aside, that stand nowhere around the span."""
    own = {value for kind, _, value in marked(sought.question.text) if kind in FIGURES}
    if not own:
        return 0.0
    text = span.candidate.view.text[max(0, span.start - AROUND) : span.end + AROUND]
    return len(own - {value for _, _, value in marked(text)}) / len(own)


def confidence(weights: Mapping[str, float], features: Sequence[float], asking: float = 0.0) -> float:
    """The probability (0 to 1) that an answer is right to give; ``asking`` is that of `Sighted`, in log odds."""
    odds = sum(weights[name] * value for name, value in zip(FEATURES, features, strict=True))
    return 1 / (1 + math.exp(-odds - asking))
