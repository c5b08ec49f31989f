"""What tells a span that answers from one that only speaks of the same thing: the features that reading weighs."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval import lexical, meanings
from retrieval.evidence import REASON, carries, counts_it, names_somebody
from retrieval.pieces import Piece, Surroundings, pieces, surroundings, terms_of
from retrieval.places import Mark, Places, fresh, places, wanted
from retrieval.questions import EXACT, Expected, Question
from retrieval.search import Candidate
from retrieval.views import Library, View
from retrieval.wording import Asked

SUBJECT = 0.5
"""What a word carried over from the earlier question weighs beside one of the question's own."""
SHORTEST = 25
"""Characters below which a piece is a fragment (a name, a label) and needs the neighbours to be understood."""
LONG = 450
NEAR = 0.55
FAR = 0.35
"""Credit for a question word that stands in the unit or its context, and in the rest of its section, not the span."""
BEFORE = 0.8
"""Credit for a question word that stands in the piece before."""
CLOSE, WITHIN = 6, 12
CLOSE_CREDIT, WITHIN_CREDIT, FAR_CREDIT = 1.0, 0.6, 0.3
"""Words from a figure within which a question word belongs to it, and what it counts there and beyond."""
PAIR = 3
"""Words within which two neighbouring words of the question stand together in a text."""
TELLING = 2
"""How many of the rarest question words are looked for by themselves."""
UNREAD = 0.2
"""How much below its unit a list counts, for which there is no vector of its own (in tenths of cosine)."""
HALF = 0.5
PERSONS = frozenset({Expected.WHO, Expected.NAME})
ROW, HEADING = "row", "heading"
"""Kinds of unit. A heading with nothing under it says nothing, but a signature says who."""
FEATURES = (
    *("fused", "cosine", "meaning", "rank", "best_in_document"),
    *("own", "near", "around", "neighbour", "title", "section", "document", "focus", "rare", "rare_near", "pairs"),
    *("fits", "own_and_fits", "holds", "fresh", "beside", "own_and_beside", "counted", "named", "signed", "cause"),
    *("names_near", "names_in_document", "other_row", "year", "year_conflict", "document_year"),
    *("list", "list_asked", "row", "clause", "long", "same_document", "position", "lead_alone"),
)
"""What a span is weighed by, in the order of `features`; the weights are fitted and kept as data."""


Terms = Container[str]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document that may be quoted: offsets into the view's text, and why it was chosen.

    ``own`` (0 to 1) is the share of the question's weighted words that the span speaks to by itself, ``fits`` whether
    it carries the kind of thing asked for, ``values`` are its features in the order of `FEATURES`.
    """

    candidate: Candidate
    start: int
    end: int
    score: float
    own: float
    fits: bool
    values: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """The verbatim text."""
        return self.candidate.view.text[self.start : self.end]


@dataclass(frozen=True, eq=False)
class Sought:
    """A question made ready for reading: its words with their weights, which are names or the focus, what is wanted."""

    question: Question
    asked: tuple[Asked, ...]
    weights: dict[str, float]
    names: tuple[Asked, ...]
    focus: tuple[Asked, ...]
    rarest: tuple[Asked, ...]
    marks: frozenset[str]
    vector: NDArray[np.float32] | None

    @classmethod
    def of(cls, library: Library, question: Question, vector: NDArray[np.float32] | None) -> Sought:
        """Weigh the question's words by how rare they are in the library."""
        asked = (*question.asked, *question.subject)
        weights = word_weights(library, asked)
        for word in question.subject:
            weights[word.base] *= SUBJECT
        return cls(
            question,
            asked,
            weights,
            tuple(word for word in asked if word.is_name),
            tuple(word for word in asked if word.is_focus),
            tuple(sorted(asked, key=lambda word: -weights[word.base])[:TELLING]),
            wanted(question),
            vector,
        )

    def share(self, words: Sequence[Asked], places: Sequence[tuple[Terms, float]], otherwise: float) -> float:
        """`coverage` of some of the words, or ``otherwise`` where there are none."""
        return coverage(words, self.weights, *places) if words else otherwise


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


def features(
    library: Library, question: Question, candidates: Sequence[Candidate], vector: NDArray[np.float32] | None = None
) -> list[Span]:
    """Every span of the candidates with its features, not yet scored, in the order of the candidates.

    ``vector`` is the question's, for comparing it with the pieces. Where one particular thing is asked for (an amount,
    a date, a name), a list is read by its items alone.
    """
    sought = Sought.of(library, question, vector)
    best_in: dict[int, float] = {}
    for candidate in candidates:
        best_in.setdefault(id(candidate.view), candidate.score)
    found: list[Span] = []
    for rank, candidate in enumerate(candidates):
        kind = candidate.unit.kind
        unnamed = kind == HEADING and question.expected not in PERSONS
        if unnamed or heads_columns(candidate.view, candidate.position):
            continue
        shared = _of_unit(sought, candidate, candidates[0], rank, best_in[id(candidate.view)])
        before: Container[str] = frozenset()
        for piece in pieces(candidate.view, candidate.position):
            if not (piece.is_list and question.expected in EXACT):
                own, values = _of_piece(sought, candidate, piece, before)
                merged = shared | values
                ordered = tuple(merged[name] for name in FEATURES)
                found.append(Span(candidate, piece.start, piece.end, 0.0, own, bool(values["fits"]), ordered))
            before = piece.terms
    return found


def _of_unit(sought: Sought, candidate: Candidate, top: Candidate, rank: int, best: float) -> dict[str, float]:
    """The features that the pieces of a unit share."""
    view, unit = candidate.view, candidate.unit
    nearby = surroundings(view, candidate.position)
    question, everything = sought.question, view.segment.postings
    return {
        "fused": candidate.score,
        "cosine": 10 * (candidate.dense - top.dense),
        "rank": 1 / (1 + rank),
        "best_in_document": best,
        "title": sought.share(sought.asked, [(terms_of(view.title), 1.0)], 0.0),
        "section": sought.share(sought.asked, [(terms_of(view.section_name(unit)), 1.0)], 0.0),
        "document": sought.share(sought.asked, [(everything, 1.0)], 0.0),
        "rare_near": sought.share(sought.rarest, [(nearby.near, 1.0)], HALF),
        "names_near": sought.share(sought.names, [(nearby.near, 1.0)], 1.0),
        "names_in_document": sought.share(sought.names, [(everything, 1.0)], 1.0),
        "document_year": float(view.year in question.years) if question.years else HALF,
        "row": float(unit.kind == ROW),
        "clause": float(unit.kind == "att-sats"),
        "signed": float(question.expected in PERSONS and unit.kind == HEADING),
        "same_document": float(view is top.view),
        "position": unit.start / max(1, len(view.text)),
    }


def _of_piece(sought: Sought, candidate: Candidate, piece: Piece, before: Terms) -> tuple[float, dict[str, float]]:
    """The share of the question that a piece speaks to by itself, and its features."""
    question, view = sought.question, candidate.view
    nearby = surroundings(view, candidate.position)
    held = places(view, piece.start, piece.end)
    text = view.text[piece.start : piece.end]
    inside, near, length = (piece.terms, 1.0), (nearby.near, NEAR), piece.end - piece.start
    own = sought.share(sought.asked, [inside], 0.0)
    fits = carries(question, text)
    row = candidate.unit.kind == ROW
    new = fresh(question, held, row=row)
    beside = besides(sought, held, new) if sought.marks else 0.0
    return own, {
        "meaning": _meaning(sought, candidate, piece),
        "own": own,
        "near": sought.share(sought.asked, [inside, near], 0.0),
        "around": sought.share(sought.asked, [inside, near, (nearby.around, FAR)], 0.0),
        "neighbour": 0.0 if piece.is_list else sought.share(sought.asked, [inside, (before, BEFORE)], 0.0) - own,
        "focus": sought.share(sought.focus, [inside], HALF),
        "rare": sought.share(sought.rarest, [inside], HALF),
        "pairs": pairs(sought, held),
        "fits": float(fits),
        "own_and_fits": own * fits,
        "holds": float(bool(new) or any(mark.kind in sought.marks for mark in held.marks)) if sought.marks else HALF,
        "fresh": float(bool(new)) if sought.marks else HALF,
        "beside": beside,
        "own_and_beside": own * (beside if sought.marks else HALF),
        "counted": float(question.expected is Expected.COUNT and _counted(sought, candidate, text, new)),
        "named": float(question.expected in PERSONS and names_somebody(text)),
        "cause": float(question.expected is Expected.REASON and bool(REASON.search(text))),
        "other_row": _other_row(sought, candidate, piece),
        **_years(question, piece, nearby),
        "list": float(piece.is_list),
        "list_asked": float(piece.is_list and question.expected is Expected.LIST),
        "long": max(0.0, length - LONG) / LONG,
        "lead_alone": float(not piece.is_list and text.rstrip().endswith(":")),
    }


def _counted(sought: Sought, candidate: Candidate, text: str, new: Sequence[Mark]) -> bool:
    """Whether a number is one of what the question counts; in a row, what is counted stands in a head or in a cell."""
    if candidate.unit.kind != ROW:
        return counts_it(sought.question, text)
    places_of_it = (terms_of(candidate.unit.context), 1.0), (terms_of(text), 1.0)
    return bool(new) and sought.share(sought.focus, places_of_it, 0.0) >= HALF


def _other_row(sought: Sought, candidate: Candidate, piece: Piece) -> float:
    """How far (0 to 1) a table's row lacks the asked names that its document has: it is probably somebody else's."""
    if candidate.unit.kind != ROW or not sought.names:
        return 0.0
    known = sought.share(sought.names, [(candidate.view.segment.postings, 1.0)], 0.0)
    return known * (1 - sought.share(sought.names, [(piece.terms, 1.0), (terms_of(candidate.unit.context), 1.0)], 0.0))


def _years(question: Question, piece: Piece, nearby: Surroundings) -> dict[str, float]:
    """Whether the asked year is in the piece or near it, and whether the piece is of another year."""
    asked = question.years
    agrees = not asked or bool(asked & piece.years) or HALF * bool(asked & nearby.years)
    conflict = bool(asked) and bool(piece.years) and not asked & (piece.years | nearby.years)
    return {"year": float(agrees), "year_conflict": float(conflict)}


def _meaning(sought: Sought, candidate: Candidate, piece: Piece) -> float:
    """Ten times the cosine of the question with the piece, from the unit's own where the piece has no vector."""
    if sought.vector is not None:
        found = vectors_of(candidate.view, candidate.position).get((piece.start, piece.end))
        if found is not None:
            return 10 * float(found @ sought.vector)
    return 10 * candidate.dense - UNREAD


def vectors_of(view: View, position: int) -> dict[tuple[int, int], NDArray[np.float32]]:
    """The vectors of a unit's pieces by their offsets; empty where the unit has none."""
    kept: dict[tuple[int, int], NDArray[np.float32]] | None = view.notes.get(("vectors", position))
    if kept is None:
        data = view.units[position].parts
        known = meanings.unpack(data) if data else None
        spans = [] if known is None else [(int(start), int(end)) for start, end in known.spans]
        kept = {} if known is None else dict(zip(spans, known.vectors, strict=True))
        view.notes["vectors", position] = kept
    return kept


def besides(sought: Sought, held: Places, new: Sequence[Mark]) -> float:
    """How far (0 to 1) the question's words stand beside the best of the new figures, dates or names."""
    total = sum(sought.weights.values())
    hits = [(sought.weights[word.base], list(_hits(word, held))) for word in sought.asked]

    def credit(distance: int) -> float:
        return CLOSE_CREDIT if distance <= CLOSE else WITHIN_CREDIT if distance <= WITHIN else FAR_CREDIT

    def at(place: int) -> float:
        return sum(
            weight * max((value * credit(abs(hit - place)) for hit, value in found if hit != place), default=0.0)
            for weight, found in hits
        )

    return max((at(place) for place in {mark.place for mark in new}), default=0.0) / total if total else 0.0


def pairs(sought: Sought, held: Places) -> float:
    """The share (0 to 1) of neighbouring words of the question that stand close together in the text too."""
    hits = [{place for place, _ in _hits(word, held)} for word in sought.asked]
    together = [any(0 < abs(a - b) <= PAIR for a in one for b in other) for one, other in pairwise(hits)]
    return sum(together) / len(together) if together else 0.0


def _hits(word: Asked, held: Places) -> Iterator[tuple[int, float]]:
    for term, value in word.terms.items():
        for place in held.terms.get(term, ()):
            yield place, value


def heads_columns(view: View, position: int) -> bool:
    """Whether a row is the head of its table, which the rows under it carry as their context."""
    following = view.units[position + 1] if position + 1 < len(view.units) else None
    unit = view.units[position]
    if unit.kind != ROW or following is None or following.kind != ROW or following.section != unit.section:
        return False
    head = re.sub(r"\W+", "", view.text[unit.start : unit.end])
    return bool(head) and re.sub(r"\W+", "", following.context).endswith(head)
