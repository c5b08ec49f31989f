"""Fit the map from a question's vector to its passages on question–passage pairs, and measure it.

    python -m bench.adapt QUESTIONS.jsonl… --documents FOLDER…

The map begins as within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006): directions in which a
question and its passage differ by habit count less. From there a softmax over all units, and one over all their
pieces, is made to prefer those that hold the evidence. Here a fifth of the questions at a time is kept aside, then all
questions on a fifth of the documents, and how often their passages are found is printed, with and without the map;
``python -m bench.fit --write`` fits the map of the product.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from api import settings
from bench.gold import read_gold
from bench.memory import Vectors, read_library, text_files
from retrieval import adaptation, bundled
from retrieval.adaptation import Adaptation
from retrieval.embedding import Embedder, create
from retrieval.evaluation import GoldQuestion, contains
from retrieval.features import vectors_of
from retrieval.kinds import UnitKind
from retrieval.questions import analyse
from retrieval.views import Library

RIDGE = 2.0
"""How much of the average variance is added to every direction before the covariance is inverted."""
PENALTY = 0.03
STEPS = 200
BATCH = 384
RATE = 0.002
SHARPNESS = 30.0
LEAST = 30
"""Characters that a piece must have to be the evidence by standing inside the quotation."""
DEPTHS = (1, 5, 10)
APART = 5
"""How many parts the questions, or the documents, are kept aside in."""
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """Questions (n, d), passages (m, d), and which of those are whole units (m,), of which document each is (m,).

    ``right`` holds the indices of each question's right passages; a question without evidence has none.
    """

    ids: list[str]
    questions: Array
    passages: Array
    units: NDArray[np.bool_]
    documents: NDArray[np.int64]
    right: list[list[int]]


async def gather(golds: Sequence[GoldQuestion], library: Library, vectors: Vectors, embedder: Embedder) -> Material:
    """Embed the questions and find the passages that hold their evidence."""
    rows, whole, of, texts = list[Array](), list[bool](), list[int](), dict[str, list[tuple[int, str]]]()
    for document, view in enumerate(library.views):
        for position, unit in enumerate(view.units):
            if unit.kind == UnitKind.CONTENTS:
                continue
            parts = [(span, vector, False) for span, vector in vectors_of(view, position).items()]
            for span, vector, is_unit in (((unit.start, unit.end), vectors[view.version_id][position], True), *parts):
                texts.setdefault(view.source, []).append((len(rows), view.text[slice(*span)]))
                rows.append(vector)
                whole.append(is_unit)
                of.append(document)
    asked = [analyse(gold.question, gold.history, library).search_text for gold in golds]
    return Material(
        [gold.id for gold in golds],
        np.stack([await embedder.query(text) for text in asked]),
        np.stack(rows).astype(np.float32),
        np.array(whole),
        np.array(of),
        [list(_holding(gold, texts)) for gold in golds],
    )


def _holding(gold: GoldQuestion, texts: dict[str, list[tuple[int, str]]]) -> Iterator[int]:
    for evidence in gold.evidence if gold.answerable else ():
        for index, text in texts.get(evidence.file, ()):
            if contains(text, evidence.quote) or (len(text) > LEAST and contains(evidence.quote, text)):
                yield index


def normalisation(questions: Array, right: Array) -> Array:
    """The inverse of the regularised covariance of questions minus their passages, (d, d), with trace d."""
    differences = (questions - right).astype(np.float64)
    covariance = np.cov(differences.T, bias=True)
    size = covariance.shape[0]
    inverse = np.linalg.inv(covariance + RIDGE * np.trace(covariance) / size * np.eye(size))
    return np.asarray(inverse / np.trace(inverse) * size, np.float32)


def train(material: Material, chosen: Sequence[int]) -> Adaptation:
    """The map fitted on the chosen questions (indices); those without a right passage are passed over."""
    chosen = [index for index in chosen if material.right[index]]
    questions = material.questions[chosen]
    centre = questions.mean(axis=0)
    right = np.stack([material.passages[material.right[index]].mean(axis=0) for index in chosen])
    begin = torch.from_numpy(normalisation(questions, right))
    held = torch.zeros(len(chosen), len(material.passages), dtype=torch.bool)
    for row, index in enumerate(chosen):
        held[row, material.right[index]] = True
    asked, passages = torch.from_numpy(questions - centre), torch.from_numpy(material.passages).T
    kinds = (torch.from_numpy(material.units), torch.from_numpy(~material.units))
    change = torch.zeros_like(begin, requires_grad=True)
    sharpness = torch.full((len(kinds),), float(np.log(SHARPNESS)), requires_grad=True)
    optimiser = torch.optim.Adam([change, sharpness], lr=RATE)
    order = np.random.default_rng(1)
    for _ in range(STEPS):
        rows = torch.from_numpy(order.choice(len(chosen), min(BATCH, len(chosen)), replace=False))
        optimiser.zero_grad()
        moved = torch.nn.functional.normalize(asked[rows] @ (begin + change), dim=1)
        loss = PENALTY * (change**2).sum()
        for kind, sharp in zip(kinds, sharpness, strict=True):
            loss = loss + surprise(moved @ passages[:, kind] * sharp.exp(), held[rows][:, kind]) / len(kinds)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    nothing = np.zeros_like(centre)
    return Adaptation(bundled.NAME, centre, (begin + change).detach().numpy(), nothing)


def surprise(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Minus the log probability of the right ones under a softmax, averaged over the questions that have one."""
    known = right.any(dim=1)
    likely = torch.log_softmax(scores[known], dim=1).masked_fill(~right[known], -torch.inf)
    return -torch.logsumexp(likely, dim=1).mean()


def folds(count: int, number: int) -> NDArray[np.int64]:
    """Which of ``number`` folds each of ``count`` questions is in."""
    return np.random.default_rng(1).permutation(count) % number


def out_of_fold(material: Material, number: int) -> Array:
    """The questions' vectors, each moved by a map that was fitted without the question, (n, d)."""
    fold = folds(len(material.ids), number)
    return _moved(material, [(fold != one, fold == one) for one in range(number)])


def out_of_documents(material: Material, number: int) -> Array:
    """The questions' vectors, each moved by a map that was fitted without any question on its documents, (n, d)."""
    fold = folds(int(material.documents.max()) + 1, number)[material.documents]
    of = [set(fold[right].tolist()) for right in material.right]
    within = [np.array([one in folds_of for folds_of in of]) for one in range(number)]
    return _moved(material, [(~held, held) for held in within])


def _moved(material: Material, parts: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> Array:
    moved = material.questions.copy()
    for known, aside in parts:
        moved[aside] = train(material, np.flatnonzero(known).tolist()).apply(material.questions[aside])
    return moved


def found(material: Material, questions: Array, chosen: Sequence[int]) -> dict[int, float]:
    """The share of the chosen questions with a right unit among the first 1, 5 and 10."""
    units = np.flatnonzero(material.units)
    ranks = []
    for index in chosen:
        right = np.intersect1d(material.right[index], units)
        if right.size:
            scores = material.passages @ questions[index]
            ranks.append(int((scores[units] > scores[right].max()).sum()))
    return {depth: round(float(np.mean([rank < depth for rank in ranks])), 3) for depth in DEPTHS}


async def collect(questions: Sequence[Path], folders: Sequence[Path]) -> Material:
    """Read questions and documents."""
    embedder = create(settings.load({}).embedding)
    paths = text_files(folders)
    library, vectors = await read_library(paths, embedder)
    material = await gather(read_gold(questions, paths), library, vectors, embedder)
    embedder.close()
    return material


def write(fitted: Adaptation) -> None:
    """Replace the map of the product; halves are enough for it."""
    path = Path(adaptation.__file__).parent / adaptation.FILE
    np.savez(
        path,
        model=fitted.model,
        centre=fitted.centre.astype(np.float16),
        matrix=fitted.matrix.astype(np.float16),
        asking=fitted.asking.astype(np.float16),
    )


def main() -> None:
    """Print what vectors alone find of questions that the map has not seen, and of documents that it has not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--documents", nargs="+", type=Path, required=True)
    arguments = parser.parse_args()
    material = asyncio.run(collect(arguments.questions, arguments.documents))
    for name, questions in (
        ("as the model gives them", material.questions),
        ("moved, question not seen", out_of_fold(material, APART)),
        ("moved, documents not seen", out_of_documents(material, APART)),
    ):
        print(f"{name:28}", found(material, questions, range(len(material.ids))))


if __name__ == "__main__":
    main()
