"""Hits to answer candidates: the sentences, rows, clauses and lists that speak to a question, scored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval import lexical
from retrieval.analysis import index_terms
from retrieval.evidence import carries, counts_it, names_somebody
from retrieval.parameters import parameters
from retrieval.pieces import pieces, surroundings
from retrieval.questions import EXACT, Expected, Question
from retrieval.search import Candidate
from retrieval.views import Library, View
from retrieval.wording import Asked

READING_WEIGHT = 0.9
"""How much reading moves the order of search; under cross-validation anything from 0.5 to 1.5 did equally well."""
DEEPEST = 6.0
ROW = "row"
HEADING = "heading"
"""Units that are headings with nothing under them: a title says nothing, but a signature says who."""
READ = 14
"""How many of the best units are read."""
SUBJECT = 0.5
"""What a word carried over from the earlier question weighs beside one of the question's own."""
SHORTEST = 25
"""Characters below which a piece is a fragment (a name, a label) and needs the neighbours to be understood."""
LONG = 450
NEAR = 0.55
FAR = 0.35
"""Credit for a question word that stands in the unit or its context, and in the rest of its section, not the span."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document that may be quoted: offsets into the view's text, and why it was chosen.

    ``own`` (0 to 1) is the share of the question's weighted words that the span speaks to by itself, ``fits`` whether
    it carries the kind of thing asked for.
    """

    candidate: Candidate
    start: int
    end: int
    score: float
    own: float
    fits: bool

    @property
    def text(self) -> str:
        """The verbatim text."""
        return self.candidate.view.text[self.start : self.end]


def word_weights(library: Library, asked: Sequence[Asked]) -> dict[str, float]:
    """How much each asked word tells: its inverse frequency among the visible units; a word unknown there, the most."""
    every = {term: 1.0 for word in asked for term in word.terms}
    counts = lexical.document_frequencies([view.segment for view in library.views], every)
    total = library.size
    return {
        word.base: lexical.inverse_frequency(
            counts.get(word.base, 0)
            or max((counts[term] for term, credit in word.terms.items() if credit >= NEAR), default=0),
            total,
        )
        for word in asked
    }


def coverage(asked: Sequence[Asked], weights: Mapping[str, float], *places: tuple[frozenset[str], float]) -> float:
    """The share (0 to 1) of the asked words' weight that the places speak to; each place gives its own credit."""
    total = sum(weights[word.base] for word in asked)
    found = sum(
        weights[word.base]
        * max(
            (credit * value for terms, credit in places for term, value in word.terms.items() if term in terms),
            default=0.0,
        )
        for word in asked
    )
    return min(1.0, found / total) if total else 0.0


FEATURES = (
    *("fused", "cosine", "own", "near", "around", "neighbour", "fits", "own_and_fits", "year", "list", "list_asked"),
    *("row", "clause", "fragment", "long", "title", "same_document", "question"),
    *("counted", "named", "signed", "lead_alone"),
)
"""What a span is weighed by, in the order of `features`; the weights are fitted and kept as data."""


def features(
    library: Library, question: Question, candidates: Sequence[Candidate]
) -> list[tuple[Span, tuple[float, ...]]]:
    """Every span of the best candidates with its features, in the order of the candidates.

    Where one particular thing is asked for (an amount, a date, a name), a list is read by its items alone.
    """
    asked = (*question.asked, *question.subject)
    weights = word_weights(library, asked)
    for word in question.subject:
        weights[word.base] *= SUBJECT
    found: list[tuple[Span, tuple[float, ...]]] = []
    best = candidates[0].dense if candidates else 0.0
    top = candidates[0].view if candidates else None
    for candidate in candidates[:READ]:
        view, position = candidate.view, candidate.position
        nearby = surroundings(view, position)
        parts = pieces(view, position)
        titled = coverage(asked, weights, (title_terms(view.title), 1.0))
        kind = view.units[position].kind
        if (kind == HEADING and question.expected is not Expected.WHO) or heads_columns(view, position):
            continue
        for index, part in enumerate(parts):
            if part.is_list and question.expected in EXACT:
                continue
            text = view.text[part.start : part.end]
            own = coverage(asked, weights, (part.terms, 1.0))
            near = coverage(asked, weights, (part.terms, 1.0), (nearby.near, NEAR))
            around = coverage(asked, weights, (part.terms, 1.0), (nearby.near, NEAR), (nearby.around, FAR))
            before = parts[index - 1].terms if index and not part.is_list else frozenset()
            neighbour = coverage(asked, weights, (part.terms, 1.0), (before, 0.8)) - own
            fits = carries(question, text)
            year = not question.years or bool(question.years & part.years) or 0.5 * bool(question.years & nearby.years)
            length = part.end - part.start
            found.append(
                (
                    Span(candidate, part.start, part.end, 0.0, own, fits),
                    (
                        *(candidate.score, 10 * (candidate.dense - best), own, near, around, neighbour, float(fits)),
                        *(own * fits, float(year), float(part.is_list)),
                        float(part.is_list and question.expected is Expected.LIST),
                        *(float(kind == ROW), float(kind == "att-sats")),
                        *(float(length < SHORTEST), max(0.0, length - LONG) / LONG, titled, float(view is top)),
                        float(text.rstrip().endswith("?")),
                        float(question.expected is Expected.COUNT and counts_it(question, text)),
                        float(question.expected is Expected.WHO and names_somebody(text)),
                        float(question.expected is Expected.WHO and kind == HEADING),
                        float(not part.is_list and text.rstrip().endswith(":")),
                    ),
                )
            )
    return found


def heads_columns(view: View, position: int) -> bool:
    """Whether a row is the head of its table, which the rows under it carry as their context."""
    following = view.units[position + 1] if position + 1 < len(view.units) else None
    unit = view.units[position]
    if unit.kind != ROW or following is None or following.kind != ROW or following.section != unit.section:
        return False
    head = re.sub(r"\W+", "", view.text[unit.start : unit.end])
    return bool(head) and re.sub(r"\W+", "", following.context).endswith(head)


@lru_cache(maxsize=10_000)
def title_terms(title: str) -> frozenset[str]:
    """The terms of a document's title."""
    return frozenset(index_terms(title))


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


def read(library: Library, question: Question, candidates: Sequence[Candidate]) -> list[Span]:
    """The spans of the best candidates that may answer the question, best first."""
    weights = [parameters().reading[name] for name in FEATURES]
    scored = [
        replace(span, score=sum(weight * value for weight, value in zip(weights, values, strict=True)))
        for span, values in features(library, question, candidates)
    ]
    return sorted(scored, key=lambda span: -span.score)
