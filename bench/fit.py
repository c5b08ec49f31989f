"""Fit the weights of reading and confidence on question sets, by cross-validation, and write them as data.

    python -m bench.fit QUESTIONS.jsonl… --documents FOLDER… [--write]

Reading is a softmax over the spans of a question: the weights that make the spans which hold the answer likeliest.
Confidence is a logistic model that tells answerable questions from others. Questions of the styles ``pair`` and
``twin`` may have evidence but no pattern for the answer: reading learns from both and confidence from twins, but no
answer of theirs is called right or wrong. Every question's vector is moved by a map (`bench.adapt`) that was fitted
without that question.
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
from bench.adapt import Material, gather, out_of_fold, train, write
from bench.gold import read_gold
from bench.memory import Vectors, cosines, read_library, text_files
from retrieval import confidence, features, reading
from retrieval.adaptation import Adaptation
from retrieval.composing import compose
from retrieval.embedding import create
from retrieval.evaluation import GoldQuestion, contains, is_right
from retrieval.parameters import Parameters
from retrieval.questions import analyse
from retrieval.search import Candidate, rank
from retrieval.sought import Sought, sought
from retrieval.views import Library

PAIR, TWIN = "pair", "twin"
MAPS = 3
"""How many maps are fitted, each without its share of the questions."""
FOLDS = 6
STEPS = 300
READING_PENALTY = 0.005
CONFIDENCE_PENALTY, VECTOR_PENALTY = 0.017, 0.15
"""Of the weights of features that were made to vary equally; the vector has ten times as many numbers."""
RIGHT, HELD = 1.0, 0.35
"""What a span is worth that holds the evidence and answers, and one that only holds it."""
LEAST_REFUSED = 0.8
"""The share of unanswerable questions that must be refused: a made-up answer harms more than none."""
ABOUT = 0.005
"""A share of the questions within which two confidences do equally well."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question put to a library: its spans with features, and how well each span answers (0 to 1)."""

    gold: GoldQuestion
    asked: Sought
    candidates: list[Candidate]
    spans: list[features.Span]
    vector: NDArray[np.float32]
    values: Array
    targets: Array

    @property
    def measured(self) -> bool:
        """Whether the question was written for measuring, so that it can be told if it was dealt with rightly."""
        return self.gold.style not in {PAIR, TWIN}

    def ranked(self, weights: Array) -> list[features.Span]:
        """The spans, best first, under some weights."""
        scores = self.values @ weights
        return [replace(self.spans[index], score=float(scores[index])) for index in np.argsort(-scores)]


def target(gold: GoldQuestion, span: features.Span) -> float:
    """How well a span answers: `RIGHT`, `HELD`, or 0 without gold evidence."""
    source = span.candidate.view.source
    held = any(
        contains(span.text, evidence.quote) or contains(evidence.quote, span.text)
        for evidence in gold.evidence
        if evidence.file == source
    )
    full = is_right(gold, span.text) or gold.type in {"aggregate", "comparison"}
    return (RIGHT if full else HELD) if held else 0.0


def case(gold: GoldQuestion, library: Library, vectors: Vectors, vector: NDArray[np.float32]) -> Case:
    """One question put to the library, searched for with the given vector."""
    question = analyse(gold.question, gold.history, library)
    candidates = rank(library, question, cosines(library, vectors, vector))
    asked = sought(library, question, vector)
    spans = features.features(asked, candidates[: reading.READ])
    return Case(
        *(gold, asked, candidates, spans, vector),
        np.array([span.values for span in spans]).reshape(len(spans), len(features.FEATURES)),
        np.array([target(gold, span) if gold.answerable else 0.0 for span in spans]),
    )


async def collect(questions: Sequence[Path], folders: Sequence[Path]) -> tuple[list[Case], Adaptation]:
    """Read questions and documents, put every question by a map that has not seen it, and fit the map of all."""
    embedder = create(settings.load({}).embedding)
    paths = text_files(folders)
    golds = read_gold(questions, paths)
    library, vectors = await read_library(paths, embedder)
    material: Material = await gather(golds, library, vectors, embedder)
    embedder.close()
    moved = out_of_fold(material, MAPS)
    put = [case(gold, library, vectors, vector) for gold, vector in zip(golds, moved, strict=True)]
    return put, train(material, range(len(golds)))


def descend(gradient: Callable[[Array], Array], size: int, steps: int, rate: float) -> Array:
    """Adam with fixed settings from zero; small problems, so nothing finer is needed."""
    weights, momentum, spread = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        slope = gradient(weights)
        momentum = 0.9 * momentum + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope**2
        weights = weights - rate * (momentum / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return weights


def fit_reading(known: Sequence[Case]) -> Array:
    """Weights under which the spans that hold the answers are likeliest."""
    useful = [case for case in known if case.targets.size and case.targets.max() > 0]
    values = np.concatenate([case.values for case in useful])
    wanted = np.concatenate([case.targets for case in useful])
    starts = np.cumsum([0, *(len(case.targets) for case in useful)])[:-1]
    lengths = np.array([len(case.targets) for case in useful])

    def per_question(numbers: Array, gather: np.ufunc) -> Array:
        return np.repeat(gather.reduceat(numbers, starts), lengths)

    def gradient(weights: Array) -> Array:
        scores = values @ weights
        likely = np.exp(scores - per_question(scores, np.maximum))
        likely /= per_question(likely, np.add)
        right = likely * wanted
        slope: Array = values.T @ (likely - right / np.maximum(per_question(right, np.add), 1e-12))
        return slope / len(useful) + READING_PENALTY * weights

    return descend(gradient, len(features.FEATURES), STEPS, 0.1)


def confidence_rows(known: Sequence[Case], weights: Array) -> Array:
    """The confidence features of every case under some reading weights, and after them the question's vector."""
    return np.array(
        [
            np.concatenate(
                [
                    confidence.confidence_features(case.asked, case.candidates, case.ranked(weights)),
                    case.vector,
                ]
            )
            for case in known
        ]
    )


def fit_confidence(known: Sequence[Case], reading_weights: Array) -> Array:
    """Weights of the logistic model that tells answerable from unanswerable: of its features, then of the vector."""
    judged = [case for case in known if case.gold.style != PAIR and case.spans]
    rows = confidence_rows(judged, reading_weights)
    wanted = np.array([float(case.gold.answerable) for case in judged])
    count = len(confidence.FEATURES)
    spread = rows.std(axis=0) + 1e-9
    spread[0] = 1.0
    even = rows / spread
    penalty = np.full(rows.shape[1], VECTOR_PENALTY)
    penalty[:count] = CONFIDENCE_PENALTY
    penalty[0] = 0

    def gradient(weights: Array) -> Array:
        sure = 1 / (1 + np.exp(-even @ weights))
        slope: Array = even.T @ (sure - wanted) / len(judged) + penalty * weights
        return slope

    found: Array = descend(gradient, rows.shape[1], 5 * STEPS, 0.02) / spread
    return found


def says_right(case: Case, weights: Array) -> bool:
    """Whether the answer composed from the ranked spans is right."""
    composed = compose(case.asked.question, case.ranked(weights))
    return composed is not None and is_right(case.gold, composed.answer)


def cross_validate(every: Sequence[Case]) -> tuple[Array, NDArray[np.bool_]]:
    """For every measured case, in order: its confidence and whether its answer is right, fitted without it."""
    ids = sorted({case.gold.id for case in every})
    fold_of = dict(zip(ids, np.random.default_rng(1).permutation(len(ids)) % FOLDS, strict=True))
    sure, right = {}, {}
    for fold in range(FOLDS):
        known = [case for case in every if fold_of[case.gold.id] != fold]
        held = [case for case in every if fold_of[case.gold.id] == fold and case.measured]
        weights = fit_reading(known)
        judged = fit_confidence(known, weights)
        values = 1 / (1 + np.exp(-confidence_rows(held, weights) @ judged))
        for case, value in zip(held, values, strict=True):
            sure[case.gold.id] = value
            right[case.gold.id] = case.gold.answerable and says_right(case, weights)
    written = [case.gold.id for case in every if case.measured]
    return np.array([sure[name] for name in written]), np.array([right[name] for name in written])


def best_threshold(sure: Array, right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> float:
    """The middle of the confidences at which about the most questions end right and enough unanswerable are refused."""
    steps = np.arange(0.2, 0.9, 0.005)
    refused = np.array([np.mean(sure[~answerable] < step) for step in steps])
    ends_right = np.array([np.mean(np.where(answerable, (sure >= step) & right, sure < step)) for step in steps])
    ends_right[refused < LEAST_REFUSED] = 0
    return float(np.median(steps[ends_right >= ends_right.max() - ABOUT]))


def main() -> None:
    """Fit, print the cross-validated figures and, with ``--write``, replace the parameters of the product."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    every, fitted_map = asyncio.run(collect(arguments.questions, arguments.documents))
    every = [case for case in every if case.spans]
    sure, right = cross_validate(every)
    answerable = np.array([case.gold.answerable for case in every if case.measured])
    threshold = best_threshold(sure, right, answerable)
    kept = sure >= threshold
    figures = {
        "questions": str(len(answerable)),
        "learned from": str(len(every)),
        "cross-validated right of answerable": f"{np.mean((kept & right)[answerable]):.3f}",
        "cross-validated refused of unanswerable": f"{np.mean(~kept[~answerable]):.3f}",
        "right if nothing were refused": f"{np.mean(right[answerable]):.3f}",
    }
    for name, value in figures.items():
        print(f"{name:42} {value}")
    weights = fit_reading(every)
    judged = fit_confidence(every, weights)
    fitted = Parameters(
        reading=dict(zip(features.FEATURES, np.round(weights, 3).tolist(), strict=True)),
        confidence=dict(
            zip(confidence.FEATURES, np.round(judged[: len(confidence.FEATURES)], 3).tolist(), strict=True)
        ),
        threshold=round(threshold, 3),
        provenance={"fitted": dt.datetime.now(dt.UTC).date().isoformat(), "folds": str(FOLDS), **figures},
    )
    text = msgspec.json.format(msgspec.json.encode(fitted)).decode() + "\n"
    if arguments.write:
        write(replace(fitted_map, asking=judged[len(confidence.FEATURES) :].astype(np.float32)))
        (Path(reading.__file__).parent / "parameters.json").write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
