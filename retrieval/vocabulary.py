"""The words of the visible documents, and the way from a misspelled or oddly split question word to one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from retrieval.lexicon import lexicon

DIACRITICS = str.maketrans("åäöÅÄÖ", "aaoAAO")
SHORTEST_FUZZY = 5
LEAST_ALIKE = 82.0
"""Similarity (0 to 100, normalised edit distance) below which two words are different words, not a misspelling."""
MOST_CANDIDATES = 3


class Vocabulary:
    """The distinct folded words of some documents, ready to look up without diacritics and with typing errors."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._plain: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._plain[word.translate(DIACRITICS)].append(word)
        self._choices = list(self._plain)
        self._bases = frozenset(map(lexicon().base, self._words))

    def knows(self, word: str) -> bool:
        """Whether the documents use the word, in this form or another of the same base form."""
        return word in self._words or lexicon().base(word) in self._bases

    def beginning(self, start: str) -> list[str]:
        """The words that begin so, in alphabetical order."""
        return sorted(word for word in self._words if word.startswith(start))

    def without_diacritics(self, word: str) -> list[str]:
        """The words that are the given one once å, ä and ö are written a, a and o; the word itself left out."""
        return [found for found in self._plain.get(word.translate(DIACRITICS), ()) if found != word]

    def alike(self, word: str) -> list[str]:
        """Words that the given one may be a misspelling of, the likeliest first, at most three."""
        if len(word) < SHORTEST_FUZZY:
            return []
        plain = word.translate(DIACRITICS)
        found = process.extract(
            plain, self._choices, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=MOST_CANDIDATES
        )
        best = found[0][1] if found else 0.0
        return [word for choice, score, _ in found if score >= best - 2 for word in self._plain[choice]]
