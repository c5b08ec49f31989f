"""The terms of a question: as written, as meant (typing errors, split compounds), and in other words (synonyms)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from retrieval.analysis import STOP_WORDS, tokens, word_terms
from retrieval.lexicon import lexicon
from retrieval.synonyms import synonyms
from retrieval.vocabulary import DIACRITICS, Vocabulary

SHORTEST_JOINED = 7
CORRECTED = 0.9
RESTORED = 0.8
"""What a corrected spelling weighs, and a word to which å, ä or ö were restored though it exists without them."""
PLAIN_STOP_WORDS = frozenset(word.translate(DIACRITICS) for word in STOP_WORDS)
ASKING = frozenset(
    (
        *("mycket", "mång", "stor", "lång", "oft", "vad", "vilk", "datum", "nämn", "het", "gäll", "säg", "berätt"),
        *("stå", "finn", "sätt", "sagd", "much", "many", "year", "years", "heta", "sak", "hur", "läng"),
    )
)
"""Base forms that shape a question without naming its subject; they are not looked for in the documents."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question and every term that speaks for it, with the credit that each gives (1 for the word).

    ``is_name`` tells that it was written as a name: with a capital, not first in the question; ``is_focus`` that it
    stands first after the question's opening word, and so names the thing that is asked for.
    """

    base: str
    terms: dict[str, float]
    is_name: bool = False
    is_focus: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """A question's words, each with what may stand for it in a document."""

    asked: tuple[Asked, ...]

    @property
    def terms(self) -> dict[str, float]:
        """All terms to look for with their weights."""
        merged: dict[str, float] = {}
        for word in self.asked:
            for term, weight in word.terms.items():
                merged[term] = max(merged.get(term, 0.0), weight)
        return merged

    @property
    def words(self) -> tuple[str, ...]:
        """The base forms of the words, in order."""
        return tuple(word.base for word in self.asked)


def credit(word: Asked, terms: Container[str]) -> float:
    """How far (0 to 1) some terms speak to a word of the question."""
    return max((value for term, value in word.terms.items() if term in terms), default=0.0)


def read_wording(text: str, vocabulary: Vocabulary | None) -> Wording:
    """Turn a question into words and what may stand for them. Without a vocabulary nothing is corrected or joined."""
    bare = text.translate(DIACRITICS) == text
    written = [folded for _, _, folded, _ in tokens(text) if folded.isalpha()]
    joined = _joined(written, vocabulary) if vocabulary is not None else {}
    asked: dict[str, dict[str, float]] = {}
    names: set[str] = set()
    for start, _, folded, found in tokens(text):
        if (not found or (bare and folded in PLAIN_STOP_WORDS)) and folded not in joined:
            continue
        base, terms = _word(folded, found, vocabulary, bare=bare)
        for word in joined.get(folded, ()):
            _merge(terms, word_terms(word), 1.0)
        if start and text[start].isupper():
            names.add(base)
        if base not in ASKING:
            _merge(asked.setdefault(base, {}), terms.items(), 1.0)
    for index, others in synonyms(tuple(asked)).items():
        _merge(list(asked.values())[index], others.items(), 1.0)
    return Wording(
        tuple(Asked(base, terms, base in names, index == 0) for index, (base, terms) in enumerate(asked.items()))
    )


def _word(
    folded: str, found: Sequence[tuple[str, float]], vocabulary: Vocabulary | None, *, bare: bool
) -> tuple[str, dict[str, float]]:
    """The base form of a word of the question, as meant, and the terms that speak for it."""
    known, meant = True, []
    if vocabulary is not None and folded.isalpha():
        known, meant = vocabulary.knows(folded), _meant(folded, vocabulary, bare=bare)
    base, terms = folded, dict[str, float]()
    if found and (known or not meant):
        base = _base(found)
        terms.update(found)
    elif meant:
        base = _base(word_terms(meant[0]))
    for word in meant:
        _merge(terms, word_terms(word), RESTORED if known else CORRECTED)
    return base, terms


def _base(found: Sequence[tuple[str, float]]) -> str:
    return max(found, key=lambda term: term[1])[0]


def _merge(terms: dict[str, float], found: Iterable[tuple[str, float]], factor: float) -> None:
    for term, weight in found:
        if term not in ASKING:
            terms[term] = max(terms.get(term, 0.0), weight * factor)


def _meant(word: str, vocabulary: Vocabulary, *, bare: bool) -> list[str]:
    """What a word was probably meant to be: itself with diacritics where the question has none, or a near word."""
    if vocabulary.knows(word):
        return [other for other in vocabulary.without_diacritics(word) if other not in STOP_WORDS] if bare else []
    restored = vocabulary.without_diacritics(word)
    is_word = word in lexicon() or bool(lexicon().split(word))
    return restored or ([] if is_word else vocabulary.alike(word))


def _joined(written: Sequence[str], vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Neighbouring words that make one word of the documents when written together (``ungdoms mottagning``).

    Returns the joined words by each of the written ones.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for size in (2, 3):
        for start in range(len(written) - size + 1):
            group = written[start : start + size]
            whole = "".join(group)
            if group[-1] in STOP_WORDS or len(whole) < SHORTEST_JOINED:
                continue
            for meant in [whole] if vocabulary.knows(whole) else vocabulary.without_diacritics(whole):
                for word in group:
                    found[word].append(meant)
    return found
