"""What tells a span that answers from one that only speaks of the same thing: the features that reading weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval import meanings
from retrieval.evidence import REASON, carries, counts_it, names_somebody
from retrieval.figures import years
from retrieval.kinds import UnitKind
from retrieval.lists import BULLET_LINE
from retrieval.pieces import Piece, Surroundings, pieces, surroundings, terms_of
from retrieval.places import FIGURES, YEARLY, Mark, Places, fresh, places
from retrieval.questions import EXACT, Expected, Question, known_number
from retrieval.search import Candidate
from retrieval.sought import HALF, Sought, Terms
from retrieval.turns import give_way
from retrieval.views import View
from retrieval.wording import Asked

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
UNREAD = 0.2
"""How much below its unit a list counts, for which there is no vector of its own (in tenths of cosine)."""
LISTED = frozenset({Expected.LIST, Expected.NAME})
PARTED = re.compile(r",\s|\b(?:och|samt)\b|\band\b")
"""What parts the things of a list in running text."""
SPAN_OF_YEARS = re.compile(r"\b(?:19|20)\d\d\s?[-–]\s?(?:19|20)?\d\d\b")
PERSONS = frozenset({Expected.WHO, Expected.NAME})
"""Kinds of question that a heading with nothing under it may answer: a signature says who."""
FEATURES = (
    *("fused", "cosine", "meaning", "rank", "best_in_document"),
    *("own", "near", "around", "neighbour", "title", "section", "document", "focus", "rare", "rare_near", "pairs"),
    *("fits", "own_and_fits", "holds", "fresh", "beside", "own_and_beside", "counted", "named", "signed", "cause"),
    *(
        "names_near",
        "names_in_document",
        "other_row",
        "year",
        "year_conflict",
        "figures_year",
        "document_year",
        "too_few",
    ),
    *("list", "list_asked", "row", "clause", "long", "same_document", "position", "lead_alone"),
)
"""What a span is weighed by, in the order of `features`; the weights are fitted and kept as data."""


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


def features(sought: Sought, candidates: Sequence[Candidate]) -> list[Span]:
    """Every span of the candidates with its features, not yet scored, in the order of the candidates.

    Where one particular thing is asked for (an amount, a date, a name), a list is read by its items alone.
    """
    question = sought.question
    best_in: dict[int, float] = {}
    for candidate in candidates:
        best_in.setdefault(id(candidate.view), candidate.score)
    found: list[Span] = []
    for rank, candidate in enumerate(candidates):
        kind = candidate.unit.kind
        unnamed = kind == UnitKind.HEADING and question.expected not in PERSONS
        if unnamed or heads_columns(candidate.view, candidate.position):
            continue
        shared = _of_unit(sought, candidate, candidates[0], rank, best_in[id(candidate.view)])
        before: Terms = frozenset()
        for piece in pieces(candidate.view, candidate.position):
            give_way()
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
        "row": float(unit.kind == UnitKind.ROW),
        "clause": float(unit.kind == UnitKind.ATT),
        "signed": float(question.expected in PERSONS and unit.kind == UnitKind.HEADING),
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
    row = candidate.unit.kind == UnitKind.ROW
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
        "counted": float(question.expected is Expected.COUNT and _counted(sought, candidate, piece, new)),
        "named": float(question.expected in PERSONS and names_somebody(text)),
        "cause": float(question.expected is Expected.REASON and bool(REASON.search(text))),
        "other_row": _other_row(sought, candidate, piece),
        **_years(question, piece, nearby),
        "figures_year": _figures_year(sought, candidate, piece, held, new),
        "too_few": _too_few(question, text, new),
        "list": float(piece.is_list),
        "list_asked": float(piece.is_list and question.expected is Expected.LIST),
        "long": max(0.0, length - LONG) / LONG,
        "lead_alone": float(not piece.is_list and text.rstrip().endswith(":")),
    }


def _counted(sought: Sought, candidate: Candidate, piece: Piece, new: Sequence[Mark]) -> bool:
    """Whether a number is one of what the question counts; in a row, what is counted stands in a head or in a cell."""
    if candidate.unit.kind != UnitKind.ROW:
        return counts_it(sought.question, candidate.view.text[piece.start : piece.end])
    return bool(new) and sought.share(sought.focus, _in_row(candidate, piece), 0.0) >= HALF


def _in_row(candidate: Candidate, piece: Piece) -> tuple[tuple[Terms, float], ...]:
    """A row's own cells and the heads that it stands under."""
    return (piece.terms, 1.0), (terms_of(candidate.unit.context), 1.0)


def _other_row(sought: Sought, candidate: Candidate, piece: Piece) -> float:
    """How far (0 to 1) a table's row lacks the asked names that its document has: it is probably somebody else's."""
    if candidate.unit.kind != UnitKind.ROW or not sought.names:
        return 0.0
    known = sought.share(sought.names, [(candidate.view.segment.postings, 1.0)], 0.0)
    return known * (1 - sought.share(sought.names, _in_row(candidate, piece), 0.0))


def _years(question: Question, piece: Piece, nearby: Surroundings) -> dict[str, float]:
    """Whether the asked year is in the piece or near it, and whether the piece is of another year."""
    asked = question.years
    agrees = not asked or bool(asked & piece.years) or HALF * bool(asked & nearby.years)
    conflict = bool(asked) and bool(piece.years) and not asked & (piece.years | nearby.years)
    return {"year": float(agrees), "year_conflict": float(conflict)}


def _figures_year(sought: Sought, candidate: Candidate, piece: Piece, held: Places, new: Sequence[Mark]) -> float:
    """Whether the years beside the new figures, or over the columns of a row, are others than the asked ones."""
    if not sought.question.years or not new or not sought.marks & FIGURES:
        return 0.0
    if candidate.unit.kind == UnitKind.ROW:
        head = SPAN_OF_YEARS.sub(" ", candidate.unit.context.rsplit("\n", 1)[-1])
        found = years(head) | piece.years
        return float(bool(found) and not found & sought.question.years)
    said = [mark for mark in held.marks if mark.kind == YEARLY]
    if not said:
        return 0.0
    nearest = {min(said, key=lambda year: abs(year.place - mark.place)).value for mark in new}
    return float(not nearest & {str(year) for year in sought.question.years})


def _too_few(question: Question, text: str, new: Sequence[Mark]) -> float:
    """How far (0 to 1) a piece falls short of the number of things that the question says there are."""
    number = known_number(question) if question.expected in LISTED else None
    if not number:
        return 0.0
    if question.expected is Expected.NAME:
        found = len({mark.value for mark in new})
    else:
        found = max(len(BULLET_LINE.findall(text)), len(PARTED.findall(text)) + 1)
    return max(0.0, 1 - found / number)


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
    if (
        unit.kind != UnitKind.ROW
        or following is None
        or following.kind != UnitKind.ROW
        or following.section != unit.section
    ):
        return False
    head = re.sub(r"\W+", "", view.text[unit.start : unit.end])
    return bool(head) and re.sub(r"\W+", "", following.context).endswith(head)
