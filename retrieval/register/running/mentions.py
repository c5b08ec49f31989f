"""Whether the texts of a thing hold the words of a question that nothing else accounts for."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.analysis import index_terms, word_terms
from retrieval.lexicon import fold, lexicon
from retrieval.register.asking import Query

WHOLE = 0.9
SHORTEST_PART = 5
"""From how many letters a part of a compound alone tells what it is about."""


def mentioned(query: Query, *texts: str | None) -> bool:
    """Whether every word that the question wants mentioned stands in some of the texts, in any of its forms."""
    if not query.mentions:
        return True
    held = index_terms(" ".join(text for text in texts if text))
    return all(_stands(fold(word), held) for word in query.mentions)


def holds(words: Sequence[str], text: str) -> int:
    """How many of the words a text holds, in any of their forms."""
    held = index_terms(text)
    return sum(_stands(fold(word), held) for word in words)


def _stands(word: str, held: dict[str, float]) -> bool:
    if any(term in held for term, weight in word_terms(word) if weight >= WHOLE):
        return True
    parts = [part for part in lexicon().split(word) if len(part) >= SHORTEST_PART]
    return bool(parts) and len(parts) == len(lexicon().split(word)) and all(part in held for part in parts)
