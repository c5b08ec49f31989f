"""Swedish text to weighted terms: base forms, compound parts, amounts, dates and case numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from retrieval.figures import FIGURE, figure_term
from retrieval.lexicon import fold, lexicon

PART_WEIGHT = 0.5
"""A compound part counts half of the word it stands in, and a part of a part half of that again."""
DEEPEST = 3
SHORTEST_WORD = 3
TOKEN = re.compile(
    r"(?P<case>(?:[A-ZÅÄÖ]{1,6}\s?)?\d{4}[-/:]\d{1,6}(?![\d-]))"
    r"|(?P<word>[^\W\d_]+(?:[-‐‑:’'\u00ad][^\W\d_]+|[-‐\u00ad]\n(?!(?:och|eller|samt|respektive)\b)[a-zåäö]+|-(?=\s))*)"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
)
LINE_END = re.compile(r"(?<=[a-zåäö]{2})[-‐\u00ad]\n")
"""Where a word was broken at the end of a line; after a capital or a single letter the hyphen is the word's own."""
STOP_WORDS = frozenset(
    (
        *("och", "i", "att", "det", "som", "en", "på", "är", "av", "för", "med", "till", "den", "har", "de", "inte"),
        *("om", "ett", "han", "hon", "men", "var", "jag", "sig", "från", "vi", "så", "kan", "när", "år", "under"),
        *("också", "efter", "eller", "nu", "sin", "där", "vid", "mot", "ska", "skulle", "kommer", "ut", "får", "finns"),
        *("vara", "hade", "alla", "andra", "mycket", "än", "här", "då", "sedan", "över", "bara", "in", "blir", "upp"),
        *("även", "vad", "få", "två", "vill", "ha", "många", "hur", "mer", "går", "sina", "detta", "inom", "varit"),
        *("vilka", "vilken", "vilket", "vem", "vems", "varför", "blev", "bli", "man", "ni", "du", "sitt", "dess"),
        *("denna", "dessa", "samt", "skall", "måste", "bör", "kunna", "oss", "er", "vår", "vårt", "våra", "genom"),
        *("utan", "mellan", "enligt", "per", "bland", "annat", "varje", "något", "någon", "några", "allt", "dels"),
        *("vart", "varifrån", "hos", "göra", "gör", "görs", "ge", "ger", "ges", "utifrån", "respektive", "både"),
        *("avseende", "angående", "gällande", "ta", "tar", "the", "of", "in", "to", "is", "and", "for", "a", "what"),
        *("how", "which", "who", "when", "does", "do", "was", "are", "much", "many", "by", "on", "did", "it", "its"),
    )
)


@lru_cache(maxsize=200_000)
def word_terms(folded: str) -> tuple[tuple[str, float], ...]:
    """The terms of one folded word with their weights: the base form at 1, compound parts at less."""
    words = lexicon()
    weights: dict[str, float] = {}

    def add(form: str, weight: float, depth: int) -> None:
        base = words.base(form)
        weights[base] = max(weights.get(base, 0.0), weight)
        if depth < DEEPEST:
            for part in words.split(form):
                if part != base and part not in STOP_WORDS:
                    weights[part] = max(weights.get(part, 0.0), weight * PART_WEIGHT)
                    for deeper in words.split(part):
                        weights[deeper] = max(weights.get(deeper, 0.0), weight * PART_WEIGHT**2)

    if "-" in folded:
        pieces = [piece for piece in folded.split("-") if piece]
        joined = "".join(pieces)
        add(joined, 1.0, 0)
        for piece in pieces:
            if piece not in STOP_WORDS:
                add(piece, PART_WEIGHT if len(pieces) > 1 else 1.0, 1)
    else:
        add(folded, 1.0, 0)
    return tuple(weights.items())


def tokens(text: str) -> Iterator[tuple[int, int, str, tuple[tuple[str, float], ...]]]:
    """Start, end, folded form and weighted terms of every token; a stop word comes with no terms.

    Amounts, percentages and dates give one normalised term besides their digits: ``447mnkr`` and
    ``447 miljoner kronor`` share ``kr:447000000``.
    """
    for figure in FIGURE.finditer(text):
        term = figure_term(figure)
        if term is not None:
            yield figure.start(), figure.end(), figure.group(), ((term, 1.0),)
    for match in TOKEN.finditer(text):
        folded = fold(_unbroken(match.group()))
        if match.lastgroup == "word":
            folded = folded.strip("-‐‑:’'").replace("‐", "-").replace("‑", "-")
            terms = () if folded in STOP_WORDS else word_terms(folded)
        elif match.lastgroup == "case":
            folded = folded.replace(" ", "")
            number = folded.lstrip("abcdefghijklmnopqrstuvwxyzåäö")
            parts = ((digits, PART_WEIGHT) for digits in re.findall(r"\d+", folded))
            terms = tuple({folded: 1.0, number: 1.0, **dict(parts)}.items())
        else:
            terms = ((folded.replace(".", ","), 1.0),)
        yield match.start(), match.end(), folded, terms


def _unbroken(word: str) -> str:
    """The word on one line."""
    return LINE_END.sub("", word).replace("\n", "")


def index_terms(text: str) -> dict[str, float]:
    """The weighted frequency of each term of a text, for the lexical index and for comparing sentences."""
    weights: dict[str, float] = defaultdict(float)
    for _, _, _, terms in tokens(text):
        for term, weight in terms:
            weights[term] += weight
    return dict(weights)


def distinct_words(text: str) -> set[str]:
    """The folded words of a text that carry meaning, for comparing misspelled question words with."""
    return {
        folded
        for match in TOKEN.finditer(text)
        if match.lastgroup == "word"
        and len(folded := fold(_unbroken(match.group())).strip("-‐‑:’'")) >= SHORTEST_WORD
        and folded not in STOP_WORDS
    }
