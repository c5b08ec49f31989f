"""The systems that are compared: Närplan, its arms by themselves, and the peers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bench.peers import DEPTH, Chunk, Embeds, Search
from bench.quality_measures import SHOWN, Passage, QualityQuestion
from bench.quality_vectors import Floats, Vectors, Watched
from initiatives.access import SYSTEM
from retrieval import lexical
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from retrieval.finding import find
from retrieval.kinds import UnitKind
from retrieval.questions import analyse
from retrieval.search import Candidate, shown
from retrieval.views import Library, View

DEEP = 50
"""How many units an arm of ours gives by itself: neighbours share a window, and ten windows are wanted."""
RRF = 60


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, and milliseconds of the search without the question's vector."""

    passages: list[Passage]
    search_ms: float


Build = Callable[[Sequence[Chunk], Embeds], Search]
Answer = Callable[[QualityQuestion], Awaitable[Found]]


def asked(question: QualityQuestion) -> str:
    """A question as one text, for systems that know no conversation: the earlier questions stand before it."""
    return " ".join((*question.history, question.question))


def product(assistant: Assistant, library: Library) -> Answer:
    """Närplan: the passages that come with an answer, from the database and all."""
    watched = Watched(assistant.embedder)
    own = Assistant(assistant.sessions, cast("Embedder", watched), shelf=assistant.shelf)

    async def answer(question: QualityQuestion) -> Found:
        begun, before = time.perf_counter(), watched.spent_ms
        found = await find(own, SYSTEM, library, question.question, question.history)
        spent = 1000 * (time.perf_counter() - begun) - (watched.spent_ms - before)
        return Found([Passage(hit.source, hit.text) for hit in found.passages[:SHOWN]], spent)

    return answer


class Units:
    """The units of a library in one row, for arms that know nothing of documents."""

    def __init__(self, library: Library, vectors: Mapping[tuple[object, int], Floats]) -> None:
        self.library = library
        self.places: list[tuple[View, int]] = [
            (view, position)
            for view in library.views
            for position, unit in enumerate(view.units)
            if unit.kind != UnitKind.CONTENTS
        ]
        self.matrix = np.array([vectors[view.version_id, position] for view, position in self.places])

    def chunks(self) -> list[Chunk]:
        """The units as chunks of a peer: the text that is searched is the one that Närplan searches."""
        return [
            Chunk(view.source, view.text[unit.start : unit.end], searched(view, position))
            for view, position in self.places
            for unit in (view.units[position],)
        ]

    def passages(self, ranked: Sequence[int]) -> list[Passage]:
        """The windows that Närplan shows for ranked units."""
        candidates = [Candidate(*self.places[number], 0.0, 0.0) for number in ranked]
        return [Passage(window.candidate.view.source, window.text) for window in shown(candidates, SHOWN)]

    def by_meaning(self, vector: Sequence[float]) -> list[int]:
        """The units nearest to a vector."""
        return _best(self.matrix @ np.asarray(vector, dtype=np.float32))

    def by_words(self, question: QualityQuestion) -> list[int]:
        """The units with the highest BM25 for the analysed question."""
        terms = analyse(question.question, question.history, self.library).terms
        rows = lexical.score([view.segment for view in self.library.views], terms)
        by_view = {id(view): row for view, row in zip(self.library.views, rows, strict=True)}
        return _best(np.array([by_view[id(view)][position] for view, position in self.places]))


def searched(view: View, position: int) -> str:
    """The text of a unit that is embedded and indexed: its context in front of its own text."""
    unit = view.units[position]
    return "\n".join(part for part in (unit.context, view.text[unit.start : unit.end]) if part)


def arms(units: Units, vectors: Vectors) -> dict[str, Answer]:
    """Our arms by themselves and their plain rank fusion."""
    rankings: dict[str, Callable[[QualityQuestion], list[int]]] = {
        "dense": lambda question: units.by_meaning(vectors.query(asked(question))),
        "bm25": units.by_words,
        "rrf": lambda question: fuse(
            [
                ranking[:DEPTH]
                for ranking in (units.by_words(question), units.by_meaning(vectors.query(asked(question))))
            ]
        ),
    }
    return {name: timed(lambda question, rank=rank: units.passages(rank(question))) for name, rank in rankings.items()}


def peer(build: Build, chunks: Sequence[Chunk], vectors: Vectors, units: Units | None = None) -> Answer:
    """A peer's search over chunks; with ``units`` the chunks are those, and the windows around them are shown."""
    search = build(chunks, vectors)

    def passages(question: QualityQuestion) -> list[Passage]:
        numbers = search(asked(question))
        if units is not None:
            return units.passages(numbers)
        return [Passage(chunks[number].source, chunks[number].text) for number in numbers]

    return timed(passages)


def timed(passages: Callable[[QualityQuestion], list[Passage]]) -> Answer:
    """An answer with the time that it took."""

    async def answer(question: QualityQuestion) -> Found:
        begun = time.perf_counter()
        found = passages(question)
        return Found(found, 1000 * (time.perf_counter() - begun))

    return answer


def fuse(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Reciprocal rank fusion."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (RRF + rank)
    return sorted(scores, key=lambda number: -scores[number])


def _best(scores: NDArray[np.floating]) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:DEEP]
    return [int(number) for number in order if scores[number] > 0]
