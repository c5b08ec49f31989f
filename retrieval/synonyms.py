"""Synonyms of the field: data with a reason for each group, read once."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from itertools import product

from retrieval.analysis import STOP_WORDS, tokens

SYNONYM_WEIGHT = 0.6
"""What a synonym weighs beside the word that was asked; the asked word should win where both stand."""


LONGEST_PHRASE = 5


@lru_cache(maxsize=1)
def groups() -> tuple[tuple[str, ...], ...]:
    """The groups of words and phrases that mean the same."""
    data = tomllib.loads((files("retrieval") / "synonyms.toml").read_text(encoding="utf-8"))
    return tuple(tuple(group["words"]) for group in data["group"])


def base_terms(phrase: str) -> tuple[str, ...]:
    """The base forms of the words of a phrase, in order, compound parts left out."""
    return tuple(
        term
        for _, _, folded, terms in tokens(phrase)
        if folded not in STOP_WORDS
        for term, weight in terms
        if weight == 1.0
    )


@lru_cache(maxsize=1)
def _by_base() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    table: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for group in groups():
        forms = [base_terms(phrase) for phrase in group]
        for form in forms:
            table[form].extend(other for other in forms if other != form)
    return table


def synonyms(bases: tuple[str, ...]) -> dict[int, dict[str, float]]:
    """What else may stand for the given base forms of a question: terms with weights, by the index of the word.

    A synonym of a phrase speaks for each of the phrase's words; the words of a synonymous phrase share its weight.
    """
    found: dict[int, dict[str, float]] = defaultdict(dict)
    table = _by_base()
    for size in range(1, LONGEST_PHRASE + 1):
        for start in range(len(bases) - size + 1):
            for other in table.get(bases[start : start + size], ()):
                for index, term in product(range(start, start + size), other):
                    if term not in bases:
                        found[index][term] = SYNONYM_WEIGHT / len(other) ** 0.5
    return found
