"""The lexical index: one immutable segment for each document version, and BM25 over the segments that are visible.

A segment is packed once at ingest and read by any process. Document frequencies are counted over the visible
segments alone, so a score says nothing of what the asker may not see.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from retrieval.analysis import distinct_words, index_terms

K1 = 1.2
B = 0.6
"""BM25's saturation and length weight (Robertson and Zaragoza 2009); units are short and alike, so length says less."""

ANALYSIS = 3
"""Raise when a text gives other terms or pieces than before: versions with a lower number are analysed anew."""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """The terms of one version: for each term the positions of its units and its weighted frequency in each.

    ``words`` are the distinct words as written (folded), which misspelled question words are compared with.
    """

    lengths: list[float]
    postings: dict[str, tuple[list[int], list[float]]]
    words: list[str]


def pack(texts: Sequence[str]) -> bytes:
    """Analyse the units of a version (``texts[i]`` is unit ``i`` with its context) and pack their segment."""
    lengths = []
    words: set[str] = set()
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for position, text in enumerate(texts):
        terms = index_terms(text)
        words.update(distinct_words(text))
        lengths.append(round(sum(terms.values()), 2))
        for term, weight in terms.items():
            positions, weights = postings.setdefault(term, ([], []))
            positions.append(position)
            weights.append(round(weight, 2))
    return msgspec.msgpack.encode(Segment(lengths, postings, sorted(words)))


def unpack(data: bytes) -> Segment:
    """Read a packed segment."""
    return msgspec.msgpack.decode(data, type=Segment)


def document_frequencies(segments: Sequence[Segment], terms: Mapping[str, float]) -> dict[str, int]:
    """In how many units of the segments each term stands."""
    return {
        term: sum(len(segment.postings[term][0]) for segment in segments if term in segment.postings) for term in terms
    }


def inverse_frequency(count: int, total: int) -> float:
    """BM25's inverse document frequency, never below zero."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def score(segments: Sequence[Segment], terms: Mapping[str, float]) -> list[NDArray[np.float64]]:
    """BM25 of every unit of every segment for the weighted question terms, in the order of the segments."""
    total = sum(len(segment.lengths) for segment in segments)
    average = sum(sum(segment.lengths) for segment in segments) / max(1, total)
    frequencies = document_frequencies(segments, terms)
    scores = [np.zeros(len(segment.lengths)) for segment in segments]
    for term, weight in terms.items():
        if not frequencies[term]:
            continue
        gain = weight * inverse_frequency(frequencies[term], total) * (K1 + 1)
        for segment, row in zip(segments, scores, strict=True):
            posting = segment.postings.get(term)
            if posting is not None:
                for position, count in zip(*posting, strict=True):
                    norm = K1 * (1 - B + B * segment.lengths[position] / average)
                    row[position] += gain * count / (count + norm)
    return scores
