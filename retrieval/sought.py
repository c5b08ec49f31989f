"""A question made ready for reading: how much each of its words tells, and how far a place speaks to them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval import lexical
from retrieval.places import wanted
from retrieval.questions import Question
from retrieval.views import Library
from retrieval.wording import Asked

SUBJECT = 0.5
"""What a word carried over from the earlier question weighs beside one of the question's own."""
CLOSE_MEANING = 0.55
"""The credit from which a term counts as the word itself in other clothes, when its frequency is asked."""
TELLING = 2
"""How many of the rarest question words are looked for by themselves."""
HALF = 0.5
"""What a share counts as where there is nothing to have a share of."""
Terms = Container[str]


@dataclass(frozen=True, eq=False)
class Sought:
    """A question's words with their weights by base form, the telling ones among them, and what is wanted.

    ``known`` are the base forms of the words that stand in some visible text, in any form; ``vector`` is the
    question's, None where only words count.
    """

    question: Question
    asked: tuple[Asked, ...]
    weights: Mapping[str, float]
    known: frozenset[str]
    names: tuple[Asked, ...]
    focus: tuple[Asked, ...]
    rarest: tuple[Asked, ...]
    marks: frozenset[str]
    vector: NDArray[np.float32] | None

    def share(self, words: Sequence[Asked], places: Sequence[tuple[Terms, float]], otherwise: float) -> float:
        """`coverage` of some of the words, or ``otherwise`` where there are none."""
        return coverage(words, self.weights, *places) if words else otherwise

    def unknown(self, words: Sequence[Asked]) -> float:
        """The share (0 to 1) of some words' weight that stands in no visible text."""
        total = sum(self.weights[word.base] for word in words)
        missing = sum(self.weights[word.base] for word in words if word.base not in self.known)
        return missing / total if total else 0.0


def sought(library: Library, question: Question, vector: NDArray[np.float32] | None = None) -> Sought:
    """Weigh the question's words by how rare they are in the library: a word unknown there tells the most."""
    asked = (*question.asked, *question.subject)
    every = {term: 1.0 for word in asked for term in word.terms}
    counts = lexical.document_frequencies([view.segment for view in library.views], every)
    weights = {word.base: _weight(word, counts, library.size) for word in asked}
    for word in question.subject:
        weights[word.base] *= SUBJECT
    return Sought(
        question,
        asked,
        weights,
        frozenset(word.base for word in asked if any(counts[term] for term in word.terms)),
        tuple(word for word in asked if word.is_name),
        tuple(word for word in asked if word.is_focus),
        tuple(sorted(asked, key=lambda word: -weights[word.base])[:TELLING]),
        wanted(question),
        vector,
    )


def _weight(word: Asked, counts: Mapping[str, int], total: int) -> float:
    own = counts.get(word.base, 0)
    alike = (counts[term] for term, credit in word.terms.items() if credit >= CLOSE_MEANING)
    return lexical.inverse_frequency(own or max(alike, default=0), total)


def coverage(asked: Sequence[Asked], weights: Mapping[str, float], *places: tuple[Terms, float]) -> float:
    """The share (0 to 1) of the asked words' weight that the places speak to; each place gives its own credit.

    A place is anything that tells whether a term is in it.
    """
    total = sum(weights[word.base] for word in asked)
    found = sum(
        weights[word.base]
        * max(
            (credit * value for held, credit in places for term, value in word.terms.items() if term in held),
            default=0.0,
        )
        for word in asked
    )
    return min(1.0, found / total) if total else 0.0
