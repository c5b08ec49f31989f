"""Fit the weights of reading and confidence on question sets, by cross-validation, and write them as data.

    python -m bench.fit QUESTIONS.jsonl… --documents FOLDER… [--write]

Reading is a softmax over the spans of a question: the weights that make the spans which hold the answer likeliest.
Confidence is a logistic model. Besides the unanswerable questions of the sets it learns from every answerable one
asked of a library from which the documents with its evidence were taken away.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from api import settings
from bench.memory import cosines, read_library, text_files
from retrieval import confidence, reading
from retrieval.composing import compose
from retrieval.embedding import create
from retrieval.evaluation import GoldQuestion, contains, is_right, read_questions
from retrieval.parameters import Parameters
from retrieval.questions import Question, analyse
from retrieval.search import Candidate, rank
from retrieval.views import Library

FOLDS = 6
STEPS = 300
READING_PENALTY = 0.02
CONFIDENCE_PENALTY = 0.01
AWAY = 0.4
"""What a question without its documents weighs beside one that a person wrote as unanswerable."""
LEAST_REFUSED = 0.55
"""The share of unanswerable questions that must be refused: a made-up answer harms more than none."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question put to a library: its spans with features, and how well each span answers (0 to 1)."""

    gold: GoldQuestion
    answerable: bool
    weight: float
    library: Library
    question: Question
    candidates: list[Candidate]
    spans: list[reading.Span]
    values: Array
    targets: Array

    def ranked(self, weights: Array) -> list[reading.Span]:
        """The spans, best first, under some weights."""
        scores = self.values @ weights
        return [replace(self.spans[index], score=float(scores[index])) for index in np.argsort(-scores)]


def target(gold: GoldQuestion, span: reading.Span) -> float:
    """1 for a span that holds gold evidence and matches the gold answer, less for one that only holds evidence."""
    source = span.candidate.view.source
    held = any(
        contains(span.text, evidence.quote) or contains(evidence.quote, span.text)
        for evidence in gold.evidence
        if evidence.file == source
    )
    return (1.0 if is_right(gold, span.text) or gold.type in {"aggregate", "comparison"} else 0.35) if held else 0.0


async def collect(golds: Sequence[GoldQuestion], folders: Sequence[Path]) -> list[Case]:
    """Every question as it stands, then every answerable one without its documents."""
    embedder = create(settings.load({}).embedding)
    library, vectors = await read_library(text_files(folders), embedder)
    cases = []
    for gold in golds:
        cited = {evidence.file for evidence in gold.evidence}
        rest = Library(tuple(view for view in library.views if view.source not in cited))
        for where, answerable, weight in ((library, gold.answerable, 1.0), (rest, False, AWAY)):
            if where is rest and not gold.answerable:
                continue
            question = analyse(gold.question, gold.history, where)
            query = await embedder.query(question.search_text)
            candidates = rank(where, question, cosines(where, vectors, query))
            found = reading.features(where, question, candidates)
            cases.append(
                Case(
                    *(gold, answerable, weight, where, question, candidates, [span for span, _ in found]),
                    np.array([values for _, values in found]),
                    np.array([target(gold, span) if answerable else 0.0 for span, _ in found]),
                )
            )
    embedder.close()
    return cases


def descend(gradient: Callable[[Array], Array], size: int, steps: int, rate: float) -> Array:
    """Adam with fixed settings from zero; small problems, so nothing finer is needed."""
    weights, momentum, spread = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        slope = gradient(weights)
        momentum = 0.9 * momentum + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        weights = weights - rate * (momentum / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return weights


def fit_reading(cases: Sequence[Case]) -> Array:
    """Weights under which the spans that hold the answers are likeliest."""
    useful = [case for case in cases if case.targets.size and case.targets.max() > 0]

    def gradient(weights: Array) -> Array:
        total = np.zeros_like(weights)
        for case in useful:
            scores = case.values @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            wanted = likely * case.targets
            total += case.values.T @ (likely - wanted / max(wanted.sum(), 1e-12))
        return total / len(useful) + READING_PENALTY * weights

    return descend(gradient, len(reading.FEATURES), STEPS, 0.1)


def confidence_rows(cases: Sequence[Case], weights: Array) -> Array:
    """The confidence features of every case under some reading weights."""
    return np.array(
        [
            confidence.confidence_features(case.library, case.question, case.candidates, case.ranked(weights))
            for case in cases
        ]
    )


def fit_confidence(rows: Array, cases: Sequence[Case]) -> Array:
    """Weights of the logistic model that tells answerable from unanswerable."""
    wanted = np.array([float(case.answerable) for case in cases])
    weigh = np.array([case.weight for case in cases])
    penalty = np.full(rows.shape[1], CONFIDENCE_PENALTY)
    penalty[0] = 0

    def gradient(weights: Array) -> Array:
        sure = 1 / (1 + np.exp(-rows @ weights))
        slope: Array = rows.T @ ((sure - wanted) * weigh) / weigh.sum() + penalty * weights
        return slope

    return descend(gradient, rows.shape[1], 5 * STEPS, 0.05)


def says_right(case: Case, weights: Array) -> bool:
    """Whether the answer composed from the ranked spans is right."""
    composed = compose(case.question, case.ranked(weights))
    return composed is not None and is_right(case.gold, composed.answer)


def cross_validate(cases: Sequence[Case]) -> tuple[Array, Array]:
    """For every case as a person wrote it: its confidence and whether its answer is right, fitted without it."""
    ids = sorted({case.gold.id for case in cases})
    fold_of = dict(zip(ids, np.random.default_rng(1).permutation(len(ids)) % FOLDS, strict=True))
    sure, right = {}, {}
    for fold in range(FOLDS):
        known = [case for case in cases if fold_of[case.gold.id] != fold]
        held = [case for case in cases if fold_of[case.gold.id] == fold and case.weight == 1.0]
        weights = fit_reading(known)
        judged = fit_confidence(confidence_rows(known, weights), known)
        values = 1 / (1 + np.exp(-confidence_rows(held, weights) @ judged))
        for case, value in zip(held, values, strict=True):
            sure[case.gold.id] = value
            right[case.gold.id] = case.answerable and says_right(case, weights)
    written = [case.gold.id for case in cases if case.weight == 1.0]
    return np.array([sure[name] for name in written]), np.array([right[name] for name in written])


def best_threshold(sure: Array, right: Array, answerable: Array) -> float:
    """The confidence at which most questions end right, among those that refuse enough of the unanswerable ones."""
    steps = np.arange(0.2, 0.9, 0.005)
    refused = np.array([np.mean(sure[~answerable] < step) for step in steps])
    scores = np.array([np.sum((sure >= step) & right) + np.sum((sure < step) & ~answerable) for step in steps])
    scores[refused < LEAST_REFUSED] = -1
    return float(np.median(steps[scores == scores.max()]))


def main() -> None:
    """Fit, print the cross-validated figures and, with ``--write``, replace the parameters of the product."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    cases = asyncio.run(collect(read_questions(arguments.questions), arguments.documents))
    sure, right = cross_validate(cases)
    answerable = np.array([case.answerable for case in cases if case.weight == 1.0])
    threshold = best_threshold(sure, right, answerable)
    kept = sure >= threshold
    figures = {
        "questions": str(len(answerable)),
        "cross-validated right of answerable": f"{np.mean((kept & right)[answerable]):.3f}",
        "cross-validated refused of unanswerable": f"{np.mean(~kept[~answerable]):.3f}",
        "right if nothing were refused": f"{np.mean(right[answerable]):.3f}",
    }
    for name, value in figures.items():
        print(f"{name:42} {value}")
    weights = fit_reading(cases)
    judged = fit_confidence(confidence_rows(cases, weights), cases)
    fitted = Parameters(
        reading=dict(zip(reading.FEATURES, np.round(weights, 3).tolist(), strict=True)),
        confidence=dict(zip(confidence.FEATURES, np.round(judged, 3).tolist(), strict=True)),
        threshold=round(threshold, 3),
        provenance={"fitted": dt.datetime.now(dt.UTC).date().isoformat(), "folds": str(FOLDS), **figures},
    )
    text = msgspec.json.format(msgspec.json.encode(fitted)).decode() + "\n"
    if arguments.write:
        (Path(reading.__file__).parent / "parameters.json").write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
