"""Question to passages: search, reading and the decision whether they answer, with the model whose vectors answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from initiatives.access import Viewer
from retrieval import models
from retrieval.adaptation import Sighted, sight
from retrieval.answers import Hit
from retrieval.composing import Composed, compose, hit
from retrieval.confidence import confidence, confidence_features
from retrieval.embedding import ModelUnavailable
from retrieval.features import Span
from retrieval.parameters import parameters
from retrieval.questions import Question, analyse, may_stand_alone
from retrieval.reading import read, rearrange
from retrieval.reranking import Reranker, second_reading
from retrieval.search import nearest, rank, shown
from retrieval.sought import sought
from retrieval.turns import give_way, think
from retrieval.views import Library

if TYPE_CHECKING:
    from retrieval.answering import Assistant

SHOWN = 12
"""How many passages come with an answer."""
READ = 8
"""How many of the best spans are kept, for a language model that searches."""
CLEARLY = 0.1
"""How much surer a question must be on its own than as a follow-up to be taken as a new subject."""
BY_WORDS_ALONE = (
    "Svaret bygger bara på orden i frågan, inte på vad de betyder: {detail} Det går över när sökindexet är ombyggt."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What search and reading came to, before a word is said; ``notice`` is what the reader must know of the search.

    ``spans`` are the places that were read as the best, whether they answer or not.
    """

    passages: tuple[Hit, ...]
    composed: Composed | None
    confidence: float
    notice: str | None = None
    spans: tuple[Span, ...] = ()


class Exchanged(Exception):
    """Another model has come into force since the library was read."""


async def find(assistant: Assistant, person: Viewer, library: Library, text: str, history: Sequence[str] = ()) -> Found:
    """Search and read; a question that may or may not go on from the one before is read both ways.

    When another embedding model comes into force meanwhile, all of it is done again with that one.
    """
    try:
        return await _find(assistant, person, library, text, history)
    except Exchanged:
        async with assistant.sessions(person) as session:
            library = await assistant.shelf.library(session, person)
        return await _find(assistant, person, library, text, history)


async def _find(assistant: Assistant, person: Viewer, library: Library, text: str, history: Sequence[str]) -> Found:
    question = await think(analyse, text, history, library)
    found = await _look_up(assistant, person, library, question)
    if may_stand_alone(question):
        alone = await _look_up(assistant, person, library, await think(analyse, text, (), library))
        opens_subject = found.composed is None or alone.confidence > found.confidence + CLEARLY
        return alone if alone.composed is not None and opens_subject else found
    return found


async def _look_up(assistant: Assistant, person: Viewer, library: Library, question: Question) -> Found:
    seen, cosines, notice = Sighted(None), dict[tuple[uuid.UUID, int], float](), None
    if library.model is not None:
        try:
            seen = await sight(await models.speaker(assistant.embedder, library.model), question.search_text)
        except ModelUnavailable as gone:
            notice = BY_WORDS_ALONE.format(detail=gone.detail)
    if seen.vector is not None:
        async with assistant.sessions(person) as session:
            cosines = await nearest(session, library, seen.vector)
            if not cosines and library.size and await models.in_force(session) != library.model:
                raise Exchanged
    found = await think(understand, library, question, cosines, seen, assistant.reranker)
    return replace(found, notice=notice)


def understand(
    library: Library,
    question: Question,
    cosines: dict[tuple[uuid.UUID, int], float],
    seen: Sighted,
    reranker: Reranker | None = None,
) -> Found:
    """Rank, read and decide; ``seen`` is the question's vector, and ``reranker`` reads what is best once more.

    ``composed`` is None when the confidence is below the fitted threshold; a calculation stands by itself, since every
    term of it was found.
    """
    candidates = rank(library, question, cosines)
    if not candidates:
        return Found((), None, 0.0)
    give_way()
    asked = sought(library, question, seen.vector)
    spans = read(asked, candidates)
    give_way()
    if not spans:
        return Found(tuple(hit(window) for window in shown(candidates, SHOWN)), None, 0.0)
    if reranker is not None:
        spans = second_reading(reranker, question.search_text, spans)
    passages = tuple(hit(window) for window in shown(rearrange(candidates, spans), SHOWN))
    give_way()
    fitted = parameters()
    judged = confidence_features(asked, candidates, spans)
    give_way()
    sure = confidence(fitted.confidence, judged, seen.asking)
    composed = compose(question, spans)
    if sure < fitted.threshold and not (composed and composed.computed):
        composed = None
    return Found(passages, composed, sure, spans=tuple(spans[:READ]))
