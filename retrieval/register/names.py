"""The names of the register that a person may see, and which a question means: inflected, shortened, misspelled."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from retrieval.analysis import STOP_WORDS, tokens
from retrieval.lexicon import fold, lexicon
from retrieval.register.asking import Named, Subject
from retrieval.register.lexis import SIMPLE, SMALL, SPELLED
from retrieval.vocabulary import Vocabulary

FAINT = 0.3
"""What a part of a part of a compound has in common with a word is too little to go by."""
IN_FULL = 0.95
ENDS, SHORTEST_CONTRACTED = 5, 12
"""How many letters of both its ends a contracted compound shares with the whole one, and how long it must be."""
LONG = 9
"""From how many letters a compound that is one letter from a name's word is taken to be misspelled."""
NO_HEADS = STOP_WORDS | SIMPLE | {"ingen", "inget", "ingar"}
"""Words that end no compound, though misspelled ones may look so."""
Terms = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: as it is written in the mended question, its place there, and its weighted terms."""

    text: str
    start: int
    end: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Link:
    """A name that a question may mean: how much of the question's words (``asked``) and of the name it covers, 0 to 1.

    ``hit`` are the places of the words that it covers, ``strengths`` how well it covers each word.
    """

    named: Named
    asked: float
    name: float
    hit: frozenset[int]
    strengths: Mapping[int, float]


@dataclass(frozen=True, eq=False)
class Names:
    """Names, ready to be looked for in questions."""

    every: tuple[Named, ...]

    @cached_property
    def _ways(self) -> list[tuple[int, tuple[Terms, ...]]]:
        """Each way to write each name: the place of the name, and the terms of each of its words."""
        return [
            (place, words)
            for place, named in enumerate(self.every)
            for way in (named.name, *named.other)
            if (words := tuple(terms for _, terms in content(way)))
        ]

    @cached_property
    def _postings(self) -> dict[str, list[tuple[int, int, float]]]:
        found: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
        for way, (_, words) in enumerate(self._ways):
            for position, terms in enumerate(words):
                for term, weight in terms.items():
                    found[term].append((way, position, weight))
        return found

    @cached_property
    def _rarity(self) -> dict[str, float]:
        total = len(self.every)
        return {
            term: math.log(1 + total / len({self._ways[way][0] for way, _, _ in held}))
            for term, held in self._postings.items()
        }

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all names, and those of the grammar, to mend the spelling of questions by."""
        words = {fold(word) for named in self.every for way in (named.name, *named.other) for word, _ in content(way)}
        return Vocabulary(words | SPELLED | STOP_WORDS)

    def together(self, first: str, last: str) -> bool:
        """Whether a name has both words, each by itself."""
        ways = [
            {way for way, _, held in self._postings.get(lexicon().base(word), ()) if held == 1}
            for word in (first, last)
        ]
        return bool(ways[0] & ways[1])

    def has(self, word: Word) -> bool:
        """Whether some name has a word of a question, or a part of it."""
        return any(term in self._postings for term in word.terms)

    def rarity(self, word: Word) -> float:
        """How telling a word is among the names; one that no name has is as telling as can be."""
        base = max(word.terms, key=lambda term: word.terms[term], default="")
        return self._rarity.get(base, math.log(1 + max(1, len(self.every))))

    def links(self, words: Sequence[Word]) -> list[Link]:
        """The names that share something with some words, the best first."""
        hits: dict[int, dict[int, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        for place, word in enumerate(words):
            for term, weight in word.terms.items():
                for way, position, held in self._postings.get(term, ()):
                    if (strength := weight * held) > FAINT and self._may(word, way):
                        row = hits[way][position]
                        row[place] = max(row.get(place, 0.0), strength)
        weights = [self.rarity(word) for word in words]
        whole = sum(weights) or 1.0
        best: dict[int, Link] = {}
        for way, positions in hits.items():
            index, of_name = self._ways[way]
            named = self.every[index]
            link = self._link(named, of_name, positions, weights, whole)
            best[index] = link if index not in best else _better(best[index], link)
        return sorted(best.values(), key=lambda link: (-link.asked, -link.name, link.named.name))

    def _may(self, word: Word, way: int) -> bool:
        """Whether a word may mean a name; people's names are not inflected but for the genitive: *Eken* is not *Ek*."""
        if self.every[self._ways[way][0]].subject is not Subject.PERSON:
            return True
        return word.text in self._exact[way] or word.text.removesuffix("s") in self._exact[way]

    @cached_property
    def _exact(self) -> list[frozenset[str]]:
        ways = [way for named in self.every for way in (named.name, *named.other) if content(way)]
        return [frozenset(folded for folded, _ in content(way)) for way in ways]

    def _link(
        self,
        named: Named,
        of_name: Sequence[Terms],
        positions: Mapping[int, Mapping[int, float]],
        weights: Sequence[float],
        whole: float,
    ) -> Link:
        per_word: dict[int, float] = defaultdict(float)
        # A compound may be several words of a name: vårdcentralsflytten, flytt av vårdcentral.
        for row in positions.values():
            for place, strength in row.items():
                per_word[place] = min(1.0, per_word[place] + strength)
        rare = [self._rarity[max(terms, key=lambda term: terms[term])] for terms in of_name]
        covered = sum(rare[position] * max(row.values()) for position, row in positions.items())
        asked = sum(weights[place] * strength for place, strength in per_word.items())
        hit = frozenset(place for place, strength in per_word.items() if strength >= 2 * FAINT)
        return Link(named, asked / whole, covered / sum(rare), hit or frozenset(per_word), per_word)


def _better(one: Link, other: Link) -> Link:
    """Of two ways that a thing is called in a question the better; the words of both where both are said in full."""
    least, best = sorted((one, other), key=lambda link: (link.name >= IN_FULL, link.asked, link.name))
    if least.name < IN_FULL:
        return best
    strengths = {**least.strengths, **best.strengths}
    return replace(best, hit=best.hit | least.hit, strengths=strengths)


def content(text: str) -> list[tuple[str, Terms]]:
    """The words of a name that carry meaning, folded, each with its weighted terms."""
    every: list[tuple[str, Terms]] = [
        (folded, dict(terms)) for _, _, folded, terms in tokens(text) if terms and any(map(str.isalnum, folded))
    ]
    return [one for one in every if one[0] not in SMALL] or every


def _is_compound(word: str) -> bool:
    """Whether a word is made of words; *fortbildingen* is not, though it ends like *ingen*."""
    parts = lexicon().cuts(word)
    return bool(parts) and parts[-1] not in NO_HEADS


def meant(word: str, names: Names, *, bare: bool) -> str:
    """What a folded word of a question was probably meant to be, by the names and the grammar; itself where known."""
    vocabulary = names.vocabulary
    if bare and (restored := [one for one in vocabulary.without_diacritics(word) if one in SPELLED]):
        return restored[0]
    if vocabulary.knows(word):
        return word
    if word.endswith("s") and word not in lexicon() and vocabulary.knows(word[:-1]):
        return word[:-1]
    if restored := vocabulary.without_diacritics(word):
        return restored[0]
    if word in lexicon():
        return word
    near = [] if _is_compound(word) and len(word) < LONG else vocabulary.alike(word)
    return contracted(word, vocabulary) or next(iter(near), word)


def contracted(word: str, vocabulary: Vocabulary) -> str:
    """The word that a shortened compound begins and ends like: *rehabkoordinatorer*; empty where there is none."""
    if len(word) < SHORTEST_CONTRACTED:
        return ""
    found = [one for one in vocabulary.beginning(word[:ENDS]) if one.endswith(word[-ENDS:]) and len(one) > len(word)]
    return min(found, key=len, default="")
